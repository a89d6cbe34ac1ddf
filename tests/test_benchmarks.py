"""The benchmarks run, and compare engines that agree. No test here asserts a time."""

import dataclasses
import json

import numpy as np
import pytest
from conftest import find_chromium

from benchmarks import (
    browser,
    check,
    command,
    graphs,
    growth,
    memory,
    peers,
    pictures,
    timing,
)
from benchmarks.row import Case
from benchmarks.rows import ROWS
from benchmarks.rows.leaf import LEAF

ENGINES, _ = peers.load()


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.name)
def test_engines_find_the_same_gradients(row):
    cases = row.cases(ENGINES, tiny=True)
    assert {"numpy", "minigrad"} <= set(cases)
    assert check.disagreements(cases, row.tolerance, runs=2) == []


def test_a_wrong_gradient_is_seen():
    cases = LEAF.cases(ENGINES, tiny=True)
    right = cases["minigrad"]
    cases["wrong"] = Case(right.run, lambda: [np.asarray(right.gradients()[0]) * 1.01])
    cases["other shape"] = Case(right.run, lambda: [np.ones(3)])
    wrong = check.disagreements(cases, LEAF.tolerance)
    assert [text.partition(":")[0] for text in wrong] == ["wrong", "other shape"]


def test_rows_are_timed_and_written(tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(timing, "SAMPLE", 0)
    monkeypatch.setattr(command, "QUICK", 0)
    monkeypatch.setattr(command, "ROWS", [dataclasses.replace(LEAF, size=LEAF.tiny)])
    file = tmp_path / "found.json"
    assert command.run(["leaf", "--quick", "--json", str(file)]) == 0
    assert LEAF.title in capsys.readouterr().out
    (row,) = json.loads(file.read_text())["rows"]
    assert row["row"] == "leaf" and row["rounds"] >= 3
    assert set(row["seconds"]) == set(ENGINES) & set(LEAF.versions)


def test_a_row_that_is_not_there_is_refused(capsys):
    with pytest.raises(SystemExit):
        command.run(["no-such-row"])
    assert "no such row" in capsys.readouterr().err


def test_growth_has_an_exponent_for_each_engine():
    grown = growth.exponents({"minigrad": ENGINES["minigrad"]}, 0, (2, 20, 200))
    assert np.isfinite([grown["minigrad"].whole, grown["minigrad"].last]).all()


def test_the_graph_of_a_run_is_known():
    elements = next(row for row in ROWS if row.name == "elements")
    case = elements.cases({"minigrad": ENGINES["minigrad"]}, tiny=True)["minigrad"]
    need = memory.needed(ENGINES["minigrad"], case.run)
    vector, number = 4 * elements.tiny["count"], 4
    assert (need.saved, need.gradients) == (2 * vector, vector + 2 * number)  # sigmoid, tanh
    peak, _ = memory.traced(case.run)
    assert peak >= 2 * vector


@pytest.mark.parametrize("build", graphs.GRAPHS.values(), ids=graphs.GRAPHS)
def test_graphs_come_in_the_sizes_asked_for(build):
    root = graphs.of_size(build, ENGINES["minigrad"], 200)
    assert graphs.nodes(root) == pytest.approx(200, abs=40)


@pytest.mark.filterwarnings("ignore:distutils")  # of torchviz
@pytest.mark.parametrize("section", ["grad_off", "imports", "pictures", "recording", "player"])
def test_a_section_of_facts_is_measured(section, monkeypatch, capsys):
    monkeypatch.setattr(timing, "SAMPLE", 0)
    monkeypatch.setattr(pictures, "LIMITS", {10: 1.0})
    monkeypatch.setattr(pictures, "HUGE", 100)
    monkeypatch.setattr(browser, "NODES", 10)
    monkeypatch.setenv("MINIGRAD_CHROMIUM", find_chromium() or "")
    assert command.run([section, "--quick"]) == 0
    assert len(capsys.readouterr().out.splitlines()) >= 4
