"""What all tests share: a real browser, short comparison reports, a run where nothing skips."""

import os
import shutil
from collections import Counter
from pathlib import Path

import pytest

CHROMIUM_NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
CHROMIUM_PLACES = (
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    "C:/Program Files/Google/Chrome/Application/chrome.exe",
)
CHROMIUM_FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
SKIPS_FAIL = os.environ.get("MINIGRAD_NO_SKIPS") == "1"


def find_chromium():
    """The path of a Chromium or Chrome, or None. MINIGRAD_CHROMIUM overrides the search."""
    if (named := os.environ.get("MINIGRAD_CHROMIUM")) is not None:
        return named or None
    found = (shutil.which(name) for name in CHROMIUM_NAMES)
    return next((p for p in (*found, *CHROMIUM_PLACES) if p and Path(p).exists()), None)


@pytest.fixture(scope="module")
def browser():
    """A real Chromium; one per module, for Playwright's event loop must not outlive its tests."""
    if find_chromium() is None:
        pytest.skip("needs Chromium or Chrome (or MINIGRAD_CHROMIUM=/path/to/it)")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(
            executable_path=find_chromium(), args=CHROMIUM_FLAGS, headless=True
        )
        yield chromium
        chromium.close()


def pytest_assertrepr_compare(config, op, left, right):
    """Name the first difference of two long texts: a full diff of two players takes minutes."""
    if op == "==" and isinstance(left, str) and isinstance(right, str):
        if max(len(left), len(right)) < 5_000:
            return None
        pairs = enumerate(zip(left, right))
        at = next((i for i, (a, b) in pairs if a != b), min(len(left), len(right)))
        near = slice(max(at - 80, 0), at + 80)
        return [f"long texts differ at character {at}", f"- {left[near]!r}", f"+ {right[near]!r}"]
    return None


def pytest_sessionfinish(session):
    """With MINIGRAD_NO_SKIPS=1, as in CI, a run that skipped anything has failed."""
    reporter = session.config.pluginmanager.get_plugin("terminalreporter")
    if SKIPS_FAIL and reporter.stats.get("skipped") and session.exitstatus == pytest.ExitCode.OK:
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


def pytest_terminal_summary(terminalreporter):
    """Say what was skipped and why: one line for each reason and file."""
    skipped = terminalreporter.stats.get("skipped", [])
    counts = Counter((r.longrepr[2], r.nodeid.partition("::")[0]) for r in skipped)
    if counts:
        terminalreporter.section("skipped", red=SKIPS_FAIL, yellow=not SKIPS_FAIL)
    for (reason, file), count in sorted(counts.items()):
        terminalreporter.line(f"{count:4} in {file}: {reason.removeprefix('Skipped: ')}")
    if counts and SKIPS_FAIL:
        terminalreporter.line("MINIGRAD_NO_SKIPS=1: here nothing may be skipped", red=True)
