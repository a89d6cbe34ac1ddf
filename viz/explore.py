"""explore(): sliders that run forward and backward again at every move, on an unchanged picture."""

from __future__ import annotations

import base64
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from html import escape
from math import floor, isfinite, log10, prod
from os import PathLike
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np

from . import layout
from .differences import differences, told
from .graph import MOST as MOST_NODES
from .graph import Graph, engine_of, walk
from .names import Names, is_tensor
from .options import unknown_option
from .page import clean
from .paint import ZOOM, sans
from .player.animated import placed
from .player.frames import numbers
from .record import recorded
from .theme import LIGHT, MONO, SANS
from .values import array_of, number, rows
from .watch import Run
from .web import look, page

WIDEST = "-1.234e-05"  # room that is kept for each number
STEPS = 200  # of a slider, at least
POINTS = 240  # of the curve
CURVE = (360, 270)  # pixels
LEFT, TOP, RIGHT, BOTTOM = 64, 44, 18, 38  # around the curve, for its axes and its words
ROWS = 9  # positions in the table of a saved page
MOST = 12  # sliders

GRAD = LIGHT.grad
# Jupyter's shortcuts take the arrow keys before a slider sees them, unless it says: not these.
KEYS = """<script>
if (!window.vizKeys) document.addEventListener("focusin", window.vizKeys = ({ target }) =>
  target.closest?.(".viz-live") && target.setAttribute("data-lm-suppress-shortcuts", ""));
</script>"""
TABLE = (
    "table { border-collapse: collapse; margin-top: 12px; font-variant-numeric: tabular-nums; }"
    "td, th { padding: 3px 14px; border-bottom: 1px solid #8b919b; text-align: right; }"
)
NUMBER = re.compile(r"-?\d[\d.]*(?:e[-+]\d+)?|nan|inf|-inf")
PLACE = re.compile(r'<text id="([^"]+)"([^>]*)>[^<]*</text>')  # of a number


def explore(f: Callable[..., Any], *, engine: Any = None, **inputs: Any) -> Explorer:
    """Shows f's graph with its values and gradients, and a slider for each number that f is given.

    f is called with `inputs` by name and returns a tensor of one number. An input is a range
    `(low, high)` or `(low, high, start)`, a number, or a tensor with up to 12 elements in all.

    engine:  the package that makes the tensors: `engine=torch`, after `import torch` or `import
             minigrad as torch`; not needed where an input is a tensor

    In Jupyter the sliders run f forward and backward again at every move, and a button checks the
    gradients by finite differences (this needs ipywidgets); without a kernel a still picture
    remains. The tensors that were given are left as they are. Raises TypeError for an input of
    another kind, ValueError where f's output is not one number or has no graph.
    """
    if not callable(f):
        raise TypeError(f"f is a function that computes one number, not a {type(f).__name__}")
    return Explorer(f, engine, inputs)


