"""Large graphs are drawn by modules and loops, and never keep anybody waiting."""

import re
import subprocess
import sys
from collections import Counter
from collections.abc import Callable
from functools import partial
from typing import Any
from xml.etree import ElementTree

import numpy as np
import pytest

import nn
from autograd import Tensor, tensor
from autograd.drawing import draw, picture
from autograd.drawing.borders import Section, watched
from autograd.drawing.cards import Card
from autograd.drawing.draw import View
from autograd.drawing.health import complaints, not_finite
from autograd.drawing.text import rms
from autograd.drawing.units import FEW, LARGEST, Unit, units_of
from autograd.graph import topological_order
from tests.drawn import chain


class Cell(nn.Module):
    """One step of a recurrent network."""

    def __init__(self, size: int) -> None:
        self.weight = nn.Parameter(0.3 * np.eye(size) + 0.1)
        self.bias = nn.Parameter(np.zeros(size))

    def forward(self, x: Any, h: Any) -> Any:
        return np.tanh(h @ self.weight + x + self.bias)


class Network(nn.Module):
    def __init__(self) -> None:
        self.cell, self.head = Cell(4), nn.Linear(4, 1, rng=0)

    def forward(self, inputs: Any) -> Any:
        h: Any = np.zeros(4)
        for x in inputs:
            h = self.cell(x, h)
        return self.head(h)


class Block(nn.Module):
    """A residual block."""

    def __init__(self, size: int, rng: np.random.Generator) -> None:
        self.wide, self.narrow = nn.Linear(size, 2 * size, rng=rng), nn.Linear(2 * size, size, rng=rng)

    def forward(self, x: Any) -> Any:
        return x + self.narrow(nn.functional.relu(self.wide(x)))


class Tower(nn.Module):
    def __init__(self, blocks: int) -> None:
        rng = np.random.default_rng(0)
        self.blocks = [Block(3, rng) for _ in range(blocks)]
        self.head = nn.Linear(3, 1, rng=rng)

    def forward(self, x: Any) -> Any:
        for block in self.blocks:
            x = block(x)
        return self.head(x)


class Head(nn.Module):
    """One head of an attention that looks back only."""

    def __init__(self, rng: np.random.Generator) -> None:
        self.key, self.query, self.value = (nn.Linear(4, 2, bias=False, rng=rng) for _ in range(3))

    def forward(self, x: Any) -> Any:
        scores = (self.query(x) @ self.key(x).T) * 2**-0.5
        masked = scores.masked_fill(np.triu(np.ones((3, 3), bool), 1), float("-inf"))
        return nn.functional.softmax(masked, -1) @ self.value(x)


class Attention(nn.Module):
    def __init__(self) -> None:
        rng = np.random.default_rng(0)
        self.heads = nn.ModuleList([Head(rng), Head(rng)])
        self.proj = nn.Linear(4, 4, rng=rng)

    def forward(self, x: Any) -> Any:
        return self.proj(np.concatenate([head(x) for head in self.heads], -1))


def cards(_thing: Any, params: Any = None, depth: Any = "auto", expand: Any = ()) -> list[Card]:
    return View("draw", _thing, params).deck(depth, expand).cards


def names(_thing: Any, **how: Any) -> list[str]:
    return [card.name for card in cards(_thing, **how)]


def alarms(_x: Tensor) -> set[str]:
    return {card.name for card in cards(_x, depth=None) if any(label == "⚠" for label, _ in card.rows)}


def mean_square(x: Tensor) -> Tensor:
    return np.mean(x**2)


# Modules


def test_modules_of_a_call_are_cards_with_all_their_calls() -> None:
    tower, x = Tower(2), np.ones((5, 3))
    outermost = cards(lambda: mean_square(tower(x)), depth=0)
    assert (outermost[0].name, len(outermost[0].things)) == ("tower", 9)
    assert outermost[-1].name == "output"
    inner = cards(lambda: mean_square(tower(x)), depth=1)
    assert [card.name for card in inner][:3] == ["blocks.0", "blocks.1", "head"]
    assert [len(card.things) for card in inner] == [4, 4, 1, 1, 1]
    innermost = cards(lambda: mean_square(tower(x)), depth=2)
    assert [card.name for card in innermost if card.bars][:2] == ["blocks.0.wide", "blocks.0.narrow"]


