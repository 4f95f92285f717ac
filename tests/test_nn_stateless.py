"""A module is a function of its weights: gradients flow to others in their place, and it stays as it was."""

import copy
from collections import OrderedDict, defaultdict
from typing import Any, NamedTuple

import numpy as np
import pytest

import autograd
import nn
from autograd import no_grad, tensor
from nn import functional_call
from nn.functional import mse_loss
from tests.nn_peers import close, drawn, same_state
from tests.test_nn_module import Everywhere, Tied

X, Y = drawn((5, 3)), drawn((5, 2), seed=1)


class Penalised(nn.Module):
    """A module that asks for its own parameters, and keeps something of its call."""

    def __init__(self) -> None:
        self.inner = nn.ModuleDict({"a": nn.Linear(3, 2, rng=0)})
        self.calls: list[int] = []
        self.seen = None

    def forward(self, x: Any) -> Any:
        self.calls.append(id(self.inner["a"].weight))
        self.seen = x
        return self.inner["a"](x) + sum((p**2).sum() for p in self.parameters())


class Meta(nn.Module):
    """A module that calls one of its own modules with other weights."""

    def __init__(self) -> None:
        self.model = nn.Linear(3, 2, rng=0)
        self.factor = nn.Parameter(2.0)

    def forward(self, x: Any) -> Any:
        weights = {name: self.factor * p for name, p in self.model.named_parameters()}
        return functional_call(self.model, weights, x)


class Pair(NamedTuple):
    """Two parameters by name."""

    weight: Any
    bias: Any


class Paired(nn.Module):
    """Parameters in a named tuple."""

    def __init__(self) -> None:
        self.pair = Pair(nn.Parameter(drawn((3, 2))), nn.Parameter(np.ones(2)))

    def forward(self, x: Any) -> Any:
        return x @ self.pair.weight + self.pair.bias


MODELS = {
    "fields of all kinds": Everywhere,
    "tied weights": Tied,
    "MLP": lambda: nn.MLP([3, 4, 2], nn.Tanh, rng=0),
    "normalised": lambda: nn.Sequential(nn.Linear(3, 4, rng=0), nn.BatchNorm1d(4), nn.PReLU()),
    "ModuleList": lambda: nn.Sequential(nn.ModuleList([nn.Linear(3, 2, rng=0)])[0]),
    "recurrent": lambda: nn.Sequential(nn.LSTM(3, 2, rng=0), lambda out: out[0]),
    "asks for its parameters": Penalised,
    "nested calls": Meta,
    "a named tuple": Paired,
}
each_model = pytest.mark.parametrize("make", MODELS.values(), ids=MODELS)


def own(model: nn.Module) -> dict[str, Any]:
    return dict(model.named_parameters())


def arrays(model: nn.Module) -> dict[str, Any]:
    return {name: p.data for name, p in model.named_parameters()}


def loss_of(model: nn.Module, weights: Any) -> Any:
    return (functional_call(model, weights, (X,)) ** 2).sum()


@each_model
@pytest.mark.parametrize("given", [arrays, own], ids=["arrays", "parameters"])
def test_gradients_by_the_weights_are_those_of_the_module(make: Any, given: Any) -> None:
    model, twin = make(), make()
    found = autograd.grad(lambda weights: loss_of(model, weights))(given(model))
    (twin(X) ** 2).sum().backward()
    assert found.keys() == own(twin).keys()
    for name, p in twin.named_parameters():
        close(np.asarray(getattr(found[name], "data", found[name])), p.grad.numpy())
    assert all(p.grad is None for p in model.parameters())


@each_model
def test_the_weights_may_be_results_and_leave_the_module_unchanged(make: Any) -> None:
    model, twin = make().eval(), make().eval()
    fields = {path: dict(vars(part)) for path, part in model.named_modules()}
    before = {name: array.tobytes() for name, array in model.state_dict().items()}
    leaves = {name: tensor(p.data / 3, requires_grad=True) for name, p in model.named_parameters()}
    out = functional_call(model, {name: 3 * w for name, w in leaves.items()}, X)
    close(out.detach(), twin(X).detach())
    (out**2).sum().backward()
    (twin(X) ** 2).sum().backward()
    for name, p in twin.named_parameters():
        close(leaves[name].grad.numpy(), 3 * p.grad.numpy())
    assert all(p.grad is None for p in model.parameters())
    assert {name: array.tobytes() for name, array in model.state_dict().items()} == before
    for path, part in model.named_modules():
        assert vars(part).keys() == fields[path].keys()
        assert all(vars(part)[name] is value for name, value in fields[path].items() if name != "seen")


