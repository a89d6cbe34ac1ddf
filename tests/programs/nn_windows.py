"""Windows over rows, planes and rooms: convolution and its adjoint, pooling, padding, resizing."""

# %%
F = nn.functional


def wave(*shape, shift=0.0):
    n = torch.Size(shape).numel()
    return torch.cos(torch.arange(float(n)).double() * 0.7 + shift).reshape(shape).requires_grad_()


def filled(module):
    module = module.double()
    with torch.no_grad():
        for i, p in enumerate(module.parameters()):
            p.copy_(torch.sin(torch.arange(p.numel()) * 1.3 + i).reshape(p.shape) / 2)
    return module


def show(f, *inputs):
    """The result, and its first and second derivatives in every input, as a few numbers."""
    leaves = [x for x in inputs if x.requires_grad]
    if isinstance(f, nn.Module):
        print(f)
        leaves += list(f.parameters())
    out = f(*inputs)
    out = out if isinstance(out, tuple) else (out,)
    if len(out) > 1:
        print(out[1].flatten()[:6].tolist(), out[1].sum().item())
    y = out[0]
    weights = torch.cos(torch.arange(y.numel()).double() * 0.3).reshape(y.shape)
    grads = torch.autograd.grad((y * y * weights).sum(), leaves, create_graph=True)
    second = torch.autograd.grad(sum([(g * g).sum() for g in grads]), leaves)
    print(
        tuple(y.shape),
        y.grad_fn.name(),
        f"{(y * weights).sum().item():.4g}",
        [
            f"{(g.flatten() * torch.cos(torch.arange(g.numel()).double())).sum().item():.4g}"
            for g in (*grads, *second)
        ],
    )


x1, x2, x3 = wave(2, 4, 9), wave(2, 4, 6, 7), wave(1, 4, 5, 4, 6)
# %%
for m, x in (
    (nn.Conv3d(4, 2, 3), x3),
    (nn.Conv3d(4, 6, (2, 1, 3), (1, 2, 1), (1, 0, 2), groups=2), x3),
    (nn.Conv3d(4, 2, 2, padding="same", dilation=2, bias=False), x3),
    (nn.Conv3d(4, 2, 2, padding=1, padding_mode="replicate"), x3),
):
    show(filled(m), x)
show(filled(nn.Conv3d(4, 2, 2)), wave(4, 3, 3, 3))
# %%
for m, x in (
    (nn.ConvTranspose1d(4, 2, 3), x1),
    (nn.ConvTranspose1d(4, 6, 3, 2, 1, 1, groups=2), x1),
    (nn.ConvTranspose2d(4, 2, 3, stride=2, padding=1, output_padding=1), x2),
    (nn.ConvTranspose2d(4, 4, (2, 3), bias=False, dilation=(2, 1), groups=4), x2),
    (nn.ConvTranspose3d(4, 2, 2, stride=2), x3),
):
    show(filled(m), x)
grow = filled(nn.ConvTranspose2d(4, 1, 3, stride=2))
grow(x2, [14, 16]).shape, grow(x2, (2, 1, 13, 15)).shape
# %%
grow(x2, [15, 16])
# %%
grow(x2, [13])
# %%
nn.ConvTranspose2d(3, 3, 3, padding_mode="reflect")
# %%
for m, x in (
    (nn.MaxPool3d(2, return_indices=True), x3),
    (nn.MaxPool3d((3, 2, 2), 1, (1, 0, 1), ceil_mode=True), x3),
    (nn.MaxPool2d(2, return_indices=True), x2),
    (nn.MaxPool1d(3, 2, 1, return_indices=True), x1),
    (nn.AvgPool3d(2), x3),
    (nn.AvgPool3d((3, 2, 2), (1, 2, 1), 1, True, False), x3),
    (nn.AvgPool3d(2, divisor_override=3), x3),
    (nn.LPPool1d(2, 3), x1),
    (nn.LPPool2d(2, (2, 3), 2), x2),
    (nn.LPPool3d(4, 2, ceil_mode=True), x3),
    (nn.AdaptiveAvgPool3d((2, None, 3)), x3),
    (nn.AdaptiveMaxPool3d((2, 3, 3), True), x3),
    (nn.AdaptiveMaxPool2d((3, 4), return_indices=True), x2),
    (nn.AdaptiveAvgPool2d((3, 4)), x2),
    (nn.AdaptiveAvgPool3d(1), x3),
):
    show(m, x)
