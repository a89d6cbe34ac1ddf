"""checkpoint: the same gradients with less kept; what runs when, and errors."""
# %%
from contextlib import contextmanager

checkpoint = torch.utils.checkpoint.checkpoint
x = torch.tensor([1.0, 2.0], requires_grad=True)
w = torch.tensor([3.0, -1.0], requires_grad=True)
runs = []

def f(x):
    runs.append(torch.is_grad_enabled())
    return (x * w).exp().sin() * x if hasattr(x, "sine") else (x * w).exp() * x
# %%
for reentrant in (True, False):
    x.grad = w.grad = None
    y = checkpoint(f, x, use_reentrant=reentrant)
    print(y, len(runs))
    y.sum().backward()
    print(x.grad, w.grad, runs)
    runs.clear()
# %%
y = f(x)
x.grad = w.grad = None
y.sum().backward()
print(x.grad, w.grad)
# %% outputs, numbers, keyword arguments
def g(a, n, b, *, scale=1.0):
    return a * b * n, (a * scale).exp()

x.grad = None
p, q = checkpoint(g, x, 3, w, use_reentrant=False, scale=0.5)
(p.sum() + q.sum()).backward()
x.grad
# %%
checkpoint(g, x, 3, w, use_reentrant=True, scale=0.5)
# %%
x.grad = None
p, q = checkpoint(g, x, 3, w, use_reentrant=True)
q.sum().backward()
print(x.grad, p.grad_fn.name())
# %% twice
y = checkpoint(f, x, use_reentrant=False)
x.grad = None
y.sum().backward(retain_graph=True)
y.sum().backward()
print(x.grad)
y.sum().backward()
# %% grad, and inputs
print(autograd.grad(checkpoint(f, x, use_reentrant=False).sum(), [x, w]))
autograd.grad(checkpoint(f, x, use_reentrant=True).sum(), x)
# %%
checkpoint(f, x, use_reentrant=True).sum().backward(inputs=[x])
# %% a second derivative
y = checkpoint(lambda x: (x * x * x).sum(), x, use_reentrant=False)
(first,) = autograd.grad(y, x, create_graph=True)
autograd.grad(first.sum(), x)
# %% looking at saved tensors computes them
y = checkpoint(lambda x: x.exp(), x, use_reentrant=False)
print(y.grad_fn._saved_result, y.grad_fn._saved_result)
# %% nested
def inner(x):
    print("inner")
    return x.exp() * x

def outer(x):
    print("outer")
    return checkpoint(inner, x * 2, use_reentrant=False) * x

x.grad = None
checkpoint(outer, x, use_reentrant=False).sum().backward()
x.grad
# %% without grad
runs.clear()
with torch.no_grad():
    y = checkpoint(f, x, use_reentrant=False)
print(y, runs)
# %%
checkpoint(f, x)
# %%
y = checkpoint(lambda a: a * 2, torch.ones(2), use_reentrant=True)
y
# %%
y = checkpoint(lambda x: (x * 2).detach(), x, use_reentrant=True)
y.sum().backward()
# %% an input that was overwritten
v = x * 1
y = checkpoint(lambda v: v * v, v, use_reentrant=False)
v.mul_(2)
y.sum().backward()
# %% not the same the second time
sizes = iter([2, 1, 2, 1])

def fickle(x):
    return x[: next(sizes)].exp()

try:
    checkpoint(fickle, x, use_reentrant=False).sum().backward()
except Exception as error:
    print(type(error).__name__, "\n".join(str(error).split("\n")[:2]))
# %%
times = iter([1, 2, 2, 1, 1, 2])

def fickle(x):
    for _ in range(next(times)):
        x = x.exp()
    return x

for early_stop in (True, False):
    try:
        checkpoint(fickle, x, use_reentrant=False, early_stop=early_stop).sum().backward()
        print("fine")
    except Exception as error:
        print(type(error).__name__, "\n".join(str(error).split("\n")[:3]))
try:
    checkpoint(fickle, x, use_reentrant=False, early_stop=False).sum().backward()
except Exception as error:
    print(type(error).__name__, "\n".join(str(error).split("\n")[:1]))
# %% contexts
@contextmanager
def said(text):
    print("enter", text)
    yield
    print("leave", text)

y = checkpoint(f, x, use_reentrant=False, context_fn=lambda: (said("first"), said("second")))
y.sum().backward()
# %%
checkpoint(f, x, use_reentrant=True, context_fn=lambda: (said("first"), said("second")))
# %% the function stops as soon as everything is there
def long(x):
    y = x.exp()
    print("on the way")
    return y * 2 + 1

for early_stop in (True, False):
    checkpoint(long, x, use_reentrant=False, early_stop=early_stop).sum().backward()
# %% an error inside
try:
    checkpoint(lambda x: 1 / 0, x, use_reentrant=False)
except ZeroDivisionError as error:
    print(error)
(x * x).sum().backward()
# %% in segments
parts = [lambda t: t * 2, lambda t: t * t, lambda t: t * t, lambda t: t + 1, lambda t: t * 3]
for reentrant in (True, False):
    x.grad = None
    y = torch.utils.checkpoint.checkpoint_sequential(parts, 2, x, use_reentrant=reentrant)
    y.sum().backward()
    print(y, x.grad)
# %%
torch.utils.checkpoint.checkpoint_sequential(parts, 2, x, use_reentrant=False, other=3)
