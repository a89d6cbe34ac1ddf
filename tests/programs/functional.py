"""autograd.functional: Jacobians, Hessians, products with vectors, strictness and errors."""
# %%
F = autograd.functional
x = torch.tensor([[1.0, 2.0], [3.0, 4.0]])
y = torch.tensor([0.5, -1.0], requires_grad=True)
v = torch.tensor([2.0, 3.0])

def rows(x):
    return (x * x).sum(1)

def two(x, y):
    return x @ y, (x * 2).sum()

def one(x, y):
    return (x * x).sum() + (y * y * y).sum()
# %%
F.jacobian(rows, x)
# %%
F.jacobian(rows, x, create_graph=True)
# %%
F.jacobian(two, (x, y))
# %%
jac = F.jacobian(two, (x, y), create_graph=True)
print(jac[0][0].grad_fn, jac[0][0].shape, jac[1][1].requires_grad, jac[1][0].shape)
# %%
F.jacobian(rows, (x,))
# %%
F.jacobian(lambda x: (rows(x),), x)
# %%
F.hessian(one, (x[0], y))
# %%
F.hessian(lambda y: (y * y * y).sum(), y)
# %%
F.hessian(lambda y: (y * y * y).sum(), y, create_graph=True)
# %%
F.hessian(lambda y: y.sum(), y)
# %%
print(F.vjp(rows, x, v))
print(F.vjp(two, (x, y), (v, torch.tensor(1.0))))
print(F.vjp(lambda x: x.sum(), x))
print(F.vjp(rows, x, v, create_graph=True))
# %%
o, g = F.vjp(one, (x, y), create_graph=True)
print(o, g)
# %%
print(F.jvp(rows, x, x))
print(F.jvp(two, (x, y), (x, v)))
print(F.jvp(lambda t: t * 3, torch.tensor(2.0)))
print(F.jvp(two, (x, y), (x, v), create_graph=True)[0])
# %%
print(F.vhp(one, (x, y), (x, v)))
print(F.hvp(one, (x, y), (x, v)))
print(F.vhp(lambda y: (y * y * y).sum(), y, v, create_graph=True))
print(F.hvp(lambda y: (y * y * y).sum(), y, v, create_graph=True)[1].requires_grad)
# %%
with torch.no_grad():
    print(F.vjp(rows, x, v), F.jacobian(rows, x))
    print(F.hvp(one, (x, y), (x, v)))
# %%
print(x.requires_grad, y.grad, v.grad)
# %% errors
F.jacobian(rows, 3)
# %%
F.jacobian(two, (x, 3))
# %%
F.jacobian(lambda x: 3, x)
# %%
F.jacobian(lambda x: (x, 3), x)
# %%
F.vjp(rows, x)
# %%
F.vjp(rows, x, torch.ones(3))
# %%
F.vjp(rows, x, (v, v))
# %%
F.vjp(two, (x, y), (v,))
# %%
F.vjp(two, (x, y), (v, v))
# %%
F.jvp(rows, x)
# %%
F.jvp(rows, x, "a")
# %%
F.vhp(one, (x, y))
# %%
F.hvp(rows, x, x)
# %%
F.vhp(two, (x, y), (x, v))
# %%
F.hessian(rows, x)
# %%
F.hessian(two, (x, y))
# %%
F.jacobian(rows, x, strategy="sideways")
# %% strict
def constant(x):
    return torch.ones(2)

def first(x, y):
    return (x * x).sum(1)

def linear(x):
    return x.sum(1)

def scalar(x, y):
    return (x * x).sum()
# %%
F.jacobian(constant, x)
# %%
F.jacobian(constant, x, strict=True)
# %%
F.jacobian(first, (x, y))
# %%
F.jacobian(first, (x, y), strict=True)
# %%
F.jacobian(linear, x, strict=True)
# %%
F.jacobian(linear, x, strict=True, create_graph=True)
# %%
F.vjp(constant, x, v, strict=True)
# %%
F.vjp(first, (x, y), v)
# %%
F.vjp(first, (x, y), v, strict=True)
# %%
F.vjp(linear, x, v, strict=True, create_graph=True)
# %%
F.jvp(constant, x, x)
# %%
F.jvp(constant, x, x, strict=True)
# %%
F.jvp(first, (x, y), (x, v), strict=True)
# %%
F.jvp(linear, x, x, strict=True)
# %%
F.jvp(lambda x: (x.sum(1), v), x, x, strict=True)
# %%
F.hessian(scalar, (x, y), strict=True)
# %%
F.hessian(lambda x: x.sum(), x, strict=True)
# %%
F.vhp(scalar, (x, y), (x, v))
# %%
F.vhp(scalar, (x, y), (x, v), strict=True)
# %%
F.vhp(lambda x: x.sum(), x, x, strict=True)
# %%
F.hvp(lambda x: x.sum(), x, x, strict=True)
# %%
F.hvp(lambda x, y: (x * y).sum(), (y, v), (v, v), strict=True)
# %%
F.hvp(lambda x, y: (x * y).sum(), (y, v), (v, v), strict=True, create_graph=True)
# %%
F.vhp(lambda x: (x * x).sum(), y, v, strict=True, create_graph=True)