def test_parameters_of_another_module_take_part_themselves() -> None:
    model, other = Penalised(), Penalised()
    loss_of(model, own(other)).backward()
    assert [p.grad is None for p in (*model.parameters(), *other.parameters())] == [True] * 2 + [False] * 2
    assert model.calls == [id(other.inner["a"].weight)], "what the call kept stays"
    assert model.seen is X


def test_what_is_not_given_is_the_modules_own() -> None:
    model = nn.Linear(3, 2, rng=0)
    bias = tensor([1.0, 2.0], requires_grad=True)
    out = functional_call(model, {"bias": bias}, X)
    close(out.detach(), X @ model.weight.data.T + bias.data)
    out.sum().backward()
    assert (bias.grad.tolist(), model.bias.grad) == ([5, 5], None)
    assert model.weight.grad is not None


def test_arguments_are_given_as_in_torch() -> None:
    class Both(nn.Module):
        def __init__(self) -> None:
            self.w = nn.Parameter(2.0)

        def forward(self, *args: Any, **kwargs: Any) -> Any:
            return self.w.item(), args, kwargs

    model = Both()
    assert functional_call(model, {}) == (2, (), {})
    assert functional_call(model, {"w": 3.0}, 1) == (3, (1,), {})
    assert functional_call(model, [{"w": 3.0}, {}], (1, 2), {"x": 4}) == (3, (1, 2), {"x": 4})
    assert functional_call(model, {}, [1, 2]) == (2, ([1, 2],), {})


def test_the_module_is_itself_again_after_an_error() -> None:
    model = nn.Sequential(nn.Linear(3, 2, rng=0), nn.Linear(5, 1, rng=0))
    kept = own(model)
    with pytest.raises(ValueError, match="linear"):
        functional_call(model, {"0.weight": np.ones((2, 3))}, X)
    assert own(model).keys() == kept.keys()
    assert all(p is kept[name] for name, p in own(model).items())


WRONG: dict[str, tuple[Any, type[Exception], str]] = {
    "unknown": ({"wieght": X}, ValueError, "names: expected some of weight, bias, got wieght"),
    "shape": ({"bias": np.ones(3)}, ValueError, r"shape of bias: expected \(2,\), got \(3,\)"),
    "text": ({"bias": np.array(["a", "b"])}, ValueError, "value of bias: .*real numbers"),
    "in two": ([{"bias": Y[0]}, {"bias": Y[0]}], ValueError, "names: expected each in one dict, got bias"),
    "a list": ([Y[0]], TypeError, "parameter_and_buffer_dicts: expected arrays by name.*got ndarray"),
    "a module": (
        nn.Linear(3, 2),
        TypeError,
        "parameter_and_buffer_dicts: expected arrays by name.*got Linear",
    ),
}


@pytest.mark.parametrize(("weights", "error", "said"), WRONG.values(), ids=WRONG)
def test_weights_that_do_not_fit_are_refused(weights: Any, error: type[Exception], said: str) -> None:
    with pytest.raises(error, match=said):
        functional_call(nn.Linear(3, 2, rng=0), weights, X)
    with pytest.raises(TypeError, match="module: expected a module, got function"):
        functional_call(mse_loss, {}, X)


def test_what_is_shared_has_one_value() -> None:
    model, eye = Tied(), np.eye(3)
    for name in "first.weight", "second.weight", "again.weight":
        weights = {name: eye, "first.bias": np.zeros(3), "second.bias": np.zeros(3)}
        close(functional_call(model, weights, X), X)
    close(functional_call(model, model.state_dict(), X).detach(), model(X).detach())
    with pytest.raises(
        ValueError,
        match=r"value of second\.weight: expected that of first\.weight.*leave it out.*named_parameters\(\)",
    ):
        autograd.grad(lambda weights: loss_of(model, weights))(model.state_dict())


