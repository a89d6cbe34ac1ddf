"""One term for one idea: the chapters keep to notebooks/glossary.md, in English and in Chinese."""

import re
from pathlib import Path

import nbformat
import pytest

NOTEBOOKS = Path(__file__).parent.parent / "notebooks"
CHAPTERS = sorted(NOTEBOOKS.glob("[0-9][0-9]_*.ipynb"))
ROWS = [
    [cell.strip() for cell in line.strip("|").split("|")]
    for line in (NOTEBOOKS / "glossary.md").read_text(encoding="utf-8").splitlines()
    if line.startswith("|")
][2:]
CHINESE = {english.lower(): chinese for english, chinese, *_ in ROWS}
VARIANTS = [variant.strip() for *_, variants in ROWS for variant in variants.split(",")]


def prose(path):
    """The text of a chapter without its code."""
    cells = nbformat.read(path, as_version=4).cells
    text = "\n".join(cell.source for cell in cells if cell.cell_type == "markdown")
    return re.sub(r"```.*?```|`[^`]*`", "", text, flags=re.S)


def forbidden(text):
    """The variants that stand in `text`."""
    found = []
    for variant in VARIANTS:
        whole = rf"\b{variant}\b" if variant.isascii() else variant
        found += re.findall(whole, text, re.I)
    return found


def test_each_term_stands_once():
    for terms in zip(*[row[:2] for row in ROWS], strict=True):
        assert len(set(terms)) == len(ROWS)


@pytest.mark.parametrize("path", CHAPTERS, ids=lambda path: path.stem)
def test_a_chapter_uses_no_variant(path):
    assert forbidden(prose(path)) == []


def test_a_variant_is_found():
    assert forbidden("The forward propagation, 正向传播.") == ["forward propagation", "正向传播"]


@pytest.mark.parametrize("path", CHAPTERS, ids=lambda path: path.stem)
def test_a_term_explained_in_a_chapter_is_that_of_the_glossary(path):
    explained = re.findall(r"\*\*([^*·]+) · ([\u4e00-\u9fff]+)\.?\*\*", prose(path))
    assert explained
    for english, chinese in explained:
        assert CHINESE.get(english.lower()) == chinese, english


@pytest.mark.parametrize("path", CHAPTERS, ids=lambda path: path.stem)
def test_each_heading_has_its_chinese_term(path):
    headings = re.findall(r"^##? .*", prose(path), re.M)
    assert len(headings) > 5
    assert [each for each in headings if not re.search(r" · .*[\u4e00-\u9fff]", each)] == []
