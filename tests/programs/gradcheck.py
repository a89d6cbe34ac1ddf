"""gradcheck and gradgradcheck: right and wrong gradients, and what they say of them."""
# %%
gradcheck, gradgradcheck = autograd.gradcheck, autograd.gradgradcheck
x = torch.tensor([[0.5, -1.0], [2.0, 1.5]], dtype=torch.float64, requires_grad=True)
y = torch.tensor([1.0, 2.0], dtype=torch.float64, requires_grad=True)
n = torch.tensor([1.0, 2.0], dtype=torch.float64)

def own(forward, backward):
    return type("Own", (Function,), {"forward": staticmethod(forward), "backward": staticmethod(backward)}).apply

double = own(lambda ctx, x: x * 2, lambda ctx, g: g * 2)
wrong = own(lambda ctx, x: x * 2, lambda ctx, g: g * 3)
# %%
print(gradcheck(lambda x, y: x * y, (x, y)), gradgradcheck(lambda x, y: x * y, (x, y)))
print(gradcheck(lambda x, y: (x @ y, x.exp()), (x, y)), gradgradcheck(lambda x, y: (x @ y, x.exp()), (x, y)))
print(gradcheck(double, x), gradgradcheck(double, [x]), gradcheck(lambda x, n: x * n, (x, n)))
print(gradcheck(lambda x, y: x * y, (x, y), fast_mode=True), gradcheck(double, x, fast_mode=True))
print(x, x._version, x.grad)
# %%
gradcheck(wrong, y)
# %%
gradcheck(wrong, y, raise_exception=False)
# %%
gradcheck(lambda x, y: (x * y, wrong(y)), (x, y))
# %%
print(gradcheck(wrong, y, raise_exception=False, fast_mode=True), gradgradcheck(wrong, y))
# %%
gradcheck(lambda n: n * 2, n)
# %%
gradcheck(double, y.detach().float().requires_grad_(), atol=1e-1)
# %%
gradcheck(lambda e: e * 2, (y.detach()[0].expand(3).requires_grad_(),))
# %%
gradcheck(lambda y: y.detach() * 2, y)
# %%
gradcheck(lambda y: (y > 5).double(), y)
# %%
gradcheck(own(lambda ctx, x: x * 2, lambda ctx, g: g * 2 + (g == 0) * 1.0), y)
# %%
gradcheck(own(lambda ctx, x: x * 2, lambda ctx, g: g * 0 + 2), torch.ones(1, dtype=torch.float64, requires_grad=True))
# %% not the same twice
count = [0]

def drift(ctx, g):
    count[0] += 1
    return g * 2 + 1e-9 * count[0]

drifting = own(lambda ctx, x: x * 2, drift)
try:
    gradcheck(drifting, y)
except autograd.gradcheck.__globals__["GradcheckError"] as error:
    print(str(error).split("\n")[0])
print(gradcheck(drifting, y, nondet_tol=1e-5, raise_exception=False))
# %% outputs that nobody used
class Two(Function):
    @staticmethod
    def forward(ctx, x):
        ctx.set_materialize_grads(False)
        return x * 1, x * 2

    @staticmethod
    def backward(ctx, a, b):
        return a + b * 2

gradcheck(Two.apply, y)
# %%
gradcheck(Two.apply, y, check_undefined_grad=False)
# %%
class Two(Two):
    @staticmethod
    def backward(ctx, a, b):
        if a is None or b is None:
            return torch.ones(2, dtype=torch.float64)
        return a + b * 2

gradcheck(Two.apply, y)
# %%
gradcheck(wrong, y, check_backward_ad=False)
# %%
gradgradcheck(wrong, y, check_rev_over_rev=False)
# %% a wrong second derivative
class Cube(Function):
    @staticmethod
    def forward(ctx, x):
        ctx.save_for_backward(x)
        return x**3

    @staticmethod
    def backward(ctx, g):
        (x,) = ctx.saved_tensors
        return g * 3 * x.detach() ** 2

print(gradcheck(Cube.apply, y))
gradgradcheck(Cube.apply, y, torch.ones(2, dtype=torch.float64, requires_grad=True))
# %%
gradgradcheck(Cube.apply, y, torch.ones(2, dtype=torch.float64), raise_exception=False)
# %%
gradgradcheck(lambda y: y**3, y, torch.ones(2, dtype=torch.float64, requires_grad=True))
# %%
gradcheck(lambda y: y[: int(y[0] * 1e6) % 2 + 1] * 1, y)
