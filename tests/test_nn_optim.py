"""Optimisers: PyTorch's trajectories, in place, and errors that teach."""

import copy
import pickle
import tracemalloc
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import pytest

import nn
from autograd import as_tensor, no_grad, tensor

Array = np.ndarray[Any, Any]

# Optimisers and options under which trajectories are compared.
RULES: list[tuple[str, dict[str, Any]]] = [
    ("SGD", {}),
    ("SGD", {"lr": 0.1}),
    ("SGD", {"lr": 0.05, "momentum": 0.9}),
    ("SGD", {"lr": 0.05, "momentum": 0.9, "nesterov": True}),
    ("SGD", {"lr": 0.05, "momentum": 0.9, "dampening": 0.3}),
    ("SGD", {"lr": 0.1, "dampening": 0.3}),
    ("SGD", {"lr": 0.1, "weight_decay": 0.1}),
    ("SGD", {"lr": 0.05, "momentum": 0.8, "dampening": 0.2, "weight_decay": 0.1}),
    ("SGD", {"lr": 0.05, "momentum": 0.8, "weight_decay": 0.1, "nesterov": True}),
    ("SGD", {"lr": 0.001, "maximize": True}),
    ("SGD", {"lr": 0.0003, "momentum": 0.8, "weight_decay": 0.1, "nesterov": True, "maximize": True}),
    ("SGD", {"lr": 0.0003, "momentum": 0.8, "nesterov": True, "maximize": True}),
    ("Adam", {}),
    ("Adam", {"lr": 0.1}),
    ("Adam", {"lr": 0.05, "weight_decay": 0.1, "maximize": True}),
    ("Adam", {"lr": 0.1, "betas": (0.5, 0.6), "amsgrad": True}),
    ("Adam", {"lr": 0.05, "betas": (0.5, 0.8)}),
    ("Adam", {"lr": 0.05, "betas": (0.0, 0.0)}),
    ("Adam", {"lr": 0.05, "eps": 1e-2}),
    ("Adam", {"lr": 0.05, "weight_decay": 0.1}),
    ("AdamW", {}),
    ("AdamW", {"lr": 0.05, "weight_decay": 0.1}),
    ("AdamW", {"lr": 0.05, "betas": (0.5, 0.8), "weight_decay": 0.0}),
    ("AdamW", {"lr": 0.1, "betas": (0.5, 0.6), "weight_decay": 0.1, "amsgrad": True, "maximize": True}),
    ("RMSprop", {}),
    ("RMSprop", {"lr": 0.05, "alpha": 0.9, "eps": 1e-2}),
    ("RMSprop", {"lr": 0.02, "momentum": 0.8, "weight_decay": 0.1}),
    ("RMSprop", {"lr": 0.02, "centered": True}),
    ("RMSprop", {"lr": 0.02, "centered": True, "momentum": 0.5, "alpha": 0.5}),
    ("RMSprop", {"lr": 0.02, "momentum": 0.5, "weight_decay": 0.1, "maximize": True}),
    ("Adagrad", {}),
    ("Adagrad", {"lr": 0.1, "lr_decay": 0.1}),
    ("Adagrad", {"lr": 0.1, "weight_decay": 0.1, "initial_accumulator_value": 0.5, "eps": 1e-3}),
    ("Adagrad", {"lr": 0.1, "weight_decay": 0.1, "maximize": True}),
]
each_rule = pytest.mark.parametrize(("name", "options"), RULES, ids=str)
each_optimiser = pytest.mark.parametrize("name", list(dict.fromkeys(name for name, _ in RULES)))

START = {"w": np.array([[1.0, -2.0, 0.5], [0.1, 3.0, -0.7]]), "b": np.array([0.3, -0.4]), "s": 1.5}
INPUTS = np.random.default_rng(0).normal(size=(6, 3))


def loss_of(w: Any, b: Any, s: Any, x: Any) -> Any:
    """Something curved, written so that it runs on Tensors of both libraries."""
    return ((s * (x @ w.T + b) - 0.5) ** 2).sum() / 12 + 0.01 * (w**4).sum() + 0.1 * s**4


def trajectory(
    make: Callable[..., Any], parameters: list[Any], x: Any, steps: int = 50
) -> Iterator[list[Array]]:
    """Train, and give the parameters after every step."""
    optimiser = make(parameters)
    for _ in range(steps):
        optimiser.zero_grad()
        loss_of(*parameters, x).backward()
        optimiser.step()
        yield [np.array(p.detach().numpy()) for p in parameters]


