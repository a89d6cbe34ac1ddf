"""What programs of lessons met: numbers and arrays of numpy, bools, attributes, older names."""
# %% what a node saved, found by its name
y = torch.tensor([1.0, 2.0], requires_grad=True) ** 3
print([name for name in dir(y.grad_fn) if name.startswith("_saved")])
# %% a number of numpy's counts as Python's own: its dtype has no say
x = torch.tensor([1.0, 2.0])
print(x ** np.int64(2), x ** np.float64(2), np.float64(2) ** x, x.half() ** np.float32(2))
print(torch.arange(np.int64(3)), x.sum(np.int64(0)), torch.bucketize(2.5, torch.arange(5)))
nn.functional.cross_entropy(x, torch.tensor(1), label_smoothing=np.float64(0.1))
# %% only == compares with an array
print(x == np.array([1.0, 3.0]), x != np.array([1.0, 3.0]), x == np.ones((2, 1)))
x == np.ones(3)
# %%
x < np.ones(2)
# %% True is no number to subtract
x - True
# %%
True - x
# %%
x -= True
# %%
True - torch.tensor([True, False])
# %%
+torch.tensor([True])
# %%
torch.tensor([True]) << 1
# %%
x.bitwise_not()
# %%
torch.ones(2, 3, dtype=torch.int64).softmax(0)
# %%
torch.take(x, torch.tensor([1, 2]))
# %%
torch.einsum("ijk", x)
# %%
print(x.copy_(5), torch.isclose(torch.tensor([torch.inf]), torch.tensor([torch.inf])))
x.copy_([1.0, 2.0])
# %%
torch.allclose(x, torch.ones(3))
# %% what cannot be set
x.shape = (2, 1)
# %%
x.is_leaf = False
# %%
x.grad_fn = None
# %%
autograd.grad(x.requires_grad_().sum(), [None])
# %%
autograd.backward(x.sum(), inputs="x")
# %%
print(nn.Linear(1, 1).named_parameters(), type(autograd.graph.get_gradient_edge(x)))
torch.manual_seed(0)
# %%
torch.optim.Adam([x], lr="fast")
# %% said once
torch.set_warn_always(True)
a = torch.tensor([[2.0, 0.0, 0.0], [0.0, 3.0, 0.0], [0.0, 0.0, 4.0]])
print(torch.cholesky(a).diag(), torch.cross(a, a).sum(), torch.chain_matmul(a, a).diag())
print(torch.asarray(x) is x, torch.asarray(x, requires_grad=False).requires_grad)
print(a.index_reduce(0, torch.tensor([0]), a[1:2], "prod").sum())
torch.set_warn_always(False)
# %%
nn.functional.cross_entropy(torch.ones(3), torch.ones(2))
# %% older names
nn.init.constant(torch.empty(2), 3)
# %%
nn.utils.clip_grad_norm([nn.Parameter(torch.ones(2))], 1.0)
# %%
print(nn.init.dirac_(torch.empty(4, 2, 1, 3), groups=2).sum((1, 2)))
kept = nn.init.sparse_(torch.empty(4, 3), 0.3) != 0
kept.sum(0)
# %% where older lessons import from
from importlib import import_module
dataset, dataloader, sampler = (
    import_module(f"{torch.__name__}.utils.data.{name}")
    for name in ("dataset", "dataloader", "sampler")
)
print(dataset.TensorDataset, dataloader.DataLoader, sampler.SubsetRandomSampler)
print(dataloader.default_collate([1, 2]), torch.utils.data.get_worker_info())
# %% how types print
y = torch.ones(2, requires_grad=True) * 2
print(type(y.grad_fn), type(y.grad_fn.next_functions[0][0]), type(y.layout))
optimizer = torch.optim.SGD([y.detach()], lr=1.0)
print(torch.optim.lr_scheduler.StepLR(optimizer, 2), torch.optim.lr_scheduler.CosineAnnealingLR)
# %% what is asked for by mistake, or by an older name
torch.randn(2, -1)
# %%
nn.functional.pad(torch.ones(1, 2), (1, 1), "mirror")
# %%
nn.Linear(1, 1).register_forward_hook()
# %%
print(torch.ones(1).new_tensor(torch.ones(2)), nn.GRU(2, 3, dropout=0.1))
nn.functional.gumbel_softmax(torch.zeros(1, 2), eps=1e-5).sum()
# %% arguments by name
x = torch.arange(6.0).view(size=(2, 3))
print(x.reshape(shape=(3, 2)).shape, x[:1].expand(size=(4, 3)).shape, x.swapaxes(axis0=0, axis1=1))
print(torch.swapaxes(x, 0, 1).shape, x.sum_to_size(size=(1, 3)), x.view(dtype=torch.int32).dtype)
print(torch.cat((x, x), axis=1).shape, x.clone().resize_(size=(3, 2)).shape)
nn.functional.normalize(x, out=torch.empty(2, 3))
# %% Python's types of numbers are dtypes, too
x = torch.tensor([0.1, -1.3, 2.7], requires_grad=True)
print(x.to(float), x.to(int), x.to(dtype=bool), x.sum(dtype=float), x.new_zeros(2, dtype=int))
nn.Linear(1, 1).to(float).weight.dtype
# %% None is not the same as nothing
print(x.sum(None), x.mean(dim=None), x.mean([]), x.sum(), x.lerp(x * 3, x), x.lerp(x * 2, 0.7))
x.unique().sum().backward()
# %%
print(x[:1].squeeze(0), x.view(1, 3, 1).squeeze(0, 2).shape, x.broadcast_to(2, 3).shape)
y = x[0].flip(0)
y.backward()
x.grad
