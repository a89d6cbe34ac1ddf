"""Folds a graph: modules become groups, repeated blocks and long chains one box with a count.

Groups contain nodes and groups. Nothing here is drawn: a group is open, and its inside is seen, or
folded into one box. Everything is a loop or as deep as modules are nested, and linear in nodes.
"""

from __future__ import annotations

import heapq
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, field
from typing import Any, TypeAlias

from .graph import Graph

ROOM = 40  # boxes of a picture that need no folding, and that folding aims at
LONG = 24  # items of one group that stand in a row; more are cut into chunks
MODULE = 60  # the same for a module, whose own parts say more than chunks
CHUNKS = 12  # into so many
PERIOD = 64  # segments of the longest block whose repetition is looked for
LEAST = 3  # repetitions worth a fold
NO_CALL = ("ModuleList", "ModuleDict")  # containers that compute nothing themselves

Item: TypeAlias = "str | Group"  # a node's id, or a group


@dataclass
class Group:
    """Nodes and groups, in the order in which they were computed. `kind` says why they are one."""

    kind: str  # all, module, repeat (one of several), repeats (the others), or chain
    label: str = ""
    detail: str = ""  # what it consists of
    items: list[Item] = field(default_factory=list)
    id: str = ""
    open: bool = False
    form: Any = None  # equal for two groups of the same make

    def groups(self) -> Iterator[Group]:
        """All groups inside, the outer ones first."""
        layer = [self]
        while layer:
            layer = [item for group in layer for item in group.items if isinstance(item, Group)]
            yield from layer

    def nodes(self) -> Iterator[str]:
        """The ids of all nodes inside."""
        for group in (self, *self.groups()):
            yield from (item for item in group.items if isinstance(item, str))


class Tangle(Exception):
    """Groups that need each other's results have no order."""


