"""Every layer and loss forward and backward, in sums, so that they are compared without torch too."""
# %%
def weigh(t):
    """One number that changes if any element does."""
    t = t.detach().double().reshape(-1)
    total = (t * (torch.arange(t.numel(), dtype=t.dtype) + 2).sqrt()).sum().item()
    return f"{round(total, 6) + 0.0:.6f}"

def run(module, *shape):
    module.double()
    with torch.no_grad():
        for p in module.parameters():
            p.copy_(normal(*p.shape))
    x = normal(*shape).double().requires_grad_()
    out = module(x)
    (out * out).sum().backward()
    print(type(module).__name__, tuple(out.shape), out.grad_fn.name(), weigh(out), weigh(x.grad))
    held = [f"{name} {weigh(p.grad)}" for name, p in module.named_parameters()]
    print("   ", *held, *[f"{name} {weigh(b)}" for name, b in module.named_buffers()])

run(nn.Linear(3, 2), 4, 3)
run(nn.Conv1d(2, 4, 3, padding=1, groups=2), 2, 2, 6)
run(nn.Conv2d(2, 3, (3, 2), stride=2), 2, 2, 6, 7)
run(nn.Conv2d(1, 2, 3, padding="same", padding_mode="replicate"), 1, 1, 4, 5)
run(nn.MaxPool1d(2), 2, 2, 6)
run(nn.MaxPool2d(2, ceil_mode=True), 2, 2, 5, 6)
run(nn.AvgPool1d(2, padding=1), 2, 2, 6)
run(nn.AvgPool2d(2, 1), 2, 2, 4, 3)
run(nn.BatchNorm1d(3), 5, 3)
run(nn.BatchNorm2d(3, momentum=None), 2, 3, 2, 2)
run(nn.BatchNorm2d(3, affine=False).eval(), 2, 3, 2, 2)
run(nn.LayerNorm((2, 3)), 4, 2, 3)
run(nn.Flatten(), 2, 3, 2)
run(nn.Unflatten(1, (3, 2)), 2, 6)
for name in "ReLU ReLU6 LeakyReLU ELU SELU CELU GELU SiLU Sigmoid Tanh Softplus LogSigmoid".split():
    run(getattr(nn, name)(), 3, 4)
for name in ["Softmax", "Softmin", "LogSoftmax"]:
    run(getattr(nn, name)(dim=1), 3, 4)
run(nn.Hardtanh(-0.5, 0.5), 3, 4)
run(nn.Threshold(0.1, 2.0), 3, 4)
run(nn.Softsign(), 3, 4)
run(nn.Tanhshrink(), 3, 4)
# %%
def lose(loss_fn, target):
    for reduction in ["mean", "sum", "none"]:
        loss_fn.reduction = reduction
        x = normal(4, 3).double()
        x = (x.sigmoid() if isinstance(loss_fn, nn.BCELoss) else x).requires_grad_()
        loss = loss_fn.double()(x, target)
        loss.sum().backward()
        name = type(loss_fn).__name__
        print(name, reduction, loss.grad_fn.name(), weigh(loss), weigh(x.grad))

values, classes = normal(4, 3).double(), torch.tensor([0, 2, 1, 2])
for loss_fn in [nn.L1Loss(), nn.MSELoss(), nn.SmoothL1Loss(beta=0.5), nn.HuberLoss(delta=0.5)]:
    lose(loss_fn, values)
weights = torch.tensor([0.5, 2.0, 1.0])
lose(nn.NLLLoss(weights, ignore_index=1), classes)
lose(nn.CrossEntropyLoss(weights, label_smoothing=0.1), classes)
lose(nn.CrossEntropyLoss(), values.softmax(1))
lose(nn.BCELoss(weights), values.sigmoid())
lose(nn.BCEWithLogitsLoss(pos_weight=weights), values.sigmoid())
# %%
e = nn.Embedding(4, 2, padding_idx=1)
with torch.no_grad():
    e.weight.copy_(normal(4, 2))
out = e(torch.tensor([[0, 1], [3, 0]]))
print(out)
(out * out).sum().backward()
e.weight.grad
# %% a network, in training and in use
net = nn.Sequential(
    nn.Conv2d(1, 2, 3, padding=1),
    nn.BatchNorm2d(2),
    nn.ReLU(),
    nn.MaxPool2d(2),
    nn.Flatten(),
    nn.Dropout(0.0),
    nn.Linear(8, 3),
).double()
with torch.no_grad():
    for p in net.parameters():
        p.copy_(normal(*p.shape))
x = normal(4, 1, 4, 4).double()
optimizer = torch.optim.Adam(net.parameters(), lr=0.01)
for epoch in range(5):
    optimizer.zero_grad()
    loss = nn.functional.cross_entropy(net(x), classes)
    loss.backward()
    optimizer.step()
    print(f"{loss.item():.6f}")
net.eval()
print(net, weigh(net(x)))
{name: weigh(t) for name, t in net.state_dict().items()}
