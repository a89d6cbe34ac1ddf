"""Calls with the wrong arguments: torch's words, and no function of ours."""
# %%
x = torch.ones(2)
torch.exp(x, 3)
# %%
torch.exp(x, foo=1)
# %%
torch.exp()
# %%
torch.mul(x)
# %%
x.mul(x, foo=1)
# %%
torch.dot(x, 1)
# %%
torch.outer(x, 1)
# %%
torch.equal(x, 1)
# %%
torch.zeros(2, foo=1)
# %%
x.requires_grad_(foo=1)
# %%
x.backward(foo=1)
# %%
torch.ones_like(3)
# %%
x = torch.ones(2, 2)
torch.abs(x, 3)
# %%
torch.absolute(x, foo=1)
# %%
torch.arctan2(x)
# %%
torch.exp_(x, 1)
# %%
torch.t(x, 1)
# %%
torch.diagonal(x, 1, 2, 3, 4)
# %%
torch.diagonal(x, 1.5)
# %%
torch.as_strided(x)
# %%
torch.index_add(x, foo=1)
# %%
torch.gather(x, 1.5)
# %%
torch.gather(x, 0, [1])
# %%
torch.argmax(x, "a")
# %%
torch.argmax(x, dim="a")
# %%
torch.argmax(x, x, foo=1)
# %%
torch.amax(x, 1.5)
# %%
torch.amax(x, 0, "a")
# %%
torch.mm(x, 3)
# %%
torch.flatten(x, 1.0)
# %%
torch.chunk(x, "a")
# %%
torch.take(x, 3)
# %%
torch.tril(x, "a")
# %%
torch.cross(x, x, dim="a")
# %%
torch.trace(x, x)
# %%
torch.kthvalue(x, [1])
# %%
torch.mul(x, x, alpha=2)
# %%
x.mul(3, alpha=2)
# %%
torch.maximum(x, x, alpha=2)
# %%
torch.matmul(x, "a")
# %%
torch.mm(x, None)
# %%
torch.unsqueeze(x)
# %%
torch.transpose(x, 0)
# %%
torch.softmax(x)
# %%
torch.flatten(x, "a")
# %%
torch.index_select(x, 0, [0])
# %%
torch.masked_select(x, [True, False])
