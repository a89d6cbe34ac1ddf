"""A Tensor's operations by family: torch's signatures, and which nodes of `ops` each call makes.

Each family is a class without state of its own, in a module that is loaded when one of its methods
is first asked for: a program that adds and multiplies never loads what takes matrices apart.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Mapping
from importlib import import_module
from types import FunctionType
from typing import TYPE_CHECKING, Any

from ..checked import told

if TYPE_CHECKING:
    from .conversion import Conversion
    from .factors import Factors
    from .indexing import Indexing
    from .linalg import Linalg
    from .memory import Memory
    from .neural import Neural
    from .pointwise import Pointwise
    from .random import Random
    from .reduction import Reduction
    from .shape import Shape
    from .special import Special
    from .statistics import Statistics


class Family:
    """A class of methods: how to load it, and their names."""

    def __init__(self, load: Callable[[], type], names: str) -> None:
        self.load = load
        self.names = names


FAMILIES = (
    Family(
        lambda: import_module("minigrad.methods.pointwise").Pointwise,
        "__abs__ __add__ __and__ __eq__ __floordiv__ __ge__ __gt__ __iadd__ __iand__ "
        "__ifloordiv__ __ilshift__ __imod__ __imul__ __invert__ __ior__ __ipow__ __irshift__ "
        "__isub__ __itruediv__ __ixor__ __le__ __lshift__ __lt__ __mod__ __mul__ __ne__ __neg__ "
        "__or__ __pos__ __pow__ __radd__ __rand__ __rdiv__ __rfloordiv__ __rlshift__ __rmod__ "
        "__rmul__ __ror__ __rpow__ __rrshift__ __rshift__ __rsub__ __rtruediv__ __rxor__ "
        "__sub__ __truediv__ __xor__ _div _div_floor _div_trunc _floor_quotient _fmod_tensor "
        "_minus _over _plus _pow_number _pow_of_number _pow_tensor _remainder_of_number "
        "_remainder_tensor _round _round_decimals _sigmoid_backward _tanh_backward "
        "_threshold_backward _times _trunc_quotient _where _xlogy_number _xlogy_tensor _zeros "
        "abs abs_ absolute absolute_ acos acos_ acosh acosh_ add add_ addcdiv addcdiv_ addcmul "
        "addcmul_ allclose arccos arccos_ arccosh arccosh_ arcsin arcsin_ arcsinh arcsinh_ "
        "arctan arctan2 arctan2_ arctan_ arctanh arctanh_ asin asin_ asinh asinh_ atan atan2 "
        "atan2_ atan_ atanh atanh_ bitwise_and bitwise_and_ bitwise_left_shift "
        "bitwise_left_shift_ bitwise_not bitwise_not_ bitwise_or bitwise_or_ "
        "bitwise_right_shift bitwise_right_shift_ bitwise_xor bitwise_xor_ ceil ceil_ clamp "
        "clamp_ clamp_max clamp_max_ clamp_min clamp_min_ clip clip_ cos cos_ cosh cosh_ div "
        "div_ divide divide_ eq eq_ equal erf erf_ erfc erfc_ exp exp2 exp2_ exp_ expm1 expm1_ "
        "fix fix_ floor floor_ floor_divide floor_divide_ fmod fmod_ frac frac_ ge ge_ greater "
        "greater_ greater_equal greater_equal_ gt gt_ hypot hypot_ isclose isfinite isinf isnan "
        "isneginf isposinf le le_ lerp lerp_ less less_ less_equal less_equal_ log log10 log10_ "
        "log1p log1p_ log2 log2_ log_ logaddexp logical_and logical_and_ logical_not "
        "logical_not_ logical_or logical_or_ logical_xor logical_xor_ lt lt_ maximum minimum "
        "mul mul_ multiply multiply_ nan_to_num nan_to_num_ ne ne_ neg neg_ negative negative_ "
        "not_equal not_equal_ positive pow pow_ reciprocal reciprocal_ relu relu_ remainder "
        "remainder_ round round_ rsqrt rsqrt_ sgn sgn_ sigmoid sigmoid_ sign sign_ signbit sin "
        "sin_ sinh sinh_ sqrt sqrt_ square square_ sub sub_ subtract subtract_ tan tan_ tanh "
        "tanh_ true_divide true_divide_ trunc trunc_ where xlogy xlogy_",
    ),
    Family(
        lambda: import_module("minigrad.methods.special").Special,
        "_copysign_tensor _entr _erfcx _float_power_ _glu _hardsigmoid _hardsigmoid_ _hardswish "
        "_hardswish_ _i0e _i1 _i1e _log_ndtr _mish _mish_ _mvlgamma_ _ndtri _polygamma "
        "_softshrink _step _xlog1py _zeta angle copysign copysign_ deg2rad deg2rad_ digamma "
        "digamma_ erfinv erfinv_ float_power float_power_ fmax fmin frexp gcd gcd_ hardshrink "
        "heaviside heaviside_ i0 i0_ igamma igamma_ igammac igammac_ lcm lcm_ ldexp ldexp_ "
        "lgamma lgamma_ logaddexp2 logit logit_ mvlgamma mvlgamma_ nextafter nextafter_ "
        "polygamma polygamma_ prelu rad2deg rad2deg_ sinc sinc_",
    ),
    Family(
        lambda: import_module("minigrad.methods.reduction").Reduction,
        "_count _mean_backward _std_mean _var_mean all amax amin any argmax argmin argsort "
        "count_nonzero cumprod cumprod_ cumsum cumsum_ kthvalue logsumexp max mean median min "
        "nanmean nanmedian nansum norm prod sort std sum topk var",
    ),
    Family(
        lambda: import_module("minigrad.methods.statistics").Statistics,
        "_isin aminmax argwhere bincount corrcoef cov cross cummax cummin diagonal_scatter diff "
        "dist histc histogram index_reduce index_reduce_ logcumsumexp mode msort nanquantile "
        "put put_ quantile renorm renorm_ rot90 scatter_reduce scatter_reduce_ select_scatter "
        "slice_scatter unique unique_consecutive",
    ),
    Family(
        lambda: import_module("minigrad.methods.shape").Shape,
        "H T _as_strided _bits _cat _diagonal_backward _diagonal_copy _expand _permute "
        "_reshape_alias _split _split_with_sizes _squeeze_all _squeeze_all_ _squeeze_dim "
        "_squeeze_dim_ _squeeze_dims _squeeze_dims_ _squeeze_result _stack _unfold _unsafe_split "
        "_unsafe_split_with_sizes _unsafe_view "
        "_view adjoint as_strided as_strided_ broadcast_to chunk diag diag_embed diagflat "
        "diagonal dsplit expand expand_as fill_diagonal_ flatten flip fliplr flipud hsplit mH "
        "mT moveaxis movedim permute ravel repeat repeat_interleave reshape reshape_as roll "
        "split split_with_sizes squeeze squeeze_ sum_to_size swapaxes swapaxes_ swapdims "
        "swapdims_ t t_ tensor_split tile trace transpose transpose_ tril tril_ triu triu_ "
        "unbind unflatten unfold unsafe_chunk unsafe_split unsafe_split_with_sizes unsqueeze "
        "unsqueeze_ view view_as vsplit",
    ),
    Family(
        lambda: import_module("minigrad.methods.indexing").Indexing,
        "__getitem__ __setitem__ _alias _index_put_impl _masked_scatter_ _select_at "
        "_select_backward _slice _slice_backward _unique gather index_add index_add_ index_copy "
        "index_copy_ index_fill index_fill_ index_put index_put_ index_select masked_fill "
        "masked_fill_ masked_scatter masked_scatter_ masked_select narrow narrow_copy nonzero "
        "nonzero_static scatter scatter_ scatter_add scatter_add_ select take take_along_dim",
    ),
    Family(
        lambda: import_module("minigrad.methods.linalg").Linalg,
        "__matmul__ __rmatmul__ _addr_ _solve addbmm addbmm_ addmm addmm_ addmv addmv_ addr "
        "addr_ baddbmm baddbmm_ bmm cholesky det dot ger inner inverse kron logdet matmul "
        "matrix_exp matrix_power mm mv outer pinverse slogdet vdot",
    ),
    Family(
        lambda: import_module("minigrad.methods.factors").Factors,
        "_nuclear _singular_values cholesky_inverse cholesky_solve geqrf lu lu_solve orgqr "
        "ormqr qr svd triangular_solve",
    ),
    Family(
        lambda: import_module("minigrad.methods.neural").Neural,
        "_average_pool _average_pool_backward _celu _celu_ _channel_shuffle _col2im "
        "_constant_pad _convolution _convolution_input _convolution_weight _dropout _dropout_ "
        "_elu _elu_ _gelu _hardtanh _hardtanh_ _hardtanh_backward _im2col _leaky_relu "
        "_leaky_relu_ _leaky_relu_backward _log_sigmoid _log_softmax_backward "
        "_mse_loss_backward _pixel_shuffle _pixel_unshuffle _resized _rrelu _rrelu_ _silu "
        "_silu_ _softmax_backward _softplus _threshold _threshold_ log_softmax softmax",
    ),
    Family(
        lambda: import_module("minigrad.methods.conversion").Conversion,
        "_clone _copy _copy_ _fill_number _fill_tensor _new _to_copy bool byte char clone conj "
        "conj_physical conj_physical_ contiguous copy_ cpu cuda double fill_ float half imag "
        "int is_conj is_neg isreal long new_empty new_full new_ones new_tensor new_zeros real "
        "resolve_conj resolve_neg short to type type_as zero_",
    ),
    Family(
        lambda: import_module("minigrad.methods.memory").Memory,
        "_typed_storage apply_ get_device is_meta is_mkldnn is_mps is_nested is_pinned "
        "is_quantized is_set_to is_sparse is_sparse_csr is_xpu itemsize layout map2_ map_ "
        "nbytes new new_empty_strided resize_ resize_as_ set_ share_memory_ storage "
        "storage_offset storage_type untyped_storage",
    ),
    Family(
        lambda: import_module("minigrad.methods.random").Random,
        "_bernoulli _bernoulli_ _cauchy _cauchy_ _exponential _exponential_ _geometric "
        "_geometric_ _log_normal _log_normal_ _normal _normal_ _random _random_ _uniform "
        "_uniform_ bernoulli bernoulli_ cauchy_ exponential_ geometric_ log_normal_ multinomial "
        "normal_ random_ uniform_",
    ),
)


class Later:
    """Stands for a method until its family is loaded. A descriptor, not a `__getattr__` of the
    class, with which Python would read every attribute of a tensor at half the speed."""

    __slots__ = ("family", "name")

    def __init__(self, family: Family, name: str) -> None:
        self.family = family
        self.name = name

    def __get__(self, tensor: Any, kind: Any = None) -> Any:
        found = _loaded(self.family)[self.name]
        return found.__get__(tensor, kind) if hasattr(found, "__get__") else found

    def __set__(self, tensor: Any, value: Any) -> None:
        _loaded(self.family)
        setattr(tensor, self.name, value)


@functools.cache
def _loaded(family: Family) -> dict[str, Any]:
    """The family's methods by name, which from now on stand where a `Later` stood."""
    kind = family.load()
    methods = {name: vars(kind)[name] for name in family.names.split()}
    methods |= checked(methods)
    for name, method in methods.items():
        setattr(Methods, name, method)
    return methods


