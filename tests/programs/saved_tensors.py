"""Saved tensors: raw access, hooks that pack and unpack them, and their errors."""
# %%
graph = autograd.graph

x = torch.tensor([1.0, 2.0], requires_grad=True)

def pack(t):
    print("pack", t, t.is_leaf, torch.is_grad_enabled())
    return t.detach() * 1

def unpack(p):
    print("unpack", p)
    return p
# %%
with graph.saved_tensors_hooks(pack, unpack):
    y = (x * 3).exp()
print(y.grad_fn._saved_result)
# %%
y.sum().backward()
x.grad
# %%
y.grad_fn._saved_result
# %% an unpacked input is part of the graph
with graph.saved_tensors_hooks(lambda t: t.detach(), lambda t: t):
    y = x.exp() * (x * x)
(g,) = autograd.grad(y.sum(), x, create_graph=True)
autograd.grad(g.sum(), x)
# %% the innermost pair counts
with graph.saved_tensors_hooks(lambda t: 1 / 0, unpack):
    with graph.saved_tensors_hooks(lambda t: ("kept", t.detach()), lambda p: (print(p), p[1])[1]):
        y = x * x
y.sum().backward()
# %% hooks on one saved tensor
y = x * x
y.grad_fn._raw_saved_self.register_hooks(lambda t: (print("raw", t), 2 * t)[1], lambda t: (print("back", t), t)[1])
# %%
y.grad_fn._raw_saved_self.register_hooks(pack, unpack)
# %%
print(y.grad_fn._saved_self)
x.grad = None
y.sum().backward()
x.grad
# %%
y.grad_fn._raw_saved_self.register_hooks(pack, unpack)
# %%
z = x.exp()
z.grad_fn._raw_saved_result.register_hooks(lambda t: (print(t), 5 * t)[1], lambda t: t)
print(z.grad_fn._saved_result)
z.sum().backward()
# %%
w = torch.ones(2)
y = x * w
y.grad_fn._raw_saved_self.register_hooks(pack, unpack)
# %% errors
with graph.saved_tensors_hooks(lambda t: t.detach(), lambda p: 3):
    y = x * x
y.sum().backward()
# %%
with graph.saved_tensors_hooks(lambda t: t.detach(), lambda p: None):
    y = x * x
y.grad_fn._saved_self
# %%
with graph.saved_tensors_hooks(lambda t: t.mul_(2), lambda p: p):
    y = w * x
# %%
y = x * x
y.grad_fn._raw_saved_self.register_hooks(lambda t: t.mul_(2), lambda t: t)
# %%
y = x * x
y.grad_fn._raw_saved_self.register_hooks(lambda: 3, lambda t: t)
# %%
graph.saved_tensors_hooks(pack)
# %%
with graph.saved_tensors_hooks(lambda t: 1 / 0, lambda p: p):
    y = x * x
# %%
with graph.disable_saved_tensors_hooks("not here"):
    with graph.saved_tensors_hooks(pack, unpack):
        pass
# %%
with graph.saved_tensors_hooks(pack, unpack):
    with graph.disable_saved_tensors_hooks("nor here"):
        x * x
# %%
with graph.disable_saved_tensors_hooks("outer"):
    with graph.disable_saved_tensors_hooks("inner"):
        pass
    with graph.save_on_cpu():
        pass
# %%
with graph.saved_tensors_hooks(lambda t: t.detach(), lambda t: t):
    y = x * x
y.sum().backward()
# %% save_on_cpu
with graph.save_on_cpu(pin_memory=False):
    y = x.exp() * x
x.grad = None
y.sum().backward()
x.grad
# %% a Function's saved tensors are hooked too
class Cube(Function):
    @staticmethod
    def forward(ctx, x):
        out = x**3
        ctx.save_for_backward(x, out, None)
        return out

    @staticmethod
    def backward(ctx, g):
        x, out, _ = ctx.saved_tensors
        print(x.requires_grad, out.grad_fn)
        return g * 3 * x**2

with graph.saved_tensors_hooks(pack, unpack):
    y = Cube.apply(x)
x.grad = None
y.sum().backward()
x.grad
# %%
y = Cube.apply(x)
print(len(y.grad_fn._raw_saved_tensors))
y.grad_fn._raw_saved_tensors[0].register_hooks(lambda t: t * 2, lambda t: t)
y.grad_fn.saved_tensors[0]
# %% with hooks, nothing checks versions: what was packed counts
v = x * 1
with graph.saved_tensors_hooks(lambda t: t.detach().clone(), lambda t: t):
    y = v * v
