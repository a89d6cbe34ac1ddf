"""Optimizers: groups, options, steps, state, hooks, printing, and errors."""
# %%
net = nn.Linear(2, 1)
with torch.no_grad():
    net.weight.copy_(torch.tensor([[1.0, -2.0]]))
    net.bias.fill_(0.5)
opt = torch.optim.SGD(net.parameters(), lr=0.1)
print(opt, type(opt))
loss = net(torch.tensor([[1.0, 2.0], [3.0, 4.0]])).sum()
loss.backward()
print(opt.step(), net.weight, net.bias, net.weight._version, net.weight.grad, net.weight.is_leaf)
opt.zero_grad(set_to_none=False)
print(net.weight.grad, net.bias.grad)
opt.zero_grad()
print(net.weight.grad)
opt.step()
net.weight._version
# %% closures
def closure():
    opt.zero_grad()
    loss = net(torch.ones(1, 2)).sum()
    loss.backward()
    return loss

with torch.no_grad():
    print(opt.step(closure), torch.is_grad_enabled())
net.weight
# %%
def broken():
    raise ValueError("broken")

opt.step(broken)
# %%
torch.is_grad_enabled()
# %% a parameter without gradient is left alone
a, b = nn.Parameter(torch.ones(1)), nn.Parameter(torch.ones(1))
opt = torch.optim.SGD([a, b], lr=1.0, momentum=0.5)
a.grad = torch.ones(1)
opt.step()
opt.step()
print(a, b, a._version, b._version, list(opt.state.values()))
opt.state_dict()
# %% groups
opt = torch.optim.SGD([{"params": a}, {"params": [b], "lr": 0.5, "own": "kept"}], lr=0.1)
c = torch.ones(2, requires_grad=True)
opt.add_param_group({"params": c, "nesterov": True, "momentum": 0.9})
print(opt)
opt.state_dict()["param_groups"]
# %%
opt.param_groups[0]["lr"] = 7.0
opt
# %%
opt.defaults
# %% by name
named = torch.optim.SGD(net.named_parameters(), lr=0.1)
print(named.state_dict())
named.add_param_group({"params": [c]})
# %%
opt.add_param_group({"params": [("d", torch.ones(1, requires_grad=True))]})
# %%
torch.optim.SGD([("a", a), b])
# %% what may be optimized
torch.optim.SGD([])
# %%
torch.optim.SGD(a)
# %%
torch.optim.SGD([a * 2])
# %%
torch.optim.SGD([3])
# %%
torch.optim.SGD([a, [b]])
# %%
torch.optim.SGD([{"params": {a, b}}])
# %%
torch.optim.SGD([{"params": a}, {"params": a}])
# %%
torch.optim.SGD([a, a])
# %%
torch.optim.SGD([{"lr": 3}])
# %%
opt.add_param_group(3)
# %%
torch.optim.SGD([{"params": a}, b])
# %%
y = a * 2
y.retain_grad()
torch.optim.SGD([torch.ones(1), y])
# %% options
torch.optim.SGD([a], lr=-1)
# %%
torch.optim.SGD([a], momentum=-1)
# %%
torch.optim.SGD([a], weight_decay=-1)
# %%
torch.optim.SGD([a], nesterov=True)
# %%
torch.optim.SGD([a], nesterov=True, momentum=0.5, dampening=0.5)
# %%
torch.optim.SGD([a], lr=torch.ones(2))
# %%
opt = torch.optim.SGD([a], lr=torch.tensor(0.5))
a.grad = torch.ones(1)
before = a.detach().clone()
opt.step()
print(opt, before - a.detach())
# %%
torch.optim.Adam([a], lr=-1.0)
# %%
torch.optim.Adam([a], eps=-1.0)
# %%
torch.optim.Adam([a], betas=(1.0, 0.9))
# %%
torch.optim.Adam([a], betas=(0.9, -1.0))
# %%
torch.optim.Adam([a], betas=(0, 0.9))
# %%
torch.optim.Adam([a], weight_decay=-1)
# %%
torch.optim.RMSprop([a], alpha=-1)
# %%
torch.optim.RMSprop([a], momentum=-1)
# %%
torch.optim.RMSprop([a], eps=-1)
# %%
torch.optim.Adagrad([a], lr_decay=-1)
# %%
torch.optim.Adagrad([a], initial_accumulator_value=-1)
# %%
torch.optim.Adagrad([a], eps=-1)
# %% how they print, and what they keep
for kind in ["SGD", "Adam", "AdamW", "RMSprop", "Adagrad"]:
    p = nn.Parameter(torch.tensor([1.0, -2.0]))
    opt = getattr(torch.optim, kind)([p])
    print(opt, type(opt), opt.state_dict()["state"])
    p.grad = torch.tensor([0.5, 0.25])
    opt.step()
    print(p, p._version, p.grad, opt.state_dict()["state"])
