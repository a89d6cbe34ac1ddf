"""Functions of one's own: what they return, save, mark and refuse."""

# %%
import copy, gc, pickle, weakref

x = torch.tensor([1.0, 2.0, 3.0, 4.0], requires_grad=True)


def show(name):
    return lambda g: print(name, g.tolist())


def tell(f):
    try:
        r = f()
        print("fine", r if not isinstance(r, torch.Tensor) else (r.tolist(), r.requires_grad))
    except Exception as e:
        print(type(e).__name__, "|", e)


# %%
class TwoOut(Function):
    @staticmethod
    def forward(ctx, a, b, k):
        ctx.k = k
        ctx.save_for_backward(a, b)
        print(ctx.needs_input_grad)
        return a * b, a + b, "text"

    @staticmethod
    def backward(ctx, ga, gb, gt):
        a, b = ctx.saved_tensors
        print(ga, gb, gt)
        return ga * b + gb, None, None


p, q, t = TwoOut.apply(x, torch.ones(4), 3)
print(
    p.grad_fn.name(), p.output_nr, q.output_nr, t, p.grad_fn is q.grad_fn, p.grad_fn.next_functions
)
p.sum().backward(retain_graph=True)
tell(lambda: q.sum().backward(retain_graph=True))
(p + q).sum().backward()
print(x.grad)


# %%
class Wrong(Function):
    @staticmethod
    def forward(ctx, a, b):
        return a * b

    @staticmethod
    def backward(ctx, g):
        return g


tell(lambda: Wrong.apply(x, x).sum().backward())


class Shape(Function):
    @staticmethod
    def forward(ctx, a):
        return a.sum()

    @staticmethod
    def backward(ctx, g):
        return torch.ones(3)


tell(lambda: Shape.apply(x).backward())


class NoTensor(Function):
    @staticmethod
    def forward(ctx, a):
        return a * 2

    @staticmethod
    def backward(ctx, g):
        return 3.0


tell(lambda: NoTensor.apply(x).sum().backward())


class ListBack(Function):
    @staticmethod
    def forward(ctx, a):
        return a * 2

    @staticmethod
    def backward(ctx, g):
        return [g * 2]


tell(lambda: ListBack.apply(x).sum().backward())


class ListOut(Function):
    @staticmethod
    def forward(ctx, a):
        return [a * 2, a * 3]

    @staticmethod
    def backward(ctx, g):
        return g * 2


tell(lambda: ListOut.apply(x))


class NoneOut(Function):
    @staticmethod
    def forward(ctx, a):
        return None

    @staticmethod
    def backward(ctx, g):
        return g


tell(lambda: NoneOut.apply(x))


class Mixed(Function):
    @staticmethod
    def forward(ctx, a):
        return a * 2, None, 3

    @staticmethod
    def backward(ctx, *gs):
        print(gs)
        return gs[0]


tell(lambda: Mixed.apply(x)[0].sum().backward())


class DType(Function):
    @staticmethod
    def forward(ctx, a):
        return a * 2

    @staticmethod
    def backward(ctx, g):
        return g.double()


tell(lambda: DType.apply(x).sum().backward())
print(x.grad, x.grad.dtype)


# %%
class Dirty(Function):
    @staticmethod
    def forward(ctx, a):
        a.mul_(2)
        ctx.mark_dirty(a)
        return a

    @staticmethod
    def backward(ctx, g):
        return g * 2


y = x * 1
z = Dirty.apply(y)
print(z is y, y.grad_fn.name(), y._version)
z.sum().backward()
print(x.grad)
tell(lambda: Dirty.apply(x))
tell(lambda: Dirty.apply((x * 1)[:2]).grad_fn.name())
y = x * 1
v = y[:2]
w = Dirty.apply(v)
print(w is v, v.grad_fn.name(), y.grad_fn.name())
y.sum().backward()
print(x.grad)
with torch.no_grad():
    n = Dirty.apply(x)
    print(n is x, n.requires_grad)


class DirtyNotReturned(Function):
    @staticmethod
    def forward(ctx, a):
        a.mul_(2)
        ctx.mark_dirty(a)
        return a.clone()

    @staticmethod
    def backward(ctx, g):
        return g


tell(lambda: DirtyNotReturned.apply(x * 1))


