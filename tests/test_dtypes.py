"""dtypes and Size against torch: every pair of types, every text."""

import copy
import itertools
import pickle
from types import SimpleNamespace

import numpy as np
import pytest
from record_goldens import goldens, outcome

from minigrad import dtypes
from minigrad.size import Size

OURS = SimpleNamespace(**vars(dtypes), Size=Size)
NAMES = ["bool", "uint8", "int8", "int16", "int32", "int64", "float16", "float32", "float64"]
ALIASES = ["half", "float", "double", "short", "int", "long"]

EXPRESSIONS = """
torch.dtype
torch.dtype()
type("wider", (torch.dtype,), {})
setattr(torch.float32, "itemsize", 8)
setattr(torch.float32, "color", "red")
[torch.half, torch.float, torch.double, torch.short, torch.int, torch.long, torch.bool, torch.uint8]
torch.float32 == torch.float, torch.float32 == "float32", torch.float32 in {torch.float: 1}
torch.set_default_dtype(torch.int32)
torch.set_default_dtype(torch.bool)
torch.set_default_dtype("float32")
torch.set_default_dtype(None)
torch.get_default_dtype()
torch.promote_types(torch.uint8, torch.int8)
torch.promote_types(torch.float16, torch.int64)
torch.promote_types(1, torch.int8)
torch.promote_types(torch.int8, "int8")
torch.promote_types(torch.int8, [])
torch.result_type(True, 2), torch.result_type(1, 2.5), torch.result_type(True, False)
torch.can_cast(torch.float64, torch.float16), torch.can_cast(torch.float16, torch.int64)
torch.can_cast(torch.int64, torch.bool), torch.can_cast(torch.bool, torch.uint8)
torch.can_cast(torch.int8, torch.uint8), torch.can_cast(from_=torch.int64, to=torch.float16)
torch.can_cast(1, torch.int8)
torch.can_cast(torch.int8, None)
torch.finfo
torch.finfo()
torch.finfo(torch.float16)
torch.finfo(torch.float32)
torch.finfo(type=torch.float64)
torch.finfo(torch.int8)
torch.finfo(torch.bool)
torch.finfo("float32")
torch.finfo(torch.float32) != torch.finfo(), torch.finfo() == torch.finfo(torch.half)
torch.iinfo
torch.iinfo(torch.uint8)
torch.iinfo(torch.int8)
torch.iinfo(torch.int16)
torch.iinfo(torch.int32)
torch.iinfo(torch.int64)
torch.iinfo(torch.bool)
torch.iinfo(torch.float32)
torch.iinfo(8)
torch.iinfo(torch.int8) == torch.iinfo(torch.int8), torch.iinfo(torch.int8).dtype
torch.Size
torch.Size(), torch.Size([]), torch.Size((1,)), torch.Size(range(3)), torch.Size(n for n in (1, 2))
torch.Size([2, -1]), torch.Size([True]), torch.Size([np.int64(3)])
torch.Size(3)
torch.Size(1, 2)
torch.Size([1.5])
torch.Size([2, "a"])
torch.Size([2, None])
torch.Size([2.0, "a"])
type("Shape", (torch.Size,), {})
torch.Size([2, 3]) == (2, 3), torch.Size([2, 3]) == [2, 3], hash(torch.Size([2])) == hash((2,))
torch.Size([2, 3]) < (3,), (2, 3) in {torch.Size([2, 3])}
torch.Size([2, 3, 4])[1:], torch.Size([2, 3, 4])[::-1], torch.Size([2])[:0]
torch.Size([2, 3, 4])[1], torch.Size([2, 3, 4])[-1], torch.Size([2, 3, 4])[np.int64(0)]
torch.Size([2, 3])[5]
torch.Size([2, 3])["a"]
torch.Size([2, 3]) + torch.Size([4]), torch.Size([2, 3]) + (4,), (4,) + torch.Size([2, 3])
torch.Size([2, 3]) + [4]
torch.Size([2, 3]) + 4
torch.Size([2, 3]).__radd__([4])
torch.Size([2, 3]) + ("a",)
("a",) + torch.Size([2, 3])
torch.Size([2, 3]) * 2, 2 * torch.Size([2, 3]), torch.Size([2, 3]) * -1
torch.Size([2, 3]) * 1.5
torch.Size([2, 3]).numel(), torch.Size([]).numel(), torch.Size([2, 0]).numel()
torch.Size([2, 3]).index(3), torch.Size([2, 3]).count(2), list(torch.Size([2, 3]))
torch.Size([2, 3]).__reduce__()
copy.copy(torch.Size([2, 3])), copy.deepcopy(torch.Size([2, 3]))
"{} {!s} {!r}".format(torch.Size([2]), torch.Size([2]), torch.Size([2]))
""".strip().splitlines()


