"""README.md taken apart: its fenced blocks, each with its language and the heading it stands under.

`python tests/readme.py HEADING [N]` prints the N-th shell block under a heading (0 by default), and
`python tests/readme.py picture` draws README's picture anew.
"""

import re
import subprocess
import sys
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).parent.parent
README = ROOT / "README.md"
PICTURE = ROOT / "notebooks" / "images" / "backward.svg"
PART = re.compile(
    r"^#+ (?P<heading>[^\n]+)$|^```(?P<language>\w*)\n(?P<code>.*?)^```$", re.M | re.S
)


class Block(NamedTuple):
    heading: str
    language: str
    code: str


def blocks():
    """All fenced blocks of README.md, in order."""
    heading, found = "", []
    for part in PART.finditer(README.read_text(encoding="utf-8")):
        if part["heading"]:
            heading = part["heading"]
        else:
            found.append(Block(heading, part["language"], part["code"]))
    return found


def commands(heading):
    """The shell blocks under `heading`; KeyError when there is none."""
    found = [b.code for b in blocks() if b.heading == heading and b.language == "bash"]
    if not found:
        raise KeyError(f"README.md has no shell block under {heading!r}")
    return found


def draw(folder):
    """Run README's first example in `folder`, saving a picture that moves; the SVG's text."""
    code = next(block.code for block in blocks() if block.language == "python")
    code = code.replace("backward.html", "backward.svg")
    subprocess.run([sys.executable, "-c", code], cwd=folder, check=True, stdout=subprocess.DEVNULL)
    return (Path(folder) / "backward.svg").read_text(encoding="utf-8")


if __name__ == "__main__":
    heading, number = [*sys.argv[1:], "0"][:2]
    if heading == "picture":
        draw(PICTURE.parent)
    else:
        print(commands(heading)[int(number)], end="")