class Explorer:
    """What `explore` returns. `set(x=2.0)` moves the sliders from code."""

    def __init__(self, f: Callable[..., Any], engine: Any, inputs: Mapping[str, Any]) -> None:
        self.f = f
        self.engine = _engine(engine, inputs)
        self.inputs = {name: _Input(name, given) for name, given in inputs.items()}
        sliders = sum(len(i.values) for i in self.inputs.values())
        if not 0 < sliders <= MOST:
            raise ValueError(f"explore needs 1 to {MOST} numbers to vary, not {sliders}")
        self._form: Any = None
        self._new = False  # was it laid out since it was shown?
        self._widgets: Any = None
        self._curve: _Curve | None = None
        self.run()
        if sliders == 1:
            self._curve, self._form = _Curve(self), None  # and so another layout
            self.run()

    @property
    def values(self) -> dict[str, Any]:
        """The numbers that f is given now, by name."""
        return {name: i.plain for name, i in self.inputs.items()}

    def set(self, **values: Any) -> None:
        """Gives f other numbers: one for a slider, a flat list for a tensor."""
        for name, value in values.items():
            flat = list(value) if isinstance(value, (list, tuple)) else [value]
            if name not in self.inputs or len(flat) != len(self.inputs[name].values):
                raise ValueError(f"no input {name!r} of {len(flat)} numbers")
            self.inputs[name].values = [float(x) for x in flat]
        self.run()
        if self._widgets:
            self._refresh()

    def run(self) -> None:
        """Runs f forward and backward with the numbers as they are now."""
        leaves = {name: i.tensor(self.engine) for name, i in self.inputs.items()}
        out = self.f(**leaves)
        if not is_tensor(out) or prod(out.shape) != 1:
            raise ValueError("f must return a tensor of one number, such as a loss")
        if not out.requires_grad:
            raise ValueError("what f returned was not computed from its inputs: there is no graph")
        run = Run([out], [None], Names({**leaves, "output": out}))
        if run.trail.cut:
            raise ValueError(f"f's graph has more than {MOST_NODES:,} nodes, too many to explore")
        with run.watching():
            out.backward()
        run.tell(words=False)  # nobody reads them, and they take half the time
        self.output = _plain(out)
        self.grads = {n: None if t.grad is None else _plain(t.grad) for n, t in leaves.items()}
        graph = run.graph
        self._texts = _values(graph) | numbers(graph.plain(), run.steps)
        form = [(n.kind, n.op, n.name, n.shape) for n in graph.nodes], graph.edges
        if form != self._form:
            self._lay_out(graph)
            self._form = form
            self._new = True

    def check(self) -> dict[str, str]:
        """What finite differences say of each gradient, by name: of leaves and of f's results."""
        leaves = {name: i.tensor(self.engine) for name, i in self.inputs.items()}
        f = self.f
        out = f(**leaves)
        found = Names({**leaves, "output": out})
        slopes = differences(lambda: f(**leaves), out, None, walk([out], found))
        recording = recorded(out, names={**leaves, "output": out})
        names: dict[str, int] = {}
        texts = {}
        for id, text in told(slopes, recording.runs[0]).items():
            node = recording.graph.node(id)
            name = node.name or node.op or id
            names[name] = names.get(name, 0) + 1
            texts[f"{name} ({names[name]})" if names[name] > 1 else name] = text
        return texts

    def _lay_out(self, graph: Graph) -> None:
        """Lays out the picture without its numbers, and keeps the places where they stand."""
        room = {key: [text, NUMBER.sub(WIDEST, text)] for key, text in self._texts.items()}
        svg = layout.svg(graph, replay=room, steps=False)
        self._places = {m[1]: _attributes(m[2], "class", "x", "y") for m in PLACE.finditer(svg)}
        self._sides = re.findall(r'text-anchor="(\w+)"', svg)[0]
        self._moved = re.findall(r"<g (transform=\"translate\([^)]*\)\")>", svg)[0]
        svg = PLACE.sub("", svg)
        svg = re.sub(r'<path id="[^"]+" class="grad"', f'<path class="grad" stroke="{GRAD}"', svg)
        self._still = re.sub(r' id="[^"]*"', "", svg)
        w, h = map(float, re.findall(r'viewBox="0 0 (\S+) (\S+)"', svg)[0])
        if self._curve:
            beside = w + CURVE[0] <= layout.WIDTH
            x, y = (w, max(0.0, (h - CURVE[1]) / 2)) if beside else (0.0, h)
            self._curve.place = f'transform="translate({x + LEFT:g} {y + TOP:g})"'
            w, h = (w + CURVE[0], max(h, CURVE[1])) if beside else (max(w, CURVE[0]), h + CURVE[1])
        self._size = f'viewBox="0 0 {w:g} {h:g}" width="{w:g}" height="{h:g}"'

    # what it shows

    @property
    def words(self) -> str:
        """All numbers in a sentence."""
        given = ", ".join(f"{n} = {_listed(i.plain)}" for n, i in self.inputs.items())
        grads = ", ".join(f"{n}.grad = {_listed(g)}" for n, g in self.grads.items())
        return f"{given}: the output is {_listed(self.output)}, {grads}."

    @property
    def svg(self) -> str:
        """The picture as it is now."""
        return self._picture(self._ground + self._figures, words=True)

    @property
    def _ground(self) -> str:
        return self._still + (
            f"<g {self._curve.place}>{self._curve.ground}</g>" if self._curve else ""
        )

    @property
    def _figures(self) -> str:
        """All that changes: the numbers at their places, and the tangent."""
        out = [f"<g {self._moved}>"]
        for id, (css, x, y) in self._places.items():
            text = self._texts.get(re.sub(r"\.\d+", "", id))
            if text:
                side = self._sides if css == "grad-label" else "middle"
                ink = "" if css == "value" else f' fill="{GRAD}"'
                lines = placed(text, x, y)
                out.append(f'<text class="{css}" x="{x}" y="{y}" text-anchor="{side}"{ink} '
                           f'font-family="{escape(MONO)}">{lines}</text>')  # fmt: skip
        out.append("</g>")
        if self._curve:
            [slope] = self.grads.values()
            [at] = next(iter(self.inputs.values())).values
            out.append(self._curve.tangent(at, self.output, slope))
        return "".join(out)

    def _picture(self, inner: str, *, words: bool) -> str:
        told = f'role="img" aria-label="{escape(self.words)}"' if words else 'aria-hidden="true"'
        return (
            f'<svg xmlns="http://www.w3.org/2000/svg" class="viz-graph" {self._size} {told} '
            f'font-family="{escape(SANS)}" font-size="11" fill="{LIGHT.text}">{inner}</svg>'
        )

    def __repr__(self) -> str:
        return self.words

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, str]:
        """The still picture. It hides itself where the live one stands below it."""
        data = base64.b64encode(self.svg.encode()).decode()
        image = f'<img alt="{escape(self.words)}" src="data:image/svg+xml;base64,{data}">'
        hide = "<style>.jp-OutputArea:has(.viz-live) .viz-still{display:none}</style>"
        return {
            "text/html": f'<div class="viz-still">{image}{hide}</div>',
            "text/plain": repr(self),
        }

    def save(self, path: str | PathLike[str]) -> None:
        """Writes the picture as it is now: .svg, .png (needs resvg-py), or .html with a table.

        The table of a page tells gradients: at nine positions where there is one input, else at
        the numbers as they are now. Raises ValueError for another suffix, ImportError where
        resvg-py is missing.
        """
        path = Path(path)
        suffix = path.suffix.lower()
        if suffix == ".svg":
            path.write_text(self.svg, encoding="utf-8", newline="\n")
        elif suffix == ".html":
            path.write_text(self._page(), encoding="utf-8", newline="\n")
        elif suffix == ".png":
            try:
                import resvg_py
            except ImportError as error:
                told = "a .png of explore() needs resvg-py: pip install resvg-py"
                raise ImportError(told) from error
            path.write_bytes(bytes(resvg_py.svg_to_bytes(svg_string=sans(self.svg), zoom=ZOOM)))
        else:
            raise ValueError(f"save to .svg, .png or .html, not {suffix or path.name!r}")

    def _page(self) -> str:
        """A page that needs no kernel: the picture, and a table of numbers."""
        image = self._repr_mimebundle_()["text/html"]
        head, *rows = self._curve.rows(self) if self._curve else self._rows()
        cells = "".join(f'<th scope="col">{escape(clean(text))}</th>' for text in head)
        table = "".join(
            f"<tr>{''.join(f'<td>{escape(text)}</td>' for text in row)}</tr>" for row in rows
        )
        what = f"The output for {', '.join(map(clean, self.inputs))}, and its gradients"
        inner = f"{image}<style>{TABLE}</style><table><tr>{cells}</tr>{table}</table>"
        return page(what, what, inner)

    def _rows(self) -> Iterator[tuple[str, ...]]:
        """Each input now, and its gradient."""
        yield "input", "value", ".grad"
        for name, given in self.inputs.items():
            yield clean(name), _listed(given.plain), _listed(self.grads[name])

    def _ipython_display_(self) -> None:
        from IPython.display import display

        still = self._repr_mimebundle_()
        display(still | {"text/html": still["text/html"] + KEYS}, raw=True)
        view = self.widget()._repr_mimebundle_()
        display(view | {"text/plain": f"Sliders for {', '.join(self.inputs)}"}, raw=True)

    def widget(self) -> Any:
        """The live picture and its sliders, an ipywidget. Raises ImportError without ipywidgets."""
        try:
            import ipywidgets
        except ImportError as error:
            raise ImportError("explore needs ipywidgets: pip install ipywidgets") from error
        if self._widgets:
            return self._widgets[0]
        same_place = ipywidgets.Layout(grid_area="1 / 1 / 2 / 2", margin="0")
        ground, figures = (ipywidgets.HTML(layout=same_place) for _ in range(2))
        words, checks = ipywidgets.HTML(), ipywidgets.HTML()
        button = ipywidgets.Button(
            description="Check by finite differences", layout=ipywidgets.Layout(width="max-content")
        )
        button.on_click(lambda _: self._tell_checks())
        sliders = [s for given in self.inputs.values() for s in given.sliders(self._moved_to)]
        picture = ipywidgets.GridBox(
            [ground, figures], layout=ipywidgets.Layout(grid_template_columns="max-content")
        )
        box = ipywidgets.VBox([*sliders, words, picture, button, checks])
        box.add_class("viz-live")
        self._widgets = box, ground, figures, words, checks
        self._refresh()
        return box

    def _moved_to(self) -> None:
        """A slider has moved."""
        try:
            self.run()
        except Exception as error:
            self._widgets[3].value = escape(f"{type(error).__name__}: {error}")
        else:
            self._refresh()

    def _tell_checks(self) -> None:
        """The button was pressed."""
        rows = "".join(
            f"<tr><td>{escape(clean(name))}</td><td>{escape(text)}</td></tr>"
            for name, text in self.check().items()
        )
        self._widgets[4].value = f'<table role="status">{rows}</table>'

    def _refresh(self) -> None:
        _, ground, figures, words, checks = self._widgets
        checks.value = ""  # of other numbers
        if self._new:
            still = re.sub(r"<style>.*?</style>", "", self._ground, flags=re.DOTALL)
            ground.value = f"<style>{look('.viz-live')}</style>{self._picture(still, words=False)}"
            self._new = False
        figures.value = self._picture(self._figures, words=False)
        words.value = f'<span role="status">{escape(self.words)}</span>'