def names_of(torch):
    return {"torch": torch, "np": np, "copy": copy}


@pytest.fixture(scope="module")
def torch():
    return pytest.importorskip("torch", reason="needs torch")


@pytest.fixture
def default_dtype(request, torch):
    """A default dtype set in both engines, and float32 again afterwards."""
    for engine in (torch, OURS):
        engine.set_default_dtype(getattr(engine, request.param))
    yield request.param
    for engine in (torch, OURS):
        engine.set_default_dtype(engine.float32)


@pytest.mark.parametrize("expression", EXPRESSIONS)
def test_prints_what_torch_printed(expression):
    assert outcome(expression, names_of(OURS)) == goldens("test_dtypes")[expression]


def test_goldens_are_what_torch_prints_today(torch):
    found = {expression: outcome(expression, names_of(torch)) for expression in EXPRESSIONS}
    assert found == goldens("test_dtypes")


@pytest.mark.parametrize("name", NAMES + ALIASES)
def test_attributes_are_torchs(torch, name):
    ours, theirs = getattr(OURS, name), getattr(torch, name)
    for attribute in ("is_floating_point", "is_complex", "is_signed", "itemsize"):
        assert getattr(ours, attribute) == getattr(theirs, attribute)
    assert repr(ours).replace("minigrad", "torch") == str(theirs)
    assert dtypes.from_numpy(ours.numpy) is ours
    assert torch.empty(0, dtype=theirs).numpy().dtype == ours.numpy


@pytest.mark.parametrize("name", NAMES)
def test_limits_are_torchs(torch, name):
    kind = "finfo" if getattr(OURS, name).is_floating_point else "iinfo"
    if name == "bool":
        pytest.raises(TypeError, dtypes.iinfo, dtypes.bool)
        return
    ours, theirs = (getattr(engine, kind)(getattr(engine, name)) for engine in (OURS, torch))
    for attribute in [a for a in dir(theirs) if not a.startswith("_")]:
        assert getattr(ours, attribute) == getattr(theirs, attribute)
        assert type(getattr(ours, attribute)) is type(getattr(theirs, attribute))


def test_promotion_table():
    """Row meets column: b(ool), u(int8), 1 2 4 8 bytes of integer, h(alf), f(loat), d(ouble)."""
    table = """
        b u 1 2 4 8 h f d
        u u 2 2 4 8 h f d
        1 2 1 2 4 8 h f d
        2 2 2 2 4 8 h f d
        4 4 4 4 4 8 h f d
        8 8 8 8 8 8 h f d
        h h h h h h h f d
        f f f f f f f f d
        d d d d d d d d d""".split()
    letter = dict(zip("bu1248hfd", NAMES))
    for (a, b), met in zip(itertools.product(NAMES, NAMES), table):
        assert dtypes.promote_types(getattr(OURS, a), getattr(OURS, b)) is getattr(
            OURS, letter[met]
        )


def test_every_pair_promotes_and_casts_as_in_torch(torch):
    for a, b in itertools.product(NAMES, NAMES):
        for function in ("promote_types", "can_cast"):
            ours, theirs = (
                getattr(engine, function)(getattr(engine, a), getattr(engine, b))
                for engine in (OURS, torch)
            )
            assert str(ours).replace("minigrad", "torch") == str(theirs), (function, a, b)


NUMBERS = [True, 3, 2.5, np.float32(1), np.float64(1), np.int8(1), np.uint64(1), np.bool_(True)]


