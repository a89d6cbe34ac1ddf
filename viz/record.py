"""Records a real backward pass, through public hooks, as plain data that anything can replay.

The trace, version 2, is a JSON-able dict, the same for every engine:

    {"format": "minigrad-trace", "version": 2,
     "graph": {"nodes": [{"id", "kind", "op", "name", "shape", "dtype", "value", "rule"}],
               "edges": [{"id", "source", "target", "input", "output"}]},
     "runs": [{"call", "root", "nodes", "values", "retain_graph", "create_graph", "rebuilt",
               "error", "memory", "steps": [STEP, …]}]}

A node's kind is "op", "leaf" (its op is "AccumulateGrad": a tensor and its `.grad` are one box) or
"output" (op is null). An edge is named as the gradient runs: from the op `source` along its
`next_functions[input]` to output number `output` of `target`. A VALUE is {"shape", "dtype", "text",
"short", "data"}: `short` fits beside an edge, `data` holds the numbers as nested lists, or null
when there are many ("nan", "inf" and "-inf" are strings, for JSON has no such numbers). The text
of many tells their mean and spread; it says "about" where they were overwritten before the trace
was asked for, and only some of them are known. `heat`, of many only, is a thumbnail: rows of levels
from "0", most negative, to "6"; "3" is zero, "x" none. (Version 1 had neither.)

One run is one `call` of "backward" or of "grad" (`autograd.grad`). `root` is the id of the tensor
it was called on (`roots` all of them), `nodes` are the ids of its graph, `values` their values at
that time ({id: VALUE}), `rebuilt` says that the graph is a new one of the same form as an earlier
run's, `error` is null or the exception's text, `memory` null or what the graph's nodes keep before
and after it, in words: ["24 B in 2 tensors", "0 B in 0 tensors"]. Steps come in the engine's own
order:

    {"kind": "seed", "node", "edge", "grad": VALUE, "text"}
        the gradient that starts the pass enters `node`, along `edge` from the output's box
    {"kind": "apply", "node", "received": VALUE or null, "ready": [id, …],
     "sends": [{"edge", "grad": VALUE, "sum": VALUE}], "frees": ["self", …], "text"}
        an op receives the sum of its gradients and sends one along each edge; `sum` is what the
        edge's target has then; `ready` are the nodes that wait for nothing more; `frees` names the
        saved tensors that are gone after the run. A node of several outputs has `received_all`, a
        list. `changed_from` is the sum of what was sent, where a tensor's hook then changed it.
    {"kind": "accumulate", "node", "before": VALUE or null, "incoming": VALUE, "after": VALUE,
     "ready": [id, …], "text"}
        a leaf adds what came in to its `.grad`
    {"kind": "result", "node", "grad": VALUE or null, "ready": [id, …], "text"}
        `autograd.grad` returns this gradient of a leaf, or of an op's output

A recording of very many runs keeps the steps of the first and the last `ends`, of those that
raised, and between them of every `every`-th: then the trace has these two keys. Of the other runs,
`steps`, `nodes` and `values` are empty.

The trace of a replay whose picture is folded has nodes of kind "group", too: ops that are shown as
one, which receives what comes into them and sends what leaves them. A recording's own has none.
"""

from __future__ import annotations

import contextlib
import functools
import inspect
import json
import sys
import threading
import warnings
from collections.abc import Callable, Collection, Mapping
from os import PathLike
from pathlib import Path
from types import TracebackType
from typing import Any

from .graph import MOST, Graph, GraphEdge, GraphNode, engine_of, roots_of
from .names import Names, caller_namespace
from .player import SUFFIXES, Animation
from .player.frames import ENDS, ordinal
from .watch import Run

FORMAT, VERSION = "minigrad-trace", 2
HELD = 64_000_000  # bytes of runs that are not yet told
KEPT = 32_000_000  # bytes of runs that are told, about: of more, most runs' steps are left out
VALUE = 900  # bytes of one value or sentence in a step, about


