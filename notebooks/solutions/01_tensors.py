"""Solutions to chapter 01. Each name is an exercise; try first, then look."""

import minigrad as torch

# Tracking starts at b, which asked for it, and flows into all that is made from b.
tracked = {"a": False, "b": True, "c": False, "d": True, "e": True}

# 1 · Only y was made by a tracked operation. d was computed too, but from untracked c.
leaves = {"w", "c", "d"}


# 2 · Scale first, ask afterwards: the multiplication is not on record, and the result is a leaf.
def small_weights():
    return (torch.ones(3) * 0.1).requires_grad_()


# 3 · A result requires grad but is no leaf; data is a leaf but does not require grad.
def trainable(tensors):
    return [tensor for tensor in tensors if tensor.is_leaf and tensor.requires_grad]
