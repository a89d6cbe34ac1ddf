"""What torch's own tests found: hooks, callbacks, detach_, mutation of saved tensors, checkpoints."""


# %%
class MyAdderBad(Function):
    @staticmethod
    def forward(ctx, a, b):
        c = 3 * a
        c.add_(b)
        ctx.mark_dirty(c)
        return c

    @staticmethod
    def backward(ctx, grad):
        return 3 * grad, 3 * grad


a = torch.ones(2, requires_grad=True)
b = torch.ones(2, requires_grad=True)
MyAdderBad.apply(a.clone(), b)


# %%
class MyBadAdder(Function):
    @staticmethod
    def forward(ctx, a, b):
        a.add_(b)
        ctx.mark_dirty(a)
        return a, a + b

    @staticmethod
    def backward(ctx, ga, gab):
        return ga + gab, ga + gab


c, d = MyBadAdder.apply(a.clone(), b)
(c * d).sum().backward()
print(c, d, a.grad, c.grad_fn, d.grad_fn)
# %%
c, d = MyBadAdder.apply(a.clone(), b)
c += 2
(c * d).sum().backward()
print(a.grad, c.grad_fn.next_functions, d.grad_fn)
# %%
MyBadAdder.apply(a.clone().view_as(a), b)


# %%
class IdOneOutput(Function):
    @staticmethod
    def forward(ctx, a):
        return a.view_as(a)

    @staticmethod
    def backward(ctx, ga):
        return ga


y = IdOneOutput.apply(a.clone())
y += 1
# %%
y = IdOneOutput.apply(torch.ones(2))
y += b
# %%
torch.ones(2).requires_grad_().clone().unbind()[0].add_(1)
# %%
torch.autograd.grad(2 * a, [], grad_outputs=torch.tensor([1.0]))
# %%
torch.autograd.grad(a.sum(), ())
# %%
a.sum().backward(inputs=[])
# %%
torch.autograd.SavedTensor()


# %%
class DoubleMul2(Function):
    @staticmethod
    def forward(ctx, x, a, y):
        ctx.a = a
        return a * x * 2, a, a * y * 2

    @staticmethod
    def backward(ctx, g1, _a, g2):
        print(g1, _a, g2)
        return ctx.a * g1 * 2, None, ctx.a * g2 * 2


def prehook(grad_output):
    g1, ga, g2 = grad_output
    print("pre", ga)
    return (g1 * 2, None, g2 * 2)


c, _, d = DoubleMul2.apply(a, 3, b)
c.grad_fn.register_prehook(prehook)
print(c.output_nr, d.output_nr)
(c + d).sum().backward()
# %%
saved = []


class Id2(Function):
    @staticmethod
    def forward(ctx, x):
        ctx.save_for_backward(x)
        return x

    @staticmethod
    def backward(ctx, grad_x):
        saved.append(ctx)
        return ctx.saved_tensors


p = torch.zeros(1, requires_grad=True)
loss = Id2.apply(p)
loss.backward(retain_graph=True)
del loss
saved[0].saved_tensors


# %%
class A(Function):
    @staticmethod
    def forward(ctx, x):
        return x * 2

    @staticmethod
    @torch.autograd.function.once_differentiable
    def backward(ctx, g):
        return g * 2


x = torch.ones(3, requires_grad=True)
y = A.apply(x).sum()
(g,) = torch.autograd.grad(y, x, create_graph=True)
print(g, g.grad_fn, g.grad_fn.next_functions)
g.sum().backward()
# %%
t = torch.rand(2, 3, requires_grad=True)
t.register_post_accumulate_grad_hook(lambda t: t.grad)
t.sum().backward()
# %%
a = torch.tensor(1.0, requires_grad=True).clone()
b = a.sin()
a.detach_()
b.backward()
# %%
a = torch.tensor(1.0, requires_grad=True).clone()
b = a.exp()
a.detach_()
b.backward()


