"""Printing against torch: recorded texts, and random tensors under random options."""

from types import SimpleNamespace

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from record_goldens import goldens, outcome

from minigrad import dtypes, printing

NAN, INF = float("nan"), float("inf")


class Tensor:
    """As much of a tensor as printing reads. `grad_fn` is a node's name, or an error to raise."""

    def __init__(self, array, requires_grad=False, grad_fn=None):
        self._data = array if array.ndim else array[()]
        self.dtype = dtypes.from_numpy(array.dtype)
        self.requires_grad = requires_grad
        self._node = grad_fn

    @property
    def grad_fn(self):
        if isinstance(self._node, Exception):
            raise self._node
        return self._node and SimpleNamespace(name=lambda: self._node)

    __repr__ = printing.tensor_repr
    __format__ = printing.format_tensor


class Minigrad:
    """The printing engine under test, with torch's names."""

    set_printoptions = staticmethod(printing.set_printoptions)
    set_default_dtype = staticmethod(lambda name: dtypes.set_default_dtype(getattr(dtypes, name)))

    @staticmethod
    def make(array, requires_grad=False, cloned=False, kind="Tensor"):
        if kind != "Tensor":
            parameter = type("Parameter", (Tensor,), {})
            bases = (parameter,) if kind.endswith("Parameter") else (Tensor,)
            made = parameter if kind == "Parameter" else type(kind, bases, {})
        else:
            made = Tensor
        return made(array, requires_grad, "CloneBackward0" if cloned else None)


class Torch:
    """Real torch behind the same names."""

    def __init__(self, torch):
        self.torch = torch
        self.set_printoptions = torch.set_printoptions

    def set_default_dtype(self, name):
        self.torch.set_default_dtype(getattr(self.torch, name))

    def make(self, array, requires_grad=False, cloned=False, kind="Tensor"):
        tensor = self.torch.from_numpy(array.copy())
        if kind.endswith("Parameter"):
            base = self.torch.nn.Parameter
            made = base if kind == "Parameter" else type(kind, (base,), {})
            return made(tensor, requires_grad=requires_grad)
        if kind != "Tensor":
            tensor = tensor.as_subclass(type(kind, (self.torch.Tensor,), {}))
        tensor.requires_grad_(requires_grad)
        return tensor.clone() if cloned else tensor


def names_of(torch):
    """What the expressions may use: `show(values, …)` is a tensor's repr in the engine `torch`."""
    engine = torch if torch is Minigrad else Torch(torch)

    def show(values, dtype=None, default="float32", spec=None, **options):
        array = np.asarray(values, dtype or (default if is_float(values) else None))
        flags = {
            flag: options.pop(flag)
            for flag in ("requires_grad", "cloned", "kind")
            if flag in options
        }
        engine.set_printoptions(profile="default")
        engine.set_default_dtype(default)
        try:
            engine.set_printoptions(**options)
            tensor = engine.make(array, **flags)
            text = repr(tensor) if spec is None else format(tensor, spec)
        finally:
            engine.set_printoptions(profile="default")
            engine.set_default_dtype("float32")
        return text.removeprefix("Parameter containing:\n")

    return {"show": show, "np": np, "nan": NAN, "inf": INF, "zeros": np.zeros, "arange": np.arange}


def is_float(values):
    return np.asarray(values).dtype.kind == "f"


