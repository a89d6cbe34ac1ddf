"""Functions that turn, stretch and bend images: grids of places, and images sampled there."""

from __future__ import annotations

import warnings
from collections.abc import Sequence

from ..ops import grids
from ..recording import apply
from ..tensor import Tensor
from . import arguments

__all__ = ["affine_grid", "grid_sample"]

_MODES = ("bilinear", "nearest", "bicubic")
_PADDINGS = ("zeros", "border", "reflection")


def _aligned(align_corners: bool | None) -> bool:
    if align_corners is None:
        warnings.warn(
            "Default grid_sample and affine_grid behavior has changed to align_corners=False since "
            "1.3.0. Please specify align_corners=True if the old behavior is desired. See the "
            "documentation of grid_sample for details.",
            stacklevel=3,
        )
    return bool(align_corners)


def affine_grid(theta: Tensor, size: Sequence[int], align_corners: bool | None = None) -> Tensor:
    """θ·(x, y, 1) for all places of images (N, C, H, W): a grid (N, H, W, 2) for `grid_sample`.

    θ has the shape (N, 2, 3), or (N, 3, 4) for sizes (N, C, D, H, W). Coordinates run from −1 to 1:
    between the centres of the outermost elements with `align_corners`, else between their edges.
    Raises ValueError and NotImplementedError for other shapes, ValueError for integers.
    """
    aligned = _aligned(align_corners)
    if not theta.is_floating_point():
        raise ValueError(f"Expected theta to have floating point type, but got {theta.dtype}")
    n = len(size) - 2
    if n not in (2, 3):
        raise NotImplementedError(
            "affine_grid only supports 4D and 5D sizes, for 2D and 3D affine transforms, "
            f"respectively. Got size {size}."
        )
    if theta.ndim != 3 or tuple(theta.shape[1:]) != (n, n + 1):
        raise ValueError(
            f"Expected a batch of {n}D affine matrices of shape Nx{n}x{n + 1} for size {size}. "
            f"Got {theta.shape}."
        )
    if min(size) <= 0:
        raise ValueError(f"Expected non-zero, positive output size. Got {size}")
    if aligned and 1 in size[2:]:
        warnings.warn(
            "Since version 1.3.0, affine_grid behavior has changed for unit-size grids when "
            "align_corners=True. This is not an intended use case of affine_grid. See the "
            "documentation of affine_grid for details.",
            stacklevel=2,
        )
    if theta.shape[0] != size[0]:
        raise RuntimeError(
            "Expected size for first two dimensions of batch2 tensor to be: "
            f"[{size[0]}, {n + 1}] but got: [{theta.shape[0]}, {n + 1}]."
        )
    return apply(grids.AffineGridGeneratorBackward0, (theta,), tuple(size), aligned)


def grid_sample(
    input: Tensor,
    grid: Tensor,
    mode: str = "bilinear",
    padding_mode: str = "zeros",
    align_corners: bool | None = None,
) -> Tensor:
    """Images (N, C, H, W) at the places (x, y) of a grid (N, h, w, 2): (N, C, h, w).

    Or (N, C, D, H, W) at the places (x, y, z) of a grid (N, d, h, w, 3). Coordinates run from −1 to
    1, see `affine_grid`. `mode` mixes the neighbours ("bilinear", "bicubic") or takes the next
    ("nearest"); outside stand "zeros", the "border"'s elements, or the image's "reflection".
    Raises ValueError for other words, RuntimeError for shapes that do not go together.
    """
    arguments.tensor("grid_sample", input)
    arguments.tensor("grid_sample", grid, "grid", 2)
    if mode not in _MODES:
        raise ValueError(
            "nn.functional.grid_sample(): expected mode to be 'bilinear', 'nearest' or 'bicubic', "
            f"but got: '{mode}'"
        )
    if padding_mode not in _PADDINGS:
        raise ValueError(
            "nn.functional.grid_sample(): expected padding_mode to be 'zeros', 'border', or "
            f"'reflection', but got: '{padding_mode}'"
        )
    aligned = _aligned(align_corners)
    sizes = f"input with sizes {list(input.shape)} and grid with sizes {list(grid.shape)}"
    n = input.ndim - 2
    if input.shape[:1] != grid.shape[:1]:
        raise RuntimeError(
            f"grid_sampler(): expected grid and input to have same batch size, but got {sizes}"
        )
    if grid.shape[-1] != n:
        raise RuntimeError(
            f"grid_sampler(): expected grid to have size {n} in last dimension, but got grid with "
            f"sizes {list(grid.shape)}"
        )
    for dim, size in enumerate(input.shape[2:], 2):
        if size <= 0:
            raise RuntimeError(
                "grid_sampler(): expected input to have non-empty spatial dimensions, but input "
                f"has sizes {list(input.shape)} with dimension {dim} being empty"
            )
    if n not in (2, 3) or grid.ndim != input.ndim:
        raise RuntimeError(
            f"grid_sampler(): expected 4D or 5D input and grid with same number of dimensions, "
            f"but got {sizes}"
        )
    if mode == "bicubic" and n == 3:
        raise RuntimeError("grid_sampler(): bicubic interpolation only supports 4D input")
    if input.dtype is not grid.dtype:
        raise RuntimeError(
            f"expected scalar type {input.dtype.scalar_type} but found {grid.dtype.scalar_type}"
        )
    op = grids.GridSampler2DBackward0 if n == 2 else grids.GridSampler3DBackward0
    how = _MODES.index(mode), _PADDINGS.index(padding_mode)
    return apply(op, (input, grid), *how, aligned)
