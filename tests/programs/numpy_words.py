"""numpy's words in calls, numpy's arrays as data, and results written where they cannot go."""
# %%
x = torch.arange(6.0).view(2, 3)
x.max(axis=1, keepdims=True), x.prod(axis=0), torch.std(x, axis=1), x.softmax(axis=0), torch.cumsum(x, axis=1)
# %%
x.all(axis=0), torch.argmax(x, axis=1), x.squeeze(axis=0).shape, x.unsqueeze(axis=0).shape, x.sum(axis=(0, 1), keepdims=True)
# %%
import numpy as np

torch.from_numpy(np.arange(4)[::-1])
# %%
torch.tensor(np.arange(4)[::-1])
# %%
torch.empty([2, 4, 2**29, 2**29])
# %%
whole = torch.empty(0, dtype=torch.int32)
torch.linalg.pinv(torch.eye(2), out=whole)
# %%
torch.linalg.inv(torch.eye(2), out=whole)
# %%
torch.linalg.eigh(torch.eye(2), "X")
# %%
torch.linalg.eigvalsh(torch.tensor([[2.0, 9.0], [1.0, 2.0]]), "l")
# %%
torch.split_copy(torch.arange(4), 2)
