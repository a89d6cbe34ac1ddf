"""nn.Module: attributes, names, parts, printing, conversions, and its errors."""
# %%
net = nn.Sequential(nn.Linear(20, 256), nn.ReLU(), nn.Linear(256, 1))
print(net)
for name, param in net.named_parameters():
    print(name, param.shape, param.requires_grad, param.grad_fn, param.grad, param.is_leaf)
# %%
type(net), type(net[0].weight), repr(net[1]), net[-1], len(net)
# %% parameters
p = nn.Parameter(torch.ones(2))
print(p, type(p * 2), type(p.data), type(p.view(2)), type(p.detach()), isinstance(p, torch.Tensor))
p
# %%
nn.Parameter(torch.tensor([1.0, 2.0], dtype=torch.float64), requires_grad=False)
# %%
nn.Parameter()
# %%
nn.Parameter(torch.tensor([1, 2]))
# %%
nn.Parameter(torch.tensor([1, 2]), requires_grad=False)
# %%
nn.Parameter([1.0])
# %% a parameter shares memory and version with the tensor that it was made from
t = torch.zeros(2)
p = nn.Parameter(t)
t.add_(1)
p, p._version, p._base
# %%
q = nn.Parameter(torch.ones(2, requires_grad=True) * 2)
q, q.is_leaf
# %% attributes
class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.weight = nn.Parameter(torch.ones(2))
        self.number = 3
        self.layer = nn.Linear(2, 3, bias=False)
        self.again = self.layer
        self.tied = self.weight
        self.register_buffer("running", torch.zeros(2))
        self.register_buffer("passing", torch.zeros(1), persistent=False)
        self.register_buffer("empty", None)
        self.register_parameter("none", None)

m = Net()
m
# %%
print([name for name, _ in m.named_parameters()], [name for name, _ in m.named_buffers()])
print([name for name, _ in m.named_modules()], [name for name, _ in m.named_children()])
print([name for name, _ in m.named_parameters(remove_duplicate=False)])
print([name for name, _ in m.named_modules(remove_duplicate=False)])
print([name for name, _ in m.named_parameters(recurse=False)])
print([name for name, _ in m.named_parameters(prefix="net")])
print(len(list(m.parameters())), len(list(m.modules())), len(list(m.children())))
print(len(list(m.buffers())), list(m.state_dict()))
# %%
m.number, m.none, m.empty, m.layer is m.again, "weight" in dir(m), "weight" in vars(m)
# %%
m.missing
# %%
m.weight = torch.ones(2)
# %%
m.weight = 3
# %%
m.weight = None
m.weight, [name for name, _ in m.named_parameters()]
# %%
m.layer = torch.ones(1)
# %%
m.layer = 3
# %%
m.layer = None
print(m)
# %%
m.running = 3
# %%
m.running = torch.ones(3)
m.running
# %%
m.weight = nn.Linear(1, 1)
print(m)
# %%
m.number = nn.Parameter(torch.ones(1))
"number" in vars(m), m.number
# %%
del m.number, m.running, m.weight
[name for name, _ in m.named_parameters()], list(m.state_dict())
# %% (the text of this error is Python's own, and differs between its versions)
try:
    del m.number
except AttributeError as error:
    print(type(error).__name__)
# %% registering
m.register_parameter("a.b", None)
# %%
m.register_parameter("", None)
# %%
m.register_parameter(3, None)
# %%
m.register_parameter("forward", None)
# %%
m.register_parameter("x", torch.ones(1))
# %%
m.register_parameter("x", 3)
# %%
m.register_parameter("own", nn.Parameter(torch.ones(1)))
m.own
# %%
m.register_buffer("a.b", None)
# %%
m.register_buffer("", None)
# %%
m.register_buffer(3, None)
# %%
m.register_buffer("own", None)
# %%
m.register_buffer("x", [1.0])
# %%
m.add_module("a.b", None)
# %%
m.add_module("", None)
# %%
m.add_module(3, None)
# %%
m.add_module("own", None)
# %%
m.add_module("x", torch.ones(1))
# %% without super().__init__()
class Early(nn.Module):
    def __init__(self, what):
        self.x = what

