"""A drawing is a small, safe, deterministic SVG that shows itself everywhere and saves itself."""

import base64
import importlib
import json
import re
import stat
import subprocess
import sys
import xml.etree.ElementTree as ET
from html.parser import HTMLParser
from importlib import metadata
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from viz_examples import EXAMPLES, HARDER, cnn, network, notes, unrolled, vectors

import viz
import viz.engine
from viz import layout
from viz.graph import Graph, GraphEdge, GraphNode, walk
from viz.names import Names
from viz.page import NODES, USES, clean
from viz.rules import respelled
from viz.theme import DARK, LIGHT
from viz.values import value_of_array

SVG = "{http://www.w3.org/2000/svg}"
ROOT = Path(__file__).parent.parent


@pytest.fixture(params=["minigrad", "torch"])
def engine(request):
    if request.param == "torch":
        return pytest.importorskip("torch")
    return importlib.import_module(request.param)


@pytest.fixture
def drawing(engine):
    out, names = notes(engine)
    return viz.draw(out, names=names)


@pytest.fixture
def fresh_engine():
    """The layout engine is looked for anew in this test, and again after it."""
    viz.engine.engine.cache_clear()
    yield
    viz.engine.engine.cache_clear()


def parts(svg):
    """{id: element} of all that has an id in the picture."""
    return {e.get("id"): e for e in ET.fromstring(svg).iter() if e.get("id")}


def words(element):
    return [text for t in element.iter(f"{SVG}text") if (text := "".join(t.itertext()))]


# what is drawn


def test_boxes_say_name_operation_rule_shape_and_value(drawing):
    boxes = parts(drawing.svg)
    assert words(boxes["n0"]) == ["out", "27"]
    assert words(boxes["n1"]) == ["MeanBackward0", "∂mean/∂aᵢ = 1/n"]
    assert words(boxes["n2"])[:3] == ["z = MulBackward0", "∂(a·b)/∂a = b = 3", "(2, 2)"]
    assert words(boxes["n3"]) == ["MulBackward0", "∂(a·b)/∂a = b", "∂(a·b)/∂b = a"]
    assert [w.replace("\u00a0", " ") for w in words(boxes["n5"])] == [
        "x",
        "(2, 2)",
        "[[1, 1] ",
        " [1, 1]]",
    ]


def test_roles_differ_by_class_shape_and_outline(engine):
    out, names = notes(engine)
    boxes = parts(viz.draw(out, names=names, saved=True).svg)
    looks = {}
    for id in ("n0", "n1", "n5", "s2"):
        rect = boxes[id].find(f"{SVG}rect")
        looks[boxes[id].get("class")] = (
            rect.get("rx"),
            rect.get("stroke-width"),
            rect.get("stroke-dasharray"),
        )
    assert set(looks) == {"node output", "node op", "node leaf", "node saved"}
    assert len(set(looks.values())) == 4


def test_data_flows_along_the_edges(drawing):
    """In the picture an edge starts at the box that was computed first."""
    boxes = parts(drawing.svg)
    starts = [float(boxes[f"e{i}"].find(f"{SVG}path").get("d")[1:].split()[0]) for i in range(6)]
    assert starts == sorted(starts, reverse=True)  # e0 is the last before the output, on the right


@pytest.mark.parametrize("direction", ["LR", "TB"])
def test_direction_on_request(engine, direction):
    out, names = notes(engine)
    width, height = size(viz.draw(out, names=names, direction=direction).svg)
    assert (width > height) == (direction == "LR")
    with pytest.raises(ValueError, match="direction"):
        viz.draw(out, direction="RL")


def size(svg):
    return tuple(map(float, ET.fromstring(svg).get("viewBox").split()[2:]))


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda e: e.__name__)
def test_pictures_fit_a_notebook_cell(engine, example):
    root, names = example(engine)
    assert size(viz.draw(root, names=names).svg)[0] <= 800


def test_text_is_never_small(engine):
    loss, names = network(engine)
    sizes = re.findall(r'font-size="([\d.]+)"', viz.draw(loss, names=names, saved=True).svg)
    assert min(map(float, sizes)) >= 11


def test_no_two_boxes_overlap(engine):
    loss, names = network(engine)
    rects = []
    for id, part in parts(viz.draw(loss, names=names, saved=True).svg).items():
        if "node" in part.get("class", "").split():
            rect = part.find(f"{SVG}rect")
            rects.append((id, *(float(rect.get(k)) for k in ("x", "y", "width", "height"))))
    for i, (a, ax, ay, aw, ah) in enumerate(rects):
        for b, bx, by, bw, bh in rects[i + 1 :]:
            apart = ax + aw <= bx or bx + bw <= ax or ay + ah <= by or by + bh <= ay
            assert apart, f"{a} overlaps {b}"


