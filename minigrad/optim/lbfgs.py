"""L-BFGS: Newton's direction, from how the gradient changed over the last steps."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, NamedTuple

from ..creation import zeros
from ..engine.grad_mode import enable_grad, no_grad
from ..functions import cat
from ..tensor import Tensor
from .optimizer import Optimizer, check_options, number


class LBFGS(Optimizer):
    """Up to `max_iter` moves p ← p + t·d in each step, where d = −H·g is made of the gradient g.

    H stands for the inverse of the Hessian. It is never built: H·g comes from the last
    `history_size` pairs of a move and of what it changed in g. t is `lr`, or with
    ``line_search_fn="strong_wolfe"`` found by trying. A step ends early when no element of g is
    above `tolerance_grad`, no element moves, or the loss does not change, by `tolerance_change`,
    or after `max_eval` evaluations (1.25·max_iter).

    There is one group only. Raises ValueError for more of them and for an lr below 0.
    """

    def __init__(
        self,
        params: Iterable[Any],
        lr: float = 1,
        max_iter: int = 20,
        max_eval: int | None = None,
        tolerance_grad: float = 1e-7,
        tolerance_change: float = 1e-9,
        history_size: int = 100,
        line_search_fn: str | None = None,
    ) -> None:
        check_options(lr=lr)
        defaults = {
            "lr": lr,
            "max_iter": max_iter,
            "max_eval": max_iter * 5 // 4 if max_eval is None else max_eval,
            "tolerance_grad": tolerance_grad,
            "tolerance_change": tolerance_change,
            "history_size": history_size,
            "line_search_fn": line_search_fn,
        }
        super().__init__(params, defaults)
        if len(self.param_groups) != 1:
            raise ValueError("LBFGS doesn't support per-parameter options (parameter groups)")

    @property
    def _params(self) -> list[Tensor]:
        return self.param_groups[0]["params"]

    def _gradient(self) -> Tensor:
        """The gradients of all parameters as one vector."""
        grads = [zeros(p.shape, dtype=p.dtype) if p.grad is None else p.grad for p in self._params]
        return cat([grad.reshape(-1) for grad in grads])

    def _move(self, t: Any, direction: Tensor) -> None:
        parts = direction.split([p.numel() for p in self._params])
        for param, part in zip(self._params, parts):
            param.add_(part.view_as(param), alpha=t)

    @no_grad()
    def step(self, closure: Callable[[], Any]) -> Any:  # type: ignore[override]
        """Move the parameters; `closure` computes loss and gradients anew, as often as needed.

        Returns the loss at the start. Raises RuntimeError for an unknown `line_search_fn`.
        """
        group, closure = self.param_groups[0], enable_grad()(closure)
        lr, least_change = number(group["lr"]), group["tolerance_change"]
        state = self.state[self._params[0]]  # of one parameter, in the name of all
        state.setdefault("func_evals", 0)
        state.setdefault("n_iter", 0)
        first_loss = closure()
        loss, grad, evaluations = float(first_loss), self._gradient(), 1
        state["func_evals"] += 1

        def flat() -> bool:
            return bool(grad.abs().max() <= group["tolerance_grad"])

        if flat():
            return first_loss
        for turn in range(1, group["max_iter"] + 1):
            state["n_iter"] += 1
            d = state["d"] = self._direction(state, grad, group["history_size"])
            loss_before = state["prev_loss"] = loss
            state["prev_flat_grad"] = grad
            t: Any = lr
            if state["n_iter"] == 1:
                t = min(1.0, 1.0 / grad.abs().sum()) * lr
            state["t"] = t
            slope = grad.dot(d)
            if slope > -least_change:
                break
            tries = 0
            if group["line_search_fn"] is not None:
                if group["line_search_fn"] != "strong_wolfe":
                    raise RuntimeError("only 'strong_wolfe' is supported")
                start, tried = _Point(0, loss, grad, slope), self._trial(closure, d)
                most = group["max_eval"] - evaluations
                (t, loss, grad, _), tries = _search(start, t, d.abs().max(), tried, most)
                state["t"] = t
                self._move(t, d)
            else:
                self._move(t, d)
                if turn < group["max_iter"]:
                    loss, grad, tries = float(closure()), self._gradient(), 1
            evaluations += tries
            state["func_evals"] += tries
            if evaluations >= group["max_eval"] or flat():
                break
            if (d * t).abs().max() <= least_change or abs(loss - loss_before) < least_change:
                break
        return first_loss

    def _direction(self, state: dict[str, Any], grad: Tensor, most: int) -> Tensor:
        """−H·grad, after the last move and its change of the gradient have been noted."""
        if state["n_iter"] == 1:
            state.update(old_dirs=[], old_stps=[], ro=[], H_diag=1)
            return -grad
        changes, moves, inverse = state["old_dirs"], state["old_stps"], state["ro"]
        change, move = grad - state["prev_flat_grad"], state["d"] * state["t"]
        product = change.dot(move)
        if product > 1e-10:
            kept = ((changes, change), (moves, move), (inverse, 1.0 / product))
            for past, new in kept:
                past.append(new)
                del past[:-most]
            state["H_diag"] = product / change.dot(change)
        parts = state.setdefault("al", [None] * most)
        d = -grad
        for i in reversed(range(len(changes))):
            parts[i] = moves[i].dot(d) * inverse[i]
            d.add_(changes[i], alpha=-parts[i])
        d = d * state["H_diag"]
        for i in range(len(changes)):
            d.add_(moves[i], alpha=parts[i] - changes[i].dot(d) * inverse[i])
        return d

    def _trial(self, closure: Callable[[], Any], direction: Tensor) -> Callable[[Any], _Point]:
        """What looks at p + t·direction, and leaves p where it was."""
        before = [param.clone() for param in self._params]

        def tried(t: Any) -> _Point:
            self._move(t, direction)
            loss, grad = float(closure()), self._gradient()
            for param, value in zip(self._params, before):
                param.copy_(value)
            return _Point(t, loss, grad, grad.dot(direction))

        return tried


class _Point(NamedTuple):
    """A place t on the way: its loss, its gradient, and the loss's slope along the way."""

    t: Any
    loss: float
    grad: Tensor
    slope: Tensor


