"""What all optimizers share: groups of parameters, their state, and the step's frame."""

from __future__ import annotations

import functools
import warnings
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from copy import deepcopy
from typing import Any

from ..creation import tensor, zeros_like
from ..engine.grad_mode import enable_grad, set_mode, state
from ..errors import typename
from ..nn.parameter import clear_grad
from ..tensor import Tensor
from ..utils.hooks import NO_HOOKS, RemovableHandle, add_hook

Hook = Callable[..., Any]


class Optimizer:
    """Base class of optimizers. A subclass has one method, `update`, for one group.

    `params` are tensors, (name, tensor) pairs, or dicts of ``params`` and options of their own:
    the groups. `defaults` are the options of a group that does not give them.
    """

    def __init__(self, params: Iterable[Any], defaults: dict[str, Any]) -> None:
        self.defaults = defaults
        if isinstance(params, Tensor):
            raise TypeError(
                "params argument given to the optimizer should be an iterable of Tensors or "
                f"dicts, but got {typename(params)}"
            )
        self.state: defaultdict[Tensor, dict[str, Any]] = defaultdict(dict)
        self.param_groups: list[dict[str, Any]] = []
        groups = list(params)
        if not groups:
            raise ValueError("optimizer got an empty parameter list")
        for group in groups if isinstance(groups[0], dict) else [{"params": groups}]:
            self.add_param_group(group)

    def add_param_group(self, param_group: dict[str, Any]) -> None:
        """Add a group: a dict of ``params`` and of options that differ from the defaults.

        Raises TypeError for what is no tensor, ValueError for a tensor that is no leaf or is in
        another group already, or if only some parameters have names.
        """
        if not isinstance(param_group, dict):
            raise TypeError(f"param_group must be a dict, but got {type(param_group)}")
        group = param_group
        params = group["params"]
        if isinstance(params, set):
            raise TypeError(
                "optimizer parameters need to be organized in ordered collections, but the "
                "ordering of tensors in sets will change between runs. Please use a list instead."
            )
        entries = [params] if isinstance(params, Tensor) else list(params)
        names = [entry[0] for entry in entries if isinstance(entry, tuple)]
        group["params"] = [entry[1] if isinstance(entry, tuple) else entry for entry in entries]
        if names:
            if len(names) != len(entries):
                raise ValueError(
                    "all optimizer params should be with/without names. "
                    "Some param names are missing"
                )
            group["param_names"] = names
        for param in group["params"]:
            if not isinstance(param, Tensor):
                raise TypeError(
                    "optimizer can only optimize Tensors, but one of the params is "
                    + typename(param)
                )
            if not self.defaults.get("differentiable") and not (
                param.is_leaf or param.retains_grad
            ):
                raise ValueError("can't optimize a non-leaf Tensor")
        for name, default in self.defaults.items():
            group.setdefault(name, default)
        new = set(group["params"])
        if len(new) != len(group["params"]):
            warnings.warn(
                "optimizer contains a parameter group with duplicate parameters; in future, this "
                "will cause an error; see github.com/pytorch/pytorch/issues/40967 for more "
                "information",
                stacklevel=3,
            )
        for other in self.param_groups:
            if ("param_names" in group) != ("param_names" in other):
                kind = "with" if "param_names" in group else "without"
                raise ValueError(
                    "all optimizer param groups should be with/without names. cannot add param "
                    f"group {kind} names to the optimizer"
                )
        if any(not new.isdisjoint(other["params"]) for other in self.param_groups):
            raise ValueError("some parameters appear in more than one parameter group")
        self.param_groups.append(group)

    # -- the step ---------------------------------------------------------------------------------

    _opt_called = False  # whether there was a step, since the last scheduler was made
    _known_step: Any = None  # a step of the instance itself, as it was at that time

    def update(self, group: dict[str, Any]) -> None:
        """Move the parameters of one group, those that have a gradient; to be overridden."""
        raise NotImplementedError

    def moving(
        self, group: dict[str, Any], *zeros: str, **numbers: float
    ) -> Iterator[tuple[Tensor, Tensor, dict[str, Any]]]:
        """Each parameter of a group that has a gradient, with its gradient, and its state.

        The gradient is as the group's `maximize` and `weight_decay` turn it. A state begins with
        step 0, with `numbers`, and with a tensor of zeros under each name in `zeros`; its step is
        counted here.
        """
        decay = number(group.get("weight_decay", 0))
        for param in group["params"]:
            grad = param._grad
            if grad is None:
                continue
            state = self.state[param]
            if not state:
                state["step"] = step_count()
                for name, start in numbers.items():
                    state[name] = tensor(float(start))
                for name in zeros:
                    state[name] = zeros_like(param)
            if group["maximize"]:
                grad = -grad
            if decay != 0:
                if group.get("decoupled_weight_decay"):
                    param.mul_(1 - number(group["lr"]) * decay)
                else:
                    grad = grad.add(param, alpha=decay)
            state["step"].add_(1)
            yield param, grad, state

    def step(self, closure: Callable[[], Any] | None = None) -> Any:
        """Move every parameter by its gradient; `closure` computes the loss anew, and is returned.

        The update is not recorded, unless the optimizer was made with ``differentiable=True``.
        """
        loss = None
        if closure is not None:
            with enable_grad():
                loss = closure()
        before = state.grad_mode
        set_mode(self.defaults.get("differentiable", False))
        try:
            for group in self.param_groups:
                self.update(group)
        finally:
            set_mode(before)
        return loss

    def zero_grad(self, set_to_none: bool = True) -> None:
        """Forget all gradients, or with ``set_to_none=False`` fill them with 0."""
        for group in self.param_groups:
            for param in group["params"]:
                clear_grad(param, set_to_none)

    def __repr__(self) -> str:
        lines = []
        for i, group in enumerate(self.param_groups):
            lines.append(f"\nParameter Group {i}\n")
            lines += [f"    {key}: {group[key]}\n" for key in sorted(group) if key != "params"]
        return f"{type(self).__name__} ({''.join(lines)})"

    # -- saving and loading -----------------------------------------------------------------------

    def state_dict(self) -> dict[str, Any]:
        """The state of each parameter and the options of each group; parameters are numbered."""
        for hook in self._state_dict_pre_hooks.values():
            hook(self)
        params = [param for group in self.param_groups for param in group["params"]]
        number = {id(param): i for i, param in reversed(list(enumerate(params)))}
        state_dict = {
            "state": {
                number[id(key)] if isinstance(key, Tensor) else key: state
                for key, state in self.state.items()
            },
            "param_groups": [
                {**_options(group), "params": [number[id(param)] for param in group["params"]]}
                for group in self.param_groups
            ],
        }
        for hook in self._state_dict_post_hooks.values():
            replaced = hook(self, state_dict)
            state_dict = state_dict if replaced is None else replaced
        return state_dict

    def load_state_dict(self, state_dict: dict[str, Any]) -> None:
        """Take over what `state_dict` gave; state becomes the dtype of its parameter.

        Raises ValueError if the groups are not as many, or not as large, as here.
        """
        state_dict = state_dict.copy()
        for hook in self._load_state_dict_pre_hooks.values():
            replaced = hook(self, state_dict)
            state_dict = state_dict if replaced is None else replaced
        groups, saved_groups = self.param_groups, deepcopy(state_dict["param_groups"])
        if len(groups) != len(saved_groups):
            raise ValueError("loaded state dict has a different number of parameter groups")
        if any(len(g["params"]) != len(s["params"]) for g, s in zip(groups, saved_groups)):
            raise ValueError(
                "loaded state dict contains a parameter group that doesn't match the size of "
                "optimizer's group"
            )
        numbered = {
            number: param
            for group, saved in zip(groups, saved_groups)
            for number, param in zip(saved["params"], group["params"])
        }
        state: defaultdict[Any, dict[str, Any]] = defaultdict(dict)
        for key, saved in state_dict["state"].items():
            param = numbered.get(key)
            state[key if param is None else param] = _fitted(saved, param)
        for group, saved in zip(groups, saved_groups):
            saved["params"] = group["params"]
            if "param_names" in group:
                saved.setdefault("param_names", group["param_names"])
        self.__setstate__({"state": state, "param_groups": saved_groups})
        for hook in self._load_state_dict_post_hooks.values():
            hook(self)

    def __getstate__(self) -> dict[str, Any]:
        return {key: vars(self)[key] for key in ("defaults", "state", "param_groups")}

    def __setstate__(self, state: dict[str, Any]) -> None:
        vars(self).update(state)

    # -- hooks ------------------------------------------------------------------------------------

    _step_pre_hooks = _step_post_hooks = NO_HOOKS
    _state_dict_pre_hooks = _state_dict_post_hooks = NO_HOOKS
    _load_state_dict_pre_hooks = _load_state_dict_post_hooks = NO_HOOKS

    def register_step_pre_hook(self, hook: Hook) -> RemovableHandle:
        """Call ``hook(optimizer, args, kwargs)`` before `step`; it may return both anew."""
        return add_hook(self, "_step_pre_hooks", hook)

    def register_step_post_hook(self, hook: Hook) -> RemovableHandle:
        """Call ``hook(optimizer, args, kwargs)`` after `step`."""
        return add_hook(self, "_step_post_hooks", hook)

    def register_state_dict_pre_hook(self, hook: Hook, prepend: bool = False) -> RemovableHandle:
        """Call ``hook(optimizer)`` before `state_dict`."""
        return add_hook(self, "_state_dict_pre_hooks", hook, prepend)

    def register_state_dict_post_hook(self, hook: Hook, prepend: bool = False) -> RemovableHandle:
        """Call ``hook(optimizer, state_dict)`` after `state_dict`; it may return another."""
        return add_hook(self, "_state_dict_post_hooks", hook, prepend)

    def register_load_state_dict_pre_hook(
        self, hook: Hook, prepend: bool = False
    ) -> RemovableHandle:
        """Call ``hook(optimizer, state_dict)`` before it is loaded; it may return another."""
        return add_hook(self, "_load_state_dict_pre_hooks", hook, prepend)

    def register_load_state_dict_post_hook(
        self, hook: Hook, prepend: bool = False
    ) -> RemovableHandle:
        """Call ``hook(optimizer)`` after a state was loaded."""
        return add_hook(self, "_load_state_dict_post_hooks", hook, prepend)

    def __init_subclass__(cls, **kwargs: Any) -> None:
        # A subclass may also bring a step of its own, as is usual with torch.
        super().__init_subclass__(**kwargs)
        if "step" in vars(cls):
            cls.step = _with_hooks(cls.step)  # type: ignore[method-assign]


