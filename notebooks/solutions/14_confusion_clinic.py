"""Solutions to chapter 14. Each name is an exercise; try first, then look."""

import minigrad as torch


# 1 · Clear before each pass.
def three_gradients(w):
    found = []
    for _ in range(3):
        w.grad = None
        loss = (3 * w) ** 2
        loss.backward()
        found.append(w.grad.item())
    return found


# 2 · One pass for both. (Or first.backward(retain_graph=True).)
def both(x):
    y = x * x
    first, second = y * 2, y * 3
    (first + second).backward()
    return x.grad


# 3 · The slopes 1, 3, -1, exp(x) and 1/n. A product saves its factors, exp saves its output.
works_twice = {"x - 5": True, "x * 3": False, "-x": True, "x.exp()": False, "x.mean()": True}


# 4 · Ask before the pass.
def middle_gradient(x):
    y = x * 2
    y.retain_grad()
    L = y * y
    L.backward()
    return y.grad


# 5 · What is put in, times 2x: 1 · 2 and 10 · 4.
weighted = [2, 40]


# 6 · eval() for the layers, no_grad() for the recording.
def ask_net(model, x):
    model.eval()
    with torch.no_grad():  # for the recording
        return model(x)


# 7 · Off the record.
def step_down(w):
    loss = (w - 3) ** 2
    loss.backward()
    with torch.no_grad():  # the step is no part of the model
        w -= 0.1 * w.grad
    return w


# 8 · A new tensor; the saved one stays as it was.
def sigmoid_plus_one(x):
    return torch.sigmoid(x) + 1


# 9 · 2x needs the input; exp, tanh and sqrt can be said with the result.
saves = {
    "x ** 2": "input",
    "x.exp()": "output",
    "x + 2": "nothing",
    "torch.tanh(x)": "output",
    "x.sqrt()": "output",
}


# 10 · In place, off the record, and cleared.
def three_steps(w):
    for _ in range(3):
        loss = (w - 5) ** 2
        loss.backward()
        with torch.no_grad():  # and in place
            w -= 0.1 * w.grad
        w.grad = None
    return w


# 11 · Tensors all the way.
def mean_error(w):
    squares = [(w * v - 1) ** 2 for v in (1.0, 2.0)]
    return torch.stack(squares).mean()


# 12 · First the tensor, then the optimizer that holds it.
def fresh_start(w):
    w = torch.tensor(0.0, requires_grad=True)
    optimizer = torch.optim.SGD([w], lr=0.1)
    loss = (w - 5) ** 2
    loss.backward()
    optimizer.step()
    return w


# 13 · Made in the right dtype at once.
def make_weights():
    return torch.ones(3, dtype=torch.float64, requires_grad=True)


# 14 · Where x is 0, the root gets a 1, and its result is not taken.
def safe_sqrt(x):
    harmless = torch.where(x > 0, x, torch.ones_like(x))
    return torch.where(x > 0, torch.sqrt(harmless), torch.zeros_like(x))


# 15 · The first pass is recorded, the second goes through it.
def second(f, at):
    point = torch.tensor(float(at), requires_grad=True)
    (rise,) = torch.autograd.grad(f(point), point, create_graph=True)
    (bend,) = torch.autograd.grad(rise, point)
    return bend.item()
