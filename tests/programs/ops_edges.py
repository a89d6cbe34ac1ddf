"""Calls at the edge of what operations take, as torch's own tests ask for them."""
# %%
torch.device("cuda:")
# %%
x = torch.ones(2, 3)
torch.isclose(x, x, torch.tensor(1), torch.tensor(1)), torch.allclose(x, x, torch.tensor(0.5))
# %%
torch.index_select(torch.ones([]), 0, torch.tensor([0, 0]))
# %%
torch.index_select(torch.ones([]), 0, torch.tensor([0]))
# %%
torch.logcumsumexp(torch.ones(5, 2, dtype=torch.float64), 1, out=torch.zeros(5, 2))
# %%
y = torch.ones(2)
z = y.new(y.untyped_storage())
y[0] = 5
z
# %%
torch.IntTensor(range(4))
# %%
torch.unravel_index(torch.tensor(1), torch.tensor((2, 2)))
# %%
torch.unravel_index(torch.tensor(1), 3.0)
# %%
torch.ones(10, 2, 10).topk(4, True)
# %%
torch.tensor_split(torch.ones(4), torch.tensor(1.1), 0)
# %%
torch.tensor_split(torch.ones(4), torch.tensor([[1]]), 0)
# %%
torch.tensor_split(torch.ones(4), torch.tensor([1, 3]))
# %%
torch.histogram(torch.ones((), dtype=torch.int32), 1)
# %%
torch.histogram(torch.tensor([]), 2)
# %%
torch.histogram(torch.tensor([2.0, 2.0]), 3)
# %%
torch.histogram(torch.tensor([0.0]), 1, range=(0, 1))
# %%
torch.mode(torch.ones(10), -1, True, out=(torch.ones(1), torch.ones(1)))
# %%
torch.mode(torch.ones(10), out=(torch.ones((), dtype=torch.int8), torch.tensor(0)))
# %%
torch.frexp(torch.ones(2), out=(torch.ones(2, dtype=torch.int8), torch.ones(2, dtype=torch.int32)))
# %%
torch.frexp(torch.ones(2), out=(torch.ones(2), torch.ones(2)))
# %%
torch.nonzero_static(torch.tensor([8]), size=1, out=torch.empty(1, 1))
# %%
torch.tensor(2**64, dtype=torch.float64), torch.tensor([2**70, 0, 1], dtype=torch.bool)
# %%
torch.tensor(2**64)
# %%
row = [0]
row += [row]
torch.tensor(row)
# %%
torch.arange(-1, 1, 2.0 / 49, out=torch.zeros(1, 49)).shape
# %%
torch.FloatTensor((2.0, 3.0), device="cuda")
# %%
torch.repeat_interleave(torch.arange(4).reshape(2, 2))
# %%
torch.repeat_interleave(torch.tensor([1.0, 2.0]))
# %%
torch.repeat_interleave(torch.tensor([1, -2]))
# %%
torch.asarray(np.float64(0.5), copy=False)
# %%
x = torch.arange(6.0).view(2, 3)
x[0] = x[0][1]
x[1].fill_(x[1, 2])
x
# %%
x = torch.arange(6.0)
x[1:] = x[:-1]
x
# %%
leaf = torch.arange(3.0, requires_grad=True)
y = leaf * 2
y[:2] = y[2]
y.sum().backward()
y, leaf.grad