Early(nn.Parameter(torch.ones(1)))
# %%
Early(nn.Linear(1, 1))
# %%
Early(3).x
# %%
Early(3).y
# %%
Early(3).register_buffer("x", None)
# %%
Early(3).register_parameter("x", None)
# %%
nn.Module(3)
# %%
nn.Module(number=3)
# %%
nn.Module()(torch.ones(1))
# %%
nn.Linear(2, 2)()
# %%
nn.Linear(2, 2)(torch.ones(2), 3)
# %% looking up by full name
net = nn.Sequential(nn.Sequential(nn.Linear(1, 2), nn.ReLU()), Net())
print(net.get_submodule("0.1"), net.get_submodule("") is net, net.get_parameter("0.0.bias").shape)
net.get_buffer("1.running")
# %%
net.get_submodule("0.3")
# %%
net.get_submodule("1.running")
# %%
net.get_parameter("1.running")
# %%
net.get_parameter("1.nothing")
# %%
net.get_buffer("1.weight")
# %%
net.set_submodule("0.1", nn.Identity())
print(net)
# %%
net.set_submodule("0.7", nn.Identity(), strict=True)
# %%
net.set_submodule("", nn.Identity())
# %%
net.set_submodule("0.0.weight", nn.Identity())
# %% train and eval
net.eval()
print([module.training for module in net.modules()])
net[0].train()
print([module.training for module in net.modules()])
net.train("yes")
# %% apply goes from the bottom up
nn.Sequential(nn.Linear(1, 1), nn.Sequential(nn.ReLU())).apply(lambda m: print(type(m).__name__))
# %% freezing
net.requires_grad_(False)
print([p.requires_grad for p in net.parameters()])
net.requires_grad_()
print([p.requires_grad for p in net.parameters()])
# %% conversions keep the objects
layer = nn.Linear(2, 1)
weight = layer.weight
layer(torch.ones(2)).sum().backward()
print(layer.double() is layer, layer.weight is weight, weight.dtype, weight.grad.dtype)
print(layer.to(torch.float32).bias.dtype, layer.half().bias.dtype, layer.float().weight.dtype)
print(layer.to("cpu") is layer, layer.to(torch.ones(1, dtype=torch.float64)).weight.dtype)
layer.to(dtype=torch.float16).weight.dtype
# %%
layer.to(torch.int64)
# %%
m = Net()
m.register_buffer("count", torch.tensor(3))
m.double()
m.count.dtype, m.running.dtype
# %% gradients
layer = nn.Linear(2, 1)
layer(torch.tensor([[1.0, 2.0]])).sum().backward()
print(layer.weight.grad, layer.bias.grad)
layer.zero_grad(set_to_none=False)
print(layer.weight.grad, layer.bias.grad)
layer.zero_grad()
layer.weight.grad, layer.bias.grad
# %% a gradient that has a graph of its own is taken out of it
layer = nn.Linear(2, 1)
layer(torch.tensor([[1.0, 2.0]])).square().sum().backward(create_graph=True)
grad = layer.bias.grad
print(grad.requires_grad)
layer.zero_grad(set_to_none=False)
grad, layer.bias.grad is grad, grad.requires_grad
# %% printing
class Printed(nn.Module):
    def __init__(self, *parts, extra=""):
        super().__init__()
        self.extra = extra
        for i, part in enumerate(parts):
            self.add_module(f"part{i}", part)

    def extra_repr(self):
        return self.extra

print(Printed(), Printed(extra="one"), Printed(extra="one\ntwo"))
print(Printed(nn.ReLU(), None, Printed(nn.Linear(1, 2), extra="a\nb"), extra="one"))
# %%
class Named(nn.Module):
    def __repr__(self):
        return "first\n\nthird"

Printed(Named())
# %%
class Renamed(nn.Linear):
    def _get_name(self):
        return "Other"

Renamed(1, 1)
