"""Options of losses: weights, ignored classes, label smoothing and thresholds give PyTorch's numbers."""

from typing import Any

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

import nn
from autograd import gradcheck, tensor
from nn import functional
from tests.nn_peers import agree, close, drawn

CLASS_SHAPES = [(3,), (5, 3), (4, 3, 2), (2, 3, 2, 2)]  # the classes are axis 1, or 0 of (3,)

reductions = st.sampled_from(["mean", "sum", "none"])
class_shapes = st.sampled_from(CLASS_SHAPES)
class_weights = st.none() | st.lists(st.sampled_from([0.0, 0.5, 1.0, 3.0]), min_size=3, max_size=3)
smoothings = st.sampled_from([0.0, 0.1, 1.0])


def peers(name: str, **options: Any) -> tuple[nn.Module, Any]:
    """Our loss and PyTorch's, of the same options; lists are weights."""
    torch = pytest.importorskip("torch")
    theirs = {key: torch.tensor(x) if isinstance(x, (list, np.ndarray)) else x for key, x in options.items()}
    return getattr(nn, name)(**options), getattr(torch.nn, name)(**theirs)


def classes_of(shape: tuple[int, ...], weight: Any, ignore_index: int, some: bool) -> Any:
    """Targets, of which some are ignored, or all; the mean is 0 / 0 then, and its gradient 0."""
    of_rows = shape[2:] if len(shape) == 1 else shape[:1] + shape[2:]
    target = np.random.default_rng(0).choice([0, 1, 2, ignore_index] if some else [ignore_index], of_rows)
    kept = target[target != ignore_index]
    assume(weight is None or not kept.size or np.sum(np.take(weight, kept)) > 0)
    return np.asarray(target)


ignored = st.sampled_from([-100, -1, 0, 2, 255])


@pytest.mark.filterwarnings("ignore:invalid value encountered in divide")
@given(class_shapes, class_weights, ignored, reductions, smoothings, st.booleans())
def test_cross_entropy_of_classes(
    shape: Any, weight: Any, ignore_index: int, reduction: str, smoothing: float, some: bool
) -> None:
    target = classes_of(shape, weight, ignore_index, some)
    options = {"weight": weight, "ignore_index": ignore_index, "reduction": reduction}
    agree(*peers("CrossEntropyLoss", **options, label_smoothing=smoothing), drawn(shape), target)


@pytest.mark.filterwarnings("ignore:invalid value encountered in divide")
@given(class_shapes, class_weights, ignored, reductions, st.booleans())
def test_nll(shape: Any, weight: Any, ignore_index: int, reduction: str, some: bool) -> None:
    target = classes_of(shape, weight, ignore_index, some)
    agree(
        *peers("NLLLoss", weight=weight, ignore_index=ignore_index, reduction=reduction), drawn(shape), target
    )


@given(class_shapes, class_weights, reductions, smoothings)
def test_cross_entropy_of_probabilities(shape: Any, weight: Any, reduction: str, smoothing: float) -> None:
    target = np.asarray(functional.softmax(drawn(shape, seed=2), 0 if len(shape) == 1 else 1))
    losses = peers("CrossEntropyLoss", weight=weight, reduction=reduction, label_smoothing=smoothing)
    agree(*losses, drawn(shape), target)


weights = st.none() | st.sampled_from([(), (1,), (3,), (4, 1), (4, 3)]).map(
    lambda shape: np.asarray(np.abs(drawn(shape, seed=3)))
)


@given(weights, weights, reductions)
def test_binary_cross_entropy_of_logits(weight: Any, pos_weight: Any, reduction: str) -> None:
    losses = peers("BCEWithLogitsLoss", weight=weight, pos_weight=pos_weight, reduction=reduction)
    agree(*losses, 10 * drawn((4, 3)), functional.sigmoid(drawn((4, 3), seed=2)))


@given(weights, reductions)
def test_binary_cross_entropy(weight: Any, reduction: str) -> None:
    x, y = (functional.sigmoid(drawn((4, 3), seed=seed)) for seed in (0, 2))
    agree(*peers("BCELoss", weight=weight, reduction=reduction), x, y)


AT = np.array([[-3.0, -0.5, 0.0, 0.25], [0.5, 0.75, 2.0, 40.0]])  # errors; bends at 0, ±0.5, ±2


