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
# %% matrices that cannot be factorized, alone and in batches
bad = torch.tensor([[4.0, 2, 1], [2, 1, 0], [1, 0, -3]])
batch = torch.stack([torch.eye(3), bad, torch.eye(3) * 4])
[t.abs() for found in (torch.linalg.cholesky_ex(batch), torch.linalg.cholesky_ex(bad, upper=True)) for t in found]
# %%
torch.linalg.cholesky(batch)
# %%
torch.linalg.cholesky_ex(bad, check_errors=True)
# %%
torch.cholesky_inverse(torch.eye(3).index_fill(1, torch.tensor([1]), 0.0).repeat(2, 1, 1))
# %% a cholesky_solve that reads one triangle has its gradient from that triangle
full = torch.tensor([[2.0, 5, 5], [1, 3, 5], [0, 1, 2]])
rhs = torch.ones(3, 1, requires_grad=True)
torch.cholesky_solve(rhs, full).sum().backward()
rhs.grad
# %%
ones = torch.ones(2, 2)
[torch.linalg.cond(torch.stack([torch.eye(2), torch.zeros(2, 2)]), p) for p in (1, "fro", float("inf"))]
# %%
torch.linalg.cond(torch.empty(0, 3, 3), 1), torch.linalg.cond(torch.empty(0, 0)), torch.linalg.inv_ex(ones).info
# %%
torch.linalg.cond(ones, "wrong")
# %%
torch.linalg.cond(torch.ones(2, 3), 1)
# %%
lu, pivots = torch.linalg.lu_factor(torch.eye(3))
torch.linalg.lu_solve(lu, pivots - 1, torch.ones(3, 1))
# %%
torch.linalg.lu_solve(lu, pivots + 1, torch.ones(3, 1))
# %%
torch.lu_unpack(lu, pivots + 1)
# %% Q and R of a wide matrix
wide = torch.tensor([[3.0, 1, 2], [4, 1, 0]], dtype=torch.float64, requires_grad=True)
q, r = torch.linalg.qr(wide)
(q[0].sum() + (r**2).sum()).backward()
wide.grad.round(decimals=4)
# %%
torch.autograd.gradgradcheck(lambda a: torch.linalg.qr(a, "complete")[1].abs(), (wide,))
# %%
torch.linalg.qr(wide, "r").R.sum().backward()
# %%
torch.linalg.qr(wide.mT, "complete").R.sum().backward()
# %%
torch.linalg.multi_dot([torch.ones(2), torch.ones(2), torch.ones(2)])
# %%
torch.linalg.multi_dot([ones, torch.ones(3, 2)])
# %%
torch.linalg.multi_dot([ones, ones.double()])
# %%
torch.linalg.multi_dot([torch.tensor(1.0), ones])
# %%
torch.linalg.norm(ones, 1, axis=(0, 1)), torch.linalg.norm(ones, axis=0, keepdims=True), ones.renorm(2, 0, torch.tensor(1.0))
# %%
torch.geqrf(torch.ones(3, 2))[0].stride()
# %% addr meets its operands in one dtype
i = torch.ones(2, 2, dtype=torch.int)
torch.addr(i, i[0], i[0].half(), beta=0), torch.addr(i, i[0], i[0], beta=2, alpha=3)
# %%
torch.addr(i, i[0], i[0], beta=2.0)
# %%
torch.addr(ones, ones[0], ones[0], alpha=True)
# %% einsum with numbers for letters
m23 = torch.arange(6.0).reshape(2, 3)
torch.einsum(m23, [0, 1], torch.ones(3, 4), [1, 30], [0, 30]), torch.einsum(m23, (..., 0), torch.ones(3), (0,)), torch.einsum(m23, [7, 26])
# %%
torch.einsum(m23, [0, 52])
# %%
torch.einsum("")
# %%
torch.einsum(". ..", m23)
# %%
torch.einsum("... ...", m23)
# %%
torch.einsum("ab->.. .", m23)
# %%
torch.einsum("ab->1", m23)
# %%
torch.einsum("...,...", m23[:, 0], m23)
# %% factors before and after their input, as torch once had them
import warnings
with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    shown = torch.addmm(2, ones, 3, ones, ones), torch.addr(2, ones, ones[0], ones[0]), ones.clone().addr_(2, 3, ones[0], ones[0])
shown
# %%
torch.linalg.tensorsolve(torch.eye(24).reshape(6, 4, 2, 3, 4), ones)
# %% two zeros that fall on one place
x, src = torch.ones(2, requires_grad=True), torch.zeros(2, requires_grad=True)
(g,) = torch.autograd.grad(x.scatter_reduce(0, torch.tensor([0, 0]), src, "prod").sum(), src, create_graph=True)
print(g.grad_fn.name())
torch.autograd.grad(g.sum(), x)
# %%
with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    y = x.index_reduce(0, torch.tensor([0, 0]), src, "prod")
(g,) = torch.autograd.grad(y.sum(), src, create_graph=True)
torch.autograd.grad(g.sum(), x)
