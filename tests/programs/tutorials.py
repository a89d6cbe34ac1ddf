"""Programs as a tutorial's author would write them, from a fit to an LSTM."""

# %%
import io
import math

F, optim = nn.functional, torch.optim


def d(*s, k=0.0, dt=torch.float32):
    return torch.sin(torch.arange(float(math.prod(s))) * 1.7 + k).to(dt).reshape(s)


def fill(m):
    with torch.no_grad():
        for i, p in enumerate(m.parameters()):
            p.copy_(d(*p.shape, k=float(i)) * 0.5)
    return m


# %%
# polynomial modules
x = torch.linspace(-1, 1, 40)
y = torch.sin(3 * x)
p = torch.tensor([1, 2, 3])
xx = x.unsqueeze(-1).pow(p)
print(xx.shape, xx[:2])
model = torch.nn.Sequential(torch.nn.Linear(3, 1), torch.nn.Flatten(0, 1))
fill(model)
loss_fn = torch.nn.MSELoss(reduction="sum")
o = torch.optim.RMSprop(model.parameters(), lr=0.01)
for t in range(100):
    loss = loss_fn(model(xx), y)
    o.zero_grad()
    loss.backward()
    o.step()
print(round(loss.item(), 4), model[0].weight, model[0].bias, model)
# %%
# logistic regression
X = d(30, 2)
y = (X[:, 0] + X[:, 1] > 0).float()
w = torch.zeros(2, requires_grad=True)
b = torch.zeros(1, requires_grad=True)
for i in range(100):
    z = X @ w + b
    loss = F.binary_cross_entropy_with_logits(z, y)
    loss.backward()
    with torch.no_grad():
        w -= 0.5 * w.grad
        b -= 0.5 * b.grad
        w.grad.zero_()
        b.grad.zero_()
acc = ((torch.sigmoid(X @ w + b) > 0.5).float() == y).float().mean()
print(loss, acc, w, b)
print(y.sum(), y.unique(), y.to(torch.bool)[:5], (z > 0).sum(), y.mean().item())
# %%
# rnn by hand
Wx = d(3, 5).requires_grad_()
Wh = (d(5, 5, k=1.0) * 0.3).requires_grad_()
b = torch.zeros(5, requires_grad=True)
h = torch.zeros(2, 5)
xs = d(4, 2, 3)
for t in range(xs.size(0)):
    h = torch.tanh(xs[t] @ Wx + h @ Wh + b)
loss = h.pow(2).mean()
loss.backward()
print(h, loss)
print(Wh.grad.norm(), Wx.grad.abs().max(), b.grad)
# %%
# attention by hand
B, T, C = (2, 4, 6)
x = d(B, T, C)
q, k, v = [fill(nn.Linear(C, C, bias=False)) for _ in range(3)]
Q, K, V = (q(x), k(x), v(x))
wei = Q @ K.transpose(-2, -1) * C ** (-0.5)
tril = torch.tril(torch.ones(T, T))
wei = wei.masked_fill(tril == 0, float("-inf"))
print(wei[0])
wei = F.softmax(wei, dim=-1)
out = wei @ V
print(wei[0], out.shape, out[0, -1])
out.sum().backward()
print(q.weight.grad.abs().sum())


# %%
# conv net
class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv1 = nn.Conv2d(1, 4, 3, padding=1)
        self.pool = nn.MaxPool2d(2, 2)
        self.conv2 = nn.Conv2d(4, 8, 3)
        self.fc = nn.Linear(8 * 2 * 2, 10)

    def forward(self, x):
        x = self.pool(F.relu(self.conv1(x)))
        x = F.relu(self.conv2(x))
        x = x.view(x.size(0), -1)
        return self.fc(x)


net = fill(Net())
print(net)
x = d(3, 1, 8, 8)
out = net(x)
print(out.shape)
loss = nn.CrossEntropyLoss()(out, torch.tensor([1, 2, 3]))
loss.backward()
print(loss.item().__round__(4))
for n, p in net.named_parameters():
    print(n, tuple(p.shape), round(p.grad.abs().sum().item(), 3))
