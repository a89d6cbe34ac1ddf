"""Images sampled at the places of a grid, and grids that an affine map makes."""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from ..engine.node import Node
from .lift import constant, gather, new_zeros, permute, scatter_add, stack, transpose


def affine_points(size: tuple[int, ...], align_corners: bool, dtype: Any) -> Any:
    """The places of an image of `size`, as rows (x, y, …, 1) with coordinates from −1 to 1."""
    axes = []
    for n in size:
        axis = np.linspace(-1, 1, n, dtype=dtype) if n > 1 else np.zeros(n, dtype)
        axes.append(axis if align_corners else axis * dtype.type((n - 1) / n))
    places = np.meshgrid(*axes, indexing="ij")[::-1]
    return np.stack([*places, np.ones(size, dtype)], -1).reshape(-1, len(size) + 1)


class AffineGridGeneratorBackward0(Node):
    """∂(θ·p for the places p of an image)/∂θ: Σ grad·pᵀ"""

    constants = ("size", "align_corners")
    size: tuple[int, ...]
    align_corners: bool

    def forward(self, theta: Any, size: tuple[int, ...], align_corners: bool) -> Any:
        self.size, self.align_corners = size, align_corners
        points = affine_points(size[2:], align_corners, theta.dtype)
        return (points @ theta.swapaxes(1, 2)).reshape(size[0], *size[2:], -1)

    def backward(self, grad: Any) -> Any:
        n = len(self.size) - 2
        points = constant(affine_points(self.size[2:], self.align_corners, np.dtype("d")), grad)
        rows = grad.reshape(self.size[0], math.prod(self.size[2:]), n)
        return transpose(rows, 1, 2) @ points


# -- where a coordinate lies, and how its neighbours share -----------------------------------------

_ZEROS, _BORDER, _REFLECTION = range(3)
_BILINEAR, _NEAREST, _BICUBIC = range(3)

Tap = tuple[Any, Callable[[Any], Any], Callable[[Any], Any]]


def padded(at: Any, size: int, padding: int, align_corners: bool) -> tuple[Any, Any]:
    """Where a place outside of 0 … size − 1 lies instead, and the slope of that."""
    slope = np.ones_like(at)
    if padding == _REFLECTION:
        low, span = (0.0, size - 1.0) if align_corners else (-0.5, float(size))
        if span == 0:
            at, slope = np.zeros_like(at), np.zeros_like(at)
        else:
            slope = np.where(at < low, -slope, slope)
            flips, extra = np.divmod(np.abs(at - low), span)
            odd = flips % 2 == 1
            at, slope = np.where(odd, span - extra, extra) + low, np.where(odd, -slope, slope)
    if padding != _ZEROS:
        slope = np.where((at <= 0) | (at >= size - 1), 0, slope)
        at = np.clip(at, 0, size - 1)
    return at.astype(slope.dtype), slope


def taps(at: Any, mode: int) -> list[Tap]:
    """The neighbours that a place is mixed of: (number, share, slope of the share), the last two as
    functions of the fraction t that the place lies behind the first whole number before it."""
    if mode == _NEAREST:
        return [(np.rint(at), lambda t: t * 0 + 1, lambda t: t * 0)]
    first = np.floor(at)
    if mode == _BILINEAR:
        return [
            (first, lambda t: 1 - t, lambda t: t * 0 - 1),
            (first + 1, lambda t: t, lambda t: t * 0 + 1),
        ]
    return [
        (first - 1, lambda t: _far(t + 1), lambda t: _far_slope(t + 1)),
        (first, _near, _near_slope),
        (first + 1, lambda t: _near(1 - t), lambda t: -_near_slope(1 - t)),
        (first + 2, lambda t: _far(2 - t), lambda t: -_far_slope(2 - t)),
    ]


def _near(x: Any) -> Any:
    """Keys' cubic with a = −0.75, up to a distance of 1; and beyond, up to 2."""
    return (1.25 * x - 2.25) * x * x + 1


def _near_slope(x: Any) -> Any:
    return (3.75 * x - 4.5) * x


def _far(x: Any) -> Any:
    return ((-0.75 * x + 3.75) * x - 6) * x + 3


def _far_slope(x: Any) -> Any:
    return (-2.25 * x + 7.5) * x - 6


def _flat(x: Any) -> tuple[int, ...]:
    """The shape (N, C, …) with all places in one dim."""
    return (*x.shape[:2], math.prod(x.shape[2:]))


