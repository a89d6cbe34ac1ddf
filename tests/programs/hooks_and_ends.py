"""Hooks that return what they should not, passes that begin or end where they cannot; a norm without a gradient."""

# %%
import copy, pickle

x = torch.tensor([1.0, 2.0], requires_grad=True)
y = x * 2
print(copy.copy(x) is x, copy.copy(x), copy.copy(y))
# %%
copy.deepcopy(y)
# %%
pickle.loads(pickle.dumps(y))
# %%
pickle.loads(pickle.dumps(x))
# %%
h = x.register_hook(3)
# %%
h = y.register_hook(None)
# %%
y.register_hook(lambda: None)
y.sum().backward()
# %%
y = x * 2
y.register_hook(lambda g: 3)
y.sum().backward()
# %%
y = x * 2
y.register_hook(lambda g: g[:1])
y.sum().backward()
# %%
y = x * 2
y.register_hook(lambda g: g.double())
y.sum().backward()
# %%
y = x * 2


def bad(g):
    raise ValueError("from a hook")


y.register_hook(bad)
y.sum().backward()
# %%
y.sum().backward()
# %%
y = x * 2
hs = [y.register_hook(lambda g, i=i: print("h", i)) for i in range(3)]
hs[1].remove()
hs[1].remove()
y.sum().backward()
print(len(hs[0].hooks_dict_ref()) if hs[0].hooks_dict_ref() is not None else None)
# %%
x.grad = None
y = x * 2
n = y.grad_fn
n.register_hook(lambda gi, go: (gi[0] * 10,) if gi[0] is not None else None)
n.register_prehook(lambda go: (go[0] * 3,))
y.register_hook(lambda g: g + 1)
y.retain_grad()
y.sum().backward()
print(x.grad, y.grad)
# %%
n.register_hook(lambda gi, go: gi[0])
x.grad = None
(x * 2).sum().backward()
print(x.grad)
# %%
y = x * 2
y.grad_fn.register_hook(lambda gi, go: gi + gi)
y.sum().backward()
# %%
y = x * 2
y.grad_fn.register_hook(lambda gi, go: [None])
y.sum().backward()
# %%
y = x * 2
y.grad_fn.register_prehook(lambda go: (None,))
y.sum().backward()
print(x.grad)
# %%
y = x * 2
y.register_post_accumulate_grad_hook(lambda t: None)
# %%
torch.ones(2).register_post_accumulate_grad_hook(lambda t: None)
# %%
torch.ones(2).register_hook(lambda t: None)
# %%
torch.ones(2).retain_grad()
# %%
x.retain_grad()
print(x.retains_grad, x.grad is None)
# %%
a = torch.autograd.graph.get_gradient_edge(x)
print(a.node, a.output_nr, len(a))
# %%
torch.autograd.graph.get_gradient_edge(torch.ones(2))
# %%
y = (x * 2).sum()
e = torch.autograd.graph.get_gradient_edge(y)
print(
    torch.autograd.grad(e, x),
)
# %%
y = x * 2
z = (y * y).sum()
e = torch.autograd.graph.get_gradient_edge(y)
print(torch.autograd.grad(z, [e, x], retain_graph=True))
z.backward(inputs=[e])
# %%
torch.autograd.graph.register_multi_grad_hook([x, y], lambda gs: print([g is not None for g in gs]))
z = (y * y).sum()
z.backward(retain_graph=True)
# %%
torch.autograd.grad(z, y, retain_graph=True)
# %%
torch.autograd.grad(z, y.sum() if 0 else y, torch.tensor(2.0), create_graph=True)
# %%
torch.autograd.grad(
    z,
    [],
)
# %%
torch.autograd.grad(3, x)
# %%
torch.autograd.grad(z, 3)
# %%
torch.autograd.grad(z, x, 3.0)
# %%
torch.autograd.backward(3)
# %%
z.backward(3)
# %%
z.backward(torch.ones(3))
# %%
(x * 2).backward()
# %%
(x * 2).backward(torch.ones(2, dtype=torch.float64))
# %%
(x * 2).backward(torch.tensor([1, 2]))
# %%
x.detach().sum().backward()
# %%
z = (x * 2).sum()
z.backward()
z.backward()
# %%
z = (x * x).sum()
z.backward()
z.backward()
# %%
z = (x * x).sum()
z.backward(inputs=x)
print(x.grad)
# %%
z = (x * x).sum()
z.backward(inputs=[x, torch.ones(1)])
# %%
z = (x * x).sum()
z.backward(inputs=[torch.ones(1, requires_grad=True)])
print(x.grad)
# %%
torch.autograd.grad((x * x).sum(), torch.ones(1, requires_grad=True))
# %%
torch.autograd.grad((x * x).sum(), (x,), allow_unused=False, materialize_grads=True)
# %%
torch.autograd.grad((x * x).sum(), {"a": x})


# %%
@torch.no_grad
def f():
    return torch.is_grad_enabled()


@torch.no_grad()
def g():
    yield torch.is_grad_enabled()
    yield torch.is_grad_enabled()


print(f(), list(g()), torch.is_grad_enabled())
# %%
torch.set_grad_enabled(3)
# %%
with torch.no_grad() as q:
    print(q)
# %%
torch.enable_grad()(lambda: torch.is_grad_enabled())()
# %%
a = torch.tensor([1.0, 0.0, 2.0], requires_grad=True)
a.norm(0).backward()
print(a.grad)
# %%
torch.linalg.vector_norm(a, 0).backward() if hasattr(torch, "linalg") else None
print(a.grad)
# %%
torch.autograd.grad(torch.norm(a, 0), a)
