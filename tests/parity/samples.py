"""torch's own samples of its operations, and the same calls on minigrad."""

from __future__ import annotations

import functools
import types
import warnings
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from torch.testing._internal.common_methods_invocations import op_db

import minigrad

OPS = {f"{op.name}.{op.variant_test_name}".strip("."): op for op in op_db}

DTYPES = {
    getattr(torch, name): getattr(minigrad, name)
    for name in "float16 float32 float64 uint8 int8 int16 int32 int64 bool".split()
}


class OutOfScope(Exception):
    """A sample that asks for what minigrad leaves out: complex numbers, other devices, layouts."""


@dataclass
class Call:
    """One call of an operation, on torch and on minigrad, with arguments that share no memory."""

    on_torch: tuple[tuple[Any, ...], dict[str, Any]]
    on_minigrad: tuple[tuple[Any, ...], dict[str, Any]]
    pairs: list[tuple[Any, Any]]  # the tensors among the arguments, of torch and of minigrad

    @property
    def leaves(self) -> list[tuple[Any, Any]]:
        return [pair for pair in self.pairs if pair[0].requires_grad]


def call_of(sample: Any) -> Call:
    """A torch sample as a call on both engines; tensors that share memory do so on both."""
    pairs: dict[int, tuple[Any, Any]] = {}
    memories: dict[int, np.ndarray] = {}

    def both(value: Any) -> tuple[Any, Any]:
        if isinstance(value, torch.Tensor):
            if id(value) not in pairs:
                pairs[id(value)] = _pair(value, memories)
            return pairs[id(value)]
        if isinstance(value, (list, tuple)) and not isinstance(value, torch.Size):
            items = [both(v) for v in value]
            kind = type(value) if type(value) in (list, tuple) else tuple
            return kind(a for a, _ in items), kind(b for _, b in items)
        if isinstance(value, dict):
            named = {k: both(v) for k, v in value.items()}
            return {k: a for k, (a, _) in named.items()}, {k: b for k, (_, b) in named.items()}
        return value, translated(value)

    if sample.kwargs.get("sparse"):
        raise OutOfScope("sparse gradients")
    args = both((sample.input, *sample.args))
    kwargs = both(sample.kwargs)
    return Call((args[0], kwargs[0]), (args[1], kwargs[1]), list(pairs.values()))


def translated(value: Any) -> Any:
    """An argument that is no tensor, as minigrad has it."""
    if isinstance(value, torch.dtype):
        if value not in DTYPES:
            raise OutOfScope(str(value))
        return DTYPES[value]
    if isinstance(value, torch.device):
        if value.type != "cpu":
            raise OutOfScope(str(value))
        return "cpu"
    if isinstance(value, (torch.layout, torch.memory_format)):
        if value in (torch.strided, torch.contiguous_format, torch.preserve_format):
            return None
        raise OutOfScope(str(value))
    if isinstance(value, complex):
        raise OutOfScope("complex")
    if isinstance(value, torch.Size):
        return tuple(value)
    return value


def _pair(tensor: Any, memories: dict[int, np.ndarray]) -> tuple[Any, Any]:
    if tensor.dtype not in DTYPES:
        raise OutOfScope(str(tensor.dtype))
    if tensor.layout is not torch.strided or tensor.device.type != "cpu":
        raise OutOfScope(f"{tensor.layout} on {tensor.device}")
    if tensor.ndim > 64:
        raise OutOfScope("numpy's arrays have at most 64 dimensions")
    theirs = tensor.detach().resolve_neg().requires_grad_(tensor.requires_grad)
    storage = theirs.untyped_storage()
    if storage.data_ptr() not in memories:
        size = storage.nbytes() // theirs.itemsize
        # Of a copy: torch refuses to resize what an array has been made of.
        whole = theirs.detach().as_strided((size,), (1,), 0)
        memories[storage.data_ptr()] = whole.clone().numpy()
    memory = memories[storage.data_ptr()].view(DTYPES[tensor.dtype].numpy)
    strides = [s * theirs.itemsize for s in theirs.stride()]
    start = memory[theirs.storage_offset() :]
    array = np.lib.stride_tricks.as_strided(start, tuple(theirs.shape), strides)
    return theirs, minigrad.from_numpy(array).requires_grad_(tensor.requires_grad)


def function_of(name: str) -> Any:
    """minigrad's version of an operation of torch's list; None if it has none."""
    wrapper = on_minigrad(OPS[name].op)
    if wrapper is not None:
        return wrapper
    path = OPS[name].name.split(".")
    found: Any = minigrad
    for part in path:
        found = getattr(found, part, None)
    if callable(found) and not isinstance(found, type):
        return found
    found = getattr(minigrad.Tensor, path[-1], None) if len(path) == 1 else None
    if isinstance(found, property):
        return found.fget
    return found


def on_minigrad(wrapper: Any) -> Any:
    """A wrapper of torch's tests that calls torch: its code, with minigrad in torch's place."""
    if isinstance(wrapper, functools.partial):
        ours = getattr(minigrad.nn.functional, wrapper.func.__name__)
        return functools.partial(ours, *wrapper.args, **wrapper.keywords)
    if not isinstance(wrapper, types.FunctionType) or "torch.testing" not in wrapper.__module__:
        return None
    names = {**wrapper.__globals__, "torch": minigrad}
    again = types.FunctionType(
        wrapper.__code__, names, wrapper.__name__, wrapper.__defaults__, wrapper.__closure__
    )
    again.__kwdefaults__ = wrapper.__kwdefaults__
    return again


def samples(name: str, dtype: Any, requires_grad: bool, limit: int | None = None) -> Any:
    """torch's samples for one dtype, as calls on both engines; what is out of scope is left out."""
    count = 0
    torch.manual_seed(0)
    np.random.seed(0)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for sample in OPS[name].sample_inputs("cpu", dtype, requires_grad=requires_grad):
            if limit is not None and count >= limit:
                return
            try:
                call = call_of(sample)
            except OutOfScope:
                continue
            count += 1
            yield call


def error_samples(name: str) -> Any:
    """torch's samples of wrong calls, as calls on both engines."""
    torch.manual_seed(0)
    op = OPS[name]
    if op.error_inputs_func is None:
        return
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for wrong in op.error_inputs("cpu"):
            try:
                yield call_of(wrong.sample_input)
            except OutOfScope:
                continue
