"""Hooks and `retain_grad` on views and bases, before and after one of them is written to; freed graphs."""

# %%
x = torch.rand(4, requires_grad=True)


def show(name):
    return lambda g: print(name, g.tolist())


class D(Function):
    @staticmethod
    def forward(ctx, a):
        a.mul_(2)
        ctx.mark_dirty(a)
        return a

    @staticmethod
    def backward(ctx, g):
        return g * 2


# %%
b = x * 1
v = b[:2]
v.register_hook(show("v before"))
b.register_hook(show("b before"))
v.mul_(2)
v.register_hook(show("v after"))
b.register_hook(show("b after"))
(v.sum() + b.sum()).backward()

# %%
b = x * 1
v = b[:2]
w = b[1:3]
for n, t in dict(v=v, w=w, b=b).items():
    t.register_hook(show(n + " before"))
b.mul_(3)
for n, t in dict(v=v, w=w, b=b).items():
    t.register_hook(show(n + " after"))
(v.sum() + w.sum() + b.sum()).backward()

# %%
b = x * 1
v = b[:2]
w = b[1:3]
for t in (v, w, b):
    t.retain_grad()
b.mul_(3)
print(v.retains_grad, w.retains_grad, b.retains_grad)
(v.sum() + w.sum() + b.sum()).backward()
for t in (v, w, b):
    print(t.grad)

# %%
b = x * 1
v = b[:2]
w = b[1:3]
for t in (v, w, b):
    t.retain_grad()
v.mul_(3)
print(v.retains_grad, w.retains_grad, b.retains_grad)
(v.sum() + w.sum() + b.sum()).backward()
for t in (v, w, b):
    print(t.grad)

# %%
b = x * 1
v = b[:2]
w = b[1:3]
v.mul_(3)
for t in (v, w, b):
    t.retain_grad()
v.mul_(3)
print(v.retains_grad, w.retains_grad, b.retains_grad)
(v.sum() + w.sum() + b.sum()).backward()
for t in (v, w, b):
    print(t.grad)

# %%
b = x * 1
v = b[:2]
h = v.register_hook(show("v1"))
print(len(v._backward_hooks))
v.mul_(2)
print(v._backward_hooks)
h2 = v.register_hook(show("v2"))
print(len(v._backward_hooks))
h.remove()
print(len(v._backward_hooks))
(v.sum() + b.sum()).backward()

# %%
b = x * 1
b.register_hook(show("b1"))
b.mul_(2)
print(b._backward_hooks)
b.register_hook(show("b2"))
b.add_(1)
b.register_hook(show("b3"))
b.sum().backward()

# %%
b = x * 1
v = b.view(2, 2)
v.register_hook(lambda g: g * 10)
v.mul_(2)
v.register_hook(lambda g: g * 3)
x.grad = None
v.sum().backward()
print(x.grad)

# %%
b = x * 1
v = b.view(2, 2)
v.grad_fn.register_hook(lambda gi, go: print("old node", gi, go))
v.mul_(2)
v.grad_fn.register_hook(lambda gi, go: print("new node", gi, go))
v.grad_fn.register_prehook(lambda go: print("new node pre", go))
print(v.grad_fn is v.grad_fn, v.grad_fn.name(), v.grad_fn.next_functions)
(v.sum() + b.sum()).backward()

# %%
b = x * 1
v = b[:2]
v.register_hook(show("v early"))
g = v.grad_fn
with torch.no_grad():
    b.mul_(2)
print(v.grad_fn is g, v.grad_fn.name())
v.register_hook(show("v late"))
v.sum().backward()

# %%
b = x * 1
v = b[:2]
v.retain_grad()
with torch.no_grad():
    b.mul_(2)
print(v.retains_grad, v.grad_fn.name())
v.sum().backward()
print(v.grad)

# %%
b = x * 1
a, c = b.chunk(2)
a.retain_grad()
c.register_hook(show("c"))
try:
    a.mul_(2)
except RuntimeError as e:
    print(e)
b.mul_(2)
try:
    a.sum()
except RuntimeError as e:
    print(e)
print(a.retains_grad)
b.sum().backward()
print(a.grad)

# %%
b = x * 1
v = b.detach()
v.requires_grad_()
v.register_hook(show("v"))
try:
    v.mul_(2)
except RuntimeError as e:
    print(e)

# %%
b = torch.zeros(4)
v = b[:2]
v.mul_(x[:2])
v.register_hook(show("v"))
b.register_hook(show("b"))
print(v.requires_grad, b.requires_grad, b[2:].requires_grad)
w = b[2:]
w.register_hook(show("w"))
(w.sum() + v.sum()).backward()

# %%
b = torch.zeros(4)
v = b[:2]
w = b[1:3]
v.mul_(x[:2])
print(w.requires_grad, w.grad_fn.name())
w.retain_grad()
w.mul_(2)
print(w.retains_grad, w.grad_fn.name(), v.grad_fn.name())
(w.sum() + v.sum()).backward()
print(w.grad)

