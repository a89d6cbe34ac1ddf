"""Whole Jacobians at once: vectorize and is_grads_batched."""

# %%
x = torch.tensor([1.0, 2.0], requires_grad=True)
J = torch.autograd.functional
print(J.jacobian(lambda x: x**2, x, vectorize=True))
print(J.hessian(lambda x: (x**3).sum(), x, vectorize=True))
# %%
J.jacobian(lambda x: x**2, x, vectorize=True, strict=True)
# %%
J.hessian(lambda x: (x**3).sum(), x, vectorize=True, strict=True)
# %%
y = x**2
torch.autograd.grad(y, x, torch.eye(2), is_grads_batched=True)
# %%
torch.autograd.grad(
    y,
    (x, torch.ones(1, requires_grad=True)),
    torch.eye(2),
    is_grads_batched=True,
    allow_unused=True,
    retain_graph=True,
)
# %%
torch.autograd.grad(
    y,
    (x, torch.ones(1, requires_grad=True)),
    torch.eye(2),
    is_grads_batched=True,
    materialize_grads=True,
)
# %%
torch.autograd.grad(y, x, is_grads_batched=True)
# %%
torch.autograd.grad(x**2, x, [torch.eye(2)], is_grads_batched=True)
