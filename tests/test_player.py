"""The steps of a backward pass are right, and the page that plays them shows what they are."""

import html
import json
import re
from base64 import b64decode
from collections.abc import Callable, Iterator
from functools import cache
from html.parser import HTMLParser
from pathlib import Path
from typing import Any
from unittest.mock import patch
from xml.etree import ElementTree

import graphviz
import numpy as np
import pytest

import autograd
import nn
from autograd import Tensor, no_grad, tensor
from autograd.derivatives.calls import name_of
from autograd.derivatives.domains import Interval
from autograd.derivatives.table import TABLE, Derivative
from autograd.drawing import backprop, player
from autograd.drawing.draw import Depth, View
from autograd.drawing.page import program
from autograd.drawing.picture import NoEngine
from autograd.drawing.player import Player
from autograd.drawing.text import told
from autograd.graph import Vertex
from tests.browser import chromium
from tests.drawn import GRAPHS, chain, digits, hostile, house, neuron, reuse, scalars, unrolled

each_graph = pytest.mark.parametrize("graph", GRAPHS, ids=lambda graph: graph.__name__)
Graph = Callable[[], Tensor]


# Steps


@each_graph
def test_steps_add_up(graph: Graph) -> None:
    for step in backprop(graph()).steps:
        before = 0 if step.before is None else step.before
        np.testing.assert_allclose(before + step.contribution, step.after)
        if step.local is not None:
            np.testing.assert_allclose(step.upstream * step.local, step.contribution)


@each_graph
def test_the_last_step_to_a_leaf_gives_the_gradient_of_backward(graph: Graph) -> None:
    loss = graph()
    after = {step.to: step.after for step in backprop(loss).steps}
    loss.backward(np.ones_like(loss.data))
    leaves = [to for to in after if isinstance(to, Tensor)]
    assert leaves
    for leaf in leaves:
        assert leaf.grad is not None
        np.testing.assert_array_equal(after[leaf], leaf.grad.data)


def test_local_derivatives_are_difference_quotients() -> None:
    made, h = backprop(scalars()), 1e-6
    values = made.tape.values
    for step in made.steps:
        forward = step.node.plan.entry.forward
        args = [values[a] if isinstance(a, Vertex) else a for a in step.node.args]
        shifted = [a + h * (i == step.position) for i, a in enumerate(args)]
        quotient = (forward(*shifted) - forward(*args)) / h
        np.testing.assert_allclose(step.local, quotient, rtol=1e-4, atol=1e-6)


def test_each_use_of_an_argument_is_a_step() -> None:
    steps = backprop(reuse()).steps
    assert [(s.output, s.argument, s.position) for s in steps] == [
        ("y", "t₁", 0),
        ("y", "x", 1),
        ("t₁", "x", 0),
        ("t₁", "x", 1),
    ]
    assert [(s.before, float(s.after)) for s in steps if s.argument == "x"] == [(None, 1), (1, 4), (4, 7)]


def test_nothing_is_touched_and_backward_changes_nothing() -> None:
    loss = neuron()
    before = str(backprop(loss))
    leaves = [step.to for step in backprop(loss).steps if isinstance(step.to, Tensor)]
    assert all(leaf.grad is None for leaf in leaves)
    loss.backward()
    assert str(backprop(loss)) == before
    with no_grad():
        assert str(backprop(loss)) == before


def test_what_is_not_there_yet_is_a_dash_in_the_table() -> None:
    lines = str(backprop(reuse())).splitlines()
    assert lines[0].split() == ["step", "call", "to", "upstream", "local", "contribution", "before", "after"]
    assert [line.split()[-2] for line in lines[1:]] == ["–", "–", "1", "4"]


def test_each_call_is_run_again_once() -> None:
    tape = backprop(scalars()).tape
    with patch.object(Tensor, "apply", wraps=Tensor.apply) as applied:
        assert tape.steps
    assert applied.call_count == len(tape.order)


def test_a_table_of_many_steps_shows_the_first_and_a_file_has_all(tmp_path: Path) -> None:
    made = backprop(chain(1000))
    *shown, note = str(made).splitlines()
    assert note == "… the first 100 steps, back through 1,000 calls; .steps has all"
    written = made.save(tmp_path / "pass.txt").read_text("utf-8").splitlines()
    assert len(written) == 1 + len(made.steps) == 1001
    assert [line.split() for line in shown] == [line.split() for line in written[:101]]
    assert len(str(backprop(chain(100))).splitlines()) == 1 + 100  # and no note
    assert len(str(backprop(chain(1000), depth=None)).splitlines()) == 1 + 1000


def test_where_calls_are_rolled_up_no_more_steps_are_computed_than_are_shown(tmp_path: Path) -> None:
    made = backprop(chain(1000))
    with patch.object(Tensor, "apply", wraps=Tensor.apply) as applied:
        assert made._repr_html_()
        assert made.save(tmp_path / "pass.svg")
        assert applied.call_count == 0
        assert repr(made)
        assert applied.call_count == 101  # the last one tells that there are more


