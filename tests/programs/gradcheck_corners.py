"""gradcheck and gradgradcheck where they refuse, and what they say."""

# %%
gc, ggc = torch.autograd.gradcheck, torch.autograd.gradgradcheck
D = dict(dtype=torch.float64, requires_grad=True)
x = torch.tensor([0.5, 0.25], **D)


class Wrong(Function):
    @staticmethod
    def forward(ctx, x):
        ctx.save_for_backward(x)
        return x**2

    @staticmethod
    def backward(ctx, g):
        return g * 3 * ctx.saved_tensors[0]


gc(Wrong.apply, (x,))
# %%
gc(Wrong.apply, (x.float(),))
# %%
gc(lambda x: x * 2, (torch.ones(2, requires_grad=True),))
# %%
gc(lambda x: x * 2, (torch.ones(2),))
# %%
gc(lambda x: x * 2, (torch.ones(1, **D).expand(3),))
# %%
gc(lambda x: [x * 2, 3], (x,))
# %%
gc(lambda x: x.detach() * 2, (x,))
# %%
gc(lambda x: torch.ones(2), (x,))
# %%
gc(lambda x: (x * 2).long(), (x,))
# %%
gc(lambda x: None, (x,))
# %%
gc(lambda x: 3, (x,))


# %%
class BadShape(Function):
    @staticmethod
    def forward(ctx, x):
        return x * 2

    @staticmethod
    def backward(ctx, g):
        return torch.ones(5, dtype=torch.float64)


gc(BadShape.apply, (x,))


# %%
class NoUndefined(Function):
    @staticmethod
    def forward(ctx, x, y):
        ctx.set_materialize_grads(False)
        return x * 2, y * 3

    @staticmethod
    def backward(ctx, g, h):
        return g * 2, h * 3


gc(NoUndefined.apply, (x, x))
# %%
gc(NoUndefined.apply, (x, x), check_undefined_grad=False)


# %%
class UndefBad(Function):
    @staticmethod
    def forward(ctx, x):
        ctx.set_materialize_grads(False)
        return x * 2

    @staticmethod
    def backward(ctx, g):
        return torch.ones(2, dtype=torch.float64) * 2 if g is None else g * 2


gc(UndefBad.apply, (x,))


# %%
class Plus1(Function):
    @staticmethod
    def forward(ctx, x):
        return x * 2

    @staticmethod
    def backward(ctx, g):
        return g * 2 + 0 * g.sum() if g.abs().sum() else g * 2 + 1


gc(Plus1.apply, (x,))
# %%
gc(Wrong.apply, (x,), raise_exception=False)
# %%
ggc(Wrong.apply, (x,))
# %%
ggc(lambda x: x * 2, (x,))
# %%
ggc(lambda x: x**2, (x,), grad_outputs=torch.ones(2, dtype=torch.float64))
# %%
gc(lambda x: x**2, x, check_forward_ad=False, check_backward_ad=False)
# %%
ggc(lambda x: x**2, x, check_rev_over_rev=False)
# %%
gc(lambda x, y: x * y, (x, torch.ones(2, dtype=torch.float64)))
# %%
gc(lambda x, y: x * y, (x, 3.0))
# %%
gc(lambda x: x[0:0], x)
# %%
gc(lambda x: x.sum(), torch.empty(0, **D))
# %%
gc(lambda x: x.abs(), torch.zeros(1, **D))
# %%
gc(lambda x: x, (x,))


# %%
class Tiny(Function):
    @staticmethod
    def forward(ctx, x):
        return x * 2

    @staticmethod
    def backward(ctx, g):
        Tiny.n += 1
        return g * 2 + Tiny.n * 1e-4


Tiny.n = 0
gc(Tiny.apply, (x,))
# %%
gc(Tiny.apply, (x,), nondet_tol=10.0)
# %%
torch.autograd.gradcheck.__module__, torch.autograd.gradcheck.__name__
# %%
GE = torch.autograd.gradcheck
# %%
gc(lambda x: x**2, x, check_grad_dtypes=True)
# %%
gc(lambda x, y: (x**2, y), (x, x * 2))
# %%
gc(lambda x: (x**2).half(), x)
# %%
gc(lambda x: (x**2).float(), x)
# %%
gc(lambda x: x.float(), x)
