"""Version counters: how the engine notices that a saved value was overwritten."""

from __future__ import annotations


class Version:
    """How often a piece of memory was written in place; views of one memory share one counter."""

    __slots__ = ("value",)

    inference = False  # whether it is that of a tensor that no graph may need

    def __init__(self, value: int = 0) -> None:
        self.value = value


UNWRITTEN = Version()
"""The counter of every tensor that was never written in place and that no other tensor aliases.

It is shared and never bumped: the first write, or the first alias, gives a tensor its own counter.
So "never touched" is one identity check, and a plain result costs no counter object.
"""


class _Uncounted(Version):
    inference = True
    value = property(lambda self: 0, lambda self, value: None)  # type: ignore[assignment]


class Detached(Version):
    """The counter of a tensor that left its graph in place: counts on, but is another object."""

    __slots__ = ("before",)

    def __init__(self, before: Version) -> None:
        self.before = before

    @property
    def value(self) -> int:  # type: ignore[override]
        return self.before.value

    @value.setter
    def value(self, value: int) -> None:
        self.before.value = value


class InferenceAlias(Version):
    """The counter of what `detach` makes of such a tensor later, which may be written to."""

    __slots__ = ()
    inference = True


INFERENCE = _Uncounted()
"""The counter of every tensor made in inference mode: it counts nothing, which saves time, and so
nothing that backward needs may be such a tensor."""
