"""Modules find their parameters, keep their state, and copy; batches give all rows once."""

import copy
import operator
import pickle
import re
import warnings
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import autograd
import nn
from autograd import float32, no_grad, tensor
from nn import pytorch


def parameter(*shape: int) -> nn.Parameter:
    return nn.Parameter(np.ones(shape))


class Everywhere(nn.Module):
    """Parameters in fields, lists, tuples and dicts, and in modules there."""

    def __init__(self) -> None:
        self.layer = nn.Linear(2, 3, rng=0)
        self.own = parameter(1)
        self.list = [parameter(2), nn.Linear(1, 1, bias=False, rng=0)]
        self.tuple = (parameter(3), [parameter(4)])
        self.dict = {"a": parameter(5), "b": nn.Sequential(nn.Linear(1, 2, rng=0), nn.ReLU())}
        self.neither = ["text", 3, None, tensor([1.0]), np.ones(2)]

    def forward(self, x: Any) -> Any:
        total = sum(p.sum() for p in self.parameters())
        return total * x


class Tied(nn.Module):
    """One weight in two layers, and one layer in two places."""

    def __init__(self) -> None:
        self.first, self.second = nn.Linear(3, 3, rng=0), nn.Linear(3, 3, rng=1)
        self.second.weight = self.first.weight
        self.again = self.first

    def forward(self, x: Any) -> Any:
        return self.again(self.second(self.first(x)))


MODELS = {
    "fields of all kinds": Everywhere,
    "tied weights": Tied,
    "MLP": lambda: nn.MLP([3, 4, 2], nn.ReLU, rng=0),
    "Perceptron": lambda: nn.Perceptron(3, 2, rng=0),
    "float32": lambda: nn.Linear(3, 2, dtype=float32, rng=0),
    "no parameters": nn.ReLU,
    "loss": nn.CrossEntropyLoss,
}
each_model = pytest.mark.parametrize("make", MODELS.values(), ids=MODELS)


def state(module: nn.Module) -> dict[str, Any]:
    return {name: array.tolist() for name, array in module.state_dict().items()}


# Fields


def test_fields_are_found_without_registration() -> None:
    names = [
        "own", "list.0", "tuple.0", "tuple.1.0", "dict.a", "layer.weight", "layer.bias",
        "list.1.weight", "dict.b.0.weight", "dict.b.0.bias",
    ]  # fmt: skip
    assert [name for name, _ in Everywhere().named_parameters()] == names
    assert list(Everywhere().state_dict()) == names


def test_a_module_comes_before_those_inside_it() -> None:
    model = Everywhere()
    names = ["", "layer", "list.1", "dict.b", "dict.b.0", "dict.b.1"]
    assert [name for name, _ in model.named_modules()] == names
    assert [name for name, _ in model.named_children()] == ["layer", "list.1", "dict.b"]
    assert [name for name, _ in Tied().named_modules()] == ["", "first", "second"]
    assert next(model.modules()) is model
    assert next(model.children()) is model.layer


def test_fields_added_replaced_and_removed_later_count() -> None:
    model = Everywhere()
    model.layer = nn.Linear(7, 1)
    del model.own
    model.list.append(parameter(9))
    shapes = {name: p.shape for name, p in model.named_parameters()}
    assert shapes["layer.weight"] == (1, 7)
    assert shapes["list.2"] == (9,)
    assert "own" not in shapes


VALUES = [np.zeros(2), tensor([0.0, 0.0]), [0.0, 0.0], 0.0]
KEPT = [("weight", value) for value in VALUES] + [("running_mean", VALUES[i]) for i in (0, 2, 3)]


