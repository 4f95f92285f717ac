"""Losses: PyTorch's numbers, right derivatives, no overflow, errors that teach."""

import inspect
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import nn
from autograd import float32, float64, gradcheck, set_default_dtype, tensor
from nn import functional

Array = np.ndarray[Any, Any]

REDUCTIONS = ("mean", "sum", "none")
FUNCTIONS = [
    functional.l1_loss,
    functional.mse_loss,
    functional.huber_loss,
    functional.smooth_l1_loss,
    functional.binary_cross_entropy,
    functional.binary_cross_entropy_with_logits,
    functional.cross_entropy,
    functional.nll_loss,
    functional.kl_div,
    functional.hinge_embedding_loss,
]
TARGETS: dict[Any, Any] = {functional.nll_loss: [1], functional.hinge_embedding_loss: [[-1.0, 1.0]]}
SHAPES = [(), (5,), (4, 3), (2, 3, 4)]
CLASS_SHAPES = [(3,), (5, 3), (4, 3, 2), (2, 3, 2, 2)]  # the classes are axis 1, or 0 of (3,)

each_reduction = pytest.mark.parametrize("reduction", REDUCTIONS)


# What losses of one shape are fed with: input and target.


def numbers(rng: np.random.Generator, shape: tuple[int, ...]) -> tuple[Any, Any]:
    return rng.normal(size=shape), rng.normal(size=shape)


def probabilities(rng: np.random.Generator, shape: tuple[int, ...]) -> tuple[Any, Any]:
    return rng.uniform(0.05, 0.95, shape), rng.uniform(0, 1, shape)


def logits(rng: np.random.Generator, shape: tuple[int, ...]) -> tuple[Any, Any]:
    return rng.normal(0, 3, shape), rng.uniform(0, 1, shape)


def log_probabilities(rng: np.random.Generator, shape: tuple[int, ...]) -> tuple[Any, Any]:
    return np.log(rng.uniform(0.05, 0.95, shape)), rng.uniform(0, 1, shape)


def signs(rng: np.random.Generator, shape: tuple[int, ...]) -> tuple[Any, Any]:
    return rng.normal(1, 1, shape), np.asarray(rng.choice([-1, 1], shape))


# What losses of classes are fed with.


def class_axis(shape: tuple[int, ...]) -> int:
    return 1 if len(shape) > 1 else 0


def classes(rng: np.random.Generator, shape: tuple[int, ...]) -> tuple[Any, Any]:
    axis = class_axis(shape)
    target = rng.integers(0, shape[axis], shape[:axis] + shape[axis + 1 :])
    return functional.log_softmax(rng.normal(0, 3, shape), dim=axis), np.asarray(target)


def shares(rng: np.random.Generator, shape: tuple[int, ...]) -> tuple[Any, Any]:
    x, y = rng.normal(0, 3, shape), rng.normal(0, 1, shape)
    return x, functional.softmax(y, dim=class_axis(shape))


Feed = Callable[[np.random.Generator, tuple[int, ...]], tuple[Any, Any]]
LOSSES: list[tuple[str, Feed, list[Any]]] = [
    ("L1Loss", numbers, SHAPES),
    ("MSELoss", numbers, SHAPES),
    ("HuberLoss", numbers, SHAPES),
    ("SmoothL1Loss", numbers, SHAPES),
    ("BCELoss", probabilities, SHAPES),
    ("BCEWithLogitsLoss", logits, SHAPES),
    ("CrossEntropyLoss", classes, CLASS_SHAPES),
    ("CrossEntropyLoss", shares, CLASS_SHAPES),
    ("NLLLoss", classes, CLASS_SHAPES),
    ("KLDivLoss", log_probabilities, SHAPES),
    ("HingeEmbeddingLoss", signs, SHAPES),
]
LABELS = (classes, signs)  # whole numbers, which have no derivative
each_loss = pytest.mark.parametrize(
    ("name", "feed", "shapes"),
    LOSSES,
    ids=[f"{name} of {feed.__name__}" for name, feed, _ in LOSSES],
)