def test_a_tensor_that_was_changed_is_named() -> None:
    w = tensor([1.0, 2.0], requires_grad=True)
    loss = (w * w).sum()
    with no_grad():
        w -= 0.1
    with pytest.raises(RuntimeError, match=r"'w', a float64 tensor of shape .* written in place"):
        backprop(loss)


@pytest.mark.parametrize(
    ("make", "error", "says"),
    [
        (lambda: backprop(np.ones(2)), TypeError, "backprop: expected a Tensor, such as a loss, got ndarray"),
        (lambda: backprop(nn.Identity()), TypeError, r"usual fix: backprop\(lambda: model\(x\)\)"),
        (lambda: backprop(tensor(1.0)), ValueError, "usual fix: tensor.data, requires_grad=True"),
        (lambda: backprop(reuse(), direction="up"), ValueError, "direction: expected one of LR"),
        (lambda: backprop(reuse(), depth=-1), ValueError, "depth: expected a whole number from 0"),
        (lambda: backprop(reuse(), expand=["w"]), ValueError, r"expand: .* \(none\), got 'w'"),
        (lambda: backprop(reuse(), title=5), TypeError, "title: expected text, got int"),
        (lambda: backprop(reuse()).save("a.gif"), ValueError, "expected a file of svg, .* got 'a.gif'"),
    ],
)
def test_bad_input_is_refused(make: Callable[[], Any], error: type[Exception], says: str) -> None:
    with pytest.raises(error, match=says):
        make()


def test_it_is_a_public_name() -> None:
    assert isinstance(autograd.backprop(reuse()), Player)


# Words


def symbols(_loss: Tensor) -> dict[str, str]:
    return {step.argument: step.symbols for step in backprop(_loss).steps}


def test_rules_write_themselves() -> None:
    x, y = (tensor(value, requires_grad=True, name=name) for name, value in (("x", 0.5), ("y", 2.0)))
    assert symbols(x * y) == {"x": "y", "y": "x"}
    assert symbols(x / y)["x"] == "1 / y"
    assert symbols(x**3)["x"] == "3 · x²"
    assert symbols(-x)["x"] == "−1"
    assert symbols(np.cos(x))["x"] == "−sin(x)"
    a = nn.functional.sigmoid(x)
    assert symbols(a)["x"] == "a · (1 − a)"
    u = tensor(np.ones((2, 3)), requires_grad=True, name="u")
    v = tensor(np.ones((3, 2)), requires_grad=True, name="v")
    z = u @ v
    assert symbols(z) == {"u": "∂Σz/∂z @ vᵀ", "v": "uᵀ @ ∂Σz/∂z"}
    total = z.sum()
    assert symbols(total) == {
        "z": "∂total/∂total for each element",
        "u": "∂total/∂z @ vᵀ",
        "v": "uᵀ @ ∂total/∂z",
    }


def ones(name: str, *shape: int) -> Tensor:
    return tensor(np.ones(shape), requires_grad=True, name=name)


BROADCAST = [np.add, np.subtract, np.multiply, np.divide, np.power, np.arctan2]


@pytest.mark.parametrize("function", BROADCAST, ids=name_of)
@pytest.mark.parametrize("shapes", [((), (3,)), ((2,), (3, 2)), ((3, 1), (3, 2)), ((3, 2), (3, 2))])
def test_what_was_repeated_is_summed_in_symbols_as_in_words(function: Any, shapes: Any) -> None:
    """Without the sum a rule gives what has the shape of the result."""
    a, b = (ones(name, *shape) for name, shape in zip("ab", shapes, strict=True))
    for step in backprop(function(a, b) * 2).steps[1:]:
        repeated = step.to.shape != step.upstream.shape
        assert ("Σ " in step.symbols) == repeated
        assert ("copies are summed" in step.why) == repeated


def test_products_are_written_for_vectors_as_for_matrices() -> None:
    m, v, w, x, many = ones("m", 2, 3), ones("v", 3), ones("w", 2), ones("x", 5, 3), ones("many", 4, 2, 3)

    def rules(z: Tensor) -> list[str]:
        z.name = "z"
        return [step.symbols.replace("∂Σz/∂z", "g") for step in backprop(z).steps]

    assert rules(m @ v) == ["g @ vᵀ", "mᵀ @ g"]
    assert rules(w @ m) == ["m @ g", "w @ (g)ᵀ"]
    assert rules(many @ v) == ["g @ vᵀ", "Σ manyᵀ @ g"]
    assert rules(nn.functional.linear(x, m)) == ["g @ m", "(g)ᵀ @ x"]
    assert rules(np.einsum("ij,j->i", m, v)) == ["einsum('i,j->ij', g, v)", "einsum('ij,i->j', m, g)"]
    assert rules(np.linalg.det(ones("s", 2, 2))) == ["∂z/∂z · cofactors(s)"]


# Files