EXPRESSIONS = r"""
show(2.5)
show(3.0)
show(-0.0)
show(0.0)
show(nan)
show(-inf)
show(7)
show(True)
show(1e10)
show(3.14159, precision=2)
show(0.1, "float64")
show(0.1, "float16")
show(2.5, requires_grad=True)
show(2.5, requires_grad=True, cloned=True)
show([1.0, 2.0, 3.0])
show([1.0, 2.5, -3.0])
show([1, 20, -300])
show([1, 2], "int32")
show([1, 255], "uint8")
show([True, False])
show([1.0, 2.0], "float16")
show([1.0, 2.0], "float64")
show([1.0, 2.0], "float64", requires_grad=True)
show([1.0, 2.0], "float64", default="float64")
show([1.0, 2.0], "float32", default="float64")
show([1, 2], default="float64")
show([0.0, 0.0])
show([0.0, -0.0, nan, inf, -inf])
show([1.0, nan])
show([1.5, nan, inf])
show([1e-6, nan, inf, 0.0, -0.0])
show([-0.0, 0.5])
show([1000.0, 1.0])
show([1001.0, 1.0])
show([1000.5, 1.0])
show([1001.5, 1.0])
show([1e8, 2e8])
show([1e8])
show([1e8 + 8])
show([1e-4])
show([1e-4], "float64")
show([9.9e-5])
show([1.0, 1e9])
show([0.001, 10.0])
show([1e-45, 1.0])
show([5e-324, 1e308], "float64")
show([65504.0, 6e-8], "float16")
show([1.0, 2.0], sci_mode=True)
show([1.0, 1e9], sci_mode=False)
show([1e-9, 1.5], sci_mode=False)
show([0.0], sci_mode=True)
show([1.23456789], precision=8)
show([1.23456789], precision=0)
show([1.0, 2.0, 3.0], linewidth=5)
[show([1.0, 2.0], "float64", linewidth=n).count("\n") for n in range(30, 50)]
[show([1.0], "float64", linewidth=n, requires_grad=True).count("\n") for n in range(30, 60)]
[show(arange(9.0), "float64", linewidth=n, requires_grad=True) for n in range(44, 52)]
show([])
show([], "int64")
show([], "bool")
show([], "float64", default="float64")
show(zeros((0, 3)))
show(zeros((0, 3)), "int64", requires_grad=False)
show(zeros((2, 0, 3)), requires_grad=True)
show(zeros((0, 3)), requires_grad=True, cloned=True)
show([[1.0, 2.0], [3.0, 4.0]], requires_grad=True)
show([[1.0, 2.0], [3.0, 4.0]], requires_grad=True, cloned=True)
show(zeros((2, 2, 2)))
show(zeros((2, 1, 2, 2)), "int64")
show(zeros(60))
show(arange(60.0))
show(arange(60.0) / 7)
show(arange(19.0), "float64")
show(arange(18.0), "float64")
show(arange(17.0), "float64")
show(arange(16.0), "float64")
show(arange(13.0), requires_grad=True)
show(arange(14.0), requires_grad=True)
show(arange(12.0), requires_grad=True, cloned=True)
show(arange(13.0), requires_grad=True, cloned=True)
show(arange(11.0), "float64", requires_grad=True, cloned=True)
show(arange(1000))
show(arange(1001))
show(arange(1001), "int32")
show(arange(1001.0) / 8, requires_grad=True, cloned=True)
show(arange(5120.0).reshape(256, 20))
show(arange(5120.0).reshape(256, 20) / 1e6, requires_grad=True, cloned=True)
show(arange(2048).reshape(2, 4, 256))
show(arange(4000).reshape(10, 20, 20))
show(zeros((7, 7, 7, 7)))
show(arange(10), threshold=5)
show(arange(10), threshold=5, edgeitems=1)
show(arange(10), threshold=5, edgeitems=0)
show(zeros((3, 3)), threshold=5, edgeitems=0)
show(zeros((3, 3)), edgeitems=0)
show(3.0, edgeitems=0)
show(arange(7), threshold=5, edgeitems=3)
show(arange(6), threshold=5, edgeitems=3)
show([1.0] * 4 + [1e9] + [1.0] * 4, threshold=5)
show(arange(2000), profile="full")
show(arange(2000) / 3, profile="short")
show(arange(10), profile="short", threshold=5)
show(arange(10), profile="unheard of")
show([1.5], precision=1, profile="short")
show([1.5], colour=True)
show([1.0, 2.0], kind="Parameter", requires_grad=True)
show(2.0, kind="Parameter", requires_grad=True)
show([1.0, 2.0], kind="MyParameter", requires_grad=True)
show([1.0, 2.0], kind="MyTensor")
show([1.0, 2.0], "float64", kind="MyTensor", requires_grad=True)
show(arange(2000.0), kind="LongTensorName", requires_grad=True)
show(3.14159, spec=".2f")
show(3.14159, spec="")
show(3.14159, spec="", requires_grad=True)
show(3, spec="04d")
show(3.5, spec="d")
show(True, spec="")
show([3.5], spec="")
show([3.5], spec=".2f")
show(3.5, spec=".2f", kind="Parameter")
show(3.5, spec="", kind="MyTensor")
show(3.5, spec=".2f", kind="MyTensor")
""".strip().splitlines()


@pytest.fixture(scope="module")
def torch():
    return pytest.importorskip("torch", reason="needs torch")


@pytest.mark.parametrize("expression", EXPRESSIONS)
def test_prints_what_torch_printed(expression):
    assert outcome(expression, names_of(Minigrad)) == goldens("test_printing")[expression]


