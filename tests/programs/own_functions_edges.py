"""Functions of one's own at their edges: outputs that are no tensors, keyword arguments, views."""


# %%
class F(Function):
    @staticmethod
    def forward(ctx, x, y):
        return x * y

    @staticmethod
    def backward(ctx, g):
        return g * 2, g.new_ones(5)


x = torch.ones(3, requires_grad=True)
y = torch.ones(3)
z = F.apply(x, y)
z.grad_fn.register_hook(lambda gi, go: print(gi, go))
z.sum().backward()


# %%
class F(Function):
    @staticmethod
    def forward(ctx, x, y):
        return x * y

    @staticmethod
    def backward(ctx, g):
        return g * 2, 5


F.apply(x, y).sum().backward()


# %%
class F(Function):
    @staticmethod
    def forward(ctx, x, y):
        return x * y

    @staticmethod
    def backward(ctx, g):
        return g * 2, g.double()


x64 = torch.ones(3, requires_grad=True)
y = torch.ones(3, requires_grad=False)
z = F.apply(x64, y)
z.grad_fn.register_hook(lambda gi, go: print(gi, go))
z.sum().backward()


# %%
class F(Function):
    @staticmethod
    def forward(ctx, x, y):
        return x * y

    @staticmethod
    def backward(ctx, g):
        return g * 2


F.apply(x, y).sum().backward()


# %%
class F(Function):
    @staticmethod
    def forward(ctx, x):
        return x.view(-1), x * 2

    @staticmethod
    def backward(ctx, g, h):
        return g


v, w = F.apply(torch.ones(3, requires_grad=True).clone())
v += 1
# %%
v, w = F.apply(torch.ones(3))
v += torch.ones(3, requires_grad=True)


# %%
class F(Function):
    @staticmethod
    def forward(ctx, x):
        a = x.view(-1)
        b = torch.arange(3)
        return a, b

    @staticmethod
    def backward(ctx, g, h):
        return g


v, w = F.apply(torch.ones(3, requires_grad=True).clone())
v += 1


# %%
class F(Function):
    @staticmethod
    def forward(ctx, x):
        return [x * 2, x * 3]

    @staticmethod
    def backward(ctx, *g):
        print(g)
        return g[0]


v = F.apply(torch.ones(3, requires_grad=True))
print(v)


# %%
class F(Function):
    @staticmethod
    def forward(ctx, x):
        return None

    @staticmethod
    def backward(ctx, *g):
        print(g)
        return g[0]


F.apply(torch.ones(3, requires_grad=True))


# %%
class F(Function):
    @staticmethod
    def forward(ctx, x):
        return x.sum(), "a", x.max(), None

    @staticmethod
    def backward(ctx, *g):
        print(g, ctx.needs_input_grad)
        return g[0] * torch.ones(3)


a, b, c, d = F.apply(torch.ones(3, requires_grad=True))
print(a, b, c, d, a.grad_fn.next_functions, c.output_nr)
c.backward()


# %%
class F(Function):
    @staticmethod
    def forward(ctx, x):
        x.mul_(2)
        ctx.mark_dirty(x)
        return x, "s"

    @staticmethod
    def backward(ctx, g, h):
        print(g, h)
        return g * 2


p = torch.ones(3, requires_grad=True)
q = p.clone()
o, s = F.apply(q)
print(o is q, s)
o.sum().backward()
p.grad
# %%
q = p.clone().view(3)
o, s = F.apply(q)
print(o is q, s, o, q._base)
o.sum().backward()
p.grad
# %%
q = p.clone().view(3)
with torch.no_grad():
    print(F.apply(q))
q
# %%
F.apply(p)
# %%
F.apply(p.view(3))
# %%
F.apply(p.clone().unbind()[0])


# %%
class J(Function):
    @staticmethod
    def forward(ctx, x):
        return x

    @staticmethod
    def backward(ctx, g):
        return g

    def jvp(ctx, g):
        return g


J.apply(p, 3)
# %%
J.apply()


# %%
class K(Function):
    @staticmethod
    def forward(ctx, x):
        return x


K.apply(p).sum().backward()
# %%
K.apply(x=p)


# %%
class L(Function):
    @staticmethod
    def forward(ctx, x, scale=2):
        return x * scale

    @staticmethod
    def backward(ctx, g):
        return g, None


L.apply(p, scale=3)
# %%
L.apply(p).sum().backward()


# %%
class M(Function):
    @staticmethod
    def forward(ctx, xs):
        return xs[0] * 2

    @staticmethod
    def backward(ctx, g):
        return g


M.apply([p])


# %%
class N(Function):
    @staticmethod
    def forward(ctx, x):
        ctx.save_for_backward([x])
        return x * 1

    @staticmethod
    def backward(ctx, g):
        return g


N.apply(p)
# %%
with torch.no_grad():
    print(N.apply(p))


# %%
class K(Function):
    @staticmethod
    def forward(ctx, x, y=None, *, z=3):
        print(ctx.needs_input_grad)
        return x * 1

    @staticmethod
    def backward(ctx, *g):
        print(ctx.needs_input_grad)
        return g[0], None, None


p = torch.ones(2, requires_grad=True)
r = K.apply(x=p)
print(r.grad_fn.next_functions)
r.sum().backward()
# %%
r = K.apply(p, y=p)
print(r.grad_fn.next_functions)
r.sum().backward()
# %%
r = K.apply(y=p, x=p)
print(r.grad_fn.next_functions)
r.sum().backward()
# %%
r = K.apply(p, z=p)
print(r.grad_fn.next_functions)
r.sum().backward()
# %%
r = K.apply(p, z=2)
print(r.grad_fn.next_functions)
r.sum().backward()


# %%
class L(Function):
    @staticmethod
    def forward(x, y=None, *, z=3):
        return x * 1

    @staticmethod
    def setup_context(ctx, inputs, output):
        print(inputs, ctx.needs_input_grad)

    @staticmethod
    def backward(ctx, *g):
        print(ctx.needs_input_grad)
        return g[0], None, None


r = L.apply(p, z=2)
# %%
r = L.apply(y=p, x=p)
r.sum().backward()