def agree(torch: Any, name: str, reduction: str, x: Any, y: Any, bounded: bool = False) -> None:
    """Compare value and gradients, of the target too where it is floating.

    Where PyTorch bounds the gradient of BCE, it rounds the bound to float32, and its gradient of
    the target is infinite.
    """
    x_ours, x_torch = tensor(x, requires_grad=True), torch.tensor(x, requires_grad=True)
    floating = np.asarray(y).dtype.kind == "f"
    y_ours = tensor(y, requires_grad=floating)
    y_torch = torch.tensor(y, requires_grad=floating)
    ours = getattr(nn, name)(reduction=reduction)(x_ours, y_ours)
    theirs = getattr(torch.nn, name)(reduction=reduction)(x_torch, y_torch)
    assert ours.shape == tuple(theirs.shape)
    cotangent = np.random.default_rng(1).normal(size=ours.shape)
    ours.backward(tensor(cotangent))
    theirs.backward(torch.tensor(cotangent))
    pairs = [(ours.detach(), theirs.detach()), (x_ours.grad, x_torch.grad)]
    pairs += [(y_ours.grad, y_torch.grad)] if floating and not bounded else []
    for a, b in pairs:
        np.testing.assert_allclose(a, b, rtol=1e-8 if bounded else 1e-10, atol=1e-10)


# PyTorch's numbers


@each_reduction
@each_loss
@pytest.mark.filterwarnings("ignore:reduction. 'mean' divides")  # that of PyTorch's KLDivLoss
def test_losses_agree_with_torch(name: str, feed: Feed, shapes: list[Any], reduction: str) -> None:
    torch = pytest.importorskip("torch")
    for shape in shapes:
        agree(torch, name, reduction, *feed(np.random.default_rng(0), shape))


BIG = np.array([[0, 0, 0], [1000, 0, -1000], [-1e5, -1e5, 1e5], [0, 50, -50], [800, 800, 800]], float)
EXTREMES: dict[str, tuple[str, Any, Any]] = {
    "MSE": ("MSELoss", BIG, np.zeros((5, 3))),
    "BCE": ("BCELoss", np.array([0, 0, 1, 1, 0.5, 1e-12, 1]), np.array([0, 1, 0, 1, 0, 1, 0.5])),
    "BCE of logits": ("BCEWithLogitsLoss", BIG, np.tile([0.0, 1.0, 0.5], (5, 1))),
    "cross-entropy of classes": ("CrossEntropyLoss", BIG, np.array([0, 1, 2, 2, 1])),
    "cross-entropy of one-hot rows": ("CrossEntropyLoss", BIG, np.eye(3)[[0, 1, 2, 2, 1]]),
    "cross-entropy of equal shares": ("CrossEntropyLoss", BIG, np.full((5, 3), 1 / 3)),
    "NLL": ("NLLLoss", BIG, np.array([0, 1, 2, 2, 1])),
}
each_extreme = pytest.mark.parametrize(("name", "x", "y"), EXTREMES.values(), ids=EXTREMES)


@each_reduction
@each_extreme
def test_losses_agree_with_torch_at_zeros_and_large_logits(
    name: str, x: Array, y: Array, reduction: str
) -> None:
    torch = pytest.importorskip("torch")
    agree(torch, name, reduction, x, y, bounded=name == "BCELoss")


@each_extreme
def test_losses_are_finite_at_zeros_and_large_logits(name: str, x: Array, y: Array) -> None:
    leaf = tensor(x, requires_grad=True)
    loss = getattr(nn, name)()(leaf, y)
    loss.backward()
    assert np.isfinite(loss.item())
    assert np.isfinite(leaf.grad.numpy()).all()


def test_probabilities_of_zero_where_the_target_is_zero_cost_nothing() -> None:
    x = tensor(np.array([[0.0, -np.inf, -np.inf]]), requires_grad=True)
    for loss, target in (
        (nn.NLLLoss(), np.array([0])),
        (nn.CrossEntropyLoss(), np.array([0])),
        (nn.CrossEntropyLoss(), np.array([[1.0, 0.0, 0.0]])),
    ):
        x.grad = None
        value = loss(x, target)
        value.backward()
        assert value.item() == 0
        assert np.isfinite(x.grad.numpy()).all()


# Derivatives, dtypes, forms of input