# %%
low = torch.full((1, 1, 4, 4), -torch.inf)
F.max_pool2d(low, 3, 2, 1, return_indices=True)
# %%
for n, x in ((1, x1), (2, x2), (3, x3)):
    pool = getattr(F, f"max_pool{n}d")
    unpool = getattr(nn, f"MaxUnpool{n}d")(2)
    with torch.no_grad():
        small, where = pool(x, 2, return_indices=True)
    print(unpool)
    show(lambda t: unpool(t, where, output_size=x.shape), small.requires_grad_())
# %%
F.max_unpool2d(torch.ones(1, 1, 2, 2), torch.full((1, 1, 2, 2), 99), 2)
# %%
F.max_unpool2d(torch.ones(1, 1, 2, 2), torch.ones(1, 1, 2, 2), 2)
# %%
F.max_unpool2d(
    torch.ones(1, 1, 2, 2), torch.zeros(1, 1, 2, 2, dtype=torch.long), 2, output_size=(9, 9)
)
# %%
for n, x in ((1, x1), (2, x2), (3, x3)):
    pads = list(range(1, 2 * n + 1)) if n == 1 else [1] * (2 * n - 1) + [2]
    for kind in ("Zero", "Reflection", "Replication", "Circular"):
        show(getattr(nn, f"{kind}Pad{n}d")(pads), x)
    show(getattr(nn, f"ConstantPad{n}d")(1, 2.5), x)
# %%
nn.CircularPad2d(1)(x1[0])


# %%
def resize(x, **how):
    print(how)
    show(lambda t: F.interpolate(t, **how), x)


for mode in ("nearest", "nearest-exact"):
    for x in (x1, x2, x3):
        resize(x, size=5, mode=mode)
        resize(x, scale_factor=1.7, mode=mode)
for mode, x in (("linear", x1), ("bilinear", x2), ("bicubic", x2), ("trilinear", x3)):
    for corners in (False, True):
        resize(x, size=4, mode=mode, align_corners=corners)
        resize(x, scale_factor=2, mode=mode, align_corners=corners)
        resize(x, scale_factor=1.7, mode=mode, align_corners=corners)
        resize(x, scale_factor=1.7, mode=mode, align_corners=corners, recompute_scale_factor=True)
for mode in ("bilinear", "bicubic"):
    resize(x2, size=(3, 4), mode=mode, antialias=True)
    resize(x2, size=(9, 5), mode=mode, antialias=True, align_corners=True)
    resize(x2, scale_factor=(0.4, 2.0), mode=mode, antialias=True)
for x in (x1, x2, x3):
    resize(x, size=3, mode="area")
# %%
for m in (
    nn.Upsample(scale_factor=2),
    nn.Upsample(size=(4, 9), mode="bilinear", align_corners=True),
    nn.UpsamplingNearest2d(scale_factor=2),
    nn.UpsamplingBilinear2d(size=8),
):
    show(m, x2)
# %%
F.interpolate(x2)
# %%
F.interpolate(x2, size=3, scale_factor=2)
# %%
F.interpolate(x2, size=(3,))
# %%
F.interpolate(x2, scale_factor=(1.0, 2.0, 3.0))
# %%
F.interpolate(x2, size=3, align_corners=True)
# %%
F.interpolate(x2, size=3, mode="linear")
# %%
F.interpolate(x1, size=3, mode="bilinear")
# %%
F.interpolate(x1, size=3, antialias=True)
# %%
F.interpolate(x2, size=3, recompute_scale_factor=True)
# %%
F.interpolate(x2, size=0)
# %%
F.interpolate(torch.ones(1, 1, 2, 2, dtype=torch.int64), size=3)
# %%
F.interpolate(
    torch.arange(12, dtype=torch.uint8).reshape(1, 1, 3, 4) * 20, size=(2, 3), mode="bilinear"
)
# %%
x4 = wave(2, 8, 4, 6)
for m in (
    nn.PixelShuffle(2),
    nn.PixelUnshuffle(2),
    nn.ChannelShuffle(4),
    nn.Unfold((2, 3), 1, 1, 2),
):
    show(m, x4)