def test_goldens_are_what_torch_prints_today(torch):
    found = {expression: outcome(expression, names_of(torch)) for expression in EXPRESSIONS}
    assert found == goldens("test_printing")


# A few values, spread over a shape: small enough to shrink, mixed enough to meet every style.
FLOATS = st.one_of(
    st.floats(),
    st.floats(-1e5, 1e5).map(lambda x: round(x, 2)),
    st.integers(-(10**9), 10**9).map(float),
    st.sampled_from(
        [0.0, -0.0, NAN, INF, -INF, 5e-324, 1e-45, 1e-4, 1e8, 1e8 + 1, 1000.0, 65504.0]
    ),
)
SHAPES = st.one_of(
    st.lists(st.integers(0, 8), max_size=4).map(tuple),
    st.sampled_from([(1001,), (1200,), (256, 20), (2, 501), (501, 2), (7, 12, 13), (2, 9, 8, 7)]),
)
OPTIONS = st.fixed_dictionaries(
    {},
    optional={
        "precision": st.integers(0, 12),
        "threshold": st.sampled_from([0, 5, 50, 1000, 2.5, INF]),
        "edgeitems": st.integers(0, 5),
        "linewidth": st.integers(0, 130),
        "profile": st.sampled_from(["default", "short", "full"]),
        "sci_mode": st.booleans(),
    },
)


@st.composite
def arrays(draw):
    kind = np.dtype(draw(st.sampled_from("? u1 i1 i2 i4 i8 f2 f4 f8".split())))
    if kind.kind == "f":
        values = FLOATS
    elif kind.kind == "b":
        values = st.booleans()
    else:
        limits = np.iinfo(kind)
        values = st.integers(max(limits.min, -9), 9) | st.integers(int(limits.min), int(limits.max))
    with np.errstate(over="ignore", under="ignore"):
        pool = np.array(draw(st.lists(values, min_size=1, max_size=9))).astype(kind)
    picks = np.random.default_rng(draw(st.integers(0, 99)))
    return np.asarray(picks.choice(pool, draw(SHAPES)), kind)


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    array=arrays(),
    options=OPTIONS,
    default=st.sampled_from(["float16", "float32", "float64"]),
    history=st.sampled_from(["none", "leaf", "result"]),
    kind=st.sampled_from(["Tensor", "Tensor", "Parameter", "MyTensor", "MyParameter"]),
)
def test_prints_what_torch_prints(torch, array, options, default, history, kind):
    flags = {"kind": kind}
    if array.dtype.kind == "f" and history != "none":
        flags["requires_grad"] = True
        flags["cloned"] = history == "result" and kind == "Tensor"
    both = [
        names_of(engine)["show"](array, array.dtype, default, **flags, **options)
        for engine in (Minigrad, torch)
    ]
    assert both[0].replace("minigrad", "torch") == both[1]


def test_printing_reads_options_of_torchs_names(torch):
    printing.set_printoptions(precision=2, threshold=7, edgeitems=1, linewidth=60, sci_mode=False)
    torch.set_printoptions(precision=2, threshold=7, edgeitems=1, linewidth=60, sci_mode=False)
    try:
        assert printing.get_printoptions() == torch._tensor_str.get_printoptions()
    finally:
        for engine in (printing, torch):
            engine.set_printoptions(profile="default")
    assert printing.get_printoptions() == torch._tensor_str.get_printoptions()


def test_sci_mode_is_forgotten_by_the_next_call():
    printing.set_printoptions(sci_mode=True)
    printing.set_printoptions()
    assert repr(Tensor(np.ones(1, "f4"))) == "tensor([1.])"


def test_a_history_that_cannot_be_told_prints_as_invalid():
    """As torch does for a view made and changed in place under no_grad."""
    lost = Tensor(np.ones(1, "f4"), requires_grad=True, grad_fn=RuntimeError("history is gone"))
    assert repr(lost) == "tensor([1.], grad_fn=<Invalid>)"


def test_a_node_is_shown_without_its_namespace():
    result = Tensor(np.ones(1, "f4"), requires_grad=True, grad_fn="torch::autograd::CopySlices")
    assert repr(result) == "tensor([1.], grad_fn=<CopySlices>)"


def test_a_non_contiguous_tensor_prints_as_its_copy():
    array = np.arange(4000.0).reshape(40, 100).T[::-3, ::2]
    assert repr(Tensor(array)) == repr(Tensor(array.copy()))


def test_printing_warns_of_nothing(recwarn):
    repr(Tensor(np.array([5e-324, 1e308, NAN, INF])))
    assert not recwarn.list