def test_a_weight_used_often_is_drawn_at_each_use(engine):
    loss, names = unrolled(engine, steps=USES)
    weights = [e for e in parts(viz.draw(loss, names=names).svg).values() if "w" in words(e)]
    first, *copies = weights
    assert len(copies) == USES - 1
    assert {e.get("data-node") for e in copies} == {first.get("id")}
    assert [words(e)[-1] for e in weights] == [f"use {i} of {USES}" for i in range(USES, 0, -1)]
    loss, names = unrolled(engine, steps=USES - 1)
    assert sum("w" in words(e) for e in parts(viz.draw(loss, names=names).svg).values()) == 1


def test_the_steps_of_a_long_unrolled_network_are_folded_after_the_first(engine):
    loss, names = unrolled(engine, steps=50)
    drawing = viz.draw(loss, names=names)
    boxes = [words(e) for e in parts(drawing.svg).values() if "node" in e.get("class").split()]
    assert ["48 × the same", "Mm → Add → Div", "144 operations"] in boxes
    assert sum(said[:1] == ["MmBackward0"] for said in boxes) == 2
    assert "use 2 of 50" in drawing.svg


def test_a_chain_of_10_000_operations_is_folded_and_says_so(engine):
    y = engine.ones(1, requires_grad=True)
    for _ in range(10_000):
        y = y + 1
    drawing = viz.draw(y)
    assert drawing.svg.count('class="node') < 8
    assert "9,998 × the same" in drawing.svg
    assert "folded: 1 box stands for 9,998 operations" in legend(drawing.svg)
    assert "nodes in all" in str(drawing)
    assert len(str(drawing).splitlines()) < 200