def ours(make: Callable[..., Any], dtype: Any = float, steps: int = 50) -> list[list[Array]]:
    parameters = [nn.Parameter(np.array(value, dtype)) for value in START.values()]
    return list(trajectory(make, parameters, INPUTS.astype(dtype), steps))


# PyTorch's numbers


@pytest.fixture
def torch() -> Any:
    """PyTorch."""
    return pytest.importorskip("torch")


@each_rule
def test_trajectories_equal_those_of_torch(name: str, options: dict[str, Any], torch: Any) -> None:
    parameters = [torch.tensor(v, dtype=torch.float64, requires_grad=True) for v in START.values()]
    theirs = trajectory(lambda p: getattr(torch.optim, name)(p, **options), parameters, torch.tensor(INPUTS))
    for a, b in zip(ours(lambda p: getattr(nn.optim, name)(p, **options)), theirs, strict=True):
        for p, q in zip(a, b, strict=True):
            np.testing.assert_allclose(p, q, rtol=1e-10, atol=1e-10)


GROUPS: dict[str, list[dict[str, Any]]] = {
    "SGD": [{"lr": 0.01, "momentum": 0.5}, {"weight_decay": 0.1}, {"lr": 0.0}],
    "Adam": [{"lr": 0.01, "betas": (0.5, 0.5)}, {"weight_decay": 0.1}, {"lr": 0.0}],
    "AdamW": [{"lr": 0.01, "betas": (0.5, 0.5)}, {"weight_decay": 0.1}, {"lr": 0.0}],
    "RMSprop": [{"lr": 0.01, "alpha": 0.5}, {"weight_decay": 0.1}, {"lr": 0.0}],
    "Adagrad": [{"lr": 0.01, "eps": 0.1}, {"weight_decay": 0.1}, {"lr": 0.0}],
}


@each_optimiser
def test_groups_with_options_of_their_own_do_as_in_torch(name: str, torch: Any) -> None:
    def make(package: Any) -> Callable[..., Any]:
        return lambda parameters: getattr(package, name)(
            [{"params": [p], **own} for p, own in zip(parameters, GROUPS[name], strict=True)],
            lr=0.1,
        )

    parameters = [torch.tensor(v, dtype=torch.float64, requires_grad=True) for v in START.values()]
    theirs = trajectory(make(torch.optim), parameters, torch.tensor(INPUTS))
    for a, b in zip(ours(make(nn.optim)), theirs, strict=True):
        for p, q in zip(a, b, strict=True):
            np.testing.assert_allclose(p, q, rtol=1e-10, atol=1e-10)
        assert a[2] == START["s"]  # its rate is 0


@each_rule
def test_defaults_are_those_of_torch(name: str, options: dict[str, Any]) -> None:
    torch = pytest.importorskip("torch")
    mine = getattr(nn.optim, name)([nn.Parameter(1.0)], **options)
    theirs = getattr(torch.optim, name)([torch.ones(1, requires_grad=True)], **options)
    assert mine.defaults == {key: theirs.defaults[key] for key in mine.defaults}


# Steps


@each_rule
def test_a_step_is_in_place_and_leaves_gradients_alone(name: str, options: dict[str, Any]) -> None:
    for dtype in np.float32, np.float64:
        p = nn.Parameter(np.array([1.0, -2.0], dtype))
        optimiser = getattr(nn.optim, name)([p], **options)
        array, gradient = p.data, np.array([0.5, 0.25], dtype)
        for _ in range(3):
            p.grad = tensor(gradient)
            optimiser.step()
            assert p.data is array
            assert p.grad.numpy().tolist() == gradient.tolist()
            assert (p.dtype, p.is_leaf, p.requires_grad) == (dtype, True, True)
        assert (p.data < [1.0, -2.0]).tolist() == [not options.get("maximize")] * 2


@each_rule
def test_float32_follows_float64(name: str, options: dict[str, Any]) -> None:
    def make(parameters: Any) -> Any:
        return getattr(nn.optim, name)(parameters, **options)

    for low, high in zip(ours(make, np.float32, 10), ours(make, np.float64, 10), strict=True):
        for p, q in zip(low, high, strict=True):
            assert p.dtype == np.float32
            np.testing.assert_allclose(p, q, rtol=1e-3, atol=1e-3)


