"""A drawing shows what the graph computed, whatever happened to the graph since."""

import html
import importlib.util
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from importlib.metadata import PackageNotFoundError
from itertools import combinations
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import graphviz
import numpy as np
import pytest

import nn
from autograd import Tensor, no_grad, tensor
from autograd.drawing import draw, picture, text
from autograd.drawing.cards import Card
from autograd.drawing.draw import View
from autograd.graph import Vertex
from autograd.replay import replay, replay_backward
from tests.drawn import GRAPHS, HOSTILE, chain, hostile, neuron, reuse

MANY = np.zeros(9, int)
each_graph = pytest.mark.parametrize("graph", GRAPHS, ids=lambda graph: graph.__name__)


# Reading drawings


def nodes(drawing: graphviz.Digraph) -> dict[str, str]:
    """The text on each card."""
    labels = re.findall(r"^\t+(n\d+) \[label=<(.*)> class=", drawing.source, re.MULTILINE)
    return {key: " ".join(html.unescape(re.sub("<[^>]+>", " ", x)).split()) for key, x in labels}


def edges(drawing: graphviz.Digraph) -> list[tuple[str, str]]:
    return re.findall(r"^\t(n\d+) -> (n\d+) \[", drawing.source, re.MULTILINE)


def row(drawing: Any, name: str) -> list[str]:
    """The columns of the table where a name stands: is, value, gradient."""
    lines = [re.split(r"\s{2,}", line) for line in drawing.table.splitlines()]
    return next(line[1:] for line in lines if line[0] == name)


def cards_of(_tensor: Tensor, depth: Any = "auto") -> list[Card]:
    return View("draw", _tensor, None).deck(depth, ()).cards


def read(number: str) -> float:
    return float(number.replace("−", "-"))


# What is drawn


def test_the_output_is_called_so_once() -> None:
    x = tensor(1.0, requires_grad=True)
    assert nodes(draw(lambda: x * 2))["n2"].count("output") == 1
    assert nodes(draw(reuse()))["n3"].count("output") == 1


def test_every_use_of_an_argument_is_an_edge() -> None:
    drawing = draw(reuse())
    assert list(nodes(drawing)) == ["n1", "n2", "n3"]
    assert edges(drawing) == [("n1", "n2"), ("n1", "n2"), ("n2", "n3"), ("n1", "n3")]
    assert re.findall(r" id=\"?(n\d+-n\d+-\d)", drawing.source) == [
        "n1-n2-0",
        "n1-n2-1",
        "n2-n3-0",
        "n1-n3-1",
    ]


def test_cards_say_name_formula_value_and_gradient() -> None:
    assert list(nodes(draw(reuse())).values()) == [
        "x param value 3 grad 7",
        "t₁ = x · x value 9 grad 1",
        "y = t₁ + x output value 12 grad 1",
    ]
    assert row(draw(neuron()), "x") == ["input", "2"]  # a constant has no gradient
    assert row(draw(neuron()), "t₆") == ["t₅ − t", "−0.8176", "−1.635"]


def test_arrays_are_told_by_shape_and_rms() -> None:
    x = tensor([[3.0, -4.0, 3.0], [4.0, -3.0, 4.0]], requires_grad=True)
    one, labels = tensor([2.0], requires_grad=True), np.array([[1, 2, 1], [2, 1, 2]])
    drawing = draw(np.sum(x * one * labels))
    assert row(drawing, "x") == ["param", "(2, 3) rms 3.536", "rms 3.162"]
    assert row(drawing, "one") == ["param", "(1,) 2", "11"]
    assert row(drawing, "labels") == ["input", "(2, 3) int64"]


def test_small_arrays_are_told_by_their_elements() -> None:
    w, labels = tensor([[0.5, -0.25]], requires_grad=True), np.array([7, 3])
    mask, wide = np.array([True, False]), np.array([1 / 3, 2 / 3])
    drawing = draw(np.sum(w * labels * mask * wide))
    assert row(drawing, "w") == ["param", "(1, 2) [[0.5, −0.25]]", "[[2.333, 0]]"]
    assert row(drawing, "labels") == ["input", "(2,) int64 [7, 3]"]
    assert row(drawing, "mask") == ["input", "(2,) bool [True, False]"]


