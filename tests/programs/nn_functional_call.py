"""A module as a function of its parameters."""

# %%
import warnings


def call(*args, **kwargs):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return nn.utils.stateless.functional_call(*args, **kwargs)


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.first = nn.Linear(2, 2, bias=False)
        self.again = nn.Linear(2, 2, bias=False)
        self.again.weight = self.first.weight
        self.register_buffer("count", torch.zeros(()))

    def forward(self, x, scale=1.0):
        self.count += 1
        return self.again(self.first(x)) * scale


net = Net()
weight = torch.tensor([[1.0, 2.0], [3.0, 4.0]], requires_grad=True)
before = net.first.weight
x = torch.ones(1, 2)
print(call(net, {"first.weight": weight}, x), net.first.weight is before, net.count)
out = call(net, {"first.weight": weight, "count": torch.ones(())}, (x,), {"scale": 2.0})
out.sum().backward()
print(out, weight.grad, before.grad, net.count)
buffers = {"count": torch.tensor(5.0)}
call(net, buffers, x)
print(buffers, net.count)
# %% a step of training that can itself be differentiated
rate = torch.tensor(0.1, requires_grad=True)
loss = call(net, {"first.weight": weight}, x).sum()
(grad,) = torch.autograd.grad(loss, weight, create_graph=True)
call(net, {"first.weight": weight - rate * grad}, x).sum().backward()
rate.grad
# %%
for wrong in [
    lambda: call(net, {"first.weight": weight, "again.weight": weight + 1}, x),
    lambda: call(net, {"first.weight": 1}, x),
    lambda: call(net, {"second.weight": weight}, x),
    lambda: call(net, {"first.weight": weight, "other": weight}, x, strict=True),
    lambda: call(net, {}, x, strict=True),
]:
    try:
        print(wrong())
    except (AttributeError, RuntimeError, TypeError, ValueError) as error:
        print(type(error).__name__, error)
print(call(net, {"first.weight": weight, "again.weight": weight + 1}, x, tie_weights=False))
# %%
with warnings.catch_warnings(record=True) as said:
    warnings.simplefilter("always")
    print(nn.utils.stateless.functional_call(net, {"first.weight": weight}, x))
print(said[0].category)
# %% sizes of 0
print(nn.LSTMCell(2, 0)(torch.ones(3, 2))[0].shape, nn.GRUCell(2, 0)(torch.ones(3, 2)).shape)
attention = nn.MultiheadAttention(4, 2, batch_first=True)
print(attention(*[torch.ones(0, 3, 4)] * 3, need_weights=False)[0].shape)
nn.Linear(2, 1).to_empty(device="cpu").weight.shape