@each_rule
def test_strided_parameters_and_gradients_do_as_contiguous_ones(name: str, options: dict[str, Any]) -> None:
    def train(p: nn.Parameter, gradient: Array) -> list[float]:
        optimiser = getattr(nn.optim, name)([p], **options)
        for _ in range(3):
            p.grad = tensor(gradient)
            optimiser.step()
        return p.data.tolist()

    values, gradient = np.arange(6.0).reshape(2, 3), np.arange(6.0).reshape(2, 3) - 2
    strided = nn.Parameter(values)
    strided.data = np.asfortranarray(values)
    assert train(strided, np.asfortranarray(gradient)) == train(nn.Parameter(values), gradient)


def test_the_weight_of_a_layer_and_its_gradient_and_step_have_one_layout() -> None:
    layer = copy.deepcopy(nn.Linear(3, 4, rng=0))
    layer.load_state_dict(nn.Linear(3, 4, rng=1).state_dict())
    optimiser = nn.optim.SGD(layer.parameters(), lr=0.1)
    for _ in range(2):
        optimiser.zero_grad()
        layer(np.ones((2, 3))).sum().backward()
        optimiser.step()
        for array in layer.weight.data, layer.weight.grad.data, optimiser.state[layer.weight]["scratch"]:
            assert array.shape == (4, 3)
            assert array.T.flags.c_contiguous


@each_optimiser
def test_parameters_without_a_gradient_stay(name: str) -> None:
    used, unused, frozen = (nn.Parameter(np.ones(2)) for _ in range(3))
    frozen.requires_grad = False
    optimiser = getattr(nn.optim, name)([used, unused, frozen], lr=0.1, weight_decay=0.1)
    (used**2).sum().backward()
    optimiser.step()
    assert (used.data != 1).all()
    assert (unused.data == 1).all()
    assert (frozen.data == 1).all()
    optimiser.zero_grad()
    assert used.grad is None


@each_optimiser
def test_gradients_may_be_set_by_hand_as_arrays(name: str) -> None:
    by_tensor, by_array = nn.Parameter(np.ones(2)), nn.Parameter(np.ones(2))
    optimiser = getattr(nn.optim, name)([by_tensor, by_array], lr=0.1)
    by_tensor.grad, by_array.grad = tensor([1.0, -2.0]), np.array([1.0, -2.0])
    assert type(by_array.grad) is type(by_tensor.grad)  # or an error; never a bare array
    optimiser.step()
    assert by_array.data.tolist() == by_tensor.data.tolist()


@each_optimiser
def test_the_rate_may_be_changed_between_steps(name: str) -> None:
    p = nn.Parameter(np.ones(2))
    optimiser = getattr(nn.optim, name)([p], lr=0.1)
    p.grad = tensor([1.0, 1.0])
    for group in optimiser.param_groups:
        group["lr"] = 0.0
    optimiser.step()
    assert (p.data == 1).all()
    optimiser.param_groups[0]["lr"] = np.float64(0.5)
    optimiser.step()
    assert (p.data < 1).all()


@each_optimiser
def test_an_optimiser_takes_plain_tensors_and_generators(name: str) -> None:
    model, leaf = nn.MLP([2, 3, 1]), tensor([1.0], requires_grad=True)
    assert getattr(nn.optim, name)(model.parameters(), lr=0.1).param_groups[0]["params"]
    optimiser = getattr(nn.optim, name)([leaf], lr=0.1)
    (leaf * 2).sum().backward()
    optimiser.step()
    assert leaf.data < 1


@each_optimiser
def test_a_step_between_forward_and_backward_is_caught(name: str) -> None:
    w = nn.Parameter(np.ones(2), name="w")
    optimiser = getattr(nn.optim, name)([w], lr=0.1)
    loss = (w**3).sum()
    w.grad = tensor([1.0, 1.0])
    optimiser.step()
    with pytest.raises(RuntimeError, match=r"'w'.*in place"):
        loss.backward()


