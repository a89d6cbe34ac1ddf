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


max = _named("max", "values", "indices")
min = _named("min", "values", "indices")
median = _named("median", "values", "indices")
nanmedian = _named("nanmedian", "values", "indices")
kthvalue = _named("kthvalue", "values", "indices")
sort = _named("sort", "values", "indices")
topk = _named("topk", "values", "indices")
cummax = _named("cummax", "values", "indices")
cummin = _named("cummin", "values", "indices")
mode = _named("mode", "values", "indices")
aminmax = _named("aminmax", "min", "max")
slogdet = _named("slogdet", "sign", "logabsdet")
linalg_slogdet = _named("linalg_slogdet", "sign", "logabsdet")
linalg_qr = _named("linalg_qr", "Q", "R")
linalg_svd = _named("linalg_svd", "U", "S", "Vh")
linalg_eigh = _named("linalg_eigh", "eigenvalues", "eigenvectors")
linalg_lstsq = _named("linalg_lstsq", "solution", "residuals", "rank", "singular_values")
linalg_cholesky_ex = _named("linalg_cholesky_ex", "L", "info")
linalg_inv_ex = _named("linalg_inv_ex", "inverse", "info")
linalg_solve_ex = _named("linalg_solve_ex", "result", "info")
linalg_lu = _named("linalg_lu", "P", "L", "U")
linalg_lu_factor = _named("linalg_lu_factor", "LU", "pivots")
linalg_lu_factor_ex = _named("linalg_lu_factor_ex", "LU", "pivots", "info")
lu_unpack = _named("lu_unpack", "P", "L", "U")
qr = _named("qr", "Q", "R")
svd = _named("svd", "U", "S", "V")
geqrf = _named("geqrf", "a", "tau")
triangular_solve = _named("triangular_solve", "solution", "cloned_coefficient")
frexp = _named("frexp", "mantissa", "exponent")
histogram = _named("histogram", "hist", "bin_edges")