@each_reduction
@each_loss
def test_losses_pass_gradcheck(name: str, feed: Feed, shapes: list[Any], reduction: str) -> None:
    loss = getattr(nn, name)(reduction=reduction)
    for shape in shapes:
        x, y = feed(np.random.default_rng(0), shape)
        if feed in LABELS:
            gradcheck(lambda x, y=y: loss(x, y), np.asarray(x), order=2)
        else:
            gradcheck(loss, np.asarray(x), np.clip(y, 0.05, 0.95), order=2)


@each_reduction
@each_loss
def test_losses_keep_the_dtype(name: str, feed: Feed, shapes: list[Any], reduction: str) -> None:
    for shape in shapes:
        x, y = feed(np.random.default_rng(0), shape)
        y = y if feed in LABELS else np.asarray(y, np.float32)
        leaf = tensor(x, dtype=np.float32, requires_grad=True)
        loss = getattr(nn, name)(reduction=reduction)(leaf, y)
        loss.sum().backward()
        assert loss.dtype == leaf.grad.dtype == np.float32


@each_loss
def test_means_of_many_losses_in_half_precision_do_not_overflow(
    name: str, feed: Feed, shapes: list[Any]
) -> None:
    x, y = feed(np.random.default_rng(0), (70_000, 3))
    options = [{}, {"weight": np.ones(3)}] if feed in (classes, probabilities) else [{}]
    options += [{"reduction": "batchmean"}] if name == "KLDivLoss" else []
    for how in options:
        losses, gradients = [], []
        for dtype in np.float16, np.float64:
            leaf = tensor(x, dtype=dtype, requires_grad=True)
            loss = getattr(nn, name)(**how)(leaf, y if feed in LABELS else y.astype(dtype))
            loss.backward()
            losses.append(loss.item())
            gradients.append(leaf.grad.numpy())
        assert losses[0] == pytest.approx(losses[1], rel=0.02, abs=0.001)
        difference = np.linalg.norm(gradients[0] - gradients[1])
        assert difference < 0.05 * np.linalg.norm(gradients[1])


@each_loss
def test_reductions_are_mean_and_sum_of_all_losses(name: str, feed: Feed, shapes: list[Any]) -> None:
    loss = getattr(nn, name)
    for shape in shapes:
        x, y = feed(np.random.default_rng(0), shape)
        losses = loss(reduction="none")(x, y).numpy()
        assert loss(reduction="sum")(x, y).item() == pytest.approx(losses.sum())
        assert loss(reduction="mean")(x, y).item() == pytest.approx(losses.mean())
        assert loss()(x, y).item() == loss(reduction="mean")(x, y).item()


@each_loss
def test_arrays_tensors_and_lists_give_the_same(name: str, feed: Feed, shapes: list[Any]) -> None:
    loss = getattr(nn, name)()
    for shape in shapes:
        x, y = map(np.asarray, feed(np.random.default_rng(0), shape))
        expected = loss(tensor(x), tensor(y)).item()
        assert loss(x, y).item() == loss(tensor(x), y).item() == loss(x, tensor(y)).item() == expected
        assert loss(x.tolist(), y.tolist()).item() == expected


@pytest.mark.parametrize("function", [*FUNCTIONS, functional.triplet_margin_loss], ids=lambda f: f.__name__)
def test_functions_have_the_parameters_of_torch(function: Callable[..., Any]) -> None:
    torch = pytest.importorskip("torch")
    theirs = inspect.signature(getattr(torch.nn.functional, function.__name__)).parameters
    for name, parameter in inspect.signature(function).parameters.items():
        assert parameter.default == theirs[name].default


@pytest.mark.parametrize("function", FUNCTIONS, ids=lambda f: f.__name__)
def test_functions_take_lists(function: Callable[..., Any]) -> None:
    target = TARGETS.get(function, [[0.0, 1.0]])
    x = tensor([[0.25, 0.5]], requires_grad=True)
    expected = function(x, np.array(target))
    assert function(x, target).item() == function([[0.25, 0.5]], target) == expected.item()
    function(x, target).backward()
    assert np.any(x.grad)


@each_loss
def test_inputs_are_left_as_they_were(name: str, feed: Feed, shapes: list[Any]) -> None:
    for shape in shapes:
        x, y = map(np.asarray, feed(np.random.default_rng(0), shape))
        before = x.copy(), y.copy()
        leaf = tensor(0.0, requires_grad=True) + x
        getattr(nn, name)(reduction="sum")(leaf, y).backward()
        assert np.array_equal(x, before[0])
        assert np.array_equal(y, before[1])