class _GridSampler(Node):
    """∂(x at the places of a grid)/∂x: each gradient goes to the neighbours that it was mixed of,
    ∂/∂grid: by the slope of the mix"""

    saves = {"input": 0b11, "grid": 0b11}
    constants = ("interpolation_mode", "padding_mode", "align_corners")
    interpolation_mode: int
    padding_mode: int
    align_corners: bool

    def forward(self, x: Any, grid: Any, mode: int, padding: int, align_corners: bool) -> Any:
        self.interpolation_mode, self.padding_mode = mode, padding
        self.align_corners = align_corners
        flat = x.reshape(_flat(x))
        out: Any = new_zeros(flat, (*x.shape[:2], math.prod(grid.shape[1:-1])))
        for places, shares, _ in self.mixes(grid, x.shape[2:]):
            found = np.take_along_axis(flat, places[:, None], 2)
            out += found * math.prod(shares)[:, None]
        return out.reshape(*x.shape[:2], *grid.shape[1:-1])

    def mixes(
        self, grid: Any, sizes: tuple[int, ...]
    ) -> Iterator[tuple[Any, list[Any], list[Any]]]:
        """For each neighbour (N, places): its number in the image, and for each dim its share, and
        the slope of the share as a function of the grid."""
        mode, padding = self.interpolation_mode, self.padding_mode
        plain = np.asarray(getattr(grid, "_data", grid))
        rows, every = (len(plain), math.prod(plain.shape[1:-1])), []
        for dim, size in enumerate(reversed(sizes)):
            scale = (size - 1) / 2 if self.align_corners else size / 2
            offset = (size - 1) / 2
            one = plain[..., dim].reshape(rows)
            at = one * one.dtype.type(scale) + one.dtype.type(offset)
            finite = np.isfinite(at)
            lost = np.isnan(at) if padding == _BORDER else ~finite
            at = np.where(lost, at.dtype.type(0 if padding else -1), at)
            slope = np.ones_like(at)
            if mode != _BICUBIC:
                at, slope = padded(at, size, padding, self.align_corners)
            begin = np.floor(at)
            slope = slope * at.dtype.type(scale)
            here = grid[..., dim].reshape(rows)
            fraction = at - begin
            if mode == _BICUBIC or (mode, padding) == (_BILINEAR, _ZEROS):
                fraction = np.where(finite, fraction, np.nan)
            t = constant(fraction, here)
            if grid is not plain:  # recorded: a function of the grid
                t = here * constant(slope, here) + constant(fraction - one * slope, here)
            dims = []
            for number, share, change in taps(at, mode):
                if mode == _BICUBIC:
                    number, _ = padded(number, size, padding, self.align_corners)
                inside = constant((number >= 0) & (number < size), here)
                number = np.clip(number, 0, size - 1).astype(np.int64)
                dims.append((number, share(t) * inside, change(t) * inside * constant(slope, here)))
            every.append(dims)
        for mix in itertools.product(*every):
            places = np.zeros(mix[0][0].shape, np.int64)
            for (number, _, _), size in zip(reversed(mix), sizes):
                places = places * size + number
            yield places, [share for _, share, _ in mix], [change for _, _, change in mix]

    def backward(self, grad: Any, x: Any, grid: Any) -> Any:
        to_x, to_grid = self.edges
        flat, grad = x.reshape(_flat(x)), grad.reshape(_flat(grad))
        into: Any = new_zeros(flat, tuple(flat.shape))
        slopes: list[Any] = [0.0] * (x.ndim - 2)
        for places, shares, changes in self.mixes(grid, x.shape[2:]):
            where = np.broadcast_to(places[:, None], grad.shape)
            where = constant(where, grad, cast=False)
            if to_x:
                into = scatter_add(into, 2, where, grad * math.prod(shares)[:, None])
            if to_grid:
                along = (gather(flat, 2, where) * grad).sum(1)
                for dim, change in enumerate(changes):
                    others = [share for i, share in enumerate(shares) if i != dim]
                    slopes[dim] = slopes[dim] + along * math.prod([change, *others])
        return (
            to_x and into.reshape(x.shape),
            to_grid and permute(stack(slopes, 0), (1, 2, 0)).reshape(grid.shape),
        )


class GridSampler2DBackward0(_GridSampler):
    __doc__ = _GridSampler.__doc__


class GridSampler3DBackward0(_GridSampler):
    __doc__ = _GridSampler.__doc__