# %%
for kind, options in [
    ("SGD", {"lr": 0.1, "momentum": 0.9, "nesterov": True, "weight_decay": 0.1, "maximize": True}),
    ("Adam", {"amsgrad": True, "weight_decay": 0.1, "maximize": True}),
    ("AdamW", {"amsgrad": True}),
    ("RMSprop", {"centered": True, "momentum": 0.9}),
    ("Adagrad", {"initial_accumulator_value": 0.5, "lr_decay": 0.1}),
]:
    p = nn.Parameter(torch.tensor([1.0, -2.0], dtype=torch.float64))
    opt = getattr(torch.optim, kind)([p], **options)
    for _ in range(2):
        p.grad = torch.tensor([0.5, 0.25], dtype=torch.float64)
        opt.step()
    print(p, p._version, opt.state_dict())
# %% saving and loading
import copy
import pickle

def trained(dtype=torch.float32):
    p = nn.Parameter(torch.tensor([1.0, -2.0], dtype=dtype))
    return p, torch.optim.Adam([p], lr=0.1)

p, opt = trained()
p.grad = torch.tensor([0.5, 0.25])
opt.step()
saved = copy.deepcopy(opt.state_dict())
q, other = trained(torch.float64)
other.param_groups[0]["lr"] = 3.0
other.load_state_dict(saved)
print(other, other.state[q], list(other.state)[0] is q)
q.grad = torch.tensor([0.5, 0.25], dtype=torch.float64)
other.step()
saved["state"][0]["step"], pickle.loads(pickle.dumps(opt)).state_dict()["param_groups"]
# %%
other.load_state_dict({"state": {}, "param_groups": []})
# %%
other.load_state_dict({"state": {}, "param_groups": [{"params": [0, 1]}]})
# %%
other.load_state_dict({**other.state_dict(), "state": {5: {"x": 1}}})
dict(other.state)
# %% hooks
p = nn.Parameter(torch.ones(1))
opt = torch.optim.SGD([p], lr=0.1)
p.grad = torch.ones(1)
opt.register_step_pre_hook(lambda opt, args, kwargs: print("pre", args[1:], kwargs))
handle = opt.register_step_post_hook(lambda opt, args, kwargs: print("post", args[1:], kwargs, p))
opt.step()
handle.remove()
opt.step(closure=lambda: 3)
# %%
opt.register_state_dict_pre_hook(lambda opt: print("saving"))
opt.register_state_dict_post_hook(lambda opt, state: {**state, "more": 1})
opt.register_load_state_dict_pre_hook(lambda opt, state: print("loading", state["more"]))
opt.register_load_state_dict_post_hook(lambda opt: print("loaded"))
opt.load_state_dict(opt.state_dict())
# %%
opt.register_step_pre_hook(lambda opt, args, kwargs: 3)
try:
    opt.step()
except RuntimeError as error:
    print(str(error)[-60:])
# %% an optimizer of one's own
class Sign(torch.optim.Optimizer):
    def __init__(self, params, lr):
        super().__init__(params, {"lr": lr})

    @torch.no_grad()
    def step(self, closure=None):
        for group in self.param_groups:
            for p in group["params"]:
                self.state[p]["seen"] = self.state[p].get("seen", 0) + 1
                p.sub_(p.grad / p.grad.abs(), alpha=group["lr"])

own = Sign([p], 0.5)
own.register_step_post_hook(lambda *args: print("stepped"))
own.step()
print(own, p, own.state_dict())
# %%
class Unfinished(torch.optim.Optimizer):
    pass

Unfinished([p], {}).step()
# %% an update that is recorded
x = torch.ones(2, requires_grad=True)
for kind in ["SGD", "Adam", "RMSprop", "Adagrad"]:
    p = x.clone()
    opt = getattr(torch.optim, kind)([p], lr=0.1, differentiable=True)
    for _ in range(2):
        p.grad = (x * 3).detach()
        opt.step()
    (g,) = autograd.grad((p * p).sum(), x)
    print(kind, p.detach(), g, p.requires_grad)
# %%
opt = torch.optim.SGD([nn.Parameter(torch.ones(1))], differentiable=True)
opt.param_groups[0]["params"][0].grad = torch.ones(1)
opt.step()
