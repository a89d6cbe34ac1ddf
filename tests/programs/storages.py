"""The memory behind tensors: storages, typed and as bytes."""
# %%
x = torch.arange(6.0).view(2, 3)
x.untyped_storage().nbytes(), x.T.untyped_storage().data_ptr() == x.data_ptr(), x[1].untyped_storage().size()
# %%
torch.UntypedStorage([1, 2, 255]), torch.UntypedStorage(4).nbytes()
# %%
s = x.untyped_storage()
torch.tensor(s[:8], dtype=torch.float32), torch.empty(0).set_(s).view(3, 2), torch.is_storage(s), torch.is_storage(x)
# %%
x.untyped_storage().clone().fill_(0).tolist() == [0] * 24, s.element_size(), s.device, len(s)
# %%
torch.ones(2, device="cpu").data_ptr() == 0, torch.ones(0).data_ptr()
# %%
torch.tensor([1, 2]).type(torch.FloatTensor), torch.tensor([1.5]).type(torch.LongTensor)
# %%
torch.tensor([1], dtype="float")
# %%
torch.use_deterministic_algorithms(True)
print(torch.empty(2), torch.empty(2, dtype=torch.int8), torch.zeros(1).resize_(3), torch.ones(1).new_empty(1))
torch.use_deterministic_algorithms(False)
