"""Views and in-place writes: what they do to graphs, versions, gradients, and which are errors."""
# %%
def graph(node, depth=4):
    if node is None:
        return "-"
    inner = ", ".join(graph(target, depth - 1) for target, _ in node.next_functions)
    return type(node).__name__ + (f"({inner})" if inner and depth else "")

def after(write):
    x = torch.tensor([[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]], requires_grad=True)
    out = write(x)
    print(graph(out.grad_fn))
    out.sum().backward()
    return x.grad
# %% a write to a view moves the base on
def write(x):
    y = x * 2
    y[0].mul_(3)
    return y * y

after(write)
# %%
def write(x):
    y = x * 2
    v = y[0]
    v.mul_(3)
    return v * v

after(write)
# %% a write to the base moves its views on
def write(x):
    y = x * 2
    v = y[0]
    y.mul_(3)
    print(v.grad_fn is not None, v._version, y._version, v.is_leaf, v.requires_grad, v.output_nr)
    return v * v

after(write)
# %%
def write(x):
    y = x * 1
    v = y.view(6)
    v.sigmoid_()
    return y * v.view(2, 3)

after(write)
# %%
def write(x):
    y = x * 1
    y.t()[0].mul_(y[1, 0])
    return y * y

after(write)
# %% a base that required no grad begins to
def write(x):
    y = torch.zeros(2, 3)
    print(y.requires_grad)
    y[0].add_(x[1])
    print(y.requires_grad, y.is_leaf)
    return y * y

after(write)
# %%
def write(x):
    y = torch.zeros(2, 3)
    v = y[1]
    y.copy_(x)
    return v * v

after(write)
# %% assignment
def write(x):
    y = x * 1
    y[0] = 7.0
    y[1, 2] = x[0, 0]
    y[:, 1] = x[:, 2]
    return y * y

after(write)
# %%
def write(x):
    y = x * 1
    v = y[0].view(3)
    w = v.view(3, 1)
    y[1].mul_(2)
    return w * w

after(write)
# %%
def write(x):
    y = x * 1
    y[0].copy_(y[1])
    return y * y

after(write)
# %%
def write(x):
    y = x * 1
    y.zero_()
    return y * x

after(write)
# %%
def write(x):
    y = x * 1
    y.fill_(3)
    return y * x

after(write)
# %% 0-d
def write(x):
    s = x.sum() * 1
    s.add_(x.sum())
    u = s.view(1)
    u.mul_(2)
    return u * s

after(write)
# %% an operation that saves its result saves it where it was written
def write(x):
    y = x * 1
    y.exp_()
    return y

after(write)
# %% what saves its input saves the value of before
def write(x):
    y = x * 1
    y.mul_(x)
    y **= 2
    return y

after(write)
# %% versions are shared with views and detached aliases, not with .data
x = torch.ones(3, requires_grad=True)
y = x * 2
v, d, data = y[0], y.detach(), y.data
d.add_(1)
print(y._version, v._version, d._version, data._version)
data.add_(1)
print(y._version, v._version, d._version, data._version)
v.add_(1)
print(y._version, y)
# %%
print(v._is_view(), v._base is y, v.view(1)._base is y, d._is_view(), d._base, x.detach()._base)
# %% errors: a leaf
x.mul_(2)
# %%
x[0] = 1
# %%
x.view(3, 1).add_(1)
# %% under no_grad a leaf may be written; what had saved it notices
loss = (x * x).sum()
with torch.no_grad():
    x.mul_(2)
print(x, x._version)
loss.backward()
# %% errors: a saved value was overwritten
y = x * 2
z = y * y
y.add_(1)
z.sum().backward()
# %%
y = x * 2
z = y.exp()
z.add_(1)
z.sum().backward()
# %%
y = x * 2
z = y[1:] * y[1:]
y[0] = 5.0
z.sum().backward()
# %%
y = x * 2
z = y * y
y.detach().mul_(2)
z.sum().backward()
# %% .data is not noticed: the gradient is that of other numbers
y = x * 2
z = y * y
y.data.mul_(10)
x.grad = None
z.sum().backward()
x.grad
# %% add saved nothing, so nothing was overwritten
y = x * 2
z = y + y
y.mul_(10)
x.grad = None
z.sum().backward()
x.grad
# %% errors: a view made in no_grad mode
y = x * 1
with torch.no_grad():
    v = y[0]
v.mul_(2)
# %%
y.mul_(2)
v.grad_fn
# %% both in no_grad mode: no error, nothing recorded
y = x * 1
with torch.no_grad():
    v = y[0]
    v.mul_(2)
print(y, v.requires_grad)
# %% errors: shapes and dtypes
torch.ones(2).add_(torch.ones(2, 2))
# %%
torch.ones(2).add_(torch.ones(3))
# %%
torch.ones(2, dtype=torch.int64).mul_(1.5)
# %% second derivatives through writes
x = torch.tensor([1.0, 2.0, 3.0], dtype=torch.float64, requires_grad=True)

def twice(f):
    (g,) = autograd.grad(f(x).sum(), x, create_graph=True)
    (h,) = autograd.grad((g * g).sum(), x)
    print(g, h)

def write(x):
    y = x * x
    y[0].exp_()
    return y * y

twice(write)
# %%
def write(x):
    y = x * x
    v = y.view(3, 1)
    v.mul_(x.view(3, 1))
    return v * y.view(3, 1)

twice(write)
# %%
def write(x):
    y = x * x
    v = y[1:]
    y.mul_(x)
    return v * v

twice(write)
