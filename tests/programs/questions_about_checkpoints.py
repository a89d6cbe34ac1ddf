"""Checkpoints inside and around, the functional interface, threads."""

# %%
import gc, threading, warnings, weakref

x = torch.tensor([1.0, 2.0, 3.0, 4.0], requires_grad=True)
xd = torch.tensor([1.0, 2.0, 3.0], dtype=torch.float64, requires_grad=True)
ckpt = torch.utils.checkpoint.checkpoint
AF = torch.autograd.functional


def show(name):
    return lambda g: print(name, g.tolist())


def tell(f):
    try:
        r = f()
        print("fine", r if not isinstance(r, torch.Tensor) else (r.tolist(), r.requires_grad))
    except Exception as e:
        print(type(e).__name__, "|", e)


# %%
tell(lambda: ckpt(lambda a: a * 2, torch.ones(2), use_reentrant=True).requires_grad)
tell(lambda: ckpt(lambda a: a * 2, torch.ones(2), use_reentrant=False).requires_grad)
with torch.no_grad():
    tell(lambda: ckpt(lambda a: a * 2, x, use_reentrant=False).requires_grad)
tell(lambda: ckpt(lambda a: (a * 2, 3, None), x, use_reentrant=True))
tell(lambda: ckpt(lambda a: (a * 2, 3, None), x, use_reentrant=False)[0].sum().backward())
tell(lambda: ckpt(lambda a: {"k": a * 2}, x, use_reentrant=False)["k"].sum().backward())
tell(lambda: ckpt(lambda a: a[0] * a[1], (x, x), use_reentrant=False).sum().backward())
tell(lambda: ckpt(lambda a: a[0] * a[1], (x, x), use_reentrant=True).sum().backward())
tell(lambda: ckpt(lambda: x * x, use_reentrant=False).sum().backward())
tell(lambda: ckpt(lambda: x * x, use_reentrant=True).sum().backward())
print(x.grad)


# %%
def inner(a):
    return a.exp() * 2


def outer(a):
    return ckpt(inner, a, use_reentrant=False).sin()


ckpt(outer, x, use_reentrant=False).sum().backward()
g = x.grad
x.grad = None
inner(x).sin().sum().backward()
print(torch.allclose(g, x.grad))
(g1,) = torch.autograd.grad(
    ckpt(lambda a: a**3, x, use_reentrant=False).sum(), x, create_graph=True
)
print(torch.autograd.grad(g1.sum(), x))
net = nn.Sequential(nn.Linear(4, 4), nn.Tanh(), nn.Linear(4, 2))
tell(
    lambda: torch.utils.checkpoint.checkpoint_sequential(net, 2, x[None], use_reentrant=False).shape
)
tell(lambda: torch.utils.checkpoint.checkpoint_sequential(net, 2, x[None]).shape)
tell(lambda: torch.utils.checkpoint.checkpoint_sequential(net, 2, x[None], foo=1))
tell(lambda: ckpt(inner, x, use_reentrant=False, early_stop=False).sum().backward())
tell(
    lambda: (
        ckpt(
            inner, x, use_reentrant=False, context_fn=lambda: (torch.no_grad(), torch.no_grad())
        ).requires_grad
    )
)


def ctxs():
    print("ctx")
    return (warnings.catch_warnings(), warnings.catch_warnings())


tell(lambda: ckpt(inner, x, use_reentrant=False, context_fn=ctxs).sum().backward())
tell(lambda: ckpt(inner, x, use_reentrant=True, context_fn=ctxs))

# %%
y = ckpt(lambda a: a * a.exp(), x, use_reentrant=False)
y.register_hook(show("y"))
y.retain_grad()
y.sum().backward()
print(y.grad)
a = x * 1
y = ckpt(lambda t: t * t.exp(), a, use_reentrant=False)
a.add_(1)
tell(lambda: y.sum().backward())
a = x * 1
y = ckpt(lambda t: t * t.exp(), a, use_reentrant=True)
a.add_(1)
tell(lambda: y.sum().backward())
y = ckpt(lambda t: t.mul_(2), x * 1, use_reentrant=False)
tell(lambda: y.sum().backward())

