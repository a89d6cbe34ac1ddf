"""Indexed writes under hooks for saved tensors; inference mode, and what its tensors may do."""

# %%
import copy, gc, pickle, weakref

x = torch.tensor([1.0, 2.0, 3.0, 4.0], requires_grad=True)


def show(name):
    return lambda g: print(name, g.tolist())


def tell(f):
    try:
        r = f()
        print("fine", r if not isinstance(r, torch.Tensor) else r.tolist())
    except Exception as e:
        print(type(e).__name__, "|", e)


# %%
y = x * 1
with torch.autograd.graph.saved_tensors_hooks(lambda t: t.clone().detach(), lambda t: t):
    y[0] = 5.0
    z = (y * y).sum()
z.backward(retain_graph=True)
tell(lambda: z.backward())
tell(lambda: z.backward())
print(x.grad)

# %%
y = x * 1
with torch.autograd.graph.saved_tensors_hooks(
    lambda t: (print("pack", t), t.detach())[1], lambda t: (print("unpack", t), t)[1]
):
    y[torch.tensor([0, 2])] = x[1:3] * 2
y.sum().backward()
tell(lambda: y.sum().backward())

# %%
y = x * 1
y[torch.tensor([0, 2])] = x[1:3] * 2
y.sum().backward()
tell(lambda: y.sum().backward())

# %%
y = x * 1
y[0] = x[1]
y.sum().backward()
tell(lambda: y.sum().backward())

# %%
y = x * 1
with torch.autograd.graph.saved_tensors_hooks(
    lambda t: (print("pack", t), t.detach())[1], lambda t: (print("unpack", t), t)[1]
):
    y.index_put_((torch.tensor([0, 2]),), x[1:3] * 2)
    y.masked_fill_(y > 3, 0.5)
    y[y < 1] = 7.0
    y[1:3] *= 2
y.sum().backward(retain_graph=True)
y.sum().backward()
tell(lambda: y.sum().backward())
print(x.grad)

# %%
y = x * 1
with torch.autograd.graph.saved_tensors_hooks(
    lambda t: (print("pack", t), t.detach())[1], lambda t: (print("unpack", t), t)[1]
):
    y.index_add_(0, torch.tensor([0, 1]), x[:2])
    y.scatter_(0, torch.tensor([3]), x[:1])
    y.index_fill_(0, torch.tensor([1]), 0.0)
y.sum().backward()
tell(lambda: y.sum().backward())
print(x.grad)

# %%
with torch.inference_mode():
    t = torch.ones(2)
tell(lambda: nn.Parameter(t))
tell(lambda: nn.Parameter(t, requires_grad=False))
p = nn.Parameter(t, requires_grad=False)
print(p.is_inference(), p.requires_grad)
with torch.inference_mode():
    q = nn.Parameter(torch.ones(2))
    print(q, q.requires_grad, q.is_inference(), q.is_leaf)
tell(lambda: q * 2)
tell(lambda: (q * 2).sum().backward())
tell(lambda: q.add_(1))
tell(lambda: q.data.add_(1))
print(q)

# %%
with torch.inference_mode():
    lin = nn.Linear(2, 1)
    print(lin.weight.requires_grad, lin.weight.is_inference())
tell(lambda: lin(torch.ones(1, 2)).shape)
tell(lambda: lin(torch.ones(1, 2)).sum().backward())
tell(lambda: lin.requires_grad_(False) is lin)
tell(lambda: lin(torch.ones(1, 2)).requires_grad)

# %%
n = torch.ones(3)
with torch.inference_mode():
    v = n[:2]
    w = n.detach()
    d = n.data
    same = n.to(torch.float32)
    same2 = n.contiguous()
    print(v.is_inference(), w.is_inference(), d.is_inference(), same.is_inference(), same2 is n)
    n.add_(1)
    print(n._version, n.is_inference())
    v.mul_(2)
tell(lambda: v.add_(1))
tell(lambda: (v * x[:2]).sum().backward())
print(n, v)

# %%
y = x * 2
with torch.inference_mode():
    tell(lambda: y.add_(1))
    v = y[:2]
    tell(lambda: v.add_(1))
    z = y * 2
    print(z.requires_grad, v.requires_grad, v.grad_fn, y.grad_fn.name(), v.is_inference())
    print(y.detach().is_inference(), y.data.is_inference())
tell(lambda: y.sum().backward())
print(x.grad)
tell(lambda: v * 2)
tell(lambda: v.mul_(2))


# %%
@torch.inference_mode()
def f(a):
    return a * 2, torch.is_inference_mode_enabled()


out, on = f(x)
print(out, on, out.is_inference())


@torch.inference_mode
def g(a):
    return a * 2


print(g(x).is_inference())


@torch.inference_mode()
def gen():
    yield torch.is_inference_mode_enabled()
    yield torch.ones(1).is_inference()


print(list(gen()), torch.is_inference_mode_enabled())

# %%
with torch.inference_mode():
    a = torch.ones(2)


class F(Function):
    @staticmethod
    def forward(ctx, t, i):
        ctx.save_for_backward(t, i)
        return t * i

    @staticmethod
    def backward(ctx, g):
        t, i = ctx.saved_tensors
        return g * i, None


tell(lambda: F.apply(x[:2], a))
tell(lambda: F.apply(a, a).requires_grad)
tell(lambda: copy.deepcopy(a).is_inference())
tell(lambda: pickle.loads(pickle.dumps(a)).is_inference())
tell(lambda: torch.tensor(a).is_inference())
tell(lambda: a.clone().is_inference())
tell(lambda: a.numpy())
tell(lambda: torch.from_numpy(a.numpy()).is_inference())
tell(lambda: setattr(a, "grad", torch.ones(2)))
tell(lambda: a.grad)
tell(lambda: setattr(x, "data", a.repeat(2)))
tell(lambda: x.is_inference())
tell(lambda: x[0:2].copy_(a))
y = x * 1
tell(lambda: y[0:2].copy_(a))
tell(lambda: y.sum().backward())
tell(lambda: a.copy_(x[:2]))
tell(lambda: a.detach().is_inference())
tell(lambda: a.detach().add_(1))
tell(lambda: a.detach_())
tell(lambda: a.zero_())
tell(lambda: torch.add(x[:2].detach(), 1, out=a))
tell(lambda: torch.stack([a, x[:2]]).sum().backward())
tell(lambda: torch.where(a > 0, x[:2], a).sum().backward())
tell(lambda: torch.mm(a[None], x[:2, None]))
tell(lambda: x[:2].mul(a))
tell(lambda: nn.functional.linear(a[None], x[:2][None]))
tell(lambda: x[a.long()].sum().backward())
tell(lambda: x[:2][a > 0].sum())
tell(lambda: a.register_hook(print))
tell(lambda: a.retain_grad())
tell(lambda: a.is_leaf)
tell(lambda: a.requires_grad_(False).requires_grad)
