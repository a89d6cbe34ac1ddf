"""Tensors as torch's own tests handle them: subclasses, attributes, membership; Functions that lack something."""


# %%
class MyTensor(torch.Tensor):
    def hello(self):
        return "hello"


m = MyTensor([1.0, 2.0])
print(
    type(m) is MyTensor,
    m.hello(),
    isinstance(m, torch.Tensor),
    m.shape,
    m.requires_grad,
    type(m.data) is MyTensor if 0 else "",
)
# %%
m.requires_grad_()
s = torch.tensor([1.0, 2.0], requires_grad=True).as_subclass(MyTensor)
print(type(s) is MyTensor, s.requires_grad, s.grad_fn, s.hello())


# %%
class Tagged(torch.Tensor):
    def __new__(cls, data, tag):
        self = torch.Tensor.__new__(cls, data)
        self.tag = tag
        return self

    def __init__(self, data, tag):
        pass


t = Tagged([1.0, 2.0, 3.0], "x")
print(type(t) is Tagged, t.tag, len(t))
# %%
x = torch.arange(4)
print("foo" in [1], 2 in x, torch.tensor(3) in x, 7 in x)
# %%
"foo" in x
# %%
None in x
# %%
[1, 2] in x
# %%
print(reversed(x))
# %%
print(reversed(torch.tensor(3)), list(x))
# %%
g = reversed(torch.ones(2, 2, requires_grad=True))
print(g.grad_fn)
# %%
x.__dict__
# %%
x.foo = 3
print(x.foo, vars(x))
# %%
del x.grad
print(x.grad)
# %%
x.grad = torch.ones(1)
x.grad.add_(1)
print(x.grad)
# %%
x.requires_grad = False
print(x.grad)
# %%
x.requires_grad = 1
print(x.requires_grad)
# %%
x.requires_grad = "yes"
# %%
x.requires_grad = None
# %%
x.grad = 3
# %%
x.grad = torch.ones(2)
# %%
x.grad = torch.ones(1, dtype=torch.float64)
# %%
x.grad = x
# %%
x.data = torch.ones(3)
print(x, x.grad)
# %%
x.data = 3
# %%
x.output_nr, x.names if hasattr(x, "names") else 0, x.layout if hasattr(x, "layout") else 0
# %%
y._grad_fn = None
print(y.grad_fn, y.requires_grad)
# %%
torch.autograd.set_grad_enabled(True), torch.autograd.no_grad()
# %%
with torch.autograd.set_multithreading_enabled(False) as w:
    print(w)
# %%
Function.apply(x)
# %%
Function.forward(x)
# %%
Function.backward(None, x)


# %%
class E(Function):
    pass


E.apply(x)


# %%
class E(Function):
    @staticmethod
    def forward(ctx, x):
        return x * 2


E.apply(x).sum().backward()


# %%
class E(Function):
    @staticmethod
    def backward(ctx, x):
        return x * 2


E.apply(x).sum().backward()


# %%
class E(Function):
    @staticmethod
    def forward(ctx, x):
        ctx.save_for_backward(x)
        return x * 2

    @staticmethod
    def backward(ctx, g):
        return g * ctx.saved_tensors[0]


z = E.apply(x)
z.sum().backward()
z.sum().backward()
# %%
z.grad_fn.saved_tensors


# %%
class E(Function):
    @staticmethod
    def forward(ctx, x):
        ctx.x = x
        ctx.mark_dirty(x)
        x.mul_(2)
        return x

    @staticmethod
    def backward(ctx, g):
        return g * 2


v = torch.ones(2)
print(E.apply(v), v, v._version)
# %%
w = torch.ones(2, requires_grad=True)
u = w * 1
o = E.apply(u)
print(o is u, u.grad_fn, u._version)
u.sum().backward()
print(w.grad)
# %%
with torch.no_grad():
    r = E.apply(w)
print(r, r.requires_grad, w, w._version)
# %%
import contextlib, io, warnings
a = torch.ones(3, requires_grad=True)
said = io.StringIO()
with warnings.catch_warnings(record=True), contextlib.redirect_stderr(said):
    with autograd.detect_anomaly():
        warnings.simplefilter("error")
        d = a + 1
        e = d ** 2
        d += 1
        try: autograd.grad(e.sum(), a)
        except RuntimeError as error: print(str(error)[:60])
print("Error detected in PowBackward0" in said.getvalue())
# %%
with torch.inference_mode():
    s = torch.ones(2, 3, requires_grad=True)
    print(s.resize_(1, 2).shape)
# %%
x = torch.ones(2, requires_grad=True)
with torch.no_grad():
    print(x.numpy(), np.asarray(x), np.asarray(x * 2))
    x.numpy()[0] = 5
x
# %%
with torch.inference_mode():
    print(x.numpy())
    with torch.enable_grad(): print(x.numpy())