def test_a_wide_graph_is_cut_too(engine):
    leaves = [engine.ones(1, requires_grad=True) for _ in range(2 * NODES)]
    layer = leaves
    while len(layer) > 1:
        layer = [a + b for a, b in zip(layer[::2], layer[1::2])] + layer[len(layer) // 2 * 2 :]
    drawing = viz.draw(layer[0])
    boxes = re.findall(r'class="node (op|leaf|output)"', drawing.svg)
    assert len(boxes) == NODES
    assert "more nodes lie behind these 150" in drawing.svg


def test_what_an_operation_is_given_stands_in_order(engine):
    """`x1**2 + x2**2 + x1*x2`: the first operand is drawn on the left."""
    y2, names = vectors(engine)
    found = parts(viz.draw(y2, names=names, direction="TB").svg).values()
    left = {name: float(e.find(f"{SVG}rect").get("x")) for e in found for name in words(e)[:1]}
    assert left["x1"] < left["x2"]
    assert left["UnsqueezeBackward0"] < left["x3"]


def test_an_order_that_takes_detours_is_given_up(engine):
    x, w = engine.tensor(2.0, requires_grad=True), engine.tensor(3.0, requires_grad=True)
    assert layout.arranged(walk([x - w])).ordered
    assert not layout.arranged(walk([x * w + x])).ordered


def test_several_roots_stand_in_their_order(engine):
    up = engine.tensor(3.0, requires_grad=True)
    down = engine.tensor(-3.0, requires_grad=True)
    for direction, side in (("LR", "y"), ("TB", "x")):
        boxes = parts(viz.draw([up * up, -down], direction=direction).svg)
        first, second = (float(boxes[id].find(f"{SVG}rect").get(side)) for id in ("n0", "n1"))
        assert first < second


def test_a_gradients_own_graph_is_a_second_layer(engine):
    x = engine.tensor(2.0, requires_grad=True)
    y = x**3
    (g,) = engine.autograd.grad(y, x, create_graph=True)
    roles = {id: e.get("class") for id, e in parts(viz.draw(y, second=g).svg).items()}
    assert roles["n0"] == "node output"
    assert roles["n1"] == "node output second"
    assert "node leaf" in roles.values() and "node leaf second" not in roles.values()
    assert sum(role == "node op" for role in roles.values()) == 1
    assert sum(role == "node op second" for role in roles.values()) >= 2
    assert "operation of a gradient’s own graph" in legend(viz.draw(y, second=g).svg)


@pytest.mark.filterwarnings("ignore:Using backward")
def test_x_grad_in_a_list_is_taken_as_a_gradient(engine):
    x = engine.tensor(2.0, requires_grad=True)
    y = x**3
    y.backward(create_graph=True)
    drawing = viz.draw([y, x.grad])
    assert [n.name for n in drawing.graph.nodes if n.kind == "output"] == ["y", "x.grad"]
    assert [n.second for n in drawing.graph.nodes if n.kind == "output"] == [False, True]
    assert not any(n.second for n in viz.draw([y, y * 2]).graph.nodes)
    x.grad = None


def test_a_hook_is_a_gate_on_the_edge_that_it_changes(engine):
    x = engine.ones(2, requires_grad=True)
    y = x * 2
    handle = y.register_hook(lambda g: g)
    found = viz.draw(y.sum())
    gates = [
        id for id, e in parts(found.svg).items() if e.find(f"{SVG}path[@class='gate']") is not None
    ]
    assert gates == ["e1"]  # from y's operation to the sum
    assert "hook on the gradient" in legend(found.svg)
    handle.remove()
    assert "gate" not in viz.draw(y.sum()).svg


def test_views_and_writes_in_place_say_so(engine):
    x = engine.ones(2, 3, requires_grad=True)
    y = x * 2
    y[0].mul_(3)
    z = y.view(3, 2)
    found = viz.draw(z.sum())
    said = [words(e) for e in parts(found.svg).values()]
    assert ["z = ViewBackward0", "g in a's shape", "(3, 2) · view"] in [w[:3] for w in said]
    assert any(w[:1] == ["y = CopySlices"] and "(2, 3) · version 1" in w for w in said)
    assert {"view: shares its input’s memory", "version: times written in place"} <= set(
        legend(found.svg)
    )


def test_memory_is_counted_and_what_was_freed(engine):
    x = engine.ones(100, requires_grad=True)
    w = engine.ones(100, requires_grad=True)
    y = (x * w).exp().sum()
    assert "keeps 1.2 kB in 3 tensors for backward" in legend(viz.draw(y, saved=True).svg)
    y.backward()
    after = viz.draw(y, saved=True)
    assert "keeps 0 B in 0 tensors for backward; 3 are freed" in legend(after.svg)
    assert after.svg.count('class="node freed"') == 3


def test_what_was_overwritten_says_so(engine):
    x = engine.ones(2, requires_grad=True)
    y = x * 2
    z = y * y
    y.add_(1)
    assert "overwritten: saved at version 0, now 1" in viz.draw(z.sum(), saved=True).svg


def test_large_values_are_a_mean_and_a_thumbnail(engine):
    x = engine.arange(600.0).reshape(20, 30).requires_grad_()
    box = parts(viz.draw((x * 2).sum()).svg)["n3"]
    assert words(box)[2] == "mean 299.5 ± 173.2"
    cells = re.findall(r"h(\d+)v1", "".join(p.get("d") for p in box.iter(f"{SVG}path")))
    assert sum(map(int, cells)) == 8 * 16


def test_nan_is_marked_where_it_came_up(engine):
    a = engine.tensor([1.0, 0.0, -1.0], requires_grad=True)
    b = a.log()
    c = b * a
    said = [words(e) for e in parts(viz.draw(c.sum()).svg).values() if "node" in e.get("class")]
    marked = [w[0] for w in said if "first nan here" in w]
    assert marked == ["b = LogBackward0"]
    assert sum(bool(re.search(r"\d nan", " ".join(w))) for w in said) == 3  # b, c and the output
    large = engine.ones(100) * float("nan")
    assert "100 nan" in viz.draw((large.requires_grad_() * 2).sum()).svg


def test_a_recording_tells_the_first_nan_on_the_way_back(engine):
    x = engine.tensor([4.0, 0.0], requires_grad=True)
    with viz.record() as recording:
        y = x.sqrt()
        loss = (y * 0).sum()
        loss.backward()
    drawing = viz.draw(loss, trace=recording)
    marked = [n.op for n in drawing.graph.nodes if "first nan gradient here" in n.marks]
    assert marked == ["SqrtBackward0"]
    leaf = drawing.graph.nodes[-1]
    assert dict(leaf.grads) == {".grad before": "None", "receives": "[0, nan]", ".grad": "[0, nan]"}
    with pytest.raises(ValueError, match="no backward pass through this graph"):
        viz.draw(x * 2, trace=recording)


def test_a_recording_tells_the_shapes_of_results_without_a_name_and_what_was_kept(engine):
    x = engine.ones(3, 4, requires_grad=True)
    loss = (x @ engine.ones(4, 2)).exp().sum()
    with viz.record(memory=True) as recording:
        loss.backward()
    shapes = [node.shape for node in viz.draw(loss, trace=recording).graph.nodes]
    assert shapes == [(), (), (3, 2), (3, 2), (3, 4)]
    assert [n.shape for n in viz.draw(loss).graph.nodes] == [(), (), None, None, (3, 4)]
    page = viz.draw(loss, trace=recording).html
    assert "kept 56 B in 2 tensors before the pass" in page
    assert "before the pass" not in viz.draw(loss).html


def test_torch_tells_the_form_of_a_result_without_a_name():
    torch = pytest.importorskip("torch")
    page = viz.draw((torch.ones(3, 4, requires_grad=True) * 2).unbind(1)[0].sum()).html
    assert "(3, 4) · float32" in page and "(3,) · float32, (3,) · float32" in page


def test_the_line_that_made_a_node_is_told_in_anomaly_mode(engine):
    x = engine.ones(2, requires_grad=True)
    engine.autograd.set_detect_anomaly(True)
    try:
        y = x * 2
    finally:
        engine.autograd.set_detect_anomaly(False)
    (node,) = [n for n in viz.draw(y).graph.nodes if n.kind == "op"]
    assert re.fullmatch(r"test_viz_draw\.py:\d+  y = x \* 2", node.source)


def test_several_roots_in_one_picture(engine):
    x = engine.ones(2, requires_grad=True)
    a, b = x * 2, x.sum()
    classes = [e.get("class") for e in parts(viz.draw([a, b]).svg).values()]
    assert classes.count("node output") == 2
    assert classes.count("node leaf") == 1


def test_the_picture_of_a_leaf(engine):
    x = engine.tensor(3.0, requires_grad=True)
    assert words(parts(viz.draw(x).svg)["n0"]) == ["x", "3"]


def test_the_tree_of_text(drawing):
    assert str(drawing).splitlines() == [
        "out = 27",
        "└─ out = MeanBackward0",
        "   └─ z = MulBackward0 (2, 2)",
        "      └─ MulBackward0",
        "         ├─ y = AddBackward0 (2, 2)",
        "         │  └─ x (2, 2) = [[1, 1], [1, 1]]",
        "         └─ y = AddBackward0 (2, 2) (above)",
    ]
    assert repr(drawing) == str(drawing)


# the same bytes, whatever the engine


@pytest.mark.parametrize("example", EXAMPLES + HARDER, ids=lambda e: e.__name__)
def test_the_same_graph_gives_the_same_bytes(example):
    torch = pytest.importorskip("torch")
    pictures = set()
    for engine in (torch, importlib.import_module("minigrad"), torch):
        root, names = example(engine)
        saved = example is not cnn  # for a convolution minigrad keeps less
        pictures.add(viz.draw(root, names=names, saved=saved).svg)
    assert len(pictures) == 1


def test_no_address_and_no_path_in_any_output(drawing):
    for text in (*drawing._repr_mimebundle_().values(), str(drawing)):
        text = re.sub(r"base64,[^\"]*", "", text)
        assert "0x" not in text
        assert str(ROOT) not in text


# colours


def luminance(colour):
    channels = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return sum(w * c for w, c in zip((0.2126, 0.7152, 0.0722), linear))


def contrast(a, b):
    low, high = sorted((luminance(a), luminance(b)))
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("palette", [LIGHT, DARK], ids=["light", "dark"])
def test_contrast(palette):
    fills = [fill for fill in palette.fill.values() if fill != "none"]
    for ground in (palette.background, *fills):
        assert contrast(palette.text, ground) >= 4.5
        assert contrast(palette.faint, ground) >= 4.5
        assert contrast(palette.grad, ground) >= 4.5
    for line in (palette.edge, palette.grad, *palette.line.values()):
        assert contrast(line, palette.background) >= 3


def shades(browser, source, scheme):
    """All colours of a screenshot of that page, as a set of (r, g, b)."""
    page = browser.new_page(color_scheme=scheme, viewport={"width": 500, "height": 200})
    page.set_content(source)
    page.wait_for_function("[...document.images].every(i => i.complete && i.naturalWidth)")
    found = page.evaluate(
        """async () => {
            const image = document.images[0], canvas = document.createElement('canvas');
            canvas.width = image.naturalWidth; canvas.height = image.naturalHeight;
            const ink = canvas.getContext('2d'); ink.drawImage(image, 0, 0);
            const d = ink.getImageData(0, 0, canvas.width, canvas.height).data, all = new Set();
            for (let i = 0; i < d.length; i += 4) all.add(`${d[i]},${d[i+1]},${d[i+2]}`);
            return [...all];
        }"""
    )
    page.close()
    return {tuple(map(int, colour.split(","))) for colour in found}


def rgb(colour):
    return tuple(int(colour[i : i + 2], 16) for i in (1, 3, 5))


@pytest.mark.parametrize("scheme, palette", [("light", LIGHT), ("dark", DARK)])
def test_an_image_in_a_page_follows_the_scheme(browser, scheme, palette):
    graph = Graph([node("n0", "output"), node("n1", "op"), node("n2", "leaf")], [], ["n0"])
    graph.edges = [GraphEdge("e0", "n0", "n1", 0, 0), GraphEdge("e1", "n1", "n2", 0, 0)]
    seen = shades(browser, viz.Drawing(graph).html, scheme)
    for colour in (palette.background, palette.fill["leaf"], palette.line["output"]):
        assert rgb(colour) in seen


def test_the_picture_is_legible_without_its_style(drawing):
    """Code-hosting pages strip <style>: light colours are attributes."""
    stripped = re.sub(r"<style>.*?</style>", "", drawing.svg)
    for colour in (LIGHT.background, LIGHT.fill["leaf"], LIGHT.line["output"], LIGHT.text):
        assert f'"{colour}"' in stripped


def legend(svg):
    return words(ET.fromstring(svg).find(f"{SVG}g[@class='legend']"))


def test_the_legend_explains_what_is_there_and_nothing_else(engine):
    x = engine.tensor(3.0, requires_grad=True)
    base = ["leaf", "operation", "output", "data"]
    assert legend(viz.draw(-x).svg) == [*base, "a: an operation’s input"]
    assert legend(viz.draw(x.relu()).svg)[4:] == [
        "a: an operation’s input",
        "g: the gradient it receives",
    ]
    saved = legend(viz.draw(x * x, saved=True).svg)
    assert saved[3:] == [
        "saved for backward",
        "data",
        "a, b: an operation’s inputs",
        "keeps 8 B in 2 tensors for backward",
    ]
    assert legend(viz.animate(-x).svg)[3:6] == ["data", "gradient", "ready"]
    y = engine.ones(2, 2, requires_grad=True)
    assert "L: the tensor that backward() starts from" in legend(viz.draw(y @ y).svg)


def test_it_names_itself_to_who_cannot_see_it(drawing):
    root = ET.fromstring(drawing.svg)
    assert root.get("role") == "img"
    assert root.get("aria-label") == (
        "Computational graph of out with 4 operations (AddBackward0, MulBackward0, MulBackward0, "
        "MeanBackward0), computed from x"
    )
    assert f'alt="{root.get("aria-label")}"' in drawing.html


# Jupyter


def test_rich_display(drawing):
    bundle = drawing._repr_mimebundle_()
    assert list(bundle) == ["text/html", "image/svg+xml", "text/plain"]
    data = re.search(r'src="data:image/svg\+xml;base64,([^"]+)"', bundle["text/html"])[1]
    assert base64.b64decode(data).decode() == bundle["image/svg+xml"] == drawing.svg
    assert bundle["text/html"].startswith(
        '<div class="viz-drawing"'
    )  # first an image, then a script


# hostile names

HOSTILE = [
    '<script>alert("x")</script>', "]]>", "<![CDATA[", "&foo;", "&#0;", "--><!--", '"', "'", "\\N",
    "<b>bold</b>", "\x00\x01\x1b[31m", "a\nb\r\nc\td", "\ufffe\uffff", "\ud800", "\u202e\u2066abc",
    "张量", "שלום عالم", "😀👩‍👩‍👧", "x" * 100_000, "", " ", "&lt;", "e\u0301" * 50,
    "${x}{{y}}%(z)s",
]  # fmt: skip


def node(id, kind, name=None, op=None):
    value = value_of_array(None, (2,), "float32")
    return GraphNode(id, kind, op or {"op": "MulBackward0"}.get(kind), name, (2,), "float32", value)


def hostile_graph(name, op="MulBackward0"):
    ops = [node("n1", "op", name, op), node("n2", "op", name, op)]
    nodes = [node("n0", "output", name), *ops, node("n3", "leaf", name)]
    return Graph(nodes, [GraphEdge(f"e{i}", f"n{i}", f"n{i + 1}", 0, 0) for i in range(3)], ["n0"])


SAFE_TAGS = {"svg", "style", "rect", "g", "path", "text", "tspan", "title"}


def check_safe(svg, most=20_000):
    root = ET.fromstring(svg)
    for element in root.iter():
        assert element.tag.removeprefix(SVG) in SAFE_TAGS
        assert not any(key.lower().startswith("on") or "href" in key for key in element.attrib)
    assert len(svg) < most
    return root


class Fragment(HTMLParser):
    """The tags of an HTML fragment, their attributes, and the text of its scripts."""

    def __init__(self, text):
        super().__init__()
        self.tags, self.attributes, self.scripts = [], [], []
        self.feed(text)

    def handle_starttag(self, tag, attributes):
        self.tags.append(tag)
        self.attributes += [name for name, _ in attributes]

    def handle_data(self, data):
        if self.tags[-1] == "script" and data.strip():
            self.scripts.append(data)


def check_fragment(html):
    """The viewer's markup is always the same; what users wrote stands in its data alone."""
    html.encode()
    found = Fragment(html)
    assert found.tags == ["div", "img", "style", "script", "script", "script"]
    assert set(found.attributes) == {"class", "data-drawing", "alt", "style", "src", "type"}
    data = json.loads(found.scripts[1])
    for page in data["pages"].values():
        check_safe(f'<svg xmlns="{SVG[1:-1]}">{page["ink"]}</svg>', most=50_000)
    check_safe(f'<svg xmlns="{SVG[1:-1]}">{"".join(ink for ink, _ in data["legend"])}</svg>')
    return data


@pytest.mark.parametrize("name", HOSTILE, ids=lambda n: repr(n[:12]))
def test_hostile_names_stay_text(name):
    graph = hostile_graph(name, op=name or "op")
    drawing = viz.Drawing(graph)
    root = check_safe(drawing.svg)
    if name == "<b>bold</b>":
        assert "<b>bold</b>" in words(root)
    check_fragment(drawing.html)
    str(drawing).encode()  # a text tree without lone surrogates


@settings(max_examples=60, deadline=None)
@given(st.text(max_size=60))
def test_any_name_gives_well_formed_xml(name):
    check_safe(layout.svg(hostile_graph(name, op=name)))
    check_fragment(viz.Drawing(hostile_graph(name, op=name)).html)


@pytest.mark.parametrize("name", [n for n in HOSTILE if n.isascii()], ids=lambda n: repr(n[:12]))
def test_hostile_names_do_not_break_a_png(name, tmp_path):
    viz.Drawing(hostile_graph(name, op=name or "op")).save(tmp_path / "x.png")
    assert (tmp_path / "x.png").read_bytes().startswith(b"\x89PNG")


def test_clean_keeps_one_line_of_letters():
    assert clean("a\nb\x00c") == "a bc"
    assert clean("x" * 99) == "x" * 29 + "…"
    assert clean("张量") == "张量"


# files


@pytest.mark.parametrize(
    "name, start", [("g.svg", b"<svg "), ("g.png", b"\x89PNG"), ("G.HTML", b"<!DOCTYPE html>")]
)
def test_saved_files(drawing, tmp_path, name, start):
    drawing.save(tmp_path / name)
    first = (tmp_path / name).read_bytes()
    assert first.startswith(start)
    drawing.save(str(tmp_path / name))
    assert (tmp_path / name).read_bytes() == first


def test_an_unknown_suffix_is_refused(drawing, tmp_path):
    for name in ("g.jpg", "g"):
        with pytest.raises(ValueError, match=r"\.svg, \.png, \.html or \.pdf"):
            drawing.save(tmp_path / name)
    assert list(tmp_path.iterdir()) == []


@pytest.fixture
def no_resvg(monkeypatch):
    """As where resvg-py is not installed."""
    monkeypatch.setitem(sys.modules, "resvg_py", None)


def test_a_png_warns_of_letters_it_cannot_show(tmp_path, monkeypatch, no_resvg):
    monkeypatch.setenv("PATH", "")
    with pytest.warns(UserWarning, match="pip install resvg-py"):
        viz.Drawing(hostile_graph("张量")).save(tmp_path / "g.png")


def test_a_pdf_needs_dot_and_says_so(drawing, tmp_path, monkeypatch):
    monkeypatch.setenv("PATH", "")
    with pytest.raises(layout.LayoutError, match="needs Graphviz's `dot`"):
        drawing.save(tmp_path / "g.pdf")
    assert list(tmp_path.iterdir()) == []


def program(path, body):
    """A program of that name which runs a few lines of Python."""
    path.write_text(f"#!{sys.executable}\n{body}\n", encoding="utf-8")
    path.chmod(path.stat().st_mode | stat.S_IXUSR)
    return str(path)


posix = pytest.mark.skipif(sys.platform == "win32", reason="a script is no program on Windows")


def test_a_png_shows_chinese_letters(tmp_path):
    pytest.importorskip("resvg_py")
    pictures = set()
    for name in ("张", "量", "梯"):  # empty boxes would all look the same
        viz.Drawing(hostile_graph(name)).save(tmp_path / "g.png")
        pictures.add((tmp_path / "g.png").read_bytes())
    assert len(pictures) == 3


def test_a_png_without_resvg_shows_the_open_groups(tmp_path, no_resvg):
    torch = importlib.import_module("minigrad")
    net = torch.nn.Sequential(torch.nn.Linear(2, 2), torch.nn.ReLU(), torch.nn.Linear(2, 1))
    viz.draw(net(torch.ones(1, 2)).sum(), model=net).save(tmp_path / "g.png")
    assert (tmp_path / "g.png").read_bytes().startswith(b"\x89PNG")


@posix
def test_a_pdf_comes_from_dot(drawing, tmp_path, monkeypatch):
    program(
        tmp_path / "dot",
        "import sys; assert '-Tpdf' in sys.argv and b'digraph' in sys.stdin.buffer.read();"
        "sys.stdout.buffer.write(b'%PDF-1.7')",
    )
    monkeypatch.setenv("PATH", str(tmp_path))
    drawing.save(tmp_path / "g.pdf")
    assert (tmp_path / "g.pdf").read_bytes() == b"%PDF-1.7"


@posix
def test_dot_draws_the_letters_that_the_embedded_engine_lacks(tmp_path, monkeypatch, no_resvg):
    program(tmp_path / "dot", "import sys; sys.stdout.buffer.write(b'by dot')")
    monkeypatch.setenv("PATH", str(tmp_path))
    viz.Drawing(hostile_graph("张量")).save(tmp_path / "g.png")
    assert (tmp_path / "g.png").read_bytes() == b"by dot"
    viz.Drawing(hostile_graph("tensor")).save(tmp_path / "g.png")
    assert (tmp_path / "g.png").read_bytes().startswith(b"\x89PNG")


# the layout engine


def test_without_a_layout_engine_the_error_says_what_to_install(drawing, monkeypatch, fresh_engine):
    monkeypatch.setenv("PATH", "")
    monkeypatch.setattr("viz.engine.metadata.files", lambda package: None)
    with pytest.raises(layout.LayoutError, match=r"pip install graphviz-pure.*Graphviz") as caught:
        drawing.svg
    assert "dot" in str(caught.value)
    assert "z = MulBackward0" in str(drawing)  # the text needs no engine


def test_the_engine_is_found_where_pip_put_it(monkeypatch, fresh_engine):
    try:
        metadata.distribution("graphviz-pure")
    except metadata.PackageNotFoundError:
        pytest.skip("graphviz-pure has no wheel for this platform")
    monkeypatch.setenv("PATH", "")
    assert "graphviz-pure" in Path(viz.engine.engine()).name


@posix
def test_dot_is_the_fallback(drawing, tmp_path, monkeypatch, fresh_engine):
    pure = viz.engine.engine()
    viz.engine.engine.cache_clear()
    body = f"import os, sys; os.execv({pure!r}, [{pure!r}, *sys.argv[1:]])"
    program(tmp_path / "dot", body)
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr("viz.engine.metadata.files", lambda package: None)
    assert viz.engine.engine() == str(tmp_path / "dot")
    ET.fromstring(drawing.svg)


@posix
@pytest.mark.parametrize(
    "body, message",
    [
        ("import time; time.sleep(60)", "took more than"),
        ("import sys; sys.exit('no such shape')", "failed: no such shape"),
    ],
)
def test_an_engine_that_hangs_or_fails_gives_a_clear_error(
    drawing, tmp_path, monkeypatch, body, message
):
    path = program(tmp_path / "slow", body)
    monkeypatch.setattr("viz.engine.TIMEOUT", 0.5)
    monkeypatch.setattr("viz.layout.engine", lambda: path)
    with pytest.raises(layout.LayoutError, match=message):
        drawing.svg


def test_an_engine_that_does_not_start(drawing, monkeypatch):
    monkeypatch.setattr("viz.layout.engine", lambda: "/no/such/program")
    with pytest.raises(layout.LayoutError, match="did not start"):
        drawing.svg


def test_no_name_reaches_the_layout_engine(monkeypatch):
    told = []
    layout._answer.cache_clear()
    run = subprocess.run
    monkeypatch.setattr(
        subprocess, "run", lambda *a, **k: told.append(k["input"].decode()) or run(*a, **k)
    )
    viz.Drawing(hostile_graph("secret", op="secret")).svg
    assert told
    assert "secret" not in "".join(told)


# room for a replay


def test_a_replay_has_room_for_its_numbers(engine):
    out, names = notes(engine)
    graph = walk([out], Names(names))
    told = {"e1-label": ["0.25"], "e3-label": ["[[1, 2],\n [3, 4]]"], "n5-acc": [".grad 4.5"]}
    still, moving = layout.svg(graph), layout.svg(graph, replay=told)
    found = parts(moving)
    assert set(told) <= set(found)
    assert {"e1-grad", "e3-grad"} <= set(found)
    assert not set(told) & set(parts(still))
    assert size(moving)[0] * size(moving)[1] > size(still)[0] * size(still)[1]
    ways = found["e1"].findall(f"{SVG}path")
    assert ways[0].get("d") != found["e1-grad"].get("d")
    assert found["e1-grad"].get("stroke") is None  # unseen until a replay gives it a colour


def test_rules_are_spelled_with_letters_that_name_nothing_in_the_picture(engine):
    leaf = engine.tensor(3.0, requires_grad=True)
    twice = 2 * leaf
    more = twice + 1
    loss = twice * more
    picture = viz.draw(loss, names={"a": twice, "b": more}).svg
    assert "∂(u·v)/∂u = v" in picture and "u, v: an operation’s inputs" in picture
    assert "∂(a·b)" not in picture
    assert "∂(x·y)/∂x = y" in viz.draw(loss, names={"a": twice, "u": more}).svg


def test_letters_change_everywhere_in_a_rule_and_nowhere_else():
    assert respelled("∂aᵇ/∂b = aᵇ·ln a", "uvw") == "∂uᵛ/∂v = uᵛ·ln u"
    assert respelled("∂tanh a/∂a = 1−tanh²a", "xyz") == "∂tanh x/∂x = 1−tanh²x"
    assert respelled("∂L/∂a = g − softmax(a)·Σg", "uvw") == "∂L/∂u = g − softmax(u)·Σg"
    assert respelled("g in its place, else 0", "uvw") == "g in its place, else 0"


def test_a_mistyped_option_is_told_what_it_may_have_meant(engine):
    x = engine.tensor(3.0, requires_grad=True)
    for call, meant in (
        (lambda: viz.draw(x * 2, dirction="LR"), "direction"),
        (lambda: viz.animate(x * 2, quizz=True), "quiz"),
        (lambda: viz.compare(x, x, nmes=()), "names"),
    ):
        with pytest.raises(TypeError, match="unexpected keyword argument") as caught:
            call()
        assert getattr(caught.value, "__notes__", [f"Did you mean {meant}?"]) == [
            f"Did you mean {meant}?"
        ]


def test_an_option_says_what_it_may_be(engine):
    x = engine.tensor(3.0, requires_grad=True)
    with pytest.raises(ValueError, match=r"^quiz is True or False, not 'yes'$"):
        viz.animate(x * 2, quiz="yes")
    with pytest.raises(ValueError, match=r"^saved is True or False, not 'all'$"):
        viz.draw(x * 2, saved="all")
    with pytest.raises(ValueError, match=r"^direction is 'LR', 'TB' or None, not 'up'$"):
        viz.draw(x * 2, direction="up")
    assert x.grad is None  # nothing ran


def test_of_several_tensors_the_one_without_a_graph_is_named(engine):
    x = engine.tensor(3.0, requires_grad=True)
    good, bare = x * 2, engine.tensor(1.0)
    with pytest.raises(ValueError, match=r"^tensor 1 of the 2, bare, has no graph"):
        viz.draw([good, bare])
    with pytest.raises(ValueError, match=r"^tensor 0 of the 2 has no graph"):
        viz.draw([engine.tensor(1.0), good])


def test_a_model_of_another_graph_is_told(engine):
    one, other, x = engine.nn.Linear(2, 1), engine.nn.Linear(2, 1), engine.ones(2)
    with pytest.raises(ValueError, match="none of its 2 parameters is in this graph"):
        viz.draw(one(x), model=other)
    for parameter in other.parameters():
        parameter.requires_grad_(False)
    x.requires_grad_()
    viz.draw(other(x), model=other)  # a model that is not trained has none in any graph


def test_a_reentrant_checkpoint_hides_a_model_and_is_no_other_one(engine):
    checkpoint = importlib.import_module(f"{engine.__name__}.utils.checkpoint").checkpoint
    net = engine.nn.Linear(2, 1)
    out = checkpoint(net, engine.ones(2, requires_grad=True), use_reentrant=True)
    assert [node.op for node in viz.draw(out, model=net).graph.nodes if node.kind == "op"] == [
        "CheckpointFunctionBackward"
    ]


def test_a_models_parameters_are_counted(engine):
    net = engine.nn.Sequential(engine.nn.Linear(4, 8), engine.nn.Linear(8, 1))
    assert "49 parameters in 4 tensors" in viz.draw(net(engine.ones(4)), model=net).html
    assert "parameters in" not in viz.draw(engine.ones(2, requires_grad=True) * 2).html


def test_a_rule_tells_what_its_constant_is(engine):
    """A factor that needs no gradient has no box: its name or its number stands in the rule."""
    x = engine.tensor([1.0, 2.0], requires_grad=True)
    mask, b, names = engine.tensor([0.0, 1.0]), engine.tensor([3.0, 4.0]), {"x": x}
    for made, rule in [
        (x * 2, "∂(a·b)/∂a = b = 2"),
        (2.5 * x, "∂(a·b)/∂a = b = 2.5"),
        (x / 4, "∂(a/b)/∂a = 1/b, b = 4"),
        (x**3, "∂aⁿ/∂a = n·aⁿ⁻¹, n = 3"),
        (x * mask, "∂(a·b)/∂a = b = mask"),
        (x * b, "∂(a·b)/∂a = b"),  # this name would read as a letter of the rule
        (x * x, "∂(a·b)/∂a = b"),
        (x + 2, "∂(a+b)/∂a = 1"),
    ]:
        drawing = viz.draw(made, names={**names, "mask": mask, "b": b})
        assert drawing.graph.nodes[1].told[0] == rule
    made = viz.draw((x**3).sum(0, keepdim=True), names=names)
    told = {node.op: node.given for node in made.graph.nodes}
    assert told["PowBackward0"] == ["exponent = 3"]
    assert {"dim = (0,)", "keepdim = True"} <= set(told["SumBackward1"])
    assert "exponent = 3" in made.html
