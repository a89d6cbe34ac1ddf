"""autograd.Function: ctx, outputs of all kinds, and errors."""
# %%
x = torch.ones(2, requires_grad=True)

def make(forward, backward):
    return type("Own", (Function,), {"forward": staticmethod(forward), "backward": staticmethod(backward)})

F = make(lambda ctx, x, y: x * 2, lambda ctx, g: g)
F.apply(x, x).sum().backward()
# %%
F = make(lambda ctx, x: x * 2, lambda ctx, g: (g, g))
F.apply(x).sum().backward()
# %%
F = make(lambda ctx, x: x * 2, lambda ctx, g: (g, None))
F.apply(x).sum().backward()
x.grad
# %%
F = make(lambda ctx, x, n: x * 2, lambda ctx, g: (g, g))
F.apply(x, 3).sum().backward()
# %%
F = make(lambda ctx, x: x * 2, lambda ctx, g: torch.ones(3))
F.apply(x).sum().backward()
# %%
F = make(lambda ctx, x: x * 2, lambda ctx, g: torch.ones(3, 2))
x.grad = None
F.apply(x).sum().backward()
x.grad
# %%
F = make(lambda ctx, x: x * 2, lambda ctx, g: 3)
F.apply(x).sum().backward()
# %%
F = make(lambda ctx, x: (x * 2, 3), lambda ctx, g, _: g)
F.apply(x)
# %%
F = make(lambda ctx, x: x, lambda ctx, g: g * 5)
y = F.apply(x)
print(y, y is x, y._is_view(), y._base is x)
# %%
F = make(lambda ctx, x: ctx.save_for_backward(3), lambda ctx, g: g)
F.apply(x)
# %%
F()(x)
# %%
type("Own", (Function,), {}).apply(x)
# %%
type("Own", (Function,), {"forward": staticmethod(lambda ctx, x: x * 1)}).apply(x).sum().backward()
# %% two outputs; one that nobody used is zeros
class Two(Function):
    @staticmethod
    def forward(ctx, x):
        print(ctx.needs_input_grad, torch.is_grad_enabled())
        return x * 1, x * 2

    @staticmethod
    def backward(ctx, a, b):
        print(a, b, ctx.needs_input_grad)
        return a + b * 2

y, z = Two.apply(x)
print(y, z, y.grad_fn is z.grad_fn, y.grad_fn.name(), z.output_nr, z.grad_fn)
z.sum().backward()
# %%
class Two(Two):
    @staticmethod
    def forward(ctx, x):
        ctx.set_materialize_grads(False)
        return x * 1, x * 2

    @staticmethod
    def backward(ctx, a, b):
        print(a, b)
        return b * 2

Two.apply(x)[1].sum().backward()
# %% in place
class Increment(Function):
    @staticmethod
    def forward(ctx, x):
        ctx.mark_dirty(x)
        x.add_(1)
        return x

    @staticmethod
    def backward(ctx, g):
        return g

w = x * 1
print(Increment.apply(w) is w, w.grad_fn, w)
Increment.apply(x)
# %% not differentiable
class Half(Function):
    @staticmethod
    def forward(ctx, x):
        index, scaled = x.argmax(), x * 2
        ctx.mark_non_differentiable(scaled)
        return index, scaled, x * 3

    @staticmethod
    def backward(ctx, i, a, b):
        print(i, a, b)
        return b

i, a, b = Half.apply(x)
print(i, a.requires_grad, a.grad_fn, b.output_nr)
b.sum().backward()
# %% setup_context
class Scale(Function):
    @staticmethod
    def forward(x, n):
        return x * n

    @staticmethod
    def setup_context(ctx, inputs, output):
        ctx.save_for_backward(inputs[0], output)
        ctx.n = inputs[1]

    @staticmethod
    def backward(ctx, g):
        print(ctx.saved_tensors)
        return g * ctx.n, None

s = Scale.apply(x, 3)
s.sum().backward()
print(s.grad_fn.n, s.grad_fn.next_functions)
s.sum().backward()
# %%
s.grad_fn.saved_tensors
# %%
with torch.no_grad():
    print(Scale.apply(x, 3))
# %% a second derivative through a Function
class Cube(Function):
    @staticmethod
    def forward(ctx, x):
        ctx.save_for_backward(x)
        return x**3

    @staticmethod
    def backward(ctx, g):
        (x,) = ctx.saved_tensors
        return g * 3 * x**2

t = torch.tensor([1.0, 2.0], requires_grad=True)
(first,) = autograd.grad(Cube.apply(t).sum(), t, create_graph=True)
(second,) = autograd.grad(first.sum(), t)
print(first, second)
# %%
class Once(Function):
    @staticmethod
    def forward(ctx, x):
        return x * 1

    @staticmethod
    @autograd.function.once_differentiable
    def backward(ctx, g):
        return g * 2

autograd.grad(Once.apply(t).sum(), t, create_graph=True)
