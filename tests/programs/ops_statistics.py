"""Statistics: running extremes, quantiles, counts, distances; parts put into wholes."""
# %%
x = torch.tensor([[3.0, 1.0, 2.0], [1.0, 5.0, 5.0]], requires_grad=True)
x.cummax(1)
# %%
torch.cummin(x, 0)
# %%
x.logcumsumexp(1)
# %%
torch.aminmax(x), x.aminmax(dim=1)
# %%
torch.mode(torch.tensor([1, 2, 2, 3, 3]))
# %%
torch.quantile(x, 0.5), x.quantile(torch.tensor([0.25, 0.75]), dim=1), x.quantile(0.5, 0, True)
# %%
x.quantile(0.4, dim=1, interpolation="lower"), torch.nanquantile(x / x, 0.1)
# %%
x.quantile(2.0)
# %%
torch.diff(x), torch.diff(x, n=2), x.diff(dim=0)
# %%
torch.cov(x), torch.corrcoef(x)
# %%
torch.unique(torch.tensor([3, 1, 1, 2])), torch.unique(x.detach(), return_counts=True)
# %%
torch.unique(torch.tensor([[1, 2], [1, 2], [0, 1]]), dim=0, return_inverse=True)
# %%
torch.unique_consecutive(torch.tensor([1, 1, 2, 2, 1]), return_counts=True)
# %%
torch.bincount(torch.tensor([0, 1, 1, 3])), torch.bincount(torch.tensor([0, 2]), torch.ones(2))
# %%
torch.bincount(torch.tensor([-1]))
# %%
torch.histc(torch.tensor([1.0, 2.0, 1.0]), bins=4, min=0, max=3)
# %%
torch.bucketize(torch.tensor([1.0, 4.0, 9.0]), torch.tensor([2.0, 4.0]))
# %%
torch.searchsorted(torch.tensor([1, 3, 5]), torch.tensor([[3, 6]]), right=True)
# %%
torch.isin(torch.tensor([1, 2, 3]), torch.tensor([2, 3])), torch.argwhere(torch.eye(2))
# %%
torch.dist(x[0], x[1]), torch.dist(x[0], x[1], 1), torch.cdist(x, x + 1)
# %%
torch.linalg.cross(x[0], x[1]), torch.cross(x, x.flip(1), dim=1)
# %%
torch.trapezoid(x), torch.trapezoid(x, dx=0.5), torch.cumulative_trapezoid(x, x.detach())
# %%
(x.cummax(1).values.sum() + x.quantile(0.5) + x.diff().square().sum()).backward()
x.grad
# %%
torch.scatter_reduce(torch.zeros(3), 0, torch.tensor([0, 0, 2]), torch.tensor([1.0, 2, 3]), "mean")
# %%
m = torch.eye(2, requires_grad=True)
m.select_scatter(torch.ones(2), 0, 1), torch.slice_scatter(m, torch.ones(1, 2), end=1)
# %%
torch.diagonal_scatter(m, torch.tensor([5.0, 6.0])), m.rot90(), torch.renorm(m * 3, 2, 0, 1)
# %%
torch.block_diag(m, torch.ones(1, 2)), torch.cartesian_prod(torch.arange(2), torch.arange(2))
# %%
torch.combinations(torch.tensor([1, 2, 3])), torch.kron(m, torch.ones(1, 2))
# %%
torch.hsplit(torch.arange(4), 2), torch.vsplit(torch.eye(2), 2), torch.unravel_index(torch.tensor(5), (2, 3))
# %%
torch.vander(torch.tensor([1, 2, 3])), torch.tril_indices(2, 2), torch.logspace(0, 2, 3)
# %%
torch.asarray([1, 2]), torch.frombuffer(bytearray(8), dtype=torch.float32), torch.scalar_tensor(3)