v.mul_(10)
x.grad = None
y.sum().backward()
x.grad
# %% in place
with graph.saved_tensors_hooks(lambda t: t.detach(), lambda t: t):
    v = x * 1
    v.mul_(x)
    v.exp_()
x.grad = None
v.sum().backward()
x.grad
# %% no hooks where nothing is recorded
with graph.saved_tensors_hooks(pack, unpack), torch.no_grad():
    x * x
# %% gradient edges
y = x * x
edge = graph.get_gradient_edge(y)
print(edge.node is y.grad_fn, edge.output_nr, edge.ownership_token, type(edge).__name__)
edge = graph.get_gradient_edge(x)
print(edge.node.name(), edge.node.variable is x, edge._fields)
# %%
graph.get_gradient_edge(torch.ones(2))
# %%
s = (y * 2).sum()
print(autograd.grad(s, graph.get_gradient_edge(y), retain_graph=True))
print(autograd.grad(s, [x, graph.get_gradient_edge(y)], retain_graph=True))
print(autograd.grad(graph.get_gradient_edge(s), x, retain_graph=True))
print(autograd.grad([graph.get_gradient_edge(y)], [x], torch.ones(2), retain_graph=True))
# %%
autograd.grad(graph.get_gradient_edge(y), x)
# %%
autograd.grad(graph.get_gradient_edge(y), x, torch.ones(3))
# %%
x.grad = None
autograd.backward(graph.get_gradient_edge(s), retain_graph=True)
print(x.grad)
autograd.backward(s, inputs=[graph.get_gradient_edge(x)], retain_graph=True)
print(x.grad)
# %%
autograd.backward(s, inputs=[graph.get_gradient_edge(y)], retain_graph=True)
# %%
autograd.grad(s, graph.get_gradient_edge(torch.ones(1, requires_grad=True)), retain_graph=True)
# %%
autograd.grad(s, graph.get_gradient_edge(torch.ones(1, requires_grad=True)), retain_graph=True, allow_unused=True)
# %%
Two = type("Two", (Function,), {
    "forward": staticmethod(lambda ctx, x: (x * 1, x * 2)),
    "backward": staticmethod(lambda ctx, a, b: a + 2 * b),
})
a, b = Two.apply(x.sum())
(a + b * 3).backward(inputs=[x])
edge = graph.get_gradient_edge(b)
print(edge.output_nr, edge.node.name(), autograd.grad(b * 3, edge))
# %%
print(isinstance(y.grad_fn, graph.Node), isinstance(edge.node, graph.Node), isinstance(x, graph.Node))
print(isinstance(Cube.apply(x).grad_fn, graph.Node), isinstance(graph.get_gradient_edge(x).node, graph.Node))
# %% versions by hand
w = torch.ones(2)
graph.increment_version(w)
graph.increment_version([w, w])
w._version
# %%
with torch.inference_mode():
    i = torch.ones(2)
    graph.increment_version(i)
graph.increment_version(i)
# %%
graph.increment_version(3)
# %% hooks on several gradients
a, b, c = (torch.tensor(float(i), requires_grad=True) for i in range(3))
def show(grads):
    print("all", grads)

handle = graph.register_multi_grad_hook((a, b, c), show)
(a * b).backward()
(a * c + b).backward()
# %%
handle.remove()
(a * b).backward()
# %%
handle = graph.register_multi_grad_hook((a, b, c), lambda g: print("any", g), mode="any")
(a * b * c).backward()
(a * b * c).backward()
handle.remove()
(a * b * c).backward()
# %%
graph.register_multi_grad_hook((a, b), print, mode="some")
# %%
p, q = a * 2, b * 3
handle = graph.register_multi_grad_hook((p, q), show)
s = p * q
autograd.grad(s, [p], retain_graph=True)
autograd.grad(s, [a], retain_graph=True)
autograd.grad(s, [a, b], retain_graph=True)
# %%
handle = graph.register_multi_grad_hook((a, p), show)
autograd.grad(s, [a], retain_graph=True)
# %%
graph.register_multi_grad_hook((a, torch.ones(1)), show)
# %% mutation allowed on saved tensors
with graph.allow_mutation_on_saved_tensors():
    v = x * 1
    y = (v * v).sum()
    v.mul_(3)
    x.grad = None
    y.backward()
x.grad
# %% what no gradient needed is None, also once the rest is freed
x = torch.tensor([1.0, 2.0], requires_grad=True)
y = x * 3
node = y.grad_fn
y.sum().backward()
print(node._saved_self)
node._saved_other
