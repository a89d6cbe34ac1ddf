"""Which operations of torch's list minigrad leaves out, and why; and what cannot be compared."""

from __future__ import annotations

from fnmatch import fnmatchcase

OUT_OF_SCOPE = {
    "complex numbers": (
        "angle cdouble cfloat chalf complex conj_physical imag real polar view_as_complex "
        "view_as_real fft.* istft stft nn.functional.silu.complex"
    ),
    "sparse and other layouts": "sparse.* to_sparse _segment_reduce.*",
    "bfloat16, which numpy has not": "bfloat16 torch._scaled_mm*",
    "decompositions that are not unique, or not needed often": (
        "linalg.det linalg.norm matrix_exp linalg.qr linalg.svd linalg.eigh linalg.lstsq "
        "linalg.lstsq.grad_oriented linalg.eig linalg.eigvals linalg.eigvalsh linalg.ldl* "
        "linalg.householder_product linalg.pinv.* linalg.cond linalg.norm.* linalg.tensorinv "
        "linalg.matrix_rank.hermitian geqrf ormqr pca_lowrank qr svd svd_lowrank triangular_solve"
    ),
    "special functions": (
        "special.airy_ai special.*bessel* special.*polynomial* special.polygamma.* polygamma.* "
        "signal.windows.*"
    ),
    "random numbers of other distributions": (
        "bernoulli cauchy exponential geometric log_normal multinomial normal normal.in_place "
        "normal.number_mean uniform nn.functional.alpha_dropout nn.functional.dropout2d "
        "nn.functional.dropout3d nn.functional.feature_alpha_dropout.* nn.functional.rrelu "
        "nn.functional.fractional_max_pool*"
    ),
    "masked tensors": "masked.*",
    "torch's own building blocks, not for users": (
        "_* *_copy as_strided_scatter alias_copy empty_permuted empty_strided new_empty_strided "
        "unsafe_* slice torch.ops.* jiterator_* native_* hash_tensor "
        "max_pool2d_with_indices_backward nn.functional.linear_cross_entropy* "
        "bmm.triton_optimized fill rand_like randint*"
    ),
    "statistics and counting": "cov gradient histc histogramdd",
    "convenience": "addbmm cdist ldexp logspace* grid_sampler_*",
    "layers and losses beyond the list in README": (
        "nn.functional.ctc_loss nn.functional.grid_sample nn.functional.multi_margin_loss "
        "nn.functional.multilabel_* nn.functional.pdist"
    ),
    "values left to chance, or of another generator": (
        "nn.functional.multi_head_attention_forward nn.functional.scaled_dot_product_attention"
    ),
    "samples that are functions of torch's own, or need CUDA": (
        "nn.functional.triplet_margin_with_distance_loss nn.functional.batch_norm.without_cudnn"
    ),
    "nodes that keep what torch recomputes, or the other way round": (
        "nn.functional.embedding_bag"
    ),
}

RANDOM = {"empty", "empty_like", "new_empty", "randn", "randn_like", "nn.functional.dropout"}
"""Operations whose values are left to chance: only shapes and dtypes are compared."""

NOT_SAVED = {
    "AddbmmBackward0": "batch1_sym_argsize_0 batch1_sym_argsize_1 batch2_sym_argsize_2",
    "CholeskySolveBackward0": "self",
    "ClampBackward0": "min max",
    "LinalgLuBackward0": "P pivot",
    "LinalgLuFactorExBackward0": "pivot",
    "LinalgLuSolveBackward0": "result",
    "LinalgSlogdetBackward0": "LU pivots sign",
    "LinalgSolveExBackward0": "LU pivots",
    "LinalgSvdBackward0": "U Vh",
    "LuUnpackBackward0": "sizes LU_data_sym_argsize_minus_1 LU_data_sym_argsize_minus_2",
}
"""What nodes save in another form: a bound that was not given, factors, vectors of other sign."""

TIES = {"sort", "argsort", "kthvalue", "topk", "mode"}
"""Operations that may choose any of several equal elements: their indices are compared by what
they point at."""


def reason(name: str) -> str | None:
    """Why an operation is out of scope; None if it is not."""
    if name in _WANTED:
        return None
    for why, patterns in OUT_OF_SCOPE.items():
        if any(fnmatchcase(name, pattern) for pattern in patterns.split()):
            return why
    return None


_WANTED = {f"__r{name}__" for name in "add and div matmul mod mul or pow sub xor".split()} | {
    "__getitem__",
    "index_copy",
    "linspace.tensor_overload",
}
