"""nn.utils: the norm of all gradients, clipping, and all parameters as one vector."""
# %%
from itertools import chain

def parameters(*grads):
    made = []
    for grad in grads:
        p = nn.Parameter(torch.zeros(len(grad)))
        p.grad = torch.tensor(grad)
        made.append(p)
    return made

p, q = parameters([3.0, 0.0], [0.0, 4.0])
print(nn.utils.clip_grad_norm_([p, q], 1.0), p.grad, q.grad, p.grad._version, p._version)
print(nn.utils.clip_grad_norm_(p, 100.0), p.grad, p.grad._version)
print(nn.utils.clip_grad_norm_(iter([p, nn.Parameter(torch.ones(1))]), 0.5), p.grad)
# %%
for norm_type in [1, 2, 3.5, float("inf"), float("-inf"), 0]:
    p, q = parameters([3.0, -1.0], [2.0, 4.0])
    print(norm_type, nn.utils.clip_grad_norm_([p, q], 0.5, norm_type), p.grad, q.grad)
# %% dtypes
p = nn.Parameter(torch.ones(1, dtype=torch.float64))
p.grad = torch.tensor([3.0], dtype=torch.float64)
(q,) = parameters([4.0])
print(nn.utils.clip_grad_norm_([p, q], 1.0), p.grad, q.grad)
# %%
nn.utils.clip_grad_norm_([], 1.0), nn.utils.clip_grad_norm_([nn.Parameter(torch.ones(1))], 1.0)
# %%
nn.utils.clip_grad_norm_((p for p in []), 1.0)
# %%
p, q = parameters([float("inf")], [1.0])
nn.utils.clip_grad_norm_([p, q], 1.0, error_if_nonfinite=True)
# %%
q.grad
# %%
p, q = parameters([3.0, -2.0], [0.05])
print(nn.utils.clip_grad_value_([p, q], 0.1), p.grad, q.grad, p.grad._version)
nn.utils.clip_grad_value_(p, 0.01)
p.grad
# %%
total = nn.utils.get_total_norm([torch.ones(2), torch.ones(2)])
p, q = parameters([1.0, 1.0], [1.0, 1.0])
print(total, nn.utils.clip_grads_with_norm_([p, q], 1.0, total), p.grad)
# %% all parameters as one vector
net = nn.Linear(2, 1)
with torch.no_grad():
    net.weight.copy_(torch.tensor([[1.0, 2.0]]))
    net.bias.fill_(3.0)
v = nn.utils.parameters_to_vector(net.parameters())
v
# %%
v.sum().backward()
weight = net.weight
new = torch.tensor([5.0, 6.0, 7.0])
nn.utils.vector_to_parameters(new, net.parameters())
new.mul_(2)
net.weight is weight, weight, weight.grad, net.bias
# %%
nn.utils.vector_to_parameters(torch.ones(2), net.parameters())
# %%
nn.utils.vector_to_parameters([1.0], net.parameters())
# %%
nn.utils.vector_to_parameters(torch.ones(1), [torch.ones(2)])
