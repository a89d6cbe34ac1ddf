"""Saved tensors, edges and nodes from outside."""

# %%
import gc, threading, warnings, weakref

x = torch.tensor([1.0, 2.0, 3.0, 4.0], requires_grad=True)
G = torch.autograd.graph


def show(name):
    return lambda g: print(name, g.tolist())


def tell(f):
    try:
        r = f()
        print("fine", r if not isinstance(r, torch.Tensor) else (r.tolist(), r.requires_grad))
    except Exception as e:
        print(type(e).__name__, "|", e)


# %%
def pack(t):
    print("pack", tuple(t.shape), t.requires_grad, t.grad_fn and t.grad_fn.name())
    return t.detach()


def unpack(t):
    print("unpack", tuple(t.shape))
    return t


with G.saved_tensors_hooks(pack, unpack):
    a = x * 2
    b = a.exp()
    c = b * x
    d = c.sum()
    e = d**2
    f = torch.stack([a, b]).max(0)[0].prod()
    h = (a @ b) + nn.functional.mse_loss(a, b)
(e + f + h).backward()

# %%
y = x.exp()
s = y.grad_fn._raw_saved_result
tell(lambda: s.register_hooks(lambda t: t.detach(), lambda t: t * 2))
tell(lambda: s.register_hooks(lambda t: t, lambda t: t))
y.sum().backward()
print(x.grad)
tell(lambda: y.grad_fn._raw_saved_result.register_hooks(lambda t: t, lambda t: t))
tell(lambda: y.grad_fn._saved_result)
tell(lambda: y.grad_fn._saved_other)
tell(lambda: x.grad_fn)
tell(lambda: y.grad_fn._raw_saved_self)

# %%
with G.save_on_cpu():
    y = x.exp() * x
y.sum().backward()
print(x.grad)
with G.disable_saved_tensors_hooks("not here"):
    tell(lambda: G.saved_tensors_hooks(lambda t: t, lambda t: t).__enter__())

    def w():
        with G.save_on_cpu():
            pass

    tell(w)
with G.saved_tensors_hooks(lambda t: t, lambda t: t):

    def v():
        with G.disable_saved_tensors_hooks("inner"):
            pass

    tell(v)
with G.saved_tensors_hooks(lambda t: (print("outer"), t)[1], lambda t: t):
    with G.saved_tensors_hooks(lambda t: (print("inner"), t)[1], lambda t: t):
        x.exp()
    x.exp()

# %%
with G.allow_mutation_on_saved_tensors() as ctx:
    y = x * 1
    z = y * y
    y.add_(1)
    z.sum().backward()
    print(x.grad)
    w = x.detach().clone()
    v = w * x
    w.zero_()
    v.sum().backward()
    print(x.grad)

    def n():
        with G.allow_mutation_on_saved_tensors():
            pass

    tell(n)
    q = x * 1
    r = q.exp()
tell(lambda: r.sum().backward())

# %%
y = (x * 2 + x).exp().sum()


def walk(n, d=0):
    if n is None:
        print(" " * d + "None")
        return
    print(" " * d + n.name(), len(n.next_functions))
    [walk(m, d + 1) for m, _ in n.next_functions]


walk(y.grad_fn)
n = y.grad_fn.next_functions[0][0].next_functions[0][0]
print(
    n.next_functions[1][0].variable is x,
    n.next_functions[1][0] is n.next_functions[0][0].next_functions[0][0],
    y.grad_fn == y.grad_fn,
    y.grad_fn is y.grad_fn,
    hash(n) == hash(n),
    isinstance(n, G.Node),
    issubclass(type(n), G.Node),
    isinstance(3, G.Node),
)
y.grad_fn.metadata["k"] = 1
print(y.grad_fn.metadata, n.metadata)
tell(lambda: n(torch.ones(4)))
tell(lambda: y.grad_fn(torch.tensor(1.0)))
tell(lambda: y.grad_fn.nope)
tell(lambda: n.__class__.__name__)
# %%
e = G.get_gradient_edge(x)
print(type(e).__name__, e._fields, e.node.name(), e.output_nr)
y = x * 2
e2 = G.get_gradient_edge(y)
tell(lambda: torch.autograd.grad(y.sum(), e2))
tell(lambda: G.get_gradient_edge(torch.ones(1)))
tell(lambda: torch.autograd.grad(e2, x, torch.ones(4)))
tell(lambda: torch.autograd.grad(e2, x))
tell(lambda: torch.autograd.backward(e2, torch.ones(4)))
print(x.grad)
a, b = torch.unbind((x * 2).view(2, 2))
eb = G.get_gradient_edge(b)
print(eb.output_nr)
tell(lambda: torch.autograd.grad((a * b).sum(), [eb, G.get_gradient_edge(a)]))

# %%
y = x * 1
acc = y.grad_fn.next_functions[0][0]
print(acc.variable is x, acc.next_functions, acc.name())
print((x * 2).grad_fn.next_functions[0][0] is acc)
tell(lambda: acc(torch.ones(4)))
print(x.grad)
tell(lambda: acc(torch.ones(3)))
r = weakref.ref(acc) if hasattr(type(acc), "__weakref__") else None
h = acc.register_prehook(lambda g: (g[0] * 10,))
x.grad = None
y.sum().backward()
print(x.grad)
del acc, y
gc.collect()
x.grad = None
(x * 1).sum().backward()
print(x.grad)