class _Input:
    """One input of f: its numbers, and how far each may go."""

    def __init__(self, name: str, given: Any) -> None:
        self.name, self.dtype, self.shape = name, None, ()
        if is_tensor(given):
            array = array_of(given)
            if array is None or array.dtype.kind != "f":
                raise TypeError(f"input {name!r} must be a tensor of real floating point numbers")
            self.dtype, self.shape = given.dtype, array.shape
            self.values = [float(v) for v in array.ravel()]
        elif isinstance(given, tuple) and len(given) in (2, 3) and all(map(_is_number, given)):
            low, high = float(given[0]), float(given[1])
            if not low < high:
                raise ValueError(f"input {name!r}: {low:g} must be less than {high:g}")
            self.values = [float(given[2]) if len(given) == 3 else (low + 3 * high) / 4]
            self.ranges = [(low, high)]
            return
        elif _is_number(given):
            self.values = [float(given)]
        else:
            raise TypeError(
                f"input {name!r} must be (low, high), (low, high, start), a number or a tensor, "
                f"not {type(given).__name__}"
            )
        self.ranges = [(-reach, reach) for reach in (max(3.0, 2 * abs(v)) for v in self.values)]

    @property
    def plain(self) -> Any:
        """The numbers as one number, or a list of them."""
        return self.values if self.shape else self.values[0]

    def tensor(self, engine: Any, values: Sequence[float] | None = None) -> Any:
        """A new leaf with these numbers."""
        flat = list(self.values if values is None else values)
        made = engine.tensor(flat, dtype=self.dtype).reshape(self.shape)
        return made.requires_grad_()

    def sliders(self, moved: Callable[[], None]) -> Iterator[Any]:
        import ipywidgets

        for i, (low, high) in enumerate(self.ranges):
            at = [int(n) for n in np.unravel_index(i, self.shape)]
            name = f"{self.name}{at}" if at else self.name
            step, first = _steps(low, high, self.values[i])
            slider = ipywidgets.FloatSlider(
                self.values[i],
                min=first,
                max=high,
                step=step,
                description=name,
                readout_format=".4g",
            )

            def changed(change: Any, i: int = i) -> None:
                self.values[i] = change["new"]
                moved()

            slider.observe(changed, "value")
            yield slider


