"""Hooks of every kind: their order, what they may return, how they come and go."""

# %%
import copy, gc, pickle, weakref

x = torch.tensor([1.0, 2.0, 3.0, 4.0], requires_grad=True)


def show(name):
    return lambda g: print(name, g.tolist())


def tell(f):
    try:
        r = f()
        print("fine", r if not isinstance(r, torch.Tensor) else r.tolist())
    except Exception as e:
        print(type(e).__name__, "|", e)


# %%
y = x * 2
z = y.sum()
y.retain_grad()
y.register_hook(show("t1"))
y.grad_fn.register_hook(lambda i, o: print("post", i, o))
y.grad_fn.register_prehook(lambda o: print("pre", o))
y.register_hook(show("t2"))
x.register_hook(lambda g: print("leaf", g))
x.register_post_accumulate_grad_hook(lambda t: print("post acc", t.grad))
acc = y.grad_fn.next_functions[0][0]
acc.register_prehook(lambda g: print("acc pre", g))
acc.register_hook(lambda i, o: print("acc post", i, o))
z.backward()
print(y.grad)

# %%
y = x * 2
y.register_hook(lambda g: g * 10)
y.retain_grad()
y.register_hook(lambda g: g + 1)
y.grad_fn.register_prehook(lambda gs: (gs[0] * 2,))
y.grad_fn.register_hook(lambda i, o: (print(i, o), (i[0] * 0.5, None))[1])
y.sum().backward()
print(y.grad, x.grad)

# %%
y = x * 2
h1 = y.register_hook(lambda g: g * 3)
h2 = y.register_hook(lambda g: h1.remove())
y.sum().backward(retain_graph=True)
print(x.grad)
x.grad = None
y.sum().backward(retain_graph=True)
print(x.grad)
h2.remove()
h2.remove()
x.grad = None
y.sum().backward()
print(x.grad)

# %%
y = x * 2
with y.register_hook(lambda g: g * 3):
    y.sum().backward(retain_graph=True)
    print(x.grad)
x.grad = None
y.sum().backward()
print(x.grad)

# %%
y = x * 2


def adding(g):
    y.register_hook(lambda g: print("late", g))


y.register_hook(adding)
y.sum().backward(retain_graph=True)
y.sum().backward()

# %%
y = x * 2
y.register_hook(lambda g: g.mul_(2))
tell(lambda: y.sum().backward())
print(x.grad)

# %%
y = x * 2
y.register_hook(lambda g: "no")
tell(lambda: y.sum().backward())

# %%
y = x * 2
y.register_hook(lambda g: g[:2])
tell(lambda: y.sum().backward())
y = x * 2
y.register_hook(lambda g: g.double())
tell(lambda: y.sum().backward())
y = x * 2


def boom(g):
    raise ValueError("in hook")


y.register_hook(boom)
tell(lambda: y.sum().backward(retain_graph=True))
print(torch.is_grad_enabled(), x.grad)

# %%
y = x * 2
y.register_hook(3)
tell(lambda: y.sum().backward())
x.register_post_accumulate_grad_hook(lambda t: t.grad)
tell(lambda: x.sum().backward())
tell(lambda: y.register_post_accumulate_grad_hook(print))
tell(lambda: torch.ones(1).register_hook(print))

# %%
y = x * 2
y.grad_fn.register_hook(lambda i, o: i)
y.grad_fn.register_hook(lambda i, o: (i[0],))
tell(lambda: y.sum().backward())
y = x * 2
y.grad_fn.register_hook(lambda i, o: [i[0], None])
tell(lambda: y.sum().backward())
y = x * 2
y.grad_fn.register_prehook(lambda o: o[0] * 2)
tell(lambda: y.sum().backward())
print(x.grad)
y = x * 2
y.grad_fn.register_prehook(lambda o: 3)
tell(lambda: y.sum().backward())

# %%
register_multi_grad_hook = torch.autograd.graph.register_multi_grad_hook
a, b = x * 2, x * 3
h = register_multi_grad_hook([a, b, x], lambda gs: print("all", gs))
k = register_multi_grad_hook([a, b], lambda g: print("any", g), mode="any")
(a + b).sum().backward(retain_graph=True)
a.sum().backward(retain_graph=True)
h.remove()
(a * b).sum().backward()
k.remove()
tell(lambda: register_multi_grad_hook([torch.ones(1)], print))
tell(lambda: register_multi_grad_hook([a], print, mode="some"))


# %%
a, b = x * 2, x * 3
h = register_multi_grad_hook([a, b], lambda gs: print("all", gs))
print(torch.autograd.grad((a + b).sum(), [a], retain_graph=True))
print(torch.autograd.grad((a + b).sum(), [a, b], retain_graph=True))
print(torch.autograd.grad((a + b).sum(), [x], retain_graph=True))
(a + b).sum().backward(inputs=[a])

# %%
y = x * 2


def nested(g):
    with torch.enable_grad():
        (x.detach().requires_grad_() ** 2).sum().backward()
    print("mode", torch.is_grad_enabled())
    x2 = x.detach().requires_grad_()
    with torch.enable_grad():
        print(torch.autograd.grad((x2**3).sum(), x2))


y.register_hook(nested)
y.sum().backward()
print(x.grad)

# %%
y = x.exp()


def again(g):
    y.sum().backward(retain_graph=True) if x.grad is None else None


y.register_hook(again)
y.sum().backward(retain_graph=True)
print(x.grad)

# %%
h = x.register_hook(lambda g: print("x", g))
(x * 2).sum().backward()
torch.autograd.grad((x * 2).sum(), x)
(x * 2).sum().backward(inputs=[x])
h.remove()
p = x.register_post_accumulate_grad_hook(lambda t: print("acc", t.grad))
torch.autograd.grad((x * 2).sum(), x)
(x * 2).sum().backward(inputs=[x])

# %%
y = x * 2
y.retain_grad()
y.retain_grad()
print(y.retains_grad, x.retains_grad)
x.retain_grad()
y.sum().backward()
print(y.grad)
y.grad = None
tell(lambda: y.sum().backward())
tell(lambda: torch.ones(1).retain_grad())
y = x * 2
y.retain_grad()
y.sum().backward(create_graph=True)
print(y.grad, y.grad.requires_grad)
y.sum().backward()
print(y.grad, y.grad.requires_grad)

# %%
y = x * 2
y.retain_grad()
(g,) = torch.autograd.grad(y.sum(), y)
print(y.grad, g)
z = x * 2
w = z * 3
z.retain_grad()
torch.autograd.grad(w.sum(), x)
print(z.grad)

# %%
y = x * 2
y.retain_grad()
y.mul_(3)
y.sum().backward()
print(y.retains_grad, y.grad)


# %%
y = x * 2
y.retain_grad()
y.register_hook(lambda g: g * 5)
r = weakref.ref(y)
z = y.sum()
del y
print(r() is None)
z.backward()
print(x.grad)
