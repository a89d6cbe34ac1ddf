"""Each heading and each cell of the documents has a home in the course, and README says where."""

import pytest
from mirror import PARTS, README, places, shown, split


@pytest.mark.parametrize("part", PARTS)
def test_it_has_a_home(part):
    assert places().get(part), f"no cell of the course is tagged {part}"


def test_every_tag_names_a_part():
    assert sorted(set(places()) - set(PARTS)) == []


def test_readme_shows_where():
    _, inside, _ = split(README.read_text(encoding="utf-8"))
    assert inside == shown(), "python tests/mirror.py"