@pytest.mark.parametrize(("name", "value"), KEPT, ids=repr)
def test_what_is_learned_or_kept_is_not_replaced_by_what_is_not(name: str, value: Any) -> None:
    norm = nn.BatchNorm1d(2)
    before = norm.state_dict()
    kind = type(getattr(norm, name)).__name__
    fix = rf"module\.{name}\.data = array, or module\.{name} = nn\.{kind}\(array\)"
    with pytest.raises(TypeError, match=rf"{name}: expected a {kind}.* got {type(value).__name__}.*{fix}"):
        setattr(norm, name, value)
    assert norm.state_dict().keys() == before.keys()
    getattr(norm, name).data = np.full(2, 3.0)
    assert norm.state_dict()[name].tolist() == [3, 3]
    setattr(norm, name, getattr(nn, kind)([4.0, 4.0]))
    assert norm.state_dict()[name].tolist() == [4, 4]
    setattr(norm, name, None)
    assert name not in norm.state_dict()


def test_a_tensor_without_history_becomes_the_buffer_that_it_replaces() -> None:
    class Averaged(nn.Module):
        def __init__(self) -> None:
            self.register_buffer("mean", np.zeros(2), persistent=False)

        def forward(self, x: Any) -> Any:
            self.mean = 0.5 * self.mean + 0.5 * x
            return self.mean

    model, x = Averaged(), tensor([2.0, 4.0], requires_grad=True)
    model(x.detach())
    assert isinstance(model.mean, nn.Buffer)
    assert (model.mean.data.tolist(), model.mean.persistent, model.mean.name) == ([1, 2], False, "mean")
    with pytest.raises(TypeError, match=r"got one with a history; the usual fix is module\.mean = x\.detach"):
        model(x)
    with no_grad():
        assert model(x).tolist() == [1.5, 3]
    assert dict(model.named_buffers()) == {"mean": model.mean}


def test_fields_of_a_user_do_not_stand_in_the_way() -> None:
    class Table(nn.Module):
        def __init__(self) -> None:
            self.fields, self.describe, self.layer = ["price"], "a table", nn.Linear(2, 3)

    assert list(Table().state_dict()) == ["layer.weight", "layer.bias"]
    assert "layer" in repr(Table())


def test_a_function_is_applied_to_all_modules_in_the_order_of_torch() -> None:
    torch = pytest.importorskip("torch")
    found: dict[Any, list[str]] = {nn: [], torch.nn: []}
    for library, names in found.items():
        inner = library.Sequential(library.Linear(1, 1), library.ReLU())
        model = library.Sequential(library.Tanh(), inner, library.Sigmoid())
        assert model.apply(lambda module, names=names: names.append(type(module).__name__)) is model
    assert found[nn] == found[torch.nn]


@pytest.mark.parametrize(
    ("owner", "names"),
    [
        (nn.Linear(2, 1), pytorch.MODULE),
        (nn.Sequential(), pytorch.MODULE),
        (nn, pytorch.NN),
        (nn.functional, pytorch.FUNCTIONAL),
        (nn.utils, pytorch.UTILS),
    ],
    ids=["Module", "Sequential", "nn", "functional", "utils"],
)
def test_what_pytorch_calls_otherwise_is_said(owner: Any, names: dict[str, str]) -> None:
    for name, instead in names.items():
        assert not hasattr(owner, name)
        with pytest.raises(AttributeError, match=re.escape(f"no attribute '{name}'; {instead}")):
            getattr(owner, name)
        for package, path in re.findall(r"\b(np|nn|autograd)((?:\.\w+)+)", instead):
            operator.attrgetter(path[1:])({"np": np, "nn": nn, "autograd": autograd}[package])
    with pytest.raises(AttributeError, match=r"no attribute 'nothing'$"):
        owner.nothing  # noqa: B018


def test_a_module_may_have_fields_of_the_names_of_pytorch() -> None:
    model = nn.Linear(2, 1)
    model.type = "affine"
    assert model.type == "affine"
    assert pickle.loads(pickle.dumps(model)).type == "affine"


def test_a_sequential_may_have_fields_of_its_own() -> None:
    class Scaled(nn.Sequential):
        def __init__(self) -> None:
            super().__init__(nn.Linear(2, 2))
            self.scale = parameter(1)

    assert [name for name, _ in Scaled().named_parameters()] == ["scale", "0.weight", "0.bias"]