class NotMarked(Function):
    @staticmethod
    def forward(ctx, a):
        a.mul_(2)
        return a

    @staticmethod
    def backward(ctx, g):
        return g


y = x * 1
z = NotMarked.apply(y)
print(z is y, z.grad_fn.name(), y.grad_fn.name(), z._is_view(), y._version)


# %%
class NonDiff(Function):
    @staticmethod
    def forward(ctx, a):
        s, i = a.sort()
        ctx.mark_non_differentiable(i)
        ctx.save_for_backward(i)
        return s, i

    @staticmethod
    def backward(ctx, gs, gi):
        print(gs, gi)
        (i,) = ctx.saved_tensors
        return torch.zeros(4).index_add(0, i, gs)


s, i = NonDiff.apply(-x)
print(s.requires_grad, i.requires_grad, s, i)
s.sum().backward()
print(x.grad)


class NonDiffFloat(Function):
    @staticmethod
    def forward(ctx, a):
        b, c = a * 2, a * 3
        ctx.mark_non_differentiable(c)
        return b, c

    @staticmethod
    def backward(ctx, gb, gc):
        print(gb, gc)
        return gb


b, c = NonDiffFloat.apply(x)
print(b.requires_grad, c.requires_grad)
b.sum().backward()


class NoMat(Function):
    @staticmethod
    def forward(ctx, a):
        ctx.set_materialize_grads(False)
        return a * 2, a * 3

    @staticmethod
    def backward(ctx, gb, gc):
        print(gb, gc)
        return gb


NoMat.apply(x)[0].sum().backward()
tell(lambda: NoMat.apply(x)[1].sum().backward())
print(x.grad)


# %%
class Setup(Function):
    @staticmethod
    def forward(a, k=2):
        return a * k

    @staticmethod
    def setup_context(ctx, inputs, output):
        print(inputs[1:], output.requires_grad)
        ctx.k = inputs[1]

    @staticmethod
    def backward(ctx, g):
        return g * ctx.k, None


Setup.apply(x, 5).sum().backward()
print(x.grad)
tell(lambda: Setup.apply(x))
tell(lambda: Setup.apply(x, k=3))
tell(lambda: Setup.apply(x, 3, 4))


# %%
class SaveMid(Function):
    @staticmethod
    def forward(ctx, a):
        m = a * 2
        ctx.save_for_backward(m)
        return m * 3

    @staticmethod
    def backward(ctx, g):
        (m,) = ctx.saved_tensors
        print(m.requires_grad, m.grad_fn)
        return g * 6


SaveMid.apply(x).sum().backward()


class SaveOut(Function):
    @staticmethod
    def forward(ctx, a):
        r = a.exp()
        ctx.save_for_backward(r)
        return r

    @staticmethod
    def backward(ctx, g):
        (r,) = ctx.saved_tensors
        print(r.requires_grad, r.grad_fn.name(), r.is_leaf)
        return g * r


y = SaveOut.apply(x)
y.sum().backward(retain_graph=True)
y.mul_(2)
tell(lambda: y.sum().backward())
y = SaveOut.apply(x)
y.sum().backward()
tell(lambda: y.sum().backward())
tell(lambda: y.grad_fn.saved_tensors)


class SaveTwice(Function):
    @staticmethod
    def forward(ctx, a):
        ctx.save_for_backward(a)
        ctx.save_for_backward(a, None)
        return a * 1

    @staticmethod
    def backward(ctx, g):
        print(ctx.saved_tensors)
        return g


SaveTwice.apply(x).sum().backward()


class SaveInt(Function):
    @staticmethod
    def forward(ctx, a):
        ctx.save_for_backward(3)
        return a * 1

    @staticmethod
    def backward(ctx, g):
        return g


tell(lambda: SaveInt.apply(x))


class OnCtx(Function):
    @staticmethod
    def forward(ctx, a):
        ctx.a = a
        ctx.n = 7
        return a * 1

    @staticmethod
    def backward(ctx, g):
        print(ctx.n, ctx.a is x)
        return g


y = OnCtx.apply(x)
print(y.grad_fn.n)
y.sum().backward()
y.sum().backward()


# %%
class Cube(Function):
    @staticmethod
    def forward(ctx, a):
        ctx.save_for_backward(a)
        return a**3

    @staticmethod
    def backward(ctx, g):
        (a,) = ctx.saved_tensors
        print(torch.is_grad_enabled(), g.requires_grad)
        return g * 3 * a**2