@each_rule
def test_update_is_a_rule_over_arrays(name: str, options: dict[str, Any]) -> None:
    """The step of a parameter depends on no other parameter."""
    alone, together = [], []
    for seen, groups in (alone, [[0], [1]]), (together, [[0, 1]]):
        parameters = [nn.Parameter(np.array([1.0, 2.0])), nn.Parameter(np.array([[3.0]]))]
        make = getattr(nn.optim, name)
        optimisers = [make([parameters[i] for i in group], **options) for group in groups]
        for _ in range(5):
            for p in parameters:
                p.grad = tensor(p.data**2)
            for optimiser in optimisers:
                optimiser.step()
        seen += [p.data.tolist() for p in parameters]
    assert alone == together


COPIES = {"deepcopy": copy.deepcopy, "pickle": lambda pair: pickle.loads(pickle.dumps(pair))}


@each_optimiser
@pytest.mark.parametrize("duplicate", COPIES.values(), ids=COPIES)
def test_a_copy_of_model_and_optimiser_goes_on_as_they_do(name: str, duplicate: Any) -> None:
    model = nn.MLP([3, 2], rng=0)
    options = {"momentum": 0.9} if name == "SGD" else {}
    pair = model, getattr(nn.optim, name)(model.parameters(), lr=0.01, **options)

    def train(model: nn.Module, optimiser: Any) -> list[Any]:
        for _ in range(3):
            optimiser.zero_grad()
            (model(INPUTS) ** 2).sum().backward()
            optimiser.step()
        return [p.data.tolist() for p in model.parameters()]

    train(*pair)
    twins = duplicate(pair)
    assert train(*twins) == train(*pair)


@each_optimiser
def test_a_parameter_may_stand_for_a_list_of_one(name: str) -> None:
    seen = []
    for wrap in lambda p: [p], lambda p: p, lambda p: [{"params": p}], lambda p: [{"params": [p]}]:
        parameter = nn.Parameter(np.ones((2, 3)))
        optimiser = getattr(nn.optim, name)(wrap(parameter), lr=0.1)
        parameter.grad = tensor(np.ones((2, 3)))
        optimiser.step()
        seen.append(parameter.data.tolist())
    assert seen[1:] == seen[:1] * 3


@each_optimiser
def test_a_group_may_have_a_name_and_a_rate_at_the_start(name: str) -> None:
    body, head = nn.Parameter(np.ones(1)), nn.Parameter(np.ones(1))
    groups = [{"params": [body], "name": "body"}, {"params": [head], "name": "head", "initial_lr": 0.5}]
    optimiser = getattr(nn.optim, name)(groups, lr=0.1)
    other = getattr(nn.optim, name)([{"params": [body]}, {"params": [head]}], lr=0.2)
    other.load_state_dict(optimiser.state_dict())
    for made in optimiser, other:
        assert [group["name"] for group in made.param_groups] == ["body", "head"]
        assert [group.get("initial_lr") for group in made.param_groups] == [None, 0.5]


@each_rule
def test_a_state_takes_the_precision_of_its_parameters(name: str, options: dict[str, Any]) -> None:
    def trained(dtype: Any) -> Any:
        p = nn.Parameter(np.array([1.0, -2.0], dtype))
        optimiser = getattr(nn.optim, name)([p], **options)
        p.grad = tensor(np.array([0.5, 0.25], dtype))
        optimiser.step()
        return optimiser

    low, high = trained(np.float32), trained(np.float64)
    low.load_state_dict(high.state_dict())
    ((given, kept),) = zip(high.state_dict()["state"], low.state_dict()["state"], strict=True)
    assert given.keys() == kept.keys()
    for key, value in given.items():
        np.testing.assert_array_equal(kept[key], np.float32(value))
        assert not isinstance(value, np.ndarray) or kept[key].dtype == np.float32
    low.step()


@each_rule
def test_a_warm_step_allocates_no_array(name: str, options: dict[str, Any]) -> None:
    p = nn.Parameter(np.ones(20_000))
    optimiser = getattr(nn.optim, name)([p], **options)
    p.grad = tensor(np.ones(20_000))
    for _ in range(2):
        optimiser.step()
    tracemalloc.start()
    optimiser.step()
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < p.data.nbytes / 4


