"""Solutions to chapter 10. Each name is an exercise; try first, then look."""

# 2 · 15 = 30 arrives at a. Half of it goes on, and 5 * x multiplies by 5.
half_way = 75


# 1 · Only what a hook returns goes on.
def clip(tensor, limit):
    def hook(grad):
        return grad.clamp(-limit, limit)

    tensor.register_hook(hook)
    return tensor


# 2 · The hook is the list's own append, which returns nothing.
def listen(tensor):
    gradients = []
    tensor.register_hook(gradients.append)
    return gradients


# 3 · A new tensor, so that other uses of the old one keep their gradient.
def reverse(tensor):
    same = tensor.clone()
    same.register_hook(lambda gradient: -gradient)
    return same