@pytest.mark.parametrize("default_dtype", ["float16", "float32", "float64"], indirect=True)
def test_every_pair_of_operands_has_torchs_result_type(torch, default_dtype):
    operands = [
        (SimpleNamespace(dtype=getattr(OURS, name), ndim=len(shape)), theirs)
        for name in NAMES
        for shape in [(), (2,), (0, 3)]
        for theirs in [torch.ones(shape, dtype=getattr(torch, name))]
    ]
    operands += [(number, number) for number in NUMBERS]
    for (a, their_a), (b, their_b) in itertools.product(operands, operands):
        ours, theirs = dtypes.result_type(a, b), torch.result_type(their_a, their_b)
        assert repr(ours).replace("minigrad", "torch") == repr(theirs), (a, b)


def tensor(dtype, ndim):
    return SimpleNamespace(dtype=dtype, ndim=ndim)


def test_result_type_by_groups():
    of = dtypes.result_type
    half_vector, double_scalar = tensor(dtypes.float16, 1), tensor(dtypes.float64, 0)
    bytes_, long_scalar = tensor(dtypes.uint8, 2), tensor(dtypes.int64, 0)
    assert of(half_vector, double_scalar) is dtypes.float16
    assert of(bytes_, long_scalar) is dtypes.uint8
    assert of(bytes_, double_scalar, 2.5) is dtypes.float64
    assert of(bytes_, 2.5) is dtypes.float32
    assert of(tensor(dtypes.bool, 1), 3) is dtypes.int64
    assert of(half_vector) is dtypes.float16
    assert of(half_vector, bytes_, tensor(dtypes.float32, 1)) is dtypes.float32


@pytest.mark.parametrize(
    "operands, error",
    [((), TypeError), (("a",), TypeError), ((None, 1), TypeError), ((1j,), NotImplementedError)],
)
def test_result_type_refuses_what_is_no_number(operands, error):
    with pytest.raises(error):
        dtypes.result_type(*operands)


@pytest.mark.parametrize(
    "array",
    [np.array(["a"]), np.array([None]), np.array([b"a"]), np.zeros(1, "M8[D]"), np.zeros(1, ">i4")]
    + [np.zeros(1, "i4,i4")],
    ids=lambda array: str(array.dtype),
)
def test_unsupported_arrays_raise_torchs_error(torch, array):
    with pytest.raises((TypeError, ValueError)) as theirs:
        torch.from_numpy(array)
    with pytest.raises(theirs.type) as ours:
        dtypes.from_numpy(array.dtype)
    assert str(ours.value) == str(theirs.value)


@pytest.mark.parametrize("name", ["complex64", "complex128", "uint16", "uint32", "uint64"])
def test_types_that_only_torch_has(name):
    with pytest.raises(NotImplementedError, match=name):
        dtypes.from_numpy(np.dtype(name))


def test_equivalent_numpy_types_are_one_dtype():
    assert dtypes.from_numpy(np.dtype(np.longlong)) is dtypes.int64
    assert dtypes.from_numpy(np.dtype(np.intc)) is dtypes.int32


def test_a_failed_default_changes_nothing():
    with pytest.raises(TypeError):
        dtypes.set_default_dtype(dtypes.int8)
    assert dtypes.get_default_dtype() is dtypes.float32


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("protocol", range(pickle.HIGHEST_PROTOCOL + 1))
def test_dtypes_come_back_from_pickle_as_themselves(name, protocol):
    kind = getattr(OURS, name)
    assert pickle.loads(pickle.dumps(kind, protocol)) is kind
    assert copy.copy(kind) is kind
    assert copy.deepcopy([kind])[0] is kind


def test_size_comes_back_from_pickle():
    again = pickle.loads(pickle.dumps(Size([2, 3])))
    assert type(again) is Size
    assert again == (2, 3)


def test_size_holds_plain_ints():
    size = Size([True, np.int64(3)])
    assert [type(n) for n in size] == [int, int]
    assert type(tuple.__new__(Size, (2, 3))[1:]) is Size
