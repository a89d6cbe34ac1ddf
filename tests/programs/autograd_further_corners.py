"""Older calls, other memory for a tensor, views made again, and checkpoints that do not repeat."""
# %%
torch.set_warn_always(True)
w = torch.ones(2, requires_grad=True)
torch.add(w, 2, torch.ones(2))
# %%
w.data.add_(-0.5, torch.ones(2))
w, w.add(2, w * w), w.add(2, 3), w.sub(2, w), w.addcmul(2, w, w)
# %%
w.add(2, w * w).sum().backward()
w.grad
# %%
w.add(w, 3)
# %%
torch.add(w, w, 3)
# %%
w.add(2, w, alpha=3)
# %%
torch.ones(2, dtype=torch.int64).add(1.5, torch.ones(2, dtype=torch.int64))
# %%
torch.set_warn_always(False)
x = torch.ones(2, requires_grad=True).clone()
x.set_(torch.ones(3))
print(x.grad_fn, x.grad_fn.next_functions, x.requires_grad)
x.sum().backward()
# %%
x, z = torch.ones(2), torch.ones(3, requires_grad=True)
x.set_(z)
x.grad_fn.next_functions, x.requires_grad
# %%
(x * 2).sum().backward()
# %%
x = torch.ones(2, requires_grad=True)
edge, out = autograd.graph.get_gradient_edge(x), x.clone()
with torch.no_grad():
    x.set_(torch.zeros(3))
print(x, x.is_leaf, autograd.grad(out.sum(), edge, retain_graph=True))
autograd.grad(out.sum(), x)
# %%
x = torch.arange(4.0)
x.set_(x, 1, (2, 2), (1, 1))
# %%
x.set_(torch.arange(6.0).view(2, 3).T, 1, (2,), (1,))
# %%
x.set_(torch.ones(2), -1, (2,), (1,))
# %%
x.set_(torch.ones(2), 1)
# %%
with torch.inference_mode():
    i = torch.ones(2)
i.resize_(3)
# %%
x = torch.arange(6.0).requires_grad_()
for part in x.unsafe_split(4):
    print(part, part._is_view(), part._base is None)
x.unsafe_chunk(3), torch.unsafe_split_with_sizes(x, [1, 2, 3])
# %%
a, b = x.clone().unsafe_chunk(2)
a.mul_(2)
(a.sum() + b.sum()).backward()
x.grad
# %%
torch.unsafe_chunk(torch.ones(0, 2), 2), torch.unsafe_chunk(torch.ones(2), 0)
# %%
v = torch.arange(4.0)[1:].view(3, 1)
v._view_func(torch.ones(4) * 7), v._view_func(torch.ones(5)), x._view_func(torch.ones(6))
# %%
x = torch.ones(4, requires_grad=True)


def written():
    whole = x.clone()
    part = whole[1:].split(2)[0].view(2)
    whole.mul_(2)
    return part


print(written().grad_fn)
with autograd._force_original_view_tracking(True):
    y = written()
    print(y.grad_fn, y.grad_fn.next_functions, autograd.is_view_replay_enabled())
y.sum().backward()
x.grad, autograd.is_view_replay_enabled()
# %%
y = torch.exp(x.detach().requires_grad_())
end = autograd.graph.GradientEdge(y.grad_fn, 0)
autograd.backward(end, torch.ones(4))
y.grad_fn.next_functions[0][0].variable.grad
# %%
checkpoint = torch.utils.checkpoint.checkpoint
set_checkpoint_debug_enabled = torch.utils.checkpoint.set_checkpoint_debug_enabled
x = torch.ones(3, 4, requires_grad=True)
runs = []


def first_rows():
    runs.append(1)
    return x if len(runs) % 2 else x[:2]


def run(function, **options):
    runs.clear()
    x.grad = None
    checkpoint(function, use_reentrant=False, **options).sum().backward()


run(lambda: first_rows().exp() * 1, determinism_check="none")
# %%
run(lambda: (first_rows() @ torch.ones(4, 2)).sin(), determinism_check="none")
# %%
run(lambda: first_rows() * x.detach()[: len(first_rows())], determinism_check="none")
x.grad
# %%
run(lambda: first_rows().double().sin() if len(runs) % 2 else x.sin(), determinism_check="none")
x.grad.dtype
# %%
try:
    run(lambda: first_rows().exp() * 1, debug=True)
except RuntimeError as error:
    told = str(error)
    print(type(error).__name__, type(error.__cause__).__name__)
    print("An error happened while unpacking tensors; dumping logs" in told)
    print("because you passed `debug=True` to checkpoint" in told)
    print(error.__cause__ is not None and "tensor at position 0:" in str(error.__cause__))
# %%
try:
    with set_checkpoint_debug_enabled(True):
        run(lambda: first_rows().exp() * 1, debug=False)
except RuntimeError as error:
    print("because you passed `debug=True` to checkpoint" in str(error))
# %%
with set_checkpoint_debug_enabled(False):
    run(lambda: x.exp() * 1, debug=True)
x.grad[0, 0]
# %%
checkpoint(lambda: x, use_reentrant=True, debug=True)
# %%
checkpoint(lambda: x, use_reentrant=False, debug=True, context_fn=lambda: (1, 2))
# %%
with autograd.graph.saved_tensors_hooks(lambda t: t, lambda t: t[:2]):
    y = x @ torch.ones(4, 2, requires_grad=True)
y.sum().backward()
# %%
with autograd.graph.saved_tensors_hooks(lambda t: t, lambda t: t.double()):
    y = x * x
x.grad = None
y.sum().backward()
x.grad.dtype
# %%
def doubling(mark):
    class Doubling(Function):
        @staticmethod
        def forward(ctx, x):
            mark(ctx)
            return x * 2

        @staticmethod
        def backward(ctx, g):
            return g.numpy()

    return Doubling.apply(torch.ones(2, requires_grad=True))


doubling(lambda ctx: ctx.mark_non_differentiable(3))
# %%
doubling(lambda ctx: ctx.mark_dirty(None))
# %%
doubling(lambda ctx: ctx.save_for_forward(3))
# %%
doubling(lambda ctx: ctx.save_for_forward(torch.ones(1), None))
# %%
doubling(lambda ctx: None).sum().backward()
