"""Operations on shapes, indices and dtypes that nobody thought of: against numpy, and torch."""

import warnings

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import minigrad

EXAMPLES = settings(max_examples=150, deadline=None, derandomize=True)
DTYPES = "float16 float32 float64 uint8 int8 int16 int32 int64 bool".split()

shapes = st.lists(st.integers(0, 3), max_size=3).map(tuple)


def array(shape, dtype="float64", seed=0):
    values = np.random.default_rng(seed).integers(0, 5, shape) / (2 if "f" in dtype else 1)
    return np.asarray(values).astype(dtype)


def same(ours, theirs):
    """Equal shapes, dtypes and elements, of a minigrad tensor and an array or a torch tensor."""
    wanted = theirs if isinstance(theirs, (np.ndarray, np.generic)) else theirs.detach().numpy()
    got = ours.detach().numpy()
    assert (got.shape, got.dtype) == (wanted.shape, wanted.dtype)
    np.testing.assert_allclose(got, wanted, rtol=1e-3 if got.dtype == np.float16 else 1e-6)


def outcome(function, *args):
    try:
        return function(*args)
    except Exception as error:
        return error


def same_outcome(ours, theirs):
    if isinstance(theirs, Exception) or isinstance(ours, Exception):
        texts = [f"{type(e).__name__}: {e}".replace("minigrad", "torch") for e in (ours, theirs)]
        assert texts[0] == texts[1]
    else:
        same(ours, theirs)


# -- indices ---------------------------------------------------------------------------------------

bounds = st.none() | st.integers(-4, 4)
simple = st.one_of(
    st.integers(-3, 2),
    st.builds(slice, bounds, bounds, st.none() | st.integers(1, 3)),
    st.none(),
    st.just(Ellipsis),
)
places = st.lists(st.integers(-2, 1), max_size=3)


@st.composite
def indices(draw):
    """A shape and an index that may or may not fit it."""
    shape = draw(st.lists(st.integers(1, 3), min_size=1, max_size=3).map(tuple))
    items = draw(st.lists(st.one_of(simple, simple, places), min_size=1, max_size=4))
    if items.count(Ellipsis) > 1:
        items = [item for item in items if item is not Ellipsis]
    if draw(st.booleans()):
        dim = draw(st.integers(0, len(shape) - 1))
        mask = draw(st.lists(st.booleans(), min_size=shape[dim], max_size=shape[dim]))
        items.insert(min(dim, len(items)), mask)
    return shape, tuple(items)


def for_engine(engine, index):
    """Lists of places and masks as tensors."""

    def tensor(item):
        kind = engine.bool if item and isinstance(item[0], bool) else engine.int64
        return engine.tensor(item, dtype=kind)

    return tuple([tensor(item) if isinstance(item, list) else item for item in index])


@EXAMPLES
@given(indices())
def test_indexing_is_numpys_where_that_means_the_same(case):
    shape, index = case
    lists = [i for i, item in enumerate(index) if isinstance(item, list)]
    numbers = any(isinstance(item, int) for item in index)
    if len(lists) > 1 or (lists and numbers):
        return  # an integer beside a list is a list of one to numpy
    x = array(shape)
    theirs = outcome(x.__getitem__, index_arrays(index))
    ours = outcome(minigrad.tensor(x).__getitem__, for_engine(minigrad, index))
    if isinstance(theirs, Exception):
        # Where nothing is taken torch looks at no index; the next test compares with it.
        assert isinstance(ours, (IndexError, ValueError)) or not ours.numel()
    else:
        same(ours, theirs)


def index_arrays(index):
    return tuple(
        [
            np.array(item, bool if item and isinstance(item[0], bool) else np.int64)
            if isinstance(item, list)
            else item
            for item in index
        ]
    )


@EXAMPLES
@given(indices(), st.booleans())
def test_indexing_assigning_and_their_gradients_are_torchs(case, accumulate):
    torch = pytest.importorskip("torch")
    shape, index = case
    results = []
    for engine in (minigrad, torch):
        x = engine.tensor(array(shape), requires_grad=True)
        picked = outcome(lambda x=x, e=engine: x[for_engine(e, index)])
        results.append([picked])
        if isinstance(picked, Exception):
            continue
        (picked * picked).sum().backward()
        y = engine.tensor(array(tuple(picked.shape), seed=1), requires_grad=True)
        written = x * 1
        written[for_engine(engine, index)] = y * 2
        written.sum().backward()
        results[-1] += [x.grad, y.grad, written]
    if results[1][0].__class__ is torch.Tensor and not results[1][0].numel():
        return  # numpy looks at the indices also where nothing is picked
    for ours, theirs in zip(*results):
        same_outcome(ours, theirs)


# -- broadcasting and promotion --------------------------------------------------------------------