def test_files_by_suffix(tmp_path: Path) -> None:
    made = backprop(neuron())
    heads = {
        "html": b"<!DOCTYPE html>",
        "svg": b"<?xml",
        "png": b"\x89PNG",
        "pdf": b"%PDF",
        "dot": b"digraph",
    }
    for suffix, head in heads.items():
        assert made.save(tmp_path / f"pass.{suffix}").read_bytes().startswith(head)
    rows = json.loads(made.save(tmp_path / "pass.json").read_text("utf-8"))
    assert [row["contribution"] for row in rows] == [float(step.contribution) for step in made.steps]
    lines = made.save(tmp_path / "pass.mmd").read_text("utf-8").splitlines()
    assert sum("-->" in line for line in lines) == 12
    assert '  n3["t₁ = w #183; x<br>value #8722;1<br>grad #8722;0.2439"]' in lines
    assert made.save(tmp_path / "pass.txt").read_text("utf-8") == f"{made}\n"


def test_open_shows_the_page(monkeypatch: pytest.MonkeyPatch) -> None:
    shown: list[str] = []
    monkeypatch.setattr(player.webbrowser, "open", shown.append)
    path = backprop(reuse()).open()
    assert shown == [path.as_uri()]
    assert path.read_text("utf-8").startswith("<!DOCTYPE html>")


@each_graph
def test_the_page_stands_alone_and_is_small(graph: Graph) -> None:
    page = page_of(graph)
    svg = page[page.index("<svg") : page.index("</svg>")]
    assert len(page.encode()) - len(svg.encode()) < 62_000
    assert not re.findall(r"(?:src|href)\s*=|@import|url\(", page)
    assert "$" not in re.sub(r"\$\{|\$title", "", page[: page.index("<svg")])
    assert page.count("<script") == 2


def large() -> Tensor:
    """A graph of 450 calls."""
    h = w = tensor(0.5, requires_grad=True, name="w")
    for _ in range(150):
        h = np.tanh(h * w) + w
    return h


def test_a_large_page_is_small_beside_its_picture() -> None:
    page = page_of(large, depth=None)
    assert page.count('class="node node op"') == 449  # all calls but the last, which is the output
    assert len(page.encode()) - len(page[page.index("<svg") : page.index("</svg>")].encode()) < 62_000


@each_graph
def test_each_line_of_a_card_is_drawn_once(graph: Graph) -> None:
    for card in re.findall(r'<g id="n\d+" class="node.*?</g>', page_of(graph), flags=re.DOTALL):
        lines = re.findall(r' d="([^"]*)"', card)
        assert len(set(lines)) == len(lines)
        assert re.search(r'<path fill="#\w+" stroke="#\w+"', card)


def test_hostile_names_are_data_only() -> None:
    page = backprop(hostile(), title="</title><script>alert(1)</script>").html()
    assert "<script>alert" not in page
    (data,) = re.findall(r'<script type="application/json" id="data">(.*?)</script>', page, re.DOTALL)
    assert json.loads(data)["title"] == "</title><script>alert(1)</script>"


class Sanitiser(HTMLParser):
    """Keeps what a strict sanitiser does: no frame, no style, no script, and texts of none."""

    dropped = ("iframe", "style", "script")

    def __init__(self) -> None:
        super().__init__()
        self.inside = 0
        self.images: list[str] = []

    def handle_starttag(self, tag: str, attrs: Any) -> None:
        self.inside += tag in self.dropped
        if tag == "img" and not self.inside:
            self.images.append(dict(attrs)["src"])

    def handle_endtag(self, tag: str) -> None:
        self.inside -= tag in self.dropped


def test_a_notebook_gets_the_page_and_a_picture_for_where_it_is_removed() -> None:
    made = backprop(neuron())
    bundle = made._repr_html_()
    assert repr(made) == str(made)
    (source,) = re.findall(r'srcdoc="([^"]*)"', bundle)
    assert html.unescape(source) == made.html()
    sanitised = Sanitiser()
    sanitised.feed(bundle)
    (image,) = sanitised.images
    kind, _, content = image.partition(",")
    assert kind == "data:image/svg+xml;base64"
    ElementTree.fromstring(b64decode(content))


def test_without_an_engine_a_notebook_gets_the_table_and_why(monkeypatch: pytest.MonkeyPatch) -> None:
    message = str(NoEngine())

    def missing(*args: Any, **options: Any) -> None:
        raise NoEngine

    monkeypatch.setattr(player.Picture, "pipe", missing)
    made = backprop(neuron())
    assert made._repr_html_() == f"<pre>{html.escape(str(made))}\n\n{html.escape(message)}</pre>"
    with pytest.raises(graphviz.ExecutableNotFound):
        made.save("pass.html")


# The page in a browser


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    with chromium() as started:
        yield started


