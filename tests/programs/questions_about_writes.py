"""What may be written in place, and what backward says of it; what `grad` and `backward` refuse."""

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
ops = dict(
    exp=lambda y: y.exp(),
    mul=lambda y: y * y,
    sq=lambda y: y**2,
    sig=lambda y: y.sigmoid(),
    relu=lambda y: y.relu(),
    add=lambda y: y + y,
    sum=lambda y: y.sum()[None],
    sqrt=lambda y: y.sqrt(),
    mm=lambda y: y[None] @ y[:, None],
    div=lambda y: 1 / y,
    sm=lambda y: y.softmax(0),
    cum=lambda y: y.cumprod(0),
    mx=lambda y: y.max()[None],
    clamp=lambda y: y.clamp(0, 2),
    norm=lambda y: y.norm()[None],
    cat=lambda y: torch.cat([y, y]),
    idx=lambda y: y[torch.tensor([0])],
    tanh=lambda y: y.tanh(),
    std=lambda y: y.std()[None],
    var=lambda y: y.var()[None],
    pr=lambda y: y.prod()[None],
    ln=lambda y: torch.nn.functional.layer_norm(y, (4,)),
    gelu=lambda y: torch.nn.functional.gelu(y),
    lse=lambda y: y.logsumexp(0)[None],
    where=lambda y: torch.where(y > 2, y, y * y),
    lin=lambda y: torch.nn.functional.linear(y, y[None]),
)
for n, f in ops.items():
    y = x * 1
    z = f(y)
    y.add_(1)
    print(n, end=" ")
    tell(lambda: z.sum().backward())
    y = x * 1
    z = f(y)
    try:
        z.mul_(2)
    except RuntimeError as e:
        print(n, "write", e)
    print(n, "out", end=" ")
    tell(lambda: z.sum().backward())

# %%
w = torch.ones(2, requires_grad=True)
opt = torch.optim.SGD([w], lr=0.1)
l1 = (w * w).sum()
l2 = (w**3).sum()
l1.backward()
opt.step()
tell(lambda: l2.backward())

# %%
w = torch.ones(2, requires_grad=True)
tell(lambda: w.add_(1))
tell(lambda: w[0].add_(1))
tell(lambda: w.view(-1).mul_(2))
tell(lambda: w.__setitem__(0, 1.0))
tell(lambda: w.zero_())
tell(lambda: w.copy_(torch.zeros(2)))
tell(lambda: w.data.zero_())
print(w)
tell(lambda: w.fill_(1))
tell(lambda: w.normal_())
tell(lambda: w.detach().zero_())
tell(lambda: w.resize_(3))
tell(lambda: w.t_())
tell(lambda: w.squeeze_())
tell(lambda: w.unsqueeze_(0))
tell(lambda: torch.nn.init.zeros_(w))
tell(lambda: w.requires_grad_(False).add_(1))

# %%
w = torch.ones(2, 2, requires_grad=True)
with torch.no_grad():
    v = w[0]
    d = w.detach()
tell(lambda: v.add_(1))
tell(lambda: v.requires_grad)
tell(lambda: d.add_(1))
print(w._version, w)
with torch.no_grad():
    v.add_(1)
tell(lambda: v.requires_grad_())
print(v.is_leaf)
y = w * 1
with torch.no_grad():
    v = y[0]
tell(lambda: v.add_(1))
print(v.requires_grad, v.grad_fn)
y.add_(1)
tell(lambda: v.grad_fn)
tell(lambda: v * 2)

# %%
y = x * 1
a, b = y.split(2)
tell(lambda: a.add_(1))
a, b = y.chunk(2)
tell(lambda: a.mul_(2))
a, b, c, d = y.unbind()
tell(lambda: b.mul_(2))
a, b, c, d = y
tell(lambda: b.mul_(2))
a, *_ = y.tensor_split(2)
tell(lambda: a.mul_(2))
a, b = y.view(2, 2)
tell(lambda: a.mul_(2))
for r in y:
    tell(lambda: r.mul_(2))
    break
with torch.no_grad():
    a, b = y.split(2)
    a.mul_(2)
tell(lambda: a.mul_(2))
tell(lambda: y.sum().backward())
print(x.grad)

# %%
y = x.expand(2, 4)
tell(lambda: y.add_(1))
y = (x * 1).expand(2, 4)
tell(lambda: y.add_(1))
tell(lambda: y.zero_())
tell(lambda: y.fill_(1))
tell(lambda: y.copy_(torch.zeros(2, 4)))
tell(lambda: y.__setitem__(0, 0))
tell(lambda: y[0].add_(1).sum())

