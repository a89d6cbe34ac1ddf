"""Calls that work, but with a warning."""

# %%
a = torch.ones(2, 3)
a[[slice(0, 1), 0]]
# %%
a[torch.tensor([1, 0], dtype=torch.uint8)]
# %%
torch.tensor(a)
# %%
torch.add(a, 1, out=torch.zeros(2))
# %%
torch.ones(1).std(), torch.ones(3).var(correction=3)
# %%
nn.functional.softmax(a), nn.functional.log_softmax(a)
# %%
nn.functional.l1_loss(a, torch.ones(3))