@pytest.mark.parametrize("shape", [(), (1,), (2,), (4,), (5,), (2, 2), (1, 4), (0,), (3, 0), (1, 1, 2)])
@pytest.mark.parametrize("scale", [1.0, -1.23456e-5, np.inf, np.nan])
def test_what_is_told_of_an_array_fits_on_a_card(shape: tuple[int, ...], scale: float) -> None:
    told = text.told(np.full(shape, scale))
    assert 0 < len(told) <= 30
    assert ("rms" in told) + told.startswith("[") == (np.prod(shape) > 1)
    assert (told == "–") == (0 in shape)


def test_roles_differ_in_colour_border_and_word() -> None:
    source = draw(neuron()).source
    for role in "param", "input", "op", "output":
        assert f'class="node {role}"' in source
    tables = set(re.findall(r"<TABLE [^>]*>", source))
    assert len(tables) == 4
    assert sum("DASHED" in table for table in tables) == 1


def test_names_are_found_among_the_variables_of_callers() -> None:
    w = tensor(2.0, requires_grad=True)
    hidden = w * np.array([1.0, 2.0])
    scale = np.array([3.0, 4.0])
    result = hidden * scale

    def show(shown: Tensor) -> Any:
        return draw(shown)

    drawing = show(result)
    assert row(drawing, "shown")[0] == "hidden · scale"
    assert row(drawing, "hidden")[0] == "w · t₁"


def test_parameters_go_by_their_path_in_the_model() -> None:
    model = nn.MLP([2, 3, 1], rng=0)
    x = np.ones((4, 2))
    assert row(draw(model(x)), "0.weight")[0] == "param"
    assert row(draw(model(x), params=model), "2.bias")[0] == "param"
    assert row(draw(model(x), params={"V": model[0].weight}), "V")[0] == "param"
    other = nn.Linear(1, 1, rng=0)
    assert row(draw(other(model(x))), "model.0.weight")[0] == "param"
    assert row(draw(other(model(x))), "other.bias")[0] == "param"


@pytest.mark.parametrize(
    "params", [3, ["w"], object(), [tensor(1.0)], {"w": 3}, nn.Linear(2, 2, rng=0).parameters()]
)
def test_params_that_name_nothing_are_refused(params: Any) -> None:
    with pytest.raises(
        TypeError, match=r"params: expected a module or a dict of Tensors.*usual fix: params="
    ):
        draw(reuse(), params=params)


class Neuron:
    def __init__(self, w: float) -> None:
        self.w, self.terms, self.bias = tensor(w, requires_grad=True), [], {"b": tensor(0.5)}


def test_names_are_found_in_what_variables_hold() -> None:
    neuron, layers = Neuron(1.5), [tensor(float(i), requires_grad=True) for i in range(3)]
    d, pair = {"bias": tensor(0.5, requires_grad=True)}, (tensor(1.0), tensor(2.0))
    leaves = [neuron.w, layers[0], layers[2], d["bias"], pair[1]]
    shown = [card.name for card in cards_of(np.prod(np.stack(leaves))) if not card.formula]
    assert shown == ["neuron.w", "layers[0]", "layers[2]", "d['bias']", "pair[1]"]


def test_names_of_users_go_before_those_of_libraries(tmp_path: Path) -> None:
    folder = tmp_path / "site-packages"
    folder.mkdir()
    path = folder / "library.py"
    path.write_text("def show(data, draw): return draw(data * 1)")
    specification = importlib.util.spec_from_file_location("library", path)
    assert specification is not None
    assert specification.loader is not None
    library = importlib.util.module_from_spec(specification)
    specification.loader.exec_module(library)
    mine = tensor(2.0, requires_grad=True)
    assert row(library.show(mine, draw), "mine")[0] == "param"
    assert row(library.show(tensor(3.0, requires_grad=True), draw), "data")[0] == "param"