class Recording:
    """Backward passes, in the order in which they ran, over one graph that holds all of theirs.

    A graph that a loop builds anew in the same form is shown once: its leaves are the same tensors.
    """

    def __init__(
        self,
        names: Mapping[str, Any] | None = None,
        params: Mapping[str, Any] | None = None,
        memory: bool = False,
    ) -> None:
        self._graph = Graph()
        self._runs: list[dict[str, Any]] = []
        self._untold: list[tuple[Run, bool, bool]] = []
        self._waiting = 0  # bytes that these hold
        self._sizes: list[int] = []  # bytes of each run's steps, 0 where they were left out
        self._kept = 0  # bytes of all of them
        self._ends, self._every = ENDS, 1  # runs at each end that are kept, and of those between
        self._given, self._memory = (names, params), memory
        self._ids: dict[Any, str] = {}
        self._edges: dict[tuple[str, int], str] = {}
        self._forms: dict[Any, dict[str, str]] = {}
        self._alive: list[Any] = []
        self._thread: int | None = None

    @property
    def graph(self) -> Graph:
        """The graph of all runs."""
        self._tell()
        return self._graph

    @property
    def runs(self) -> list[dict[str, Any]]:
        """The runs of the trace."""
        self._tell()
        return self._runs

    @property
    def trace(self) -> dict[str, Any]:
        """All runs as one plain dict; this module's docstring says what is in it."""
        return {
            "format": FORMAT,
            "version": VERSION,
            "graph": self.graph.plain(),
            "runs": list(self.runs),
            **({"ends": self._ends, "every": self._every} if self._every > 1 else {}),
        }

    def run(self, number: int = -1) -> dict[str, Any]:
        """The trace of one run alone, the last one by default, over its own part of the graph."""
        run = self.runs[number]
        plain, own = self.graph.plain(), set(run["nodes"])
        nodes = [
            {**n, "value": run["values"].get(n["id"])} for n in plain["nodes"] if n["id"] in own
        ]
        edges = [e for e in plain["edges"] if e["source"] in own and e["target"] in own]
        return {**self.trace, "graph": {"nodes": nodes, "edges": edges}, "runs": [run]}

    def animation(
        self,
        *,
        direction: str | None = None,
        quiz: bool = False,
        calls: Collection[int] | None = None,
    ) -> Animation:
        """The replay of all runs: what this recording shows in Jupyter.

        `calls` are the calls of backward() to show, counted from 1: `calls=range(1, 4)`. Without
        it all are shown that fit: of too many the first and the last, and every so-many-th.

        `direction` is "LR", "TB" or None for what fits; with `quiz` the replay asks for each number
        before it shows it. Raises ValueError if there is nothing to replay.
        """
        if not self.runs:
            raise ValueError(f"nothing to replay: {self._nothing()}")
        if calls is not None and (isinstance(calls, str) or not isinstance(calls, Collection)):
            raise TypeError(f"calls are numbers from 1, such as calls=[1], not {calls!r}")
        if calls is not None and not any(i in calls for i in range(1, len(self.runs) + 1)):
            raise ValueError(f"no such calls: they are counted from 1 to {len(self.runs)}")
        if calls is not None and not any(i + 1 in calls and s for i, s in enumerate(self._sizes)):
            raise ValueError(
                f"the steps of these calls were not kept: {len(self.runs):,} calls are too many, "
                f"of those between the first and the last {self._ends} every "
                f"{ordinal(self._every)} is there"
            )
        return Animation.of(self.trace, self.graph, direction=direction, quiz=quiz, calls=calls)

    def _nothing(self) -> str:
        """Why there are no runs."""
        if any(each is self for each in _recordings):
            return "no backward() was recorded so far, and the block of viz.record() has not ended"
        if self._thread is None:
            return "viz.record() records inside its block, `with viz.record() as rec:`"
        return "no backward() was recorded"

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, str]:
        return self.animation()._repr_mimebundle_() if self.runs else {"text/plain": repr(self)}

    def save(self, path: str | PathLike[str]) -> None:
        """Writes the trace (`.json`), or the replay of all runs (`.html`, `.svg`, `.png`, `.gif`).

        Raises ValueError for any other suffix, for a replay of nothing, or before the block began.
        """
        path = Path(path)
        if path.suffix.lower() in SUFFIXES:
            return self.animation().save(path)
        if path.suffix.lower() != ".json":
            raise ValueError(
                f"cannot save a recording as {path.name!r}: the suffix must be .json (the trace), "
                f"or for its replay one of {', '.join(SUFFIXES)}"
            )
        if self._thread is None and not self.runs:
            raise ValueError(f"nothing to save: {self._nothing()}")
        text = json.dumps(self.trace, ensure_ascii=False, allow_nan=False)
        path.write_text(text + "\n", encoding="utf-8", newline="\n")

    def __repr__(self) -> str:
        count = len(self.runs)
        return (
            f"Recording({count} backward pass{'es' * (count != 1)}, {len(self.graph.nodes)} nodes)"
        )

    def __enter__(self) -> Recording:
        self.waiting()
        if not _originals:
            _stop(self)
            raise RuntimeError(
                "viz.record() found no engine to watch: import it first, then record"
            )
        return self

    def waiting(self) -> contextlib.closing[Any]:
        """Starts, even if no engine is loaded yet: `with recording.waiting():` ends it."""
        self._tell()
        self._ids.clear()
        self._forms.clear()
        self._thread = threading.get_ident()
        _recordings.append(self)
        watch_engines()
        return contextlib.closing(self)

    def close(self) -> None:
        """Ends the recording."""
        self.__exit__(None, None, None)

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        _stop(self)
        for run, *_ in self._untold:
            run.let_go()
        self._graph.handles.clear()
        self._alive.clear()

    def add(self, run: Run, *, retain_graph: bool, create_graph: bool) -> None:
        """Takes in a run that has ended. It is put into words when the trace is asked for."""
        self._untold.append((run, retain_graph, create_graph))
        self._waiting += run.held
        if retain_graph or run.error or self._waiting > HELD:  # so that no graph is held for long
            self._tell()

    def _tell(self) -> None:
        untold, self._untold, self._waiting = self._untold, [], 0
        count = len(self._runs) + len(untold)
        for i, (run, retain_graph, create_graph) in enumerate(untold):
            self._tell_run(run, count, retain_graph=retain_graph, create_graph=create_graph)
            if not i or self._kept > KEPT:
                self._make_room(count)

    def _tell_run(self, run: Run, count: int, *, retain_graph: bool, create_graph: bool) -> None:
        """Writes a run down, of `count`, its ids changed to those of the whole recording."""
        run.tell(steps=bool(run.error) or self._stays(len(self._runs), count))
        new, rebuilt = self._merge(run.graph)
        edge = {
            e.id: self._edge(new[e.source], new[e.target], e.input, e.output)
            for e in run.graph.edges
        }
        nodes = sorted(set(new.values()), key=lambda id: int(id[1:]))
        self._runs.append(
            {
                "call": run.call,
                "root": new[run.graph.roots[0]],
                "roots": [new[root] for root in run.graph.roots],
                "nodes": nodes,
                "values": {new[n.id]: n.value for n in run.graph.nodes if n.value is not None},
                "retain_graph": retain_graph,
                "create_graph": create_graph,
                "rebuilt": rebuilt,
                "error": run.error,
                "memory": run.memory or None,
                "steps": [_renamed(step, new, edge) for step in run.steps],
            }
        )
        values = sum(2 + 2 * len(step.get("sends", ())) for step in run.steps)
        self._sizes.append(VALUE * (values + len(nodes)))
        self._kept += self._sizes[-1]
        self._thin(len(self._runs) - 1, count)
        self._thin(len(self._runs) - 1 - self._ends, len(self._runs))

    def _make_room(self, count: int) -> None:
        """Keeps fewer runs of so many, if they are too many and the others are like the last."""
        to_come = range(len(self._runs), count)
        while (
            self._ends > 1
            and self._kept + self._sizes[-1] * sum(self._stays(at, count) for at in to_come) > KEPT
        ):
            if self._every < count:
                self._every *= 10
            else:
                self._ends = 1
            for at in range(len(self._runs)):
                self._thin(at, count)

    def _stays(self, at: int, count: int) -> bool:
        """Are the steps of this run kept, of so many? At both ends, and where its turn is."""
        return not (self._ends <= at < count - self._ends and (at + 1) % self._every)

    def _thin(self, at: int, count: int) -> None:
        """Leaves out the steps of a run in the middle of many."""
        if not self._stays(at, count) and not self._runs[at]["error"]:
            self._kept -= self._sizes[at]
            self._sizes[at] = 0
            self._runs[at] |= {"nodes": [], "values": {}, "steps": []}

    def _merge(self, graph: Graph) -> tuple[dict[str, str], bool]:
        form = _form(graph)
        known = self._forms.get(form)
        same = known is not None and all(
            self._ids.get(graph.keys[node.id]) == known[node.id] for node in graph.nodes
        )
        if known is not None:
            for node in graph.nodes:
                keep_constants(self._graph.node(known[node.id]), node)
            return known, not same
        new: dict[str, str] = {}
        for node in graph.nodes:
            key = graph.keys[node.id]
            if key not in self._ids:
                self._ids[key] = f"n{len(self._graph.nodes)}"
                self._graph.nodes.append(GraphNode(**{**vars(node), "id": self._ids[key]}))
            new[node.id] = self._ids[key]
        for edge in graph.edges:
            self._edge(new[edge.source], new[edge.target], edge.input, edge.output)
        for root in graph.roots:
            if new[root] not in self._graph.roots:
                self._graph.roots.append(new[root])
        self._alive.append(graph.handles)
        self._forms[form] = new
        return new, False

    def _edge(self, source: str, target: str, input: int, output: int) -> str:
        place = (source, input)
        if place not in self._edges:
            self._edges[place] = f"e{len(self._graph.edges)}"
            self._graph.edges.append(GraphEdge(self._edges[place], source, target, input, output))
        return self._edges[place]


