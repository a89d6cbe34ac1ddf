"""What operations with several results return: tuples whose entries also have names."""

from __future__ import annotations

import functools
from collections import namedtuple
from typing import Any


def _named(name: str, *fields: str) -> Any:
    """A tuple class that prints as torch's: each field on a line of its own. Its `written` is the
    class of results that were written to ``out=``."""
    kind = _class(name, fields)
    kind.written = _class(f"{name}_out", fields)
    return kind


def _class(name: str, fields: tuple[str, ...]) -> Any:
    def __repr__(self: Any) -> str:
        lines = [f"{field}={value!r}" for field, value in zip(fields, self)]
        return f"minigrad.return_types.{name}(\n" + ",\n".join(lines) + ")"

    return type(
        name, (_plain(fields),), {"__repr__": __repr__, "__slots__": (), "__module__": __name__}
    )


@functools.cache  # one for all with the same fields: to make one takes 50 µs
def _plain(fields: tuple[str, ...]) -> Any:
    return namedtuple("_plain", fields)  # type: ignore[misc]


_FIELDS = {
    "max": "values indices",
    "min": "values indices",
    "median": "values indices",
    "nanmedian": "values indices",
    "kthvalue": "values indices",
    "sort": "values indices",
    "topk": "values indices",
    "cummax": "values indices",
    "cummin": "values indices",
    "mode": "values indices",
    "aminmax": "min max",
    "slogdet": "sign logabsdet",
    "linalg_slogdet": "sign logabsdet",
    "linalg_qr": "Q R",
    "linalg_svd": "U S Vh",
    "linalg_eigh": "eigenvalues eigenvectors",
    "linalg_lstsq": "solution residuals rank singular_values",
    "linalg_cholesky_ex": "L info",
    "linalg_inv_ex": "inverse info",
    "linalg_solve_ex": "result info",
    "linalg_lu": "P L U",
    "linalg_lu_factor": "LU pivots",
    "linalg_lu_factor_ex": "LU pivots info",
    "lu_unpack": "P L U",
    "qr": "Q R",
    "svd": "U S V",
    "geqrf": "a tau",
    "triangular_solve": "solution cloned_coefficient",
    "frexp": "mantissa exponent",
    "histogram": "hist bin_edges",
}


def __getattr__(name: str) -> Any:
    if name not in _FIELDS:
        raise AttributeError(f"module '{__name__}' has no attribute '{name}'")
    made = globals()[name] = _named(name, *_FIELDS[name].split())  # when first asked for: 50 µs
    return made


def __dir__() -> list[str]:
    return sorted(_FIELDS)
