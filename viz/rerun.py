"""Runs a function again with one result on its way moved a little, whatever the engine.

No engine lets a graph run forward again, so the function does, from a copy of its own source: each
expression hands its result to `_at`, which may add to it before the next one uses it. Functions
and models that it calls are taken along; what happens inside the engine's own functions is not
seen. Where there is no source, only the leaves can be moved.
"""

from __future__ import annotations

import ast
import inspect
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import CodeType, FunctionType, MethodType
from typing import Any

from .names import is_model, is_tensor

AT, CALL = "_viz_at_", "_viz_call_"  # how the copies call the two methods of Rerun


class RerunError(Exception):
    """The function ran, but its copy did not."""


class Rerun:
    """`f`, whose results can be looked at (`results`) and moved (`moved`) by their numbers."""

    def __init__(self, f: Callable[..., Any], package: str) -> None:
        self.package = package  # the engine's: its functions stay as they are
        self.results: list[tuple[Any, Any]] | None = None
        self.target, self.shift = -1, None
        self._count = 0
        self._copies: dict[CodeType, FunctionType | None] = {}
        self._models: list[Any] = []
        self._f = f

    def __call__(self) -> Any:
        self._count = 0
        try:
            return self._call(self._f)()
        except Exception as error:  # the user's own lines may raise anything
            raise RerunError(f"{type(error).__name__}: {error}") from error
        finally:
            for module in self._models:
                vars(module).pop("forward", None)
            self._models.clear()

    @contextmanager
    def looking(self) -> Iterator[list[tuple[Any, Any]]]:
        """Inside, each run writes its results down, each with the node that made it."""
        found: list[tuple[Any, Any]] = []
        self.results = found
        try:
            yield found
        finally:
            self.results = None

    @contextmanager
    def moved(self, number: int, shift: Any) -> Iterator[None]:
        """Inside, `shift` is added to the result of that number."""
        self.target, self.shift = number, shift
        try:
            yield
        finally:
            self.target, self.shift = -1, None

    def _at(self, result: Any) -> Any:
        """A result passes: every one is counted, a moved one goes on as another."""
        if not is_tensor(result):
            return result
        self._count += 1
        if self.results is not None:
            self.results.append((result, result.grad_fn))  # a write in place gives it another
        return result + self.shift if self._count - 1 == self.target else result

    def _call(self, f: Any) -> Any:
        """What is called instead of f: its copy, if it has one."""
        if is_model(f):
            self._enter(f)
        elif isinstance(f, FunctionType):
            return self._copy(f) or f
        elif isinstance(f, MethodType) and isinstance(f.__func__, FunctionType):
            return MethodType(self._copy(f.__func__) or f.__func__, f.__self__)
        return f

    def _enter(self, model: Any) -> None:
        """Each module's `forward` hands over its result until the run ends."""
        for module in [m for _, m in model.named_modules() if "forward" not in vars(m)]:
            plain = type(module).forward
            copy = (isinstance(plain, FunctionType) and self._copy(plain)) or plain
            vars(module)["forward"] = self._bound(copy, module)
            self._models.append(module)

    def _bound(self, forward: Any, module: Any) -> Callable[..., Any]:
        return lambda *args, **kwargs: self._at(forward(module, *args, **kwargs))

    def _copy(self, f: FunctionType) -> FunctionType | None:
        """A copy of f that hands over its results, over the very variables that f has."""
        code = f.__code__
        if f.__module__ is None or f.__module__.partition(".")[0] in (self.package, "builtins"):
            return None
        if code not in self._copies:
            self._copies[code] = None
            if copied := _rewritten(code):
                cells = dict(zip(code.co_freevars, f.__closure__ or ()))
                cells |= {AT: _cell(self._at), CALL: _cell(self._call)}
                closure = tuple(cells[name] for name in copied.co_freevars)
                made = FunctionType(copied, f.__globals__, f.__name__, f.__defaults__, closure)
                made.__kwdefaults__ = f.__kwdefaults__
                self._copies[code] = made
        return self._copies[code]