# %%
y = torch.zeros(3)
v = y[1:]
d = y.detach()
t = y.data
n = y.numpy()
y.add_(1)
v.add_(1)
d.add_(1)
t.add_(1)
n += 1
print(y._version, v._version, d._version, t._version, y)
y[0] = 5
y[1:] = 2
y.data[0] = 3
y.set_ if hasattr(y, "set_") else None
torch.add(y, 1, out=y)
y += 1
print(y._version)
y.data = torch.ones(5)
print(y._version, v, y.shape)
torch.autograd.graph.increment_version(y)
print(y._version)

# %%
y = x * 1
z = y * y
y.detach_()
tell(lambda: z.sum().backward())
y = x * 1
z = y.exp()
z.detach_()
print(z.requires_grad, z.is_leaf)
tell(lambda: z.sum().backward())
v = (x * 1)[:2]
tell(lambda: v.detach_())

# %%
y = x**3
(g1,) = torch.autograd.grad(y.sum(), x, create_graph=True)
(g2,) = torch.autograd.grad(g1.sum(), x, create_graph=True)
(g3,) = torch.autograd.grad(g2.sum(), x)
print(g1, g2, g3)
tell(lambda: torch.autograd.grad(g3.sum(), x))
tell(lambda: torch.autograd.grad(y.sum(), x))
tell(lambda: torch.autograd.grad(y.sum(), x))

# %%
y = x * 2
z = y.exp()
tell(lambda: z.sum().backward(retain_graph=True, create_graph=False))
tell(lambda: z.sum().backward(create_graph=True))
print(x.grad.grad_fn, x.grad.requires_grad)
x.grad = None
z.sum().backward()
tell(lambda: z.sum().backward())
y = x * 2
y.sum().backward()
y.sum().backward()
y.mean().backward()
y = x * 2
s = y.sum()
s.backward()
tell(lambda: s.backward())

# %%
y = x * 2
tell(lambda: torch.autograd.grad(y, x))
tell(lambda: torch.autograd.grad(y, x, torch.ones(3)))
tell(lambda: torch.autograd.grad(y, x, [torch.ones(4)] * 2))
tell(lambda: torch.autograd.grad(y.sum(), torch.ones(1)))
tell(lambda: torch.autograd.grad(y.sum(), torch.ones(1, requires_grad=True)))
tell(
    lambda: torch.autograd.grad(y.sum(), [x, torch.ones(1, requires_grad=True)], allow_unused=True)
)
tell(
    lambda: torch.autograd.grad(
        y.sum(), [x, torch.ones(1, requires_grad=True)], materialize_grads=True
    )
)
tell(lambda: torch.autograd.grad(y.sum(), x, allow_unused=False, materialize_grads=True))
tell(lambda: torch.autograd.grad(torch.ones(1), x))
tell(lambda: torch.autograd.grad([], x))
tell(lambda: torch.autograd.grad(y.sum(), []))
tell(lambda: torch.autograd.grad("a", x))
tell(lambda: torch.autograd.grad(y, "x"))
tell(lambda: torch.autograd.grad(y.sum(), x, torch.tensor(1)))
tell(lambda: torch.autograd.grad(y.sum(), x, 2.0))
tell(lambda: y.backward())
tell(lambda: y.backward(torch.ones(2)))
tell(lambda: y.backward([1.0]))
tell(lambda: torch.autograd.backward([y, y], [None, torch.ones(4)]))
tell(lambda: torch.autograd.backward([y.sum(), y.mean()]))
tell(lambda: torch.autograd.backward(y, torch.ones(4), inputs=[]))
tell(lambda: y.sum().backward(inputs=[torch.ones(1)]))
tell(lambda: torch.autograd.backward(y.sum(), grad_variables=torch.tensor(1.0)))
tell(lambda: torch.ones(2, dtype=torch.int64).sum().backward())
tell(lambda: torch.tensor(1.0, requires_grad=True).backward())
tell(lambda: y.sum().backward(torch.tensor([1.0])))
tell(lambda: y.sum().backward(torch.tensor(1.0, dtype=torch.float64)))

# %%
tell(lambda: torch.autograd.grad(x * 2, x, torch.eye(4), is_grads_batched=True))
tell(lambda: torch.autograd.grad(x * 2, x, torch.eye(3), is_grads_batched=True))

# %%
x.grad = torch.ones(4)
tell(lambda: setattr(x, "grad", torch.ones(3)))
tell(lambda: setattr(x, "grad", torch.ones(4, dtype=torch.float64)))
tell(lambda: setattr(x, "grad", 1))
tell(lambda: setattr(x, "grad", x))
(x * 2).sum().backward()
print(x.grad)
g = x.grad
(x * 2).sum().backward()
print(g is x.grad, g)
x.grad = None
(x * 2).sum().backward(create_graph=True)
g = x.grad
(x * 2).sum().backward()
print(g is x.grad, x.grad)
