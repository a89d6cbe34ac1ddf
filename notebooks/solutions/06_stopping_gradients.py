"""Solutions to chapter 06. Each name is an exercise; try first, then look."""

import minigrad as torch

# x.detach() is the constant 3, so L = 3y + y = 4y. The slope of y = x · x at 3 is 6.
stopped = 24

# 1 · p has no record, q is cut off from L. Only `+ c` is left.
who_learns = {"c"}


# 2 · A block puts things back as they were, whatever happens inside. (So does `no_grad()`.)
def evaluate(net, data):
    with torch.set_grad_enabled(False):
        return net(data)


# 3 · The difference to x.round() is added as a constant, so the slope is that of x.
def round_through(x):
    return x + (x.round() - x).detach()
