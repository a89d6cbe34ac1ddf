"""What a module saves and loads: its parameters and buffers, under their full names."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from ...engine.grad_mode import no_grad
from ...tensor import Tensor
from ...utils.hooks import NO_HOOKS, RemovableHandle, add_hook
from ..parameter import Parameter, is_lazy


class _Keys(NamedTuple):
    missing_keys: list[str]
    unexpected_keys: list[str]


class _IncompatibleKeys(_Keys):
    """The names that only the module knew, and those that only the saved state knew."""

    __slots__ = ()

    def __repr__(self) -> str:
        return super().__repr__() if any(self) else "<All keys matched successfully>"

    __str__ = __repr__


class Stateful:
    """The part of Module that saves and loads."""

    _parameters: dict[str, Any]
    _buffers: dict[str, Any]
    _modules: dict[str, Any]
    _non_persistent_buffers_set: set[str]
    _version = 1  # of the names that are saved, which a module may change in the course of time
    _state_dict_pre_hooks = NO_HOOKS
    _state_dict_hooks = NO_HOOKS
    _load_state_dict_pre_hooks = NO_HOOKS
    _load_state_dict_post_hooks = NO_HOOKS

    # -- saving -----------------------------------------------------------------------------------

    def state_dict(
        self,
        *,
        destination: OrderedDict[str, Any] | None = None,
        prefix: str = "",
        keep_vars: bool = False,
    ) -> OrderedDict[str, Any]:
        """{full name: tensor} of all parameters and persistent buffers, on the same memory.

        The tensors are detached, unless `keep_vars`.
        """
        if destination is None:
            destination = OrderedDict()
            destination._metadata = OrderedDict()  # type: ignore[attr-defined]
        metadata = {"version": self._version}
        if hasattr(destination, "_metadata"):
            destination._metadata[prefix[:-1]] = metadata
        for hook in self._state_dict_pre_hooks.values():
            hook(self, prefix, keep_vars)
        self._save_to_state_dict(destination, prefix, keep_vars)
        for name, module in self._modules.items():
            if module is not None:
                module.state_dict(
                    destination=destination, prefix=f"{prefix}{name}.", keep_vars=keep_vars
                )
        for hook in self._state_dict_hooks.values():
            if hook(self, destination, prefix, metadata) is not None:
                raise RuntimeError("state_dict post-hook must return None")
        return destination

    def _save_to_state_dict(
        self, destination: OrderedDict[str, Any], prefix: str, keep_vars: bool
    ) -> None:
        """Save what is this module's own; to be extended by modules that save more."""
        for name, tensor in self._own_state().items():
            destination[prefix + name] = tensor if keep_vars or is_lazy(tensor) else tensor.detach()
        if type(self).get_extra_state is not Stateful.get_extra_state:
            destination[prefix + "_extra_state"] = self.get_extra_state()

    def _own_state(self) -> dict[str, Tensor]:
        """The parameters and persistent buffers of this module itself."""
        passing = self._non_persistent_buffers_set
        buffers = {name: b for name, b in self._buffers.items() if name not in passing}
        return {n: t for n, t in (self._parameters | buffers).items() if t is not None}

    def get_extra_state(self) -> Any:
        """What to save besides tensors; to be overridden together with `set_extra_state`."""
        raise RuntimeError(_NEVER.format("get"))

    def set_extra_state(self, state: Any) -> None:
        """Take back what `get_extra_state` gave."""
        raise RuntimeError(_NEVER.format("set"))

    # -- loading ----------------------------------------------------------------------------------

    def load_state_dict(
        self, state_dict: Mapping[str, Any], strict: bool = True, assign: bool = False
    ) -> _IncompatibleKeys:
        """Copy saved tensors into the parameters and buffers, or with `assign` put them in place.

        Raises RuntimeError that lists every tensor of another shape and, if `strict`, every name
        that only one side knows. Tensors that do fit have been loaded even so.
        """
        if not isinstance(state_dict, Mapping):
            raise TypeError(f"Expected state_dict to be dict-like, got {type(state_dict)}.")
        metadata = getattr(state_dict, "_metadata", {})
        found = _IncompatibleKeys([], [])
        errors: list[str] = []
        _load(self, dict(state_dict), "", metadata, assign, found, errors)
        if strict:
            unknown = ("Unexpected", found.unexpected_keys), ("Missing", found.missing_keys)
            for kind, keys in unknown:
                if keys:
                    names = ", ".join([f'"{key}"' for key in keys])
                    errors.insert(0, f"{kind} key(s) in state_dict: {names}. ")
        if errors:
            lines = "\n\t".join(errors)
            raise RuntimeError(
                f"Error(s) in loading state_dict for {type(self).__name__}:\n\t{lines}"
            )
        return found

    def _load_from_state_dict(
        self,
        state_dict: dict[str, Any],
        prefix: str,
        local_metadata: dict[str, Any],
        strict: bool,
        missing_keys: list[str],
        unexpected_keys: list[str],
        error_msgs: list[str],
    ) -> None:
        """Load what is this module's own, and note on the lists what does not fit.

        Modules whose saved names changed extend this.
        """
        for hook in self._load_state_dict_pre_hooks.values():
            hook(
                self,
                state_dict,
                prefix,
                local_metadata,
                strict,
                missing_keys,
                unexpected_keys,
                error_msgs,
            )
        assign = local_metadata.get("assign_to_params_buffers", False)
        own = self._own_state()
        for name, tensor in own.items():
            key = prefix + name
            if key in state_dict:
                self._load_tensor(name, tensor, state_dict[key], key, assign, error_msgs)
            elif strict:
                missing_keys.append(key)
        extra = prefix + "_extra_state"
        has_extra = type(self).set_extra_state is not Stateful.set_extra_state
        if has_extra and extra in state_dict:
            self.set_extra_state(state_dict[extra])
        elif strict and has_extra != (extra in state_dict):
            (missing_keys if has_extra else unexpected_keys).append(extra)
        if strict:
            for key in state_dict:
                if key.startswith(prefix) and key != extra:
                    first, *rest = key[len(prefix) :].split(".", 1)
                    if first not in (self._modules if rest else own):
                        unexpected_keys.append(key)

    def _load_tensor(
        self, name: str, tensor: Tensor, saved: Any, key: str, assign: bool, error_msgs: list[str]
    ) -> None:
        if not isinstance(saved, Tensor):
            error_msgs.append(
                f'While copying the parameter named "{key}", expected torch.Tensor or Tensor-like '
                f"object from checkpoint but received {type(saved)}"
            )
            return
        if is_lazy(tensor) and is_lazy(saved):
            return  # both wait for their first input
        if tensor.ndim == 0 and saved.shape == (1,):
            saved = saved.reshape(())  # what torch once saved for a 0-d tensor
        if saved.shape != tensor.shape:
            error_msgs.append(
                f"size mismatch for {key}: copying a param with shape {saved.shape} from "
                f"checkpoint, the shape in current model is {tensor.shape}."
            )
            return
        if assign:
            if isinstance(tensor, Parameter):
                requires_grad = tensor.requires_grad
                if isinstance(saved, Parameter):
                    saved.requires_grad_(requires_grad)
                else:
                    saved = Parameter(saved, requires_grad)
            setattr(self, name, saved)
        else:
            with no_grad():
                tensor.copy_(saved)

    # -- hooks ------------------------------------------------------------------------------------

    def register_state_dict_pre_hook(self, hook: Callable[..., Any]) -> RemovableHandle:
        """Call ``hook(module, prefix, keep_vars)`` before `state_dict` saves this module."""
        return add_hook(self, "_state_dict_pre_hooks", hook)

    def register_state_dict_post_hook(self, hook: Callable[..., None]) -> RemovableHandle:
        """Call ``hook(module, state_dict, prefix, local_metadata)`` after; it may change both."""
        return add_hook(self, "_state_dict_hooks", hook)

    def register_load_state_dict_pre_hook(self, hook: Callable[..., Any]) -> RemovableHandle:
        """Call ``hook(module, state_dict, prefix, local_metadata, strict, missing_keys,
        unexpected_keys, error_msgs)`` before this module is loaded; it may change the lists."""
        return add_hook(self, "_load_state_dict_pre_hooks", hook)

    def _register_load_state_dict_pre_hook(
        self, hook: Callable[..., Any], with_module: bool = False
    ) -> RemovableHandle:
        """The older form, which many packages use: the hook is called without the module."""
        if with_module:
            return self.register_load_state_dict_pre_hook(hook)
        return self.register_load_state_dict_pre_hook(lambda module, *args: hook(*args))

    def register_load_state_dict_post_hook(self, hook: Callable[..., None]) -> RemovableHandle:
        """Call ``hook(module, incompatible_keys)`` after; it may change the two lists."""
        return add_hook(self, "_load_state_dict_post_hooks", hook)


def _load(
    module: Stateful,
    state_dict: dict[str, Any],
    prefix: str,
    metadata: Mapping[str, dict[str, Any]],
    assign: bool,
    found: _IncompatibleKeys,
    errors: list[str],
) -> None:
    """Load a module and then its children, each from the names that begin with its own."""
    local = dict(metadata.get(prefix[:-1], {}))
    if assign:
        local["assign_to_params_buffers"] = True
    module._load_from_state_dict(state_dict, prefix, local, True, *found, errors)
    for name, child in module._modules.items():
        if child is not None:
            below = f"{prefix}{name}."
            theirs = {key: saved for key, saved in state_dict.items() if key.startswith(below)}
            _load(child, theirs, below, metadata, assign, found, errors)
    for hook in module._load_state_dict_post_hooks.values():
        if hook(module, found) is not None:
            raise AssertionError(
                "Hooks registered with ``register_load_state_dict_post_hook`` are not expected to "
                "return new values, if incompatible_keys need to be modified, it should be done "
                "inplace."
            )


_NEVER = (
    "Reached a code path in Module.{}_extra_state() that should never be called. Please file an "
    "issue at https://github.com/pytorch/pytorch/issues/new?template=bug-report.yml to report this "
    "bug."
)