show(nn.Fold((4, 5), (2, 2)), wave(2, 8, 12))
# %%
x5 = wave(3, 4, 2, 3, 2)
for m, x in (
    (nn.BatchNorm3d(4), x5),
    (nn.InstanceNorm1d(4), x1),
    (nn.InstanceNorm2d(4, affine=True), x2),
    (nn.InstanceNorm3d(4, affine=True, track_running_stats=True), x5),
    (nn.InstanceNorm2d(4), wave(4, 3, 3)),
    (nn.LocalResponseNorm(3), x1),
    (nn.LocalResponseNorm(2, alpha=0.1, k=2.0), x2),
    (nn.LocalResponseNorm(4), x3),
    (nn.RReLU().eval(), x1),
):
    show(filled(m), x)
tracked = nn.InstanceNorm1d(4, track_running_stats=True, momentum=0.5).double()
tracked(x1)
print(tracked.running_mean, tracked.running_var)
show(tracked.eval(), x1)
# %%
nn.InstanceNorm1d(3, affine=True)(x1.float())
# %%
nn.InstanceNorm1d(4)(x1[:, :, :1])
# %%
nn.BatchNorm3d(4)(x1)
# %%
for m in (
    nn.Dropout3d(0.2),
    nn.AlphaDropout(0.1),
    nn.FeatureAlphaDropout(0.3, inplace=True),
    nn.RReLU(0.1),
):
    print(m, (m.eval()(x3.detach()) == x3).all().item())
# %%
for dtype in (torch.int64, torch.uint8, torch.float16):
    for x, mode in ((x1, "linear"), (x1, "nearest"), (x2, "nearest-exact"), (x2, "bicubic")):
        try:
            print(F.interpolate(x.detach().to(dtype), size=3, mode=mode).dtype)
        except NotImplementedError as error:
            print(error)
# %%
F.pixel_shuffle(x2, 3)
# %%
F.pixel_unshuffle(x2, 4)
# %%
F.channel_shuffle(x2, 3)
# %%
def first(f, *leaves):
    """The result and its first derivatives; torch has no second ones."""
    y = f(*leaves)
    grads = torch.autograd.grad((y * y * torch.arange(1.0, y.numel() + 1).view(y.shape)).sum(), leaves)
    print(y.grad_fn.name(), [[round(v, 4) for v in t.flatten().tolist()] for t in (y, *grads)])

table = wave(6, 3)
rows = torch.tensor([1, 4, 2, 4, 5, 0])
weights = wave(6, shift=0.5)
for mode in ("sum", "mean", "max"):
    first(lambda t: F.embedding_bag(rows, t, torch.tensor([0, 2, 2, 5]), mode=mode), table)
    first(lambda t: F.embedding_bag(rows.reshape(2, 3), t, mode=mode, padding_idx=4), table)
first(lambda t, w: F.embedding_bag(rows, t, torch.tensor([0, 4]), mode="sum", per_sample_weights=w,
                                  padding_idx=-1), table, weights)
first(lambda t: F.embedding_bag(rows[:5].repeat(2), t, torch.tensor([0, 4, 10]), mode="sum",
                                include_last_offset=True), table)
nn.EmbeddingBag(6, 3, max_norm=1.0, mode="sum", padding_idx=-1), nn.EmbeddingBag(4, 2)
# %%
F.embedding_bag(rows, table, torch.tensor([0, 9]))
# %%
F.embedding_bag(rows, table)
# %%
F.embedding_bag(rows + 1, table, torch.tensor([0]), mode="max")
# %%
F.embedding_bag(rows, table, torch.tensor([0]), padding_idx=6)
# %%
F.embedding_bag(rows, table, torch.tensor([0]), per_sample_weights=weights)
