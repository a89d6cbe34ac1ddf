"""Every rule of calculus against differences: gradcheck and gradgradcheck, without torch.

A case is a function and the shapes of its inputs, which are numbers between 0.2 and 0.9, none
near another, so that nothing stands at a kink.
"""

import importlib
import pkgutil

import numpy as np
import pytest

import minigrad as torch
import minigrad.nn.functional as F
from minigrad import ops
from minigrad.autograd import gradcheck, gradgradcheck
from minigrad.engine.node import Node
from minigrad.nn.utils import rnn
from minigrad.nn.utils.weight_norm import scaled

INDEX = torch.tensor([[0, 2, 2], [1, 0, 1]])
ROWS = torch.tensor([1, 0, 1])
MASK = torch.tensor([[True, False, True], [False, True, True]])
CLASSES = torch.tensor([0, 2])
LABELS = torch.tensor([[0, -1, -1], [2, 1, -1]])
WEIGHTS = torch.tensor([0.5, 2.0, 1.0], dtype=torch.float64)

A, B = (2, 3), (3,)
CASES = {
    # arithmetic, with broadcasting
    "add": (lambda x, y: x.add(y, alpha=2), A, B),
    "sub": (lambda x, y: x.sub(y, alpha=3), A, B),
    "rsub": (lambda x, y: torch.rsub(x, y, alpha=2) + (1 - x), A, B),
    "mul": (lambda x, y: x * y, A, B),
    "div": (lambda x, y: x / y, A, B),
    "div, rounded": (lambda x, y: x.div(y, rounding_mode="floor") + x, A, B),
    "remainder": (lambda x, y: (5 * x) % y + x % 0.3, A, B),
    "fmod": (lambda x, y: (5 * x).fmod(y) + x.fmod(0.3), A, B),
    "neg": (lambda x: -x, A),
    "pow": (lambda x, y: x**3 + x**-1.5 + x**0 + x**y + 2**x, A, B),
    "reciprocal": (lambda x: x.reciprocal(), A),
    "abs": (lambda x: (x - 0.5).abs(), A),
    "lerp": (lambda x, y, w: torch.lerp(x, y, 0.3) + torch.lerp(x, y, w), A, B, ()),
    "addcmul": (lambda x, y, z: torch.addcmul(x, y, z, value=2), A, B, ()),
    "addcdiv": (lambda x, y, z: torch.addcdiv(x, y, z, value=2), A, B, ()),
    "atan2": (torch.atan2, A, B),
    "hypot": (torch.hypot, A, B),
    "logaddexp": (torch.logaddexp, A, B),
    "xlogy": (lambda x, y: torch.xlogy(x, y) + x.xlogy(2.0), A, B),
    # functions
    "exp": (lambda x: x.exp() + x.exp2() + x.expm1(), A),
    "log": (lambda x: x.log() + x.log2() + x.log10() + x.log1p(), A),
    "sqrt": (lambda x: x.sqrt() + x.rsqrt(), A),
    "sin": (lambda x: x.sin() + x.cos() + x.tan(), A),
    "asin": (lambda x: x.asin() + x.acos() + x.atan(), A),
    "sinh": (lambda x: x.sinh() + x.cosh() + x.tanh(), A),
    "asinh": (lambda x: x.asinh() + (1 + x).acosh() + x.atanh(), A),
    "erf": (lambda x: x.erf() + x.erfc(), A),
    "sigmoid": (lambda x: x.sigmoid(), A),
    "relu": (lambda x: (x - 0.5).relu(), A),
    "steps": (
        lambda x: (
            x.sign() + x.sgn() + x.floor() + x.ceil() + x.round() + x.trunc()
            + x.round(decimals=0) + x.frac()
        ),
        A,
    ),
    "clamp": (
        lambda x, y: (
            x.clamp(0.3, 0.7) + x.clamp_min(0.4) + x.clamp_max(0.6) + x.clamp(min=y)
            + x.clamp_min(y) + x.clamp_max(y)
        ),
        A,
        B,
    ),
    "maximum": (lambda x, y: torch.maximum(x, y) + 2 * torch.minimum(x, y), A, B),
    "where": (lambda x, y: torch.where(MASK, x, y), A, B),
    "nan_to_num": (lambda x: x.nan_to_num(), A),
    "clone": (lambda x: x.clone(), A),
    # reductions
    "sum": (lambda x: x.sum() + x.sum(0).sum(), A),
    "mean": (lambda x: x.mean() + x.mean(1, keepdim=True).sum(), A),
    "nansum": (lambda x: x.nansum(0) + x.nanmean(0), A),
    "prod": (lambda x: x.prod() + x.prod(0), A),
    "prod with zeros": (lambda x: (x * MASK).prod(1) + (x * (INDEX > 0)).prod(), A),
    "cumsum": (lambda x: x.cumsum(1), A),
    "cumprod": (lambda x: x.cumprod(1) + (x * MASK).cumprod(1), A),
    "var": (lambda x: x.var() + x.var(1, correction=0), A),
    "std": (lambda x: x.std() + x.std(1), A),
    "var_mean": (lambda x: torch.var_mean(x, 1), A),
    "std_mean": (lambda x: torch.std_mean(x, 1), A),
    "logsumexp": (lambda x: x.logsumexp(0), A),
    "norm": (
        lambda x: (
            x.norm() + x.norm(1) + x.norm(3) + x.norm(0.5) + x.norm(1.5) + x.norm(float("inf"))
            + x.norm(0) + x.norm(dim=1).sum()
        ),
        A,
    ),
    "max": (lambda x: x.max() + x.max(0)[0] + x.amax(0), A),
    "min": (lambda x: x.min() + x.min(0)[0] + x.amin((0, 1)), A),
    "median": (
        lambda x: x.median() + x.median(0)[0] + x.nanmedian() + x.nanmedian(0)[0], A
    ),
    "sort": (lambda x: x.sort(1)[0] + x.sort(0, stable=True)[0], A),
    "topk": (lambda x: x.topk(2, 1)[0] + x.kthvalue(2, 1, True)[0], A),
    # shapes
    "view": (lambda x: x.view(3, 2).T.reshape(6) + x.T.reshape(6), A),
    "reshape": (lambda x: x.T.reshape(3, 2).reshape(-1), A),
    "expand": (lambda x: x.expand(2, 2, 3), A),
    "transpose": (lambda x: x.t() + x.transpose(0, 1) + x.permute(1, 0), A),
    "squeeze": (
        lambda x: x.squeeze().sum() + x.squeeze(0) + x.squeeze((0, 2)).unsqueeze(1), (1, 3, 1)
    ),
    "squeezed in place": (
        lambda x: (
            (x * 1).squeeze_().sum() + (x * 1).squeeze_(0).sum() + (x * 1).squeeze_((0, 2)).sum()
            + (x * 1).unsqueeze_(0).sum() + (x[0] * 1).t_() + (x[0] * 1).transpose_(0, 1)
        ),
        (1, 3, 1),
    ),
    "cat": (lambda x, y: torch.cat([x, y[None], x]), A, B),
    "stack": (lambda x, y: torch.stack([x[0], y], 1), A, B),
    "split": (lambda x: x.split(2, 1)[1] * 2 + x.split([1, 2], 1)[0], A),
    "unsafe_split": (
        lambda x: x.unsafe_split(2, 1)[1] * 2 + x.unsafe_split_with_sizes([1, 2], 1)[0],
        A,
    ),
    "unbind": (lambda x: x.unbind(1)[2] * x.unbind(1)[0], A),
    "repeat": (lambda x: x.repeat(2, 1, 2), A),
    "flip": (lambda x: x.flip(0, 1) + x.roll(1) + x.roll((1, 2), (0, 1)), A),
    "tril": (lambda x: x.tril(-1) + 2 * x.triu(1), A),
    "diagonal": (lambda x: x.diagonal(1) + x.diag() + x[0, :2].diag_embed().sum(), A),
    "trace": (lambda x: x.trace(), A),
    "as_strided": (lambda x: x.as_strided((2, 2), (1, 2)) + x.T.as_strided((2, 2), (1, 1), 1), A),
    "as_strided in place": (lambda x: (x * 1).as_strided_((2, 2), (1, 2)), A),
    "unfold": (lambda x: x.unfold(1, 2, 1), A),
    "to": (lambda x: x.to(torch.float32).to(torch.float64) * 0 + x, A),
    # indices
    "basic indices": (lambda x: x[0] + x[:, 1].sum() + x[..., None][1, :, 0] + x[1:, ::2].sum(), A),
    "index tensors": (lambda x: x[[0, 1, 0]] + x[:, [2, 2, 0]][0] + x[MASK].sum(), A),
    "index_put": (
        lambda x, y: (
            x.index_put((ROWS[:2],), y) + x.index_put((ROWS,), y, accumulate=True)
        ),
        A,
        B,
    ),
    "written": (lambda x, y: _written(x * 1, y), A, B),
    "filled": (
        lambda x, y: (
            (x * 1).fill_(y) * x + (x * 1).fill_(0.5) * x + (x * 1).zero_() + (x * 1).copy_(x * x)
        ),
        A,
        (),
    ),
    "index_select": (lambda x: x.index_select(0, ROWS), A),
    "index_add": (lambda x, y: x.index_add(0, ROWS, y, alpha=2), A, (3, 3)),
    "index_copy": (lambda x, y: x.index_copy(0, ROWS[:2], y), A, A),
    "index_fill": (lambda x, y: x.index_fill(0, ROWS, y) + x.index_fill(1, ROWS, 0.5), A, ()),
    "gather": (lambda x: x.gather(1, INDEX), A),
    "scatter": (lambda x, y: x.scatter(1, INDEX[:, :2], y) + x.scatter(1, INDEX, 0.5), A, (2, 2)),
    "scatter_add": (lambda x, y: x.scatter_add(1, INDEX, y), A, A),
    "take": (lambda x: x.take(INDEX) + x.take_along_dim(INDEX, 1), A),
    "masked_fill": (lambda x, y: x.masked_fill(MASK, y) + x.masked_fill(MASK, 0.5), A, ()),
    "masked_select": (lambda x: x.masked_select(MASK), A),
    "masked_scatter": (lambda x, y: x.masked_scatter(MASK, y), A, A),
    # products
    "mm": (lambda x, y: x @ y, A, (3, 2)),
    "mv": (lambda x, y: x @ y + torch.addmv(x[:, 0], x, y, beta=2, alpha=3), A, B),
    "dot": (lambda x, y: x.dot(y), B, B),
    "bmm": (lambda x, y: x @ y, (2, 2, 3), (2, 3, 2)),
    "addmm": (lambda x, y, z: torch.addmm(x, y, z, beta=2, alpha=3), (2,), A, (3, 2)),
    "addbmm": (lambda x, y, z: x.addbmm(y, z, beta=2, alpha=3), (2, 2), (2, 2, 3), (2, 3, 2)),
    "baddbmm": (lambda x, y, z: x.baddbmm(y, z, beta=2, alpha=3), (2, 2, 2), (2, 2, 3), (2, 3, 2)),
    "vector times batch": (lambda x, y: x @ y, B, (2, 3, 2)),
    "einsum": (lambda x, y: torch.einsum("ij,kj->ik", x, y), A, (4, 3)),
    # networks
    "softmax": (lambda x: x.softmax(1) + x.log_softmax(0), A),
    "activations": (
        lambda x: (
            F.leaky_relu(x - 0.5) + F.elu(x - 0.5, 2.0) + F.selu(x - 0.5) + F.celu(x - 0.5, 2.0)
            + F.silu(x) + F.softplus(x) + F.logsigmoid(x) + F.hardtanh(x, 0.3, 0.7)
            + F.threshold(x, 0.5, 0.1)
        ),
        A,
    ),
    "activations in place": (
        lambda x: (
            F.leaky_relu_(x - 0.5) + F.elu_(x - 0.5, 2.0) + F.selu_(x - 0.5)
            + F.celu_(x - 0.5, 2.0) + F.threshold_(x - 0.1, 0.4, 0.1)
        ),
        A,
    ),
    "gelu": (lambda x: F.gelu(x) + F.gelu(x, approximate="tanh"), A),
    "mse_loss": (lambda x, y: F.mse_loss(x, y) + F.mse_loss(x, y, reduction="sum"), A, A),
    "l1 losses": (
        lambda x, y: F.l1_loss(x, y) + F.smooth_l1_loss(x, y, beta=0.3) + F.huber_loss(x, y), A, A
    ),
    "binary_cross_entropy": (F.binary_cross_entropy, A, A),
    "binary_cross_entropy_with_logits": (
        lambda x, y: F.binary_cross_entropy_with_logits(x, y, pos_weight=WEIGHTS), A, A
    ),
    "nll_loss": (lambda x: F.nll_loss(x, CLASSES, WEIGHTS), A),
    "nll_loss of pictures": (lambda x: F.nll_loss(x, INDEX.view(1, 2, 3)), (1, 3, 2, 3)),
    "cross_entropy": (lambda x: F.cross_entropy(x, CLASSES, label_smoothing=0.1), A),
    "cross_entropy of probabilities": (
        lambda x, y: F.cross_entropy(x, y, label_smoothing=0.1), A, A
    ),
    "layer_norm": (lambda x, w, b: F.layer_norm(x, (3,), w, b), A, B, B),
    "batch_norm": (
        lambda x, w, b: F.batch_norm(x, None, None, w, b, training=True), (4, 3), B, B
    ),
    "batch_norm in use": (
        lambda x, w, b: F.batch_norm(x, WEIGHTS, WEIGHTS, w, b), (4, 3), B, B
    ),
    "embedding": (lambda x: F.embedding(INDEX, x), (3, 2)),
    "conv1d": (
        lambda x, w, b: F.conv1d(x, w, b, stride=2, padding=1, dilation=2),
        (2, 2, 6), (3, 2, 2), (3,),
    ),
    "conv2d": (
        lambda x, w: F.conv2d(x, w, padding=1, groups=2), (1, 2, 3, 3), (2, 1, 2, 2)
    ),
    "max_pool2d": (lambda x: F.max_pool2d(x, 2, stride=1, padding=1), (1, 3, 3)),
    "avg_pool2d": (
        lambda x: F.avg_pool2d(x, 2, stride=1, padding=1, count_include_pad=False), (1, 3, 3)
    ),
    "windows of rooms": (
        lambda x: (
            F.max_pool3d(x, 2, stride=1) + F.avg_pool3d(x, 2, stride=1)
            + F.adaptive_max_pool3d(x, (1, 2, 2))
        ),
        (1, 2, 3, 3),
    ),
    "max_unpool3d": (lambda x: _pooled_and_unpooled(x), (1, 2, 2, 4)),
    "channel_shuffle": (lambda x: F.channel_shuffle(x, 2), (1, 4, 2)),
    "embedding_bag": (
        lambda x: (
            F.embedding_bag(INDEX, x, mode="sum") + F.embedding_bag(INDEX, x, mode="mean")
            + F.embedding_bag(INDEX, x, mode="max")
        ),
        (3, 2),
    ),
    "rrelu": (lambda x: _with_the_same_noise(x), A),
    "pad": (lambda x: F.pad(x, (1, -1, 0, 2)), A),
    "pad with its own": (
        lambda x: (
            F.pad(x, (2, 1), mode="reflect") + F.pad(x, (1, 2), mode="replicate")
            + F.pad(x[None], (1, 2), mode="circular")[0]
        ),
        A,
    ),
    "pad of pictures": (
        lambda x: F.pad(x, (1, 0, 1, 1), mode="reflect") + F.pad(x, (1, 0, 1, 1), mode="replicate"),
        (1, 2, 3),
    ),
    "pad of volumes": (
        lambda x: (
            F.pad(x, (1, 0, 1, 0, 1, 0), mode="reflect")
            + F.pad(x, (1, 0, 1, 0, 1, 0), mode="replicate")
        ),
        (1, 2, 2, 2),
    ),
    # further functions of elements
    "angles": (lambda x: x.deg2rad() + x.rad2deg(), A),
    "copysign": (lambda x, y: torch.copysign(x, y) + x.copysign(-1.0), A, B),
    "fmax": (lambda x, y: torch.fmax(x, y) + torch.fmin(x, y), A, B),
    "ldexp": (lambda x: torch.ldexp(x, torch.tensor(2.0, dtype=torch.float64)), A),
    "logaddexp2": (torch.logaddexp2, A, B),
    "gamma": (lambda x: x.lgamma() + x.digamma() + torch.polygamma(1, x), A),
    "nextafter": (torch.nextafter, A, A),
    "erfinv": (lambda x: x.erfinv(), A),
    "logit": (lambda x: x.logit(), A),
    "sinc": (lambda x: x.sinc(), A),
    "further activations": (
        lambda x: (
            F.mish(x) + F.hardswish(x) + F.hardsigmoid(x) + F.softshrink(x, 0.3)
            + F.prelu(x - 0.5, WEIGHTS[:1])
        ),
        A,
    ),
    "prelu": (lambda x, w: F.prelu(x - 0.5, w), (2, 3), (3,)),
    "glu": (lambda x: F.glu(x, 1), (2, 4)),
    # further reductions and orders
    "aminmax": (lambda x: tuple(x.aminmax()), A),
    "cummin": (lambda x: x.cummin(1).values + x.cummax(1).values, A),
    "mode": (lambda x: x.mode(1).values, A),
    "logcumsumexp": (lambda x: x.logcumsumexp(1), A),
    "distances": (lambda x, y: torch.dist(x, y, 3) + torch.cdist(x, y).sum(), A, A),
    "norm of all": (lambda x: x.norm(3), A),
    "bilinear": (lambda x, w, y: F.bilinear(x, y, w), (3, 2), (4, 2, 3), (3, 3)),
    "pairwise_distance": (lambda x, y: F.pairwise_distance(x, y), A, A),
    "renorm": (lambda x: x.renorm(2, 0, 0.5), A),
    # further places
    "put": (lambda x, y: x.put(torch.tensor([0, 4]), y), A, (2,)),
    "diagonal_scatter": (lambda x, y: x.diagonal_scatter(y), A, (2,)),
    "slice_scatter": (lambda x, y: x.slice_scatter(y, 1, 1, 3), A, (2, 2)),
    "index_reduce": (
        lambda x, y: sum(
            x.index_reduce(1, torch.tensor([0, 2]), y, how, include_self=own)
            for how in ("mean", "prod", "amax", "amin") for own in (True, False)
        ),
        A,
        (2, 2),
    ),
    "scatter_reduce": (
        lambda x, y: torch.cat([
            x.scatter_reduce(1, INDEX, y, how) for how in ("sum", "mean", "prod", "amax", "amin")
        ]),
        A,
        A,
    ),
    "rot90": (lambda x: x.rot90(), A),
    "block_diag": (torch.block_diag, A, (1, 2)),
    "pixel_shuffle": (lambda x: F.pixel_unshuffle(F.pixel_shuffle(x, 2), 2), (1, 4, 2, 2)),
    "unfold and fold": (
        lambda x: F.fold(F.unfold(x, 2), (3, 3), 2),
        (1, 1, 3, 3),
    ),
    "upsample lines": (
        lambda x: (
            F.interpolate(x, scale_factor=2) + F.interpolate(x, scale_factor=2, mode="linear")
        ),
        (1, 2, 3),
    ),
    "upsample planes": (
        lambda x: (
            F.interpolate(x, scale_factor=2) + F.interpolate(x, scale_factor=2, mode="bilinear")
        ),
        (1, 1, 2, 3),
    ),
    "adaptive pooling": (
        lambda x: F.adaptive_avg_pool2d(x, 2) + F.adaptive_max_pool2d(x, 2),
        (1, 1, 4, 4),
    ),
    # further linear algebra
    "addr": (torch.addr, A, (2,), (3,)),
    "vdot": (torch.vdot, B, B),
    "cross": (lambda x, y: torch.linalg.cross(x, y), A, A),
    "cholesky": (lambda x: (x @ x.mT + torch.eye(2, dtype=torch.float64)).cholesky(), (2, 2)),
    "inverses": (
        lambda x: x.inverse() + torch.linalg.solve(x, x * x) + x.pinverse() + x.matrix_exp(),
        (2, 2),
    ),
    "solve_triangular": (
        lambda x, y: torch.linalg.solve_triangular(x.triu(), y, upper=True), (2, 2), (2, 1)
    ),
    "determinants": (lambda x: x.det() + x.slogdet().logabsdet, (2, 2)),
    "qr": (lambda x: torch.linalg.qr(x), (2, 2)),
    "svd": (lambda x: torch.linalg.svdvals(x), (2, 2)),
    "bessel": (
        lambda x: x.i0() + torch.special.i0e(x) + torch.special.i1(x) + torch.special.i1e(x), A
    ),
    "normal distribution": (
        lambda x: (
            torch.special.erfcx(x) + torch.special.log_ndtr(x) + torch.special.ndtri(x)
            + torch.special.ndtr(x) + torch.special.entr(x)
        ),
        A,
    ),
    "xlog1py": (torch.special.xlog1py, A, B),
    "zeta": (lambda x: torch.special.zeta(3.0, x), A),
    "igamma": (
        lambda x: torch.tensor([0.5, 1.5, 4.0]).double().igamma(x)
        + torch.tensor([0.5, 1.5, 4.0]).double().igammac(2 * x),
        A,
    ),
    "mvlgamma": (lambda x: (x + 1).mvlgamma(2), A),
    "angle": (lambda x: x.angle(), A),
    "frexp": (lambda x: x.frexp().mantissa, A),
    "lu": (lambda x: torch.linalg.lu(x)[1:], (2, 3, 3)),
    "lu, wide and tall": (lambda x: torch.linalg.lu(x)[1:] + torch.linalg.lu(x.mT)[1:], A),
    "lu_factor": (
        lambda x: torch.lu_unpack(*torch.linalg.lu_factor(x), unpack_pivots=False)[1:], (3, 2)
    ),
    "lu_solve": (
        lambda x, y: (
            torch.linalg.lu_solve(*torch.linalg.lu_factor(x), y)
            + torch.linalg.lu_solve(*torch.linalg.lu_factor(x), y, adjoint=True)
            + torch.linalg.lu_solve(*torch.linalg.lu_factor(x), y.mT, left=False).mT
        ),
        (2, 2),
        (2, 3),
    ),
    "cholesky_solve": (
        lambda x, y: y.cholesky_solve(x.tril()) + y.cholesky_solve(x.triu(), upper=True),
        (2, 2),
        (2, 3),
    ),
    "cholesky_inverse": (
        lambda x: x.tril().cholesky_inverse() + x.triu().cholesky_inverse(upper=True), (2, 2)
    ),
    "mirrors": (
        lambda x, t: torch.linalg.householder_product(x, t) + x.ormqr(t, x), (3, 2), (2,)
    ),
    "eigh": (lambda x: torch.linalg.eigvalsh(x + x.mT), (2, 2)),
    # further layers and losses
    "group_norm": (
        lambda x, w, b: F.group_norm(x, 2, w, b), (2, 4, 2), (4,), (4,)
    ),
    "conv_transpose": (
        lambda x, w, b: F.conv_transpose2d(x, w, b, stride=2, padding=1),
        (1, 2, 2, 2), (2, 1, 3, 3), (1,),
    ),
    "soft_margin_loss": (lambda x: F.soft_margin_loss(x, WEIGHTS.sign()), B),
    "multi_margin_loss": (lambda x: F.multi_margin_loss(x, CLASSES, p=2), A),
    "multilabel_margin_loss": (lambda x: F.multilabel_margin_loss(x, LABELS), A),
    "pdist": (lambda x: F.pdist(x), (3, 2)),
    "grid_sample": (
        lambda x, at: F.grid_sample(x, at, align_corners=False), (1, 1, 3, 3), (1, 2, 2, 2)
    ),
    "grid_sample, 3d": (
        lambda x, at: F.grid_sample(x, at, align_corners=False), (1, 1, 2, 2, 2), (1, 1, 2, 2, 3)
    ),
    "affine_grid": (lambda x: F.affine_grid(x, (1, 1, 2, 3), align_corners=True), (1, 2, 3)),
    "pack_padded_sequence": (lambda x: rnn.pack_padded_sequence(x, [2, 1]).data, (2, 2, 1)),
    "weight_norm": (lambda v, g: scaled(v, g, 0), A, (2, 1)),
}  # fmt: skip