@given(st.sampled_from([0.5, 1.0, 2.0]), reductions)
def test_huber(delta: float, reduction: str) -> None:
    agree(*peers("HuberLoss", delta=delta, reduction=reduction), AT, np.zeros(AT.shape))


@given(st.sampled_from([0.0, 0.5, 1.0, 2.0]), reductions)
def test_smooth_l1(beta: float, reduction: str) -> None:
    agree(*peers("SmoothL1Loss", beta=beta, reduction=reduction), AT, np.zeros(AT.shape))


@pytest.mark.filterwarnings("ignore:reduction. 'mean' divides")
@given(st.sampled_from([(), (3,), (5, 3), (2, 3, 4)]), reductions | st.just("batchmean"), st.booleans())
def test_kl_div(shape: Any, reduction: str, log_target: bool) -> None:
    x, y = (np.asarray(functional.logsigmoid(drawn(shape, seed=seed))) for seed in (0, 2))
    losses = peers("KLDivLoss", reduction=reduction, log_target=log_target)
    agree(*losses, x, y if log_target else np.exp(y))


@given(st.sampled_from([0.5, 1.0, 2.0]), reductions)
def test_hinge_embedding(margin: float, reduction: str) -> None:
    losses = peers("HingeEmbeddingLoss", margin=margin, reduction=reduction)
    agree(*losses, drawn((5, 4)), np.sign(drawn((5, 4), seed=1)).astype(int))


norms = st.sampled_from([1.0, 1.5, 2.0, 3.0])


@given(
    st.sampled_from([(3,), (5, 3), (2, 4, 3)]), st.sampled_from([0.5, 1.0]), norms, st.booleans(), reductions
)
def test_triplets(shape: Any, margin: float, p: float, swap: bool, reduction: str) -> None:
    losses = peers("TripletMarginLoss", margin=margin, p=p, swap=swap, reduction=reduction)
    agree(*losses, *(drawn(shape, seed=seed) for seed in range(3)))


def test_equal_triplets_agree_with_torch() -> None:
    x = drawn((4, 3))
    agree(*peers("TripletMarginLoss"), x, x, x)


@pytest.mark.parametrize("shapes", [[(4, 3), (3,), (4, 3)], [(4, 3), (4, 3), (4, 1)]], ids=str)
def test_triplets_of_other_shapes_are_refused(shapes: Any) -> None:
    with pytest.raises(ValueError, match=r"triplet_margin_loss: expected input and target of one shape"):
        nn.TripletMarginLoss()(*map(np.ones, shapes))
    with pytest.raises(ValueError, match="expected a positive margin, got 0"):
        nn.TripletMarginLoss(margin=0)([[0.0]], [[1.0]], [[2.0]])


def test_the_divergence_of_a_distribution_from_itself_is_0_also_where_it_is_0() -> None:
    for share in [[0.5, 0.5]], [[1.0, 0.0]]:
        with np.errstate(divide="ignore"):
            x = tensor(np.log(share), requires_grad=True)
        loss = nn.KLDivLoss("batchmean")(x, share)
        loss.backward()
        assert loss.item() == 0
        assert x.grad.numpy().tolist() == [[-share[0][0], -share[0][1]]]


@pytest.mark.parametrize("reduction", ["mean", "sum", "none"])
def test_losses_with_options_pass_gradcheck(reduction: str) -> None:
    x, y = drawn((4, 3)), functional.sigmoid(drawn((4, 3), seed=2))
    weight, target = [1.0, 0.5, 3.0], np.array([0, 2, 1, -100])
    how = {"weight": weight, "reduction": reduction}
    gradcheck(nn.BCELoss(**how), functional.sigmoid(x), y, order=2)
    gradcheck(nn.BCEWithLogitsLoss(**how, pos_weight=weight), x, y, order=2)
    gradcheck(nn.HuberLoss(reduction, 0.7), x, y, order=2)
    gradcheck(nn.SmoothL1Loss(reduction, 0.7), x, y, order=2)
    gradcheck(nn.KLDivLoss(reduction, log_target=True), x, np.log(y), order=2)
    gradcheck(lambda x: nn.HingeEmbeddingLoss(0.7, reduction)(x, np.sign(y - 0.5)), x, order=2)
    gradcheck(nn.TripletMarginLoss(swap=True, reduction=reduction), x, y, x * y, order=2)
    gradcheck(nn.CrossEntropyLoss(**how, label_smoothing=0.1), x, y, order=2)
    gradcheck(lambda x: nn.CrossEntropyLoss(**how, label_smoothing=0.1)(x, target), x, order=2)
    gradcheck(lambda x: nn.CrossEntropyLoss(**how)(x, target), x, order=2)
    gradcheck(lambda x: nn.NLLLoss(**how)(x, target), x, order=2)