OPTIONS = {
    "parameters": [{"recurse": False}, {"recurse": True}],
    "buffers": [{"recurse": False}, {"recurse": True}],
    "named_parameters": [{"prefix": "a"}, {"prefix": "a", "recurse": False}, {"remove_duplicate": False}],
    "named_buffers": [{"prefix": "a"}, {"prefix": "a", "recurse": False}, {"remove_duplicate": False}],
    "named_modules": [{"prefix": "a"}, {"remove_duplicate": False}],
    "state_dict": [{"prefix": "a."}],
}


@pytest.mark.parametrize("method", OPTIONS)
def test_what_is_inside_is_listed_as_in_torch(method: str) -> None:
    torch = pytest.importorskip("torch")
    found: dict[Any, list[Any]] = {nn: [], torch.nn: []}
    for library, names in found.items():
        model = library.Sequential(library.Linear(2, 2), library.BatchNorm1d(2))
        model.append(model[0])
        array, tensor_of = np.ones(2), torch.tensor if library is torch.nn else np.asarray
        model.own = library.Parameter(tensor_of(array))
        model.register_buffer("kept", tensor_of(array))
        model.register_buffer("passing", tensor_of(array), persistent=False)
        for options in OPTIONS[method]:
            result = list(getattr(model, method)(**options))
            names.append([x[0] if method.startswith("named") else getattr(x, "shape", x) for x in result])
    assert found[nn] == found[torch.nn]


def test_shared_parameters_come_once() -> None:
    model = Tied()
    assert [n for n, _ in model.named_parameters()] == ["first.weight", "first.bias", "second.bias"]
    x = tensor(np.ones((2, 3)))
    model(x).sum().backward()
    shared = model.first.weight.grad.numpy().copy()

    apart = Tied()
    apart.second.weight = nn.Parameter(apart.first.weight.data)
    apart.again = copy.deepcopy(apart.first)
    apart(x).sum().backward()
    layers = apart.first, apart.second, apart.again
    np.testing.assert_allclose(shared, sum(layer.weight.grad.numpy() for layer in layers))


@pytest.mark.parametrize("method", ["named_modules", "named_parameters", "train"])
def test_a_module_that_holds_its_parent_is_no_endless_loop(method: str) -> None:
    model = nn.Sequential(nn.Linear(2, 2))
    model[0].parent = model
    result = getattr(model, method)()
    if method == "named_parameters":
        assert [name for name, _ in result] == ["0.weight", "0.bias"]


# State


@each_model
def test_state_makes_a_round_trip(make: Any) -> None:
    source, target = make(), make()
    for p in target.parameters():
        p.data = p.data + 1
    kept = [(p, p.data, p.dtype) for p in target.parameters()]
    target.load_state_dict(source.state_dict())
    assert state(target) == state(source)
    for p, (before, array, dtype) in zip(target.parameters(), kept, strict=True):
        assert p is before
        assert p.data is array  # written in place, so that an optimiser follows
        assert p.dtype == dtype
        assert p.requires_grad


@each_model
def test_state_is_a_copy(make: Any) -> None:
    model = make()
    before = state(model)
    for array in model.state_dict().values():
        array += 1
    assert state(model) == before


def test_state_may_be_lists_tensors_and_arrays_of_other_dtypes() -> None:
    model, values = nn.Linear(2, 1, dtype=float32), [[0.5, 1.5]]
    for value in values, tensor(values), nn.Parameter(values), np.array(values), np.float16(values):
        model.load_state_dict({"weight": value, "bias": np.array([2])})
        assert state(model) == {"weight": values, "bias": [2.0]}
        assert model.weight.dtype == np.float32


