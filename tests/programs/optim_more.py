"""The less usual optimizers, and averages of weights: state, printing, errors."""

# %%
names = ["Adamax", "Adadelta", "NAdam", "RAdam", "ASGD", "Rprop", "LBFGS"]


def stepped(name, **options):
    p = nn.Parameter(torch.tensor([1.0, -2.0, 0.0]))
    opt = getattr(torch.optim, name)([p], **options)

    def closure():
        opt.zero_grad()
        loss = (p * p).sum() + p[2]
        loss.backward()
        return loss

    for _ in range(3):
        closure()
        opt.step(closure)
    return p, opt


for name in names:
    p, opt = stepped(name)
    print(p, p._version, opt)
    if name != "LBFGS":
        print(opt.state_dict())
# %% a tensor as learning rate
for name in names:
    print(name, stepped(name, lr=torch.tensor(0.25))[0])
# %% errors
p = nn.Parameter(torch.ones(2))
for name in names:
    for options in [
        {"lr": -1.0},
        {"lr": torch.ones(2)},
        {"eps": -1.0},
        {"weight_decay": -1.0},
        {"betas": (1.0, 0.5)},
        {"betas": (0.5, -1.0)},
        {"rho": 2.0},
        {"momentum_decay": -1.0},
        {"etas": (1.2, 0.5)},
    ]:
        try:
            getattr(torch.optim, name)([p], **options)
        except ValueError as error:
            print(name, options, error)
# %%
torch.optim.LBFGS([{"params": [p]}, {"params": [nn.Parameter(torch.ones(1))]}])
# %%
stepped("LBFGS", line_search_fn="armijo")
# %%
torch.optim.LBFGS([p]).step()
# %% a loss that L-BFGS finds the foot of: Rosenbrock's valley
for search in (None, "strong_wolfe"):
    xy = nn.Parameter(torch.tensor([-1.0, 1.5], dtype=torch.float64))
    opt = torch.optim.LBFGS([xy], lr=0.1 if search is None else 1.0, line_search_fn=search)

    def closure():
        opt.zero_grad()
        loss = (1 - xy[0]) ** 2 + 100 * (xy[1] - xy[0] ** 2) ** 2
        loss.backward()
        return loss

    losses = [f"{opt.step(closure).item():.4g}" for _ in range(5)]
    state = opt.state_dict()["state"][0]
    print(losses, xy.grad is not None, state["func_evals"], state["n_iter"], sorted(state))
# %% it goes on from a saved state
fresh = torch.optim.LBFGS([xy], line_search_fn="strong_wolfe")
fresh.load_state_dict(opt.state_dict())
fresh.step(closure).item() < 1e-10
# %% averages of weights
from copy import deepcopy

net = nn.Sequential(nn.Linear(2, 1), nn.BatchNorm1d(1))
with torch.no_grad():
    net[0].weight.fill_(1.0)
    net[0].bias.zero_()
utils = torch.optim.swa_utils
averages = [
    utils.AveragedModel(net),
    utils.AveragedModel(net, multi_avg_fn=utils.get_ema_multi_avg_fn(0.5), use_buffers=True),
    utils.AveragedModel(net, avg_fn=utils.get_ema_avg_fn(0.5)),
    utils.AveragedModel(net, multi_avg_fn=utils.get_swa_multi_avg_fn()),
    utils.AveragedModel(net, avg_fn=lambda average, new, count: average + new * (count + 1)),
]
for step in range(3):
    net(torch.tensor([[1.0, 2.0], [3.0, 5.0]])).sum().backward()
    with torch.no_grad():
        net[0].weight.add_(2.0)
    for average in averages:
        average.update_parameters(net)
for average in averages:
    print(average.state_dict())
averages[0]
# %%
batches = [
    torch.tensor([[1.0, 2.0], [4.0, 8.0]]),
    (torch.tensor([[1.0, 0.0], [0.0, 1.0]]), "label"),
]
averages[0].eval()
utils.update_bn(batches, averages[0])
print(averages[0].training, averages[0].module[1].momentum, averages[0](batches[0]))
averages[0].module[1].state_dict()
# %%
utils.AveragedModel(net, avg_fn=utils.get_swa_avg_fn(), multi_avg_fn=utils.get_swa_multi_avg_fn())
# %%
utils.get_ema_avg_fn(1.5)
# %%
for strategy in ("cos", "linear"):
    opt = torch.optim.SGD(
        [{"params": net[0].parameters()}, {"params": net[1].parameters(), "lr": 0.4}], lr=1.0
    )
    schedule = utils.SWALR(opt, swa_lr=[0.05, 0.1], anneal_epochs=4, anneal_strategy=strategy)
    rates = []
    for _ in range(6):
        opt.step()
        schedule.step()
        rates.append([round(rate, 6) for rate in schedule.get_last_lr()])
    print(rates, schedule.state_dict()["anneal_epochs"])
# %%
utils.SWALR(opt, 0.1, anneal_strategy="steps")
# %%
utils.SWALR(opt, [0.1])
# %%
utils.SWALR(opt, 0.1, anneal_epochs=-1)