ONCE = {  # what has no second derivative, in torch neither
    "ctc_loss": (
        lambda x: F.ctc_loss(x.log_softmax(2), CLASSES[1:].view(1, 1), [4], [1]), (4, 1, 3)
    ),
}  # fmt: skip

NOT_HERE = {"NotImplemented", "Error", "Unique2Backward0"}  # which refuse to run backward


def _written(x, y):
    x[0] = y
    x[:, 1] = y[0]
    x[MASK] = y[1]
    x[[1, 0]] *= 2
    x[1].zero_()
    x[0, 1:].fill_(y[2])
    return x


def _pooled_and_unpooled(x):
    windows, places = F.max_pool3d(x, (1, 2, 2), return_indices=True)
    return F.max_unpool3d(windows, places, (1, 2, 2))


def _with_the_same_noise(x):
    torch.manual_seed(0)
    return F.rrelu(x, training=True)


def inputs(shapes):
    rng = np.random.default_rng(0)
    count = sum([int(np.prod(shape)) for shape in shapes])
    values = rng.permutation(np.linspace(0.2, 0.9, count + 1)[:count])
    parts = np.split(values, np.cumsum([int(np.prod(shape)) for shape in shapes])[:-1])
    return [
        torch.tensor(part.reshape(shape), requires_grad=True) for part, shape in zip(parts, shapes)
    ]


