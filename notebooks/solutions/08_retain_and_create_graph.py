"""Solutions to chapter 08. Each name is an exercise; try first, then look."""

import minigrad as torch

# x³ + 2x² → 3x² + 4x → 6x + 4, at 3.
curvature = 22

# 1 · The same pass twice, 27 each, and gradients accumulate.
kept = 54


# 2 · The number goes on to the next round, its past does not.
def rolling(w):
    state = torch.tensor(1.0)
    for _ in range(3):
        state = state * w
        state.backward()
        state = state.detach()
    return w.grad


# 3 · Each round differentiates what the round before has put on record.
def nth_derivative(f, at, n):
    x = torch.tensor(float(at), requires_grad=True)
    value = f(x)
    for _ in range(n):
        (value,) = torch.autograd.grad(value, x, create_graph=True)
    return value.item()
