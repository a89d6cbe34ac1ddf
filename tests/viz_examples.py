"""The documents' graphs on either engine: what the tests of the visualizer draw and record."""


def notes(torch):
    x = torch.ones(2, 2, requires_grad=True)
    y = x + 2
    z = y * y * 3
    out = z.mean()
    return out, {"x": x, "y": y, "z": z, "out": out}


def square(torch):
    x = torch.tensor(10, requires_grad=True, dtype=torch.float64)
    f = x**2 + 20
    return f, {"x": x, "f": f}


def vectors(torch):
    x1 = torch.tensor([10, 20], requires_grad=True, dtype=torch.float64)
    x2 = torch.tensor([30, 40], requires_grad=True, dtype=torch.float64)
    x3 = torch.tensor([[1], [1]], requires_grad=True, dtype=torch.float64)
    y1 = x1**2 + x2**2 + x1 * x2
    y2 = y1 @ x3
    return y2, {"x1": x1, "x2": x2, "x3": x3, "y1": y1, "y2": y2}


def viewed(torch):
    x = torch.tensor([1.0, 2.0, 3.0, 4.0], requires_grad=True)
    y = 2 * x
    z = y.view(2, 2)
    return z, {"x": x, "y": y, "z": z}


def added(torch):
    a = torch.tensor([1.0, 2.0, 3.0], requires_grad=True)
    b = torch.tensor([4.0, 5.0, 6.0], requires_grad=True)
    c = a + b
    d = torch.sum(c)
    return d, {"a": a, "b": b, "c": c, "d": d}


def untracked(torch):
    x = torch.tensor(1.0, requires_grad=True)
    y1 = x**2
    with torch.no_grad():
        y2 = x**3
    y3 = y1 + y2
    return y3, {"x": x, "y1": y1, "y2": y2, "y3": y3}


def broadcast(torch):
    w = torch.tensor([[1.0, 2.0], [3.0, 4.0]], requires_grad=True)
    b = torch.tensor([0.5, -0.5], requires_grad=True)
    s = (w * b + b).sum()
    return s, {"w": w, "b": b, "s": s}


def network(torch):
    nn = torch.nn
    net = nn.Sequential(nn.Linear(20, 256), nn.ReLU(), nn.Linear(256, 1))
    with torch.no_grad():
        for p in net.parameters():
            n = p.numel()
            p.copy_((torch.arange(n, dtype=torch.float32) / n - 0.5).reshape(p.shape))
    data = (torch.arange(200, dtype=torch.float32) / 100 - 1).reshape(10, 20)
    output = net(data)
    loss = nn.MSELoss()(output, torch.ones(10, 1))
    return loss, {**dict(net.named_parameters()), "output": output, "loss": loss}


def unrolled(torch, steps=5):
    w = torch.tensor([[0.5, -0.5], [0.25, 1.0]], requires_grad=True)
    h = torch.ones(1, 2)
    for _ in range(steps):
        h = (h @ w + 1) / 2
    loss = h.sum()
    return loss, {"w": w, "loss": loss}


EXAMPLES = [
    notes, square, vectors, viewed, added, untracked, broadcast, network, unrolled,
]  # fmt: skip


def cnn(torch):
    nn = torch.nn
    net = nn.Sequential(
        nn.Conv2d(1, 2, 3), nn.ReLU(), nn.MaxPool2d(2), nn.Flatten(), nn.Linear(8, 3)
    )
    with torch.no_grad():
        for p in net.parameters():
            p.copy_((torch.arange(p.numel(), dtype=torch.float32) / 8 - 1).reshape(p.shape))
    image = torch.arange(36, dtype=torch.float32).reshape(1, 1, 6, 6) / 36
    loss = nn.CrossEntropyLoss()(net(image), torch.tensor([1]))
    return loss, {**dict(net.named_parameters()), "loss": loss}


def attention(torch):
    q, k, v = (torch.arange(6.0).reshape(3, 2) + i for i in range(3))
    for leaf in (q, k, v):
        leaf.requires_grad_()
    weights = torch.softmax(q @ k.T / 2**0.5, dim=-1)
    out = weights @ v
    return out, {"q": q, "k": k, "v": v, "weights": weights, "out": out}


