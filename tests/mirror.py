"""Tables that are made from the chapters: `python tests/mirror.py` writes them where they stand.

In README.md: where the course takes up each heading and each cell of the five documents. A cell of
a chapter is tagged with the parts of the documents that it mirrors.
In notebooks/README.md: each chapter's time, and what each of its exercises grades.
In notebooks/check/stubs.json: the broken cells, so that a check knows one that nobody has touched.
"""

import json
import re
import sys

from course import NOTEBOOKS, ROOT, read

sys.path.insert(0, str(ROOT / "notebooks"))

from check import stubs
from check.core import EXERCISES

README = ROOT / "README.md"
TEACHERS = ROOT / "notebooks" / "README.md"
CHAPTERS = [path for path in NOTEBOOKS if re.match(r"\d\d_", path.name)]

TITLES = {
    "D0": "自动微分机制",
    "D1": "自动微分模块",
    "D2": "概念 · Tensor · 梯度",
    "D3": "自动求导机制-张量-总结",
    "D4": "pytorch 的自动求导",
}

# Tag: the heading, or the cell, as it stands in its document. In the documents' order.
PARTS = {
    "D0-自动微分机制": "自动微分机制",
    "D0-requires-grad": ".requires_grad",
    "D0-grad-fn": ".grad_fn",
    "D0-no-grad": "with torch.no_grad()",
    "D0-cell-1": "In [1] import",
    "D0-cell-49": "In [49] nn.Sequential",
    "D0-cell-50": "In [50] named_parameters()",
    "D0-cell-54": "In [54] loss.backward()",
    "D0-cell-56": "In [56] param.grad",
    "D0-cell-41": "In [41] A",
    "D0-cell-42": "In [42] A.requires_grad",
    "D0-cell-46": "In [46] A.grad_fn",
    "D0-cell-43": "In [43] A**2",
    "D0-cell-44": "In [44] B.requires_grad",
    "D0-cell-45": "In [45] B.grad_fn",
    "D1-自动微分模块": "自动微分模块",
    "D1-核心概念与机制": "核心概念与机制",
    "D1-计算图": "1. 计算图",
    "D1-叶子节点": "叶子节点",
    "D1-中间节点": "中间节点",
    "D1-输出节点": "输出节点",
    "D1-边": "图中的边",
    "D1-张量属性": "2. 张量属性",
    "D1-Function类": "3. Function 类",
    "D1-工作流程": "工作流程（训练循环的核心）",
    "D1-前向传播": "1. 前向传播",
    "D1-反向传播": "2. 反向传播",
    "D1-链式法则": "链式法则",
    "D1-累积梯度": "累积梯度",
    "D1-参数更新": "3. 参数更新",
    "D1-optimizer": "torch.optim",
    "D1-梯度清零": "4. 梯度清零",
    "D1-关键特性与优势": "关键特性与优势",
    "D1-动态图": "1. 动态图",
    "D1-按需反向传播": "2. 按需反向传播",
    "D1-梯度累加": "3. 梯度累加",
    "D1-detach与no_grad": "4. detach() 和 no_grad()",
    "D1-示例": "示例",
    "D1-import": "import torch",
    "D1-eg1": "eg1",
    "D1-eg1-dtype": "eg1: dtype",
    "D1-eg2": "eg2",
    "D1-eg3": "eg3",
    "D1-eg4": "eg4",
    "D1-注意": "注意",
    "D2-opening": "设置requests_grad=True …",
    "D2-cell-1": "In [1] import torch",
    "D2-概念": "概念",
    "D2-注意": "注意",
    "D2-概念-Function": "Function",
    "D2-有向无环图": "有向无环图",
    "D2-grad-fn": ".grad_fn",
    "D2-Tensor": "Tensor",
    "D2-cell-2": "In [2] torch.ones",
    "D2-cell-3": "In [3] x + 2",
    "D2-叶子节点": "叶子节点",
    "D2-cell-4": "In [4] is_leaf",
    "D2-cell-5": "In [5] y * y * 3, mean",
    "D2-cell-6-原地": "in_place",
    "D2-cell-6": "In [6] requires_grad_",
    "D2-梯度": "梯度",
    "D2-cell-7": "In [7] out.backward()",
    "D2-cell-8": "In [8] x.grad",
    "D2-cell-9": "In [9] out2",
    "D2-cell-10": "In [10] zero_()",
    "D2-cell-11": "In [11] view",
    "D2-cell-12": "In [12] z.backward(v)",
    "D2-cell-13": "In [13] no_grad",
    "D2-cell-14": "In [14] y3.backward()",
    "D2-data": ".data",
    "D2-cell-15": "In [15] x.data *= 100",
    "D3-总结": "张量-总结",
    "D3-总结-0": "(0) torch.Tensor",
    "D3-总结-1": "(1) requires_grad",
    "D3-总结-2": "(2) backward()",
    "D3-总结-3": "(3) detach(), no_grad()",
    "D3-总结-4": "(4) Tensor, Function, grad_fn",
    "D3-自动求导机制": "自动求导机制",
    "D3-张量": "张量（Tensor）",
    "D3-张量-Function": "Function",
    "D3-cell-1": "import torch",
    "D3-cell-2": "torch.ones",
    "D3-cell-3": "x + 2",
    "D3-cell-4": "y.grad_fn",
    "D3-cell-5": "y * y * 3, mean",
    "D3-requires-grad_": ".requires_grad_( ... )",
    "D3-cell-6": "requires_grad_(True)",
    "D4-pytorch-的自动求导": "pytorch 的自动求导",
    "D4-requires-grad": "requires_grad",
    "D4-grad-fn": "grad_fn",
    "D4-grad": "grad",
    "D4-示例": "示例",
    "D4-cell-1": "In [1] c = a + b",
    "D4-backward": "backward()方法",
    "D4-backward-参数": "backward() 的参数",
    "D4-gradient": "gradient（梯度）",
    "D4-gradient-默认": "gradient: 默认的权重为1",
    "D4-retain-graph": "retain_graph（保留计算图）",
    "D4-create-graph": "create_graph（创建计算图）",
    "D4-cell-2": "In [ ] c.backward(…)",
    "D4-no-grad": "torch.no_grad()",
    "D4-set-grad-enabled": "torch.set_grad_enabled()",
    "D4-autograd的扩展": "autograd的扩展",
    "D4-MultiplyAdd": "class MultiplyAdd",
    "D4-ctx": "ctx",
    "D4-自定义函数": "forward, backward",
    "D4-apply": ".apply()",
    "D4-更多": "更多内容",
    "D4-中间梯度": "中间计算梯度",
    "D4-hook": "hook方法",
    "D4-高阶求导": "高阶求导",
}