class Page:
    """A page that is open: what went wrong on it, and what it shows."""

    def __init__(self, browser: Any, path: Path, size: tuple[int, int] = (1280, 800), **options: Any) -> None:
        context = browser.new_context(viewport={"width": size[0], "height": size[1]}, **options)
        self.tab = context.new_page()
        self.errors: list[str] = []
        self.requests: list[str] = []
        self.path = path
        self.tab.on("console", lambda message: self.errors.append(message.text))
        self.tab.on("pageerror", lambda error: self.errors.append(str(error)))
        self.tab.on("request", lambda request: self.requests.append(request.url))
        self.tab.goto(path.as_uri())

    def __getattr__(self, name: str) -> Any:
        return getattr(self.tab, name)

    @property
    def step(self) -> int:
        return int(self.tab.input_value("#slider"))

    @property
    def last(self) -> int:
        return int(self.tab.get_attribute("#slider", "max"))

    def go(self, step: int) -> None:
        self.tab.evaluate(f"show({step})")

    def until(self, condition: str) -> None:
        """Wait; the page forbids what playwright's own waiting does."""
        for _ in range(200):
            if self.tab.evaluate(condition):
                return
            self.tab.wait_for_timeout(50)
        raise TimeoutError(condition)

    def texts(self, selector: str) -> list[str]:
        found: list[str] = self.tab.locator(selector).all_text_contents()
        return found


@pytest.fixture
def opened(browser: Any, tmp_path: Path) -> Iterator[Callable[..., Page]]:
    pages = []

    def open_(graph: Graph, *size: int, depth: Depth = "auto", **options: Any) -> Page:
        path = tmp_path / f"page{len(pages)}.html"
        path.write_text(page_of(graph, depth), "utf-8")
        pages.append(Page(browser, path, size or (1280, 800), **options))
        return pages[-1]

    yield open_
    for page in pages:
        assert page.errors == []
        assert page.requests == [page.path.as_uri()]
        page.tab.context.close()


Open = Callable[..., Page]


@cache
def page_of(graph: Graph, depth: Depth = "auto") -> str:
    return backprop(graph(), depth=depth).html()


@each_graph
def test_every_step_is_shown_without_an_error(opened: Open, graph: Graph) -> None:
    page = opened(graph)
    script = """frames.map((_, i) => {
        show(i);
        return ['count', 'phase', 'why', 'spoken'].map(id => document.getElementById(id).textContent);
    })"""
    for step, (count, phase, words, spoken) in enumerate(page.evaluate(script)):
        assert count == f"{step} / {page.last}"
        assert phase
        assert words.endswith(".")
        assert phase in spoken
        assert words in spoken


def test_keys_reach_the_right_steps(opened: Open) -> None:
    page = opened(neuron)
    reached = []
    for key in ["ArrowRight", "ArrowRight", "ArrowLeft", "End", "ArrowRight", "b", "ArrowLeft", "Home"]:
        page.keyboard.press(key)
        reached.append(page.step)
    assert reached == [1, 2, 1, page.last, page.last, 8, 7, 0]
    page.keyboard.press("Space")
    assert page.texts("#play") == ["❚❚ Pause"]
    page.until("now >= 2")
    page.keyboard.press("Space")
    assert page.texts("#play") == ["▶ Play"]


def test_a_link_leads_to_a_step_and_a_card_is_a_link(opened: Open) -> None:
    page = opened(neuron)
    page.go(11)
    assert page.url.endswith("#step=11")
    page.requests.clear()
    page.reload()
    assert page.step == 11
    page.evaluate("location.hash = '#step=3'")
    page.until("now === 3")
    page.locator("#n3").click()
    assert page.texts("#phase") == ["Forward: t₁"]
    page.go(page.last)
    page.locator("#n1").focus()
    page.keyboard.press("Enter")
    assert page.texts("#phase") == ["Backward: from t₁ to w"]


NUMBER = r"\(?(−?[\d.]+(?:e[+−]\d+)?)\)?"


def read(text: str) -> float:
    return float(text.strip("()").replace("−", "-"))


def chips(page: Page) -> list[tuple[str, str]]:
    """What stands in the row: captions and what they are under, in order."""
    script = """[...document.querySelectorAll('.row .chip')].map(
        chip => [chip.querySelector('small')?.textContent || '', chip.querySelector('math').textContent])"""
    return [(caption, text) for caption, text in page.evaluate(script)]


@pytest.mark.parametrize("graph", [neuron, reuse, scalars], ids=lambda graph: graph.__name__)
def test_every_equation_on_the_page_is_true(opened: Open, graph: Graph) -> None:
    page, steps = opened(graph), backprop(graph()).steps
    first = page.last - len(steps)
    for k, step in enumerate(steps):
        page.go(first + k)
        figures: dict[str, float] = {}
        for caption, text in chips(page):
            found = re.findall(rf"(?:^|=){NUMBER}$", text)
            if found and caption:
                figures["result" if caption.startswith(("final", "so far")) else caption] = read(found[-1])
        total = figures.get("already there", 0) + figures["upstream"] * figures["local"]
        assert figures["result"] == pytest.approx(total, rel=2e-3, abs=2e-3)
        assert figures["result"] == pytest.approx(float(step.after), rel=1e-3)
        assert ("already there" in figures) == (step.before is not None)
        assert page.texts("#why")[0].startswith(step.why)