class _Curve:
    """f over the range of its one input, and the tangent where the input is now."""

    def __init__(self, explorer: Explorer) -> None:
        [given] = explorer.inputs.values()
        [(low, high)] = given.ranges
        self.name, self.low, self.high = given.name, low, high
        self.place = ""
        self.width, self.height = CURVE[0] - LEFT - RIGHT, CURVE[1] - TOP - BOTTOM
        xs = [low + (high - low) * i / POINTS for i in range(POINTS + 1)]
        ys = [self._at(explorer, given, x) for x in xs]
        seen = sorted(y for y in ys if isfinite(y)) or [0.0]
        bottom, top = seen[len(seen) // 50], seen[-1 - len(seen) // 50]  # a pole is cut off
        spread = (top - bottom) or 1.0
        self.bottom, self.top = bottom - 0.1 * spread, top + 0.1 * spread
        self.ground = self._drawn(list(zip(xs, ys)))

    @staticmethod
    def _at(explorer: Explorer, given: _Input, x: float) -> float:
        with explorer.engine.no_grad():
            try:
                return float(_plain(explorer.f(**{given.name: given.tensor(explorer.engine, [x])})))
            except Exception:  # whatever f says against this number: the curve has a gap there
                return float("nan")

    def _point(self, x: float, y: float) -> tuple[float, float]:
        """Where a point stands, seen from the frame's upper left corner."""
        across = (x - self.low) / (self.high - self.low)
        up = (y - self.bottom) / (self.top - self.bottom)
        return self.width * across, self.height * (1 - up)

    def _drawn(self, points: list[tuple[float, float]]) -> str:
        """The axes and the curve, which never change."""
        w, h = self.width, self.height
        way, pen = [], "M"
        for x, y in points:
            if isfinite(y):
                px, py = self._point(x, y)
                way.append(f"{pen}{px:.1f} {py:.1f}")
            pen = "L" if isfinite(y) else "M"
        words = [(0, h + 16, "start", number(self.low)), (w, h + 16, "end", number(self.high)),
                 (w / 2, h + 30, "middle", self.name), (0, -10, "start", "output"),
                 (-8, 9, "end", number(_round(self.top))),
                 (-8, h, "end", number(_round(self.bottom)))]  # fmt: skip
        zeros = []
        if self.bottom < 0 < self.top:
            y = self._point(self.low, 0)[1]
            zeros.append(f"M0 {y:.1f}H{w}")
        if self.low < 0 < self.high:
            x = self._point(0, self.bottom)[0]
            zeros.append(f"M{x:.1f} 0V{h}")
        return (
            f'<g class="data" fill="none" stroke="{LIGHT.edge}" stroke-width="0.6"><rect '
            f'width="{w}" height="{h}" rx="4"/>'
            f'<path stroke-dasharray="2 3" d="{"".join(zeros)}"/></g>{self._clip}<g class="leaf">'
            f'<path class="box" d="{"".join(way)}" stroke="{LIGHT.line["leaf"]}" stroke-width="2" '
            'style="fill:none"/></g></svg>'
            + "".join(
                f'<text class="faint" x="{x:g}" y="{y:g}" text-anchor="{side}" '
                f'fill="{LIGHT.faint}">{escape(text)}</text>'
                for x, y, side, text in words
            )
        )

    @property
    def _clip(self) -> str:
        return f'<svg width="{self.width}" height="{self.height}">'

    def tangent(self, x: float, y: float, slope: float | None) -> str:
        """The point where the input is now, and the line that has the gradient as its slope."""
        if slope is None or not isfinite(y) or not isfinite(slope):
            return ""
        px, py = self._point(x, y)
        ax, ay = self._point(self.low, y + slope * (self.low - x))
        bx, by = self._point(self.high, y + slope * (self.high - x))
        ink = f'class="grad" fill="none" stroke="{GRAD}"'
        return (
            f"<g {self.place}>{self._clip}"
            f'<path {ink} stroke-dasharray="2 3" d="M0 {py:.1f}H{px:.1f}V{self.height}"/>'
            f'<path {ink} stroke-width="2.2" d="M{ax:.1f} {ay:.1f}L{bx:.1f} {by:.1f}"/></svg>'
            f'<circle class="grad" cx="{px:.1f}" cy="{py:.1f}" r="5" fill="{GRAD}"/>'
            f'<text class="grad-label" x="{self.width}" y="-10" text-anchor="end" fill="{GRAD}" '
            f'font-size="13" font-family="{escape(MONO)}">'
            f"slope = {escape(clean(self.name))}.grad = {number(slope)}</text></g>"
        )

    def rows(self, explorer: Explorer) -> Iterator[tuple[str, ...]]:
        """Some positions: the input, the output there, and the gradient."""
        yield self.name, "output", f"{self.name}.grad"
        given = explorer.inputs[self.name]
        now = given.values
        for i in range(ROWS):
            given.values = [self.low + (self.high - self.low) * i / (ROWS - 1)]
            try:
                explorer.run()
            except Exception:  # whatever f says against this number: there is nothing to tell
                yield number(given.values[0]), "–", "–"
            else:
                yield (
                    number(given.values[0]),
                    _listed(explorer.output),
                    _listed(explorer.grads[self.name]),
                )
        given.values = now
        explorer.run()


def _steps(low: float, high: float, value: float) -> tuple[float, float]:
    """A round step, about 200 of them in the range, and a first stop from which they hit value."""
    rough = (high - low) / STEPS
    tens = 10.0 ** floor(log10(rough))
    step = next(f * tens for f in (1, 2, 5, 10) if f * tens >= 0.999 * rough)
    first = value - step * floor((value - low) / step + 1e-9)
    return step, round(first, 12)


def _attributes(text: str, *names: str) -> list[str]:
    return [re.findall(rf'\b{name}="([^"]+)"', text)[0] for name in names]


def _round(x: float) -> float:
    return float(f"{x:.2g}")


def _plain(tensor: Any) -> Any:
    """A tensor's numbers as one number, or a flat list of them."""
    array = array_of(tensor)
    return None if array is None else array.item() if array.size == 1 else array.ravel().tolist()


def _listed(x: Any) -> str:
    if x is None:
        return "None"
    return f"[{', '.join(map(number, x))}]" if isinstance(x, list) else number(x)


def _is_number(x: Any) -> bool:
    return isinstance(x, (int, float)) and not isinstance(x, bool)


def _engine(engine: Any, inputs: Mapping[str, Any]) -> Any:
    if engine is not None and not hasattr(engine, "tensor"):
        told = "engine is a package that makes tensors, as in engine=torch"
        raise TypeError(f"{told}, not {engine!r}")
    for name, given in inputs.items():
        if isinstance(given, ModuleType):
            raise unknown_option("explore", name, ["engine"])
    found = engine or next((engine_of(t) for t in inputs.values() if is_tensor(t)), None)
    if found is None:
        raise TypeError("explore makes tensors: say with which engine, as in engine=torch")
    return found


def _values(graph: Graph) -> dict[str, str]:
    """The rows of numbers in the boxes, by place."""
    return {f"{n.id}-v{i}": row for n in graph.nodes for i, row in enumerate(rows(n.value))}
