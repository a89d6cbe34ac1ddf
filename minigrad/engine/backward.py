"""The backward pass: one loop over the nodes, from the last that was made to the first."""

from __future__ import annotations

import sys
import threading
import warnings
from collections.abc import Callable, Collection, Sequence
from operator import attrgetter
from typing import Any

import numpy as np

from . import anomaly
from .grad_mode import set_mode, state, unusual
from .hooks import replaced, replaced_tuple
from .node import ABSENT, FREED, LONG, AccumulateGrad, Edge, Node, end, parted
from .saved import set_hooks
from .version import UNWRITTEN

_sequence = attrgetter("sequence")


def run_backward(
    roots: Sequence[Edge],
    gradients: Sequence[Any],
    retain_graph: bool,
    create_graph: bool,
    inputs: Sequence[Edge] | None = None,
    accumulate: bool = True,
) -> list[Any]:
    """Send `gradients` from `roots` through the graph; return those that reach `inputs`.

    With `inputs`, only the nodes on a path to them run. `accumulate` says whether leaves add to
    their `.grad`. Gradients are numpy arrays, or Tensors if `create_graph`; None if undefined.
    """
    kind = WatchedTask if anomaly.enabled else GraphTask
    task = kind(retain_graph, create_graph, accumulate, inputs or ())
    if len(state.tasks) % _NESTED_IN_ONE_THREAD == _NESTED_IN_ONE_THREAD - 1:
        _in_another_thread(task, roots, gradients)
    else:
        _in_this_thread(task, roots, gradients)
    return [task.captured[edge] for edge in inputs or ()]


_NESTED_IN_ONE_THREAD = 20


def current_task() -> GraphTask | None:
    """The backward pass that this thread is in; of passes that hooks start, the innermost."""
    return state.tasks[-1] if state.tasks else None


def queue_callback(callback: Callable[[], None]) -> None:
    """Call `callback()` at the end of the backward pass that this thread is in."""
    task = current_task()
    if task is None:
        raise RuntimeError("Final callbacks can only be installed during backward pass.")
    task.callbacks = task.callbacks or []
    task.callbacks.append(callback)


def _in_this_thread(task: GraphTask, roots: Sequence[Edge], gradients: Sequence[Any]) -> None:
    mode, tasks, saved_hooks = state.grad_mode, state.tasks, state.saved_hooks
    state.tasks = (*tasks, task)
    set_mode(task.recording)
    try:
        task.run(roots, gradients)
        for callback in task.callbacks:  # which may queue others
            callback()
    finally:
        state.tasks = tasks
        set_mode(mode)
        if state.saved_hooks is not saved_hooks:  # an unpack hook left its own
            set_hooks(saved_hooks)


def _in_another_thread(task: GraphTask, roots: Sequence[Edge], gradients: Sequence[Any]) -> None:
    """Passes that start passes that start passes would meet the recursion limit; a new thread
    begins with an empty stack."""
    inherited, errors = dict(vars(state)), []

    def work() -> None:
        vars(state).update(inherited)
        try:
            _in_this_thread(task, roots, gradients)
        except BaseException as error:
            errors.append(error)
        finally:
            unusual.discard(threading.get_ident())  # the thread ends

    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
    if errors:
        raise errors.pop()