def _cell(value: Any) -> Any:
    return (lambda: value).__closure__[0]  # type: ignore[index]


def _rewritten(code: CodeType) -> CodeType | None:
    """The same code, each of its expressions handed over; None where the source is not found."""
    try:
        lines, _ = inspect.findsource(code)
        tree = ast.parse("".join(lines))
    except (OSError, SyntaxError, ValueError, TypeError):
        return None
    kinds = ast.FunctionDef, ast.Lambda
    found = [n for n in ast.walk(tree) if isinstance(n, kinds) and _is_of(n, code)]
    if len(found) != 1:  # several on one line: which is it?
        return None
    [function] = found
    made: ast.stmt
    if isinstance(function, ast.Lambda):
        made = ast.Return(function)
    else:
        function.decorator_list = []
        made = function
    function.args.defaults, function.args.kw_defaults = [], [None] * len(function.args.kwonlyargs)
    _Hand().generic_visit(function)
    outer = ast.parse(f"def outer({', '.join([*code.co_freevars, AT, CALL])}): pass")
    outer.body[0].body = [made]  # type: ignore[attr-defined]
    try:
        compiled = compile(ast.fix_missing_locations(outer), code.co_filename, "exec")
    except (SyntaxError, ValueError):
        return None
    inside = [c for c in compiled.co_consts if isinstance(c, CodeType)][-1]
    copies = [c for c in inside.co_consts if isinstance(c, CodeType) and c.co_name == code.co_name]
    same = copies and {*copies[0].co_freevars} <= {*code.co_freevars, AT, CALL}
    return copies[0] if same else None


def _is_of(node: ast.FunctionDef | ast.Lambda, code: CodeType) -> bool:
    """Is this the function that was compiled to this code?"""
    first = [*getattr(node, "decorator_list", ()), node][0].lineno
    name = getattr(node, "name", "<lambda>")
    parameters = [arg.arg for arg in (*node.args.posonlyargs, *node.args.args)]
    if parameters != list(code.co_varnames[: code.co_argcount]):
        return False
    if sys.version_info >= (3, 11) and isinstance(node, ast.Lambda):
        body = node.body
        place = body.lineno, body.end_lineno, body.col_offset, body.end_col_offset
        if place not in code.co_positions():
            return False
    return (first, name) == (code.co_firstlineno, code.co_name)


class _Hand(ast.NodeTransformer):
    """Wraps what may give a tensor into `_at`, and what is called into `_call`."""

    def visit_Expr(self, node: ast.Expr) -> ast.AST:
        """A result that nobody takes may have been written in place: no other is put there."""
        found = self.visit(node.value)
        node.value = found.args[0] if _goes_to(AT, found) else found
        return node

    def visit_Call(self, node: ast.Call) -> ast.AST:
        if isinstance(node.func, ast.Name) and node.func.id == "super":
            return node
        own = node.func
        if isinstance(own, ast.Attribute):
            own.value = self.visit(own.value)
        else:
            own = self.visit(own)
        node.func = _handed(CALL, own)
        node.args = [self.visit(arg) for arg in node.args]
        node.keywords = [self.visit(keyword) for keyword in node.keywords]
        name = own.attr if isinstance(own, ast.Attribute) else ""
        in_place = name.endswith("_") and not name.endswith("__")
        return node if in_place else _handed(AT, node)

    def _result(self, node: Any) -> ast.AST:
        self.generic_visit(node)
        stored = isinstance(getattr(node, "ctx", None), (ast.Store, ast.Del))
        return node if stored else _handed(AT, node)

    visit_BinOp = visit_UnaryOp = visit_Subscript = visit_Attribute = _result

    def visit_pattern(self, node: ast.AST) -> ast.AST:
        """The pattern of a `case` holds no expressions of its own."""
        return node

    visit_MatchValue = visit_MatchClass = visit_MatchMapping = visit_pattern


def _handed(to: str, node: ast.expr) -> ast.Call:
    return ast.copy_location(ast.Call(ast.Name(to, ast.Load()), [node], []), node)


def _goes_to(name: str, node: ast.AST) -> bool:
    return isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == name
