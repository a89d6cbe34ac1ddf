"""Solutions to chapter 13. Each name is an exercise; try first, then look."""

import minigrad as torch

# 1 · All that is computed agrees; each engine has a random stream of its own.
same_on_both = {
    "gradients": True,
    "error texts": True,
    "pictures": True,
    "randn(2)": False,
    "grad_fn": True,
}


# 2 · By way of numpy, into the tensors that are there.
def carry_over(source, target):
    with torch.no_grad():
        for mine, theirs in zip(source.parameters(), target.parameters()):
            theirs.copy_(torch.tensor(mine.detach().numpy()))
    return target


# 3 · Methods of the tensor, and no engine's name.
def rms(x):
    return (x * x).mean().sqrt()
