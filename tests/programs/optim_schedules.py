"""Learning rate schedulers: each schedule, saved state, warnings, errors."""
# %%
from functools import partial

schedulers = torch.optim.lr_scheduler

def optimizer(*rates):
    groups = [{"params": nn.Parameter(torch.ones(1)), "lr": lr} for lr in rates or [0.1]]
    return torch.optim.SGD(groups, lr=0.1)

def rates(make, opt, epochs=12):
    scheduler = make(opt)
    seen = [scheduler.get_last_lr()]
    for _ in range(epochs):
        opt.step()
        scheduler.step()
        seen.append(scheduler.get_last_lr())
    print(seen)
    return scheduler

s = rates(partial(schedulers.StepLR, step_size=3), optimizer(0.1, 0.5))
s.state_dict()
# %%
s = rates(partial(schedulers.MultiStepLR, milestones=[2, 5, 5], gamma=0.5), optimizer())
s.state_dict()
# %%
s = rates(partial(schedulers.ExponentialLR, gamma=0.9), optimizer())
s.state_dict()
# %%
s = rates(partial(schedulers.CosineAnnealingLR, T_max=4, eta_min=0.01), optimizer())
s.state_dict()
# %%
s = rates(partial(schedulers.CosineAnnealingLR, T_max=5), optimizer(0.1, 0.2), 22)
# %%
s = rates(partial(schedulers.LambdaLR, lr_lambda=lambda epoch: 0.95**epoch), optimizer())
s.state_dict()
# %%
class Linear:
    def __init__(self):
        self.slope = 0.1

    def __call__(self, epoch):
        return 1 - self.slope * epoch

s = rates(partial(schedulers.LambdaLR, lr_lambda=[Linear(), lambda e: 2.0]), optimizer(0.1, 0.5))
state = s.state_dict()
print(state)
state["lr_lambdas"][0]["slope"] = 0.5
s.load_state_dict(state)
s.step()
s.get_last_lr()
# %%
schedulers.LambdaLR(optimizer(0.1, 0.5), [lambda e: 1.0])
# %% plateaus
def plateau(metrics, opt=None, **options):
    opt = opt or optimizer()
    scheduler = schedulers.ReduceLROnPlateau(opt, **options)
    seen = []
    for metric in metrics:
        scheduler.step(metric)
        seen.append(scheduler.get_last_lr())
    print(seen)
    return scheduler.state_dict()

plateau([3.0, 2.0, 2.0, 2.0, 2.0, 2.0, 1.0, 1.0, 1.0, 1.0], patience=1)
# %%
plateau([1.0, 2.0, 2.0, 2.0, 2.0, 2.0], patience=1, mode="max", cooldown=2, factor=0.5)
# %%
plateau([3.0, 2.95, 2.9, 2.85, 2.8], patience=0, threshold=0.1, threshold_mode="abs", min_lr=0.05)
# %%
plateau([3.0, 3.05, 3.1], optimizer(0.1, 1e-9), patience=0, threshold=0.1, mode="max",
        threshold_mode="abs", min_lr=[0.0, 0.0])
# %%
plateau([torch.tensor(1.0), torch.tensor(2.0)], patience=0)
# %%
plateau([], factor=1.0)
# %%
plateau([], mode="other")
# %%
plateau([], threshold_mode="other")
# %%
plateau([], min_lr=[0.0, 0.0])
# %%
schedulers.ReduceLROnPlateau(3)
# %%
opt = optimizer()
s = schedulers.ReduceLROnPlateau(opt, patience=0, min_lr=[0.0])
s.step(1.0)
opt.add_param_group({"params": nn.Parameter(torch.ones(1))})
s.step(2.0)
# %% going on
opt = optimizer()
s = schedulers.StepLR(opt, 2)
for _ in range(3):
    opt.step()
    s.step()
other = optimizer()
other.load_state_dict(opt.state_dict())
t = schedulers.StepLR(other, 2, last_epoch=s.last_epoch)
print(t.state_dict(), other.param_groups[0]["lr"])
u = schedulers.StepLR(optimizer(), 7)
u.load_state_dict(s.state_dict())
u.state_dict(), opt
# %%
schedulers.StepLR(optimizer(), 2, last_epoch=3)
# %%
schedulers.StepLR(3, 2)
# %% in the wrong order
s = schedulers.ExponentialLR(optimizer(), 0.5)
s.step()
s.step()
# %%
s.get_lr()
# %% a learning rate that is a tensor is written in place
rate = torch.tensor(0.5)
opt = torch.optim.SGD([nn.Parameter(torch.ones(1))], lr=rate)
s = schedulers.ExponentialLR(opt, 0.5)
opt.step()
s.step()
rate, s.get_last_lr(), s.base_lrs
# %% of one's own
class Half(schedulers.LRScheduler):
    def get_lr(self):
        return [group["lr"] / 2 for group in self.optimizer.param_groups]