def _search(
    start: _Point, t: Any, reach: Tensor, tried: Callable[[Any], _Point], most: int
) -> tuple[_Point, int]:
    """A place where the loss has fallen enough and has become flat, and how many were tried.

    These are the strong conditions of Wolfe: loss ≤ start + 10⁻⁴·t·slope and |slope| ≤ 0.9·|start's
    slope|. `reach` is the largest element of the direction.
    """

    def too_high(point: _Point) -> bool:
        return bool(point.loss > start.loss + 1e-4 * point.t * start.slope)

    def flat(point: _Point) -> bool:
        return bool(abs(point.slope) <= -0.9 * start.slope)

    # Go on, ever farther, until such a place lies between the last two.
    last, here, count = start, tried(t), 0
    while count < most:
        if too_high(here) or (count > 1 and here.loss >= last.loss):
            break
        if flat(here):
            return here, count + 1
        if here.slope >= 0:
            break
        near, far = here.t + 0.01 * (here.t - last.t), here.t * 10
        last, here = here, tried(_lowest(last, here, near, far))
        count += 1
    else:
        last = start

    # Come closer from both sides.
    ends, stalled = [last, here], False
    low, high = (0, 1) if last.loss <= here.loss else (1, 0)
    while count < most and not abs(ends[1].t - ends[0].t) * reach < 1e-9:
        near, far = sorted([ends[0].t, ends[1].t])
        t, margin = _lowest(ends[0], ends[1], near, far), 0.1 * (far - near)
        close = bool(min(far - t, t - near) < margin)
        if close and (stalled or t >= far or t <= near):
            t = far - margin if abs(t - far) < abs(t - near) else near + margin
            close = False
        stalled = close
        here = tried(t)
        count += 1
        if too_high(here) or here.loss >= ends[low].loss:
            ends[high] = here
            low, high = (0, 1) if ends[0].loss <= ends[1].loss else (1, 0)
            continue
        if flat(here):
            return here, count + 1
        if here.slope * (ends[high].t - ends[low].t) >= 0:
            ends[high] = ends[low]
        ends[low] = here
    return ends[low], count + 1


def _lowest(a: _Point, b: _Point, near: Any, far: Any) -> Any:
    """Where the cubic through two places, with their slopes, is least; between `near` and `far`."""
    bend = a.slope + b.slope - 3 * (a.loss - b.loss) / (a.t - b.t)
    square = bend**2 - a.slope * b.slope
    if not square >= 0:
        return (near + far) / 2.0
    root = square.sqrt()
    a, b = (a, b) if a.t <= b.t else (b, a)
    t = b.t - (b.t - a.t) * ((b.slope + root - bend) / (b.slope - a.slope + 2 * root))
    return min(max(t, near), far)