@pytest.mark.parametrize("dtype", [np.uint8, np.int8, np.int32, np.int64], ids=lambda d: d.__name__)
def test_classes_may_be_integers_of_any_size(dtype: Any) -> None:
    for rows in 5, 500:
        x, y = classes(np.random.default_rng(0), (rows, 3))
        for loss in nn.CrossEntropyLoss(), nn.NLLLoss():
            assert loss(x, y.astype(dtype)).item() == loss(x, y).item()


@pytest.mark.parametrize("dtype", [np.uint8, np.int8, bool], ids=lambda d: d.__name__)
@pytest.mark.parametrize("function", FUNCTIONS, ids=lambda f: f.__name__)
def test_predictions_and_targets_may_be_small_integers(function: Callable[..., Any], dtype: Any) -> None:
    """Differences of them wrap around, and so do their squares."""
    bits = {functional.binary_cross_entropy, functional.binary_cross_entropy_with_logits, functional.kl_div}
    x, y = np.random.default_rng(0).integers(0, 2 if function in bits else 120, (2, 4, 6)).astype(dtype)
    y = np.ones_like(y) if function is functional.hinge_embedding_loss else y
    target = y if function not in (functional.cross_entropy, functional.nll_loss) else np.arange(4)
    expected = function(x.astype(float), np.asarray(target, int if target is not y else float))
    assert float(function(x, target)) == function(tensor(x), target).item() == pytest.approx(float(expected))


@pytest.mark.parametrize("function", [functional.l1_penalty, functional.l2_penalty])
def test_penalties_of_small_integers(function: Callable[..., Any]) -> None:
    x = np.array([[-100, 100, 50]], np.int8)
    assert function(x) == function(x.astype(float))


@pytest.mark.parametrize("function", [f for f in FUNCTIONS if f is not functional.nll_loss])
@pytest.mark.parametrize("default", [float32, float64])
def test_targets_that_are_integers_take_the_dtype_of_predictions(
    function: Callable[..., Any], default: Any
) -> None:
    y = np.array([1, 1]) if function is functional.hinge_embedding_loss else np.array([0, 1])
    set_default_dtype(default)
    try:
        for target in y, y.tolist(), y.astype(np.uint8):
            for reduction in REDUCTIONS:
                x = tensor([0.25, 0.75], dtype=float32, requires_grad=True)
                target = target if function is not functional.cross_entropy else 1
                assert function(x, target, reduction=reduction).dtype == float32
                function(x, target).backward(create_graph=True)
                assert x.grad.dtype == float32
    finally:
        set_default_dtype(float64)


def test_integers_become_floats_of_the_default_dtype() -> None:
    set_default_dtype(float32)
    try:
        assert functional.mse_loss(np.array([1]), np.array([3], np.uint8)).dtype == float32
        assert functional.cross_entropy(np.array([[1, 2]]), [1]).dtype == float32
    finally:
        set_default_dtype(float64)


def test_losses_show_their_reduction() -> None:
    assert repr(nn.MSELoss("sum")) == "MSELoss(reduction='sum')"


# Bad input


@pytest.mark.parametrize("name", sorted({name for name, _, _ in LOSSES}))
@pytest.mark.parametrize("reduction", ["average", None, "MEAN", 1], ids=repr)
def test_unknown_reductions_are_refused(name: str, reduction: Any) -> None:
    with pytest.raises(ValueError, match=f"reduction: expected .*mean.*got {reduction!r}"):
        getattr(nn, name)(reduction=reduction)


@pytest.mark.parametrize("reduction", ["average", None])
@pytest.mark.parametrize(
    "function",
    [f for f in FUNCTIONS if f is not functional.nll_loss],
    ids=lambda f: f.__name__,
)
def test_unknown_reductions_of_functions_are_refused(function: Callable[..., Any], reduction: Any) -> None:
    with pytest.raises(ValueError, match=f"reduction: expected .*mean.*got {reduction!r}"):
        function(np.array([1.0]), np.array([1.0]), reduction=reduction)