def vectors() -> Tensor:
    """Small arrays, of which one is used again and one is repeated."""
    w, x = tensor([0.5, -0.25], requires_grad=True, name="w"), np.array([[1, 2], [3, 4], [1 / 3, 7]])
    b = tensor([1 / 3, 2 / 3], requires_grad=True, name="b")
    return np.sum((w * x + b) * b) + w @ w


def test_small_arrays_are_shown_element_by_element(opened: Open) -> None:
    page, steps = opened(vectors), backprop(vectors()).steps
    for k, step in enumerate(steps, page.last - len(steps)):
        page.go(k)
        shown = [text for caption, text in chips(page) if "gradient" in caption or "so far" in caption]
        assert shown == [told(step.after).removeprefix("rms ")]
        assert ("rms" in page.texts(".result small")[0]) == (told(step.after).startswith("rms"))
        assert page.evaluate(FIGURES_OUTSIDE) == []
    page.go(page.last)
    assert [text for _, text in chips(page)[1::2]] == [told(g) for g in gradients_of(vectors)]


def gradients_of(graph: Graph) -> list[Any]:
    after = {step.argument: step.after for step in backprop(graph()).steps}
    return [after[name] for name in "wb"]


def not_finite() -> Tensor:
    d, e = tensor(-0.0, requires_grad=True, name="d"), tensor(np.zeros(0), requires_grad=True, name="e")
    with np.errstate(divide="ignore"):
        return 1 / d + np.sum(e)


def test_what_is_not_finite_or_not_there_is_shown_as_it_is(opened: Open) -> None:
    page = opened(not_finite)
    page.go(page.last)
    assert dict(chips(page)[1::2]) == {"": "−∞", "shape (0,)": "–"}
    assert page.texts("#why") == ["Not all of this is finite: a step would spoil the parameters."]
    assert "−0" in page.texts("#n1 text")
    assert page.evaluate("edges.find(edge => edge.to === 'n1').path.style.strokeWidth") == "4"
    assert "rms" not in str(backprop(not_finite()))


def normalised() -> Tensor:
    x = tensor(np.arange(6.0).reshape(3, 2), requires_grad=True, name="x")
    w, b = (tensor([1.0, 2.0], requires_grad=True, name=name) for name in "wb")
    return np.sum(nn.functional.batch_norm(x, None, None, w, b, training=True) ** 2)


def test_a_call_that_has_no_rule_in_symbols_is_shown_with_the_names_of_its_arguments(opened: Open) -> None:
    page = opened(normalised)
    texts = []
    for step in range(page.last + 1):
        page.go(step)
        texts += page.texts("#rows")
    assert any("back through\xa0standardise(t₁,w,b," in text for text in texts)
    assert not any("{" in text for text in texts)


def test_warnings_of_gradients_wait_for_them(opened: Open) -> None:
    page = opened(unrolled)
    purple = ".node text[fill='#7a3e78']"
    assert set(page.texts(purple)) == {"–"}
    page.go(page.last)
    assert set(page.texts(purple)) == {"vanishing"}


def test_at_the_end_each_gradient_is_on_one_line_and_the_tape_lies_as_before(opened: Open) -> None:
    page = opened(digits)
    heights = "[...document.querySelectorAll('#tape li')].map(line => line.offsetHeight)"
    before = page.evaluate(heights)
    page.go(page.last)
    assert page.evaluate(heights) == before
    equations = page.evaluate("[...document.querySelectorAll('.row > .row')].map(row => row.offsetHeight)")
    assert len(equations) == 4
    assert max(equations) < 80


