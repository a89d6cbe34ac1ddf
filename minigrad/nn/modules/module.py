"""Module: parameters, buffers and other modules under one name, which can be called."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from types import FunctionType
from typing import Any, TypeVar

from ... import dtypes
from ...creation import empty_like
from ...device import device
from ...engine.grad_mode import no_grad
from ...errors import typename
from ...tensor import Tensor
from ...utils.hooks import Hooks, RemovableHandle
from ..parameter import Buffer, Parameter, clear_grad
from ._call import (
    Callee,
    register_module_backward_hook,
    register_module_forward_hook,
    register_module_forward_pre_hook,
    register_module_full_backward_hook,
    register_module_full_backward_pre_hook,
)
from ._state import Stateful

__all__ = [
    "Module",
    "register_module_backward_hook",
    "register_module_buffer_registration_hook",
    "register_module_forward_hook",
    "register_module_forward_pre_hook",
    "register_module_full_backward_hook",
    "register_module_full_backward_pre_hook",
    "register_module_module_registration_hook",
    "register_module_parameter_registration_hook",
]

M = TypeVar("M", bound="Module")

Callee._everywhere = globals()  # torch's place for hooks of all modules: `_global_forward_hooks` …

_global_buffer_registration_hooks = Hooks()
_global_module_registration_hooks = Hooks()
_global_parameter_registration_hooks = Hooks()


def register_module_buffer_registration_hook(hook: Callable[..., Any]) -> RemovableHandle:
    """Call ``hook(module, name, buffer)`` for each new buffer; what it returns takes its place."""
    return _global_buffer_registration_hooks.add(hook)


def register_module_module_registration_hook(hook: Callable[..., Any]) -> RemovableHandle:
    """Call ``hook(module, name, child)`` for each new child; what it returns takes its place."""
    return _global_module_registration_hooks.add(hook)


def register_module_parameter_registration_hook(hook: Callable[..., Any]) -> RemovableHandle:
    """Call ``hook(module, name, parameter)`` for each new one; what it returns takes its place."""
    return _global_parameter_registration_hooks.add(hook)


def _seen(hooks: Hooks, module: Module, name: str, part: Any) -> Any:
    for hook in hooks.values():
        replaced = hook(module, name, part)
        part = part if replaced is None else replaced
    return part


class Module(Callee, Stateful):
    """Base class of all layers and networks. A subclass makes its parts in `__init__`, after
    ``super().__init__()``, and computes with them in `forward`.

    A Parameter, a Module, or a tensor given to `register_buffer` becomes a part of the module when
    it becomes an attribute: training, saving and moving reach it by its name.
    """

    training: bool
    call_super_init = False

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        if not self.call_super_init:
            name = f"{type(self).__name__}.__init__()"
            if kwargs:
                raise TypeError(f"{name} got an unexpected keyword argument '{next(iter(kwargs))}'")
            if args:
                raise TypeError(
                    f"{name} takes 1 positional argument but {len(args) + 1} were given"
                )
        vars(self).update(
            training=True,
            _parameters={},
            _buffers={},
            _non_persistent_buffers_set=set(),
            _modules={},
        )
        if self.call_super_init:
            super().__init__(*args, **kwargs)

    def forward(self, *input: Any) -> Any:
        """Compute the output; to be overridden."""
        raise NotImplementedError(
            f'Module [{type(self).__name__}] is missing the required "forward" function'
        )

    # -- attributes -------------------------------------------------------------------------------

    def __getattr__(self, name: str) -> Any:
        own = self.__dict__
        for kind in ("_parameters", "_modules", "_buffers"):
            if kind in own and name in own[kind]:
                return own[kind][name]
        raise AttributeError(f"'{type(self).__name__}' object has no attribute '{name}'")

    def __setattr__(self, name: str, value: Any) -> None:
        own = vars(self)
        ready = "_parameters" in own
        if isinstance(value, Parameter):
            if not ready:
                raise AttributeError("cannot assign parameters before Module.__init__() call")
            self._forget(name, but="_parameters")
            self.register_parameter(name, value)
        elif ready and name in own["_parameters"]:
            if value is not None:
                raise TypeError(
                    f"cannot assign '{typename(value)}' as parameter '{name}' "
                    "(torch.nn.Parameter or None expected)"
                )
            self.register_parameter(name, value)
        elif isinstance(value, Module):
            if not ready:
                raise AttributeError("cannot assign module before Module.__init__() call")
            self._forget(name, but="_modules")
            own["_modules"][name] = _seen(_global_module_registration_hooks, self, name, value)
        elif ready and name in own["_modules"]:
            if value is not None:
                raise TypeError(
                    f"cannot assign '{typename(value)}' as child module '{name}' "
                    "(torch.nn.Module or None expected)"
                )
            own["_modules"][name] = value
        elif isinstance(value, Buffer):
            if not ready:
                raise AttributeError("cannot assign buffer before Module.__init__() call")
            self._forget(name, but="_buffers")
            own["_buffers"].pop(name, None)
            how = {} if value.persistent else {"persistent": False}  # what an override may not take
            self.register_buffer(name, value, **how)
        elif ready and name in own["_buffers"]:
            if not isinstance(value, (Tensor, type(None))):
                raise TypeError(
                    f"cannot assign '{typename(value)}' as buffer '{name}' "
                    "(torch.nn.Buffer, torch.Tensor or None expected)"
                )
            own["_buffers"][name] = value
        else:
            super().__setattr__(name, value)

    def _forget(self, name: str, but: str) -> None:
        """Make room for a part of another kind under the same name."""
        own = vars(self)
        for part in (own, own["_parameters"], own["_buffers"], own["_modules"]):
            if part is not own[but]:
                part.pop(name, None)
        self._non_persistent_buffers_set.discard(name)

    def __delattr__(self, name: str) -> None:
        for part in (self._parameters, self._buffers, self._modules):
            if name in part:
                del part[name]
                self._non_persistent_buffers_set.discard(name)
                return
        super().__delattr__(name)

    def __dir__(self) -> list[str]:
        names = {*dir(type(self)), *vars(self), *self._parameters, *self._modules, *self._buffers}
        return sorted([name for name in names if not name[:1].isdigit()])

    def register_parameter(self, name: str, param: Parameter | None) -> None:
        """Make `param` a part of this module, as assigning it does; None reserves the name.

        Raises TypeError for what is no Parameter, ValueError for one that is no leaf, KeyError if
        the name is taken, empty, or has a dot in it.
        """
        self._check_name("parameter", name, "_parameters")
        if param is not None:
            if not isinstance(param, Parameter):
                raise TypeError(
                    f"cannot assign '{typename(param)}' object to parameter '{name}' "
                    "(torch.nn.Parameter or None required)"
                )
            if param.grad_fn is not None:
                raise ValueError(
                    f"Cannot assign non-leaf Tensor to parameter '{name}'. Model parameters must "
                    f"be created explicitly. To express '{name}' as a function of another Tensor, "
                    "compute the value in the forward() method."
                )
            param = _seen(_global_parameter_registration_hooks, self, name, param)
        self._parameters[name] = param

    def register_buffer(self, name: str, tensor: Tensor | None, persistent: bool = True) -> None:
        """Make `tensor`, which is not trained, a part of this module; saved if `persistent`.

        Raises TypeError for what is no tensor, KeyError if the name is taken, empty, or has a dot.
        """
        self._check_name("buffer", name, "_buffers")
        if not isinstance(tensor, (Tensor, type(None))):
            raise TypeError(
                f"cannot assign '{typename(tensor)}' object to buffer '{name}' "
                "(torch Tensor or None required)"
            )
        self._buffers[name] = _seen(_global_buffer_registration_hooks, self, name, tensor)
        passing = self._non_persistent_buffers_set
        passing.discard(name) if persistent else passing.add(name)

    def add_module(self, name: str, module: Module | None) -> None:
        """Make `module` a part of this one, as assigning it does; for names that are computed."""
        if not isinstance(module, (Module, type(None))):
            raise TypeError(f"{typename(module)} is not a Module subclass")
        self._check_name("module", name, "_modules")
        self._modules[name] = _seen(_global_module_registration_hooks, self, name, module)

    register_module = add_module

    def _check_name(self, kind: str, name: Any, parts: str) -> None:
        if parts not in vars(self):
            raise AttributeError(f"cannot assign {kind} before Module.__init__() call")
        if not isinstance(name, str):
            raise TypeError(f"{kind} name should be a string. Got {typename(name)}")
        if "." in name:
            got = f", got: {name}" if kind == "module" else ""
            raise KeyError(f'{kind} name can\'t contain "."{got}')
        if name == "":
            raise KeyError(f'{kind} name can\'t be empty string ""')
        if hasattr(self, name) and name not in vars(self)[parts]:
            raise KeyError(f"attribute '{name}' already exists")

    # -- the parts, each once, with its full name --------------------------------------------------

    def named_modules(
        self, memo: set[Module] | None = None, prefix: str = "", remove_duplicate: bool = True
    ) -> Iterator[tuple[str, Module]]:
        """(name, module) of this module, whose name is "", and of all below it."""
        memo = set() if memo is None else memo
        if self in memo:
            return
        if remove_duplicate:
            memo.add(self)
        yield prefix, self
        for name, module in self._modules.items():
            if module is not None:
                below = f"{prefix}.{name}" if prefix else name
                yield from module.named_modules(memo, below, remove_duplicate)

    def modules(self, remove_duplicate: bool = True) -> Iterator[Module]:
        """This module and all below it."""
        for _, module in self.named_modules(remove_duplicate=remove_duplicate):
            yield module

    def named_children(self) -> Iterator[tuple[str, Module]]:
        """(name, module) of the modules directly below."""
        seen = set()
        for name, module in self._modules.items():
            if module is not None and module not in seen:
                seen.add(module)
                yield name, module

    def children(self) -> Iterator[Module]:
        """The modules directly below."""
        for _, module in self.named_children():
            yield module

    def named_parameters(
        self, prefix: str = "", recurse: bool = True, remove_duplicate: bool = True
    ) -> Iterator[tuple[str, Parameter]]:
        """(name, parameter) of this module and, if `recurse`, of all below it."""
        yield from self._named("_parameters", prefix, recurse, remove_duplicate)

    def parameters(self, recurse: bool = True) -> Iterator[Parameter]:
        """The parameters of this module and, if `recurse`, of all below it."""
        for _, parameter in self.named_parameters(recurse=recurse):
            yield parameter

    def named_buffers(
        self, prefix: str = "", recurse: bool = True, remove_duplicate: bool = True
    ) -> Iterator[tuple[str, Tensor]]:
        """(name, buffer) of this module and, if `recurse`, of all below it."""
        yield from self._named("_buffers", prefix, recurse, remove_duplicate)

    def buffers(self, recurse: bool = True) -> Iterator[Tensor]:
        """The buffers of this module and, if `recurse`, of all below it."""
        for _, buffer in self.named_buffers(recurse=recurse):
            yield buffer

    def _named(
        self, kind: str, prefix: str, recurse: bool, remove_duplicate: bool
    ) -> Iterator[tuple[str, Any]]:
        modules = (
            self.named_modules(prefix=prefix, remove_duplicate=remove_duplicate)
            if recurse
            else [(prefix, self)]
        )
        seen = set()
        for above, module in modules:
            for name, part in vars(module)[kind].items():
                if part is not None and part not in seen:
                    if remove_duplicate:
                        seen.add(part)
                    yield f"{above}.{name}" if above else name, part

    def get_submodule(self, target: str) -> Module:
        """The module of a full name. Raises AttributeError if there is none."""
        module: Any = self
        for name in target.split(".") if target else []:
            module = _part(module, name)
            if not isinstance(module, Module):
                raise AttributeError(f"`{name}` is not an nn.Module")
        return module

    def set_submodule(self, target: str, module: Module, strict: bool = False) -> None:
        """Put `module` in the place of a full name. With `strict`, there must have been one."""
        if target == "":
            raise ValueError("Cannot set the submodule without a target name!")
        if not isinstance(module, Module):
            raise ValueError(f"`module` is not an nn.Module, found {type(module)}")
        above, _, name = target.rpartition(".")
        parent = self.get_submodule(above)
        if (strict or hasattr(parent, name)) and not isinstance(_part(parent, name), Module):
            raise AttributeError(f"`{name}` is not an nn.Module")
        setattr(parent, name, module)

    def get_parameter(self, target: str) -> Parameter:
        """The parameter of a full name. Raises AttributeError if there is none."""
        above, _, name = target.rpartition(".")
        parameter = _part(self.get_submodule(above), name)
        if not isinstance(parameter, Parameter):
            raise AttributeError(f"`{name}` is not an nn.Parameter")
        return parameter

    def get_buffer(self, target: str) -> Tensor:
        """The buffer of a full name. Raises AttributeError if there is none."""
        above, _, name = target.rpartition(".")
        module = self.get_submodule(above)
        buffer = _part(module, name)
        if name not in module._buffers:
            raise AttributeError(f"`{name}` is not a buffer")
        return buffer

    # -- all parts at once ------------------------------------------------------------------------

    def apply(self: M, fn: Callable[[Module], None]) -> M:
        """Call `fn` with every module below and then with this one."""
        for module in self.children():
            module.apply(fn)
        fn(self)
        return self

    def train(self: M, mode: bool = True) -> M:
        """Switch this module and all below to training; layers such as Dropout look at it."""
        if not isinstance(mode, bool):
            raise ValueError("training mode is expected to be boolean")
        self.training = mode
        for module in self.children():
            module.train(mode)
        return self

    def eval(self: M) -> M:
        """Switch this module and all below from training to use."""
        return self.train(False)

    def requires_grad_(self: M, requires_grad: bool = True) -> M:
        """Set `requires_grad` of all parameters."""
        for parameter in self.parameters():
            parameter.requires_grad_(requires_grad)
        return self

    def zero_grad(self, set_to_none: bool = True) -> None:
        """Forget all gradients, or with ``set_to_none=False`` fill them with 0."""
        for parameter in self.parameters():
            clear_grad(parameter, set_to_none)

    def _apply(self: M, fn: Callable[[Tensor], Tensor], recurse: bool = True) -> M:
        """Convert every parameter, its gradient, and every buffer; parameters stay the same
        objects, so that an optimizer goes on knowing them."""
        if recurse:
            for module in self.children():
                module._apply(fn)
        with no_grad():
            for parameter in self._parameters.values():
                if parameter is not None:
                    grad = parameter.grad
                    parameter.data = fn(parameter)
                    if grad is not None:
                        grad.data = fn(grad)
            for name, buffer in self._buffers.items():
                if buffer is not None:
                    self._buffers[name] = fn(buffer)
        return self

    def to_empty(self: M, *, device: Any = None, recurse: bool = True) -> M:
        """Give every parameter and buffer new memory, which is not set."""
        return self._apply(empty_like, recurse)

    def _floating_to(self: M, kind: dtypes.dtype) -> M:
        return self._apply(lambda t: t.to(kind) if t.is_floating_point() else t)

    def to(self: M, *args: Any, **kwargs: Any) -> M:
        """Convert the floating point parameters and buffers to a dtype, or to a tensor's dtype.

        There is one device: NotImplementedError is raised for others, TypeError for other dtypes.
        """
        if "copy" in kwargs:
            raise RuntimeError(".to() does not accept copy argument")
        given = [*args, *kwargs.values()]
        for place in given:
            if isinstance(place, (str, device)):
                device(place).__enter__()
        kinds = [a.dtype if isinstance(a, Tensor) else a for a in given]
        for kind in kinds:
            if isinstance(kind, type):
                kind = dtypes.PYTHON_TYPES.get(kind)
            if isinstance(kind, dtypes.dtype):
                if not kind.is_floating_point:
                    raise TypeError(
                        "nn.Module.to only accepts floating point or complex dtypes, but got "
                        f"desired dtype={kind}"
                    )
                return self._floating_to(kind)
        return self

    def type(self: M, dst_type: dtypes.dtype) -> M:
        """Convert all parameters and buffers, of whatever kind, to a dtype."""
        return self._apply(lambda t: t.to(dst_type))

    def float(self: M) -> M:
        """Convert the floating point parameters and buffers to float32."""
        return self._floating_to(dtypes.float32)

    def double(self: M) -> M:
        """Convert the floating point parameters and buffers to float64."""
        return self._floating_to(dtypes.float64)

    def half(self: M) -> M:
        """Convert the floating point parameters and buffers to float16."""
        return self._floating_to(dtypes.float16)

    def cuda(self: M, place: Any = None) -> M:
        """Raises NotImplementedError: there is no other device than the CPU."""
        return self.to("cuda")

    def cpu(self: M) -> M:
        """The module itself: there is one device."""
        return self

    # -- printing ---------------------------------------------------------------------------------

    def _get_name(self) -> str:
        return self.__class__.__name__

    def extra_repr(self) -> str:
        """What stands between the parentheses besides the modules below; to be overridden."""
        return ""

    def __repr__(self) -> str:
        extra = self.extra_repr()
        below = [f"({name}): {indent(repr(m))}" for name, m in self._modules.items()]
        lines = [*(extra.split("\n") if extra else []), *below]
        if lines and (below or len(lines) > 1):
            body = "".join([f"\n  {line}" for line in lines]) + "\n"
        else:
            body = extra
        return f"{self._get_name()}({body})"


def indent(text: str) -> str:
    """All lines but the first, two spaces to the right."""
    first, *rest = text.split("\n")
    return "\n".join([first, *["  " + line if line.strip() else "" for line in rest]])


def _part(module: Module, name: str) -> Any:
    if not hasattr(module, name):
        raise AttributeError(f"{module._get_name()} has no attribute `{name}`")
    return getattr(module, name)


for _part_of in (Callee, Stateful):  # errors about a call name the class that they are called on
    for _name, _method in vars(_part_of).items():
        if isinstance(_method, FunctionType):
            _method.__qualname__ = f"Module.{_name}"
