"""Programs of cells (programs/*.py, split at ``# %%``) show on minigrad what they show on torch.

What torch 2.13 shows stands beside each program in a .txt file, which
``python tests/test_programs.py`` records.
"""

import re
from pathlib import Path

import pytest
from transcript import transcript

PROGRAMS = sorted(Path(__file__).with_name("programs").glob("*.py"))


def cells(program):
    """The cells of a program, without the blank lines around them."""
    parts = re.split(r"^# %%.*\n", program.read_text(encoding="utf-8"), flags=re.MULTILINE)
    return [part.strip("\n") for part in parts[1:]]


@pytest.mark.parametrize("program", PROGRAMS, ids=lambda program: program.stem)
@pytest.mark.parametrize("engine", ["minigrad", "torch"])
def test_program_shows_what_torch_shows(program, engine):
    pytest.importorskip(engine)
    recorded = program.with_suffix(".txt").read_text(encoding="utf-8")
    assert transcript(cells(program), engine) == recorded


if __name__ == "__main__":
    for program in PROGRAMS:
        program.with_suffix(".txt").write_text(transcript(cells(program), "torch"), "utf-8")
