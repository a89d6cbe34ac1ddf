"""Slopes on grids, histograms, copies of views, and calls that torch refuses."""
# %%
y = torch.tensor([[0.0, 1.0, 4.0, 9.0], [1.0, 3.0, 3.0, 7.0]], requires_grad=True)
torch.gradient(y), torch.gradient(y, dim=1, spacing=2.0, edge_order=2)
# %%
torch.gradient(y, dim=1, spacing=(torch.tensor([0.0, 1.0, 3.0, 4.0]),))
# %%
torch.gradient(y, dim=1)[0].square().sum().backward()
y.grad
# %%
torch.gradient(y, spacing=[1.0])
# %%
torch.gradient(y, dim=(0, 0))
# %%
x = y.detach()
torch.histogram(x, 3), torch.histogram(x, torch.tensor([0.0, 2.0, 9.0])), torch.nonzero_static(x, size=3)
# %%
torch.view_copy(x, (4, 2)), torch.narrow_copy(x, 1, 1, 2), x.sum_to_size(1, 4), torch.diagonal_copy(x)
# %%
torch.angle(torch.tensor([-1.0, 0.0, 2.0])), x.view(torch.int32)[0, :2], y.view(torch.float32).requires_grad
# %%
torch.imag(x)
# %%
torch.add(x, x, alpha=True)
# %%
torch.addcdiv(x.long(), x.long(), x.long())
# %%
torch.add(x.long(), 1, alpha=1.0)
# %%
index = torch.tensor([1, 0])
index.index_fill_(0, index, 0)
# %%
torch.bernoulli(torch.tensor([0.0, 1.0]), out=torch.empty(2, dtype=torch.long)), torch.fill(x, 3)
# %%
with torch.device("cpu"):
    print(torch.get_default_device(), torch.typename(x), torch.ones(1).device)