def keep_constants(box: GraphNode, node: GraphNode) -> None:
    """Of the constants in a box's rules those that a later node in the same place has, too."""
    later = node.constants
    box.constants = {k: text for k, text in box.constants.items() if later.get(k) == text}


def _form(graph: Graph) -> Any:
    """Equal for two graphs of the same ops in the same places over the very same leaves."""
    leaves = {n.id: graph.keys[n.id] for n in graph.nodes if n.kind == "leaf"}
    nodes = tuple((n.kind, n.op, n.name, n.shape, leaves.get(n.id)) for n in graph.nodes)
    return nodes, tuple(graph.edges)


def _renamed(step: dict[str, Any], node: dict[str, str], edge: dict[str, str]) -> dict[str, Any]:
    step = {**step, "node": node[step["node"]]}
    if "ready" in step:
        step["ready"] = [node[id] for id in step["ready"]]
    if step.get("edge"):
        step["edge"] = edge[step["edge"]]
    if "sends" in step:
        step["sends"] = [{**send, "edge": edge[send["edge"]]} for send in step["sends"]]
    return step


# `backward` and `grad` are watched from outside while any recording is on, and then put back

_recordings: list[Recording] = []
_originals: list[tuple[Any, str, Any]] = []  # owner, name, what stood there
_watchers: set[Any] = set()  # what stands there instead
_inside = threading.local()


