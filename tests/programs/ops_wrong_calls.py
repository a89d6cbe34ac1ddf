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
# %%
for call in """x.add()
x.sum("0")
x.backward(1, 2, 3, 4, 5)
x.reshape("a")
x.view(2.0)
x.item(3)
x.mean(dims=0)
x.requires_grad_("yes")
x.detach(1)
x.log(base=2)
x.mul()
x.mul("a")
x.mul(x, x)
x.max("a")
x.max(1, 2, 3)
x.pow()
x.pow("a")
x.clamp("a")
x.var("a")
x.transpose(1)
x.permute("a")
x.scatter(1, 2)
x.masked_fill(1)
x.fill_()
x.add_("a")
x.flip([1.5])
x.numpy(1)
x.t(1)
x.new_zeros()
x.softmax()
x.addcmul(1)
x.addcmul("a", x, x)
x.addcmul(x, x, x, x, x)
x.add(x, beta=2)
torch.matmul(x)
torch.tensor()
torch.zeros("3")
torch.zeros([1.5])
torch.ones(2, dtype="float")
torch.full(2)
torch.eye("a")
torch.randn()
torch.randint(3)
torch.arange()
torch.arange("a")
torch.linspace(1)
torch.zeros_like()
torch.zeros_like(3)
torch.cat(x)
torch.stack(1)
torch.mean([1, 2])
torch.sqrt(2)
torch.mean(x, "a")
torch.sum()
torch.sum(x, foo=1)
torch.max(x, 0, False, 2)
torch.div(x, "a")
torch.where(1)
torch.clamp(x, "a")
torch.gather(x, 1, x, index=x)
torch.add(0, [1.5])""".splitlines():
    try:
        print(call, "->", eval(call))
    except Exception as error:
        print(call, "->", type(error).__name__, error)
# %%
for call in """torch.pow(x, "a")
torch.pow("a", x)
torch.bitwise_and(x, "a")
torch.multiply(x)
x.divide("a")
x.eq_("a")
x.subtract()
torch.var_mean(x, "a")
torch.normal("a")
torch.rsub(2, x)
torch.tril_indices("a", 2)
torch.concat(x)
torch.stack([x, 1])
torch.hstack(1)
torch.bernoulli(x, "a")
torch.rand_like(1)
torch.dist(x, x, "a")
torch.fill(x, "a")
torch.polygamma(x)
torch.vander(1)
torch.remainder("a", x)""".splitlines():
    try:
        print(call, "->", eval(call))
    except Exception as error:
        print(call, "->", type(error).__name__, error)