def test_all_misfits_are_listed_and_nothing_is_written() -> None:
    model = Everywhere()
    before = state(model)
    wrong = {name: array + 1 for name, array in model.state_dict().items()}
    del wrong["own"], wrong["layer.bias"]
    wrong |= {"list.0": np.ones(7), "layer.weight": np.ones((3, 2, 1)), "extra": np.ones(1)}
    with pytest.raises(ValueError, match="state of Everywhere does not fit") as caught:
        model.load_state_dict(wrong)
    assert sorted(line.strip() for line in str(caught.value).splitlines()[1:]) == [
        "missing: layer.bias",
        "missing: own",
        "shape of layer.weight: expected (3, 2), got (3, 2, 1)",
        "shape of list.0: expected (2,), got (7,)",
        "unknown: extra",
    ]
    assert state(model) == before


@pytest.mark.parametrize(
    "bias",
    [np.array(["a", "b", "c"]), np.array([1j, 0, 0]), [None, None, None], [[1], [2, 3], []]],
    ids=["text", "complex", "None", "ragged"],
)
def test_state_that_is_no_array_of_numbers_is_refused_and_nothing_is_written(bias: Any) -> None:
    model = nn.Linear(2, 3, rng=0)
    before = state(model)
    with pytest.raises(ValueError, match="bias"):
        model.load_state_dict({"weight": np.ones((3, 2)), "bias": bias})
    assert state(model) == before


def test_what_is_missing_or_unknown_may_be_passed_over() -> None:
    model = nn.Linear(2, 1, rng=0)
    bias = model.bias.item()
    result = model.load_state_dict(state_dict={"weight": [[3.0, 4.0]], "other": [1.0]}, strict=False)
    assert (result.missing_keys, result.unexpected_keys) == (["bias"], ["other"])
    assert model.load_state_dict(model.state_dict()) == ([], [])
    assert model.weight.data.tolist() == [[3, 4]]
    assert model.bias.item() == bias
    with pytest.raises(ValueError, match=r"fit:\n  shape of weight: expected \(1, 2\), got \(1,\)$"):
        model.load_state_dict({"weight": [3.0]}, strict=False)


def test_what_is_shared_may_come_by_any_of_its_names() -> None:
    model, weight, bias = Tied(), np.arange(9.0).reshape(3, 3), np.ones(3)
    names = ["first.weight", "second.weight", "again.weight"]
    biases = {"first.bias": bias, "second.bias": 2 * bias}
    for some in names, names[:2], names[1:], names[2:]:
        model = Tied()
        model.load_state_dict(dict.fromkeys(some, weight) | biases | {"again.bias": bias})
        assert model.second.weight.data.tolist() == weight.tolist()
        assert model.first.bias.data.tolist() == bias.tolist()
        before = model.state_dict()
        if len(some) > 1:
            with pytest.raises(ValueError, match=r"value of \w+\.weight: expected that of \w+\.weight"):
                model.load_state_dict(dict.fromkeys(some, weight) | {some[0]: weight + 1} | biases)
        assert all(np.array_equal(before[name], x) for name, x in model.state_dict().items())
    with pytest.raises(ValueError, match=r"fit:\n  missing: first\.weight$"):
        Tied().load_state_dict(biases)


def test_pytorch_writes_what_is_shared_by_all_its_names() -> None:
    torch = pytest.importorskip("torch")
    theirs = torch.nn.Sequential(torch.nn.Linear(3, 3), torch.nn.ReLU(), torch.nn.Linear(3, 3))
    theirs[2].weight = theirs[0].weight
    ours = nn.Sequential(nn.Linear(3, 3), nn.ReLU(), nn.Linear(3, 3))
    ours[2].weight = ours[0].weight
    ours.load_state_dict({name: x.numpy() for name, x in theirs.state_dict().items()})
    theirs.load_state_dict({name: torch.tensor(x) for name, x in ours.state_dict().items()})
    np.testing.assert_array_equal(ours[2].weight.detach(), theirs[2].weight.detach())