def test_a_module_around_a_module_is_the_outer_one() -> None:
    around = nn.Sequential(nn.Sequential(nn.Linear(2, 2, rng=0)))

    def levels(thing: Any) -> list[str]:
        return [cards(thing, depth=depth)[0].name for depth in (0, 1, 2)]

    x = np.ones(2)
    assert levels(lambda: mean_square(around(x))) == ["around", "0", "0.0"]
    assert levels(mean_square(around(x))) == ["around", "0", "0.0"]


def test_one_module_is_opened_by_its_path() -> None:
    tower, x = Tower(2), np.ones((5, 3))
    found = names(lambda: mean_square(tower(x)), depth=1, expand=["blocks.1"])
    assert found[0] == "blocks.0"
    assert "blocks.1" not in found
    assert "blocks.1.wide" in found or "blocks.1.wide.weight" in found


def test_a_path_opens_all_modules_around_it_whatever_its_first_name() -> None:
    tower, other, x = Tower(2), nn.Linear(1, 1, rng=0), np.ones((5, 3))

    def opened(*paths: str) -> list[str]:
        found = cards(lambda: mean_square(other(tower(x))), depth=0, expand=paths)
        return [card.name for card in found if card.role == "module"]

    assert opened() == ["tower", "other"]
    around = ["tower.blocks.0", "tower.blocks.1", "tower.head", "other"]
    assert opened("tower") == around
    inside = ["tower.blocks.0", "tower.blocks.1.wide", "tower.blocks.1.narrow", *around[2:]]
    assert opened("blocks.1") == opened("tower.blocks.1") == opened("tower", "blocks.1") == inside
    found = names(lambda: mean_square(tower(x)), params=tower, depth=0, expand=["blocks.1"])
    assert "blocks.1.wide" in found


def test_paths_that_are_none_are_refused() -> None:
    tower, x = Tower(1), np.ones((5, 3))
    with pytest.raises(ValueError, match=r"expand: .* \(blocks.0, .*, head, tower\), got 'nope'"):
        draw(lambda: mean_square(tower(x)), depth=0, expand=["head", "nope"])
    for wrong in "head", ["head", 1]:
        with pytest.raises(TypeError, match=r"expand: .* the usual fix: expand=\['head'"):
            draw(lambda: mean_square(tower(x)), expand=wrong)


def test_the_table_says_what_the_figures_of_a_module_are() -> None:
    linear = nn.Linear(3, 2, rng=0)
    x = np.ones((5, 3))
    table = draw(lambda: mean_square(linear(x)), depth=0).table
    assert "input x (5, 3) output t₁ (5, 2) parameters 8" in table


def test_of_a_tensor_modules_are_read_off_its_parameters() -> None:
    tower, x = Tower(2), np.ones((5, 3))
    loss = mean_square(tower(x))
    found = cards(loss, depth=1)
    assert [card.name for card in found if len(card.things) > 1] == ["blocks.0", "blocks.1"]
    assert [len(card.things) for card in found if card.name == "blocks.0"] == [3]  # the sum is not seen


def test_a_module_that_is_called_again_says_nothing_about_what_it_made() -> None:
    shared = nn.Linear(3, 3, rng=0)
    x = shared(np.tanh(shared(np.ones(3))))
    assert "shared" not in names(mean_square(x), depth=0)
    assert "shared" in names(lambda: mean_square(shared(np.tanh(shared(np.ones(3))))), depth=0)


def test_a_list_of_modules_is_no_module_and_what_joins_the_results_of_one_is_its_own() -> None:
    attention, x = Attention(), np.ones((3, 4))
    whole = cards(lambda: mean_square(attention(x)), depth=1)
    assert [card.name for card in whole if len(card.things) > 1] == ["heads.0", "heads.1"]
    read_off = cards(mean_square(attention(x)), depth=1)
    for seen, read in zip(whole, read_off, strict=True):
        assert (read.role, read.formula, len(read.things)) == (seen.role, seen.formula, len(seen.things))


