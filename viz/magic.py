"""`%load_ext viz`, then `%%watch`: a cell runs as ever, then is replayed beside the graph it made.

`%%watch --quiz` asks for each number of a `backward()` before it shows it.

The cell itself is run by IPython, unchanged but for its first line: names, output and errors are
those of the plain cell. Python's own trace function tells when each of its lines is done.
"""

from __future__ import annotations

import ast
import sys
from types import CodeType, FrameType
from typing import Any

from .lines import Lines
from .record import watch_engines

MAGICS = [["%%watch"], ["%%watch", "--quiz"]]


def load_ipython_extension(shell: Any) -> None:
    """Called by `%load_ext viz`."""
    if getattr(shell, "_viz_watcher", None) is None:
        shell._viz_watcher = _Watcher(shell)


def unload_ipython_extension(shell: Any) -> None:
    """Called by `%unload_ext viz`."""
    if (watcher := getattr(shell, "_viz_watcher", None)) is not None:
        watcher.remove()
        shell._viz_watcher = None


def _refuse(line: str, cell: str) -> None:
    from IPython.core.error import UsageError

    raise UsageError(f"%%watch takes --quiz or nothing, and not {line!r}: not even a comment.")


class _Watcher:
    """Takes `%%watch` off the top of a cell, and watches what IPython then runs."""

    def __init__(self, shell: Any) -> None:
        self.shell = shell
        self.lines: Lines | None = None
        shell.input_transformers_cleanup.append(self.without_magic)
        shell.register_magic_function(_refuse, "cell", "watch")  # what is left: mistyped options
        shell.events.register("pre_run_cell", self.before)
        shell.events.register("post_run_cell", self.after)

    def remove(self) -> None:
        self.shell.input_transformers_cleanup.remove(self.without_magic)
        self.shell.magics_manager.magics["cell"].pop("watch", None)
        self.shell.events.unregister("pre_run_cell", self.before)
        self.shell.events.unregister("post_run_cell", self.after)

    def without_magic(self, lines: list[str]) -> list[str]:
        """The cell below its first line, which stays as an empty one: lines keep their numbers."""
        return ["\n", *lines[1:]] if lines and lines[0].split() in MAGICS else lines

    def before(self, info: Any) -> None:
        source = info.raw_cell.strip("\n")
        magic = source.split("\n")[0].split()
        if magic not in MAGICS:
            return
        self.lines = Lines(source.rstrip(), self.shell.user_ns, quiz="--quiz" in magic)
        self.tracer = _Tracer(self.lines, self.shell)
        self.lines.waiting()  # for an engine, which the cell may import
        self.tracer.start()

    def after(self, result: Any) -> None:
        lines, self.lines = self.lines, None
        if lines is None:
            return
        self.tracer.stop()
        try:
            error = result.error_in_exec
            if error is not None:
                lines.fail(f"{type(error).__name__}: {error}")
            lines.finish()
        finally:
            lines.close()
        if lines.lines and not result.error_before_exec:
            from IPython.display import display

            display(lines)


class _Tracer:
    """Python's trace function: calls `see` whenever a line of the cell is done."""

    def __init__(self, lines: Lines, shell: Any) -> None:
        self.lines, self.shell = lines, shell
        self.file = ""  # that the cell's code says it is from
        self.running: dict[FrameType, int] = {}  # the statement that each of its frames is at
        self.starts, self.blocks = _statements(shell.transform_cell(lines.source))
        self.raised: set[FrameType] = set()
        self.old: Any = None

    def start(self) -> None:
        self.old = sys.gettrace()
        sys.settrace(self.called)

    def stop(self) -> None:
        sys.settrace(self.old)
        self.running.clear()
        self.raised.clear()

    def called(self, frame: FrameType, event: str, arg: Any) -> Any:
        """A new frame: one of the cell's own?"""
        code = frame.f_code
        if not self.file and frame.f_globals is self.shell.user_ns and _of_cell(code):
            self.file = code.co_filename
        if code.co_filename != self.file or not self.file:
            return None
        return self.stepped if not code.co_name.startswith("<") or _of_cell(code) else None

    def stepped(self, frame: FrameType, event: str, arg: Any) -> Any:
        """A statement begins, or its function returns: so the one before it is done."""
        if event == "exception":
            self.raised.add(frame)
        if event in ("line", "return"):
            at = frame.f_lineno
            line, several = self.starts.get(at, (at, False))
            done = self.running.get(frame)
            if event == "line" and line == done and several:
                return self.stepped  # still the same statement, on another line of it
            if event == "line" and self.leaves_block(line, done):
                line = 0
            failed = event == "return" and frame in self.raised
            self.raised.discard(frame)
            if done and not failed and not self.see(done, frame):
                return None
            if event == "return" or not line:
                self.running.pop(frame, None)
            else:
                self.running[frame] = line
                self.lines.start(line)
        return self.stepped

    def see(self, done: int, frame: FrameType) -> bool:
        """Looks at what a line has done. What goes wrong here must not reach the cell."""
        try:
            watch_engines()
            self.lines.see(done, self.namespaces(frame))
        except Exception as error:
            self.lines.give_up(error)
            sys.settrace(self.old)
            return False
        return True

    def leaves_block(self, line: int, done: int | None) -> bool:
        """Is Python back at a `with` only to leave it?"""
        return done is not None and line < done <= self.blocks.get(line, 0)

    def namespaces(self, frame: FrameType) -> list[dict[str, Any]]:
        """Variables of the cell and of its functions that run, those of the innermost one first."""
        frames = [f for f in reversed(self.running) if not _of_cell(f.f_code)]
        if not _of_cell(frame.f_code) and frame not in frames:
            frames.insert(0, frame)
        return [*(dict(f.f_locals) for f in frames), dict(self.shell.user_ns)]


def _of_cell(code: CodeType) -> bool:
    return code.co_name == "<module>" or code.co_name.startswith("<cell line")


def _statements(source: str) -> tuple[dict[int, tuple[int, bool]], dict[int, int]]:
    """For each line: (the first line of its statement, does that span several); ends of `with`s."""
    starts: dict[int, tuple[int, bool]] = {}
    blocks: dict[int, int] = {}
    try:
        tree = ast.parse(source)
    except SyntaxError:  # IPython will say so
        return starts, blocks
    for node in ast.walk(tree):
        if isinstance(node, ast.stmt):
            end = node.end_lineno or node.lineno
            if isinstance(node, (ast.With, ast.AsyncWith)):
                blocks[node.lineno] = end
            if not hasattr(node, "body"):
                starts |= dict.fromkeys(
                    range(node.lineno, end + 1), (node.lineno, end > node.lineno)
                )
    return starts, blocks