def _with_hooks(step: Callable[..., Any]) -> Callable[..., Any]:
    @functools.wraps(step)
    def hooked(self: Optimizer, *args: Any, **kwargs: Any) -> Any:
        for hook in self._step_pre_hooks.values():
            replaced = hook(self, (self, *args), kwargs)
            if replaced is not None:
                if not (isinstance(replaced, tuple) and len(replaced) == 2):
                    raise RuntimeError(
                        f"{step} must return None or a tuple of (new_args, new_kwargs), "
                        f"but got {replaced}."
                    )
                (_, *args), kwargs = replaced  # type: ignore[assignment]
        self._opt_called = True
        out = step(self, *args, **kwargs)
        for hook in self._step_post_hooks.values():
            hook(self, (self, *args), kwargs)
        return out

    return hooked


Optimizer.step = _with_hooks(Optimizer.step)  # type: ignore[method-assign]


def check_options(**options: Any) -> None:
    """Raise ValueError for the first option that is below 0, or for an lr of several elements."""
    for name, value in options.items():
        if name == "lr" and isinstance(value, Tensor) and value.numel() != 1:
            raise ValueError("Tensor lr must be 1-element")
        if not (0.0 <= value):  # noqa: SIM300 (of a string, torch's error names this order)
            called = {"lr": "learning rate", "eps": "epsilon value"}.get(name, f"{name} value")
            raise ValueError(f"Invalid {called}: {value}")