@pytest.mark.parametrize("state", [None, nn.Linear(2, 3), [np.ones((3, 2))]], ids=["0", "1", "2"])
def test_state_must_be_a_mapping(state: Any) -> None:
    with pytest.raises(TypeError, match=r"state_dict: expected arrays by name.*state_dict\(\).*got"):
        nn.Linear(2, 3).load_state_dict(state)


WITH_HISTORY = {
    "a result": lambda w: 2 * w,
    "a leaf that is no parameter": lambda w: w,
    "a parameter that was written": lambda w: nn.Parameter(np.zeros(2), requires_grad=False).copy_(w),
}
LOSING = {
    "load_state_dict": lambda model, w: model.load_state_dict({"weight": w}, strict=False),
    "register_buffer": lambda model, w: model.register_buffer("kept", w),
    "from_pretrained": lambda model, w: nn.Embedding.from_pretrained(w),
}


@pytest.mark.parametrize("history", WITH_HISTORY.values(), ids=WITH_HISTORY)
@pytest.mark.parametrize("method", LOSING)
def test_no_history_is_lost_where_numbers_are_copied(method: str, history: Any) -> None:
    model, lose = nn.LayerNorm(2), LOSING[method]
    fix = r"expected numbers, got a Tensor that requires a gradient.*x\.detach\(\).*nn\.functional_call"
    with pytest.raises(TypeError, match=fix):
        autograd.grad(lambda w: lose(model, history(w)) and np.sum(model.weight))(np.zeros(2))
    assert model.weight.data.tolist() == [1, 1]
    if method != "load_state_dict":
        with pytest.raises(TypeError, match=fix):
            lose(model, history(tensor([2.0, 3.0], requires_grad=True)))
    table = np.zeros((2, 2)) if method == "from_pretrained" else np.zeros(2)
    for harmless in tensor(table, requires_grad=True).detach(), nn.Parameter(table):
        lose(model, harmless)
    with no_grad():  # this says that no gradient is wanted
        lose(model, tensor(table, requires_grad=True))


@pytest.mark.parametrize("history", WITH_HISTORY.values(), ids=WITH_HISTORY)
def test_the_numbers_of_what_is_tracked_are_loaded(history: Any) -> None:
    model, value = nn.LayerNorm(2), history(tensor([2.0, 3.0], requires_grad=True))
    said = [] if value.is_leaf else [(UserWarning, __file__)]
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        model.load_state_dict({"weight": value, "bias": np.zeros(2)})
        with no_grad():
            model.load_state_dict({"weight": value, "bias": np.zeros(2)})
    assert [(warning.category, warning.filename) for warning in caught] == said
    assert model.weight.data.tolist() == value.detach().tolist()
    assert model.weight.is_leaf


def test_a_warning_names_all_results_that_are_loaded_and_the_ways_out() -> None:
    model = nn.MLP([2, 3, 1], rng=0)
    halves = {name: p / 2 for name, p in model.named_parameters()}
    said = r"of 0.weight, 0.bias, 2.weight, 2.bias\. .*x\.detach\(\).*no_grad\(\).*nn\.functional_call"
    before = state(model)
    with warnings.catch_warnings(action="error"), pytest.raises(UserWarning, match=said):
        model.load_state_dict(halves)
    assert state(model) == before
    with pytest.warns(UserWarning, match=said):
        model.load_state_dict(halves)
    assert state(model) == {name: half.detach().tolist() for name, half in halves.items()}


def test_parameters_of_one_module_are_loaded_into_another() -> None:
    source, target = nn.MLP([2, 3, 1], rng=0), nn.MLP([2, 3, 1], rng=1)
    target.load_state_dict(dict(source.named_parameters()))
    assert state(target) == state(source)
    target(np.ones((4, 2))).sum().backward()
    assert all(p.grad is None for p in source.parameters())


# Gradients and modes


def test_zero_grad_forgets_all_gradients() -> None:
    model = Everywhere()
    model(2.0).backward()
    assert all((p.grad.numpy() == 2).all() for p in model.parameters())
    model.zero_grad()
    assert all(p.grad is None for p in model.parameters())