# %%
register_multi_grad_hook = torch.autograd.graph.register_multi_grad_hook
b = x * 1
v = b[:2]
w = b[2:]
h = register_multi_grad_hook([v, w], lambda gs: print("multi", gs))
v.mul_(2)
(v.sum() + w.sum()).backward()

# %%
b = x * 1
v = b[:2]
w = b[2:]
v.mul_(2)
h = register_multi_grad_hook([v, w, b], lambda gs: print("multi", gs))
(v.sum() + w.sum()).backward()

# %%
b = x * 1
v = b[:2]
e = torch.autograd.graph.get_gradient_edge(v)
v.mul_(2)
print(torch.autograd.grad(b.sum(), [b]), e.node.name())
try:
    print(torch.autograd.grad(b.sum(), [e]))
except RuntimeError as err:
    print(err)
b = x * 1
v = b[:2]
v.mul_(2)
e2 = torch.autograd.graph.get_gradient_edge(v)
print(e2.node.name(), torch.autograd.grad(v.sum() + b.sum(), [e2, b]))

# %%
a = torch.tensor([[1.0, -2, 3], [0.5, 2, -1.5]], requires_grad=True)


def hooks():
    return torch.autograd.graph.saved_tensors_hooks(
        lambda t: (print("pack", t.shape), t.detach())[1], lambda t: (print("unpack"), t)[1]
    )


def twice(b, c=None):
    for t in (b if c is None else c, b):
        try:
            t.sum().backward()
            print("fine")
        except RuntimeError as e:
            print(str(e)[:50])


# %%
b = torch.zeros(2, 3)
b[..., -1] = a[..., 0]
twice(b)

# %%
b = torch.zeros(2, 3)
v = b[0]
b[..., -1] = a[..., 0]
twice(b, v)

# %%
b = torch.zeros(2, 3)
v = b[0]
with hooks():
    b[..., -1] = a[..., 0]
twice(b, v)

# %%
b = torch.zeros(2, 3)
with hooks():
    b[..., -1] = a[..., 0]
twice(b)

# %%
b = torch.zeros(2, 3)
v = b[0]
v.copy_(a[0])
twice(b, v)

# %%
b = torch.zeros(2, 3)
v = b[0]
v.add_(a[0])
twice(b, v)

# %%
b = torch.zeros(2, 3)
v = b[0]
b.add_(a)
twice(b, v)

# %%
b = torch.zeros(2, 3)
b[0] = a[0]
b[1] = a[1]
twice(b)

# %%
b = torch.zeros(2, 3)
v = b[0]
with hooks():
    b[0, 1] = a[0, 0]
twice(b, v)

# %%
b = torch.zeros(2, 3)
v = b[0]
with hooks():
    b[torch.tensor([0])] = a[:1]
twice(b, v)

# %%
b = torch.zeros(2, 3)
v = b[0]
with hooks():
    b[:, 1:2].copy_(a[:, :1])
twice(b, v)

# %%
b = torch.zeros(2, 3)
v = b[0]
with hooks():
    b[...] = a
twice(b, v)

# %%
b = x * 1
v = b[:2]
b.register_hook(show("b1"))
v.mul_(2)
print(b._backward_hooks is None)
b.register_hook(show("b2"))
b.sum().backward()

# %%
b = x * 1
v = b[:2]
b.register_hook(show("b1"))
v.register_hook(show("v1"))
v.mul_(2)
v.register_hook(show("v2"))
v.mul_(2)
v.register_hook(show("v3"))
b.register_hook(show("b2"))
(b.sum() + v.sum()).backward()

# %%
b = x * 1
b.register_hook(show("b1"))
D.apply(b)
print(b._backward_hooks is None)
b.register_hook(show("b2"))
b.sum().backward()

# %%
b = x * 1
v = b[:2]
v.register_hook(show("v1"))
D.apply(v)
print(v._backward_hooks is None)
v.register_hook(show("v2"))
v.sum().backward()

# %%
b = x * 1
b.register_hook(show("b1"))
b.detach_()
print(b._backward_hooks is None)
b.requires_grad_()
b.register_hook(show("b2"))
b.sum().backward()

# %%
b = torch.zeros(4)
b.requires_grad_()
b.register_hook(show("b1"))
b.requires_grad_(False)
b.mul_(x)
print(b._backward_hooks is None)
b.register_hook(show("b2"))
b.sum().backward()

# %%
b = x * 1
b.register_hook(show("b1"))
b[0] = 5.0
print(b._backward_hooks is None)
b.register_hook(show("b2"))
b.sum().backward()

# %%
b = x * 1
b.register_hook(show("b1"))
b.t_()
print(b._backward_hooks is None)
b.register_hook(show("b2"))
b.sum().backward()

# %%
b = x * 1
b.register_hook(show("b1"))
b.copy_(x * 2)
print(b._backward_hooks is None)
b.zero_()
print(b._backward_hooks is None)
b.sum().backward()

# %%
y = x * 2
x.requires_grad = False
x.add_(torch.ones(2, requires_grad=True))
print(x.grad_fn)
try:
    y.sum().backward()
except RuntimeError as e:
    print(e)
print(x._grad)

# %%
y = x * 2
x.requires_grad = False
y.sum().backward()
print(x.grad)