def test_cards_of_modules_say_sizes_parameters_and_gradients() -> None:
    linear = nn.Linear(3, 2, rng=0)
    x = np.ones((5, 3))
    card = cards(lambda: mean_square(linear(x)), depth=0)[0]
    rows = dict(card.rows)
    assert card.formula == "Linear(3→2) · 1 op"
    assert rows["input"] == "x (5, 3)"
    assert rows["output"] == "t₁ (5, 2)"  # as the formula of the next card has it
    assert rows["parameters"] == "8"
    loss = mean_square(linear(x))
    loss.backward()
    gradients = [p.grad.data.ravel() for p in linear.parameters() if p.grad is not None]
    assert float(rows["weight grad"]) == pytest.approx(rms(np.concatenate(gradients)), rel=1e-3)


def test_units_cover_every_call_once_and_in_order() -> None:
    tower, x = Tower(20), np.ones((5, 3))
    for depth in (0, 1, 2, 3, None, "auto"):
        found = cards(lambda: mean_square(tower(x)), depth=depth)
        shown = [id(thing) for card in found for thing in card.things if hasattr(thing, "plan")]
        assert len(shown) == len(set(shown)) == 20 * 4 + 3
        keys = [card.key for card in found]
        for card in found:
            assert all(keys.index(arrow.source) < keys.index(card.key) for arrow in card.arrows)


def test_a_deep_tower_is_rolled_up_between_its_ends() -> None:
    tower, x = Tower(20), np.ones((5, 3))
    found = names(lambda: mean_square(tower(x)))
    assert found[:3] == ["blocks.0", "blocks.1", "blocks.2 … blocks.17"]
    assert found[3:6] == ["blocks.18", "blocks.19", "head"]


@pytest.mark.parametrize("made_here", [True, False])
def test_a_module_that_holds_none_stays_closed_at_any_level_unless_it_is_named(made_here: bool) -> None:
    norm, tower, x = nn.LayerNorm(3), Tower(15), np.ones((5, 3))

    def compute() -> Tensor:
        return mean_square(tower(norm(x)))

    thing = compute if made_here else compute()
    assert "norm" in names(thing)
    assert "norm.weight" in names(thing, expand=["norm"])
    assert {"tower", "norm"} <= set(names(thing, depth=0))
    assert "norm.weight" in names(thing, depth=1)


def test_the_profiler_is_given_back_and_errors_pass() -> None:
    def profiler(*args: Any) -> None: ...

    def broken() -> Tensor:
        raise RuntimeError("mine")

    sys.setprofile(profiler)
    try:
        watched(lambda: nn.Linear(1, 1, rng=0)(np.ones(1)))
        assert sys.getprofile() is profiler
        with pytest.raises(RuntimeError, match="mine"):
            draw(broken)
        assert sys.getprofile() is profiler
    finally:
        sys.setprofile(None)


def test_names_inside_of_a_call_are_found() -> None:
    def compute() -> Tensor:
        inner = tensor(2.0, requires_grad=True)
        doubled = 2 * inner
        return doubled**2

    assert names(compute) == ["inner", "doubled", "output"]


# Loops


def test_a_loop_is_rolled_up_with_bars_and_shared_parameters() -> None:
    network, inputs = Network(), np.ones((50, 4))
    drawing = draw(lambda: mean_square(network(inputs)), params=network)
    found = cards(lambda: mean_square(network(inputs)), params=network)
    assert [card.name for card in found[:5]] == ["t=0", "t=1", "t=2 … t=47", "t=48", "t=49"]
    middle = found[2]
    assert middle.formula == "Cell · 46 × 4 ops"
    assert len(middle.bars) == 46
    assert list(middle.bars) == sorted(middle.bars)  # the gradient vanishes on the way back
    assert ("⚠", "vanishing") in middle.rows
    (title,) = re.findall(r"label=<(.*shared by its rounds.*)>", drawing.source)
    assert "20 parameters" in title
    assert "cell.weight 0." in title


def test_a_loop_of_plain_calls_is_rolled_up_too() -> None:
    w, h = tensor(0.5, requires_grad=True), tensor(1.0, requires_grad=True)
    x: Any = h
    for _ in range(100):
        x = np.tanh(w * x)
    assert names(x) == ["t=0", "t=1", "t=2 … t=97", "t=98", "x"]
    assert len(cards(x, depth=None)) > 200