def checked(methods: Mapping[str, Any]) -> dict[str, Any]:
    """The public ones among `methods`, which now say in torch's words what is wrong with a call.
    That costs 80 ns a call, which the shortest that programs call in loops do not pay; those that
    torch too has in Python need no words but Python's."""
    found = {}
    for name, method in methods.items():
        if isinstance(method, FunctionType) and not name.startswith("_"):
            if not method.__qualname__.startswith("Tensor."):  # else it has a name, or another's
                method.__name__, method.__qualname__ = name, f"Tensor.{name}"
            if name not in _SHORT and name not in _IN_PYTHON:
                found[name] = told(method, name, "method")
    return found


_SHORT = frozenset("dim exp is_floating_point numel relu size sum tanh".split())
_IN_PYTHON = frozenset(
    "backward lu norm register_hook register_post_accumulate_grad_hook split storage storage_type "
    "unflatten unique unique_consecutive".split()
)


if TYPE_CHECKING:

    class Methods(
        Pointwise,
        Special,
        Reduction,
        Statistics,
        Shape,
        Indexing,
        Linalg,
        Factors,
        Neural,
        Conversion,
        Memory,
        Random,
    ):
        """All families together, from which Tensor inherits."""

else:
    Methods = type(
        "Methods",
        (),
        {name: Later(family, name) for family in FAMILIES for name in family.names.split()},
    )
