"""Whether operations are recorded: torch's address for what the engine's ground floor holds."""

from ..engine.grad_mode import enable_grad, no_grad, set_grad_enabled

__all__ = ["enable_grad", "no_grad", "set_grad_enabled"]
