"""Recurrent layers and cells: PyTorch's numbers, keys and shapes, over drawn options."""

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from autograd import gradcheck, tensor
from nn import GRU, LSTM, RNN, GRUCell, LSTMCell, RNNCell

LAYERS = (RNN, LSTM, GRU)
CELLS = (RNNCell, LSTMCell, GRUCell)
each_layer = pytest.mark.parametrize("layer", LAYERS, ids=lambda layer: layer.__name__)
each_cell = pytest.mark.parametrize("cell", CELLS, ids=lambda cell: cell.__name__)

OPTIONS = st.fixed_dictionaries(
    {"num_layers": st.integers(1, 3)},
    optional={
        "bias": st.just(False),
        "batch_first": st.just(True),
        "bidirectional": st.just(True),
        "nonlinearity": st.just("relu"),
    },
)


@pytest.mark.parametrize("kind", [RNN, RNNCell], ids=lambda kind: kind.__name__)
def test_the_nonlinearity_may_be_asked_and_changed(kind: Any) -> None:
    layer, other = (kind(3, 4, nonlinearity=name, rng=0) for name in ("tanh", "relu"))
    assert (layer.nonlinearity, other.nonlinearity) == ("tanh", "relu")
    layer.nonlinearity = "relu"
    for a, b in zip(listed(layer(x := numbers(0, 5, 3))), listed(other(x)), strict=True):
        np.testing.assert_array_equal(a.detach(), b.detach())
    layer.nonlinearity = "sigmoid"
    with pytest.raises(ValueError, match="nonlinearity: expected"):
        layer(x)


@each_layer
def test_parameters_need_not_be_flattened(layer: Any) -> None:
    assert layer(3, 4).flatten_parameters() is None


def numbers(seed: int, *shape: int) -> np.ndarray:
    return np.random.default_rng(seed).normal(size=shape)


def listed(value: Any) -> list[Any]:
    return [leaf for part in value for leaf in listed(part)] if isinstance(value, tuple) else [value]


def pair_with_torch(ours: Any, **how: Any) -> Any:
    torch = pytest.importorskip("torch")
    kind = getattr(torch.nn, type(ours).__name__)
    theirs = kind(ours.input_size, ours.hidden_size, dtype=torch.float64, **how)
    assert list(theirs.state_dict()) == list(ours.state_dict())
    theirs.load_state_dict({name: torch.tensor(array) for name, array in ours.state_dict().items()})
    return theirs


def assert_alike(ours: Any, theirs: Any, x: np.ndarray, states: tuple[np.ndarray, ...]) -> None:
    """Outputs, last states, and the gradients of inputs, first states and parameters."""
    torch = pytest.importorskip("torch")
    mine = [tensor(a, requires_grad=True) for a in (x, *states)]
    their = [torch.tensor(a, requires_grad=True) for a in (x, *states)]

    def run(model: Any, leaves: list[Any]) -> list[Any]:
        if not states:
            return listed(model(leaves[0]))
        return listed(model(leaves[0], leaves[1] if len(states) == 1 else tuple(leaves[1:])))

    results, expected = run(ours, mine), run(theirs, their)
    total: Any = 0.0
    their_total: Any = 0.0
    for i, (a, e) in enumerate(zip(results, expected, strict=True)):
        np.testing.assert_allclose(a.data, e.detach().numpy(), rtol=0, atol=1e-10)
        factors = numbers(i, *a.shape)
        total, their_total = total + np.sum(a * factors), their_total + (e * torch.tensor(factors)).sum()
    total.backward()
    their_total.backward()
    pairs = [*zip(mine, their, strict=True), *zip(ours.parameters(), theirs.parameters(), strict=True)]
    for a, e in pairs:
        np.testing.assert_allclose(a.grad.data, e.grad.numpy(), rtol=0, atol=1e-10)