def custom(torch):
    class MultiplyAdd(torch.autograd.Function):
        @staticmethod
        def forward(ctx, w, x, b):
            ctx.save_for_backward(w, x)
            return w * x + b

        @staticmethod
        def backward(ctx, g):
            w, x = ctx.saved_tensors
            return g * x, g * w, g

    w, x, b = (torch.tensor(float(i), requires_grad=True) for i in (2, 3, 1))
    z = MultiplyAdd.apply(w, x, b)
    return z * z, {"w": w, "x": x, "b": b, "z": z}


def overwritten(torch):
    x = torch.ones(2, 3, requires_grad=True)
    y = x * 2
    y[0].mul_(3)
    y.add_(1)
    z = y.T[1:].exp()
    return z.sum(), {"x": x, "y": y, "z": z}


def twice(torch):
    x = torch.tensor([1.0, 2.0], requires_grad=True)
    y = (x**3 * torch.sin(x)).sum()
    (g,) = torch.autograd.grad(y, x, create_graph=True)
    return (g * g).sum(), {"x": x, "y": y, "g": g}


HARDER = [cnn, attention, custom, overwritten, twice]


def gradient_for(torch, root):
    """The gradient that `backward` needs for a root of several elements, else None."""
    if root.numel() == 1:
        return None
    return (torch.arange(root.numel(), dtype=root.dtype) + 1).reshape(root.shape)


def rounded(x):
    """A graph or trace without the last bits of its numbers, in which two engines may differ."""
    if isinstance(x, dict):
        return {k: rounded(v) for k, v in x.items()}
    if isinstance(x, list):
        return [rounded(v) for v in x]
    return float(f"{x:.4g}") if isinstance(x, float) else x


def convolution(torch):
    """A small CNN: convolution, pooling, a linear layer, mean squared error."""
    f = torch.nn.functional
    w = ((torch.arange(18, dtype=torch.float32) - 9) / 10).reshape(2, 1, 3, 3).requires_grad_()
    head = ((torch.arange(24, dtype=torch.float32) - 12) / 20).reshape(3, 8).requires_grad_()
    image = (torch.arange(36, dtype=torch.float32) / 36).reshape(1, 1, 6, 6)
    hidden = f.max_pool2d(f.relu(f.conv2d(image, w)), 2)
    loss = f.mse_loss(hidden.flatten(1) @ head.t(), torch.ones(1, 3))
    return loss, {"w": w, "head": head, "loss": loss}


def attention(torch):
    q, k, v = (
        ((torch.arange(6, dtype=torch.float32) - n) / 4).reshape(3, 2).requires_grad_()
        for n in (1, 2, 3)
    )
    scores = (q @ k.transpose(0, 1)) / 2**0.5
    out = (torch.softmax(scores, dim=-1) @ v).sum()
    return out, {"q": q, "k": k, "v": v, "scores": scores, "out": out}


def custom(torch):
    class MultiplyAdd(torch.autograd.Function):
        @staticmethod
        def forward(ctx, w, x, b):
            ctx.save_for_backward(w, x)
            return w * x + b

        @staticmethod
        def backward(ctx, g):
            w, x = ctx.saved_tensors
            return g * x, g * w, g

    w, x, b = (torch.tensor(v, requires_grad=True) for v in (2.0, 3.0, 4.0))
    z = MultiplyAdd.apply(w, x, b)
    return z, {"w": w, "x": x, "b": b, "z": z}


def inplace(torch):
    x = torch.tensor([[1.0, 2.0], [3.0, 4.0]], requires_grad=True)
    y = x * 2
    y[0] = 5
    y[1].mul_(3)
    out = y.view(4)[1:].sum()
    return out, {"x": x, "y": y, "out": out}


def twice(torch):
    x = torch.tensor(2.0, requires_grad=True)
    (g,) = torch.autograd.grad(x**3 + x.sin(), x, create_graph=True)
    return g, {"x": x, "g": g}