class GraphTask:
    """One backward pass. All that it knows lies here and not in the nodes, so that passes of
    several threads, or one that a hook of another starts, may cross the same graph."""

    watched = False  # whether every node is to be watched: anomaly detection
    callbacks: Any = ()  # to be called when all is done
    rank: dict[Node, int] | None = None  # torch's order of nodes, once it is asked for
    ends: Collection[Node] = ()  # the nodes of `inputs`
    wanted: set[Node] | None = None  # the nodes that must run; None means all

    def __init__(self, retain: bool, recording: bool, accumulate: bool, inputs: Sequence[Edge]):
        self.retain = retain
        self.recording = recording
        self.accumulate = accumulate
        self.captured: dict[Edge, Any] = dict.fromkeys(inputs)
        self.reached: set[Node | None] = {None, ABSENT}  # the nodes that the roots lead to
        self.arrived: dict[Edge, Any] = {}  # the gradients so far, by where they arrive
        self.sums: set[Edge] = set()  # where an array of this pass's own has arrived

    def run(self, roots: Sequence[Edge], gradients: Sequence[Any]) -> None:
        self.roots = [parted(edge)[0] for edge in roots]
        order = self.schedule()
        arrived, sums, retain, recording = self.arrived, self.sums, self.retain, self.recording
        aside: set[Node] = set(order) if self.watched else set()  # nodes that take the long way
        if self.wanted is not None:
            aside.update(self.ends, [node for node in order if node not in self.wanted])
        for edge, grad in zip(roots, gradients):
            arrived[edge] = arrived[edge] + grad if edge in arrived else grad
        for node in order:
            grad = arrived.pop(node, None)
            x, y, special = node.first, node.second, node.special
            if grad is None or special == LONG or x is FREED or (aside and node in aside):
                sent = self.step(node, grad)
                if sent is None:
                    continue
            else:  # what `step` comes to for most nodes, without its calls: half the time
                if x is None:
                    sent = node.backward(grad)
                elif recording or type(x) is tuple:
                    sent = node.backward(grad, *node.values(node.saved or (), recording))
                else:
                    a = x._data if x._counter is UNWRITTEN else node.checked(x)
                    if y is None:
                        sent = node.backward(grad, a)
                    else:
                        b = y._data if y._counter is UNWRITTEN else node.checked(y)
                        sent = node.backward(grad, a, b)
                if x is not None and not retain:
                    node.first, node.second = FREED, None
                if type(sent) is not tuple:
                    sent = (sent,)
                if special:
                    sent = node.fit(sent)
            i = -1  # zip would count for twice the time
            for target in node.many or (node.to_x, node.to_y):
                i += 1
                if not target or (grad := sent[i]) is None:
                    continue
                before = arrived.get(target)
                if before is None:
                    arrived[target] = grad
                elif target in sums:
                    before += grad  # in place: nobody else knows it yet
                else:  # where paths meet, gradients add up: the multivariate rule
                    arrived[target] = total = before + grad
                    if type(total) is np.ndarray:
                        sums.add(target)
            sent = None  # so that a leaf can tell whether it may keep what arrived

    def schedule(self) -> list[Node]:
        """The nodes that the roots lead to, last made first.

        An input is made before the node that uses it, so in this order the gradient of a node is
        complete when its turn comes. A leaf has its turn as soon as its gradient is complete.
        """
        reached, waiting = self.reached, set[Any]()
        order: list[Any] = []
        for node in self.roots:
            if node not in reached:
                reached.add(node)
                (waiting.add if type(node) is AccumulateGrad else order.append)(node)
        for node in order:  # which grows on the way
            for target in node.many or (node.to_x, node.to_y):
                if target not in reached:
                    reached.add(target)
                    if type(target) is tuple:
                        target = target[0]
                        if target in reached:
                            continue
                        reached.add(target)
                    if type(target) is AccumulateGrad:
                        waiting.add(target)
                    else:
                        order.append(target)
        order.sort(key=_sequence, reverse=True)
        if self.captured:
            self.wanted = self.on_a_path(order)
        last: list[Any] = []  # the end of the order, backwards
        while waiting and order:
            node, before = order.pop(), len(last)
            for target in node.many or (node.to_x, node.to_y):
                if target in waiting:
                    waiting.remove(target)
                    last.append(target)
            if len(last) > before + 1:
                last[before:] = self.in_order(last[before:])[::-1]
            last.append(node)
        if waiting:
            last += self.in_order([*waiting])[::-1]
        order += reversed(last)
        return order

    def in_order(self, leaves: list[Any]) -> list[Any]:
        """Leaves that are ready at once, in the order in which torch runs them."""
        if not any(leaf.special or leaf.variable._post_accumulate_grad_hooks for leaf in leaves):
            return leaves  # no hook can tell
        if self.rank is None:
            from .ready_queue import order_of  # with heapq, which few programs need

            self.rank = order_of(self.roots, self.will_run)
        rank = self.rank
        return sorted(leaves, key=lambda leaf: rank.get(leaf, 0))

    def on_a_path(self, order: list[Node]) -> set[Node]:
        """The nodes from which an input can be reached; in `backward`, those of inputs as well."""
        ends = self.ends = {parted(edge)[0] for edge in self.captured}
        wanted = set(ends) if self.accumulate else set()
        for node in reversed(order):
            for target in node.many or (node.to_x, node.to_y):
                if type(target) is tuple:
                    target = target[0]
                if target in wanted or target in ends:
                    wanted.add(node)
                    break
        return wanted

    def step(self, node: Node, grad: Any) -> Sequence[Any] | None:
        """Run a node with its hooks, in torch's order: of its tensors, `retain_grad`, prehooks,
        posthooks; and capture what arrives, if it is asked for. Return what the node sends; None if
        the pass ends here."""
        goes_on = self.wanted is None or node in self.wanted
        grads = [grad, *[self.arrived.pop((node, i), None) for i in range(1, node.num_outputs)]]
        if not goes_on and not self.will_run(node) and [node] != self.roots:
            return None  # torch calls the hooks of a single root in any case
        if goes_on:
            self.capture(node, grads)  # before the hooks change it, as in torch
        for slot, hooks in (node.tensor_hooks or {}).items():
            for hook in list(hooks.values()):
                old = self.wrap(grads[slot])
                grads[slot] = self.unwrap(replaced(hook, old, hook(old), Node.tensor_type))
        for slot, keep in (node.retained or {}).items():
            if grads[slot] is not None:
                keep(self.wrap(grads[slot]))
        if not goes_on:
            self.capture(node, grads)
            return None
        for prehook in list((node.prehooks or {}).values()):
            tensors = tuple([self.wrap(g) for g in grads])
            tensors = replaced_tuple(prehook, tensors, prehook(tensors), Node.tensor_type)
            grads = [self.unwrap(t) for t in tensors]
        if node.num_outputs == 1:
            sent: Sequence[Any] = node.run(grads[0], self.recording)
        else:
            anything = any(g is not None for g in grads)
            sent = node.run(grads if anything else None, self.recording)
        if node.posthooks:
            sent = self.posthooks(node, sent, grads)
        if not self.retain:
            node.release()
        return sent

    def will_run(self, node: Node) -> bool:
        """Whether this pass comes to `node`, of which its hooks then hear."""
        return node in self.reached and (
            self.wanted is None or node in self.wanted or node in self.ends
        )

    # -- hooks see tensors -----------------------------------------------------------------------

    def wrap(self, grad: Any) -> Any:
        return grad if grad is None or self.recording else Node.tensor_type._wrap(grad)

    def unwrap(self, grad: Any) -> Any:
        return grad if grad is None or self.recording else grad._data

    def capture(self, node: Node, grads: Sequence[Any]) -> None:
        """Keep what arrives, if it is asked for."""
        for slot, grad in enumerate(grads):
            if end(node, slot) in self.captured:
                self.captured[end(node, slot)] = grad

    def posthooks(self, node: Node, sent: Sequence[Any], grads: Sequence[Any]) -> Sequence[Any]:
        if self.wanted is not None or not node.custom:
            sent = [  # a rule may compute more than this pass wants
                g if to and (self.wanted is None or self.will_run(parted(to)[0])) else None
                for g, to in zip(sent, node.edges)
            ]
        outputs = tuple([self.wrap(g) for g in grads])
        inputs = tuple([self.wrap(g) for g in sent])
        for hook in list(node.posthooks.values()):  # type: ignore[union-attr]
            inputs = replaced_tuple(hook, inputs, hook(inputs, outputs), Node.tensor_type)
        return [self.unwrap(t) for t in inputs]


class WatchedTask(GraphTask):
    """A backward pass under anomaly detection: it says where a node that fails was made."""

    watched = True
    node: Node | None = None  # the one that is running

    def step(self, node: Node, grad: Any) -> Sequence[Any] | None:
        self.node = node
        try:
            sent = super().step(node, grad)
            if anomaly.check_nan:
                for i, value in enumerate(sent or ()):
                    array = value._data if self.recording and value is not None else value
                    if array is not None and np.isnan(array).any():
                        raise RuntimeError(
                            f"Function '{type(node).__name__}' returned nan values in its {i}th "
                            "output."
                        )
        except Exception:
            for text in anomaly.report(node):
                try:
                    warnings.warn(text, UserWarning, stacklevel=2)
                except UserWarning:  # which must not take the error's place
                    print(text, file=sys.stderr)
            raise
        return sent
