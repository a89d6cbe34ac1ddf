"""numpy's names of arguments, which torch takes too: `axis` for `dim`, `keepdims` for `keepdim`."""

from __future__ import annotations

import functools
from typing import Any

from ..recording import Method

TAKE_THEM = frozenset(
    "all amax amin any argmax argmin count_nonzero cummax cummin cumprod cumsum log_softmax "
    "logcumsumexp logsumexp max median min nanmean nanmedian nansum prod softmax sort squeeze std "
    "unbind unsqueeze var".split()
)
"""The methods that take them; `sum` and `mean`, which are called most, have them as parameters."""


def with_numpy_names(method: Method) -> Method:
    """The method, which also takes numpy's names."""

    @functools.wraps(method)
    def call(self: Any, *args: Any, **named: Any) -> Any:
        if named:
            for theirs, ours in (("axis", "dim"), ("keepdims", "keepdim")):
                if theirs in named and ours not in named:
                    named[ours] = named.pop(theirs)
        return method(self, *args, **named)

    return call