def test_arguments_are_checked() -> None:
    with pytest.raises(TypeError, match="expected a Tensor, such as a loss, got ndarray"):
        draw(np.ones(2))
    with pytest.raises(ValueError, match="direction: expected one of LR, TB, RL, BT"):
        draw(reuse(), direction="up")
    assert "rankdir=TB" in draw(reuse(), direction="TB").source


@pytest.mark.parametrize(
    ("number", "written"),
    [
        (0.0, "0"),
        (-0.24391, "−0.2439"),
        (1e-3, "0.001"),
        (9.9996e-4, "1e−03"),
        (4.57e-4, "4.57e−04"),
        (9999.0, "9999"),
        (12345, "1.234e+04"),
        (np.float32(1e30), "1e+30"),
        (np.inf, "∞"),
        (-np.inf, "−∞"),
        (np.nan, "NaN"),
        (np.True_, "True"),
    ],
)
def test_numbers_have_four_significant_digits(number: Any, written: str) -> None:
    assert text.number(number) == written


def test_rms_neither_overflows_nor_hides_what_is_not_finite() -> None:
    assert text.rms(np.array([3e200, -4e200])) == pytest.approx(np.sqrt(12.5) * 1e200)
    assert text.rms(np.float16([300.0, 400.0])) == pytest.approx(np.sqrt(125000))
    assert text.rms(np.zeros((2, 2))) == 0
    assert text.rms(np.array([1.0, np.inf])) == np.inf
    assert np.isnan(text.rms(np.array([1.0, np.nan])))


@pytest.mark.parametrize(
    ("call", "formula"),
    [
        (lambda x: x - (-2.0), "x − (−2)"),
        (lambda x: x**3, "x³"),
        (lambda x: x**-1.0, "x⁻¹"),
        (lambda x: x**0.5, "x ** 0.5"),
        (lambda x: -x, "−x"),
        (lambda x: x.T, "xᵀ"),
        (lambda x: x[0], "x[0]"),
        (lambda x: x[1:, ..., None, ::-1], "x[1:, ..., None, ::-1]"),
        (lambda x: x.sum(axis=1), "np.sum(x, axis=1)"),
        (
            lambda x: np.mean(x, axis=(0, 1), keepdims=True),
            "np.mean(x, axis=(0, 1), keepdims=True)",
        ),
        (lambda x: x.reshape(4, -1), "np.reshape(x, (4, −1))"),
        (lambda x: x.reshape((4,)), "np.reshape(x, (4,))"),
        (lambda x: x[np.arange(2), [1, 0]], "x[[0, 1], [1, 0]]"),
        (lambda x: x[MANY, 0], "x[MANY, 0]"),
        (lambda x: np.stack([x, x]), "np.stack([x, x])"),
        (lambda x: np.stack([x, x], axis=1), "np.stack([x, x], axis=1)"),
        (lambda x: np.concatenate([x, x, x]), "np.concatenate([x, x, x])"),
        (lambda x: np.einsum("ij,jk->ik", x, x), "np.einsum('ij,jk->ik', x, x)"),
        (lambda x: np.power(-2.0, x), "(−2) ** x"),
        (lambda x: 1.0001 * x, "1.0001 · x"),
        (lambda x: x + 0.99995, "x + 0.99995"),
        (lambda x: x * 123456, "x · 123456"),
        (lambda x: x / 3.14159265358979, "x / 3.142"),
        (lambda x: nn.functional.max_pool2d(x[None, None], 2)[0, 0], "t₂[0, 0]"),
        (lambda x: x.astype(np.float32), "astype(x, float32)"),
        (lambda x: nn.functional.mse_loss(x, np.zeros((2, 2))), "mse_loss(x, t₁)"),
        (lambda x: nn.functional.softmax(x, dim=0), "softmax(x, dim=0)"),
    ],
)
def test_formulas_read_as_the_code(call: Callable[[Tensor], Tensor], formula: str) -> None:
    x = tensor([[1.0, 2.0], [3.0, 4.0]], requires_grad=True, name="x")
    assert cards_of(call(x))[-1].formula == formula


