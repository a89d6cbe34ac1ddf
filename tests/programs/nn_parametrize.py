"""Parameters that are computed: parametrizations, and norms of weights."""

# %%
P = nn.utils.parametrize


class Symmetric(nn.Module):
    def forward(self, x):
        return x.triu() + x.triu(1).mT

    def right_inverse(self, a):
        return a.triu()


class Doubled(nn.Module):
    def forward(self, x):
        return 2 * x


def linear(*rows):
    made = nn.Linear(len(rows[0]), len(rows), bias=False)
    with torch.no_grad():
        made.weight.copy_(torch.tensor(rows))
    return made


net = linear([1.0, 2.0], [3.0, 4.0])
P.register_parametrization(net, "weight", Symmetric())
print(net, type(net).__mro__[:2], P.type_before_parametrizations(net))
print(net.weight, list(net.named_parameters()), list(net.state_dict()))
net(torch.ones(1, 2)).sum().backward()
net.parametrizations.weight.original.grad
# %%
net.weight = torch.tensor([[5.0, 6.0], [6.0, 7.0]])
print(net.weight, net.parametrizations.weight.original)
P.register_parametrization(net, "weight", Doubled())
print(net, net.weight)
with P.cached():
    print(net.weight is net.weight)
print(net.weight is net.weight, P.is_parametrized(net), P.is_parametrized(net, "bias"))
# %%
net.weight = torch.eye(2)
# %%
import copy
import pickle

double = copy.deepcopy(net)
print(type(double), double.weight, double.parametrizations.weight.original is net.weight)
pickle.dumps(net)
# %%
other = P.transfer_parametrizations_and_params(net, linear([0.0, 0.0], [0.0, 0.0]))
print(other, other.weight)
print(P.remove_parametrizations(net, "weight", leave_parametrized=False), net.weight)
print(P.remove_parametrizations(other, "weight"), list(other.named_parameters()))


# %% what is refused
class Wrong(nn.Module):
    def __init__(self, forward, back=None):
        super().__init__()
        self.compute = forward
        if back:
            self.right_inverse = back

    def forward(self, *x):
        return self.compute(*x)


for name, wrong in [
    ("gain", Doubled()),
    ("weight", Wrong(lambda x: x.double())),
    ("weight", Wrong(lambda x: x[0])),
    ("weight", Wrong(lambda x: 1)),
    ("weight", Wrong(lambda x: x, lambda x: 1)),
    ("weight", Wrong(lambda x: x, lambda x: x.double())),
    ("weight", Wrong(lambda *x: x[0], lambda x: (x, 1))),
]:
    try:
        P.register_parametrization(linear([1.0]), name, wrong)
    except ValueError as error:
        print(error)
net = P.register_parametrization(linear([1.0]), "weight", Doubled())
for wrong in [
    Wrong(lambda x: x.double()),
    Wrong(lambda x: x[0]),
    Wrong(lambda x: 1),
    Wrong(lambda x: x, lambda x: x.double()),
    Wrong(lambda x: x, lambda x: x[0]),
    Wrong(lambda x: x, lambda x: 1),
]:
    try:
        P.register_parametrization(net, "weight", wrong)
    except ValueError as error:
        print(error)
# %%
P.remove_parametrizations(net, "bias")


# %% several tensors, of which one is computed
class Product(nn.Module):
    def forward(self, a, b):
        return a @ b

    def right_inverse(self, w):
        return w, torch.eye(2)


net = P.register_parametrization(linear([1.0, 2.0], [3.0, 4.0]), "weight", Product())
print(net.weight, [name for name, _ in net.named_parameters()])
net.weight = 2 * torch.eye(2)
print(net.parametrizations.weight.original0, net.parametrizations.weight.original1)
P.remove_parametrizations(net, "weight", leave_parametrized=False)
# %%
print(P.remove_parametrizations(net, "weight"), net.weight)
# %% lengths and directions
N = nn.utils.parametrizations
for dim in (0, 1, None):
    net = N.weight_norm(linear([3.0, 4.0], [0.0, 3.0]), dim=dim)
    made = net.parametrizations.weight
    print(net, made.original0, made.original1, net.weight)
    (net.weight * torch.tensor([[1.0, 2.0], [3.0, 4.0]])).sum().backward()
    print([(100 * part.grad).round() + 0 for part in (made.original0, made.original1)])
conv = N.weight_norm(nn.Conv2d(2, 3, 1), dim=1)
print(conv.parametrizations.weight.original0.shape, conv.weight.grad_fn)
net = N.weight_norm(linear([3.0, 4.0], [0.0, 2.0]))
node = net.weight.grad_fn
print(node, node._saved_dim, node._saved_result1, node._saved_v)
# %%
import warnings

with warnings.catch_warnings(record=True) as said:
    warnings.simplefilter("always")
    old = nn.utils.weight_norm(linear([3.0, 4.0], [0.0, 2.0]))
print(said[0].category, old, list(old.state_dict()), old.weight)
old(torch.ones(2)).sum().backward()
print(old.weight_g.grad, old.weight_v.grad)
print(net.load_state_dict(old.state_dict()))
nn.utils.weight_norm(old)
# %%
print(nn.utils.remove_weight_norm(old), list(old.named_parameters()))
nn.utils.remove_weight_norm(old)


# %% spectral norm: the largest singular value becomes 1
def value(t):
    return [[round(x, 3) for x in row] for row in t.tolist()]


torch.manual_seed(0)
net = N.spectral_norm(linear([4.0, 0.0], [0.0, 1.0]), n_power_iterations=5)
print(net, list(net.state_dict()), value(net.weight))
net.weight.sum().backward()
print(value(net.parametrizations.weight.original.grad), net.weight.grad_fn)
net.eval()
print(
    net.weight.equal(net.weight),
    N.spectral_norm(nn.ConvTranspose1d(2, 3, 1)).parametrizations.weight[0].dim,
)
old = nn.utils.spectral_norm(linear([4.0, 0.0], [0.0, 1.0]), n_power_iterations=20)
print(old, list(old.state_dict()), old.weight.requires_grad)
print(value(old(torch.eye(2))), old.weight.grad_fn)
nn.utils.spectral_norm(old)
# %%
print(nn.utils.remove_spectral_norm(old), list(old.state_dict()))
nn.utils.remove_spectral_norm(old)
# %%
N.spectral_norm(linear([1.0]), dim=3)
# %%
N.spectral_norm(linear([1.0]), n_power_iterations=0)
# %%
N.spectral_norm(linear([1.0]), "gain")
# %% orthogonal
for how in ("matrix_exp", "cayley", "householder"):
    for net in (linear([0.0, 1.0], [1.0, 0.0]), linear([1.0, 2.0], [3.0, 4.0], [5.0, 7.0])):
        N.orthogonal(net, orthogonal_map=how)
        w = net.weight
        print(how, torch.allclose(w.mT @ w, torch.eye(2), atol=1e-5), w.requires_grad)
        w.sum().backward()
        print(net.parametrizations.weight.original.grad.shape)
net = N.orthogonal(linear([0.0, 1.0], [1.0, 0.0]))
print(net, net.weight)
free = N.orthogonal(
    linear([0.6, 0.8], [0.8, -0.6]), orthogonal_map="householder", use_trivialization=False
)
value(free.weight)
# %%
N.orthogonal(linear([1.0]), orthogonal_map="svd")
# %%
N.orthogonal(nn.Linear(2, 2), "bias")
