"""Solutions to chapter 09. Each name is an exercise; try first, then look."""

import minigrad as torch

# The product by 10 sends 10, and grad_w is that times x.
passes_on = 50

# 1 · One for a, one for b, and None for share.
how_many = 3


# 2 · sent = received × local derivative.
class Cube(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x):
        ctx.save_for_backward(x)
        return x * x * x

    @staticmethod
    def backward(ctx, grad_output):
        (x,) = ctx.saved_tensors
        return grad_output * 3 * x * x


cube = Cube


# 3 · c is saved too: backward needs it, and it is there already.
class Hypotenuse(torch.autograd.Function):
    @staticmethod
    def forward(ctx, a, b):
        c = (a * a + b * b).sqrt()
        ctx.save_for_backward(a, b, c)
        return c

    @staticmethod
    def backward(ctx, grad_output):
        a, b, c = ctx.saved_tensors
        return grad_output * a / c, grad_output * b / c


hypotenuse = Hypotenuse