def test_a_long_formula_is_cut() -> None:
    x = tensor([1.0, 2.0], requires_grad=True, name="x" * 100)
    assert max(len(card.name) for card in cards_of(x[[0] * 100])) == 40
    assert len(cards_of(x[[0] * 100])[-1].formula) == 40


# Values and gradients


@each_graph
def test_values_and_gradients_are_those_of_forward_and_backward(
    graph: Callable[[], Tensor],
) -> None:
    loss = graph()
    assert loss.node is not None
    values, gradients = replay_backward(loss.node)
    np.testing.assert_array_equal(values[loss.node], loss.data)
    loss.backward(np.ones_like(loss.data))
    leaves = [vertex for vertex in values if isinstance(vertex, Tensor) and vertex.tracked]
    assert leaves
    for leaf in leaves:
        assert leaf.grad is not None
        np.testing.assert_array_equal(gradients[leaf], leaf.grad.data)


def test_inner_gradients_are_those_that_retain_grad_keeps() -> None:
    x = tensor([0.5, 2.0], requires_grad=True)
    hidden = np.exp(x)
    loss = np.sum(hidden * hidden)
    hidden.retain_grad()
    loss.backward()
    assert loss.node is not None
    assert hidden.grad is not None
    gradients = replay_backward(loss.node)[1]
    np.testing.assert_array_equal(gradients[hidden.node], hidden.grad.data)


def test_cards_show_what_the_replay_gives() -> None:
    drawing = draw(neuron())
    assert row(drawing, "L")[1:] == ["0.6684", "1"]
    assert [read(x) for x in row(drawing, "w")[1:]] == [-0.5, -0.4878]


@each_graph
def test_drawings_before_and_after_backward_are_equal(graph: Callable[[], Tensor]) -> None:
    loss = graph()
    before = draw(loss)
    loss.backward(np.ones_like(loss.data))
    after = draw(loss)
    assert before.source == after.source
    assert before.table == after.table


def test_nothing_of_the_users_is_touched() -> None:
    calls: list[Tensor] = []
    x = tensor([1.0, 2.0], requires_grad=True)
    hidden = x * x
    hidden.retain_grad()
    hidden.register_hook(calls.append)
    x.register_hook(calls.append)
    loss = hidden.sum()
    draw(loss)
    assert x.grad is hidden.grad is None
    assert calls == []
    loss.backward()  # nothing was released
    draw(loss)
    assert x.grad is not None
    np.testing.assert_array_equal(x.grad.data, [2.0, 4.0])
    assert len(calls) == 2


def test_the_gradients_of_an_array_are_those_of_its_sum() -> None:
    x = tensor([1.0, 2.0], requires_grad=True)
    y = 3 * x
    drawing = draw(y)
    assert "the derivative of the sum of y" in drawing.source
    assert row(drawing, "x")[-1] == "[3, 3]"
    with no_grad():
        assert draw(y).source == drawing.source


def test_what_is_not_known_is_a_dash() -> None:
    x = tensor([1.0, 2.0])
    drawing = draw(x)
    assert nodes(drawing) == {"n1": "x input shape (2,) value [1, 2] grad –"}
    assert "no gradients: it is not tracked" in drawing.source
    assert row(draw(tensor(np.zeros((0, 2)), name="empty")), "empty")[1:] == ["(0, 2) –", "–"]


def test_a_leaf_alone_is_drawn() -> None:
    w = tensor(2.0, requires_grad=True)
    assert nodes(draw(w)) == {"n1": "w param value 2 grad 1"}


