"""Functions that are made of other functions: grids, pairs, areas, places in a sorted row."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from typing import Any

import numpy as np

from . import dtypes
from .errors import warn_once
from .functions import cat, meshgrid, stack, vstack
from .ops import statistics
from .ops.dims import dimension
from .out import with_out
from .recording import apply, wrap
from .tensor import Tensor

__all__ = [
    "alias_copy",
    "as_strided_copy",
    "block_diag",
    "bucketize",
    "cartesian_prod",
    "cdist",
    "chain_matmul",
    "combinations",
    "constant_pad_nd",
    "cumulative_trapezoid",
    "detach_copy",
    "diagonal_copy",
    "expand_copy",
    "gradient",
    "isin",
    "narrow_copy",
    "permute_copy",
    "row_stack",
    "searchsorted",
    "select_copy",
    "split_copy",
    "split_with_sizes_copy",
    "squeeze_copy",
    "t_copy",
    "transpose_copy",
    "trapezoid",
    "trapz",
    "unbind_copy",
    "unfold_copy",
    "unravel_index",
    "unsqueeze_copy",
    "vander",
    "view_copy",
]

row_stack = vstack


def block_diag(*tensors: Tensor) -> Tensor:
    """The matrix that has the given ones, one after the other, on its diagonal."""
    for i, t in enumerate(tensors):
        if t.ndim > 2:
            raise RuntimeError(
                "torch.block_diag: Input tensors must have 2 or fewer dimensions. Input "
                f"{i} has {t.ndim} dimensions"
            )
    if not tensors:
        return wrap(np.empty((1, 0), np.float32))
    kind = dtypes.result_type(*tensors)
    return apply(statistics.BlockDiagBackward0, [t.to(kind) for t in tensors])


def cartesian_prod(*tensors: Tensor) -> Tensor:
    """All ways to take one element of each vector: a row each."""
    for t in tensors:
        if t.ndim != 1:
            raise RuntimeError(f"Expect a 1D vector, but got shape {list(t.shape)}")
    if len(tensors) == 1:
        return tensors[0]
    grids = meshgrid(*tensors, indexing="ij")
    return stack([g.flatten() for g in grids], 1)


def combinations(input: Tensor, r: int = 2, with_replacement: bool = False) -> Tensor:
    """All ways to take r elements of a vector, in its order: a row each."""
    if input.ndim != 1:
        raise RuntimeError(f"Expect a 1D vector, but got shape {list(input.shape)}")
    if r < 0:
        raise RuntimeError(f"Expect a non-negative number, but got {r}")
    choose = itertools.combinations_with_replacement if with_replacement else itertools.combinations
    if not r:
        return input.new_empty((0,))
    places = np.array(list(choose(range(input.numel()), r)), np.int64).reshape(-1, r)
    return stack([input[wrap(column)] for column in places.T], 1)


def cdist(x1: Tensor, x2: Tensor, p: float = 2.0, compute_mode: str = "") -> Tensor:
    """The distances between all pairs of rows: (…, P, M) and (…, R, M) give (…, P, R)."""
    for name, x in (("X1", x1), ("X2", x2)):
        if x.dtype.category < 2:
            kind = x.dtype.scalar_type
            raise RuntimeError(f"cdist only supports floating-point dtypes, {name} got: {kind}")
        if x.ndim < 2:
            raise RuntimeError(f"cdist only supports at least 2D tensors, {name} got: {x.ndim}D")
    if x1.shape[-1] != x2.shape[-1]:
        raise RuntimeError(
            f"X1 and X2 must have the same number of columns. X1: {x1.shape[-1]} X2: {x2.shape[-1]}"
        )
    if p < 0:
        raise RuntimeError("cdist only supports non-negative p values")
    batch = np.broadcast_shapes(x1.shape[:-2], x2.shape[:-2])
    x1, x2 = (x if x.shape[:-2] == batch else x.expand(*batch, *x.shape[-2:]) for x in (x1, x2))
    return apply(statistics.CdistBackward0, (x1, x2), float(p))


def chain_matmul(*matrices: Tensor) -> Tensor:
    """The product of several matrices."""
    warn_once(
        "minigrad.chain_matmul is deprecated and will be removed in a future PyTorch release. Use "
        "minigrad.linalg.multi_dot instead, which accepts a list of two or more tensors rather "
        "than multiple parameters.",
        2,
    )
    from .linalg import multi_dot

    if not matrices:
        raise RuntimeError("chain_matmul(): Expected one or more matrices")
    for matrix in matrices:
        if matrix.ndim != 2:
            raise RuntimeError(f"Tensor dimension is {matrix.ndim}, expected 2 instead.")
    return multi_dot(matrices) if len(matrices) > 1 else matrices[0]


def vander(x: Tensor, N: int | None = None, increasing: bool = False) -> Tensor:
    """The powers of each element of a vector, a column for each exponent."""
    if x.ndim != 1:
        raise RuntimeError("x must be a one-dimensional tensor.")
    n = x.numel() if N is None else N
    if n < 0:
        raise RuntimeError("N must be non-negative.")
    kind = x.dtype if x.dtype.is_floating_point else dtypes.int64
    ones = x.new_ones((x.numel(), min(n, 1)), dtype=kind)
    columns = [x.to(kind).unsqueeze(-1).expand(x.numel(), n - 1)] if n > 1 else []
    powers = cat([ones, *[c.cumprod(-1) for c in columns]], 1)
    return powers if increasing else powers.flip(1)


# -- areas -----------------------------------------------------------------------------------------


def trapezoid(y: Tensor, x: Tensor | None = None, *, dx: float = 1, dim: int = -1) -> Tensor:
    """The area below y by the trapezoidal rule, at the places `x` or `dx` apart."""
    if not y.shape[dim]:
        return y.new_zeros([n for d, n in enumerate(y.shape) if d != dim % y.ndim])
    if x is not None:
        dx_of_each = _distances(x, y, dim)
        before, after = y.narrow(dim, 0, y.shape[dim] - 1), y.narrow(dim, 1, y.shape[dim] - 1)
        return _floating(((before + after) * dx_of_each).sum(dim))._over(2.0)
    ends = _floating(y.select(dim, 0) + y.select(dim, -1))
    return _floating(y.sum(dim) - ends._times(0.5))._times(dx)


def cumulative_trapezoid(
    y: Tensor, x: Tensor | None = None, *, dx: float = 1, dim: int = -1
) -> Tensor:
    """The area below y up to each place, by the trapezoidal rule."""
    n = y.shape[dim] - 1
    pairs = y.narrow(dim, 1, n) + y.narrow(dim, 0, n)
    if x is not None:
        return _floating((pairs * _distances(x, y, dim)).cumsum(dim))._over(2.0)
    return _floating(pairs)._times(dx / 2.0).cumsum(dim)


trapz = trapezoid


def _floating(y: Tensor) -> Tensor:
    return y if y.dtype.is_floating_point else y.to(dtypes.get_default_dtype())


def _distances(x: Tensor, y: Tensor, dim: int) -> Tensor:
    if x.ndim == 1 and y.ndim > 1:
        if x.numel() != y.shape[dim]:
            raise RuntimeError("trapezoid: There must be one `x` value for each sample point")
        axis = dim % y.ndim
        x = x.view([x.numel() if d == axis else 1 for d in range(y.ndim)])
    n = x.shape[dim] - 1
    return x.narrow(dim, 1, n) - x.narrow(dim, 0, n)


def gradient(
    input: Tensor, *, spacing: Any = 1, dim: Any = None, edge_order: int = 1
) -> tuple[Tensor, ...]:
    """∂/∂(each of `dim`) of values on a grid, from the neighbours: the grid's distances, or the
    coordinates of its points, are `spacing`; at the edges by 2 or 3 points (`edge_order`)."""
    if edge_order not in (1, 2):
        raise RuntimeError("torch.gradient only supports edge_order=1 and edge_order=2.")
    spacing = 1 if spacing is None else spacing
    dims = list(range(input.ndim)) if dim is None else [dim] if isinstance(dim, int) else list(dim)
    axes = [dimension(d, input.ndim) for d in dims]
    for axis in axes:
        if axes.count(axis) > 1:
            raise RuntimeError(f"dim {axis} appears multiple times in the list of dims")
    if isinstance(spacing, (list, tuple)) and len(spacing) != len(axes):
        why = (
            f"'self.dim() = {input.ndim}', since dim argument was not given, but got"
            if dim is None
            else f"'dim', but got dim of length {len(axes)} and"
        )
        raise RuntimeError(
            "torch.gradient expected spacing to be unspecified, a scalar, or a list of length "
            f"equal to {why} a list of length {len(spacing)}"
        )
    steps = list(spacing) if isinstance(spacing, (list, tuple)) else [spacing] * len(axes)
    if any(input.shape[axis] < edge_order + 1 for axis in axes):
        raise RuntimeError(
            "torch.gradient expected each dimension size to be at least edge_order+1"
        )
    return tuple([_slope(input, axis, step, edge_order) for axis, step in zip(axes, steps)])


def _slope(y: Tensor, axis: int, step: Any, edge_order: int) -> Tensor:
    n = y.shape[axis]

    def part(start: int, length: int) -> Tensor:
        return y.narrow(axis, start % n, length)

    if not isinstance(step, Tensor):
        inner = (part(2, n - 2) - part(0, n - 2)) / (2 * step)
        if edge_order == 1:
            ends = (part(1, 1) - part(0, 1)) / step, (part(-1, 1) - part(-2, 1)) / step
        else:
            first, last = [part(i, 1) for i in range(3)], [part(-1 - i, 1) for i in range(3)]
            ends = (
                (4 * first[1] - 3 * first[0] - first[2]) / (2 * step),
                (3 * last[0] - 4 * last[1] + last[2]) / (2 * step),
            )
        return cat([ends[0], inner, ends[1]], axis)
    gaps = (step[1:] - step[:-1]).view([-1 if d == axis else 1 for d in range(y.ndim)])
    h, k = gaps.narrow(axis, 0, n - 2), gaps.narrow(axis, 1, n - 2)
    before, here, after = part(0, n - 2), part(1, n - 2), part(2, n - 2)
    inner = before * (-k / (h * (h + k))) + here * ((k - h) / (h * k)) + after * (h / (k * (h + k)))
    a, b = gaps.narrow(axis, 0, 1), gaps.narrow(axis, gaps.shape[axis] - 1, 1)
    if edge_order == 1:
        ends = (part(1, 1) - part(0, 1)) / a, (part(-1, 1) - part(-2, 1)) / b
    else:
        a2, b2 = gaps.narrow(axis, 1, 1), gaps.narrow(axis, gaps.shape[axis] - 2, 1)
        ends = (
            part(0, 1) * (-(2 * a + a2) / (a * (a + a2)))
            + part(1, 1) * ((a + a2) / (a * a2))
            - part(2, 1) * (a / (a2 * (a + a2))),
            part(-3, 1) * (b / (b2 * (b2 + b)))
            - part(-2, 1) * ((b2 + b) / (b2 * b))
            + part(-1, 1) * ((2 * b + b2) / (b * (b2 + b))),
        )
    return cat([ends[0], inner, ends[1]], axis)


# -- copies of views -------------------------------------------------------------------------------


def _copied(name: str) -> Any:
    """The function `view_copy` of the method `view`: what that views, in memory of its own."""

    @with_out
    def call(input: Tensor, *args: Any, **kwargs: Any) -> Any:
        found = getattr(input, name)(*args, **kwargs)
        if isinstance(found, tuple):
            return tuple([part._clone(True) for part in found])
        return found._clone(True)

    call.__name__ = call.__qualname__ = f"{name.strip('_')}_copy"
    call.__doc__ = f"A copy of what `{name.strip('_')}` views."
    return call


alias_copy = _copied("_alias")
as_strided_copy = _copied("as_strided")
detach_copy = _copied("detach")
diagonal_copy = _copied("diagonal")
expand_copy = _copied("expand")
narrow_copy = _copied("narrow")
permute_copy = _copied("permute")
select_copy = _copied("select")
split_copy = _copied("split")
split_with_sizes_copy = _copied("split_with_sizes")
squeeze_copy = _copied("squeeze")
t_copy = _copied("t")
transpose_copy = _copied("transpose")
unbind_copy = _copied("unbind")
unfold_copy = _copied("unfold")
unsqueeze_copy = _copied("unsqueeze")
view_copy = _copied("view")


# -- places ----------------------------------------------------------------------------------------


@with_out
def isin(
    elements: Any, test_elements: Any, *, assume_unique: bool = False, invert: bool = False
) -> Tensor:
    """Where an element is one of `test_elements`; either may be a number."""
    x, y = (t if isinstance(t, Tensor) else wrap(np.asarray(t)) for t in (elements, test_elements))
    return x._isin(y, invert)


@with_out
def searchsorted(
    sorted_sequence: Tensor,
    values: Any,
    *,
    out_int32: bool = False,
    right: bool = False,
    side: str | None = None,
    sorter: Tensor | None = None,
) -> Tensor:
    """Where to insert each value so that a sorted row stays sorted: before its equals, or after."""
    if side not in (None, "left", "right"):
        raise RuntimeError(
            "torch.searchsorted(): side can only be 'left' or 'right' but got " + str(side)
        )
    if side == "left" and right:
        raise RuntimeError(
            "torch.searchsorted(): side and right can't be set to opposites, got side of left "
            "while right was True"
        )
    where: Any = "right" if right or side == "right" else "left"
    rows = sorted_sequence._data
    if sorter is not None:
        rows = np.take_along_axis(rows, sorter._data, -1)
    wanted = values._data if isinstance(values, Tensor) else np.asarray(values)
    if rows.ndim == 1:
        found = np.searchsorted(rows, wanted, where)
    else:
        if wanted.shape[:-1] != rows.shape[:-1]:
            raise RuntimeError(
                "torch.searchsorted(): boundaries tensor should be 1 dimension or the first N-1 "
                "dimensions of boundaries tensor and input value tensor must match, but we got "
                f"boundaries tensor {list(rows.shape)} and input value tensor {list(wanted.shape)}"
            )
        found = np.empty(wanted.shape, np.int64)
        for at in np.ndindex(*rows.shape[:-1]):
            found[at] = np.searchsorted(rows[at], wanted[at], where)
    return wrap(np.asarray(found, np.int32 if out_int32 else np.int64))


@with_out
def bucketize(
    input: Any, boundaries: Tensor, *, out_int32: bool = False, right: bool = False
) -> Tensor:
    """For each element, between which of the sorted boundaries it lies."""
    if boundaries.ndim != 1:
        raise RuntimeError(f"boundaries tensor must be 1 dimension, but got dim({boundaries.ndim})")
    return searchsorted(boundaries, input, out_int32=out_int32, right=right)


def unravel_index(indices: Tensor, shape: int | Sequence[int]) -> tuple[Tensor, ...]:
    """Places in the flattened tensor as places in a tensor of `shape`: one tensor a dimension."""
    if not isinstance(indices, Tensor) or indices.dtype.category != 1:
        given = indices.dtype if isinstance(indices, Tensor) else type(indices).__name__
        raise TypeError(f"expected 'indices' to be integer dtype, but got {given}")
    if not isinstance(shape, (int, list, tuple)):
        raise TypeError(f"expected 'shape' to be int or sequence of ints, but got {type(shape)}")
    sizes = (shape,) if isinstance(shape, int) else tuple(shape)
    for n in sizes:
        if not isinstance(n, int):
            raise TypeError(f"expected 'shape' sequence to only contain ints, but got {type(n)}")
    if any(n < 0 for n in sizes):
        raise ValueError(f"'shape' cannot have negative values, but got {sizes}")
    rest, found = indices._data.astype(np.int64), []
    for n in reversed(sizes):
        rest, place = np.divmod(rest, n)
        found.append(wrap(np.asarray(place)))
    return tuple(reversed(found))


def constant_pad_nd(input: Tensor, pad: Sequence[int], value: Any = 0) -> Tensor:
    """`input` with `value` before and after: pairs of numbers, the last dimension first."""
    return input._constant_pad(tuple(pad), value)