def test_collapsed_pages_show_calls_as_they_are(opened: Open) -> None:
    page = opened(unrolled)
    (output,) = page.locator("#tape li:last-child").all_text_contents()
    assert re.search(r": np.sum\(\w+\)$", output)
    for step in range(page.last // 2 + 2, page.last):
        page.go(step)
        assert "output" not in page.texts("#rows")[0]
        assert re.search("final gradient, rms, shape", page.texts("#rows")[0])


@pytest.mark.parametrize("criterion", [np.mean, nn.MSELoss()])
def test_a_module_of_one_call_is_shown_as_a_module(opened: Open, criterion: Any) -> None:
    linear = nn.Linear(3, 2, rng=0)

    def compute() -> Tensor:
        result = linear(np.ones((5, 3)))
        return criterion(result, np.ones((5, 2))) if isinstance(criterion, nn.MSELoss) else criterion(result)

    page = opened(lambda: compute, depth=0)
    assert page.texts("#tape li")[0].startswith("1linear: Linear(3→2) · 1 op")
    page.go(page.last - 1)
    assert page.texts("#why")[0].startswith("The gradient goes back through")


class Twice(nn.Module):
    """Two modules of which one is called again."""

    def __init__(self) -> None:
        self.first, self.again = nn.LayerNorm(3), nn.Linear(3, 3, rng=0)

    def forward(self, x: Any) -> Any:
        return self.again(np.tanh(self.again(self.first(x))))


def twice() -> Any:
    model, x = Twice(), np.arange(15.0).reshape(5, 3) ** 2
    return lambda: nn.functional.mse_loss(model(x), np.ones((5, 3)))


def test_what_a_module_made_is_its_output_and_no_gradient_is_there_before_it_comes(opened: Open) -> None:
    page = opened(twice, depth=1)
    page.go(1)
    assert chips(page)[-1] == ("output", "t₃ (5, 3)")
    first = ".node.module:has-text('first') text[fill='#a63f00']"
    assert page.texts(first) == ["–", "–"]
    cells = "[...document.querySelectorAll('.node:not(.got) polygon')]"
    assert page.evaluate(f"{cells}.filter(it => getComputedStyle(it).fill === 'rgb(166, 63, 0)').length") == 0
    page.go(page.last)
    assert "–" not in page.texts(first)


def test_what_flows_to_a_shared_leaf_is_said_to_be_the_sum(opened: Open) -> None:
    """Between modules only whole gradients are known, so no parts of them are shown."""
    made = backprop(twice(), depth=1)
    weight = next(step.to for step in made.steps if step.argument == "again.weight")
    total = made.tape.gradients[weight]
    page = opened(twice, depth=1)
    said = []
    for step in range(page.last + 1):
        page.go(step)
        said += [(caption, figure) for caption, figure in chips(page) if "over 2 uses" in caption]
        assert "already there" not in page.texts("#rows")[0]
        assert "so far" not in page.texts("#rows")[0]
    size = float(np.sqrt(np.mean(total**2)))
    assert [read(figure) for caption, figure in said if "(3, 3)" in caption] == pytest.approx(
        [size, size], rel=1e-3
    )


def sum_of_many(calls: int) -> Tensor:
    """One call of many arguments, whose names are long."""
    parts = [tensor(np.ones(9), requires_grad=True, name=f"a_part_of_the_whole_{i}") for i in range(12)]
    x: Any = np.concatenate(parts)
    for _ in range(calls):
        x = np.tanh(x)
    return np.sum(x)


@pytest.mark.parametrize("calls", [0, 41])
@pytest.mark.parametrize("size", [(900, 640), (1280, 800)])
def test_equations_of_many_lines_leave_room_for_the_graph_and_the_controls(
    opened: Open, size: tuple[int, int], calls: int
) -> None:
    page = opened(lambda: sum_of_many(calls), *size, depth=None)
    for step in (1, page.last - 1):
        page.go(step)
        assert page.evaluate("document.documentElement.scrollHeight <= innerHeight")
        assert page.evaluate("document.querySelector('footer').getBoundingClientRect().bottom <= innerHeight")
        assert page.evaluate("document.querySelector('#graph').clientHeight > 100")
        assert page.evaluate("(e => e.scrollWidth <= e.clientWidth)(document.querySelector('#equation'))")


def test_a_gradient_is_a_dash_until_it_arrives(opened: Open) -> None:
    page = opened(reuse)

    def grads() -> list[str]:
        return page.texts(".node text[fill='#a63f00']")

    shown = []
    for step in range(page.last + 1):
        page.go(step)
        shown.append(grads())
    assert shown[0] == shown[2] == ["–", "–", "–"]
    assert shown[3:] == [
        ["–", "–", "1"],
        ["–", "1", "1"],
        ["1", "1", "1"],
        ["4", "1", "1"],
        ["7", "1", "1"],
        ["7", "1", "1"],
    ]
    page.go(5)
    assert ("so far: 2 more to add", "1") in chips(page)
    page.go(7)
    assert ("final gradient of x", "7") in chips(page)
    assert "x is used 3 times" in page.texts("#why")[0]


def test_the_arrow_of_each_use_turns_at_its_own_step(opened: Open) -> None:
    page = opened(reuse)
    turned = []
    script = """[...document.querySelectorAll('.edge')].filter(edge => {
        const head = edge.querySelector('.head'), arrow = edge.querySelector('.arrow');
        const [there, here] = [head, arrow].map(end => end && getComputedStyle(end).visibility === 'visible');
        if (Boolean(there) === here) throw Error(`${edge.id} has not one head`);
        return there;
    }).map(edge => edge.id).sort()"""
    for step in [*range(page.last + 1), 4]:
        page.go(step)
        turned.append(page.evaluate(script))
    assert turned[3:7] == [[], ["n2-n3-0"], ["n1-n3-1", "n2-n3-0"], ["n1-n2-0", "n1-n3-1", "n2-n3-0"]]
    assert turned[-1] == turned[4]


@pytest.mark.parametrize("size", [(700, 620), (1440, 900)])
@each_graph
def test_nothing_overflows(opened: Open, graph: Graph, size: tuple[int, int]) -> None:
    page = opened(graph, *size)
    for step in (0, 1, page.last // 2, page.last):
        page.go(step)
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
        outside = """[...document.querySelectorAll('#equation *, footer *, #tape *')].filter(element => {
            const box = element.getBoundingClientRect();
            return box.width && (box.left < -1 || box.right > innerWidth + 1);
        }).length"""
        assert page.evaluate(outside) == 0


FIGURES_OUTSIDE = """
[...document.querySelectorAll('.node')].flatMap(node => {
    const paths = [...node.querySelectorAll('path')].map(path => path.getBoundingClientRect());
    const left = Math.min(...paths.map(box => box.left)), right = Math.max(...paths.map(box => box.right));
    return [...node.querySelectorAll('text')].filter(text => {
        const box = text.getBoundingClientRect();
        return box.left < left - 1 || box.right > right + 1;
    }).map(text => text.textContent);
})"""


@each_graph
def test_figures_lie_in_their_cards_after_a_frame_was_hidden(
    browser: Any, tmp_path: Path, graph: Graph
) -> None:
    page = html.escape(page_of(graph))
    hidden = 'sandbox="allow-scripts" style="display: none" width="900" height="600"'
    frame = f'<iframe {hidden} srcdoc="{page}"></iframe>'
    path = tmp_path / "hidden.html"
    path.write_text(f"<!DOCTYPE html><meta charset='utf-8'>{frame}", "utf-8")
    outer = Page(browser, path)
    outer.wait_for_timeout(100)
    outer.evaluate("document.querySelector('iframe').style.display = 'block'")
    inner = outer.frames[1]
    outer.wait_for_timeout(300)
    assert inner.evaluate("document.querySelector('svg').getBoundingClientRect().width > 100")
    inner.evaluate("show(frames.length - 1)")
    assert inner.locator(".node").count()
    assert inner.evaluate(FIGURES_OUTSIDE) == []
    assert outer.errors == []


def test_what_if_computes_the_pass_again(opened: Open) -> None:
    page = opened(neuron)
    page.locator("#whatif input").first.fill("2.5")
    page.go(page.last)
    w, v, b = 2.5, 0.8, 0.3
    a = 1 / (1 + np.exp(-(w * 2 - v + b)))
    slope = 2 * (a - 1) * a * (1 - a)
    shown = [read(text) for text in page.texts(".chip.result mn")]
    assert shown == pytest.approx([slope * 2, -slope, slope], rel=1e-3)
    page.locator("#whatif button").click()
    page.wait_for_timeout(50)
    assert [read(text) for text in page.texts(".chip.result mn")] == [-0.4878, 0.2439, -0.2439]


def test_what_if_is_offered_where_the_page_can_compute(opened: Open) -> None:
    assert opened(reuse).locator("#whatif").is_visible()
    assert not opened(house).locator("#whatif").is_visible()
    assert not opened(scalars).locator("#whatif").is_visible()  # np.where: its condition is not recorded


def inside(entry: Derivative) -> list[float]:
    """Numbers where a function is differentiable."""
    count = len(entry.pullbacks)
    domains = [entry.domain] * count if isinstance(entry.domain, Interval) else entry.domain
    return [
        next(x for x in (first, 1.3) if d.low < x < d.high)
        for first, d in zip((0.4, 0.7), domains, strict=False)
    ]


def test_the_page_computes_as_numpy_does(browser: Any) -> None:
    """Of each elementwise function that the page can compute, the value and the slopes agree."""
    tab = browser.new_page()
    known = 0
    for function, entry in TABLE.items():
        if not isinstance(entry, Derivative) or entry.kind != "elementwise" or None in entry.pullbacks:
            continue
        values = inside(entry)
        result = Tensor.apply(function, tuple(tensor(x, requires_grad=True) for x in values))
        view = View("backprop", result, None)
        code = program(view.deck("auto", ()))
        if not code:
            continue
        known += 1
        given = json.dumps({f"n{i}": x for i, x in enumerate(values, 1)})
        slopes, computed = tab.evaluate(f"(() => {{ const v = {given}; return [({code})(v), v]; }})()")
        np.testing.assert_allclose(slopes, [s.local for s in view.tape.steps], err_msg=name_of(function))
        np.testing.assert_allclose(computed[f"n{len(values) + 1}"], result.data, err_msg=name_of(function))
    assert known > 40
    tab.close()


def test_contrast_is_enough(opened: Open) -> None:
    """Every text on the page stands out from what is behind it by 4.5, as WCAG asks."""
    page = opened(neuron)
    script = """() => {
        const parse = (text) => text.match(/[\\d.]+/g).map(Number);
        const light = ([r, g, b]) => [r, g, b].map(x => x / 255)
            .map(x => x <= 0.03928 ? x / 12.92 : ((x + 0.055) / 1.055) ** 2.4)
            .reduce((sum, x, i) => sum + x * [0.2126, 0.7152, 0.0722][i], 0);
        const behind = (element) => {
            for (; element; element = element.parentElement) {
                const [r, g, b, a = 1] = parse(getComputedStyle(element).backgroundColor);
                if (a) return [r, g, b];
            }
            return [255, 255, 255];
        };
        const low = [];
        for (const element of document.querySelectorAll('body *:not(svg *)')) {
            if (![...element.childNodes].some(node => node.nodeType === 3 && node.data.trim())) continue;
            const a = light(parse(getComputedStyle(element).color)), b = light(behind(element));
            const contrast = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
            if (contrast < 4.5) low.push([element.textContent, contrast]);
        }
        return low;
    }"""
    for step in (0, 3, 8, 12, page.last):
        page.go(step)
        assert page.evaluate(script) == []


def test_the_page_is_accessible(opened: Open) -> None:
    page = opened(neuron)
    for button in page.locator("button").all():
        assert button.get_attribute("aria-label") or button.text_content()
    page.go(12)
    assert page.get_attribute("#slider", "aria-valuetext").startswith("12 of 18: Backward")
    assert page.get_attribute("#spoken", "aria-live") == "polite"
    assert "times" in page.texts("#spoken")[0]
    assert page.locator("#tape li").count() == 7


def test_reduced_motion_has_no_flying_numbers(opened: Open) -> None:
    page = opened(neuron, reduced_motion="reduce")
    page.go(8)
    page.keyboard.press("ArrowRight")
    assert page.locator(".pill").count() == 0
    moving = opened(neuron, reduced_motion="no-preference")
    moving.go(8)
    moving.keyboard.press("ArrowRight")
    assert moving.locator(".pill").count() == 1
    moving.until("!document.querySelector('.pill')")


def test_the_page_prints_without_controls(opened: Open) -> None:
    page = opened(neuron)
    page.go(page.last)
    page.emulate_media(media="print")
    assert not page.locator("footer").is_visible()
    assert page.locator("#tape").is_visible()
    assert page.locator("#graph svg").is_visible()


@pytest.mark.parametrize("pause", [0, 5, 30])
def test_held_keys_end_with_their_step_in_sight(opened: Open, pause: int) -> None:
    page = opened(scalars)
    page.evaluate("show(turn)")
    script = """async (pause) => {
        for (let i = 0; i < 9; i++) {
            actions.next();
            await new Promise(resolve => setTimeout(resolve, pause));
        }
    }"""
    page.evaluate(script, pause)
    page.wait_for_timeout(1000)  # more than a smooth scroll takes
    assert page.evaluate(IN_SIGHT)


IN_SIGHT = """(() => {
    const frame = frames[now], key = frame.edges.length ? frame.edges[0].to : frame.card;
    const [pane, box] = [get("graph"), cards[key].group].map(element => element.getBoundingClientRect());
    return box.left >= pane.left && box.right <= pane.right
        && box.top >= pane.top && box.bottom <= pane.bottom;
})()"""


def test_long_names_leave_room_for_a_number(opened: Open) -> None:
    page = opened(hostile_scalars)
    for field in page.locator("#whatif input").all():
        box = field.bounding_box()
        assert box["width"] > 60
        assert box["x"] + box["width"] <= 1280


def many_hostile() -> Tensor:
    x = tensor(1.0, requires_grad=True, name="{0} output")
    for _ in range(50):
        x = x * 0.9
    return x


def test_names_in_large_pages_are_no_places(opened: Open) -> None:
    page = opened(many_hostile, depth=None)
    assert page.texts("#tape li span:nth-child(2)")[0].endswith(" = {0} output · 0.9")


def hostile_scalars() -> Tensor:
    return tensor(2.0, requires_grad=True, name="a_long_name_" * 5) ** 2


def test_a_step_changes_little(opened: Open) -> None:
    page = opened(neuron)
    changes = page.evaluate("""() => {
        const observer = new MutationObserver(() => {});
        const everything = {subtree: true, childList: true, attributes: true, characterData: true};
        observer.observe(document.body, everything);
        for (let i = 0; i <= frames.length; i++) show(i);
        return observer.takeRecords().length;
    }""")
    assert changes / page.last < 50


def test_what_is_in_sight_of_a_large_picture_has_its_text_first(opened: Open) -> None:
    page = opened(large, depth=None)
    script = """[...svg.querySelectorAll('.node')].map(card => {
        const [pane, box] = [get('graph'), card].map(element => element.getBoundingClientRect());
        const across = box.right > pane.left && box.left < pane.right;
        const sighted = across && box.bottom > pane.top && box.top < pane.bottom;
        const texts = [...card.querySelectorAll('text')].map(text => text.getBoundingClientRect());
        return [sighted, texts.every(text => text.width)];
    })"""
    page.until("!svg.classList.contains('bare')")
    assert all(written for _, written in page.evaluate(script))
    page.evaluate("svg.classList.add('bare')")
    assert {sighted == written for sighted, written in page.evaluate(script)} == {True}
    assert {sighted for sighted, _ in page.evaluate(script)} == {True, False}
    page.emulate_media(media="print")
    assert all(written for _, written in page.evaluate(script))


def test_screenshots_are_kept(opened: Open) -> None:
    folder = Path(__file__).parents[1] / "out" / "screenshots"
    folder.mkdir(parents=True, exist_ok=True)
    for graph in neuron, digits:
        for size in (700, 620), (1440, 900):
            page = opened(graph, *size)
            page.go(page.last - 2)
            image = page.screenshot(path=folder / f"{graph.__name__}-{size[0]}.png")
            assert len(image) > 20_000