def record(
    *,
    names: Mapping[str, Any] | None = None,
    params: Mapping[str, Any] | None = None,
    memory: bool = False,
) -> Recording:
    """Records every `backward()` and `autograd.grad()` of this thread: `with viz.record() as rec:`.

    Nothing else changes: gradients, errors and freed buffers are as without it. `names` and
    `params` name tensors as in `viz.draw`. With `memory` it is told how many bytes the graph keeps
    before and after each pass, which takes a little longer. Raises RuntimeError on entry if no
    engine is loaded yet.
    """
    return Recording(names, params, memory)


def recorded(
    t: Any,
    gradient: Any = None,
    *,
    names: Mapping[str, Any] | None = None,
    params: Mapping[str, Any] | None = None,
    memory: bool = False,
    **options: Any,
) -> Recording:
    """Runs `t.backward(…)` (t: a tensor, or several) and returns the recording, or raises."""
    recording = Recording(names, params, memory)
    with recording:
        if isinstance(t, (list, tuple)):
            engine_of(roots_of(t)[0]).autograd.backward(t, gradient, **options)
        else:
            t.backward(gradient, **options)
    return recording


def run(t: Any, gradient: Any = None, **options: Any) -> dict[str, Any]:
    """The trace of `t.backward(…)`, which is run. Takes what `recorded` takes."""
    roots_of(t)
    return recorded(t, gradient, **options).trace


def _stop(recording: Recording) -> None:
    _recordings.remove(recording)
    if not _recordings:
        while _originals:
            owner, method, original = _originals.pop()
            setattr(owner, method, original)


