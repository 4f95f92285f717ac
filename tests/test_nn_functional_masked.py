"""A row that nothing flows into: whatever stands in it, it disturbs no gradient, of no order."""

from collections.abc import Callable
from functools import partial
from itertools import product
from typing import Any

import numpy as np
import pytest

from autograd import tensor
from nn import functional
from tests.nn_peers import close, drawn

Function = Callable[..., Any]

ROWS, SIZE, MASKED = 4, 6, 1
TARGET, SHARES, ONES = np.array([1, 2, 3, 0]), np.full((ROWS, SIZE), 1 / SIZE), np.ones((ROWS, SIZE))
NUMBERS, SCALES = drawn((ROWS, SIZE), seed=3), np.linspace(0.5, 2, SIZE)

# Functions of rows, and of parameters that all rows share.
ACTIVATIONS = [
    "binary_step", "celu", "elu", "gelu", "hardshrink", "hardsigmoid", "hardswish", "hardtanh", "identity",
    "leaky_relu", "logsigmoid", "relu", "relu6", "selu", "softplus", "softshrink",
]  # fmt: skip
ALONG = ["softmax", "log_softmax", "softmin", "logsumexp"]
BY_ROW: dict[str, tuple[Function, *tuple[Any, ...]]] = {
    **{name: (getattr(functional, name),) for name in ACTIVATIONS},
    **{name: (partial(getattr(functional, name), dim=1),) for name in ALONG},
    "softmax of the first axis": (lambda x: functional.softmax(x.T, 0).T,),
    "prelu": (functional.prelu, np.array([0.2])),
    "conv1d": (lambda x, w, b: functional.conv1d(x[:, None], w, b, padding=1), drawn((3, 1, 2)), drawn((3,))),
    "conv_transpose2d": (
        lambda x, w: functional.conv_transpose2d(x.reshape(ROWS, 1, 2, 3), w),
        drawn((1, 3, 2, 2)),
    ),
    "max_pool1d": (lambda x: functional.max_pool1d(x[:, None], 3, 2, 1),),
    "avg_pool1d": (lambda x: functional.avg_pool1d(x[:, None], 3, 2, 1),),
    "layer_norm": (lambda x, w, b: functional.layer_norm(x, SIZE, w, b), SCALES, SCALES),
    "rms_norm": (lambda x, w: functional.rms_norm(x, SIZE, w), SCALES),
    "group_norm": (lambda x, w, b: functional.group_norm(x, 2, w, b), SCALES, SCALES),
    "batch_norm of channels": (
        lambda x, w, b: functional.batch_norm(x.T, None, None, w, b, training=True).T,
        SCALES[:ROWS],
        SCALES[:ROWS],
    ),
    "batch_norm in use": (lambda x, w, b: functional.batch_norm(x, SCALES, SCALES, w, b), SCALES, SCALES),
}
LOSSES: dict[str, tuple[Function, *tuple[Any, ...]]] = {
    "mse_loss": (functional.mse_loss, NUMBERS),
    "huber_loss": (lambda x, y, **how: functional.huber_loss(x, y, **how), NUMBERS),
    "smooth_l1_loss": (functional.smooth_l1_loss, NUMBERS),
    "hinge_embedding_loss": (lambda x, **how: functional.hinge_embedding_loss(x, ONES, **how),),
    "kl_div": (lambda x, **how: functional.kl_div(x, SHARES, **how),),
    "bce": (lambda x, y, **how: functional.binary_cross_entropy_with_logits(x, y, **how), SHARES),
    "weighted bce": (
        lambda x, **how: functional.binary_cross_entropy_with_logits(x, SHARES, pos_weight=SCALES, **how),
    ),
    "nll_loss": (lambda x, **how: functional.nll_loss(x, TARGET, **how),),
    "weighted nll_loss": (lambda x, **how: functional.nll_loss(x, TARGET, SCALES, **how),),
    "cross_entropy": (lambda x, **how: functional.cross_entropy(x, TARGET, **how),),
    "weighted cross_entropy": (lambda x, **how: functional.cross_entropy(x, TARGET, SCALES, **how),),
    "smoothed cross_entropy": (
        lambda x, **how: functional.cross_entropy(x, TARGET, label_smoothing=0.1, **how),
    ),
    "cross_entropy of shares": (lambda x, y, **how: functional.cross_entropy(x, y, **how), SHARES),
}
BY_ROW |= {name: (partial(loss, reduction="none"), *others) for name, (loss, *others) in LOSSES.items()}
EXTREMES: dict[str, Any] = {
    "one NaN": [0, 1, np.nan, 0, 0, 2],
    "one ∞": [0, 1, np.inf, 0, 0, 2],
    "one -∞": [0, 1, -np.inf, 0, 0, 2],
    "all NaN": np.nan,
    "all ∞": np.inf,
    "all -∞": -np.inf,
    "huge": [1e160, -1e160, 1e160, 1e160, 0, 0],
}


def gradients(function: Function, row: Any, others: list[Any], create_graph: bool) -> tuple[list[Any], ...]:
    """Return the gradients by all arguments, and by the cotangent's; a row is masked, as with np.where."""
    x = drawn((ROWS, SIZE))
    x[MASKED] = row
    leaves = [tensor(array, requires_grad=True) for array in (x, *others)]
    out = function(*leaves)
    kept = (np.arange(ROWS) != MASKED).reshape(-1, *[1] * (out.ndim - 1))
    np.sum(np.where(kept, out**2, 0)).backward(create_graph=create_graph)
    first = [leaf.grad for leaf in leaves]
    if create_graph:
        for leaf in leaves:
            leaf.grad = None
        sum(np.sum(np.sin(g)) for g in first).backward()
    return [g.detach().numpy() for g in first], [
        leaf.grad.numpy() for leaf in leaves if leaf.grad is not None
    ]


# Slopes that are finite everywhere are not guarded: a NaN stays a NaN there, as in np.tanh.
BOUNDED = {"bce", "celu", "elu", "gelu", "logsigmoid", "selu", "softplus", "weighted bce"}
CASES = [
    (name, extreme)
    for name, extreme in product(BY_ROW, EXTREMES)
    if name not in BOUNDED or "NaN" not in extreme
]


@pytest.mark.filterwarnings("ignore::RuntimeWarning")
@pytest.mark.parametrize("create_graph", [False, True], ids=["first order", "second order"])
@pytest.mark.parametrize(("name", "extreme"), CASES)
def test_what_stands_in_a_masked_row_changes_no_gradient(name: str, extreme: str, create_graph: bool) -> None:
    function, *others = BY_ROW[name]
    found = gradients(function, EXTREMES[extreme], others, create_graph)
    expected = gradients(function, np.arange(SIZE), others, create_graph)
    for ours, same in zip(found, expected, strict=True):
        for a, b in zip(ours, same, strict=True):
            close(a, b)


@pytest.mark.filterwarnings("ignore::RuntimeWarning")
@pytest.mark.parametrize("reduction", ["mean", "sum"])
@pytest.mark.parametrize("name", sorted(LOSSES.keys() - BOUNDED))
def test_a_loss_that_is_left_out_gives_no_gradient(name: str, reduction: str) -> None:
    loss, *others = LOSSES[name]
    x = tensor(np.where(np.arange(SIZE) == 2, np.nan, NUMBERS), requires_grad=True)
    out = loss(x, *others, reduction=reduction)
    np.where(np.isfinite(out.data), out, 0).backward()
    close(x.grad.numpy(), np.zeros((ROWS, SIZE)))