class Folder:
    """Finds the groups of one graph."""

    def __init__(self, graph: Graph, kinds: Mapping[str, str], atoms: Set[str]) -> None:
        self.graph, self.kinds, self.atoms = graph, kinds, atoms
        self.leaf = {n.id for n in graph.nodes if n.kind == "leaf"}
        self.inputs: dict[str, list[str]] = {n.id: [] for n in graph.nodes}
        self.users: dict[str, list[str]] = {n.id: [] for n in graph.nodes}
        for edge in graph.edges:
            self.inputs[edge.source].append(edge.target)
            self.users[edge.target].append(edge.source)
        self.arity = Counter(edge.source for edge in graph.edges)
        for edge in graph.edges:  # an input that needs no gradient has no edge, but a number
            self.arity[edge.source] = max(self.arity[edge.source], edge.input + 1)
        self._forms: dict[Any, int] = {}
        own = [n.id for n in graph.nodes if n.kind != "leaf"]
        self.order = self._sorted({id: self._above(id) for id in own}, own)

    def _above(self, id: str) -> list[str]:
        return [i for i in self.inputs[id] if i not in self.leaf]

    def run(self) -> Group:
        """The whole graph as one group."""
        root = Group("all", items=list(self.order))
        if self.kinds:
            root.items = self._by_module(self.order, self._paths(), "")
        if len(self.graph.nodes) > ROOM:
            for group in (root, *root.groups()):
                group.items = self._folded(group.items, MODULE if self.kinds else LONG)
        for i, group in enumerate((root, *root.groups())):
            group.id = f"g{i}"
            group.form = self._form(group)
        self._open(root)
        return root

    # which module computed what

    def _paths(self) -> dict[str, tuple[str, ...]]:
        """The module of each op: the owner of its parameters, or else what lies around it."""
        place = {id: i for i, id in enumerate(self.order)}
        own: dict[str, tuple[str, ...]] = {}
        for id in self.order:  # an op that reads parameters, or what was made of them alone
            leaves = [self.graph.node(i).module for i in self.inputs[id] if i in self.leaf]
            known = [tuple(filter(None, path.split("."))) for path in leaves if path is not None]
            if (
                not known
            ):  # a weight is transposed first, say; an input without gradient has a place
                alone = [i for i in self._above(id) if self.arity[i] == len(self.inputs[i])]
                known = [own[i] for i in alone if i in own and not self._above(i)]
            if known:
                own[id] = _common(known)
        below: dict[str, tuple[str, ...]] = {}  # the module that reads it first
        for id in reversed(self.order):
            users = sorted(self.users[id], key=place.__getitem__)
            below[id] = next((own.get(user, below[user]) for user in users), ())
        near = dict(own)
        for id in self.order:  # where modules meet
            above = sorted(self._above(id), key=place.__getitem__)
            found = [near[i] for i in above]
            if id not in own and (len(set(found)) > 1 or (self.arity[id] > 1 and found)):
                between = self._outside(_common([found[-1], below[id]]))
                inside = self._outside(found[-1])  # a detour around a module ends in it
                past = (
                    own.get(u, below[u])[: len(inside)] for i in above[:-1] for u in self.users[i]
                )
                detour = inside in past or (len(found) == 1 and below[id])
                own[id] = max(self._outside(_common(found)) if found[1:] else (), between, key=len)
                own[id] = max(own[id], inside if detour else (), key=len)
            near[id] = own[id] if id in own else next(iter(found), ())
        for id in reversed(self.order):  # what lies between a module and the next
            if id not in own:
                users = sorted(self.users[id], key=place.__getitem__)
                own[id] = self._outside(_common([near[id], own[users[0]] if users else ()]))
        return own

    def _outside(self, path: tuple[str, ...]) -> tuple[str, ...]:
        """The module, or the one around it if it is a single layer."""
        return path[:-1] if ".".join(path) in self.atoms else path

    def _by_module(
        self, ids: Sequence[str], paths: Mapping[str, tuple[str, ...]], prefix: str
    ) -> list[Item]:
        """Items of one level: the ops of the module at `prefix`, and its children as groups."""
        depth = len(prefix.split(".")) if prefix else 0
        children: dict[str, list[str]] = {}
        for id in ids:
            if len(paths[id]) > depth:
                children.setdefault(paths[id][depth], []).append(id)
        items: list[Item] = [id for id in ids if len(paths[id]) <= depth]
        for name, inside in children.items():
            path = f"{prefix}.{name}" if prefix else name
            for call in self._calls(inside):
                inner = self._by_module(call, paths, path)
                kind = self.kinds.get(path, "")
                only = inner[0] if len(inner) == 1 else None
                if kind in NO_CALL or isinstance(only, Group) or self._alone(call):
                    items += inner
                else:
                    items.append(Group("module", path, kind, inner))
        return self._untangled(items)

    def _alone(self, ids: Sequence[str]) -> bool:
        """One op without parameters needs no frame."""
        return len(ids) == 1 and not any(i in self.leaf for i in self.inputs[ids[0]])

    def _calls(self, ids: Sequence[str]) -> list[list[str]]:
        """The ops of a module, apart where it was called several times.

        Parts that do not touch are calls. So are those of a part which reads each of its parameters
        equally often: an op is of the call whose parameters came last on the way to it.
        """
        inside, part = set(ids), dict[str, int]()
        for start in ids:
            if start in part:
                continue
            stack = [start]
            while stack:
                id = stack.pop()
                if id not in part:
                    part[id] = part.get(start, len(part))
                    stack += [i for i in (*self.inputs[id], *self.users[id]) if i in inside]
        parts: dict[int, list[str]] = {}
        for id in ids:
            parts.setdefault(part[id], []).append(id)
        found: list[list[str]] = []
        for own in parts.values():
            reads: Counter[str] = Counter()
            call: dict[str, int] = {}
            for id in own:
                leaves = [i for i in self.inputs[id] if i in self.leaf]
                reads.update(i for i in leaves if self.graph.node(i).module is not None)
                before = [call[i] for i in self._above(id) if i in call]
                call[id] = max([reads[i] for i in leaves] + before, default=0)
            equal = len(set(reads.values())) == 1
            calls: dict[int, list[str]] = {}
            for id in own:
                calls.setdefault(max(call[id], 1) if equal else 1, []).append(id)
            found += calls.values()
        return found

    def _untangled(self, items: list[Item]) -> list[Item]:
        """The items in order. Groups that wait for each other are taken apart."""
        while True:
            try:
                return self._ordered(items)
            except Tangle:
                last = next(i for i in reversed(items) if isinstance(i, Group))
                at = items.index(last)
                items[at : at + 1] = last.items

    # order, segments, repetition

    def _ordered(self, items: list[Item]) -> list[Item]:
        above = dict(enumerate(self._above_each(items)))
        return [items[i] for i in self._sorted(above, list(above))]

    def _above_each(self, items: Sequence[Item]) -> list[list[int]]:
        """For each item, the numbers of those whose results it reads."""
        home = _home(items)
        return [
            list(dict.fromkeys(home[a] for a in self._reads(item) if home.get(a, i) != i))
            for i, item in enumerate(items)
        ]

    def _reads(self, item: Item) -> list[str]:
        """The ops (of anywhere) that an item reads, without those of its own."""
        inside = [item] if isinstance(item, str) else list(item.nodes())
        own = set(inside)
        return [i for id in inside for i in self._above(id) if i not in own]

    @staticmethod
    def _sorted(above: Mapping[Any, Sequence[Any]], keys: Sequence[Any]) -> list[Any]:
        """Keys in the order of computation; what has less behind it stays close to its user."""
        height = _heights(above)
        users = Counter(a for key in keys for a in above[key])
        place = {key: i for i, key in enumerate(keys)}
        ready = [(height[key], place[key], key) for key in keys if not users[key]]
        heapq.heapify(ready)
        found = []
        while ready:
            key = heapq.heappop(ready)[2]
            found.append(key)
            for a in above[key]:
                users[a] -= 1
                if not users[a]:
                    heapq.heappush(ready, (height[a], place[a], a))
        return found[::-1]

    def _segments(self, items: list[Item]) -> list[list[Item]]:
        """The items, cut wherever one result alone goes on: later ones read nothing older."""
        home = _home(items)
        above = [{home.get(a, a) for a in self._reads(item)} - {i} for i, item in enumerate(items)]
        uses = Counter(a for reads in above for a in reads)
        for i, reads in enumerate(
            above
        ):  # what is made of leaves alone and used often is as a leaf
            if not reads and uses[i] > 1:
                for other in above:
                    other.discard(i)
        segments: list[list[Item]] = [[]]
        open: set[Any] = set()
        for i in reversed(range(len(items))):
            if segments[-1] and open == {i}:
                segments.append([])
            open.discard(i)
            open |= above[i]
            segments[-1].append(items[i])
        return [segment[::-1] for segment in segments[::-1]]

    def _folded(self, items: list[Item], long: int) -> list[Item]:
        """The items with each run of equal blocks as its first block and a group of the others."""
        if len(items) < LEAST:
            return items
        segments = self._parallel(self._segments(items))
        segments = [part for segment in segments for part in self._steps(segment)]
        found: list[Item] = []
        done = 0
        for start, period, times in self._repeats(segments):
            end = start + period * times
            blocks = [
                [item for s in segments[j : j + period] for item in s]
                for j in range(start, end, period)
            ]
            found += self._row(segments[done:start], long)
            first, *others = [self._block(b, n + 1, times) for n, b in enumerate(blocks)]
            found.append(first)
            words = self._words(blocks[0])
            found.append(
                Group("repeats", f"{len(others):,} × the same", words, self._chunked(others))
            )
            done = end
        return found + self._row(segments[done:], long)

    def _repeats(self, segments: list[list[Item]]) -> Iterator[tuple[int, int, int]]:
        """(start, period, times) of each run of equal blocks of segments that is worth a fold."""
        forms = [
            self._forms.setdefault(tuple(map(self._form, s)), len(self._forms)) for s in segments
        ]
        going = self._going(segments)
        i = 0
        while i < len(segments):
            period, times, rest = _run(forms, i)
            items = [item for s in segments[i : i + period] for item in s]
            if times < LEAST or times * self._size(items) < CHUNKS:
                i += 1
                continue
            # blocks begin where least goes on, so that what follows them follows a whole one
            start = min(range(i, i + rest + 1), key=lambda j: (going[j], -j))
            yield start, period, times
            i = start + period * times

    def _going(self, segments: list[list[Item]]) -> list[int]:
        """How many results go on into each segment from those before it.

        What many read, and what many are collected in, counts for none of the steps between.
        """
        above = self._above_each([Group("all", items=segment) for segment in segments])
        uses = Counter(a for reads in above for a in reads)
        going, open = [0] * len(segments), set[int]()
        for i in reversed(range(len(segments))):
            open.discard(i)
            if len(above[i]) <= LEAST:
                open |= {a for a in above[i] if uses[a] <= LEAST}
            going[i] = len(open)
        return going

    def _steps(self, segment: list[Item]) -> list[list[Item]]:
        """A long segment, item by item if something in it repeats: the steps of a loop that hands
        on more than one result, such as an LSTM's state and a loss."""
        if len(segment) <= LONG:
            return [segment]
        parts = [[item] for item in self._as_written(segment)]
        return parts if any(self._repeats(parts)) else [segment]

    def _as_written(self, items: list[Item]) -> list[Item]:
        """The items in the order in which a program likely made them: first operands first."""
        above = self._above_each(items)
        read = {a for reads in above for a in reads}
        found: dict[int, Item] = {}
        stack = [i for i in reversed(range(len(items))) if i not in read]
        while stack:
            waits = [a for a in above[stack[-1]] if a not in found]
            if waits:
                stack += reversed(waits)
            else:
                i = stack.pop()
                found[i] = items[i]
        return list(found.values())

    def _ways(self, inside: list[Item]) -> dict[tuple[int, ...], list[list[Item]]]:
        """Items that do not read each other's results, by their form: ways side by side."""
        home, way = _home(inside), list(range(len(inside)))

        def root(i: int) -> int:
            while way[i] != i:
                way[i] = i = way[way[i]]
            return i

        for i, item in enumerate(inside):
            for a in self._reads(item):
                if a in home:
                    way[root(i)] = root(home[a])
        ways: dict[int, list[Item]] = {}
        for i, item in enumerate(inside):
            ways.setdefault(root(i), []).append(item)
        alike: dict[tuple[int, ...], list[list[Item]]] = {}
        for own in ways.values():
            alike.setdefault(tuple(map(self._form, own)), []).append(own)
        return alike

    def _parallel(self, segments: list[list[Item]]) -> list[list[Item]]:
        """The segments, equal ways side by side as the first of them and a group of the others."""
        wide = next((i for i, segment in enumerate(segments) if len(segment) > LEAST), 0)
        before = [item for segment in segments[:wide] for item in segment]
        if before and tuple(map(self._form, before)) in self._ways(segments[wide][:-1]):
            segments = [before + segments[wide], *segments[wide + 1 :]]  # it was one of the ways
        found: list[list[Item]] = []
        for *inside, last in segments:
            found.append([])
            for equal in self._ways(inside).values():
                first, *others = equal
                if len(equal) < LEAST or len(equal) * self._size(first) < CHUNKS:
                    found[-1] += [item for own in equal for item in own]
                    continue
                times, words = len(equal), self._words(first)
                rest = [self._block(own, n + 2, times) for n, own in enumerate(others)]
                label = f"{len(rest):,} × the same"
                found[-1].append(self._block(first, 1, times))
                found[-1].append(Group("repeats", label, words, self._chunked(rest)))
            found[-1].append(last)
        return found

    def _size(self, items: Sequence[Item]) -> int:
        return sum(
            1 if isinstance(item, str) else 1 + sum(1 for _ in item.nodes()) for item in items
        )

    def _block(self, items: list[Item], number: int, times: int) -> Item:
        if len(items) == 1:
            return items[0]
        return Group("repeat", f"{number} of {times:,}", self._words(items), items)

    def _row(self, segments: list[list[Item]], long: int) -> list[Item]:
        """Blocks in a row; a long row is cut into chunks."""
        if sum(map(len, segments)) <= long or len(segments) < CHUNKS:
            return [item for segment in segments for item in segment]
        whole: list[Item] = [
            s[0] if len(s) == 1 else Group("chain", "", self._words(s), s) for s in segments
        ]
        return self._chunked(whole)

    def _chunked(self, items: list[Item]) -> list[Item]:
        if len(items) <= LONG:
            return items
        size = -(-len(items) // CHUNKS)
        chunks = [items[i : i + size] for i in range(0, len(items), size)]
        return [
            Group("chain", f"{self._ops(c):,} operations", self._words(c), self._chunked(c))
            for c in chunks
        ]

    def _ops(self, items: Sequence[Item]) -> int:
        return sum(1 if isinstance(item, str) else sum(1 for _ in item.nodes()) for item in items)

    def _words(self, items: Sequence[Item]) -> str:
        """`Linear → Relu`: what stands in a row, in few words."""
        words = [
            (self.graph.node(item).op or "output").partition("Backward")[0]
            if isinstance(item, str)
            else item.detail or item.label
            for item in items[:12]
        ]
        kept = [w for w, before in zip(words, ["", *words]) if w != before]
        return " → ".join(kept[:4]) + (" → …" if len(kept) > 4 or len(items) > 12 else "")

    def _form(self, item: Item) -> int:
        if isinstance(item, str):
            node = self.graph.node(item)
            leaves = tuple(self.graph.node(i).shape for i in self.inputs[item] if i in self.leaf)
            form: Any = (node.op, len(self.inputs[item]), leaves)
        else:
            if item.form is None:
                item.form = self._number((item.kind, item.detail, *map(self._form, item.items)))
            return int(item.form)
        return self._number(form)

    def _number(self, form: Any) -> int:
        return self._forms.setdefault(form, len(self._forms))

    # what is open at first

    def _open(self, root: Group) -> None:
        """Opens groups as long as there is room: structure first, and all of one kind or none."""
        root.open = True
        if len(self.graph.nodes) <= ROOM:
            for group in root.groups():
                group.open = True
            return
        seen, opened, refused = self.boxes(root), set[Any](), set[Any]()
        while True:
            kinds: dict[Any, list[Group]] = {}
            for group in _folded_in(root):
                if group.kind in ("module", "repeat"):
                    kinds.setdefault(_kin(group), []).append(group)
            wanted = [kin for kin in kinds if kin not in refused]
            if not wanted:
                return
            kin = min(wanted, key=lambda kin: not any(True for _ in kinds[kin][0].groups()))
            opened.add(kin)
            inside = list(kinds[kin])
            for group in inside:  # with it come those that it holds of kinds which are open
                inside += [i for i in group.items if isinstance(i, Group) and _kin(i) in opened]
            more = sum(self.boxes(group) - 1 for group in inside)
            if seen + more <= ROOM:
                seen += more
                for group in inside:
                    group.open = True
            else:
                opened.discard(kin)
                refused.add(kin)

    def boxes(self, group: Group) -> int:
        """How many boxes a group's inside has."""
        ops = [item for item in group.items if isinstance(item, str)]
        return len(group.items) + sum(i in self.leaf for id in ops for i in self.inputs[id])


def fold(
    graph: Graph, kinds: Mapping[str, str] | None = None, atoms: Set[str] = frozenset()
) -> Group:
    """The graph as groups.

    kinds:  {path of a module: its class}, where the modules are known
    atoms:  paths of those modules that are a single layer: what uses no parameter is not theirs
    """
    return Folder(graph, kinds or {}, atoms).run()


def modules(graph: Graph, kinds: Mapping[str, str], atoms: Set[str]) -> list[Group]:
    """The modules that computed parts of a graph, the outer ones first, where nothing is folded."""
    folder = Folder(graph, kinds, atoms)
    root = Group("all", items=folder._by_module(folder.order, folder._paths(), ""))
    return [group for group in root.groups() if group.kind == "module"]


def flat(graph: Graph) -> Group:
    """The graph as one group of nodes, nothing folded."""
    root = Group("all", id="g0", open=True)
    root.items = [node.id for node in graph.nodes if node.kind != "leaf"]
    return root


def _common(paths: Sequence[tuple[str, ...]]) -> tuple[str, ...]:
    """The innermost module around all of these."""
    shared = []
    for names in zip(*paths):
        if len(set(names)) > 1:
            break
        shared.append(names[0])
    return tuple(shared)


def _folded_in(root: Group) -> Iterator[Group]:
    """The folded groups that are seen: those in open ones."""
    for item in root.items:
        if isinstance(item, Group):
            yield from _folded_in(item) if item.open else (item,)


def _kin(group: Group) -> Any:
    """Equal for groups that a reader takes for twins, whatever their shapes are."""
    inner = tuple(_kin(item) for item in group.items if isinstance(item, Group))
    return (group.kind, group.label if group.kind != "module" else "", group.detail, inner)


def _home(items: Sequence[Item]) -> dict[str, int]:
    """{node: number of the item that it is, or is in}"""
    return {
        id: i
        for i, item in enumerate(items)
        for id in ([item] if isinstance(item, str) else item.nodes())
    }


def _heights(above: Mapping[Any, Sequence[Any]]) -> dict[Any, int]:
    """How many steps each key is away from what reads nothing. Raises Tangle for a circle."""
    users: dict[Any, list[Any]] = {key: [] for key in above}
    missing = {key: len(set(reads)) for key, reads in above.items()}
    for key, reads in above.items():
        for a in set(reads):
            users[a].append(key)
    height = {key: 0 for key, count in missing.items() if not count}
    stack = list(height)
    for key in stack:
        for user in users[key]:
            missing[user] -= 1
            height[user] = max(height.get(user, 0), height[key] + 1)
            if not missing[user]:
                stack.append(user)
    if len(stack) < len(above):
        raise Tangle
    return height


def _run(forms: Sequence[int], start: int) -> tuple[int, int, int]:
    """(period, times, rest) of the longest run of equal blocks of segments from here on."""
    best = (1, 1, 0)
    for period in range(1, min(PERIOD, (len(forms) - start) // 2) + 1):
        end = start + period
        while end < len(forms) and forms[end] == forms[end - period]:
            end += 1
        times, rest = divmod(end - start, period)
        if times > 1 and period * times > best[0] * best[1]:
            best = (period, times, rest)
    return best