@each_layer
@settings(max_examples=settings.default.max_examples // 4)
@given(options=OPTIONS, batched=st.booleans(), with_states=st.booleans(), steps=st.integers(1, 4))
def test_layers_agree_with_pytorch(
    layer: Any, options: dict[str, Any], batched: bool, with_states: bool, steps: int
) -> None:
    if layer is not RNN:
        options.pop("nonlinearity", None)
    if not batched:
        options.pop("batch_first", None)
    ours = layer(3, 2, **options, rng=0)
    shape = (5, steps, 3) if options.get("batch_first") else (steps, 5, 3)
    rows = options["num_layers"] * (2 if options.get("bidirectional") else 1)
    state = (rows, 5, 2) if batched else (rows, 2)
    states = tuple(numbers(i, *state) for i in range(ours.states)) if with_states else ()
    theirs = pair_with_torch(ours, **options)
    assert_alike(ours, theirs, numbers(7, *(shape if batched else (steps, 3))), states)


@each_cell
@pytest.mark.parametrize("bias", [True, False], ids=["bias", "no bias"])
@pytest.mark.parametrize("batch", [(), (4,)], ids=["alone", "batch"])
@pytest.mark.parametrize("with_states", [True, False], ids=["states", "zeros"])
def test_cells_agree_with_pytorch(cell: Any, bias: bool, batch: tuple[int, ...], with_states: bool) -> None:
    ours = cell(3, 2, bias, rng=0)
    states = tuple(numbers(i, *batch, 2) for i in range(ours.states)) if with_states else ()
    assert_alike(ours, pair_with_torch(ours, bias=bias), numbers(7, *batch, 3), states)


@each_layer
def test_a_layer_is_its_cell_step_by_step(layer: Any) -> None:
    whole, cell = layer(3, 2, rng=0), CELLS[LAYERS.index(layer)](3, 2)
    cell.load_state_dict({name.removesuffix("_l0"): a for name, a in whole.state_dict().items()})
    x = numbers(0, 4, 5, 3)
    output, last = whole(x)
    state = None
    for t, step in enumerate(x):
        state = cell(step, state)
        np.testing.assert_allclose(output[t].data, listed(state)[0].data, atol=1e-12)
    for a, e in zip(listed(last), listed(state), strict=True):
        np.testing.assert_allclose(a[0].data, e.data, atol=1e-12)


@each_layer
@pytest.mark.parametrize("bidirectional", [False, True])
def test_gradients_are_right(layer: Any, bidirectional: bool) -> None:
    model = layer(2, 3, num_layers=2, bidirectional=bidirectional, rng=0)
    assert gradcheck(lambda x: model(x)[0], numbers(0, 3, 2, 2), order=2)


@each_layer
def test_infinite_inputs_saturate_the_gates_as_in_pytorch(layer: Any) -> None:
    torch = pytest.importorskip("torch")
    ours, x = layer(3, 2, rng=0), numbers(0, 4, 5, 3)
    x[1, 2, 0], x[2, 3, 1] = np.inf, -np.inf
    expected, _ = pair_with_torch(ours)(torch.tensor(x))
    np.testing.assert_allclose(ours(x)[0].data, expected.detach().numpy(), atol=1e-10)


@each_layer
def test_the_gradients_of_single_steps_add_up(layer: Any) -> None:
    model, x, factors = layer(3, 2, rng=0), numbers(0, 4, 5, 3), numbers(1, 4, 5, 2)

    def gradients(factors: np.ndarray) -> np.ndarray:
        model.zero_grad()
        np.sum(model(x)[0] * factors).backward()
        return np.concatenate([p.grad.data.ravel() for p in model.parameters()])

    single = [np.where(np.arange(4)[:, None, None] == t, factors, 0) for t in range(4)]
    np.testing.assert_allclose(sum(map(gradients, single)), gradients(factors), atol=1e-12)


@each_layer
def test_a_batch_may_be_empty(layer: Any) -> None:
    ours = layer(3, 4, num_layers=2, rng=0)
    out, _ = ours(numbers(1, 5, 0, 3))
    assert out.shape == (5, 0, 4)
    out.sum().backward()
    assert all(not p.grad.data.any() for p in ours.parameters())


@each_layer
def test_whole_numbers_are_taken_as_inputs(layer: Any) -> None:
    model, x = layer(3, 2, rng=0), np.arange(60).reshape(4, 5, 3)
    for a, e in zip(listed(model(x)), listed(model(x.astype(float))), strict=True):
        np.testing.assert_array_equal(a.data, e.data)


@each_layer
@pytest.mark.parametrize("num_layers", [1, 2])
def test_the_last_state_has_memory_of_its_own(layer: Any, num_layers: int) -> None:
    output, last = layer(3, 2, num_layers, rng=0)(numbers(0, 4, 5, 3))
    assert not any(np.shares_memory(output.data, state.data) for state in listed(last))


@each_layer
def test_dropout_acts_between_layers_in_training_only(layer: Any) -> None:
    x = numbers(0, 3, 2, 4)
    plain, dropped = layer(4, 8, num_layers=2, rng=1), layer(4, 8, num_layers=2, dropout=0.5, rng=1)
    dropped.load_state_dict(plain.state_dict())
    assert not np.allclose(plain(x)[0].data, dropped(x)[0].data)
    np.testing.assert_array_equal(plain(x)[0].data, dropped.eval()(x)[0].data)
    same = layer(4, 8, num_layers=2, dropout=0.5, rng=1)
    same.load_state_dict(plain.state_dict())
    np.testing.assert_array_equal(same(x)[0].data, layer(4, 8, num_layers=2, dropout=0.5, rng=1)(x)[0].data)


def test_initial_weights_are_uniform_within_the_root_of_the_state() -> None:
    for parameter in LSTM(30, 100, rng=0).parameters():
        assert np.max(np.abs(parameter.data)) <= 0.1
        assert np.std(parameter.data) == pytest.approx(0.1 / np.sqrt(3), rel=0.1)


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: LSTM(0, 2), "input_size: expected a whole number from 1, got 0"),
        (lambda: GRU(2, 2.5), "hidden_size: expected a whole number from 1, got 2.5"),
        (lambda: RNN(2, 2, num_layers=0), "num_layers: expected a whole number from 1, got 0"),
        (lambda: RNN(2, 2, nonlinearity="sin"), "nonlinearity: expected 'tanh' or 'relu', got 'sin'"),
        (lambda: GRU(2, 2, dropout=2), "dropout: expected a probability from 0 to 1, got 2"),
        (lambda: LSTM(2, 3)(np.ones((4, 5, 7))), "LSTM: expected inputs of shape .* with 2 features, got"),
        (lambda: GRU(2, 3)(np.ones(2)), "GRU: expected inputs of shape"),
        (
            lambda: GRU(2, 3)(np.ones((4, 5, 2)), np.ones((1, 4, 3))),
            r"a state of shape \(1, 5, 3\)",
        ),
        (lambda: LSTM(2, 3)(np.ones((4, 5, 2)), np.ones((1, 5, 3))), r"LSTM: expected 2 states \(h, c\)"),
        (lambda: LSTMCell(2, 3)(np.ones((4, 5))), "LSTMCell: expected inputs of shape"),
        *[
            (lambda kind=kind: kind(2, 3)(np.ones((0, 5, 2))), f"{kind.__name__}: expected at least one step")
            for kind in LAYERS
        ],
    ],
)
def test_what_does_not_fit_is_refused(make: Any, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        make()


def test_lists_are_taken() -> None:
    output, h = GRU(2, 3, rng=0)([[1.0, 2.0], [3.0, 4.0]])
    assert output.shape == (2, 3)
    assert h.shape == (1, 3)
