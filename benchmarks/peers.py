"""The engines that are compared: minigrad, and those of its peers that are installed."""

from __future__ import annotations

import importlib
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from importlib import metadata
from typing import Any

PEERS = {
    "numpy": ("numpy",),
    "torch": ("torch",),
    "autograd": ("autograd", "autograd.numpy"),
    "mygrad": ("mygrad", "mygrad.nnet"),
    "micrograd": ("micrograd.engine",),
}
"""What to import of each peer; the first module is what the workloads are given."""


def load() -> tuple[dict[str, Any], dict[str, str]]:
    """(the engines that are there, why each other one is left out)."""
    engines, missing = {}, {}
    for name, modules in PEERS.items():
        if name == "micrograd" and sys.version_info < (3, 11):
            missing[name] = "its recursion overflows the stack before Python 3.11"
            continue
        try:
            engines[name], *_ = [importlib.import_module(module) for module in modules]
        except ImportError as error:
            missing[name] = str(error)
    engines["minigrad"] = importlib.import_module("minigrad")
    return engines, missing


@contextmanager
def settings(engines: Mapping[str, Any]) -> Iterator[None]:
    """One thread for torch; a stack on which micrograd's recursive backward pass finds room."""
    torch, limit = engines.get("torch"), sys.getrecursionlimit()
    threads = torch.get_num_threads() if torch else 1
    sys.setrecursionlimit(10**6)
    if torch:
        torch.set_num_threads(1)
    try:
        yield
    finally:
        sys.setrecursionlimit(limit)
        if torch:
            torch.set_num_threads(threads)


def version(name: str) -> str:
    """The version of an installed engine."""
    try:
        return metadata.version({"minigrad": "minigrad-course"}.get(name, name))
    except metadata.PackageNotFoundError:
        return "source"
