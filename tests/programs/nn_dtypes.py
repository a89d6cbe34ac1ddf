"""Layers and losses that are given another dtype than they expect, or another shape."""
# %%
def attempt(f, *args):
    try:
        out = f(*args)
        print(type(f).__name__, out.dtype, tuple(out.shape))
    except Exception as error:
        print(type(f).__name__, f"{type(error).__name__}: {error}")

layers = [
    (nn.Linear(3, 2), (4, 3)),
    (nn.Linear(3, 2), (2, 4, 3)),
    (nn.Linear(3, 2), (3,)),
    (nn.Linear(3, 2, bias=False), (4, 3)),
    (nn.Conv1d(2, 3, 2), (1, 2, 5)),
    (nn.Conv2d(2, 3, 2), (1, 2, 5, 5)),
    (nn.BatchNorm1d(3), (4, 3)),
    (nn.LayerNorm(3), (4, 3)),
    (nn.MaxPool2d(2), (1, 2, 4, 4)),
    (nn.AvgPool2d(2), (1, 2, 4, 4)),
    (nn.Flatten(), (2, 3, 4)),
    (nn.ReLU(), (2,)),
    (nn.ELU(), (2,)),
    (nn.GELU(), (2,)),
    (nn.Softmax(dim=0), (2,)),
    (nn.Sigmoid(), (2,)),
]
for layer, shape in layers:
    attempt(layer, torch.ones(shape, dtype=torch.float64))
    attempt(layer, torch.ones(shape, dtype=torch.int64))
# %% shapes
attempt(nn.Linear(3, 2), torch.ones(4, 2))
attempt(nn.Linear(3, 2), torch.ones(2, 4, 2))
attempt(nn.Linear(3, 2), torch.ones(2))
attempt(nn.Linear(3, 2), torch.tensor(1.0))
attempt(nn.Conv1d(2, 3, 2), torch.ones(1, 3, 5))
attempt(nn.Conv2d(2, 3, 2), torch.ones(1, 3, 5, 5))
attempt(nn.Conv2d(2, 3, 2), torch.ones(5, 5))
attempt(nn.Conv2d(2, 3, 6), torch.ones(1, 2, 5, 5))
attempt(nn.BatchNorm1d(3), torch.ones(4, 2))
attempt(nn.BatchNorm1d(3), torch.ones(1, 3))
attempt(nn.LayerNorm(3), torch.ones(4, 2))
attempt(nn.LayerNorm((2, 3)), torch.ones(3))
attempt(nn.MaxPool2d(5), torch.ones(1, 1, 4, 4))
attempt(nn.MaxPool2d(2, padding=2), torch.ones(1, 1, 4, 4))
attempt(nn.Unflatten(1, (2, 3)), torch.ones(2, 5))
attempt(nn.Softmax(dim=2), torch.ones(2, 2))
# %% what is no tensor
for layer in [nn.Linear(3, 2), nn.ReLU(), nn.ELU(), nn.LayerNorm(2), nn.Flatten()]:
    attempt(layer, [1.0, 2.0])
# %% embeddings
e = nn.Embedding(3, 2)
attempt(e, torch.tensor([0, 3]))
attempt(e, torch.tensor([-1]))
attempt(e, torch.tensor([0.0]))
attempt(e, torch.tensor([0, 1], dtype=torch.int32))
attempt(e, torch.tensor(1))
# %% losses
def lose(loss_fn, x, y):
    x = x.clone().requires_grad_(x.is_floating_point())
    y = y.clone().requires_grad_(y.is_floating_point() and x.dtype != y.dtype)
    try:
        loss = loss_fn(x, y)
        loss.backward()
        grads = [None if t.grad is None else t.grad.dtype for t in (x, y)]
        print(type(loss_fn).__name__, loss, grads)
    except Exception as error:
        print(type(loss_fn).__name__, f"{type(error).__name__}: {error}")

x, classes = torch.tensor([[0.5, 0.25], [0.25, 0.5]]), torch.tensor([0, 1])
for loss_fn in [nn.MSELoss(), nn.L1Loss(), nn.SmoothL1Loss()]:
    lose(loss_fn, x, x.double() + 1)
    lose(loss_fn, x.double() + 1, x)
    lose(loss_fn, x, torch.tensor([[1, 0], [0, 1]]))
    lose(loss_fn, torch.tensor([[1, 0], [0, 1]]), x)
lose(nn.MSELoss(), classes, classes)
lose(nn.HuberLoss(), classes, classes)
lose(nn.BCEWithLogitsLoss(weight=x.double()[0], pos_weight=x.double()), x, x)
lose(nn.BCEWithLogitsLoss(weight=torch.ones(3)), x, x)
lose(nn.BCEWithLogitsLoss(pos_weight=torch.ones(3)), x, x)
lose(nn.BCELoss(weight=x.double()[0]), x, x)
for loss_fn in [nn.BCELoss(), nn.BCEWithLogitsLoss()]:
    lose(loss_fn, x, torch.tensor([[1, 0], [0, 1]]))
    lose(loss_fn, x, torch.ones(2))
    lose(loss_fn, x, x.double())
for loss_fn in [nn.CrossEntropyLoss(), nn.NLLLoss()]:
    lose(loss_fn, x, classes)
    lose(loss_fn, x.double(), classes)
    lose(loss_fn, x, classes.int())
    lose(loss_fn, x, classes.float())
    lose(loss_fn, x, torch.tensor([0, 2]))
    lose(loss_fn, x, torch.tensor([0]))
    lose(loss_fn, x, torch.tensor(0))
    lose(loss_fn, x[0], torch.tensor([0, 1]))
    lose(loss_fn, x[0], torch.tensor(1))
    lose(loss_fn, torch.ones(2, 3, 4, 4), torch.ones(2, 4))
    lose(loss_fn, torch.ones(2, 3, 4, 4), torch.zeros(2, 4, 3, dtype=torch.int64))
    lose(type(loss_fn)(x.double()[0]), x, classes)
    lose(type(loss_fn)(torch.ones(3)), x, classes)
    lose(loss_fn, classes, classes)
lose(nn.BCELoss(), x * 3, x)
# %%
lose(nn.MSELoss(), x, x[0])
# %%
lose(nn.MSELoss(), x, torch.ones(3))
# %%
nn.MSELoss()(x, 3.0)
# %%
nn.CrossEntropyLoss()(x, 1)
# %%
for kinds in ((torch.float64, torch.float32), (torch.float32, torch.float64)):
    x = torch.tensor([0.2, -0.3], dtype=kinds[0], requires_grad=True)
    y = torch.tensor([0.5, 0.25], dtype=kinds[1])
    for reduction in ("mean", "none"):
        out = nn.functional.binary_cross_entropy_with_logits(x, y, reduction=reduction)
        print(out, torch.autograd.grad(out.sum(), x))