def watch_engines() -> None:
    """Puts a watcher around `Tensor.backward`, `autograd.backward` and `.grad` of each engine."""
    for owner, method in _places(len(sys.modules), next(reversed(sys.modules), None)):
        original = owner.__dict__[method]
        if original not in _watchers:
            _originals.append((owner, method, original))
            watcher = _watched(original)
            _watchers.add(watcher)
            setattr(owner, method, watcher)


@functools.lru_cache(1)
def _places(modules: int, last: str | None) -> list[tuple[Any, str]]:
    """Where the engines' own calls stand; looked for anew when modules have been imported."""
    found = []
    tops = [module for name, module in list(sys.modules.items()) if "." not in name]
    for inside in [getattr(module, "__dict__", {}) for module in tops]:
        if "autograd" not in inside:
            continue
        tensor, autograd = inside.get("Tensor"), inside["autograd"]
        if not isinstance(tensor, type) or not hasattr(tensor, "grad_fn"):
            continue
        places = [*((owner, "backward") for owner in (*tensor.__mro__, autograd))]
        found += [p for p in [*places, (autograd, "grad")] if p[1] in vars(p[0])]
    return list(dict.fromkeys(found))


@functools.cache
def _watched(original: Callable[..., Any]) -> Callable[..., Any]:
    defaults = {name: p.default for name, p in inspect.signature(original).parameters.items()}
    package = original.__module__.partition(".")[0]

    @functools.wraps(original)
    def backward(*args: Any, **kwargs: Any) -> Any:
        __tracebackhide__ = True
        here = [r for r in _recordings if r._thread == threading.get_ident()]
        caller = str(sys._getframe(1).f_globals.get("__name__"))
        if not here or getattr(_inside, "backward", False) or caller.startswith(f"{package}."):
            return original(*args, **kwargs)
        _inside.backward = True
        try:
            return _record_call(here, defaults, original, args, kwargs)
        finally:
            _inside.backward = False

    return backward


def _record_call(
    recordings: list[Recording],
    defaults: dict[str, Any],
    original: Callable[..., Any],
    args: tuple[Any, ...],
    kwargs: dict[str, Any],
) -> Any:
    __tracebackhide__ = True
    try:
        given = {**defaults, **dict(zip(defaults, args)), **kwargs}
        if len(given) > len(defaults) or len(args) > len(defaults):
            raise TypeError
        grad = "outputs" in given  # it is autograd.grad, whose second argument is `inputs`
        tensors, gradients = list(given.values())[0 : 3 if grad else 2 : 2 if grad else 1]
        roots = roots_of(tensors)
    except (TypeError, ValueError):
        roots = []
    if not roots:  # no graph to record: the engine has its own words for it
        return original(*args, **kwargs)
    several = isinstance(gradients, (list, tuple))
    seeds = [*gradients] if several else [gradients] * len(roots)
    create, retain = bool(given.get("create_graph")), given.get("retain_graph")
    if given.get("is_grads_batched"):
        return original(*args, **kwargs)
    namespace = caller_namespace()
    kind = "grad" if grad else "backward"
    runs = [(r, Run(roots, seeds, Names(*r._given, namespace), kind)) for r in recordings]
    if any(run.trail.cut for _, run in runs):
        warnings.warn(
            f"viz did not record this {kind}(): its graph has more than {MOST:,} nodes",
            stacklevel=3,
        )
        return original(*args, **kwargs)
    for recording, run in runs:
        if recording._memory:
            run.measure()
        if run.adds:  # in place, to what earlier runs may still hold
            recording._tell()
    try:
        with _all_watching([run for _, run in runs]):
            found = original(*args, **kwargs)
            if grad:
                wanted = given["inputs"]
                inputs = list(wanted) if isinstance(wanted, (list, tuple)) else [wanted]
                for _, run in runs:
                    run.returns(inputs, found)
            return found
    finally:
        for recording, run in runs:
            if recording._memory:
                run.measure()
            recording.add(
                run, retain_graph=create if retain is None else bool(retain), create_graph=create
            )


def _all_watching(runs: list[Run]) -> contextlib.AbstractContextManager[Any]:
    if not runs[1:]:
        return runs[0].watching()
    with contextlib.ExitStack() as stack:
        for run in runs:
            stack.enter_context(run.watching())
        return stack.pop_all()