def test_short_loops_and_small_graphs_are_drawn_in_full() -> None:
    assert sum(bool(card.arrows) for card in cards(chain(FEW))) == FEW
    assert sum(bool(card.arrows) for card in cards(chain(FEW + 1))) == 5


@pytest.mark.parametrize("period", [1, 2, 3, 5])
@pytest.mark.parametrize("rounds", [6, 7, 40])
def test_rounds_are_found_whatever_their_length(period: int, rounds: int) -> None:
    functions = [np.tanh, np.sin, np.cos, np.exp, np.arctan]
    x: Any = tensor(0.1, requires_grad=True)
    for function in (np.sinh, *(functions[:period] * rounds), np.cosh):
        x = function(x)
    order = topological_order(x.node)
    units = units_of(order, [], 0, ())
    rolled = [unit for unit in units if unit.rounds]
    if rounds <= 6:
        assert rolled == []
    else:
        (unit,) = rolled
        assert len(unit.rounds) == rounds - 4
        assert (unit.start, unit.stop) == (1 + 2 * period, 1 + (rounds - 2) * period)
    assert [unit.start for unit in units[1:]] == [unit.stop for unit in units[:-1]]


def test_nested_sections_are_closed_at_their_level() -> None:
    order = topological_order(chain(10).node)
    sections = [Section(0, 8, "a", 1), Section(1, 3, "a.b", 2), Section(4, 6, "a.c", 3)]

    def closed(depth: int, *expand: str) -> list[tuple[int, int, str]]:
        return [(u.start, u.stop, u.name) for u in units_of(order, sections, depth, expand) if u.module]

    assert closed(0) == [(0, 8, "a")]
    assert closed(1) == [(1, 3, "a.b"), (4, 6, "a.c")]
    assert closed(0, "a.c") == [(1, 3, "a.b")]
    assert closed(2) == []


def test_the_title_of_a_loop_names_only_a_few_of_what_its_rounds_share() -> None:
    shared = [tensor(0.1 * i, requires_grad=True, name=f"weight{i}") for i in range(9)]

    def title(used: list[Tensor]) -> str:
        h: Any = tensor(1.0)
        for _ in range(20):
            for weight in used:
                h = h * weight
            h = np.tanh(h)
        (found,) = re.findall(r"label=<(.*shared by its rounds.*)>", draw(h).source)
        return str(found)

    assert all(f"weight{i} " in title(shared[:4]) for i in range(4))
    assert "9 parameters shared by its rounds" in title(shared)
    assert "weight" not in title(shared)


def test_many_leaves_that_modules_and_rounds_share_are_counted_on_their_cards() -> None:
    """A network of scalars, shown two points, would else be a column of hundreds of weights."""
    weights = [[tensor(0.1 * i - 1, requires_grad=True) for i in range(3)] for _ in range(40)]

    def total(x: float, y: float) -> Any:
        return sum(np.tanh(a * x + b * y + c) for a, b, c in weights)

    first = np.exp(total(1.0, 2.0))
    loss = first * total(0.5, -1.0)
    found = cards(loss)
    assert [card.role for card in found if card.role == "param"] == []
    assert len(found) < 20
    inside = sum(int(dict(card.rows).get("parameters", 0)) for card in found if card.role == "module")
    assert inside == 2 * 3 * len(weights)
    assert re.fullmatch(r"t\S+ = \S+", dict(found[0].rows)["output"])
    assert [card.role for card in cards(loss, depth=None)].count("param") == 3 * len(weights)


# Health


@pytest.mark.parametrize(
    ("value", "gradient", "words"),
    [
        (1.0, 1.0, []),
        (np.nan, 1.0, ["value is NaN"]),
        (np.inf, np.nan, ["value is infinite", "grad is NaN"]),
        (1.0, 0.0, ["dead: no gradient"]),
        (1.0, 1e-7, ["vanishing"]),
        (1.0, 2e3, ["exploding"]),
    ],
)
def test_what_is_conspicuous_is_said(value: float, gradient: float, words: list[str]) -> None:
    assert complaints(np.array(value), np.array(gradient)) == words