# %%
class Func(Function):
    @staticmethod
    def forward(ctx, x):
        out0 = x.clone()
        out1 = x.clone()
        ctx.mark_non_differentiable(out1)
        ctx._materialize_non_diff_grads = False
        return out0, out1

    @staticmethod
    def backward(ctx, g0, g1):
        print(g0, g1)
        return g0


Func.apply(torch.tensor(1.0, requires_grad=True))[0].backward()
# %%
print(type(z.grad_fn).__mro__, type(z.grad_fn), isinstance(z.grad_fn, torch.autograd.graph.Node))
# %%
A.generate_vmap_rule
# %%
V = torch.autograd.Variable
print(V, isinstance(x, V), type(V), issubclass(torch.Tensor, V))
q = V(x, requires_grad=True)
print(q, q is x, q.data_ptr() == x.data_ptr(), q.grad_fn, type(q))
print(V(z), V([1.0]) if 0 else 0)
# %%
V(x, volatile=True)
# %%
V(3.0)
# %%
V([1.0, 2.0])
# %%
V(torch.arange(3), requires_grad=True)
# %%
V()
# %%
V(requires_grad=True)
# %%
print(float(x[0]), int(x[0]), x[0].item(), bool(x[0]), complex(x[0]))


# %%
class A(Function):
    @staticmethod
    def forward(ctx, x):
        return x * 2

    @staticmethod
    @torch.autograd.function.once_differentiable
    def backward(ctx, g):
        return g * 2


x = torch.ones(3, requires_grad=True)
y = A.apply(x).sum()
(g,) = torch.autograd.grad(y, x, create_graph=True)
print(g, g.grad_fn, g.grad_fn.next_functions, type(g.grad_fn).__name__)
g.sum().backward()


# %%
class A(Function):
    @staticmethod
    def forward(ctx, x, k, z):
        return x * 2 + z

    @staticmethod
    @torch.autograd.function.once_differentiable
    def backward(ctx, g):
        return g * 2, None, g


x = torch.ones(3, requires_grad=True)
z = torch.ones(3, requires_grad=True)
y = (A.apply(x, 3, z) * x).sum()
g, h = torch.autograd.grad(y, (x, z), create_graph=True)
print(
    g,
    g.grad_fn,
    g.grad_fn.next_functions,
    type(g.grad_fn).__name__,
    h.grad_fn,
    h.grad_fn.name(),
    h.grad_fn.next_functions,
    h.output_nr,
)
g.sum().backward()


# %%
class A(Function):
    @staticmethod
    def forward(x):
        return x**2, x.item()

    @staticmethod
    def setup_context(ctx, inputs, output):
        ctx.two_x = 2

    @staticmethod
    @torch.autograd.function.once_differentiable
    def backward(ctx, gO, _):
        print(gO, _)
        return gO * ctx.two_x


x = torch.randn([], requires_grad=True)
y, _ = A.apply(x)
torch.autograd.grad(y, x)[0]
# %%
with torch.autograd.graph.allow_mutation_on_saved_tensors() as ctx:
    a = torch.ones(2, 3, requires_grad=True).clone()
    b = a**2
    print(type(ctx).__name__, len(ctx.cloned))
    a.sin_()
    print(len(ctx.cloned))
    c = a**2
    a.sin_()
    print(len(ctx.cloned))
    del b
    print(len(ctx.cloned))
    c.sum().backward()
    print(len(ctx.cloned))
# %%
with torch.autograd.graph.allow_mutation_on_saved_tensors() as ctx:
    with torch.autograd.graph.allow_mutation_on_saved_tensors() as ctx:
        pass
# %%
h = torch.autograd.graph.disable_saved_tensors_hooks("no")
print(type(h))
with h:
    with torch.autograd.graph.saved_tensors_hooks(lambda x: x, lambda x: x):
        pass


# %%
def f(*a):
    print(a)


