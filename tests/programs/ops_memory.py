"""How tensors lie in memory: strides kept by copies, storage, resizing."""
# %%
x = torch.arange(6.0).reshape(2, 3)
x.T.clone().stride(), torch.zeros_like(x.T).stride(), x.T.contiguous().stride()
# %%
x.T.clone(memory_format=torch.contiguous_format).stride(), x[:, ::2].clone().stride()
# %%
x.expand(2, 2, 3).clone().stride(), x.exp().T.stride(), torch.empty(0, 3).stride()
# %%
x[1:].storage_offset(), x.untyped_storage().nbytes(), x.nbytes, x.itemsize, x.T.is_contiguous()
# %%
x[1].data_ptr() - x.data_ptr(), x.view(6).untyped_storage().data_ptr() == x.untyped_storage().data_ptr()
# %%
y = torch.arange(6)
y.resize_(2, 2), y.resize_as_(torch.ones(3)), y._version
# %%
torch.ones(2, requires_grad=True).resize_(3)
# %%
y = torch.zeros(2)
y.set_(x), y.is_set_to(x), y.ndimension(), y.is_complex(), y.is_signed(), y.get_device()
# %%
torch.full_like(x, 2).T.stride(), torch.empty_strided((2, 2), (1, 2)).stride(), x.layout
# %%
y = torch.ones(3)
y.apply_(lambda v: v + 1), y.map_(torch.arange(3.0), lambda a, b: a * b)
# %%
torch.tensor(torch.ones(1))
# %%
x.new([1, 2]), x.mH.stride(), x.H.stride(), x.adjoint().stride()
# %%
torch.tensor([1.0, 2.0]).view(torch.int32), torch.ones(4, dtype=torch.int32).view(torch.int64)
# %%
torch.ones(3).view(torch.float64)
# %%
torch.use_deterministic_algorithms(True)
torch.are_deterministic_algorithms_enabled(), torch.backends.mps.is_available()
# %%
x.is_contiguous(memory_format=torch.contiguous_format), x.T.is_contiguous()
# %%
memory = torch.zeros(8)
out = torch.exp(torch.zeros(3), out=memory[2:3])
out, memory
# %%
places = torch.tensor([2, 1, 0])
torch.gather(places.clone(), 0, places[1:], out=places[:1])
# %%
x = torch.zeros(4, 6)
torch.cat([torch.ones(4, 6), x], out=x[:2])
# %%
x = torch.arange(4.0)
x.masked_fill_(x > 1, x[0]), x.index_fill_(0, torch.tensor([0]), x[1])
# %%
x = torch.tensor([1.0, 2.0], requires_grad=True)
y = x * 1
y.masked_fill_(y > 1, y[0])
y.sum().backward()
y, x.grad