@pytest.mark.filterwarnings("ignore:index_reduce\\(\\) is in beta", "ignore:minigrad.cholesky is")
@pytest.mark.parametrize("name", CASES)
def test_first_and_second_derivative(name):
    function, *shapes = CASES[name]
    assert gradcheck(function, inputs(shapes))
    assert gradgradcheck(function, inputs(shapes))


@pytest.mark.parametrize("name", ONCE)
def test_first_derivative(name):
    function, *shapes = ONCE[name]
    assert gradcheck(function, inputs(shapes))


def nodes_of(result):
    """The classes of all nodes below a result, and below its recorded gradient."""
    found, stack = set(), []
    for out in result if isinstance(result, tuple) else [result]:
        stack.append(out.grad_fn)
    while stack:
        node = stack.pop()
        if node is not None and node not in found:
            found.add(node)
            stack += [target for target, _ in node.next_functions]
    return found


def test_every_rule_is_checked():
    """No operation is without a case: its node is in the graph of one, or of its gradient."""
    seen = set()
    for function, *shapes in (CASES | ONCE).values():
        leaves = inputs(shapes)
        result = function(*leaves)
        several = result if isinstance(result, tuple) else (result,)
        seeds = [torch.ones_like(out, requires_grad=True) for out in several]
        grads = torch.autograd.grad(several, leaves, seeds, create_graph=True)
        seen |= {type(node) for node in nodes_of(result)}
        for grad in grads:
            if grad.grad_fn is not None:
                seen |= {type(node) for node in nodes_of(grad)}
    rules = set()
    for module in pkgutil.iter_modules(ops.__path__):
        members = vars(importlib.import_module(f"minigrad.ops.{module.name}")).values()
        rules |= {c for c in members if isinstance(c, type) and issubclass(c, Node)}
    unseen = {rule.__name__ for rule in rules - seen if not rule.__subclasses__()}
    assert unseen - NOT_HERE == set()