def check_betas(betas: tuple[float, float]) -> None:
    """Raise ValueError unless both are floats in [0, 1)."""
    for index, beta in enumerate(betas):
        if not 0.0 <= beta < 1.0:
            raise ValueError(f"Invalid beta parameter at index {index}: {beta}")
    if not all(isinstance(beta, float) for beta in betas):
        raise ValueError("betas must be either both floats or both Tensors")


def number(option: Any) -> Any:
    """An option that may also be given as a tensor of one element."""
    if not isinstance(option, Tensor):
        return option
    if option.requires_grad:
        raise NotImplementedError("minigrad's optimizers have no gradient for their own options")
    return option.item()


def step_count() -> Tensor:
    """A tensor that counts the steps of one parameter: 0, in the default dtype."""
    return tensor(0.0)


def _options(group: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in group.items() if key != "params"}


def _fitted(saved: Any, param: Tensor | None, key: Any = None) -> Any:
    """A saved value in the dtype of its parameter; a step count keeps its own."""
    if isinstance(saved, Tensor):
        floating = param is not None and key != "step" and param.is_floating_point()
        return saved.to(param.dtype) if floating else saved  # type: ignore[union-attr]
    if isinstance(saved, dict) and param is not None:
        return {key: _fitted(value, param, key) for key, value in saved.items()}
    return saved