BINARY = "add sub mul true_divide maximum eq lt logical_and atan2 pow remainder".split()


@EXAMPLES
@given(st.sampled_from(BINARY), shapes, shapes, st.sampled_from(DTYPES), st.sampled_from(DTYPES))
def test_operands_broadcast_and_promote_as_torchs(name, a_shape, b_shape, a_dtype, b_dtype):
    torch = pytest.importorskip("torch")
    a, b = array(a_shape, a_dtype), array(b_shape, b_dtype, 1)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        ours = outcome(getattr(minigrad, name), minigrad.tensor(a), minigrad.tensor(b))
        theirs = outcome(getattr(torch, name), torch.tensor(a), torch.tensor(b))
    same_outcome(ours, theirs)


@EXAMPLES
@given(st.data(), shapes)
def test_gradients_of_broadcasting_have_the_inputs_shapes(data, shape):
    parts = [data.draw(st.sampled_from([shape, tuple(1 for _ in shape), shape[1:]])) for _ in "ab"]
    a, b = (minigrad.tensor(array(part), requires_grad=True) for part in parts)
    (a * b + b).sum().backward()
    assert (a.grad.shape, b.grad.shape) == (a.shape, b.shape)


# -- reductions, views, products -------------------------------------------------------------------


@EXAMPLES
@given(st.data(), shapes, st.booleans(), st.sampled_from("sum mean prod var".split()))
def test_reductions_are_numpys(data, shape, keepdim, name):
    dims = data.draw(st.lists(st.sampled_from(range(len(shape))), unique=True)) if shape else []
    if not dims or name == "prod":
        dims = dims[:1]
    x = array(shape)
    how = {"correction": 0} if name == "var" else {}
    axes = tuple(dims) if dims else tuple(range(len(shape)))
    if name == "prod" and not dims:
        return
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        dim = dims[0] if name == "prod" else tuple(dims)
        ours = getattr(minigrad.tensor(x), name)(dim, keepdim=keepdim, **how)
        theirs = getattr(np, name)(x, axis=axes, keepdims=keepdim)
    same(ours, np.asarray(theirs))


@EXAMPLES
@given(st.data(), st.lists(st.sampled_from("ijk"), max_size=3))
def test_einsum_is_numpys(data, output):
    output = "".join(dict.fromkeys(output))
    terms = [
        "".join(data.draw(st.permutations("ijk"))[: data.draw(st.integers(0, 3))])
        for _ in range(data.draw(st.integers(1, 3)))
    ]
    if not set(output) <= set("".join(terms)):
        return
    size = {"i": 2, "j": 3, "k": 1}
    arrays = [array(tuple(size[c] for c in term), seed=n) for n, term in enumerate(terms)]
    equation = ",".join(terms) + "->" + output
    ours = minigrad.einsum(equation, *[minigrad.tensor(x) for x in arrays])
    same(ours, np.asarray(np.einsum(equation, *arrays)))


@EXAMPLES
@given(st.data(), st.lists(st.integers(1, 3), min_size=1, max_size=4).map(tuple))
def test_views_read_the_same_memory(data, shape):
    base = minigrad.tensor(array(shape))
    order = data.draw(st.permutations(range(len(shape))))
    view = base.permute(*order)[..., None].expand(*[shape[d] for d in order], 2)[..., 0]
    assert view._base is base
    base.mul_(3)
    same(view, array(shape).transpose(order) * 3)


@EXAMPLES
@given(st.data(), st.lists(st.integers(0, 3), min_size=1, max_size=3).map(tuple))
def test_cat_and_split_are_each_others_inverse(data, shape):
    dim = data.draw(st.integers(-len(shape), len(shape) - 1))
    x = minigrad.tensor(array(shape), requires_grad=True)
    size = data.draw(st.integers(1, 3))
    joined = minigrad.cat(x.split(size, dim), dim)
    same(joined, x)
    joined.sum().backward()
    same(x.grad, np.ones(shape))


@EXAMPLES
@given(
    st.integers(1, 3), st.integers(0, 2), st.integers(1, 2), st.integers(1, 2), st.integers(1, 2)
)
def test_convolution_is_a_sum_over_windows(kernel, padding, stride, dilation, groups):
    x, w = array((2, 2 * groups, 6)), array((2 * groups, 2, kernel), seed=1)
    out = minigrad.nn.functional.conv1d(
        minigrad.tensor(x), minigrad.tensor(w), None, stride, padding, dilation, groups
    )
    wide = np.pad(x, [(0, 0), (0, 0), (padding, padding)])
    for n, o, place in np.ndindex(*out.shape):
        group = o // 2
        wanted = sum(
            w[o, c, k] * wide[n, 2 * group + c, place * stride + k * dilation]
            for c in range(2)
            for k in range(kernel)
        )
        assert out[n, o, place].item() == pytest.approx(wanted)