def test_a_buffer_that_the_module_writes_is_written_where_it_was_given() -> None:
    model, twin = nn.BatchNorm1d(3), nn.BatchNorm1d(3)
    twin(X)
    for kind in np.asarray, tensor, nn.Buffer:
        buffers = {name: kind(b.data.copy()) for name, b in model.named_buffers()}
        functional_call(model, (arrays(model), buffers), X)
        for name, b in twin.named_buffers():
            close(np.asarray(buffers[name]), b.data)
    assert model.num_batches_tracked.item() == 0


def test_a_leaf_in_the_place_of_a_buffer_is_not_written() -> None:
    mean = tensor(np.zeros(3), requires_grad=True)
    functional_call(nn.BatchNorm1d(3), {"running_mean": mean}, X)
    assert mean.data.tolist() == [0, 0, 0]


class Keeping(nn.Module):
    """A module that writes into lists and dicts in which parameters stand."""

    def __init__(self) -> None:
        self.ordered = OrderedDict(a=nn.Parameter(1.0), b=nn.Parameter(2.0))
        self.found = defaultdict(list, {"c": nn.Parameter(3.0), "calls": 0})
        self.several = ({"d": nn.Parameter(4.0)}, [nn.Parameter(5.0), "text", nn.Parameter(6.0)])
        self.alias = self.several[1]

    def forward(self, change: Any) -> Any:
        self.found["calls"] += 1
        self.found["inputs"].append(change)
        self.ordered.move_to_end("a")
        given = [p.item() for p in self.parameters()]
        change(self.several[1])
        return given


@pytest.mark.parametrize(
    ("change", "left"),
    [(lambda items: items.append(7), ["text", 7]), (list.clear, []), (list.pop, ["text"])],
    ids=["longer", "empty", "shorter"],
)
def test_lists_and_dicts_stay_themselves_and_keep_what_is_written(change: Any, left: list[Any]) -> None:
    model = Keeping()
    fields, kept = dict(vars(model)), list(model.parameters())
    weights = {name: 10 * p.data for name, p in model.named_parameters()}
    assert sorted(functional_call(model, weights, (change,))) == [10, 20, 30, 40, 50, 60]
    assert all(vars(model)[name] is value for name, value in fields.items())
    assert (list(model.ordered), model.found["calls"], model.found["inputs"]) == (["b", "a"], 1, [change])
    assert [item for item in model.alias if not isinstance(item, nn.Parameter)] == left
    assert {id(p) for p in model.parameters()} == {id(p) for p in kept}
    assert len(model.alias) == 2 + len(left)


def test_weights_may_change_places_in_a_list_that_has_two_names() -> None:
    model = Keeping()
    swapped = {"alias.0": model.alias[2], "alias.2": model.alias[0]}
    found = functional_call(model, swapped, (id,))
    assert (found.index(6), found.index(5)) == (4, 5)
    assert [p.item() for p in model.alias[::2]] == [5, 6]


def test_a_buffer_that_is_assigned_is_the_modules_own_again() -> None:
    class Averaged(nn.Module):
        def __init__(self) -> None:
            self.register_buffer("mean", np.zeros(3), persistent=False)

        def forward(self, x: Any) -> Any:
            self.mean = 0.5 * self.mean + 0.5 * x.mean(axis=0)
            return self.mean, self.state_dict()

    model = Averaged()
    kept = model.mean
    mean, state = functional_call(model, {"mean": np.ones(3)}, X)
    close(np.asarray(mean), 0.5 + 0.5 * X.mean(axis=0))
    assert state == {}
    assert model.mean is kept
    assert kept.data.tolist() == [0, 0, 0]


def test_where_the_way_back_is_cut_off_is_said() -> None:
    weight = tensor(np.ones((2, 3)), requires_grad=True, name="w").detach()
    model = nn.Linear(3, 2, bias=False, rng=0)
    with pytest.raises(RuntimeError, match=r"the path broke at detach\(\) of 'w'"):
        functional_call(model, {"weight": weight}, X).sum().backward()


