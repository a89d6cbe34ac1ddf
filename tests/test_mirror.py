"""Each heading and each cell of the documents has a home in the course, and the pages say where."""

import re
import subprocess
import sys

import nbformat
import pytest
from mirror import (
    CHAPTERS,
    PAGES,
    PARTS,
    README,
    TEACHERS,
    broken_cells,
    filled,
    measured,
    minutes,
    places,
    stubs,
)


@pytest.mark.parametrize("part", PARTS)
def test_it_has_a_home(part):
    assert places().get(part), f"no cell of the course is tagged {part}"


def test_every_tag_names_a_part():
    assert sorted(set(places()) - set(PARTS)) == []


@pytest.mark.parametrize("page, name, made", PAGES, ids=[name for _, name, _ in PAGES])
def test_a_page_shows_what_is_made(page, name, made):
    assert page.read_text(encoding="utf-8") == filled(page, name, made), "python tests/mirror.py"


def test_the_checks_know_the_broken_cells():
    assert stubs.FILE.read_text(encoding="utf-8") == broken_cells(), "python tests/mirror.py"


def test_readme_tells_the_minutes():
    rows = re.findall(r"^\| \[(\d\d) .* \| (\d+) \|$", README.read_text(encoding="utf-8"), re.M)
    assert rows == [(path.name[:2], str(minutes(path))) for path in CHAPTERS]


@pytest.mark.parametrize("path", CHAPTERS, ids=lambda path: path.stem)
def test_a_chapter_takes_the_minutes_that_it_says(path):
    assert minutes(path) == 5 * round(measured(path) / 5)
    assert 20 <= minutes(path) <= 40 or path == CHAPTERS[0]
    assert measured(path) <= 40


def test_every_chapter_has_its_meeting():
    rows = re.findall(r"^\| \d \| ([\d, ]+) \|", TEACHERS.read_text(encoding="utf-8"), re.M)
    assert ", ".join(rows).split(", ") == [path.name[:2] for path in CHAPTERS]


def test_the_line_that_makes_slides(tmp_path):
    lines = re.findall(r"^jupyter (nbconvert .*--to slides .*)$", TEACHERS.read_text("utf-8"), re.M)
    for line in lines:
        subprocess.run(
            [sys.executable, "-m", "jupyter", *line.split(), f"--output-dir={tmp_path}"],
            cwd=README.parent,
            check=True,
            capture_output=True,
        )
    (made,) = tmp_path.glob("*.slides.html")
    assert "minigrad-player" in made.read_text(encoding="utf-8")


@pytest.mark.skipif(sys.platform == "win32", reason="the line for marks is one of a Unix shell")
def test_the_lines_that_give_marks(tmp_path):
    page = TEACHERS.read_text(encoding="utf-8").split("## Who has solved what")[1]
    blocks = dict(re.findall(r"^```(\w+)\n(.*?)^```$", page, re.M | re.S))
    (tmp_path / "notebooks").symlink_to(TEACHERS.parent)
    for name, answer in ("ada", "48"), ("bob", "1 / 0"):
        cells = ["import minigrad as torch", f"import check\ncheck.gears({answer})"]
        cells = [nbformat.v4.new_code_cell(cell) for cell in cells]
        (tmp_path / "handed_in" / name).mkdir(parents=True)
        nbformat.write(
            nbformat.v4.new_notebook(cells=cells), tmp_path / "handed_in" / name / "03.ipynb"
        )
    shell = ["bash", "-ec", blocks["bash"].replace("jupyter", f"{sys.executable} -m jupyter")]
    subprocess.run(shell, cwd=tmp_path, check=True, capture_output=True)
    listed = subprocess.run(
        [sys.executable, "-c", blocks["python"]], cwd=tmp_path, check=True, capture_output=True
    )
    assert listed.stdout.decode() == "ada 1 gears\nbob 0\n"


def test_links_of_the_teachers_page_are_there():
    targets = re.findall(r"\]\((?!https?:)([^)#]+)", TEACHERS.read_text(encoding="utf-8"))
    assert len(targets) > len(CHAPTERS)
    assert [target for target in targets if not (TEACHERS.parent / target).exists()] == []
