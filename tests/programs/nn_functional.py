"""linear, relu, mse_loss: the nodes that they leave in the graph, and errors."""
# %%
F = nn.functional

def graph(node):
    if node is None:
        return "-"
    inner = ", ".join(graph(target) for target, _ in node.next_functions)
    return node.name().split("::")[-1] + (f"({inner})" if inner else "")

def shown(y, *leaves):
    print(tuple(y.shape), graph(y.grad_fn), y._is_view())
    y.sum().backward()
    print([leaf.grad for leaf in leaves])
    for leaf in leaves:
        leaf.grad = None

w = torch.tensor([[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]], requires_grad=True)
b = torch.tensor([0.5, -0.5], requires_grad=True)
for shape in [(3,), (2, 3), (2, 2, 3), (1, 2, 2, 3), (0, 3), (2, 0, 3)]:
    for bias in [b, None]:
        x = torch.ones(shape, requires_grad=True)
        shown(F.linear(x, w, bias), x, w, b)
        shown(F.linear(x.detach(), w, bias), x, w, b)
# %% not contiguous
x = torch.arange(12.0).reshape(2, 3, 2).requires_grad_()
shown(F.linear(x.transpose(1, 2), w, b), x, w, b)
shown(F.linear(x.transpose(1, 2), w), x, w)
x = torch.arange(6.0).reshape(3, 2).requires_grad_()
shown(F.linear(x.t(), w, b), x, w, b)
# %% weights that are one vector
v = torch.tensor([1.0, 2.0, 3.0], requires_grad=True)
shown(F.linear(torch.ones(2, 3), v), v)
shown(F.linear(torch.ones(3), v), v)
# %%
F.linear(torch.ones(2, 4), w, b)
# %%
F.linear(torch.ones(2, 2, 4), w)
# %%
F.linear(torch.ones(4), w)
# %%
F.linear(torch.ones(4), w, b)
# %%
F.linear([1.0], w)
# %%
nn.Linear(3, 2)(3)
# %%
F.linear(torch.ones(2, 3, dtype=torch.float64), w)
# %% relu
x = torch.tensor([-1.0, 0.0, 2.0], requires_grad=True)
shown(F.relu(x), x)
y = x * 1
z = F.relu(y, inplace=True)
print(z is y, y._version)
shown(z, x)
# %%
nn.ReLU(inplace=True)(x)
# %%
F.relu(3)
# %% mse_loss
x = torch.tensor([[1.0, 2.0], [3.0, 4.0]], requires_grad=True)
t = torch.tensor([[0.0, 1.0], [5.0, 4.0]], requires_grad=True)
for reduction in ["mean", "sum", "none"]:
    y = F.mse_loss(x, t, reduction=reduction)
    print(y, y.grad_fn._saved_reduction)
    shown(y, x, t)
# %%
y = F.mse_loss(x, t[0])
y
# %%
shown(F.mse_loss(x[0], t), x, t)
# %%
F.mse_loss(torch.ones(2), torch.ones(3))
# %%
F.mse_loss(x, t, reduction="other")
# %%
nn.MSELoss(reduction="other")(x, t)
# %%
F.mse_loss(x, t, size_average=False)
# %%
F.mse_loss(3, t)
# %% a second derivative
(g,) = autograd.grad(F.mse_loss(x, t), x, create_graph=True)
print(g.detach())
autograd.grad((g * g).sum(), [x, t])
# %%
# Softmax of many numbers: near 0, far from it, with what is masked out, along each dim.
rows = (torch.arange(12000) % 97 - 48.0).reshape(100, 120)
for x in (rows / 40, rows / 2, rows * 3, (rows / 2).masked_fill(rows > 40, -torch.inf), rows / 2 + 1000):
    print(*[x.softmax(d)[3:5, 7:9] for d in (0, 1)])
    print(x.softmax(1).sum(1).sub(1).abs().max() < 1e-5, x.half().softmax(1).dtype)
(rows / 0).softmax(1)[:2, :2], (rows * 1e4).softmax(0)[:2, :2]