@pytest.mark.parametrize("name", sorted({name for name, _, shapes in LOSSES if shapes is SHAPES}))
@pytest.mark.parametrize("shape", [(3, 1), (1, 3), (2,), ()], ids=str)
def test_targets_of_another_shape_are_refused(name: str, shape: tuple[int, ...]) -> None:
    """Also those that broadcast: (n, 1) against (n,) is the classic silent mistake."""
    with pytest.raises(ValueError, match=r"(?s)input and target of one shape.*usual fix") as caught:
        getattr(nn, name)()(np.full(3, 0.5), np.full(shape, 0.5))
    assert str(shape) in str(caught.value)
    assert "(3,)" in str(caught.value)
    assert f"in layer {name}" in caught.value.__notes__[0]


X = np.log(np.full((3, 4), 0.25))

# Targets of X that are wrong, and what the error says besides.
WRONG_CLASSES: list[tuple[str, Any, str]] = [
    ("too high", np.array([0, 1, 4]), r"from 0 to 3, got values from 0 to 4.*out_features=5"),
    ("negative", np.array([0, -1, 2]), r"from 0 to 3, got values from -1 to 2"),
    ("too high for int8", np.array([0, 1, 127], np.int8), r"from 0 to 3"),
    ("one too few", np.array([0, 1]), r"shape \(3,\).*got int64 of \(2,\)"),
    ("a column", np.array([[0], [1], [2]]), r"shape \(3,\).*got int64 of \(3, 1\).*reshape\(\(3,\)\)"),
    ("one-hot integers", np.eye(4, dtype=int)[:3], r"got int64 of \(3, 4\).*argmax\(1\)"),
    ("booleans", np.array([True, False, True]), r"expected integer.*got bool"),
    ("floating classes", np.array([0.0, 1.0, 2.0]), r"integer.*got float64 of \(3,\).*astype\(int\)"),
]


@pytest.mark.parametrize("name", ["CrossEntropyLoss", "NLLLoss"])
@pytest.mark.parametrize(
    ("target", "said"), [row[1:] for row in WRONG_CLASSES], ids=[row[0] for row in WRONG_CLASSES]
)
def test_wrong_classes_are_refused(name: str, target: Any, said: str) -> None:
    with pytest.raises((TypeError, ValueError), match=said) as caught:
        getattr(nn, name)()(X, target)
    assert f"in layer {name}" in caught.value.__notes__[0]


def test_rows_of_another_number_of_classes_are_refused() -> None:
    with pytest.raises(ValueError, match=r"one shape, got \(3, 4\) and \(3, 3\)"):
        nn.CrossEntropyLoss()(X, np.eye(3))


@pytest.mark.parametrize("name", ["CrossEntropyLoss", "NLLLoss"])
def test_a_scalar_has_no_classes(name: str) -> None:
    with pytest.raises(ValueError, match="expected"):
        getattr(nn, name)()(np.array(0.5), np.array(0))


OUTSIDE = [-0.1, 1.5, np.nan, np.inf]  # of [0, 1]


def test_probabilities_outside_of_0_to_1_are_refused() -> None:
    said = r"expected every input in \[0, 1\], got .*use binary_cross_entropy_with_logits"
    for wrong in OUTSIDE:
        with pytest.raises(ValueError, match=said):
            nn.BCELoss()(np.array([0.5, wrong]), np.array([0.0, 1.0]))


@pytest.mark.parametrize("name", ["BCELoss", "BCEWithLogitsLoss", "CrossEntropyLoss"])
def test_targets_outside_of_0_to_1_are_refused(name: str) -> None:
    for wrong in OUTSIDE:
        with pytest.raises(ValueError, match=r"expected every target in \[0, 1\], got"):
            getattr(nn, name)()(np.array([[0.5, 0.5]]), np.array([[0.0, wrong]]))


def test_an_error_names_the_function_once() -> None:
    for call in (
        lambda: nn.MSELoss()(np.ones(2), np.ones(3)),
        lambda: nn.BCELoss()(np.ones(2), np.ones(3)),
        lambda: nn.CrossEntropyLoss()(X, np.array([0, 1, 4])),
    ):
        with pytest.raises(ValueError, match="expected") as caught:
            call()
        first, *rest = str(caught.value).splitlines()
        assert first.count("_entropy") + first.count("mse_loss") == 1
        assert "broadcast" not in "".join(rest)
