"""The elimination of Gauss, and torch's older functions of matrices."""
# %%
m = torch.tensor([[2.0, 1.0, 0.0], [4.0, 3.0, 1.0], [1.0, 0.0, 2.0]], requires_grad=True)
b = torch.tensor([[1.0], [2.0], [4.0]])
torch.linalg.lu(m)
# %%
lu, pivots = torch.linalg.lu_factor(m)
lu, pivots, torch.linalg.lu_solve(lu, pivots, b), torch.lu_unpack(lu, pivots).P
# %%
torch.linalg.lu_solve(lu, pivots, b).sum().backward()
m.grad
# %%
torch.linalg.lu_factor(torch.zeros(2, 2))
# %%
torch.linalg.lu_factor_ex(torch.zeros(2, 2)).info, torch.linalg.inv_ex(m).info, torch.linalg.cholesky_ex(-m).info
# %%
torch.linalg.lu(m, pivot=False)
# %%
spd = m.detach() @ m.detach().T
low = torch.linalg.cholesky(spd)
torch.cholesky_solve(b, low), torch.allclose(torch.cholesky_inverse(low) @ spd, torch.eye(3), atol=1e-4)
# %%
torch.linalg.householder_product(*torch.geqrf(spd)).abs(), torch.svd(spd).S, torch.norm(spd, "nuc").round()
# %%
torch.linalg.tensorsolve(torch.eye(6).view(2, 3, 6), b.view(3).repeat(2, 1)), torch.linalg.vander(b.view(3))
# %%
torch.linalg.pinv(torch.diag(torch.tensor([1.0, 1e-4])), atol=1e-3), torch.linalg.matrix_rank(m, 1e-3)
# %%
torch.max(b, 0, out=(torch.empty(1), torch.empty(1, dtype=torch.long)))
# %% memory that is read and written at once
x = torch.arange(6.0)
x[1:].copy_(x[:-1])
# %%
torch.add(x[:4], 1, out=x[2:])
# %%
x.index_add_(0, torch.tensor([0, 1]), x[:2])
# %%
x[::2].add_(x[1::2])
# %%
torch.zeros(3).masked_scatter(torch.tensor([True, True, True]), torch.ones(2))
