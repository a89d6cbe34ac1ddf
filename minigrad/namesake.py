"""Where another name stands for minigrad, its modules stand there too.

After ``sys.modules["torch"] = minigrad``, ``import torch.nn as nn`` finds minigrad.nn. Python alone
would read the same file a second time, into a module with classes of its own.
"""

from __future__ import annotations

import sys
from importlib import import_module
from importlib.machinery import ModuleSpec
from types import ModuleType
from typing import Any

OURS = __name__.partition(".")[0]


class Namesakes:
    """A finder and loader of modules, for ``sys.meta_path``; as such it has no parent class:
    importlib.abc, which nothing else needs here, would load longer than minigrad."""

    def find_spec(self, name: str, path: Any = None, target: Any = None) -> ModuleSpec | None:
        package, _, inner = name.partition(".")
        if package == OURS or not inner or sys.modules.get(package) is not sys.modules[OURS]:
            return None
        parent, _, last = f"{OURS}.{inner}".rpartition(".")
        try:
            module = import_module(f"{parent}.{last}")
        except ModuleNotFoundError:
            return None  # Python goes on, and says it with the name that was asked for
        if getattr(import_module(parent), last, module) is not module:
            # The name of a function of torch's, whose file we call the same: torch.tensor.
            raise ModuleNotFoundError(f"No module named {name!r}", name=name)
        loader: Any = self
        return ModuleSpec(name, loader, loader_state=(module, module.__spec__))

    def create_module(self, spec: ModuleSpec) -> ModuleType:
        return spec.loader_state[0]

    def exec_module(self, module: ModuleType) -> None:
        assert module.__spec__ is not None
        module.__spec__ = module.__spec__.loader_state[1]  # it ran before, and keeps its own name


sys.meta_path.insert(0, Namesakes())