def test_a_rule_of_ones_own_is_an_update() -> None:
    class SignDescent(nn.optim.Optimiser):
        def update(self, parameter: Array, gradient: Array, lr: Array, state: Any, group: Any) -> Array:
            return lr * np.sign(gradient)

    p = nn.Parameter(np.array([1.0, -1.0]))
    optimiser = SignDescent([p], lr=0.25)
    (p**2).sum().backward()
    optimiser.step()
    assert p.data.tolist() == [0.75, -0.75]
    SignDescent([p], lr=0.5, maximize=True).step()
    assert p.data.tolist() == [1.25, -1.25]


@each_optimiser
def test_scratch_is_shared_and_not_copied(name: str) -> None:
    model = nn.MLP([3, 4, 2])
    optimiser = copy.deepcopy(getattr(nn.optim, name)(model.parameters()))
    scratch = [state["scratch"] for state in optimiser.state.values()]
    assert all(np.may_share_memory(scratch[0], other) for other in scratch[1:])
    assert b"scratch" not in pickle.dumps(optimiser)


@each_optimiser
def test_a_closure_computes_the_loss_and_its_gradients(name: str) -> None:
    x, y = INPUTS, INPUTS[:, :1]
    models = [nn.Linear(3, 1, rng=0) for _ in range(2)]
    by_hand, by_closure = (getattr(nn.optim, name)(model.parameters(), lr=0.05) for model in models)

    def closure() -> Any:
        by_closure.zero_grad()
        loss = nn.functional.mse_loss(models[1](x), y)
        loss.backward()
        return loss

    for _ in range(3):
        by_hand.zero_grad()
        loss = nn.functional.mse_loss(models[0](x), y)
        loss.backward()
        assert by_hand.step() is None
        assert by_closure.step(closure).item() == loss.item()
    assert models[0].weight.data.tolist() == models[1].weight.data.tolist()


def test_gradients_may_be_set_to_zero() -> None:
    model = nn.MLP([3, 2])
    optimiser = nn.optim.SGD(model.parameters())
    for owner in model, optimiser:
        model(INPUTS).sum().backward()
        owner.zero_grad(set_to_none=False)
        assert all((p.grad.numpy() == 0).all() for p in model.parameters())
        owner.zero_grad(set_to_none=True)
        assert all(p.grad is None for p in model.parameters())
        owner.zero_grad(set_to_none=False)
        assert all(p.grad is None for p in model.parameters())


def test_optimisers_show_their_options() -> None:
    groups = [{"params": [nn.Parameter(1.0)]}, {"params": [nn.Parameter(1.0)], "lr": 0.5}]
    assert repr(nn.optim.Adagrad(groups)) == (
        "Adagrad(\n"
        "  (0): parameters=1, lr=0.01, maximize=False, lr_decay=0.0, weight_decay=0.0, eps=1e-10, "
        "initial_accumulator_value=0.0\n"
        "  (1): parameters=1, lr=0.5, maximize=False, lr_decay=0.0, weight_decay=0.0, eps=1e-10, "
        "initial_accumulator_value=0.0\n"
        ")"
    )


# Bad input


def p() -> nn.Parameter:
    return nn.Parameter(np.ones(3))


NOT_NUMBERS = [float("nan"), -1.0, float("inf"), np.float32("nan"), np.float64(-1), "0.1", None, 1j]


@pytest.mark.parametrize(
    ("name", "option"),
    [
        ("SGD", "lr"), ("SGD", "momentum"), ("SGD", "dampening"), ("SGD", "weight_decay"),
        ("Adam", "lr"), ("Adam", "eps"), ("Adam", "weight_decay"),
    ],
)  # fmt: skip
def test_options_must_be_finite_numbers_from_0(name: str, option: str) -> None:
    make, said = getattr(nn.optim, name), f"{option}: expected a finite number from 0, got"
    for value in NOT_NUMBERS:
        with pytest.raises((TypeError, ValueError), match=said):
            make([p()], **{option: value})
        with pytest.raises((TypeError, ValueError), match=said):
            make([{"params": [p()]}, {"params": [p()], option: value}], **{option: 0.5})


@pytest.mark.parametrize(
    "betas",
    [(0.9, 1.0), (-0.1, 0.9), (np.nan, 0.9), (2, 3), (0.9,), (0.9,) * 3, 0.9, None, ("a", 0.9)],
    ids=repr,
)
def test_betas_must_be_two_numbers_below_1(betas: Any) -> None:
    said = "betas: expected two numbers from 0 and below 1, got"
    with pytest.raises((TypeError, ValueError), match=said):
        nn.optim.Adam([p()], betas=betas)
    with pytest.raises((TypeError, ValueError), match=said):
        nn.optim.Adam([{"params": [p()], "betas": betas}])


