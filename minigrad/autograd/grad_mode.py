"""Whether operations are recorded: torch's address for what the engine's ground floor holds."""

from ..engine.grad_mode import enable_grad, inference_mode, no_grad, set_grad_enabled

__all__ = ["enable_grad", "inference_mode", "no_grad", "set_grad_enabled"]
