"""What random programs found: flags, hooks and graphs after writes, in unrecorded views, at ends."""
# %%
x = torch.tensor([[1.0, 2.0], [3.0, 4.0]], requires_grad=True)
y = x * 1
y.requires_grad = True
# %%
y.requires_grad = False
# %%
print(y.requires_grad_().requires_grad)
y.requires_grad_(False)
# %% a view that was not recorded requires grad like its base, but no gradient goes on
with torch.no_grad():
    v = x.view(-1)
w = v * 2
print(v.requires_grad, v.is_leaf, w.grad_fn.next_functions)
w.sum().backward()
v.sum().backward()
print(v.grad, x.grad, v.requires_grad)
# %%
autograd.grad(w.sum(), v)
# %%
v.backward(torch.ones(4))
# %% a leaf that requires grad no more
a = torch.ones(2, requires_grad=True)
a.register_post_accumulate_grad_hook(lambda p: print("hook", p.grad))
b = (a * 3).sum()
a.requires_grad_(False)
b.backward()
print(a.grad)
# %% another array in a saved tensor
a = torch.ones(2, requires_grad=True)
c = a.detach()
b = torch.ones(2, requires_grad=True)
y = (a * b).sum()
a.data = torch.full((2,), 7.0)
y.backward()
b.grad
# %% retain_grad outlives a write, and follows a view that is taken anew
y = x * 1
y.retain_grad()
y.mul_(2)
print(y.retains_grad)
v = y.view(-1)
v.retain_grad()
y.add_(1)
print(v.retains_grad, v.grad_fn.name())
(v.sum() + y.sum()).backward()
print(y.grad, v.grad)
# %%
y = x * 1
y.retain_grad()
y[0] = 3
print(y.retains_grad, y.grad_fn.name())
y.sum().backward()
y.grad
# %% a hook stays where it was registered
y = x * 1
y.register_hook(lambda g: print("before the write", g))
y.mul_(3)
y.register_hook(lambda g: print("after the write", g))
y.sum().backward()
# %% x times itself, written into x: the other x is gone
y = x * 1
y.mul_(y)
y.sum().backward()
# %%
v = (x * 1).view(-1)
v.mul_(v)
v.sum().backward()
# %% memory in which one place holds several elements
e = torch.ones(2).expand(3, 2)
e.mul_(2)
# %%
e.copy_(torch.ones(3, 2))
# %%
print(e.fill_(3), e.zero_())
# %% an end that is no leaf runs, so that what it saved is freed
y = x * x
y.sum().backward(inputs=[y])
y.sum().backward()
# %% hooks see what goes on, and no more
y = x * (x * 2)
z = y * x.detach().requires_grad_()
z.grad_fn.register_hook(lambda sent, given: print([g is None for g in sent]))
autograd.grad(z.sum(), y, retain_graph=True)
y.register_hook(lambda g: print("not on the way"))
u = x * 2
autograd.grad(z.sum() + u.sum(), u)
# %% roots are asked before inputs
n = torch.ones(2)
autograd.grad(n.sum(), n)
# %% views of what requires grad no more
x = torch.ones(2, 2, requires_grad=True)
t = x.t()
x.detach_()
x.zero_()
print(t.grad_fn.name(), t.grad_fn.next_functions, t.requires_grad)
# %% several views of one operation, and in no_grad mode
y = torch.ones(2, 2, requires_grad=True) * 1
with torch.no_grad():
    a, b = y.unbind()
a.mul_(2)
# %%
a[0] = 3
# %%
n = torch.ones(2, 2)
a, b = n.unbind()
n.copy_(y)
a.grad_fn
# %%
a, b = y.unbind()
print((b + 2).grad_fn.next_functions)
y[0] = 3
a.register_post_accumulate_grad_hook(print)
# %% names in errors
def overwritten(y):
    z = y * y
    with torch.no_grad():
        y.add_(1)
    try:
        z.sum().backward()
    except RuntimeError as error:
        print(str(error).split(",")[1])

x = torch.ones(2, 2, requires_grad=True)
overwritten(x.sum(0))
overwritten(x.to(torch.float64))
y = x * 1
y[0] = 2
overwritten(y)
overwritten(torch.zeros(2, 2).copy_(x))
overwritten(type("Own", (Function,), {"forward": lambda ctx, x: x * 1, "backward": lambda ctx, g: g}).apply(x))
# %% own Functions that write
class Write(Function):
    @staticmethod
    def forward(ctx, x):
        ctx.mark_dirty(x)
        return x.mul_(3)

    @staticmethod
    def backward(ctx, g):
        return g * 3

x = torch.ones(2, 2, requires_grad=True)
y = x * 1
with torch.no_grad():
    z = Write.apply(y)
print(z is y, z.requires_grad, z.grad_fn, y.requires_grad, z._version)
with torch.no_grad():
    v = y.view(-1)
Write.apply(v)
# %%
a, b = (x * 1).unbind()
Write.apply(a)
# %%
y = x * 1
y.retain_grad()
y.sum().backward()
y = Write.apply(y)
print(y.grad)
# %% views of inference tensors are not counted as views
with torch.inference_mode():
    i = torch.ones(2, 2)
    j = i.t()
print(j._is_view(), i.t()._is_view(), i.t().is_inference())
i.t().mul_(2)
# %% a hook on one output of several hears that another was used
a, b = (x * 1).unbind()
b.register_hook(lambda g: print("b", g))
a.sum().backward()
# %% a value that was overwritten is a copy, also in the graph of a gradient
w = torch.full((2, 2), 2.0, requires_grad=True)
y = x * 1
y.mul_(w)
(g,) = autograd.grad(y.sum(), w, create_graph=True)
g.grad_fn.next_functions
# %%
autograd.grad(g.sum(), x)
# %% what grad gives is before a hook where the pass goes on, after it where the pass ends
y = x * 2
y.register_hook(lambda g: g * 10)
print(autograd.grad(y.sum(), [y, x], retain_graph=True))
print(autograd.grad(y.sum(), y, retain_graph=True))
# %% ends without gradient, of several shapes
y = x * 1
with torch.no_grad():
    a, b = y[..., ::2], y.view(-1)
(a.sum() * b.sum()).backward()
print(y.grad_fn.next_functions[0][0].name(), x.grad is None)
# %% a first power is a copy, which may be written to
x = torch.ones(2)
x.pow(1).add_(1)
x
# %% the remainder 0 has the sign of what was divided
torch.tensor([-2.0, 2.0, -3.0]) % torch.tensor([2.0, -2.0, 2.0])
# %% a 0-d gradient that goes two ways and comes together again
w = torch.tensor(2.0, requires_grad=True)
y = w + 1
y = y * w + w
(y + w).backward()
w.grad
# %% what arrives at two leaves, and what a hook keeps, is not shared
a, b = torch.ones(3, requires_grad=True), torch.ones(3, requires_grad=True)
kept = []
c = a + b
c.register_hook(lambda g: kept.append(g))
c.sum().backward()
a.grad += 1
print(a.grad, b.grad, kept)
# %% the gradient that was given stays the caller's
g = torch.ones(3)
(a * 1).backward(g)
a.grad.zero_()
g
# %% a subclass with slots of its own
class Marked(torch.Tensor):
    __slots__ = ["mark"]
marked = Marked(torch.ones(2))
marked.mark = "m"
marked.mark, type(marked).__name__, marked.requires_grad_()