e = torch.autograd.Variable._execution_engine

e.queue_callback(lambda: 3)


# %%
class F(Function):
    @staticmethod
    def forward(ctx, x):
        return x * 2

    @staticmethod
    def backward(ctx, g):
        torch.autograd.Variable._execution_engine.queue_callback(lambda: print("done"))
        print("bw")
        return g * 2


x = torch.ones(3, requires_grad=True)
F.apply(F.apply(x)).sum().backward()
# %%
x = torch.ones(2, 2, requires_grad=True)
torch.autograd.backward([])
# %%
torch.autograd.backward([x.sum(), x.sum()], [None, torch.tensor(1.0), torch.tensor(1.0)])
# %%
torch.autograd.grad([x.sum()], [x], [None, None])
# %%
x.sum().backward(retain_variables=True)
# %% a checkpoint that saves something else when it runs again
runs = []


def differs(x):
    runs.append(1)
    y = x.sin()
    return y.exp() if len(runs) == 1 else y


checkpoint = torch.utils.checkpoint.checkpoint
x = torch.ones(3, requires_grad=True)
checkpoint(differs, x, use_reentrant=False).sum().backward()


# %%
def grows(x):
    return x.sin() if len(runs) % 2 else x.double().sin()


z = checkpoint(grows, x, use_reentrant=False)
runs.append(1)
z.sum().backward()


# %%
def more(x):
    runs.append(1)
    return x.sin() if len(runs) == 4 else x.sin().exp()


with torch.utils.checkpoint.set_checkpoint_early_stop(False):
    z = checkpoint(more, x, use_reentrant=False)
z.sum().backward()
# %%
print(len(runs))
checkpoint(differs, x, use_reentrant=False, determinism_check="all")
# %% leaves that become ready at once: the order of a binary heap
def order(kinds, **options):
    """How hooks fire below a stack of l: leaves, m: products of leaves, f: the first leaf."""
    leaves, seen = [], []

    def leaf():
        leaves.append(torch.ones(2, requires_grad=True))
        leaves[-1].register_hook(lambda grad, i=len(leaves) - 1: seen.append(i))
        return leaves[-1]

    make = {"l": leaf, "m": lambda: leaf() * 2, "f": lambda: leaves[0]}
    stacked = torch.stack([make[kind]() for kind in kinds]).sum()
    torch.autograd.backward([stacked, leaf().sum()], inputs=leaves[1:] if options else None)
    return seen


for kinds in ("lll", "llll", "lllll", "llllllll", "lllm", "mlll", "llmlfllml", "mlmlmlmlmf"):
    print(kinds, order(kinds), order(kinds, inputs=True))
# %% hooks of a single root are called even if no input is reached
x, y = torch.ones(2, requires_grad=True), torch.ones(2, requires_grad=True)
z = (x * 2).sum()
z.register_hook(lambda grad: print("root", grad))
torch.autograd.backward([z], inputs=[y])
torch.autograd.backward([z, z * 2], inputs=[y])
# %% several saved tensors are packed and unpacked in the order of their names, results last


def packed(tensor):
    print("pack", tensor.tolist())
    return tensor.detach()


def unpacked(tensor):
    print("unpack", tensor.tolist())
    return tensor


u = torch.tensor([1.0, 2.0], requires_grad=True)
w = torch.tensor([3.0, 4.0], requires_grad=True)
for compute in (
    lambda: u * w,
    lambda: u / w,
    lambda: u**w,
    lambda: torch.atan2(u, w),
    lambda: u.lerp(w, u),
    lambda: u.gather(0, torch.tensor([1])),
    lambda: u.clamp(w, w),
    lambda: u.std(),
):
    with autograd.graph.saved_tensors_hooks(packed, unpacked):
        z = compute()
    z.sum().backward()
# %%
with autograd.graph.saved_tensors_hooks(packed, unpacked):
    z = (u * w).sum()