print(sum((p.numel() for p in net.parameters() if p.requires_grad)))
# %%
# embedding bag of words
emb = fill(nn.Embedding(5, 3, padding_idx=0))
ids = torch.tensor([[1, 2, 0], [4, 4, 1]])
v = emb(ids)
mask = (ids != 0).unsqueeze(-1)
mean = (v * mask).sum(1) / mask.sum(1)
print(mean)
mean.sum().backward()
print(emb.weight.grad, emb)
# %%
# module hooks
m = nn.Sequential(nn.Linear(2, 3), nn.ReLU(), nn.Linear(3, 1))
fill(m)
acts = {}


def get(name):

    def hook(mod, inp, out):
        acts[name] = out.detach()

    return hook


hs = [l.register_forward_hook(get(str(i))) for i, l in enumerate(m)]
x = d(2, 2).requires_grad_()
m[1].register_full_backward_hook(
    lambda mod, gi, go: print("back", type(mod).__name__, gi[0], go[0])
)
m(x).sum().backward()
print(acts)
[h.remove() for h in hs]
acts.clear()
m(x)
print(acts)
h = x.register_hook(lambda g: g * 2)
x.grad = None
m(x).sum().backward()
print(x.grad)
h.remove()
# %%
# newton double backward
x = torch.tensor([1.5], requires_grad=True, dtype=torch.float64)
for i in range(5):
    f = x**4 - 3 * x**3 + 2
    (g,) = torch.autograd.grad(f, x, create_graph=True)
    (h,) = torch.autograd.grad(g, x)
    with torch.no_grad():
        x -= g / h
    print(i, x.item(), f.item())
print(g, h)
# %%
# jacobians hessians
f = lambda x: torch.stack([x[0] ** 2 * x[1], 5 * x[0] + torch.sin(x[1])])
x = torch.tensor([1.0, 2.0])
print(torch.autograd.functional.jacobian(f, x))
print(torch.autograd.functional.hessian(lambda v: (v**3).sum(), x))
print(torch.autograd.functional.vjp(f, x, torch.ones(2)))
print(torch.autograd.functional.hvp(lambda v: (v**3).sum(), x, torch.ones(2)))
# %%
# gradient clipping
m = fill(nn.Linear(4, 2))
loss = (m(d(3, 4) * 10) ** 2).sum()
loss.backward()
n = nn.utils.clip_grad_norm_(m.parameters(), 1.0)
print(n, [p.grad.norm() for p in m.parameters()])
nn.utils.clip_grad_value_(m.parameters(), 0.1)
print(m.weight.grad.max(), m.weight.grad.min())
# %%
# lr schedules
p = [nn.Parameter(torch.ones(1))]
o = optim.SGD(p, lr=0.1, momentum=0.9)
s = optim.lr_scheduler.StepLR(o, 2, 0.5)
for e in range(5):
    o.zero_grad()
    (p[0] ** 2).sum().backward()
    o.step()
    s.step()
    print(e, s.get_last_lr(), p[0].item().__round__(5))
print(o)
w = optim.lr_scheduler.LambdaLR(o, lambda e: 0.95**e)
c = optim.lr_scheduler.CosineAnnealingLR(o, 10)
print(c.get_last_lr())
r = optim.lr_scheduler.ReduceLROnPlateau(o, patience=1)
for m in (1, 1, 1, 1):
    r.step(m)
print(o.param_groups[0]["lr"])
# %%
# save and load
m = fill(nn.Sequential(nn.Linear(2, 2), nn.Tanh()))
f = io.BytesIO()
torch.save({"model": m.state_dict(), "epoch": 3}, f)
f.seek(0)
c = torch.load(f)
m2 = nn.Sequential(nn.Linear(2, 2), nn.Tanh())
print(m2.load_state_dict(c["model"]), c["epoch"])
print(torch.equal(m(d(1, 2)), m2(d(1, 2))))
print([*m.state_dict().items()])
try:
    m2.load_state_dict({"0.weight": torch.ones(3, 3)})
except RuntimeError as e:
    print(e)