def test_frozen_parameters_get_no_gradient() -> None:
    model = nn.MLP([2, 3, 1], rng=0)
    assert model[0].requires_grad_(False) is model[0]
    model(np.ones((4, 2))).sum().backward()
    assert [p.grad is None for p in model.parameters()] == [True, True, False, False]
    model.requires_grad_()
    assert all(p.requires_grad for p in model.parameters())


@each_model
def test_train_and_eval_reach_every_module(make: Any) -> None:
    model = make()
    assert all(m.training for m in model.modules())
    assert model.eval() is model
    assert not any(m.training for m in model.modules())
    assert model.train() is model
    assert all(m.training for m in model.modules())
    model.train(False)
    assert not any(m.training for m in model.modules())
    assert make().training  # others are not touched


def test_a_train_of_ones_own_is_asked() -> None:
    torch = pytest.importorskip("torch")

    def modes(library: Any) -> list[bool]:
        class Frozen(library.Sequential):
            def train(self, mode: bool = True) -> Any:
                super().train(mode)
                return self[0].train(False)

        class Inner(library.Sequential):
            def train(self, mode: bool = True) -> Any:
                return super().train(False)

        def leaf() -> Any:
            return library.Sequential(library.ReLU())

        model = library.Sequential(leaf(), Frozen(Inner(leaf()), leaf()), Inner(leaf()), leaf())
        model[3].train = lambda mode=True: model[3]
        model.eval().train()
        return [module.training for module in model.modules()]

    assert modes(nn) == modes(torch.nn)


def test_repr_shows_the_modules_inside() -> None:
    model = nn.Sequential(nn.MLP([1, 2, 1]), nn.Perceptron(2))
    assert repr(model) == "\n".join(
        [
            "Sequential(",
            "  (0): MLP(",
            "    (0): Linear(in_features=1, out_features=2, bias=True)",
            "    (1): Sigmoid()",
            "    (2): Linear(in_features=2, out_features=1, bias=True)",
            "  )",
            "  (1): Perceptron(",
            "    (linear): Linear(in_features=2, out_features=1, bias=True)",
            "    (activation): Sigmoid()",
            "  )",
            ")",
        ]
    )


def test_repr_shows_functions_and_what_a_user_adds() -> None:
    class Scaled(nn.Module):
        def __init__(self, *layers: nn.Module) -> None:
            self.layers = list(layers)

        def extra_repr(self) -> str:
            return "factor=2"

    assert repr(Scaled()) == "Scaled(factor=2)"
    assert repr(Scaled(nn.ReLU())) == "Scaled(\n  factor=2\n  (layers.0): ReLU()\n)"
    model = nn.Sequential(np.tanh, nn.ReLU(), lambda x: x)
    assert repr(model) == "Sequential(\n  (0): tanh\n  (1): ReLU()\n  (2): <lambda>\n)"
    assert "2: &lt;lambda&gt;" in model._repr_html_()


# Copies

COPIES = {
    "deepcopy": copy.deepcopy,
    **{
        f"pickle {protocol}": lambda model, protocol=protocol: pickle.loads(pickle.dumps(model, protocol))
        for protocol in range(2, pickle.HIGHEST_PROTOCOL + 1)
    },
}


@each_model
@pytest.mark.parametrize("duplicate", COPIES.values(), ids=COPIES)
def test_copies_are_equal_and_apart(make: Any, duplicate: Any) -> None:
    model = make()
    for i, p in enumerate(model.parameters()):
        p.grad = tensor(np.full(p.shape, float(i)), dtype=p.dtype)
    twin = duplicate(model)
    assert repr(twin) == repr(model)
    assert state(twin) == state(model)
    for p, q in zip(model.parameters(), twin.parameters(), strict=True):
        assert p is not q
        assert not np.shares_memory(p.data, q.data)
        assert (type(q), q.name, q.requires_grad) == (type(p), p.name, p.requires_grad)
        q.data = q.data + 1
    assert state(twin) == {} or state(twin) != state(model)