(g,) = torch.autograd.grad(Cube.apply(x).sum(), x, create_graph=True)
print(g)
g.sum().backward()
print(x.grad)
from_once = torch.autograd.function.once_differentiable


class Once(Function):
    @staticmethod
    def forward(ctx, a):
        ctx.save_for_backward(a)
        return a**3

    @staticmethod
    @from_once
    def backward(ctx, g):
        (a,) = ctx.saved_tensors
        return g * 3 * a**2


(g,) = torch.autograd.grad(Once.apply(x).sum(), x, create_graph=True)
print(g.requires_grad, g.grad_fn)
tell(lambda: g.sum().backward())


# %%
class Bad(Function):
    @staticmethod
    def forward(ctx, a):
        return a * 1

    @staticmethod
    def backward(ctx, g):
        raise KeyError("my key")


y = Bad.apply(x)
tell(lambda: y.sum().backward())
tell(lambda: y.sum().backward())
print(torch.is_grad_enabled())


class NoBackward(Function):
    @staticmethod
    def forward(ctx, a):
        return a * 1


y = NoBackward.apply(x)
tell(lambda: y.sum().backward())


class NoForward(Function):
    @staticmethod
    def backward(ctx, g):
        return g


tell(lambda: NoForward.apply(x))


# %%
class Id(Function):
    @staticmethod
    def forward(ctx, a):
        return a

    @staticmethod
    def backward(ctx, g):
        return g * 10


z = Id.apply(x)
print(z is x, z.grad_fn.name(), z._is_view(), z._base is x)
tell(lambda: z.add_(1))


class View(Function):
    @staticmethod
    def forward(ctx, a):
        return a.view(2, 2)

    @staticmethod
    def backward(ctx, g):
        return g.reshape(4) * 10


y = x * 1
z = View.apply(y)
print(z._is_view(), z.grad_fn.name())
tell(lambda: z.add_(1))
z.sum().backward()
print(x.grad)
with torch.no_grad():
    tell(lambda: z.add_(1).shape)
tell(lambda: z.sum())

# %%
y = Cube2 = None


class C2(Function):
    @staticmethod
    def forward(ctx, a):
        print(ctx.needs_input_grad, torch.is_grad_enabled())
        return a * 2

    @staticmethod
    def backward(ctx, g):
        return g


print(C2.apply(torch.ones(2)).requires_grad)
with torch.no_grad():
    print(C2.apply(x).requires_grad)
with torch.enable_grad():
    print(C2.apply(x).requires_grad)
print(C2.apply(torch.arange(3)).dtype)


# %%
class Static(Function):
    def forward(ctx, a):
        return a * 2

    def backward(ctx, g):
        return g * 7


tell(lambda: Static.apply(x))


class BothDefs(Function):
    @staticmethod
    def forward(ctx, a):
        return a * 2

    @staticmethod
    def backward(ctx, g):
        return g

    @staticmethod
    def vjp(ctx, g):
        return g


y = BothDefs.apply(x)
tell(lambda: y.sum().backward())


class Jvp(Function):
    @staticmethod
    def forward(ctx, a):
        return a * 2

    @staticmethod
    def vjp(ctx, g):
        return g * 2


y = Jvp.apply(x)
tell(lambda: y.sum().backward())
print(x.grad)

# %%
x.grad = None


class S(Function):
    @staticmethod
    def forward(ctx, a):
        a.mul_(2)
        ctx.mark_dirty(a)
        ctx.save_for_backward(a)
        return a

    @staticmethod
    def backward(ctx, g):
        (a,) = ctx.saved_tensors
        print(a, a.requires_grad, a.grad_fn.name(), a._version)
        return g * a


y = x * 1
v = y[1:3]
S.apply(v)
(g,) = torch.autograd.grad(y.sum(), x, create_graph=True)
print(g)
print(torch.autograd.grad(g.sum(), x))

# %%
y = x * 1
v = y[1:3]
S.apply(v)
y.add_(1)
try:
    y.sum().backward()
except RuntimeError as e:
    print(e)

# %%
with torch.no_grad():
    y = x * 1
    v = y[1:3]
    S.apply(v)
    print(y)

# %%
y = x * 1
S.apply(y)
y.sum().backward()
print(x.grad)