@pytest.mark.parametrize(
    "x", [np.full(3, 1e300), np.full((2, 2), np.float16(6e4)), np.zeros((0, 2)), np.ones(3)]
)
def test_what_is_large_is_finite(x: Any) -> None:
    assert not_finite(x) == ""
    assert rms(x) == pytest.approx(x.max()) if x.size else np.isnan(rms(x))


def test_warnings_stand_on_cards() -> None:
    x = tensor(-1.0, requires_grad=True)
    y = nn.functional.relu(x)
    with np.errstate(invalid="ignore"):
        z = y + np.sqrt(x)
    rows = {card.name: card.rows for card in cards(z)}
    assert ("⚠", "value is NaN") in rows["z"]
    assert ("⚠", "dead: no gradient") in {card.name: card.rows for card in cards(y)}["x"]


def test_no_alarm_where_large_parts_cancel_or_a_factor_is_zero() -> None:
    rng = np.random.default_rng(0)
    scores = tensor(rng.normal(size=(4, 4)), requires_grad=True)
    powers = np.exp(scores - np.max(scores, axis=1, keepdims=True))
    shares = powers / np.sum(powers, axis=1, keepdims=True)
    assert alarms(np.sum(shares * rng.normal(size=(4, 4)))) == set()
    assert alarms(scores - scores) == set()
    cell = nn.LSTMCell(3, 2, rng=0)
    assert alarms(np.sum(cell(np.ones((1, 3)))[0])) == set()  # at first its state is 0
    w = tensor(2.0, requires_grad=True)
    assert alarms(w * 0.0) == alarms(w * tensor(0.0)) == set()
    steep, negative = 40 * w, -w
    assert alarms(nn.functional.sigmoid(steep)) == {"w", "steep"}
    assert alarms(nn.functional.relu(negative)) == {"w", "negative"}


def test_no_alarm_for_a_bias_whose_gradients_cancel_over_the_rows() -> None:
    """One before a normalisation, or on the keys of an attention, changes nothing whatever it is."""
    rng = np.random.default_rng(0)
    x, key, query, norm = (
        rng.normal(size=(5, 3)),
        *(nn.Linear(3, 3, rng=rng) for _ in range(2)),
        nn.BatchNorm1d(3),
    )
    shares = nn.functional.softmax(query(x) @ key(x).T, -1)
    assert alarms(np.sum(shares @ x * rng.normal(size=3))) == set()
    assert alarms(np.sum(norm(key(x)) * rng.normal(size=(5, 3)))) == set()
    convolved = nn.Conv2d(1, 2, 3, rng=rng)(rng.normal(size=(2, 1, 5, 5)))
    assert alarms(np.sum(nn.BatchNorm2d(2)(convolved) * rng.normal(size=(2, 2, 3, 3)))) == set()


def test_no_alarm_for_an_infinity_that_the_user_put_in() -> None:
    """A mask of −∞ that a softmax swallows is no complaint, whatever it is put in by."""
    mask = np.triu(np.ones((3, 3), bool), 1)
    scores = tensor(np.arange(9.0).reshape(3, 3), requires_grad=True)
    added = tensor(np.where(mask, -np.inf, 0.0), name="added")
    written = scores * 1.0
    written[mask] = -np.inf
    for masked in (scores.masked_fill(mask, float("-inf")), scores + added.data, scores + added, written):
        shares = nn.functional.softmax(2 * masked, -1)
        assert alarms(np.sum(shares * np.arange(3.0))) == set()
    attention, x = Attention(), np.arange(12.0).reshape(3, 4)
    for depth in (0, 1, None):
        found = cards(lambda: mean_square(attention(x)), depth=depth)
        assert [row for card in found for row in card.rows if row[0] == "⚠"] == []


def test_an_infinity_that_a_call_makes_or_that_reaches_the_result_is_an_alarm() -> None:
    x = tensor([0.0, 1e3], requires_grad=True)
    mask = np.array([True, False])
    with np.errstate(all="ignore"):
        huge, steep, endless = np.exp(x), np.log(x), 1 / x
        assert alarms(1 / huge + 1 / steep + 1 / endless) >= {"huge", "steep", "endless"}
        masked = huge.masked_fill(mask, float("-inf"))
        assert "masked" in alarms(nn.functional.softmax(masked, -1)[0])
        result = x.masked_fill(mask, float("-inf"))
        assert alarms(result) == {"result"}
        diverged = tensor(np.inf, requires_grad=True)
        assert "diverged" in alarms(np.tanh(diverged))