def test_weights_are_learned_too_where_one_asks_for_it() -> None:
    x, y = drawn((4, 3)), functional.sigmoid(drawn((4, 3), seed=2))
    target, weight = np.array([0, 2, 1, 1]), np.array([1.0, 0.5, 3.0])
    gradcheck(lambda w: functional.cross_entropy(x, target, w, label_smoothing=0.1), weight)
    gradcheck(lambda w: functional.cross_entropy(x, target, w), weight)
    gradcheck(lambda w: functional.nll_loss(x, target, w), weight)
    gradcheck(lambda w: functional.binary_cross_entropy_with_logits(x, y, w, pos_weight=w * w), weight)


def test_losses_with_options_keep_the_dtype() -> None:
    x, target = drawn((4, 3)).astype(np.float32), np.array([0, 2, 1, -100])
    shares, weight = np.full((4, 3), 0.5, np.float32), [1.0, 0.5, 3.0]
    for loss, y in (
        (nn.CrossEntropyLoss(weight, label_smoothing=0.1), target),
        (nn.CrossEntropyLoss(weight, label_smoothing=0.1), shares),
        (nn.CrossEntropyLoss(weight), target),
        (nn.NLLLoss(weight), target),
        (nn.BCEWithLogitsLoss(weight, pos_weight=weight), shares),
        (nn.HuberLoss(delta=0.5), shares),
        (nn.SmoothL1Loss(beta=0.5), shares),
    ):
        leaf = tensor(x, requires_grad=True)
        value = loss(leaf, y)
        value.backward()
        assert value.dtype == leaf.grad.dtype == np.float32


@pytest.mark.parametrize(("weight", "other"), [(None, -100), ([0.0, 2.0], 0)], ids=["ignored", "weight 0"])
@pytest.mark.parametrize(("kind", "slopes"), [(nn.NLLLoss, [0.0, -1.0]), (nn.CrossEntropyLoss, [0.5, -0.5])])
def test_rows_that_do_not_count_may_be_infinite(kind: Any, slopes: Any, weight: Any, other: int) -> None:
    leaf = tensor([[-np.log(2), -np.log(2)], [-np.inf, 0.0]], requires_grad=True)
    loss = kind(weight)(leaf, [1, other])
    loss.backward()
    close(loss.detach(), np.log(2))
    close(leaf.grad, [slopes, [0.0, 0.0]])


def test_ignored_classes_of_tensors() -> None:
    x = drawn((3, 3))
    for loss in nn.CrossEntropyLoss(), nn.NLLLoss():
        expected = loss(x[:2], [0, 2]).item()
        assert loss(x, tensor([0, 2, -100])).item() == pytest.approx(expected)
        assert loss(x, np.array([0, 2, -100], np.int8)).item() == pytest.approx(expected)


def test_integer_predictions_are_numbers_and_leave_weights_as_they_are() -> None:
    for loss, y in (
        (nn.CrossEntropyLoss(), [1, 2]),
        (nn.CrossEntropyLoss([0.5, 0.25, 1.5]), [1, 2]),
        (nn.NLLLoss([0.5, 0.25, 1.5]), [1, 2]),
        (nn.BCELoss(0.5), [[1, 0, 1], [0, 1, 1]]),
        (nn.BCEWithLogitsLoss(pos_weight=0.5), [[1, 0, 1], [0, 1, 1]]),
        (nn.SmoothL1Loss(beta=0.5), [[1, 0, 1], [0, 1, 1]]),
    ):
        x = [[0, 1, 1], [1, 0, 0]]
        assert loss(x, y).item() == loss(np.array(x, float), np.array(y)).item()


# Penalties


def test_penalties_of_a_model() -> None:
    model = nn.MLP([3, 4, 2], rng=0)
    penalty = functional.l1_penalty(model.parameters()) + 0.5 * functional.l2_penalty(model.parameters())
    penalty.backward()
    for p in model.parameters():
        close(p.grad, np.sign(p.detach()) + p.detach())
    close(functional.l2_penalty(model[0].weight).item(), np.sum(model[0].weight.detach().numpy() ** 2))
    assert functional.l1_penalty([]) == 0


