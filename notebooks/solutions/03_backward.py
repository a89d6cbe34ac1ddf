"""Solutions to chapter 03. Each name is an exercise; try first, then look."""

import minigrad as torch

# a = 4, b = 6, L = 36. Backwards: 1, times 2b = 12, times 1, times 4.
gears = 48

# L hands its 1 to a and to b. But b was made from a: a has to wait for what b sends.
order = ["L", "b", "a"]

# 1 · x * x receives 6, and sends 6 · 3 = 18 over each of its two edges. Both end at x.
two_paths = 36


# 2 · x has two paths to L: what they bring is added.
def by_hand(x):
    a, b = 2 * x, x + 1
    grad_L = 1
    grad_a = grad_L * b
    grad_b = grad_L * a
    return grad_a * 2 + grad_b * 1


# 3 · Make a leaf, run f, go backward, read the gradient.
def slope(f, at):
    x = torch.tensor(float(at), requires_grad=True)
    f(x).backward()
    return x.grad.item()