# %%
f = lambda a: (a**3).sum()
tell(lambda: AF.jacobian(lambda a: a**2, xd))
tell(lambda: AF.hessian(f, xd))
tell(lambda: AF.vjp(lambda a: a**2, xd))
tell(lambda: AF.vjp(lambda a: a**2, xd, torch.ones(3, dtype=torch.float64)))
tell(lambda: AF.jvp(lambda a: a**2, xd))
tell(lambda: AF.jvp(lambda a: a**2, xd, torch.ones(2, dtype=torch.float64)))
tell(lambda: AF.hvp(f, xd, torch.ones(3, dtype=torch.float64)))
tell(lambda: AF.vhp(f, xd, torch.ones(3, dtype=torch.float64)))
tell(lambda: AF.hvp(lambda a: a, xd, xd))
tell(lambda: AF.hessian(lambda a: a, xd))
tell(lambda: AF.hessian(lambda a: (a.sum(), 1), xd))
tell(lambda: AF.jacobian(lambda a: torch.ones(2), xd))
tell(lambda: AF.jacobian(lambda a: torch.ones(2), xd, strict=True))
tell(lambda: AF.jacobian(lambda a, b: a * 2, (xd, xd), strict=True))
tell(lambda: AF.jacobian(lambda a, b: a * 2, (xd, xd)))
tell(lambda: AF.hessian(lambda a: a.sum(), xd, strict=True))
tell(lambda: AF.hessian(lambda a: a.sum(), xd))
tell(lambda: AF.jvp(lambda a: a.sum(), xd, xd, strict=True))
tell(lambda: AF.jacobian(lambda a: 3, xd))
tell(lambda: AF.jacobian(lambda a: a, 3))
tell(lambda: AF.jacobian(lambda a: a, [xd, 3]))
tell(lambda: AF.jacobian(lambda a: (a, a.sum()), xd))
tell(lambda: AF.jacobian(lambda a: a**2, xd, create_graph=True))
tell(lambda: AF.jacobian(lambda a: a**2, xd, vectorize=True))
tell(lambda: AF.jacobian(lambda a: a**2, xd, strict=True, vectorize=True))
tell(lambda: AF.jacobian(lambda a: a**2, xd, strategy="forward-mode"))
tell(lambda: AF.jacobian(lambda a: a**2, xd, strategy="other"))
tell(lambda: AF.vhp(f, xd))
tell(lambda: AF.hvp(f, (xd, xd), (xd, xd)))
# %%
w = torch.zeros(1000, requires_grad=True)
(w.sum()).backward()


def work():
    for _ in range(50):
        (w * 2).sum().backward()


ts = [threading.Thread(target=work) for _ in range(4)]
[t.start() for t in ts]
[t.join() for t in ts]
print(w.grad[0], w.grad.unique())
modes = []


def look():
    modes.append((torch.is_grad_enabled(), torch.is_inference_mode_enabled()))


with torch.no_grad(), torch.inference_mode():
    t = threading.Thread(target=look)
    t.start()
    t.join()
print(modes)
y = (x * 2).exp()
errs = []


def once():
    try:
        y.sum().backward()
    except RuntimeError as e:
        errs.append(str(e)[:40])


ts = [threading.Thread(target=once) for _ in range(3)]
[t.start() for t in ts]
[t.join() for t in ts]
print(len(errs), errs[0])


# %%
def in_thread(f):
    out = []

    def run():
        try:
            out.append(f())
        except Exception as e:
            out.append(f"{type(e).__name__} {e}")

    t = threading.Thread(target=run)
    t.start()
    t.join()
    return out[0]


hooks = []
with torch.autograd.graph.saved_tensors_hooks(lambda t: hooks.append(1) or t, lambda t: t):
    print(in_thread(lambda: (x * x).sum().backward()), len(hooks))
with torch.autograd.detect_anomaly(check_nan=False):
    print(in_thread(torch.is_anomaly_enabled))
y = x * 2
y.register_hook(lambda g: print(threading.current_thread() is threading.main_thread()))
in_thread(lambda: y.sum().backward())
print(x.grad)
