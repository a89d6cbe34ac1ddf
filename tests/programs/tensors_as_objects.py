"""Tensors as Python objects: copies, pickles, numpy's memory, `.data`; nested and deep backward."""
# %%
import copy
import pickle

x = torch.tensor([1.0, 2.0], requires_grad=True)
y = x * 2
x.sum().backward()
# %%
c = copy.deepcopy(x)
print(c, c is x, c.requires_grad, c.grad, c.grad is x.grad, c.data_ptr() == x.data_ptr())
# %%
copy.deepcopy(y)
# %%
copy.copy(x)
# %%
n = torch.arange(6).reshape(2, 3).t()
d = copy.deepcopy([n, n, n.t()])
print(d[0], d[0] is d[1], d[0].stride(), d[0]._is_view(), d[0].data_ptr() == d[2].data_ptr())
# %%
d[0][0, 0] = 7
print(n[0, 0], d[2])
# %%
l = pickle.loads(pickle.dumps(x))
print(l, l.requires_grad, l.grad, l.is_leaf)
# %%
l = pickle.loads(pickle.dumps({"w": x, "b": torch.zeros(2, dtype=torch.int64), "s": torch.tensor(3.0)}))
print(l)
# %%
print(pickle.loads(pickle.dumps(y)).grad_fn, pickle.loads(pickle.dumps(y)).requires_grad)
# %%
pickle.loads(pickle.dumps(nn.Parameter(torch.ones(2))))
# %%
copy.deepcopy(nn.Parameter(torch.ones(2)))
# %%
x.note = "mine"
print(copy.deepcopy(x).note, pickle.loads(pickle.dumps(x)).note)
# %% numpy
a = np.zeros(2, dtype=np.float32)
t = torch.from_numpy(a)
t += 1
a[0] = 5
print(t, a, t.numpy() is not a)
# %%
x.numpy()
# %%
print(x.numpy(force=True), y.numpy(force=True), x.detach().numpy())
np.asarray(x.detach())[0] = 9
x
# %%
np.asarray(x)
# %%
print(np.asarray(t, dtype=np.float64))
# %%
torch.from_numpy([1, 2])
# %%
torch.from_numpy(np.array(["a"]))
# %% .data
p = torch.ones(2, requires_grad=True)
p.data = torch.zeros(3)
print(p, p.is_leaf, p._version)
# %%
p.data = torch.zeros(3, dtype=torch.float64)
print(p.dtype)
p.data = 3
# %%
p.data = torch.zeros(3, dtype=torch.int64)
# %%
del p.data
# %%
q = torch.ones(2)
q.data = torch.zeros(2, dtype=torch.int64)
q
# %%
p = torch.ones(2, requires_grad=True)
p.data.mul_(3)
p.data[0] = 7
print(p, p._version, p.data.requires_grad)
# %% backward inside a Function's backward
class Again(Function):
    @staticmethod
    def forward(ctx, x):
        with torch.enable_grad():
            ctx.inner = x.detach().requires_grad_()
            ctx.out = (ctx.inner ** 3).sum()
        return ctx.out.detach()

    @staticmethod
    def backward(ctx, g):
        print(torch.is_grad_enabled())
        with torch.enable_grad():
            ctx.out.backward(retain_graph=True)
        print(torch.is_grad_enabled())
        return g * ctx.inner.grad

x = torch.tensor([1.0, 2.0], requires_grad=True)
Again.apply(x).backward()
x.grad
# %% deep
class Deep(Function):
    @staticmethod
    def forward(ctx, x):
        with torch.enable_grad():
            ctx.x = x.detach().requires_grad_() - 1
        return ctx.x.detach()

    @staticmethod
    def backward(ctx, g):
        if ctx.x.item() < 0:
            return g
        with torch.enable_grad():
            Deep.apply(ctx.x).sum().backward()
        return g

v = torch.tensor(300.0, requires_grad=True)
Deep.apply(v).backward()
v.grad
# %% an error that comes from deep inside
class Deep(Function):
    @staticmethod
    def forward(ctx, x):
        ctx.x = x.item()
        return x * 1

    @staticmethod
    def backward(ctx, g):
        if ctx.x < 0:
            raise ValueError("deep inside")
        with torch.enable_grad():
            Deep.apply(torch.tensor(ctx.x - 1, requires_grad=True)).sum().backward()
        return g

Deep.apply(torch.tensor(100.0, requires_grad=True)).backward()
# %%
print(torch.is_grad_enabled())
# %% gradients of several outputs, of which some are undefined
class Two(Function):
    @staticmethod
    def forward(ctx, x):
        ctx.set_materialize_grads(False)
        return x * 1, x * 2

    @staticmethod
    def backward(ctx, a, b):
        print(a, b)
        return None if b is None else b * 2

x = torch.tensor([1.0, 2.0], requires_grad=True)
a, b = Two.apply(x)
a.sum().backward()
print(x.grad)
a, b = Two.apply(x)
b.sum().backward()
print(x.grad)
a, b = Two.apply(x * 2)
print(autograd.grad(a.sum(), x, allow_unused=True))
# %%
x.grad = None
a, b = Two.apply(x)
c, d = Two.apply(a)
(c * 1).sum().backward()
print(x.grad)
