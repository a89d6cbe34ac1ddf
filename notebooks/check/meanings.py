"""What an error in the learner's own code means, and what to do about it."""

from __future__ import annotations

# A part of the error's text: what it means, and where the course speaks of it.
MEANINGS = {
    "does not require grad and does not have a grad_fn": "There is no record to go back through:"
    " nobody asked to track the leaf, the way back was cut, or recording was off. (Chapters 02,"
    " 03 and 06)",
    "backward through the graph a second time": "A pass uses its graph up. Compute the result"
    " again before the next pass, or retain the graph. (Chapter 08)",
    "grad can be implicitly created only for scalar outputs": "A pass starts from one number."
    " `sum()` makes one; or say how much each number counts. (Chapter 05)",
    "Mismatch in shape: grad_output": "The gradient that you hand over must have the shape of the"
    " result. (Chapter 05)",
    "leaf Variable that requires grad is being used in an in-place": "On record, this write would"
    " make the leaf a result. Take it off the record, or make a new tensor. (Chapter 07)",
    "modified by an inplace operation": "Something that a node had saved was written over. Make a"
    " new tensor in place of the write. (Chapter 07)",
    "Only Tensors of floating point": "A whole number cannot move a little. Write a decimal point,"
    " or `float(…)`. (Chapter 01)",
    "Can't call numpy() on Tensor that requires grad": "numpy keeps no record. Say so aloud:"
    " `detach()` first. (Chapter 06)",
    "only change requires_grad flags of leaf variables": "A result is tracked as long as its leaf"
    " is. `detach()` gives the same numbers without a record. (Chapter 06)",
    "mean(): could not infer output dtype": "Only decimal numbers have a mean: `.float()` first.",
    "'NoneType'": "Something there is None. A `.grad` is None before the first pass, a leaf has no"
    " `grad_fn`, and `backward()` gives nothing back.",
    "'tuple' object": "Something there is a tuple. `torch.autograd.grad` hands one out, and so does"
    " `ctx.saved_tensors`: take the tensor out of it, `(x,) = …`.",
    "'float' object has no attribute": "A Python number keeps no record and has no gradient. Make a"
    " tensor of it: `torch.tensor(…, requires_grad=True)`.",
    "'function' object has no attribute": "That is a function, and not what it returns. Call it.",
    "object is not callable": "Parentheses call what stands before them, and that is no function."
    " `requires_grad`, `is_leaf` and `.T` go without them, and a product needs its `*`.",
    "positional argument: ": "A function was called with too little. A hook is handed over by its"
    " name, without parentheses: the engine calls it.",
    "hook returned": "What a hook returns goes on in place of the gradient, so it must be a tensor."
    " A hook that only listens returns nothing. (Chapter 10)",
    "assigned grad expected": "`.grad` holds a tensor, or None. `w.grad = None` clears it.",
    "gradients can be either Tensors": "`backward` takes a tensor: `torch.ones_like(y)`, or"
    " `torch.tensor([…])`. (Chapter 05)",
    "object is not iterable": "One number stands where several things are expected. A loop needs"
    " `range(…)`, and `backward` takes a tensor.",
    "tuple index out of range": "That tuple has fewer entries. At a leaf `next_functions` is empty:"
    " there the walk ends. (Chapter 02)",
    "has no attribute 'next_functions'": "Nodes have `next_functions`. A tensor's node is its"
    " `grad_fn`. (Chapter 02)",
    "values to unpack": "`saved_tensors` hands out as many as `save_for_backward` was given, and"
    " `next_functions` one for each input.",
    "is not defined": "A function knows what is handed to it, what it makes itself, and what a cell"
    " made before. (`backward` gets `ctx` from `forward`, and nothing else.)",
}


def meaning(error: BaseException) -> str:
    """What `error` means, in a sentence or two; nothing for an error that the course never met."""
    said = str(error)
    return next((words for part, words in MEANINGS.items() if part in said), "")
