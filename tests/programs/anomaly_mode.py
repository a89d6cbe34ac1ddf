"""Anomaly detection: where the operation that failed in backward was made, and what gave nan."""
# %%
import warnings

x = torch.tensor([0.0, 1.0], requires_grad=True)

def said(run):
    """The first lines of the warnings, and the error."""
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        warnings.simplefilter("ignore", RuntimeWarning)  # numpy's, which minigrad leaves to numpy
        try:
            run()
        except Exception as error:
            print(type(error).__name__, error)
    for w in caught:
        text = str(w.message)
        print(w.category.__name__, text.strip().splitlines()[0], "sqrt" in text, "grad_sq" in text)
# %%
autograd.detect_anomaly()
# %%
with autograd.set_detect_anomaly(True):
    print(torch.is_anomaly_enabled(), torch.is_anomaly_check_nan_enabled())
print(torch.is_anomaly_enabled())
with autograd.set_detect_anomaly(True, check_nan=False):
    print(torch.is_anomaly_enabled(), torch.is_anomaly_check_nan_enabled())
print(torch.is_anomaly_enabled(), torch.is_anomaly_check_nan_enabled())
# %%
def make():
    return (x.sqrt() * 0).sum()

with autograd.set_detect_anomaly(True):
    y = make()
    said(y.backward)
# %%
y = make()
with autograd.set_detect_anomaly(True):
    said(y.backward)
# %%
y = make()
with autograd.set_detect_anomaly(True, check_nan=False):
    said(y.backward)
x.grad
# %%
with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    with autograd.detect_anomaly(check_nan=False):
        print(torch.is_anomaly_enabled(), torch.is_anomaly_check_nan_enabled())
        node = (x * 2).grad_fn
print(sorted(node.metadata), type(node.metadata["traceback_"]).__name__, (x * 2).grad_fn.metadata)
# %% an error in backward
class Fails(Function):
    @staticmethod
    def forward(ctx, x):
        return x * 1

    @staticmethod
    def backward(ctx, g):
        raise ValueError("in backward")

def make():
    return Fails.apply(x.sqrt()).sum()

with autograd.set_detect_anomaly(True):
    said(make().backward)
    y = x * 1
    z = (y * y).sum()
    y.mul_(2)
    said(z.backward)
# %% the graph of a gradient
x = torch.tensor([4.0, 1.0], requires_grad=True)

class Odd(Function):
    @staticmethod
    def forward(ctx, x):
        ctx.save_for_backward(x)
        return x * 1

    @staticmethod
    def backward(ctx, g):
        (x,) = ctx.saved_tensors
        return Fails.apply(g * x)

with autograd.set_detect_anomaly(True):
    (g,) = autograd.grad(Odd.apply(x).sum(), x, create_graph=True)
    print(sorted(g.grad_fn.metadata))
    print(g.grad_fn.metadata["parent_"].name())
    said(g.sum().backward)
# %% freed buffers, with their own error
with autograd.set_detect_anomaly(True):
    y = (x * x).sum()
    y.backward()
    said(y.backward)
# %% hooks that fail
y = (x * 2)
y.register_hook(lambda g: g / 0 * 0)
with autograd.set_detect_anomaly(True):
    said(y.sum().backward)
y = (x * 2)
y.register_hook(lambda g: {}["missing"])
with autograd.set_detect_anomaly(True):
    said(y.sum().backward)
