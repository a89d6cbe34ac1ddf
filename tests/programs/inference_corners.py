"""Inference mode's corners; hooks and retain_grad on views that were written to."""

# %%
with torch.inference_mode():
    print(torch.is_grad_enabled())
    with torch.enable_grad():
        print(torch.is_grad_enabled(), torch.is_inference_mode_enabled())
        x = torch.ones(2, requires_grad=True)
        y = x * 2
        print(x, y, y.requires_grad, x.is_inference(), torch.is_inference(y))
        with torch.no_grad():
            print(torch.is_grad_enabled())
        print(torch.is_grad_enabled())
        with torch.inference_mode(False):
            print(torch.is_grad_enabled(), torch.ones(2).is_inference())
        print(torch.is_grad_enabled())
    print(torch.is_grad_enabled())
    torch.set_grad_enabled(True)
    print(torch.is_grad_enabled())
print(torch.is_grad_enabled())
# %%
with torch.inference_mode():
    t = torch.ones(2)
    print(
        t.data.is_inference(),
        t.detach().is_inference(),
        t.detach_().is_inference(),
        t.requires_grad_().requires_grad,
        t.is_leaf,
        t.grad_fn,
    )
    u = t * 3
    print(u.requires_grad, u.is_leaf)
    v = t.view(2)
    print(v._is_view(), v._base, v.requires_grad)
t._version
# %%
print(t.data.is_inference(), t.detach().is_inference())
# %%
t.detach_()
# %%
t.requires_grad_(False)
# %%
t.requires_grad
# %%
(t * 2).sum()
# %%
t * torch.ones(2, requires_grad=True)
# %%
t + torch.ones(2, requires_grad=True)
# %%
with torch.inference_mode():
    t = torch.ones(2)
t.requires_grad = True
# %%
t.requires_grad_()
# %%
t.retain_grad()
# %%
t.backward()
# %%
with torch.inference_mode():
    w = torch.ones(2, requires_grad=True)
w.retain_grad()
w
# %%
z = w * 2
# %%
z = w + 2
print(z)
z.sum().backward()
print(w.grad, w.grad.is_inference())
# %%
n = torch.ones(2, requires_grad=True)
with torch.inference_mode():
    m = n * 2
    print(m.requires_grad, m.is_inference())
    k = n.view(2)
    print(k.is_inference(), k.requires_grad, k._is_view(), k.grad_fn, k.is_leaf)
    k2 = n[0]
    print(k2.is_inference())
k
# %%
k.mul_(2)
# %%
k * 2
# %%
n = torch.ones(2, requires_grad=True).clone()
with torch.inference_mode():
    n.mul_(2)
    print(n, n._version, n.is_inference(), n.requires_grad)
n.add_(1)
print(n, n._version)
# %%
n = torch.ones(2)
with torch.inference_mode():
    k = n.view(2)
    k.mul_(3)
    print(k._version)
print(k.is_inference(), n, n._version)
k.mul_(2)
print(n)
# %%
with torch.inference_mode():
    a = torch.ones(2, requires_grad=True)
    s = (a * 2).sum()
    s.backward()
# %%
with torch.inference_mode():
    with torch.enable_grad():
        a = torch.ones(2, requires_grad=True)
        s = (a * 2).sum()
        s.backward()
# %%
b = torch.ones(2, requires_grad=True)
s = (b * 2).sum()
with torch.inference_mode():
    s.backward()
    print(b.grad, b.grad.is_inference())
# %%
s = (b * 2).sum()
s.backward()
print(b.grad)
# %%
b.grad = None
s = (b * b).sum()
with torch.inference_mode():
    (g,) = torch.autograd.grad(s, b, create_graph=True)
    print(g, g.is_inference(), g.requires_grad)
# %%
s = (b * b).sum()
with torch.inference_mode():
    s.backward(create_graph=True)
b.grad
# %%
with torch.inference_mode():
    t = torch.ones(2)
t.copy_(torch.zeros(2))
# %%
o = torch.zeros(2)
# %%
torch.add(o, o, out=t)
# %%
t.grad = torch.ones(2)
print(t.grad)
# %%
import copy

c = copy.deepcopy(t)
print(c.is_inference())
# %%
with torch.inference_mode():
    print(
        torch.from_numpy(np.ones(2)).is_inference(),
        torch.tensor([1.0]).is_inference(),
        copy.deepcopy(o).is_inference(),
    )
# %%
l = torch.nn.Linear(2, 1)
with torch.inference_mode():
    out = l(torch.ones(1, 2))
    print(out.requires_grad, l.weight.is_inference())
out.backward()


# %%
@torch.inference_mode()
def f(x):
    return x * 2


r = f(n)
print(r.is_inference())


@torch.inference_mode
def f(x):
    return x * 2


print(f(n).is_inference())


@torch.inference_mode(False)
def f(x):
    return x * 2


print(f(n).is_inference())


@torch.inference_mode(mode=True)
def f(x):
    return x * 2


print(f(n).is_inference())
# %%
print(hasattr(torch.inference_mode(3), "__enter__"))
# %%
x = torch.ones(2, requires_grad=True)
y = x.view(2)
with torch.no_grad():
    x.mul_(2)
y.retain_grad()
print(y.grad_fn, y.retains_grad)
y.sum().backward()
print(y.grad, x.grad)
# %%
x = torch.ones(2, requires_grad=True).clone()
y = x.view(2)
y.retain_grad()
x.mul_(2)
print(y.grad_fn, y.retains_grad)
(y.sum() + x.sum()).backward()
print(y.grad)
# %%
x = torch.ones(2, requires_grad=True).clone()
y = x.view(2)
x.mul_(2)
y.retain_grad()
print(y.retains_grad, y.grad_fn)
(y.sum() + x.sum()).backward()
print(y.grad)
# %%
x = torch.ones(2, requires_grad=True).clone()
x.retain_grad()
x.register_hook(lambda g: print("before", g))
x.mul_(3)
x.register_hook(lambda g: print("after", g))
x.sum().backward()
print(x.grad)
# %%
with torch.inference_mode():
    i = torch.ones(2)
d = i.detach()
print(d.is_inference(), d._is_view(), d.is_leaf)
d.mul_(3)
# %%
print(i, d)
with torch.no_grad():
    d.mul_(3)
# %%
print(i, d)
d.add_(1)
# %%
e = i.data
e.mul_(2)
# %%
d._version
# %%
(torch.ones(2, requires_grad=True) * d).sum().backward()
# %%
v = i.view(2)
v.mul_(2)
# %%
d.view(2).mul_(2)
# %%
x = torch.ones(2, requires_grad=True) * 2
y = x.mul_(x)
x.fill_(2)
y.sum().backward()
# %%
x = (torch.ones(2, requires_grad=True) * 2).sum()
y = x.mul_(x)
x.fill_(2)
y.sum().backward()
# %%
x = (torch.ones(2, requires_grad=True) * 2).sum()
y = x.mul_(x)
y.sum().backward()


# %%
class Write(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x):
        ctx.mark_dirty(x)
        return x.mul_(3)

    @staticmethod
    def backward(ctx, g):
        return g * 3


with torch.inference_mode():
    i = torch.ones(2)
Write.apply(i)


# %%
class Write2(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x):
        ctx.mark_dirty(x)
        return x

    @staticmethod
    def backward(ctx, g):
        return g * 3


Write2.apply(i)
# %%
with torch.no_grad():
    i.mul_(2)
# %%
i.mul_(2)
