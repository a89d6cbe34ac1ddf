"""Solutions to chapter 07. Each name is an exercise; try first, then look."""

import minigrad as torch

# The product looks at x again when the pass runs, and finds 6: 6 + 6.
unseen_write = 12

# 1 · t += 1, t[0] = 5.0, and the write through the alias. Not counted: .data, and the copy.
writes = 3


# 2 · The step is part of no loss. The decorator is a block around the whole function.
@torch.no_grad()
def take_step(w):
    w -= 0.1 * w.grad
    return w


# 3 · A clone is computed, and on record: it may be written. (So would x * mask be.)
def without_first(x):
    changed = x.clone()
    changed[0] = 0.0
    return changed