@pytest.mark.parametrize("options", [{}, {"momentum": 0.9, "dampening": 0.1}], ids=str)
def test_nesterov_needs_momentum_and_no_dampening(options: dict[str, Any]) -> None:
    said = "nesterov: expected a momentum above 0 and no dampening"
    with pytest.raises(ValueError, match=said):
        nn.optim.SGD([p()], lr=0.1, nesterov=True, **options)
    with pytest.raises(ValueError, match=said):
        nn.optim.SGD([{"params": [p()], "nesterov": True, **options}], lr=0.1)


PARAMETER = p()
READ_ONLY = np.broadcast_to(np.ones(3), (2, 3))
WRONG_PARAMETERS: dict[str, tuple[Callable[[], Any], str]] = {
    "none": (list, "expected parameters, got none"),
    "no parameters": (lambda: nn.ReLU().parameters(), "expected parameters, got none"),
    "an empty group": (lambda: [{"params": []}], "expected parameters, got none"),
    "one twice": (
        lambda: [PARAMETER, PARAMETER],
        r"a parameter of shape \(3,\) stands there twice",
    ),
    "one in two groups": (
        lambda: [{"params": [PARAMETER]}, {"params": [PARAMETER]}],
        r"a parameter of shape \(3,\) stands there twice",
    ),
    "no leaf": (lambda: [p() * 2], r"expected leaf Tensors, got .*result of"),
    "an array": (lambda: [np.ones(3)], "expected leaf Tensors, got ndarray"),
    "a model": (lambda: nn.MLP([2, 2, 1]), r"expected .*model\.parameters\(\)"),
    "named": (lambda: dict(nn.MLP([2, 1]).named_parameters()), r"expected .*, got (dict|str)"),
    "a group and a parameter": (lambda: [{"params": [p()]}, p()], "expected groups .*, got Parameter"),
    "a group without": (lambda: [{"lr": 0.1}], "expected .*'params'"),
    "integers": (lambda: [tensor([1, 2])], "expected .*float.*int64"),
    "read-only": (lambda: [as_tensor(READ_ONLY)], r"expected .* can be written, got one of shape \(2, 3\)"),
}


@each_optimiser
@pytest.mark.parametrize(("make", "said"), WRONG_PARAMETERS.values(), ids=WRONG_PARAMETERS)
def test_wrong_parameters_are_refused(name: str, make: Callable[[], Any], said: str) -> None:
    with pytest.raises((TypeError, ValueError), match=f"params: {said}"):
        getattr(nn.optim, name)(make(), lr=0.1)


@each_optimiser
def test_unknown_options_of_a_group_are_refused(name: str) -> None:
    with pytest.raises((TypeError, ValueError), match="learning_rate"):
        getattr(nn.optim, name)([{"params": [p()], "learning_rate": 0.1}])


@each_optimiser
@pytest.mark.parametrize("hint", ["foreach", "fused", "capturable", "differentiable"])
def test_hints_on_how_to_compute_are_to_be_left_out(name: str, hint: str) -> None:
    for value in True, False, None:
        with pytest.raises(TypeError, match=f"{hint}: expected no hint .* leave it out"):
            getattr(nn.optim, name)([p()], **{hint: value})


@each_optimiser
def test_a_rate_that_becomes_wrong_changes_nothing(name: str) -> None:
    for rate in float("nan"), -1.0, float("inf"), np.float32("nan"):
        first, second = p(), p()
        optimiser = getattr(nn.optim, name)([{"params": [first]}, {"params": [second]}], lr=0.1)
        optimiser.param_groups[1]["lr"] = rate
        first.grad = second.grad = tensor(np.ones(3))
        with pytest.raises(ValueError, match="lr: expected a finite number from 0, got"):
            optimiser.step()
        assert first.data.tolist() == second.data.tolist() == [1.0] * 3


def test_parameters_can_still_be_written_by_hand() -> None:
    parameter = p()
    optimiser = nn.optim.SGD([parameter], lr=0.5)
    with no_grad():
        parameter += 1
    parameter.grad = tensor(np.ones(3))
    optimiser.step()
    assert parameter.data.tolist() == [1.5] * 3