# %%
# parameter list
class Poly(nn.Module):
    def __init__(s):
        super().__init__()
        s.c = nn.ParameterList([nn.Parameter(torch.tensor(float(i))) for i in range(3)])
        s.scale = nn.Parameter(torch.ones(1), requires_grad=False)

    def forward(s, x):
        return s.scale * sum((c * x**i for i, c in enumerate(s.c)))


m = Poly()
y = m(torch.tensor(2.0))
y.backward()
print(y, [c.grad for c in m.c], m.scale.grad, m)
print([n for n, p in m.named_parameters() if p.requires_grad])


# %%
# weight tying
class T(nn.Module):
    def __init__(s):
        super().__init__()
        s.e = nn.Embedding(4, 3)
        s.o = nn.Linear(3, 4, bias=False)
        s.o.weight = s.e.weight

    def forward(s, i):
        return s.o(s.e(i))


m = fill(T())
print(len(list(m.parameters())), m.o.weight is m.e.weight)
F.cross_entropy(m(torch.tensor([0, 1])), torch.tensor([1, 2])).backward()
print(m.e.weight.grad)
print([n for n, _ in m.named_parameters(remove_duplicate=False)])
# %%
# in place updates
x = torch.ones(3, requires_grad=True)
y = x * 2
y[0] = 5.0
y.mul_(3)
z = y.sum()
z.backward()
print(y, x.grad, y._version)
a = torch.arange(6.0).view(2, 3)
b = a[1]
b += 10
print(a)
a[:, 0] = 0
a[a > 10] *= -1
print(a)
a.clamp_(-12, 1).add_(1)
print(a)
a.t_()
print(a.shape)
for f in (lambda: x.add_(1), lambda: torch.exp(x).add_(1).sum().backward()):
    try:
        f()
    except RuntimeError as e:
        print(e)
# %%
# einsum things
A = d(2, 3)
B = d(3, 4)
C = d(5, 2, 3)
v = d(3)
for eq, ops in [
    ("ij,jk->ik", (A, B)),
    ("ij->ji", (A,)),
    ("ii->i", (d(3, 3),)),
    ("bij,jk->bik", (C, B)),
    ("i,j->ij", (v, v)),
    ("bij,bij->b", (C, C)),
    ("...j,j->...", (C, v)),
    ("ij->", (A,)),
]:
    r = torch.einsum(eq, *ops)
    print(eq, tuple(r.shape), round(r.sum().item(), 4))
print(
    torch.tensordot(A, B, dims=1).shape,
    torch.outer(v, v).trace(),
    torch.kron(A[:1], v[:2]).shape,
    torch.bmm(C, C.transpose(1, 2))[0],
)
# %%
# indexing tricks
x = torch.arange(24).reshape(2, 3, 4)
print(
    x[..., -1],
    x[:, None, :, 0].shape,
    x[0, 1:, ::2],
    x[x % 5 == 0],
    x[:, [0, 2], [1, 3]],
    x[torch.tensor([1, 0])][:, 0],
    x.gather(2, torch.tensor([[[0], [1], [2]], [[3], [2], [1]]])).squeeze(-1),
)
i = torch.tensor([0, 2])
y = torch.zeros(3, 2)
y[i] = torch.tensor([[1.0, 2.0], [3.0, 4.0]])
y.index_add_(0, torch.tensor([0, 0, 1]), torch.ones(3, 2))
print(y, y.nonzero().tolist(), torch.where(y > 1, y, -y))
print(
    x.flip(0)[0, 0],
    x.roll(1, 2)[0, 0],
    torch.topk(x.float().view(-1), 3),
    x.view(6, 4).argmax(1),
    x.unbind(0)[1][0],
    x.chunk(2, 1)[0].shape,
    torch.take(x, torch.tensor([0, 23])),
)
w = torch.zeros(3, requires_grad=True)
w2 = w[[0, 0, 1]]
w2.sum().backward()
print(w.grad)
# %%
# optimizers compare
for name, o in [
    ("SGD", lambda p: optim.SGD(p, lr=0.05, momentum=0.9, nesterov=True, weight_decay=0.01)),
    ("Adam", lambda p: optim.Adam(p, lr=0.05, amsgrad=True)),
    ("AdamW", lambda p: optim.AdamW(p, lr=0.05)),
    ("RMSprop", lambda p: optim.RMSprop(p, lr=0.01, centered=True)),
    ("Adagrad", lambda p: optim.Adagrad(p, lr=0.1)),
]:
    p = nn.Parameter(d(4))
    op = o([p])
    for i in range(30):
        op.zero_grad()
        loss = ((p - torch.arange(4.0)) ** 2).sum() + p.prod() ** 2
        loss.backward()
        op.step()
    print(name, p.data, round(loss.item(), 4))
