"""``torch.save`` and ``torch.load``: tensors, state dicts and what holds them, in a file.

The file is a pickle behind a line that says so. It is not torch's format: neither reads the
other's files. `load` makes nothing but tensors, numbers, texts and containers, unless it is told
that the file can be trusted (``weights_only=False``).
"""

from __future__ import annotations

import io
import os
import pickle
from typing import IO, Any

from .dtypes import ALL

__all__ = ["load", "save"]

_MAGIC = b"minigrad pickle 1\n"
_SAFE = {
    "collections": {"Counter", "OrderedDict", "defaultdict"},
    "minigrad.nn.parameter": {"Parameter", "_rebuilt"},
    "minigrad.size": {"Size"},
    "minigrad": {"Size", "Tensor", "device"},
    "minigrad.tensor": {"Tensor", "_rebuilt"},
    "numpy": {"dtype", "ndarray"},
    "numpy._core.multiarray": {"_reconstruct", "scalar"},
    "numpy.core.multiarray": {"_reconstruct", "scalar"},
    "numpy._core.numeric": {"_frombuffer"},
    "numpy.core.numeric": {"_frombuffer"},
}
"""What a file that nobody vouches for may call."""

_DTYPES = {kind._name: kind for kind in ALL}

File = str | os.PathLike[str] | IO[bytes]


class _Safe(pickle.Unpickler):
    def find_class(self, module: str, name: str) -> Any:
        if name in _SAFE.get(module, ()):
            return super().find_class(module, name)
        if module == "minigrad" and name in _DTYPES:
            return _DTYPES[name]
        raise pickle.UnpicklingError(
            "Weights only load failed. Re-running `torch.load` with `weights_only` set to `False` "
            "will likely succeed, but it can result in arbitrary code execution. Do it only if you "
            f"got the file from a trusted source. The file asks for {module}.{name}."
        )


def save(
    obj: Any,
    f: File,
    pickle_module: Any = None,
    pickle_protocol: int = 4,
    _use_new_zipfile_serialization: bool = True,
) -> None:
    """Write `obj` to a file: a path, or an open binary file. There is one format."""
    content = io.BytesIO()
    content.write(_MAGIC)
    pickle.dump(obj, content, pickle_protocol)
    if isinstance(f, (str, os.PathLike)):
        with open(f, "wb") as file:
            file.write(content.getvalue())
    else:
        f.write(content.getvalue())


def load(
    f: File,
    map_location: Any = None,
    pickle_module: Any = None,
    *,
    weights_only: bool = True,
    mmap: bool | None = None,
) -> Any:
    """Read what `save` wrote. Raises `pickle.UnpicklingError` for other files, and for objects
    that are neither tensors nor containers of them, unless ``weights_only=False``.

    `map_location` and `mmap` are taken and ignored: there is one device, and all of it is read.
    """
    if isinstance(f, (str, os.PathLike)):
        with open(f, "rb") as file:
            return _read(file, weights_only)
    return _read(f, weights_only)


def _read(file: IO[bytes], weights_only: bool) -> Any:
    if file.read(len(_MAGIC)) != _MAGIC:
        raise pickle.UnpicklingError(
            "This is no file of minigrad's: its format is not torch's. Save the numbers as numpy "
            "arrays to carry them from one to the other."
        )
    return (_Safe if weights_only else pickle.Unpickler)(file).load()
