"""Layers that take the number of their inputs from the first input."""

# %%
net = nn.Sequential(nn.LazyConv2d(2, 3), nn.LazyBatchNorm2d(), nn.Flatten(), nn.LazyLinear(3))
print(net)
print(list(net.parameters()), net[1].running_mean, net[1].num_batches_tracked)
print(list(net.state_dict()), net[3].has_uninitialized_params())
# %%
net[3].weight.shape
# %%
torch.optim.SGD(net.parameters(), lr=0.1)
# %%
weight = net[3].weight
out = net(torch.ones(2, 1, 4, 4))
print(net, out.shape, out.grad_fn)
print(weight is net[3].weight, type(weight), type(net[3]), len(net[3]._forward_pre_hooks))
{name: tuple(values.shape) for name, values in net.state_dict().items()}
# %% a conversion before and after, other sizes
for lazy, size in [
    (nn.LazyConv1d(4, 3, groups=2, bias=False, dtype=torch.float64), (2, 6, 5)),
    (nn.LazyConv3d(2, 1), (1, 2, 2, 2)),
    (nn.LazyConvTranspose2d(4, kernel_size=2, stride=2), (1, 2, 3, 3)),
    (nn.LazyInstanceNorm1d(affine=True), (2, 3, 4)),
    (nn.LazyBatchNorm1d(affine=False), (2, 3)),
    (nn.LazyBatchNorm3d(track_running_stats=False), (2, 3, 1, 1, 2)),
    (nn.LazyLinear(2, bias=False), (3,)),
]:
    print(lazy)
    x = torch.ones(size, dtype=next(lazy.parameters(), torch.ones(1)).dtype)
    print(lazy(x).shape, lazy, [tuple(p.shape) for p in lazy.parameters()])
# %%
nn.LazyConv2d(2, 3)(torch.ones(3, 3))
# %%
nn.LazyConv2d(4, 1, groups=2)(torch.ones(3, 2, 2))
# %% saved and loaded, with and without shapes
known = nn.Linear(3, 2)
lazy = nn.LazyLinear(2)
print(lazy.load_state_dict(known.state_dict()), lazy, torch.equal(lazy.weight, known.weight))
print(torch.equal(lazy(torch.ones(1, 3)), known(torch.ones(1, 3))), lazy)
print(nn.LazyLinear(2).load_state_dict(nn.LazyLinear(2).state_dict()))
known.load_state_dict(nn.LazyLinear(2).state_dict())
# %%
import copy
import pickle

for double in (copy.deepcopy(nn.LazyLinear(2)), pickle.loads(pickle.dumps(nn.LazyLinear(2)))):
    print(str(double), str(double.weight), double(torch.ones(1, 4)).shape, double)
# %%
p = nn.UninitializedParameter()
print(p, p.requires_grad, nn.parameter.is_lazy(p), isinstance(p, nn.Parameter))
p.materialize((2, 3))
print(p.shape, type(p), p.requires_grad, nn.parameter.is_lazy(p))
# %% a module of one's own
LazyModuleMixin = nn.modules.lazy.LazyModuleMixin


class Scale(LazyModuleMixin, nn.Module):
    def __init__(self):
        super().__init__()
        self.factor = nn.UninitializedParameter()

    def initialize_parameters(self, x):
        with torch.no_grad():
            self.factor.materialize(x.shape[-1:])
            self.factor.fill_(2.0)

    def forward(self, x):
        return x * self.factor


scale = Scale()
print(scale(torch.ones(2, 3)), scale.factor, scale(torch.ones(3)))
# %% in another dtype before it has a shape
lazy = nn.LazyLinear(2).double()
print(lazy.weight.dtype, lazy(torch.ones(1, 3, dtype=torch.float64)).dtype, lazy.bias.data.dtype)
holder = nn.Module()
holder.buffer = nn.UninitializedBuffer()
print(list(holder.named_buffers()), nn.parameter.is_lazy(holder.buffer))