@pytest.mark.parametrize("duplicate", COPIES.values(), ids=COPIES)
def test_copies_keep_what_is_shared(duplicate: Any) -> None:
    twin = duplicate(Tied())
    assert twin.first.weight is twin.second.weight
    assert twin.first is twin.again


@pytest.mark.parametrize("name", COPIES)
def test_a_deep_copy_draws_apart_and_a_pickle_goes_on(name: str) -> None:
    def outputs() -> list[Any]:
        generator = np.random.default_rng(0)
        model = nn.Sequential(nn.Dropout(rng=generator), nn.Dropout(rng=generator))
        twins = [COPIES[name](model) for _ in range(2)]
        assert all(twin[0].rng is twin[1].rng for twin in twins)
        return [tuple(network(np.ones(99)).tolist()) for network in (model, *twins)]

    found = outputs()
    assert found == outputs()
    assert len(set(found)) == (3 if name == "deepcopy" else 1)


@pytest.mark.parametrize("duplicate", COPIES.values(), ids=COPIES)
def test_copies_have_no_gradients_as_in_torch(duplicate: Any) -> None:
    torch = pytest.importorskip("torch")
    for library, ones in (nn, np.ones), (torch.nn, torch.ones):
        model = library.Sequential(library.Linear(2, 1), library.BatchNorm1d(1))
        model(ones((3, 2))).sum().backward()
        assert [p.grad is None for p in duplicate(model).parameters()] == [True] * 4
        assert [p.grad is None for p in model.parameters()] == [False] * 4


@pytest.mark.parametrize("duplicate", COPIES.values(), ids=COPIES)
def test_what_draws_from_a_random_state_can_be_copied(duplicate: Any) -> None:
    layer = nn.Dropout(rng=np.random.Generator(np.random.RandomState(0)._bit_generator))
    assert duplicate(layer)(np.ones(9)).tolist() == layer(np.ones(9)).tolist()


@pytest.mark.parametrize("duplicate", COPIES.values(), ids=COPIES)
def test_copies_keep_what_buffers_are(duplicate: Any) -> None:
    buffers = nn.Buffer([1.0]), nn.Buffer([1.0], persistent=False)
    assert [duplicate(buffer).persistent for buffer in buffers] == [True, False]


@pytest.mark.parametrize("duplicate", COPIES.values(), ids=COPIES)
def test_a_copy_of_a_model_that_was_used_learns_as_the_model_does(duplicate: Any) -> None:
    model = nn.MLP([2, 3, 1], rng=0)
    x = np.ones((4, 2))
    loss = model(x).sum()  # held: a graph refers to the parameters
    loss.backward()
    twin = duplicate(model)
    model.zero_grad()
    twin.zero_grad()
    for network in model, twin:
        (network(x) ** 2).sum().backward()
    for p, q in zip(model.parameters(), twin.parameters(), strict=True):
        assert np.array_equal(p.grad.numpy(), q.grad.numpy())


# Training is reproducible


def losses_of_training(seed: int) -> list[float]:
    rng = np.random.default_rng(seed)
    x = rng.normal(size=(50, 3))
    y = rng.integers(0, 2, 50)
    model = nn.MLP([3, 8, 2], nn.Tanh, rng=rng)
    optimiser, loss_function = nn.optim.Adam(model.parameters(), lr=0.05), nn.CrossEntropyLoss()
    losses = []
    for _ in range(5):
        for x_part, y_part in nn.batches(x, y, batch_size=16, rng=rng):
            optimiser.zero_grad()
            loss = loss_function(model(x_part), y_part)
            loss.backward()
            optimiser.step()
            losses.append(loss.item())
    return losses


def test_training_is_reproducible_bit_for_bit() -> None:
    assert losses_of_training(0) == losses_of_training(0)
    assert losses_of_training(0) != losses_of_training(1)


# Batches


