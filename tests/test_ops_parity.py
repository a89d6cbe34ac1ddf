"""Every operation in scope, compared with real torch over torch's own samples and wrong calls.

Shapes, dtypes, values, flags, names of nodes, first and second derivatives, the in-place variant,
``out=``, and the errors. `python -m tests.parity` runs all samples and prints a table; here there
are at most a few dozen for each operation and dtype.
"""

import warnings
from fnmatch import fnmatchcase

import pytest

pytest.importorskip("torch")
pytest.importorskip("expecttest")  # which torch's list of samples imports

with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    from parity.compare import KINDS, compare
    from parity.samples import OPS, function_of
    from parity.scope import OUT_OF_SCOPE, reason

IN_SCOPE = [name for name in sorted(OPS) if reason(name) is None]


@pytest.mark.parametrize("name", IN_SCOPE)
def test_is_equal_to_torch(name):
    report = compare(name, limit=30)
    assert report.done["forward"] > 0
    unequal = {kind: report.done[kind] - report.equal[kind] for kind in KINDS}
    assert not any(unequal.values()), "\n".join(report.failures[:10])


def test_all_that_is_in_scope_is_there():
    assert [name for name in IN_SCOPE if function_of(name) is None] == []
    assert len(IN_SCOPE) > 280


def test_reasons_name_operations_that_torch_has():
    patterns = [p for listed in OUT_OF_SCOPE.values() for p in listed.split()]
    assert [p for p in patterns if not any(fnmatchcase(name, p) for name in OPS)] == []


def test_a_difference_is_found(monkeypatch):
    """The comparison can fail: in values, in derivatives, in a node's name, in what it saved."""
    import minigrad
    from minigrad.ops.arithmetic import MulBackward0

    monkeypatch.setattr(MulBackward0, "backward", lambda node, grad, x, y: (grad * y, grad + x))
    assert any("backward" in failure for failure in compare("mul", limit=3).failures)
    monkeypatch.undo()
    monkeypatch.setattr(MulBackward0, "kept", MulBackward0.kept[:1])
    assert any("saved" in failure for failure in compare("mul", limit=3).failures)
    monkeypatch.undo()
    monkeypatch.setattr(minigrad, "mul", lambda x, y: x * y + 0)
    assert any("names" in failure for failure in compare("mul", limit=3).failures)
    monkeypatch.setattr(minigrad, "mul", minigrad.add)
    assert any("forward" in failure for failure in compare("mul", limit=3).failures)