def test_a_write_to_what_was_given_is_noticed() -> None:
    model = nn.Linear(3, 2, rng=0)
    given, x = tensor(model.weight.data), tensor(X, requires_grad=True)
    loss = functional_call(model, {"weight": given}, x).sum()
    given += 1
    with pytest.raises(RuntimeError, match="was written in place"):
        loss.backward()


def test_without_recording_nothing_is_recorded() -> None:
    model = nn.Linear(3, 2, rng=0)
    with no_grad():
        out = functional_call(model, {"weight": tensor(np.ones((2, 3)), requires_grad=True)}, X)
    assert not out.requires_grad


def test_the_hessian_of_a_network_is_that_of_differences() -> None:
    model = nn.MLP([3, 2, 1], nn.Tanh, rng=0)
    start, unravel = autograd.ravel_pytree(arrays(model))

    def loss(vector: Any) -> Any:
        return mse_loss(functional_call(model, unravel(vector), (X,)), Y[:, :1])

    def slope(vector: Any) -> Any:
        shifted = copy.deepcopy(model)
        shifted.load_state_dict(unravel(vector))
        mse_loss(shifted(X), Y[:, :1]).backward()
        return np.concatenate([p.grad.numpy().ravel() for p in shifted.parameters()])

    steps = 1e-5 * np.eye(len(start))
    differences = [(slope(start + step) - slope(start - step)) / 2e-5 for step in steps]
    found = autograd.hessian(loss)(start)
    np.testing.assert_allclose(found, differences, atol=1e-8)
    by_name = autograd.hessian(lambda weights: loss_of(model, weights))(arrays(model))
    assert by_name["0.weight"]["2.bias"].shape == (2, 3, 1)
    v = drawn(start.shape)
    close(autograd.hvp(loss, start, v), found @ v)
    close(autograd.jvp(loss, (start,), (v,))[1], slope(start) @ v)


# PyTorch


def peers() -> tuple[Any, Any]:
    """The same network, ours and PyTorch's."""
    torch = pytest.importorskip("torch")
    ours = nn.Sequential(nn.Linear(3, 4, rng=0), nn.Tanh(), nn.Linear(4, 2, rng=1))
    theirs = torch.nn.Sequential(torch.nn.Linear(3, 4), torch.nn.Tanh(), torch.nn.Linear(4, 2)).double()
    same_state(ours, theirs)
    return ours, theirs


def test_gradients_are_those_of_torch() -> None:
    torch = pytest.importorskip("torch")
    ours, theirs = peers()
    x, y = torch.tensor(X), torch.tensor(Y)

    def loss(weights: Any) -> Any:
        return torch.nn.functional.mse_loss(torch.func.functional_call(theirs, weights, (x,)), y)

    found = autograd.grad(lambda weights: mse_loss(functional_call(ours, weights, (X,)), Y))(arrays(ours))
    expected = torch.func.grad(loss)({name: p.detach() for name, p in theirs.named_parameters()})
    assert found.keys() == expected.keys()
    for name, g in expected.items():
        close(found[name], g)


def meta_gradients(library: Any, model: Any, tasks: Any) -> Any:
    """Return the gradients through two steps of descent, to the loss on other data (Finn et al., 2017)."""
    call, grad, loss = library
    weights = dict(model.named_parameters())
    x, y, x_new, y_new = tasks
    for _ in range(2):
        gradients = grad(lambda fast: loss(call(model, fast, (x,)), y))(weights)
        weights = {name: w - 0.1 * gradients[name] for name, w in weights.items()}
    loss(call(model, weights, (x_new,)), y_new).backward()
    return [p.grad.numpy() for p in model.parameters()]


def test_a_step_of_maml_is_that_of_torch() -> None:
    torch = pytest.importorskip("torch")
    ours, theirs = peers()
    tasks = X, Y, drawn((5, 3), seed=2), drawn((5, 2), seed=3)
    library = torch.func.functional_call, torch.func.grad, torch.nn.functional.mse_loss
    found = meta_gradients((functional_call, autograd.grad, mse_loss), ours, tasks)
    for g, expected in zip(found, meta_gradients(library, theirs, map(torch.tensor, tasks)), strict=True):
        close(g, expected)