@given(rows=st.integers(0, 40), size=st.integers(1, 50), shuffle=st.booleans(), seed=st.integers(0, 99))
def test_batches_give_all_rows_once_and_together(rows: int, size: int, shuffle: bool, seed: int) -> None:
    x = np.arange(2 * rows).reshape(rows, 2)
    parts = list(nn.batches(x, tensor(x[:, 0]), batch_size=size, shuffle=shuffle, rng=seed))
    assert [len(part) for part, _ in parts] == [min(size, rows - i) for i in range(0, rows, size)]
    given_back = np.concatenate([part for part, _ in parts]) if parts else x
    assert sorted(map(tuple, given_back)) == sorted(map(tuple, x))
    assert all((a[:, 0] == b.numpy()).all() for a, b in parts)
    if not shuffle:
        assert np.array_equal(given_back, x)


def test_batches_are_reproducible_and_differ_between_epochs() -> None:
    def order(rng: Any) -> list[int]:
        return [int(i) for (part,) in nn.batches(np.arange(30), batch_size=7, rng=rng) for i in part]

    generator = np.random.default_rng(4)
    first, second = order(generator), order(generator)
    assert order(4) == order(4) == first
    assert first != second
    assert order(None) != order(None)


def test_batches_made_before_the_epochs_give_each_of_them_all_rows() -> None:
    def epochs(seed: int) -> list[list[int]]:
        loader = nn.batches(np.arange(30), batch_size=7, rng=seed)
        assert len(loader) == len(list(nn.batches(np.arange(30), batch_size=7, rng=seed))) == 5
        return [[int(i) for (part,) in loader for i in part] for _ in range(3)]

    first, second, third = epochs(4)
    assert sorted(first) == sorted(second) == sorted(third) == list(range(30))
    assert first != second != third
    assert epochs(4) == [first, second, third]


@pytest.mark.parametrize("rows", [0, 3, 8, 10])
def test_batches_may_leave_out_a_last_one_that_is_shorter(rows: int) -> None:
    loader = nn.batches(np.arange(rows), batch_size=4, drop_last=True, rng=0)
    sizes = [len(part) for (part,) in loader]
    assert sizes == [4] * (rows // 4)
    assert len(loader) == len(sizes)


def test_batches_keep_gradients() -> None:
    x = tensor(np.arange(6.0), requires_grad=True)
    for (part,) in nn.batches(x, batch_size=4, rng=0):
        (part**2).sum().backward()
    assert np.array_equal(x.grad.numpy(), 2 * np.arange(6.0))


def test_batches_take_lists() -> None:
    (((x, y),)) = nn.batches([[1, 2], [3, 4]], [5, 6], shuffle=False)
    assert np.asarray(x).tolist() == [[1, 2], [3, 4]]
    assert np.asarray(y).tolist() == [5, 6]


X = np.ones((3, 2))


@pytest.mark.parametrize(
    ("arrays", "options", "said"),
    [
        ((X, np.ones(4)), {}, r"one number of rows, got shapes \[\(3, 2\), \(4,\)\]"),
        ((), {}, r"expected arrays"),
        ((X, 1.0), {}, r"expected arrays .*got"),
        ((X, X, 32), {}, r"expected arrays .*the usual fix is batch_size=32"),
        ((X,), {"batch_size": 0}, r"batch_size: expected .* from 1, got 0"),
        ((X,), {"batch_size": -1}, r"batch_size: expected .* from 1, got -1"),
        ((X,), {"batch_size": 2.5}, r"batch_size: expected .* from 1, got 2.5"),
        ((X,), {"batch_size": "2"}, r"batch_size: expected .* from 1, got '2'"),
        ((X,), {"batch_size": None}, r"batch_size: expected .* from 1, got None"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_batches_refuse_at_the_call(arrays: tuple[Any, ...], options: dict[str, Any], said: str) -> None:
    with pytest.raises(ValueError, match=said):
        nn.batches(*arrays, **options)