def test_what_no_gradient_reaches_is_a_dash_and_its_edge_is_dashed() -> None:
    x = tensor([1.0, 2.0], requires_grad=True)
    y = tensor([1.0, 3.0], requires_grad=True)
    drawing = draw(np.copysign(x, y))
    assert row(drawing, "y")[-1] == "–"
    assert re.search(r"n2 -> n3 \[.*style=dashed", drawing.source)


def test_values_that_are_not_finite_are_drawn() -> None:
    x = tensor([0.0, 1.0], requires_grad=True)
    with np.errstate(divide="ignore"):
        y = np.log(x)
        loss = y.sum()
    drawing = draw(loss)
    assert row(drawing, "y") == ["np.log(x)", "(2,) [−∞, 0]", "[1, 1] ⚠ value is infinite"]
    assert row(drawing, "x")[-1] == "[∞, 1] ⚠ grad is infinite"
    (width,) = re.findall(r"n1 -> n2 .*penwidth=([\d.]+)", drawing.source)
    assert float(width) == 4  # as wide as any


def test_a_tensor_that_was_changed_is_named() -> None:
    w = tensor([1.0, 2.0], requires_grad=True)
    constant = tensor([3.0, 4.0])
    loss = (w * constant).sum()
    draw(loss)
    with no_grad():
        w -= 0.1
    with pytest.raises(RuntimeError, match=r"'w', a float64 tensor of shape .* written in place"):
        draw(loss)
    loss = (w * constant).sum()
    constant += 1
    with pytest.raises(RuntimeError, match=r"'constant', .* written in place"):
        draw(loss)


def test_replay_gives_every_value() -> None:
    x = tensor([1.0, 2.0], requires_grad=True)
    hidden = np.exp(x)
    loss = hidden.sum()
    loss.backward()
    assert loss.node is not None
    values = replay(loss.node)
    expected: dict[Vertex | None, Any] = {
        x: x.data,
        hidden.node: np.exp([1.0, 2.0]),
        loss.node: loss.data,
    }
    assert values.keys() == expected.keys()
    for vertex, value in expected.items():
        np.testing.assert_array_equal(values[vertex], value)


def test_a_gradient_that_was_recorded_can_be_drawn() -> None:
    x = tensor(2.0, requires_grad=True)
    (x**3).backward(create_graph=True)
    slope = x.grad
    assert slope is not None
    x.grad = None
    assert row(draw(slope), "slope")[1:] == ["12", "1"]
    assert row(draw(slope), "x")[1:] == ["2", "12"]


# DOT


PROGRAM = """
from tests.drawn import GRAPHS
from autograd.drawing import draw
for graph in GRAPHS:
    print(ascii(draw(graph()).source))
"""


def test_the_text_is_the_same_in_other_processes() -> None:
    root = Path(__file__).parents[1]
    outputs = []
    for seed in "1", "2":
        environment = os.environ | {"PYTHONHASHSEED": seed, "PYTHONPATH": str(root)}
        done = subprocess.run(
            [sys.executable, "-c", PROGRAM],
            env=environment,
            capture_output=True,
            text=True,
            check=True,
        )
        outputs.append(done.stdout)
    assert outputs[0] == outputs[1]
    assert outputs[0].count("digraph") == len(GRAPHS)


def test_hostile_names_are_escaped() -> None:
    drawing = draw(hostile())
    assert "<script" not in drawing.source
    assert nodes(drawing)["n1"].startswith(HOSTILE.replace("\\", "\\\\") + " param")
    assert nodes(drawing)["n2"].startswith("{0} $title naïve 日本 ]]> -- param")
    drawing.source.encode()
    drawing.table.encode()


def test_the_background_is_white_and_the_size_free() -> None:
    source = draw(neuron()).source
    assert "bgcolor=white" in source
    assert not re.search(r"\bsize=", source)


def test_large_graphs_are_refused_before_anything_is_computed() -> None:
    with pytest.raises(ValueError, match=r"100,000 calls give 100,000 cards; .* usual fix: collapse"):
        draw(chain(100_000), depth=None)


