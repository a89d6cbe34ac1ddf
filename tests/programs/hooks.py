"""Hooks: on tensors, leaves and nodes; their order, what they replace, and their errors."""
# %%
def log(name):
    return lambda *args: print(name, *args)

x = torch.tensor([1.0, 2.0], requires_grad=True)
y = x * 3
y.register_hook(log("y"))
y.retain_grad()
y.grad_fn.register_prehook(log("before Mul"))
y.grad_fn.register_hook(log("after Mul"))
x.register_hook(log("x"))
x.register_post_accumulate_grad_hook(log("accumulated"))
leaf = y.grad_fn.next_functions[0][0]
leaf.register_prehook(log("before AccumulateGrad"))
leaf.register_hook(log("after AccumulateGrad"))
(y * y).sum().backward()
print(x.grad, y.grad)
# %% leaves run as soon as they are ready
a, b = (torch.ones(1, requires_grad=True) for _ in range(2))
a.register_hook(log("a"))
b.register_hook(log("b"))
p = a * 2
q = b * p
p.register_hook(log("p"))
q.register_hook(log("q"))
r = q + a
r.register_hook(log("r"))
r.backward()
# %% a hook may return another gradient
y = x * 3
y.register_hook(lambda grad: grad * 10)
y.register_hook(lambda grad: grad + 1)
y.retain_grad()
x.grad = None
y.sum().backward()
print(y.grad, x.grad)
# %%
y = x * 3
y.grad_fn.register_prehook(lambda grads: (grads[0] * 2,))
y.grad_fn.register_hook(lambda inputs, outputs: (inputs[0] + outputs[0], None))
x.grad = None
y.sum().backward()
x.grad
# %% handles
y = x * 3
handle = y.register_hook(log("never"))
handle.remove()
handle.remove()
with y.register_hook(log("inside")):
    y.sum().backward(retain_graph=True)
y.sum().backward()
# %% errors
y = x * 3
y.register_hook(lambda grad: torch.ones(3))
y.sum().backward()
# %%
y = x * 3
y.register_hook(lambda grad: 3)
y.sum().backward()
# %%
y = x * 3
y.grad_fn.register_hook(lambda inputs, outputs: (torch.ones(2),))
y.sum().backward()
# %%
y = x * 3
y.grad_fn.register_hook(lambda inputs, outputs: 3)
y.sum().backward()
# %%
torch.ones(2).register_hook(print)
# %%
torch.ones(2).retain_grad()
# %%
torch.ones(2).register_post_accumulate_grad_hook(print)
# %%
(x * 2).register_post_accumulate_grad_hook(print)
# %% an exception in a hook leaves grad mode as it was
y = x * 3
def fail(grad):
    raise ValueError("from the hook")
y.register_hook(fail)
try:
    y.sum().backward()
except ValueError as error:
    print(error, torch.is_grad_enabled())
# %% grad mode inside a hook
y = x * 3
handle = y.register_hook(lambda grad: print(torch.is_grad_enabled(), grad.requires_grad))
y.sum().backward(retain_graph=True)
y.sum().backward(create_graph=True)
# %% a backward inside a hook
x = torch.ones(2, requires_grad=True)
w = torch.ones(2, requires_grad=True)
y = x * 2
y.register_hook(lambda grad: (w * 3).sum().backward())
y.sum().backward()
print(x.grad, w.grad)
# %% metadata, names, edges
node = (x * w).grad_fn
node.metadata["note"] = 1
print(node.name(), node.metadata, [(type(n).__name__, i) for n, i in node.next_functions])
print(node.next_functions[0][0].name(), node.next_functions[0][0].variable is x)
print((x * 2).grad_fn.next_functions[1])
# %% a node's hook hears of no gradient that nobody wants
x = torch.tensor(3.0, requires_grad=True)
for y in (x + 1, x - torch.tensor(1.0), x * 2, x / 2):
    y.grad_fn.register_hook(lambda sent, got, name=y.grad_fn.name(): print(name, sent))
    y.backward()
# %% a leaf's hook comes when an earlier one has gone, and when the graph is there
x = torch.tensor(3.0, requires_grad=True)
x.register_hook(print).remove()
y = x * 2
x.register_hook(lambda grad: print("later", grad))
y.backward()
w = torch.tensor(3.0, requires_grad=True)
y = w * 2
w.register_hook(lambda grad: grad * 10)
y.backward()
print(x.grad, w.grad)
# %% edges to several outputs of one node, which are views
x = torch.arange(4.0, requires_grad=True)
a, b = (x * 2).split(2)
y = b * a + b
print([(n.name(), i) for n, i in y.grad_fn.next_functions], a.output_nr, b.output_nr)
print(torch.autograd.grad(y.sum(), [b, a, x], retain_graph=True))
b.register_hook(lambda grad: print("b", grad))
y.sum().backward()
print(x.grad)