def places():
    """{tag: {chapter: [cells]}}: a code cell by its number in the chapter, a text as "text"."""
    found = {}
    for path in CHAPTERS:
        for cell in read(path).cells:
            for tag in cell.metadata.get("tags", []):
                if not re.match(r"D\d-", tag):
                    continue
                cells = found.setdefault(tag, {}).setdefault(path.name, [])
                name = f"[{cell.execution_count}]" if cell.cell_type == "code" else "text"
                if name not in cells:
                    cells.append(name)
    return found


def documents():
    """The table of all parts of the documents, and what opens it."""
    found = places()
    lines = ["| in the documents | in the course: chapter, cells |", "|---|---|"]
    for tag, part in PARTS.items():
        homes = [
            f"[{name[:2]}](notebooks/{name}) {' '.join(cells)}"
            for name, cells in sorted(found.get(tag, {}).items())
        ]
        part = re.sub(r"([\[*_|])", r"\\\1", part)
        lines.append(f"| {tag[:2]} · {part} | {' · '.join(homes)} |")
    names = "; ".join(f"{document} *{title}*" for document, title in TITLES.items())
    table = "\n".join(lines)
    return (
        "<details>\n<summary>Where each heading and each cell of the five documents is taken up"
        f"</summary>\n\nThe documents: {names}. A number in brackets is a code cell.\n\n{table}\n\n"
        "</details>\n"
    )


def minutes(path):
    """How long a chapter takes, as it says itself."""
    (said,) = re.findall(r"\*\*Time:\*\* (\d+) minutes", read(path).cells[0].source)
    return int(said)


def measured(path):
    """How many minutes a careful reader needs, by the count that notebooks/README.md states."""
    cells = read(path).cells
    text = "\n".join(cell.source for cell in cells if cell.cell_type == "markdown")
    code = [cell for cell in cells if cell.cell_type == "code"]
    words = len(re.findall(r"[a-z][\w’'-]*", text, re.I))
    names = len(re.findall(r"\w+", "\n".join(cell.source for cell in code)))
    played = sum(
        "minigrad-player" in str(cell.outputs) or "viz.explore" in cell.source for cell in code
    )
    asked = sum(exercise.chapter == path.name[:2] for exercise in EXERCISES.values())
    return words / 200 + names / 100 + played + asked + len(code) / 4


def exercises():
    """The table of all exercises."""
    lines = ["| chapter | minutes | exercise | kind | grades |", "|---|---|---|---|---|"]
    for path in CHAPTERS:
        title = read(path).cells[0].source.split("\n")[0].removeprefix("# ").rpartition(" · ")[0]
        first = f"[{title}]({path.name}) | {minutes(path)}"
        for exercise in EXERCISES.values():
            if exercise.chapter == path.name[:2]:
                grades = exercise.__doc__.split("\n")[0].replace("|", "\\|")
                lines.append(f"| {first} | `{exercise.name}` | {exercise.kind} | {grades} |")
                first = " | "
    return "\n".join(lines) + "\n"


def broken_cells():
    """The cells that are there to be repaired: {exercise: source}."""
    cells = [cell.source for path in CHAPTERS for cell in read(path).cells]
    found = {
        name: next(source for source in cells if f"check.{name}(" in source)
        for name, exercise in EXERCISES.items()
        if exercise.kind == "fix"
    }
    return json.dumps(found, ensure_ascii=False, indent=1) + "\n"


PAGES = [(README, "documents", documents), (TEACHERS, "exercises", exercises)]


def filled(page, name, made):
    """The text of a page, with what `made` makes between its two marks."""
    before, rest = page.read_text(encoding="utf-8").split(f"<!-- {name} -->\n")
    _, after = rest.split(f"<!-- /{name} -->\n")
    return f"{before}<!-- {name} -->\n{made()}<!-- /{name} -->\n{after}"


if __name__ == "__main__":
    for page, name, made in PAGES:
        page.write_text(filled(page, name, made), encoding="utf-8", newline="\n")
    stubs.FILE.write_text(broken_cells(), encoding="utf-8", newline="\n")
