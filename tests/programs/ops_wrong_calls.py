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