s = Half(optimizer())
s.optimizer.step()
s.step()
s.get_last_lr()
# %%
schedulers.LRScheduler(optimizer())
# %%
for make in (
    schedulers.ConstantLR,
    schedulers.LinearLR,
    partial(schedulers.PolynomialLR, total_iters=5, power=2.0),
    partial(schedulers.MultiplicativeLR, lr_lambda=lambda epoch: 0.9),
    partial(schedulers.CosineAnnealingWarmRestarts, T_0=3, T_mult=2),
):
    s = rates(make, optimizer())
s.state_dict()
# %%
def momentum(three_phase, strategy):
    opt = torch.optim.SGD([nn.Parameter(torch.ones(1))], lr=0.1, momentum=0.9)
    make = partial(
        schedulers.OneCycleLR, max_lr=1.0, total_steps=8,
        three_phase=three_phase, anneal_strategy=strategy,
    )
    rates(make, opt, 7)
    print(opt.param_groups[0]["momentum"])

momentum(False, "cos")
momentum(True, "linear")
# %%
def in_turn(opt):
    first = schedulers.ConstantLR(opt, factor=0.5, total_iters=3)
    return schedulers.SequentialLR(opt, [first, schedulers.ExponentialLR(opt, 0.9)], [4])

def at_once(opt):
    first = schedulers.ConstantLR(opt, factor=0.5, total_iters=3)
    return schedulers.ChainedScheduler([first, schedulers.ExponentialLR(opt, 0.9)])

rates(in_turn, optimizer())
s = rates(at_once, optimizer())
s.load_state_dict(s.state_dict())
s.get_last_lr()
# %%
import warnings
opt = optimizer()
s = schedulers.CosineAnnealingLR(opt, 5)
for epoch in (3, 1, 7):
    opt.step()
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        s.step(epoch)
    print(s.get_last_lr(), str(caught[0].message)[:60])
# %%
schedulers.OneCycleLR(optimizer(), max_lr=1.0)
# %%
schedulers.SequentialLR(optimizer(), [], [])
# %%
for how in (
    {}, {"mode": "triangular2", "step_size_down": 3}, {"mode": "exp_range", "gamma": 0.9},
    {"scale_fn": lambda x: 1 / x, "base_momentum": 0.7},
):
    w = torch.ones(2, requires_grad=True)
    sgd = torch.optim.SGD([{"params": [w]}, {"params": [torch.ones(1)]}], lr=1.0, momentum=0.5)
    s = schedulers.CyclicLR(sgd, base_lr=[0.1, 0.2], max_lr=1.0, step_size_up=2, **how)
    for step in range(9):
        sgd.step()
        print([round(g["lr"], 6) for g in sgd.param_groups], round(sgd.param_groups[0]["momentum"], 6))
        s.step()
    state = s.state_dict()
    print(sorted(state))
    s.load_state_dict(state)
    print(s.last_epoch)
adam = torch.optim.Adam([w])
s = schedulers.CyclicLR(adam, 0.01, 0.1, 3)
print(adam.param_groups[0]["betas"], adam.param_groups[0]["lr"])
# %%
schedulers.CyclicLR(torch.optim.Adagrad([w], lr=0.1), 0.1, 1.0)
# %%
schedulers.CyclicLR(torch.optim.SGD([w], lr=0.1), 0.1, 1.0, mode="square")
# %%
lr, top, low, high = [torch.tensor(v) for v in (0.1, 0.2, 0.8, 0.9)]
opt = torch.optim.SGD([nn.Parameter(torch.ones(1))], lr=lr)
s = schedulers.CyclicLR(opt, base_lr=lr, max_lr=top, base_momentum=low, max_momentum=high)
for v in (lr, top, low, high):
    v.mul_(0.5)
group = opt.param_groups[0]
s.base_lrs, s.max_lrs, group["initial_lr"], group["base_momentum"], group["max_momentum"]
# %%
opt = optimizer()
s = schedulers.StepLR(opt, 3)
own = opt.step
opt.step = lambda *args: own(*args)
opt.step()
s.step()
# %%
import io

file = io.BytesIO()
torch.save(schedulers.MultiStepLR(optimizer(), [2, 2, 5]).state_dict(), file)
file.seek(0)
torch.load(file)["milestones"]