(g,) = autograd.grad(z, u, create_graph=True)
g
# %% inf and nan come in silence, whatever a program does with warnings; numpy elsewhere warns
import warnings

with warnings.catch_warnings(record=True) as caught:
    for action in ("always", "error"):
        warnings.simplefilter(action)
        t = torch.tensor([0.0, 3e38], requires_grad=True)
        for value in (t.log(), t * 10, t / 0, t / t, t - t / 0, (t * 100).exp(), t.sum() * 10):
            value.sum().backward()
        torch.zeros(2).div_(0)
        print(t.grad, [str(w.message) for w in caught])
        try:
            np.log(np.zeros(1))
        except RuntimeWarning as warning:
            print("an error:", warning)
print([str(w.message) for w in caught])
# %% several outputs, of which no gradient arrives
x = torch.ones(3, requires_grad=True)
parts = x.unbind()


class Nothing(Function):
    @staticmethod
    def forward(ctx, x, y):
        return x * y

    @staticmethod
    def backward(ctx, grad):
        return None, None


parts[0].register_hook(lambda grad: print("hook", grad))
Nothing.apply(parts[0], parts[1]).backward()
print(x.grad)
# %% rules recorded with torch's nodes
def graph(node, depth=5):
    if node is None or depth == 0:
        return "-"
    name = node.name().rpartition("::")[2]
    return f"{name}({', '.join(graph(t, depth - 1) for t, _ in node.next_functions)})"


a = torch.tensor([[0.25, 0.5], [0.75, 0.125]], requires_grad=True)
for compute in (
    torch.log1p, torch.expm1, torch.tan, torch.asin, torch.acos, torch.atan, torch.asinh, torch.erf,
    torch.erfc, lambda t: 2**t, lambda t: t.sum((0, 1)), lambda t: t.mean((0, 1)), torch.var,
    lambda t: t.std(0), lambda t: t.var((0, 1)), torch.std, lambda t: t.prod(1), torch.norm,
    lambda t: t.logsumexp((0, 1)), lambda t: t.norm(dim=1), lambda t: torch.maximum(t, t.T),
    lambda t: torch.addcmul(t, t, t, value=2), lambda t: torch.logaddexp(t, t.T),
):  # fmt: skip
    (g,) = autograd.grad(compute(a).sum(), a, create_graph=True)
    print(graph(g.grad_fn))
# %% writes, and what is recorded when their gradient is recorded
def overwritten(write):
    y = a * 1
    write(y)
    (g,) = autograd.grad((y * y).sum(), a, create_graph=True)
    print(graph(g.grad_fn))


def first_row(y):
    y[0] = 1


def corners(y):
    y[[0, 1], [0, 1]] = 1


overwritten(first_row)
overwritten(corners)
overwritten(lambda y: y[:, 0].mul_(2))
# %% a stale view's error comes before the operation's own
x = torch.ones(2, 3, requires_grad=True) * 1
with torch.no_grad():
    v = x.unsqueeze(0)
x.mul_(2)
v.t()
# %% both of a product's factors were written to: torch names `other`
x, y = torch.ones(2, requires_grad=True) * 1, torch.ones(2, requires_grad=True) * 1
z = x * y
x.mul_(2).mul_(2)
y.mul_(2)
z.sum().backward()
# %%
# A gradient lies in memory as its factor does, and its recorded rule shows how it came to.
m = torch.arange(6.0).reshape(2, 3).requires_grad_()
for left, right in ((m, torch.ones(3, 2)), (m.t(), torch.ones(2, 3)), (torch.ones(2, 3), m.t())):
    (g,) = torch.autograd.grad((left @ right).sum(), m, torch.ones(()).requires_grad_(), create_graph=True)
    names, node = [], g.grad_fn
    while node is not None:
        names.append(node.name())
        node = next((n for n, _ in node.next_functions if n is not None), None)
    print(g, g.stride(), names)
