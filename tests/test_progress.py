"""check.progress(): what a learner has solved, in this session and in those before."""

import json
import sys
from pathlib import Path

import pytest

NOTEBOOKS = Path(__file__).parent.parent / "notebooks"
sys.path.insert(0, str(NOTEBOOKS))

import check  # noqa: E402
from check import learner  # noqa: E402


@pytest.fixture(autouse=True)
def new_session(monkeypatch):
    monkeypatch.setattr(learner, "session", {})
    return lambda: learner.session.clear()


@pytest.fixture
def kept(tmp_path, monkeypatch):
    """The file that progress is kept in, in a folder that is not there yet."""
    path = tmp_path / "deep" / "progress.json"
    monkeypatch.setenv("MINIGRAD_PROGRESS", str(path))
    return path


def states(chapter):
    return check.progress(chapter).chapters[chapter]


def test_what_was_solved_is_kept_across_sessions(kept, new_session):
    assert set(states("00").values()) == {"open"}
    check.treat(4)
    check.fence(lambda width, height: width)
    assert states("00") == {"treat": "right", "lamp": "open", "fence": "wrong"}
    new_session()
    assert states("00") == {"treat": "right", "lamp": "open", "fence": "wrong"}
    progress = check.progress("00")
    assert (progress.solved, progress.total, progress.now) == (1, 3, 0)


def test_once_right_stays_right(kept, new_session):
    check.treat(4)
    check.treat(3)
    assert states("00")["treat"] == "right"
    new_session()
    check.treat(3)
    assert states("00")["treat"] == "right"


def test_what_is_open_is_not_noted(kept):
    check.treat(...)
    check.hint("treat")
    assert not kept.exists()


def test_a_file_that_cannot_be_written_is_no_trouble(tmp_path, monkeypatch):
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("MINIGRAD_PROGRESS", str(tmp_path / "file" / "progress.json"))
    assert check.treat(4)
    assert states("00")["treat"] == "right"


@pytest.mark.parametrize("spoilt", ["", "{", "[1]", '{"treat": 3, "lamp": "right"}', "\xff"])
def test_a_spoilt_file_is_no_trouble(kept, spoilt):
    kept.parent.mkdir()
    kept.write_bytes(spoilt.encode("latin-1"))
    assert states("00")["treat"] == "open"
    check.treat(4)
    assert json.loads(kept.read_text(encoding="utf-8"))["treat"] == "right"


def test_tests_keep_nothing(monkeypatch):
    monkeypatch.delenv("MINIGRAD_PROGRESS", raising=False)
    assert learner.file() is None
    monkeypatch.delenv("PYTEST_VERSION", raising=False)
    assert learner.file() is not None
    monkeypatch.setenv("MINIGRAD_PROGRESS", "")
    assert learner.file() is None


@pytest.mark.parametrize(
    "platform, variable, folder",
    [
        ("linux", None, "~/.local/share"),
        ("linux", "XDG_DATA_HOME", "/data"),
        ("darwin", None, "~/Library/Application Support"),
        ("win32", "APPDATA", "/roaming"),
        ("win32", None, "~/AppData/Roaming"),
    ],
)
def test_it_stands_in_the_data_folder_of_the_user(platform, variable, folder, monkeypatch):
    for name in ("MINIGRAD_PROGRESS", "PYTEST_VERSION", "XDG_DATA_HOME", "APPDATA"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr(learner.sys, "platform", platform)
    if variable:
        monkeypatch.setenv(variable, folder)
    expected = Path(folder).expanduser() / "minigrad-course" / "progress.json"
    assert learner.file() == expected


def test_it_shows_itself(kept):
    check.treat(4)
    check.lamp(0.25)
    progress = check.progress("00")
    assert repr(progress) == (
        "00  ✓ treat  ✗ lamp  ○ fence\n1 of 3 solved, 1 of them in this session."
    )
    html = progress._repr_html_()
    assert "1 of 3" in html
    assert html.count("<tr>") == 2
    assert check.progress().total == len(check.core.EXERCISES)


def test_a_chapter_by_its_number():
    assert repr(check.progress(3)) == repr(check.progress("03"))


def test_an_unknown_chapter_is_told():
    with pytest.raises(ValueError, match="no chapter '15'"):
        check.progress("15")
