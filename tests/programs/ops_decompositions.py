"""torch.linalg: norms, inverses, determinants, decompositions."""
# %%
m = torch.tensor([[2.0, 1.0], [1.0, 3.0]], requires_grad=True)
v = torch.tensor([1.0, 2.0], requires_grad=True)
torch.linalg.norm(v), torch.linalg.norm(m), torch.linalg.norm(m, 2), torch.linalg.norm(m, 1)
# %%
torch.linalg.vector_norm(m, 3, dim=0), torch.linalg.matrix_norm(m, "nuc"), torch.linalg.norm(v, float("inf"))
# %%
torch.linalg.inv(m), torch.inverse(m), torch.linalg.det(m), m.det()
# %%
torch.linalg.solve(m, v), torch.linalg.solve(m, m), torch.logdet(m), torch.slogdet(m)
# %%
torch.linalg.cholesky(m), torch.linalg.eigvalsh(m), torch.linalg.svdvals(m)
# %%
torch.linalg.matrix_power(m, 3), torch.linalg.pinv(m), torch.matrix_exp(m.detach() / 4)
# %%
torch.linalg.multi_dot([m, m, m]), torch.linalg.vecdot(v, v), torch.linalg.matrix_rank(m)
# %%
q, r = torch.linalg.qr(m)
values, vectors = torch.linalg.eigh(m)
u, s, vh = torch.linalg.svd(m)
for whole in (q @ r, vectors @ torch.diag(values) @ vectors.T, u @ torch.diag(s) @ vh):
    print(torch.allclose(whole, m))
# %%
(torch.linalg.inv(m).sum() + m.det() + torch.linalg.solve(m, v).sum() + m.logdet()).backward()
m.grad, v.grad
# %%
torch.linalg.inv(torch.ones(2, 2))
# %%
torch.linalg.inv(torch.ones(2, 3))
# %%
torch.linalg.solve(m, torch.ones(3))
# %%
torch.linalg.cholesky(-m)
# %%
torch.linalg.det(torch.eye(2, dtype=torch.int64))
# %%
torch.linalg.norm(m, "x")
# %%
w = torch.eye(2, dtype=torch.float64, requires_grad=True) * 2
a = torch.tensor([[2.0, 1.0], [1.0, 3.0]], dtype=torch.float64, requires_grad=True)
g, = torch.autograd.grad(torch.linalg.det(a), a, create_graph=True)
torch.autograd.grad(g.sum(), a)
