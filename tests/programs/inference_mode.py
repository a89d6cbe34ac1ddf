"""inference_mode: tensors that never meet autograd, and what may not be done with them."""
# %%
x = torch.ones(2, requires_grad=True)
with torch.inference_mode():
    y = x * 2
    t = torch.ones(2)
    v = x.view(2)
    print(torch.is_grad_enabled(), torch.is_inference_mode_enabled())
    print(y, y.requires_grad, y.is_inference(), t.is_inference(), x.is_inference())
    print(v.is_inference(), v.requires_grad, v._is_view(), t.view(2).is_inference())
    print(t.detach().is_inference(), t.data.is_inference(), x.detach().is_inference())
print(torch.is_grad_enabled(), torch.is_inference_mode_enabled(), y.is_inference())
# %%
y._version
# %%
x * y
# %%
x + y
# %%
y * 2
# %%
print(y.add(1).is_inference(), y.view(2).is_inference(), y.clone().is_inference())
print(y[0].is_inference(), y.detach().is_inference())
# %%
y.add_(1)
# %%
y[0] = 3
# %%
with torch.inference_mode():
    y.add_(1)
    y.fill_(7)
y
# %%
y.requires_grad_()
# %%
y.requires_grad = True
# %%
y.requires_grad_(False)
# %%
with torch.inference_mode():
    z = torch.ones(2, requires_grad=True)
    print(z, z.requires_grad, (z * 2).requires_grad)
# %% in place on a normal tensor counts
n = torch.zeros(2)
with torch.inference_mode():
    n.add_(1)
    print(n._version, n.is_inference())
w = x * 1
s = (w * w).sum()
with torch.inference_mode():
    w.mul_(2)
s.backward()
# %%
v.add_(1)
# %%
with torch.inference_mode():
    c = w.view(2)
c.add_(1)
# %%
with torch.no_grad():
    c.add_(1)
c._version
# %%
with torch.inference_mode():
    c = w.view(2)
w.add_(1)
c.grad_fn
# %%
with torch.inference_mode():
    with torch.inference_mode(False):
        print(torch.is_inference_mode_enabled(), torch.is_grad_enabled(), torch.ones(1).is_inference())
        print((x * 2).requires_grad)
    with torch.enable_grad():
        print((x * 2).requires_grad, (x * 2).is_inference())
    print(torch.is_inference_mode_enabled(), torch.is_grad_enabled())
with torch.no_grad():
    with torch.inference_mode(False):
        print(torch.is_grad_enabled())
# %% a Function
class Double(Function):
    @staticmethod
    def forward(ctx, x):
        ctx.save_for_backward(x)
        return x * 2

    @staticmethod
    def backward(ctx, g):
        return g * 2

with torch.inference_mode():
    d = Double.apply(x)
print(d.is_inference(), d.requires_grad)
Double.apply(d)
# %%
n = torch.ones(2, requires_grad=True)
F = type("F", (Function,), {
    "forward": staticmethod(lambda ctx, a, b: (ctx.save_for_backward(b), a * b)[1]),
    "backward": staticmethod(lambda ctx, g: (g, None)),
})
F.apply(n, d)
# %% decorators
@torch.inference_mode()
def f(a):
    return a * 2, torch.is_inference_mode_enabled()

print(f(x)[0].is_inference(), f(x)[1])
# %%
@torch.inference_mode
def f(a):
    return (a * 2).is_inference()

print(f(x))
# %%
@torch.inference_mode(mode=False)
def f(a):
    return (a * 2).is_inference()

with torch.inference_mode():
    print(f(x))
# %%
try:
    with torch.inference_mode():
        raise ValueError
except ValueError:
    print(torch.is_inference_mode_enabled(), torch.is_grad_enabled())
# %% backward inside
q = (x * x).sum()
with torch.inference_mode():
    x.grad = None
    q.backward()
print(x.grad, x.grad.is_inference())
# %%
x.sum().backward()
# %% copies
with torch.inference_mode():
    a = torch.zeros(2)
b = torch.zeros(2)
b.copy_(a)
b.add_(a)
b += y
print(b.is_inference(), b._version)
with torch.inference_mode():
    b += 1
    b.requires_grad_()
print(b.is_inference(), b.requires_grad)
(b * a)
# %% .data and .detach
print(a.detach().is_inference(), a.data.is_inference(), a.view(2).is_inference())
with torch.inference_mode():
    print(b.data.is_inference(), b.detach().is_inference(), nn.Parameter(a).is_inference())
# %% a class
@torch.no_grad()
class A:
    def __init__(self):
        self.mode = torch.is_grad_enabled()

print(type(A), A().mode, torch.is_grad_enabled())
# %% closing and throwing into a generator
@torch.no_grad()
def g():
    try:
        while True:
            try:
                yield torch.is_grad_enabled()
            except ValueError as error:
                print("caught", error, torch.is_grad_enabled())
    finally:
        print("closed", torch.is_grad_enabled())

it = g()
print(next(it), it.throw(ValueError("thrown")), torch.is_grad_enabled())
it.close()
torch.is_grad_enabled()
# %%
it = g()
next(it)
it.throw(KeyError("out"))
