"""autograd.Function's finer points: contexts, defaults, dirty and returned inputs, once."""
# %%
import warnings

x = torch.tensor([1.0, 2.0], requires_grad=True)
w = torch.tensor([3.0, 4.0], requires_grad=True)

def own(forward, backward, **more):
    return type("Own", (Function,), {"forward": staticmethod(forward), "backward": staticmethod(backward), **more})
# %% keyword arguments
own(lambda ctx, x, n=2: x * n, lambda ctx, g: (g, None)).apply(x, n=3)
# %% defaults with setup_context
class Scale(Function):
    @staticmethod
    def forward(x, n=2):
        return x * n

    @staticmethod
    def setup_context(ctx, inputs, output):
        print(inputs, output.requires_grad, output.grad_fn)
        ctx.n = inputs[1]

    @staticmethod
    def backward(ctx, g):
        return g * ctx.n, None

Scale.apply(x).sum().backward()
print(x.grad)
Scale.apply(x, n=5)
# %%
Scale.apply()
# %% what a node is
y = Scale.apply(x, 3)
print(y.grad_fn.name(), y.grad_fn, y.grad_fn.needs_input_grad, y.grad_fn.n, y.grad_fn.saved_tensors, y.grad_fn.metadata)
print(type(y.grad_fn).__name__, type(y.grad_fn).__mro__[1].__name__, isinstance(y.grad_fn, autograd.graph.Node))
# %% ctx in forward
def show(ctx, x, n, y):
    print(type(ctx).__name__, ctx.needs_input_grad, ctx.name() if hasattr(ctx, "name") else None)
    ctx.anything = [1, 2]
    return x * y

F = own(show, lambda ctx, g: (print(ctx.anything, ctx.needs_input_grad), (g, None, None))[1])
F.apply(x, 3, w.detach()).sum().backward()
# %%
with torch.no_grad():
    print(F.apply(x, 3, w))
# %% lists and tuples are not looked into
own(lambda ctx, xs: xs[0] * 2, lambda ctx, g: None).apply([x, w])
# %%
own(lambda ctx, x: [x * 2, x * 3], lambda ctx, g: g).apply(x)
# %%
own(lambda ctx, x: None, lambda ctx, g: g).apply(x)
# %%
own(lambda ctx, x: (x * 2, None), lambda ctx, g, n: g).apply(x)
# %%
own(lambda ctx, x: "text", lambda ctx, g: g).apply(x)
# %% an input that is returned as it is
F = own(lambda ctx, x, y: (x, x * y), lambda ctx, a, b: (a + b, b))
y = x * 1
a, b = F.apply(y, w)
print(a is y, a, a._is_view(), y.grad_fn.name(), b)
(a * 2 + b).sum().backward()
# %%
a.add_(1)
# %%
n = torch.ones(2)
r = own(lambda ctx, x, n: (x * 1, n), lambda ctx, a, b: (a, b)).apply(x, n)
print(r, r[1] is n, n.requires_grad)
# %% a view of an input
v = own(lambda ctx, x: x.view(2, 1), lambda ctx, g: g.view(2)).apply(x * 1)
print(v, v._is_view())
v.add_(1)
# %% dirty
def write(ctx, x):
    ctx.mark_dirty(x)
    x.mul_(2)
    return x

F = own(write, lambda ctx, g: g * 2)
y = x * 1
z = F.apply(y)
print(z is y, y, y.grad_fn.name(), y._version)
x.grad = None
y.sum().backward()
x.grad
# %%
F = own(lambda ctx, x: (ctx.mark_dirty(x), x.mul_(2), x * 1)[2], lambda ctx, g: g)
F.apply(x * 1)
# %%
v = (x * 1)[:1]
z = own(write, lambda ctx, g: g * 2).apply(v)
print(z, z is v, v._base.grad_fn.name())
x.grad = None
(z.sum() + v._base.sum()).backward()
x.grad
# %%
own(write, lambda ctx, g: g).apply(x.view(2))
# %%
own(write, lambda ctx, g: g).apply(torch.ones(2))
# %% no gradient for some outputs
def parts(ctx, x):
    big = x > 1
    ctx.mark_non_differentiable(big)
    return x * 2, big, x.long()