def test_a_leaf_of_many_uses_is_drawn_beside_each_in_a_large_graph() -> None:
    w = h = tensor(0.5, requires_grad=True)
    for _ in range(60):
        h = h * w
    cards = cards_of(h, depth=None)
    assert sum(card.role == "param" for card in cards) == 60
    assert {card.rows[-1] for card in cards if card.role == "param"} == {cards[0].rows[-1]}


# Pictures


@pytest.fixture(params=["dot", "pygraphviz"])
def engine(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    if request.param == "pygraphviz":
        pytest.importorskip(
            "pygraphviz", minversion="2", reason="needs the extra: render", exc_type=ImportError
        )
        monkeypatch.setenv("PATH", "")
    elif shutil.which("dot") is None:
        pytest.skip("the program dot is not installed")


@pytest.fixture
def no_engine(monkeypatch: pytest.MonkeyPatch) -> None:
    def missing(name: str) -> str:
        raise PackageNotFoundError(name)

    monkeypatch.setenv("PATH", "")
    monkeypatch.setattr(picture, "version", missing)


SVG = "{http://www.w3.org/2000/svg}"


def points(path: str) -> np.ndarray[Any, Any]:
    return np.array(re.findall(r"(-?[\d.]+),(-?[\d.]+)", path), float)


@pytest.mark.usefixtures("engine")
@each_graph
def test_the_svg_is_well_formed_and_text_lies_in_its_card(graph: Callable[[], Tensor]) -> None:
    drawing = draw(graph())
    root = ElementTree.fromstring(drawing.pipe("svg"))
    ids = [element.get("id") for element in root.iter() if element.get("id")]
    assert len(ids) == len(set(ids))
    assert not list(root.iter(f"{SVG}script"))
    cards = [g for g in root.iter(f"{SVG}g") if (g.get("class") or "").startswith("node")]
    assert {g.get("id") for g in cards} == nodes(drawing).keys()
    boxes = []
    for card in cards:
        corners = points(" ".join(path.get("d", "") for path in card.iter(f"{SVG}path")))
        low, high = corners.min(axis=0), corners.max(axis=0)
        boxes.append((low, high))
        for element in card.iter(f"{SVG}text"):
            place = float(element.get("x", "nan")), float(element.get("y", "nan"))
            assert (low < place).all()
            assert (place < high).all()
            assert float(element.get("font-size", "nan")) >= 9
    for (low, high), (lower, higher) in combinations(boxes, 2):
        assert (high < lower).any() or (higher < low).any(), "cards overlap"


@pytest.mark.usefixtures("engine")
def test_hostile_names_arrive_in_the_svg() -> None:
    svg = draw(hostile()).pipe("svg", encoding="utf-8")
    texts = ["".join(x.itertext()) for x in ElementTree.fromstring(svg).iter(f"{SVG}text")]
    assert HOSTILE in texts


@pytest.mark.usefixtures("engine")
@pytest.mark.parametrize("format", ["svg", "png", "pdf"])
def test_files_are_written(format: str, tmp_path: Path) -> None:
    heads = {"svg": b"<?xml", "png": b"\x89PNG", "pdf": b"%PDF"}
    drawing = draw(reuse())
    drawing.render(outfile=tmp_path / f"one.{format}", cleanup=True)
    assert (tmp_path / f"one.{format}").read_bytes().startswith(heads[format])
    assert not (tmp_path / "one.gv").exists()
    assert drawing.render("two", directory=tmp_path, format=format) == str(tmp_path / f"two.{format}")
    assert (tmp_path / f"two.{format}").read_bytes().startswith(heads[format])
    assert (tmp_path / "two").read_text("utf-8") == drawing.source
    assert drawing.pipe(format).startswith(heads[format])


@pytest.mark.usefixtures("engine")
def test_a_notebook_gets_the_picture_and_the_table() -> None:
    drawing = draw(reuse())
    bundle = drawing._repr_mimebundle_()
    assert bundle.keys() == {"text/plain", "image/svg+xml"}
    assert bundle["text/plain"] == drawing.table
    ElementTree.fromstring(bundle["image/svg+xml"].encode())
    assert drawing._repr_mimebundle_(include=["image/png"])["image/png"]


@pytest.mark.usefixtures("engine")
@pytest.mark.parametrize(("calls", "fits"), [(1, True), (12, False)])
def test_what_is_wider_than_a_page_takes_its_width(calls: int, fits: bool) -> None:
    x = tensor(0.5, requires_grad=True)
    for _ in range(calls):
        x = np.sin(x)
    svg = ElementTree.fromstring(draw(x)._repr_mimebundle_()["image/svg+xml"].encode())
    assert (svg.attrib["width"] != "100%") == fits


@pytest.mark.usefixtures("engine")
def test_a_layout_that_fails_says_why_and_is_displayed_as_a_table() -> None:
    drawing = draw(reuse())
    drawing.body.append("\t<broken>> [\n")
    with pytest.raises(graphviz.CalledProcessError):
        drawing.pipe("svg")
    assert drawing._repr_mimebundle_()["text/plain"].startswith(drawing.table)


def test_a_layout_has_a_time_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    def late(*args: Any, **options: Any) -> None:
        raise subprocess.TimeoutExpired("layout", options["timeout"])

    monkeypatch.setenv("PATH", "")
    monkeypatch.setattr(picture, "version", lambda name: "2.0")
    drawing = draw(reuse())
    monkeypatch.setattr(picture.subprocess, "run", late)
    with pytest.raises(TimeoutError, match="the layout took more than 20 s"):
        picture.laid_out(drawing.source, "svg", "dot")


@pytest.mark.usefixtures("no_engine")
def test_without_an_engine_errors_say_what_to_install(tmp_path: Path) -> None:
    drawing = draw(reuse())
    for render in (
        lambda: drawing.pipe("svg"),
        lambda: drawing.render(outfile=tmp_path / "graph.svg"),
    ):
        with pytest.raises(graphviz.ExecutableNotFound, match=r"chainrule\[render\].*\(apt install"):
            render()
    drawing.save(tmp_path / "graph.dot")
    assert (tmp_path / "graph.dot").read_text("utf-8") == drawing.source


@pytest.mark.usefixtures("no_engine")
def test_without_an_engine_a_notebook_gets_the_table_and_one_line() -> None:
    drawing = draw(reuse())
    bundle = drawing._repr_mimebundle_()
    assert bundle.keys() == {"text/plain"}
    table, line = bundle["text/plain"].split("\n\n")
    assert table == drawing.table
    assert line.startswith("Drawing needs Graphviz: pip install chainrule[render]")


@pytest.mark.skipif(sys.platform != "linux", reason="other wheels carry all that they need")
def test_where_libraries_of_the_system_are_missing_pictures_are_svg(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    source = draw(reuse()).source
    (tmp_path / "pygraphviz.py").write_text("raise ImportError('libgobject-2.0.so.0: cannot open')")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    monkeypatch.setenv("PATH", "")
    svg = ElementTree.fromstring(picture.laid_out(source, "svg", "dot"))
    assert "value" in {text.text for text in svg.iter("{http://www.w3.org/2000/svg}text")}
    with pytest.raises(picture.NoEngine, match=r"for png, pygraphviz lacks libgobject.*apt install graphviz"):
        picture.laid_out(source, "png", "dot")


def test_an_old_pygraphviz_is_no_engine(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")
    monkeypatch.setattr(picture, "version", lambda name: "1.14")
    with pytest.raises(picture.NoEngine):
        picture.laid_out("digraph {}", "svg", "dot")


def test_it_is_a_digraph_of_the_graphviz_package() -> None:
    drawing = draw(reuse())
    assert isinstance(drawing, graphviz.Digraph)
    assert drawing.format == "svg"
    copy = drawing.copy()
    copy.attr(label="mine")
    assert copy.table == drawing.table
    assert "mine" in copy.source
    assert "mine" not in drawing.source
