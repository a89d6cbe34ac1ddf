"""A script that says `import torch` runs on minigrad: its modules stand under that name too."""

import subprocess
import sys

import pytest

SCRIPT = """\
import sys
import torch
import torch.nn as nn
import torch.nn.functional as F
import torch.optim.lr_scheduler
from torch import optim
from torch.autograd import Function
from torch.utils.data import DataLoader, TensorDataset

class Double(Function):
    @staticmethod
    def forward(ctx, x):
        return x * 2

    @staticmethod
    def backward(ctx, grad):
        return grad * 2

net = nn.Sequential(nn.Linear(2, 2), nn.Tanh(), nn.Linear(2, 1))
with torch.no_grad():
    for i, p in enumerate(net.parameters()):
        p.copy_(torch.arange(p.numel()).reshape(p.shape) * 0.1 + i)
data = DataLoader(TensorDataset(torch.eye(2), torch.ones(2, 1)), batch_size=1)
sgd = optim.SGD(net.parameters(), lr=0.1)
steps = torch.optim.lr_scheduler.StepLR(sgd, 1)
for x, y in data:
    sgd.zero_grad()
    loss = F.mse_loss(Double.apply(net(x)), y)
    loss.backward()
    sgd.step()
    steps.step()
    print(loss, steps.get_last_lr())
print(isinstance(net[0].weight, torch.Tensor), torch.nn is nn, torch.tensor([1, 2]), sys.argv[1:])
try:
    import torch.tensor
except ModuleNotFoundError as error:
    print(error, error.name)
"""


def run(*arguments):
    return subprocess.run([sys.executable, *arguments], capture_output=True, text=True)


@pytest.fixture
def script(tmp_path):
    path = tmp_path / "script.py"
    path.write_text(SCRIPT, encoding="utf-8")
    return str(path)


def test_a_script_of_torchs_prints_the_same(script):
    pytest.importorskip("torch")
    ours, torchs = run("-W", "error", "-m", "minigrad", script, "1", "two"), run(script, "1", "two")
    assert (ours.returncode, ours.stderr) == (0, "")
    assert ours.stdout == torchs.stdout


def test_nothing_is_loaded_twice_and_modules_keep_their_own_names(script):
    told = run(
        "-c",
        f"import sys, runpy, minigrad; sys.modules['torch'] = minigrad; sys.argv = ['', '1'];"
        f"runpy.run_path({script!r});"
        "print([n for n, m in sys.modules.items() if n[:6] == 'torch.'"
        " and m is not sys.modules['minigrad' + n[5:]]],"
        "{m.__spec__.name == 'minigrad' + n[5:] for n, m in sys.modules.items()"
        " if n[:6] == 'torch.'}, callable(minigrad.tensor))",
    )
    assert told.stdout.splitlines()[-1] == "[] {True} True", told.stderr


def test_names_that_no_module_has_are_refused_in_pythons_words(tmp_path):
    (tmp_path / "it.py").write_text("import torch.fft", encoding="utf-8")
    told = run("-m", "minigrad", str(tmp_path / "it.py"))
    assert told.returncode == 1
    assert told.stderr.endswith("ModuleNotFoundError: No module named 'torch.fft'\n")


def test_an_error_is_told_as_the_script_alone_has_it(tmp_path):
    script = tmp_path / "it.py"
    script.write_text("import torch\ntorch.ones(2).backward()\n", encoding="utf-8")
    told = run("-m", "minigrad", str(script))
    assert told.returncode == 1
    assert told.stderr.startswith(
        f'Traceback (most recent call last):\n  File "{script}", line 2, in <module>\n'
    )
    assert "RuntimeError: element 0 of tensors does not require grad" in told.stderr


def test_viz_too_runs_a_script_of_torchs_on_minigrad(tmp_path):
    script, trace = tmp_path / "it.py", tmp_path / "it.json"
    script.write_text(
        "import torch\nx = torch.ones(1, requires_grad=True)\n(x * 2).backward()\n"
        "print(torch.__name__)\n",
        encoding="utf-8",
    )
    told = run("-m", "minigrad", "-m", "viz", str(script), "-o", str(trace))
    assert (told.returncode, told.stdout) == (0, "minigrad\n"), told.stderr
    assert trace.is_file()


@pytest.mark.parametrize("arguments", [[], ["--help"], ["-m"], ["nowhere.py"]])
def test_the_command_says_how_it_is_used(arguments):
    told = run("-m", "minigrad", *arguments)
    assert told.returncode == 1
    assert told.stderr.startswith(("usage: python -m minigrad", "python -m minigrad: there is no"))