a, b, c = own(parts, lambda ctx, a, b, c: (print(a, b, c), a)[1]).apply(x)
print(a.requires_grad, b.requires_grad, c.requires_grad, a.grad_fn.next_functions)
a.sum().backward()
# %%
own(lambda ctx, x: (ctx.mark_non_differentiable(x), x * 1)[1], lambda ctx, g: g).apply(x)
# %% saving
def keep(ctx, *xs):
    ctx.save_for_backward(*xs, None)
    return xs[0] * 2

F = own(keep, lambda ctx, g: (print(ctx.saved_tensors), (g, None))[1])
y = F.apply(x, w)
y.sum().backward()
# %%
y = F.apply(x, w)
w.data.add_(1)
with torch.no_grad():
    w.add_(1)
y.sum().backward()
# %%
F = own(lambda ctx, x: (ctx.save_for_backward(x), ctx.save_for_backward(x * 3), x * 1)[2], lambda ctx, g: (print(ctx.saved_tensors), g)[1])
F.apply(x).sum().backward()
# %% an intermediate that is saved has no graph
F = own(lambda ctx, x: (ctx.save_for_backward(x * 3), x * 1)[1], lambda ctx, g: g * ctx.saved_tensors[0])
(g,) = autograd.grad(F.apply(x).sum(), x, create_graph=True)
print(g.requires_grad, g)
# %% gradients that do not fit
own(lambda ctx, x: x * 1, lambda ctx, g: g.double()).apply(x).sum().backward()
# %%
x.grad = None
own(lambda ctx, x: x * 1, lambda ctx, g: (g * 2).expand(3, 2)).apply(x).sum().backward()
x.grad
# %%
own(lambda ctx, x: x.sum(), lambda ctx, g: g).apply(x).backward()
# %%
own(lambda ctx, x: x * 1, lambda ctx, g: "no").apply(x).sum().backward()
# %%
own(lambda ctx, x: x * 1, lambda ctx, g: [g]).apply(x).sum().backward()
# %%
own(lambda ctx, x, y: x * y, lambda ctx, g: g).apply(x, 2).sum().backward()
# %%
x.grad = None
own(lambda ctx, x: x * 1, lambda ctx, g: None).apply(x).sum().backward()
print(x.grad)
# %% once
class Once(Function):
    @staticmethod
    def forward(ctx, x):
        ctx.save_for_backward(x)
        return x**2

    @staticmethod
    @autograd.function.once_differentiable
    def backward(ctx, g):
        print(torch.is_grad_enabled())
        return g * 2 * ctx.saved_tensors[0]

x.grad = None
Once.apply(x).sum().backward()
print(x.grad)
(g,) = autograd.grad(Once.apply(x).sum(), x, create_graph=True)
print(g)
# %%
y = Once.apply(x * 2)
(g,) = autograd.grad((y * y).sum(), x, create_graph=True)
print(g.requires_grad)
g.sum().backward()
# %% old names
print(issubclass(autograd.function.InplaceFunction, Function))
with warnings.catch_warnings(record=True) as caught:
    warnings.simplefilter("always")
    f = autograd.function.InplaceFunction(True)
print(f.inplace, caught[0].category.__name__)
# %% both backward and vjp
class Both(Function):
    @staticmethod
    def forward(ctx, x):
        return x * 1

    backward = staticmethod(lambda ctx, g: g)
    vjp = staticmethod(lambda ctx, g: g)

Both.apply(x).sum().backward()
# %%
class V(Function):
    @staticmethod
    def forward(ctx, x):
        return x * 1

    vjp = staticmethod(lambda ctx, g: g * 7)

x.grad = None
V.apply(x).sum().backward()
x.grad
# %% applied within itself
class Fact(Function):
    @staticmethod
    def forward(ctx, x, n):
        ctx.n = n
        return x * n if n <= 1 else Fact.apply(x * n, n - 1)

    @staticmethod
    def backward(ctx, g):
        for i in range(1, ctx.n + 1):
            g = g * i
        return g, None

y = Fact.apply(x, 4)
x.grad = None
y.sum().backward()
print(y, x.grad, y.grad_fn.next_functions[0][0].name())