print(op.state_dict()["param_groups"])
# %%
# statistics of tensors
x = d(4, 5)
print(
    x.mean(),
    x.std(),
    x.var(dim=0),
    x.median(),
    x.mode().values,
    x.norm(),
    x.norm(p=1),
    x.max(),
    x.argmax(),
    x.min(dim=1),
    x.cumsum(1)[0],
    x.prod(),
    x.sort(descending=True).values[0],
    x.quantile(0.5),
    torch.histc(x, 4),
    torch.bincount(torch.tensor([1, 1, 3])),
    torch.unique(torch.tensor([3, 1, 3]), return_counts=True),
    torch.cov(x)[0],
    torch.corrcoef(x)[0, :2],
    x.softmax(-1).sum(-1),
    torch.std_mean(x),
    (x > 0).any(1),
    (x > 0).all(),
    torch.count_nonzero(x > 0),
    torch.cdist(x[:2], x[2:]),
    torch.dist(x[0], x[1]),
)
# %%
# data loader training
D = torch.utils.data
ds = D.TensorDataset(d(10, 3), torch.arange(10) % 2)
dl = D.DataLoader(ds, batch_size=4, drop_last=False)
m = fill(nn.Linear(3, 2))
o = optim.SGD(m.parameters(), lr=0.1)
crit = nn.CrossEntropyLoss()
for ep in range(2):
    run = 0.0
    for i, (xb, yb) in enumerate(dl, 0):
        o.zero_grad()
        loss = crit(m(xb), yb)
        loss.backward()
        o.step()
        run += loss.item()
    print(f"[{ep + 1}, {i + 1}] loss: {run / len(dl):.3f}")
correct = 0
with torch.no_grad():
    for xb, yb in dl:
        _, pred = torch.max(m(xb).data, 1)
        correct += (pred == yb).sum().item()
print(correct, len(ds), len(dl), dl.batch_size)
# %%
# lstm sequence
l = fill(nn.LSTM(2, 3, batch_first=True))
h = fill(nn.Linear(3, 1))
x = d(2, 5, 2)
out, (hn, cn) = l(x)
y = h(out[:, -1])
print(y, out.shape, hn.shape, cn[0, 0])
y.sum().backward()
print(l.weight_hh_l0.grad.abs().sum(), l)
c = fill(nn.GRUCell(2, 3))
s = torch.zeros(2, 3)
for t in range(5):
    s = c(x[:, t], s)
print(s)
# %%
# frozen layers
m = fill(nn.Sequential(nn.Linear(2, 3), nn.ReLU(), nn.Linear(3, 1)))
for p in m[0].parameters():
    p.requires_grad = False
o = optim.SGD(filter(lambda p: p.requires_grad, m.parameters()), lr=0.1)
before = m[0].weight.clone()
m(d(4, 2)).mean().backward()
o.step()
print(
    torch.equal(before, m[0].weight),
    m[0].weight.grad,
    m[2].weight.grad,
    m.training,
    m.eval().training,
)
m.requires_grad_(False)
print(any((p.requires_grad for p in m.parameters())))
o2 = optim.Adam(
    [{"params": m[0].parameters(), "lr": 0.001}, {"params": m[2].parameters()}], lr=0.01
)
print([g["lr"] for g in o2.param_groups])
m.apply(lambda q: nn.init.constant_(q.weight, 0.5) if isinstance(q, nn.Linear) else None)
print(m[2].weight)
