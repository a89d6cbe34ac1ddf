"""Solutions to chapter 04. Each name is an exercise; try first, then look."""

import minigrad as torch

# 3, then 3 + 4, then wiped out, then 4 from x · x, then 5 more from x · 5.
tally = 9

# 1 · The slope of w · w · data is 2 · w · data: 8, 16 and 24, and nothing is cleared.
shared_leaf = 48


# 2 · Each round clears, in this case after the step, when the gradient has been used.
def descend():
    w = torch.tensor(0.0, requires_grad=True)
    sgd = torch.optim.SGD([w], lr=0.1)
    for _ in range(20):
        ((w - 3) ** 2).backward()
        sgd.step()
        sgd.zero_grad()
    return w


# 3 · A batch counts in the mean over all as much as it has samples.
def in_parts(mean_loss, w, batches):
    total = sum(len(batch) for batch in batches)
    w.grad = None
    for batch in batches:
        (mean_loss(w, batch) * len(batch) / total).backward()
    return w.grad
