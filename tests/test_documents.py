"""Every code cell of the five source documents prints on minigrad what it prints on torch.

The cells of a section run in order in one namespace, like a notebook's. Random inputs come from
numpy, so that both engines compute with the same numbers. What torch 2.13 shows for each cell, with
its errors and warnings, stands in documents.txt, which ``python tests/test_documents.py`` records;
with torch installed, torch is held to that text as well.
"""

import re
from pathlib import Path

import pytest
from transcript import transcript

CELLS = {
    "D0 · requires_grad, grad and grad_fn of a network": [
        "net = nn.Sequential(nn.Linear(20, 256), nn.ReLU(), nn.Linear(256, 1))",
        """\
for name, param in net.named_parameters():
    print(f"Layer: {name}, Shape: {param.shape}, {param.requires_grad}, ", end="")
    print(f"{param.grad_fn}, {param.grad}")
""",
        """\
with torch.no_grad():
    for param in net.parameters():
        param.copy_(dyadic(*param.shape))
input_data = dyadic(10, 20)
output = net(input_data)
loss_fn = nn.MSELoss()
target = output.detach() + 10 * dyadic(10, 1)
loss = loss_fn(output, target)
loss.backward()
print(output.shape, output.grad_fn, loss)
""",
        """\
for name, param in net.named_parameters():
    print(f"Layer: {name}, Shape: {param.shape}, {param.requires_grad}, ", end="")
    print(f"{param.grad_fn}, {param.grad}")
""",
        "A = torch.tensor([2.0], requires_grad=True)",
        "A.requires_grad",
        "A.grad_fn",
        "B = A**2",
        "B.requires_grad",
        "B.grad_fn",
    ],
    "D1 · eg1: the gradient of x² + 20 at x = 10": [
        "x = torch.tensor(10, requires_grad=True, dtype=torch.float64)",
        """\
x = torch.tensor(10.0, requires_grad=True, dtype=torch.float64)
f = x**2 + 20
f.backward()
print(x.grad)
print(f)
""",
    ],
    "D1 · eg2: gradients of vectors": [
        """\
x1 = torch.tensor([10, 20], requires_grad=True, dtype=torch.float64)
x2 = torch.tensor([30, 40], requires_grad=True, dtype=torch.float64)
x3 = torch.tensor([[1], [1]], requires_grad=True, dtype=torch.float64)
y1 = x1**2 + x2**2 + x1 * x2
print(y1)
""",
        """\
y2 = y1 @ x3
print(y2)
y2.backward()
print(x1.grad)
print(x2.grad)
print(x3.grad)
""",
    ],
    "D1 · eg3: three ways not to record": [
        """\
x = torch.tensor(10, requires_grad=True, dtype=torch.float64)
with torch.no_grad():
    x = x**2 + 20
print(x, x.requires_grad)
""",
        """\
@torch.no_grad()
def function(x):
    return x**2 + 20

x = torch.tensor(10, requires_grad=True, dtype=torch.float64)
print(function(x))
""",
        """\
torch.set_grad_enabled(False)
y = x**2 + 20
print(y, y.requires_grad, torch.is_grad_enabled())
torch.set_grad_enabled(True)
print((x**2 + 20).requires_grad)
""",
    ],
    "D1 · eg4: clearing gradients": [
        """\
x = torch.tensor(10, requires_grad=True, dtype=torch.float64)
for _ in range(100):
    y1 = x**2 + 20
    y2 = y1.mean()
    if x.grad is not None:
        x.grad.data.zero_()
    y2.backward()
    print(x.grad)
""",
        """\
optimizer = torch.optim.SGD([x], lr=0.1)
optimizer.step()
print(x)
optimizer.zero_grad()
print(x.grad)
""",
    ],
    "D1 · numpy() needs detach()": [
        """\
x = torch.tensor([10, 20], requires_grad=True, dtype=torch.float64)
x.detach().numpy()
""",
        """\
d = x.detach()
print(d, d.requires_grad, d.is_leaf, d.data_ptr() == x.data_ptr())
""",
        "x.numpy()",
    ],
    "D2 · Tensor": [
        """\
x = torch.ones(2, 2, requires_grad=True)
print(x)
print(x.grad_fn)
""",
        """\
y = x + 2
print(y)
print(y.grad_fn)
""",
        "print(x.is_leaf, y.is_leaf)",
        """\
z = y * y * 3
out = z.mean()
print(z, out)
""",
        """\
a = normal(2, 2)
a = (a * 3) / (a - 1)
print(a.requires_grad)
a.requires_grad_(True)
print(a.requires_grad)
b = (a * a).sum()
print(b.grad_fn)
""",
        "out.backward()",
        "print(x.grad)",
        """\
print(x)
out2 = x.sum()
print(out2)
out2.backward()
print(x.grad)
""",
        """\
out3 = x.sum()
x.grad.data.zero_()
out3.backward()
print(x.grad)
""",
        """\
x = torch.tensor([1.0, 2.0, 3.0, 4.0], requires_grad=True)
y = 2 * x
z = y.view(2, 2)
print(z)
""",
        """\
v = torch.tensor([[1.0, 0.1], [0.01, 0.001]], dtype=torch.float)
z.backward(v)
print(x.grad)
""",
        """\
x = torch.tensor(1.0, requires_grad=True)
y1 = x**2
with torch.no_grad():
    y2 = x**3
y3 = y1 + y2
print(x.requires_grad)
print(y1, y1.requires_grad)
print(y2, y2.requires_grad)
print(y3, y3.requires_grad)
""",
        """\
y3.backward()
print(x.grad)
""",
        """\
x = torch.ones(1, requires_grad=True)
print("x", x)
print(x.data)
print("x", x)
print(x.data.requires_grad)
print("-" * 10)
y = 2 * x
print("x", x)
x.data *= 100
print("x", x)
print("x.data", x.data)
print("-" * 10)
y.backward()
print(x)
print(x.grad)
""",
    ],
    "D3 · summary and first steps": [
        """\
x = torch.ones(2, 2, requires_grad=True)
print(x)
""",
        """\
y = x + 2
print(y)
""",
        "print(y.grad_fn)",
        """\
z = y * y * 3
out = z.mean()
print(z, out)
""",
        """\
a = normal(2, 2)
a = (a * 3) / (a - 1)
print(a.requires_grad)
a.requires_grad_(True)
print(a.requires_grad)
b = (a * a).sum()
print(b.grad_fn)
""",
    ],
    "D4 · grad_fn, and backward with a gradient": [
        """\
a = torch.tensor([1.0, 2.0, 3.0], requires_grad=True)
b = torch.tensor([4.0, 5.0, 6.0], requires_grad=True)
c = a + b
d = torch.sum(c)
print(c.requires_grad)
print(c.grad_fn)
print(d.requires_grad)
print(d.grad_fn)
""",
        """\
c.backward(torch.ones(c.size()) * 2)
print(a.grad, b.grad)
""",
    ],
    "D4 · no_grad and set_grad_enabled": [
        """\
x = normal(5, 5, requires_grad=True)
y = normal(5, 5)
with torch.no_grad():
    z = x + y
z.backward()
""",
        """\
torch.set_grad_enabled(False)
z = x + y
z.sum().backward()
""",
        """\
torch.set_grad_enabled(True)
z = x + y
z.backward()
""",
        """\
z.backward(torch.ones(5, 5))
print(x.grad)
""",
    ],
    "D4 · a Function of one's own": [
        """\
class MultiplyAdd(Function):
    @staticmethod
    def forward(ctx, w, x, b):
        ctx.save_for_backward(w, x)
        output = w * x + b
        return output

    @staticmethod
    def backward(ctx, grad_output):
        w, x = ctx.saved_tensors
        grad_w = grad_output * x
        grad_x = grad_output * w
        grad_b = grad_output * 1
        return grad_w, grad_x, grad_b
""",
        """\
x = torch.ones(1)
w = torch.rand(1, requires_grad=True)
b = torch.rand(1, requires_grad=True)
z = MultiplyAdd.apply(w, x, b)
z.backward()
print(x.grad, w.grad, b.grad)
print(z.requires_grad, z.grad_fn)
z.grad_fn
""",
    ],
    "D4 · what it leaves to look up: intermediate gradients, hooks, higher orders": [
        """\
x = torch.ones(2, requires_grad=True)
y = x * 3
y.retain_grad()
handle = y.register_hook(lambda grad: print("hook:", grad))
z = (y * y).sum()
z.backward()
handle.remove()
print(y.grad, x.grad, y.retains_grad)
""",
        """\
x = torch.tensor(2.0, requires_grad=True)
y = x**4
(first,) = torch.autograd.grad(y, x, create_graph=True)
(second,) = torch.autograd.grad(first, x, create_graph=True)
print(first, second)
second.backward()
print(x.grad)
""",
        """\
y = (x**2).sum()
y.backward(retain_graph=True)
y.backward()
print(x.grad)
y.backward()
""",
        """\
y = x * 2
print(y.grad)
""",
    ],
    "Errors that the documents mention": [
        "torch.ones(2, requires_grad=True).numpy()",
        "(torch.ones(2, requires_grad=True) * 2).backward()",
        "(torch.ones(2, requires_grad=True) * 2).backward(torch.ones(3))",
        "torch.ones(2).sum().backward()",
        """\
y = (torch.ones(2, requires_grad=True) ** 2).sum()
y.backward()
y.backward()
""",
        "torch.tensor([1, 2], requires_grad=True)",
        "torch.tensor([1, 2]).requires_grad_()",
        """\
x = torch.ones(2, requires_grad=True)
x += 1
""",
        "x.mul_(2)",
        """\
w = torch.ones(2, requires_grad=True)
loss = (w * w).sum()
with torch.no_grad():
    w -= 0.1
loss.backward()
""",
        "(x * 2).requires_grad_(False)",
    ],
    "Large and odd numbers are printed as torch prints them": [
        "torch.arange(10000.0).view(100, 100) / 7",
        "torch.tensor([[1e-8, 1.0], [1e8, -2.5]], dtype=torch.float64, requires_grad=True)",
        'torch.tensor([float("inf"), float("nan"), 1.0]) * 2',
        "torch.zeros(0, 3)",
        "torch.ones(256, 20).shape, torch.ones(3).size()",
        "torch.tensor(3), torch.tensor(True), torch.tensor([1.5], dtype=torch.float16)",
    ],
}
EXPECTED = Path(__file__).with_name("documents.txt")


def expected(section):
    """The transcript recorded for a section."""
    parts = re.split(r"^== (.*)\n", EXPECTED.read_text(encoding="utf-8"), flags=re.MULTILINE)
    return dict(zip(parts[1::2], parts[2::2]))[section].removesuffix("\n")


@pytest.mark.parametrize("section", CELLS)
@pytest.mark.parametrize("engine", ["minigrad", "torch"])
def test_cells_print_what_torch_prints(section, engine):
    pytest.importorskip(engine)
    assert transcript(CELLS[section], engine) == expected(section)


if __name__ == "__main__":
    EXPECTED.write_text(
        "".join(f"== {section}\n{transcript(CELLS[section], 'torch')}\n" for section in CELLS),
        "utf-8",
    )