def test_the_l2_penalty_is_weight_decay() -> None:
    torch = pytest.importorskip("torch")
    x, y, state = drawn((5, 3)), drawn((5, 2), seed=1), nn.Linear(3, 2, rng=0).state_dict()
    ours, theirs = nn.Linear(3, 2), torch.nn.Linear(3, 2).double()
    ours.load_state_dict(state)
    theirs.load_state_dict({name: torch.tensor(array) for name, array in state.items()})
    optimiser = nn.optim.SGD(ours.parameters(), lr=0.1)
    decaying = torch.optim.SGD(theirs.parameters(), lr=0.1, weight_decay=0.02)
    for _ in range(5):
        optimiser.zero_grad()
        decaying.zero_grad()
        (functional.mse_loss(ours(x), y) + 0.01 * functional.l2_penalty(ours.parameters())).backward()
        torch.nn.functional.mse_loss(theirs(torch.tensor(x)), torch.tensor(y)).backward()
        optimiser.step()
        decaying.step()
    for p, q in zip(ours.parameters(), theirs.parameters(), strict=True):
        close(p.detach(), q.detach())


# Bad input

X, TARGET = np.zeros((4, 3)), np.array([0, 1, 2, 0])
REFUSED: list[tuple[str, Any, str]] = [
    (
        "no class to ignore",
        lambda: nn.CrossEntropyLoss(ignore_index=None)(X, TARGET),
        "ignore_index: expected",
    ),
    ("no class of NLL", lambda: nn.NLLLoss(ignore_index=None)(X, TARGET), "ignore_index: expected a whole"),
    (
        "no classes",
        lambda: functional.cross_entropy(np.zeros((0, 0)), np.zeros(0, int)),
        r"cross_entropy: expected an input with classes, got one of shape \(0, 0\)",
    ),
    (
        "weights of classes",
        lambda: nn.CrossEntropyLoss([1.0, 2.0])(X, TARGET),
        r"each of 3 classes, got \(2,\)",
    ),
    ("weights of NLL", lambda: nn.NLLLoss([1.0])(X, TARGET), r"nll_loss: .*each of 3 classes, got \(1,\)"),
    ("weights of BCE", lambda: nn.BCELoss([1.0, 2.0])(X, X), r"weight to broadcast .*\(4, 3\), got \(2,\)"),
    (
        "pos_weight",
        lambda: nn.BCEWithLogitsLoss(pos_weight=np.ones((1, 4, 3)))(X, X),
        r"pos_weight to broadcast .*\(4, 3\), got \(1, 4, 3\)",
    ),
    ("reduction as weight", lambda: nn.CrossEntropyLoss("sum"), "weight: expected numbers, .*reduction="),
    (
        "smoothing",
        lambda: nn.CrossEntropyLoss(label_smoothing=1.5)(X, TARGET),
        r"label_smoothing in \[0, 1\]",
    ),
    ("delta", lambda: nn.HuberLoss(delta=0.0)(X, X), "expected a positive delta, got 0.0"),
    ("beta", lambda: nn.SmoothL1Loss(beta=-1.0)(X, X), "expected beta from 0, got -1.0"),
    (
        "batchmean",
        lambda: nn.BCELoss(reduction="batchmean"),
        "reduction: expected one of mean, sum, none, got",
    ),
    ("logarithms", lambda: nn.KLDivLoss()(X, X - 1), r"every target in \[0, 1\].*give log_target=True"),
    (
        "hinge",
        lambda: nn.HingeEmbeddingLoss()(X, X),
        "hinge_embedding_loss: .* to be 1 or -1, got values from 0.0 to 0.0",
    ),
    (
        "classes",
        lambda: nn.CrossEntropyLoss(ignore_index=0)(X, [0, 1, 2, 3]),
        "from 0 to 2, got values from 0 to 3",
    ),
    (
        "ignored probabilities",
        lambda: nn.CrossEntropyLoss(ignore_index=0)(X, X),
        "classes as targets for ignore_index",
    ),
    (
        "weighted classes",
        lambda: nn.NLLLoss([1.0] * 3)(X, [0, 1, 2, 3]),
        "from 0 to 2, got values from 0 to 3",
    ),
]


@pytest.mark.parametrize(("call", "said"), [row[1:] for row in REFUSED], ids=[row[0] for row in REFUSED])
def test_wrong_options_are_refused(call: Any, said: str) -> None:
    with pytest.raises(ValueError, match=said):
        call()
