"""Solutions to chapter 12. Each name is an exercise; try first, then look."""

import numpy


# Step 1 · If a moves by 1, the product moves by b.
def times(a, b):
    return a * b, lambda received: (received * b, received * a)


# Step 2 · The first walk counts how often each value was used. The second counts down.
def in_order(last):
    uses, waiting = {last: 0}, [last]
    while waiting:
        for parent in waiting.pop().parents:
            if parent not in uses:
                uses[parent] = 0
                waiting.append(parent)
            uses[parent] += 1
    ready, ordered = [last], []
    while ready:
        value = ready.pop()
        ordered.append(value)
        for parent in value.parents:
            uses[parent] -= 1
            if uses[parent] == 0:
                ready.append(parent)
    return ordered


# Step 3 · Forget, start, go. grad + sent makes a new array; grad += sent would write into one
# that other values may hold too.
def go_back(ordered):
    for value in ordered:
        if value.parents:
            value.grad = None
    ordered[0].grad = numpy.ones_like(ordered[0].data)
    for value in ordered:
        if value.rule is not None:
            for parent, sent in zip(value.parents, value.rule(value.grad)):
                parent.grad = sent if parent.grad is None else parent.grad + sent


# One number of the bias went into 4 rows: 4 paths, and each brings a 1.
bias_gradient = 4


# Step 4 · First the axes that are missing in front, then the axes that are 1.
def shrink(grad, shape):
    grad = grad.sum(axis=tuple(range(grad.ndim - len(shape))))
    stretched = tuple(axis for axis, length in enumerate(shape) if length == 1)
    return grad.sum(axis=stretched, keepdims=True)


# Step 5 · The other factor, transposed.
def matmul(a, b):
    return a @ b, lambda received: (received @ b.T, a.T @ received)


# early is used twice, and Hasty runs it before late has sent.
def hasty(Value):
    start = Value(3.0)
    early = start * 2
    late = early + 1
    (early * late).backward()
    return start


# Two gradients come to start.
def overwriter(Value):
    start = Value(3.0)
    (start * start).backward()
    return start


# 1 · The formula wants the output.
def sigmoid(a):
    output = 1 / (1 + numpy.exp(-a))

    def rule(received):
        return (received * output * (1 - output),)

    return output, rule


# 2 · One number meets three.
def spreader(Value):
    start = Value(3.0)
    (start * Value([1.0, 2.0, 3.0])).sum().backward()
    return start


# 3 · One graph, two passes, and a value in the middle.
def hoarder(Value):
    start = Value(3.0)
    last = start * 2 * 5
    last.backward()
    last.backward()
    return start
