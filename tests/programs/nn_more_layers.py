"""Layers and losses beyond the first course: gates, groups, attention, recurrence, distances."""
# %%
F = nn.functional

def wave(*shape, shift=0.0):
    n = torch.Size(shape).numel()
    return torch.cos(torch.arange(float(n)) * 0.7 + shift).reshape(shape).requires_grad_()

def filled(module):
    with torch.no_grad():
        for i, p in enumerate(module.parameters()):
            p.copy_(torch.sin(torch.arange(p.numel()) * 1.3 + i).reshape(p.shape) / 2)
    return module

def show(module, *inputs, name=True):
    if name:
        print(module)
    out = module(*inputs)
    parts = out if isinstance(out, tuple) else (out,)
    weights = [torch.arange(1.0, p.numel() + 1).reshape(p.shape) for p in parts]
    total = sum([(p * w).sum() for p, w in zip(parts, weights)])
    grads = torch.autograd.grad(total, [x for x in inputs if x.requires_grad])
    print([tuple(p.shape) for p in parts], [p.grad_fn.name() for p in parts])
    print(f"{total.item():.4g}", [f"{g.abs().sum().item():.4g}" for g in grads])

x = wave(4, 6)
y = wave(4, 6, shift=1.0)
for m in (
    nn.GLU(), nn.Hardswish(), nn.Hardsigmoid(), nn.Mish(), nn.Softshrink(0.2), nn.Hardshrink(0.2),
    filled(nn.PReLU(6)), filled(nn.GroupNorm(2, 6)), filled(nn.RMSNorm(6)), nn.RMSNorm(6, eps=1e-3),
):
    show(m, x)
# %%
for m in (nn.CosineSimilarity(), nn.PairwiseDistance()):
    show(m, x, y)
F.normalize(x.detach()[:1]), F.one_hot(torch.tensor([0, 2]))
# %%
logs = x.log_softmax(1).detach().requires_grad_()
shares = y.softmax(1).detach()
signs = torch.tensor([1.0, -1.0, 1.0, -1.0])
for reduction in ("sum", "batchmean"):
    show(nn.KLDivLoss(reduction=reduction), logs, shares)
show(nn.GaussianNLLLoss(full=True), x, y, (y * y).detach())
show(nn.PoissonNLLLoss(), x, y.detach())
show(nn.HingeEmbeddingLoss(), x, torch.sign(y.detach()))
show(nn.MarginRankingLoss(0.1), x[:, 0], y[:, 0], signs)
show(nn.CosineEmbeddingLoss(0.1), x, y, signs)
show(nn.TripletMarginLoss(swap=True), x, y, wave(4, 6, shift=2.0))
show(nn.SoftMarginLoss(), x, torch.sign(y.detach()))
# %%
image = wave(1, 4, 6, 6)
for m in (nn.AdaptiveAvgPool2d(1), nn.AdaptiveAvgPool2d((4, 3)), nn.AdaptiveMaxPool2d((4, 3))):
    show(m, image)
show(nn.AdaptiveAvgPool1d(4), wave(2, 3, 7))
# %%
for how in ({"scale_factor": 2}, {"size": (9, 5)}, {"scale_factor": 1.5, "mode": "bilinear"}):
    show(lambda v: F.interpolate(v, **how), image, name=False)
show(lambda v: F.pixel_shuffle(v, 2), image, name=False)
show(lambda v: F.unfold(v, (2, 3), padding=1, stride=2), image, name=False)
show(lambda v: F.fold(v, (4, 5), 2), wave(1, 8, 12), name=False)
show(lambda v, w: F.conv_transpose2d(v, w, stride=2, padding=1), image, wave(4, 2, 3, 3), name=False)
show(F.instance_norm, image, name=False)
# %%
q, k, v = wave(2, 3, 4), wave(2, 5, 4, shift=1.0), wave(2, 5, 4, shift=2.0)
show(F.scaled_dot_product_attention, q, k, v, name=False)
show(lambda *a: F.scaled_dot_product_attention(*a, is_causal=True), q, k, v, name=False)
# %%
for m in (nn.RNNCell(3, 4), nn.LSTMCell(3, 4), nn.GRUCell(3, 4)):
    show(filled(m), wave(2, 3))
for m in (
    nn.RNN(3, 4), nn.GRU(3, 4, batch_first=True), nn.LSTM(3, 4, bidirectional=True),
    nn.RNN(3, 4, 2, "relu"),
):
    out, last = filled(m)(wave(5, 2, 3))
    print(m, out.shape, f"{out.sum().item():.4f}", [n for n, _ in m.named_parameters()][-1])
# %%
w = torch.arange(24.0).reshape(4, 6)
for f in (F.mse_loss, F.l1_loss, F.huber_loss):
    show(lambda a, b: f(a, b, weight=w), x, y, name=False)
# %%
F.mse_loss(x, y, weight=torch.ones(2))
# %%
F.huber_loss(x, y.double()).backward()
# %%
d = nn.ParameterDict({"b": torch.ones(2), "a": nn.Parameter(torch.ones(1)), "c": 3})
d
# %%
d["z"] = torch.zeros(1)
d.pop("b")
list(d), "a" in d, len(d), d.state_dict(), [n for n, _ in d.named_parameters()]
# %%
class M(nn.Module):
    def __init__(self):
        super().__init__()
        self.seen = nn.Buffer(torch.ones(2))
        self.cache = nn.Buffer(torch.zeros(1), persistent=False)

m = M()
m.state_dict(), [n for n, _ in m.named_buffers()], isinstance(m.seen, nn.Buffer)
