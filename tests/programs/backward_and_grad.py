"""backward and grad: roots, gradients, inputs, buffers, and their errors."""
# %%
x = torch.ones(2, requires_grad=True)
u = torch.ones(2, requires_grad=True)
n = torch.ones(2)
y = x * 2
s = y.sum()
# %%
autograd.grad(s, [x, u], retain_graph=True)
# %%
autograd.grad(s, [u, x], retain_graph=True, allow_unused=True)
# %%
autograd.grad(s, [u, x], retain_graph=True, materialize_grads=True)
# %%
autograd.grad(s, [u, x], retain_graph=True, materialize_grads=True, allow_unused=False)
# %%
autograd.grad(s, n, retain_graph=True)
# %%
autograd.grad(s, y, retain_graph=True)
# %%
autograd.grad([s, n], x)
# %%
autograd.grad(y, x, grad_outputs=torch.ones(2), retain_graph=True)
# %%
autograd.grad(y, x, grad_outputs=torch.ones(3), retain_graph=True)
# %%
autograd.grad(y, x, grad_outputs=[torch.ones(2), torch.ones(2)], retain_graph=True)
# %%
autograd.grad([y, s], x, grad_outputs=[torch.ones(2), None], retain_graph=True)
# %%
autograd.grad([y, s], x, grad_outputs=[torch.ones(2)], retain_graph=True)
# %%
autograd.grad(y, x, grad_outputs=3, retain_graph=True)
# %%
autograd.grad(s, [], retain_graph=True)
# %%
autograd.grad((x, x), x, (torch.ones(2), torch.ones(2)))
# %%
print(x.grad, u.grad)
autograd.backward([s, y], [None, torch.ones(2)], retain_graph=True)
x.grad
# %%
autograd.backward(x.sum(), inputs=u)
u.grad
# %%
s.backward(inputs=[y], retain_graph=True)
print(y.grad, y.retains_grad)
# %%
s.backward(inputs=[])
# %%
s.backward(inputs=n)
# %%
autograd.backward([s, n])
# %%
autograd.backward(3)
# %%
s.backward(gradient=[1.0])
# %%
s.backward(torch.ones(1), retain_graph=True)
# %% a gradient of another dtype is converted
x.grad = None
y.backward(torch.tensor([1, 2]), retain_graph=True)
x.grad
# %% on a leaf
t = torch.tensor(3.0, requires_grad=True)
t.backward()
t.backward()
t.grad
# %% .grad is added to in place, and is the same tensor
x.grad = None
x.sum().backward()
g = x.grad
x.sum().backward()
print(g is x.grad, g)
# %% buffers are freed, unless nothing was saved
z = (x * x).sum()
z.backward()
z.backward()
# %%
z = (x + x).sum()
z.backward()
z.backward()
x.grad
# %%
z = (x * x).sum()
z.backward(retain_graph=True)
z.backward()
z.grad_fn.next_functions[0][0]._saved_self
# %% saved values
node = (x * x).grad_fn
print(node._saved_self is x, node._saved_other)
print((x * 3).grad_fn._saved_other, (x * 3).grad_fn._saved_self, (x**3).grad_fn._saved_exponent)
print(x.exp().grad_fn._saved_result)
node._saved_nothing
# %% a graph with two paths, and one output used several times
a = torch.tensor(2.0, requires_grad=True)
b = a * a
c = b * a + b
c.backward()
a.grad
# %% dtypes meet: each leaf gets a gradient of its own dtype and shape
f = torch.ones(2, 1, requires_grad=True)
d = torch.ones(3, dtype=torch.float64, requires_grad=True)
(f * d).sum().backward()
print((f * d).dtype, f.grad, d.grad)
# %% higher orders
x = torch.tensor(2.0, requires_grad=True)
y = x**4
for order in range(4):
    (y,) = autograd.grad(y, x, create_graph=True)
    print(order + 1, y)
# %% create_graph with backward: .grad is part of the graph
x = torch.tensor(3.0, requires_grad=True)
(x * x * x).backward(create_graph=True)
print(x.grad, x.grad.requires_grad)
g = x.grad
x.grad = None
g.backward()
x.grad
# %% setting .grad
x = torch.ones(2, requires_grad=True)
x.grad = torch.ones(3)
# %%
x.grad = torch.ones(2, dtype=torch.float64)
# %%
x.grad = 3
# %%
x.grad = torch.zeros(2)
x.sum().backward()
x.grad
# %%
del x.grad
x.grad
# %% flags
x.requires_grad_("yes")
# %%
(x * 2).requires_grad_(False)
# %%
(x * 2).requires_grad = False
# %%
y = x * 2
y.detach_()
print(y.requires_grad, y.is_leaf, y.grad_fn)
# %%
(x * 2)[0].detach_()
