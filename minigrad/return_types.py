"""What operations with several results return: tuples whose entries also have names."""

from __future__ import annotations

from collections import namedtuple
from typing import Any


def _named(name: str, *fields: str) -> Any:
    """A tuple class that prints as torch's: each field on a line of its own."""

    def __repr__(self: Any) -> str:
        lines = [f"{field}={value!r}" for field, value in zip(fields, self)]
        return f"minigrad.return_types.{name}(\n" + ",\n".join(lines) + ")"

    plain = namedtuple(name, fields)  # type: ignore[misc]
    return type(name, (plain,), {"__repr__": __repr__, "__slots__": (), "__module__": __name__})


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