# Size and time


def test_building_is_linear() -> None:
    """Five times as many calls ask for about five times as many calls of functions."""
    short, long = (functions_called(partial(draw, chain(calls), depth=None)) for calls in (1000, 5000))
    assert long < 6 * short


def functions_called(run: Callable[[], object]) -> int:
    """Count the calls of Python's and of C's functions while ``run`` runs."""
    events: Counter[str] = Counter()
    sys.setprofile(lambda frame, event, arg: events.update([event]))
    try:
        run()
    finally:
        sys.setprofile(None)
    return events["call"] + events["c_call"]


def test_a_recurrent_network_of_50_steps_is_a_small_picture() -> None:
    network, inputs = Network(), np.ones((50, 4))
    assert len(cards(mean_square(network(inputs)), params=network)) < 15


def test_a_long_chain_is_collapsed() -> None:
    assert len(cards(chain(100_000))) < 10
    with pytest.raises(ValueError, match=rf"100,000 cards; more than {LARGEST:,}"):
        draw(chain(100_000), depth=None)


def test_a_large_graph_without_loops_is_refused() -> None:
    rng = np.random.default_rng(0)
    x: Any = tensor(0.1, requires_grad=True)
    for which in rng.integers(0, 3, LARGEST + 100):
        x = (np.tanh, np.sin, np.cos)[which](x)
    with pytest.raises(ValueError, match=r"usual fix: collapse modules, .* or draw a smaller case"):
        draw(x, depth=None)


@pytest.fixture
def slow(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Layouts of more than three cards take too long; gives the sources that were tried."""
    tried: list[str] = []

    def run(command: Any, input: bytes, timeout: float, **options: Any) -> Any:
        tried.append(input.decode())
        if tried[-1].count("class=") > 3:
            raise subprocess.TimeoutExpired(command, timeout)
        svg = b'<svg xmlns="http://www.w3.org/2000/svg"></svg>'
        return subprocess.CompletedProcess(command, 0, svg, b"")

    monkeypatch.setattr(picture.subprocess, "run", run)
    monkeypatch.setattr(picture, "version", lambda name: "2.0")
    return tried


def test_a_layout_that_takes_too_long_is_tried_once_more_and_coarser(slow: list[str]) -> None:
    tower, x = Tower(2), np.ones((5, 3))
    drawing = draw(lambda: mean_square(tower(x)))
    assert drawing.pipe("svg").startswith(b"<svg")
    assert len(slow) == 2
    assert slow[1].count("class=") == 3


def test_if_that_takes_too_long_too_it_says_so(slow: list[str]) -> None:
    with pytest.raises(TimeoutError, match=r"more than 20 s. The usual fix: collapse more, with depth=0"):
        draw(chain(20)).pipe("svg")
    bundle = draw(chain(20))._repr_mimebundle_()
    assert "The usual fix" in bundle["text/plain"]


class Echo(nn.Module):
    """A loop in a module, which is called by itself."""

    def __init__(self) -> None:
        self.b = nn.Linear(1, 1, bias=False, rng=0)

    def forward(self, x: Any) -> Any:
        h = np.zeros((len(x), 1))
        for t in range(x.shape[1]):
            h = x[:, t] + self.b(h)
        return h


@pytest.mark.parametrize("steps", [5, 40])
def test_a_module_without_a_name_can_be_laid_out(steps: int) -> None:
    x, model = np.ones((1, steps, 1)), Echo()
    drawing = draw(lambda: nn.MSELoss()(model(x), np.ones((1, 1))), params=model)
    assert ElementTree.fromstring(drawing.pipe("svg")) is not None


def test_units_know_whether_they_are_calls() -> None:
    assert Unit(3, 4).is_call
    assert not Unit(3, 5).is_call
    assert not Unit(3, 4, "head", nn.Identity()).is_call
