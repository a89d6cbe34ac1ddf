"""Hooks of modules: before and after forward, at gradients; with what they return, and errors."""
# %%
def log(name, result=None):
    def hook(module, *args, **kwargs):
        print(name, type(module).__name__, *args, kwargs or "")
        return result

    return hook

class Scale(nn.Module):
    def forward(self, x, factor=2.0):
        print("forward")
        return x * factor

x = torch.tensor([1.0, 2.0], requires_grad=True)
m = Scale()
m.register_forward_pre_hook(log("pre"))
m.register_forward_hook(log("after"))
m(x)
# %%
first = m.register_forward_pre_hook(log("first"), prepend=True)
handles = [
    m.register_forward_pre_hook(log("pre with kwargs"), with_kwargs=True),
    m.register_forward_hook(log("after with kwargs"), with_kwargs=True, prepend=True),
]
m(x, factor=3.0)
# %%
for handle in [first, *handles]:
    handle.remove()
m(x)
# %% they may replace
m = Scale()
m.register_forward_pre_hook(lambda m, args: args[0] + 1)
m.register_forward_pre_hook(lambda m, args, kwargs: (args, {"factor": 10.0}), with_kwargs=True)
m.register_forward_hook(lambda m, args, out: out + 0.5)
m(x)
# %%
m.register_forward_pre_hook(lambda m, args, kwargs: args, with_kwargs=True)
m(x)
# %% when forward fails
m = Scale()
m.register_forward_hook(log("not called"))
m.register_forward_hook(log("called"), always_call=True)
m(x, 1, 2)
# %%
def broken(module, args, out):
    raise ValueError("broken")

m.register_forward_hook(broken, always_call=True)
m(x, 1, 2)
# %%
m = Scale()
m.register_forward_hook(broken)
m.register_forward_hook(log("called"), always_call=True)
m(x)
# %% gradients
m = nn.Sequential(Scale())
m.register_full_backward_pre_hook(log("backward pre"))
m.register_full_backward_hook(log("backward"))
y = m(x)
print(y, y.grad_fn.name(), y.grad_fn.next_functions[0][0].name())
y.sum().backward()
x.grad
# %%
m[0].register_full_backward_hook(log("inner"))
m(x).sum().backward()
# %%
m = Scale()
m.register_full_backward_pre_hook(lambda m, grads: (grads[0] * 2,))
m.register_full_backward_hook(lambda m, inputs, outputs: (inputs[0] + outputs[0],))
m.register_full_backward_hook(log("last"))
m.register_full_backward_hook(log("first"), prepend=True)
x.grad = None
m(x).sum().backward()
x.grad
# %%
m = Scale()
m.register_full_backward_hook(lambda m, inputs, outputs: ())
m(x).sum().backward()
# %%
m = Scale()
m.register_full_backward_pre_hook(lambda m, outputs: ())
m(x).sum().backward()
# %% several inputs and outputs, not all tensors, not all differentiable
class Several(nn.Module):
    def forward(self, a, text, b):
        return a * b, text, torch.tensor([1, 2])

m = Several()
m.register_full_backward_hook(log("backward"))
out = m(x, "text", x * 2)
print(out)
out[0].sum().backward()
# %% gradients that do not come by the outputs are not shown
class Leaky(nn.Module):
    def forward(self, x):
        self.inner = x * 3
        return self.inner * 2

m = Leaky()
m.register_full_backward_hook(log("backward"))
out = m(x)
m.inner.sum().backward(retain_graph=True)
out.sum().backward(retain_graph=True)
m.inner.sum().backward(retain_graph=True)
out.sum().backward()
# %% an output that is no tensor
class Listed(nn.Module):
    def forward(self, x):
        return [x * 2]

m = Listed()
m.register_full_backward_hook(log("never"))
m(x)
# %% no input requires grad
m = nn.Linear(2, 1)
m.register_full_backward_hook(log("backward"))
m(torch.ones(1, 2)).sum().backward()
# %%
m.register_full_backward_hook(log("returns", (torch.ones(1),)))
m(torch.ones(1, 2)).sum().backward()
# %% unrecorded
with torch.no_grad():
    print(m(torch.ones(1, 2)).grad_fn)
# %% for all modules
module = nn.modules.module
handles = [
    module.register_module_forward_pre_hook(log("pre")),
    module.register_module_forward_hook(log("after")),
    module.register_module_full_backward_pre_hook(log("backward pre")),
    module.register_module_full_backward_hook(log("backward")),
]
m = Scale()
m.register_forward_pre_hook(log("own"))
m(x).sum().backward()
for handle in handles:
    handle.remove()
Scale()(x)
# %%
layer = nn.Linear(1, 1, bias=False)
handle = layer.register_backward_hook(lambda m, sent, got: print(type(m).__name__, len(sent), got))
with torch.no_grad():
    layer.weight.fill_(2.0)
layer(torch.tensor([[3.0]], requires_grad=True)).backward()
layer.weight.grad
# %%
layer.register_full_backward_hook(print)
