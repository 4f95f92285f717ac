"""PyTorch's own samples of its operators, in float64: values, first and second derivatives agree.

Each operator that has a counterpart in NumPy runs all its samples. What does not agree is listed
with its reason, and counts as a failure in the shares that the last tests require.
"""

from collections import Counter
from typing import Any

import numpy as np
import pytest

torch = pytest.importorskip("torch")
pytest.importorskip("expecttest", reason="PyTorch's samples need expecttest")
from torch.testing._internal.common_methods_invocations import op_db  # noqa: E402

from tests.operator_samples.comparison import Derivatives, disagreement  # noqa: E402
from tests.operator_samples.counterparts import COUNTERPARTS  # noqa: E402

Function = Any
torch.set_num_threads(1)  # small tensors: more threads only wait for each other

# What is not compared, with the number of samples: NumPy itself does not take it, or complex numbers.
NOT_IN_NUMPY: dict[str, tuple[int, str]] = {
    "einsum": (1, "NumPy refuses to sum over the axes of '...'"),
    "tensordot": (1, "NumPy does not broadcast contracted axes of length 1"),
    "linalg.lstsq": (24, "NumPy has no batches here"),
    "linalg.lstsq grad_oriented": (24, "NumPy has no batches here"),
    "linalg.eig": (3, "the eigenvalues are complex, which is refused in words"),
    "linalg.eigvals": (3, "the eigenvalues are complex, which is refused in words"),
}

# What differs, with the order from which on, the number of samples, and why.
DIFFERENT: dict[str, tuple[str, int, str]] = {
    "linalg.norm subgradients_at_zero": ("first", 24, "at 0 the gradient is 0 here; PyTorch's is U Vᵀ, or NaN"),
}


def name_of(operator: Any) -> str:
    return f"{operator.name} {operator.variant_test_name}".strip()


def counterpart(operator: Any) -> Function | None:
    return COUNTERPARTS.get(name_of(operator)) or COUNTERPARTS.get(operator.name)


OPERATORS = [
    operator
    for operator in op_db
    if operator.supports_autograd
    and torch.float64 in operator.supported_dtypes("cpu")
    and counterpart(operator) is not None
]


def samples_of(operator: Any) -> list[Any]:
    torch.manual_seed(0)
    return list(operator.sample_inputs("cpu", torch.float64, requires_grad=True))


@pytest.mark.parametrize("operator", OPERATORS, ids=name_of)
def test_samples_agree(operator: Any) -> None:
    function = counterpart(operator)
    orders: Counter[str] = Counter()
    reports = []
    for sample in samples_of(operator):
        try:
            found = disagreement(operator, function, sample)
        except (TypeError, ValueError) as error:
            found = f"refused: {error}"
        if found:
            orders[found.partition(":")[0]] += 1
            reports.append(found)
    allowed: Counter[str] = Counter()
    name = name_of(operator)
    if name in NOT_IN_NUMPY:
        allowed["refused"] = NOT_IN_NUMPY[name][0]
    if name in DIFFERENT:
        first, count, _ = DIFFERENT[name]
        orders = Counter({first: sum(orders.values())})
        allowed[first] = count
    assert orders == allowed, "\n".join(reports)


def test_at_least_99_of_100_samples_agree_in_value_and_slope_and_95_in_the_second() -> None:
    total = sum(len(samples_of(operator)) for operator in OPERATORS)
    refused = sum(count for count, _ in NOT_IN_NUMPY.values())
    wrong = sum(count for _, count, _ in DIFFERENT.values())
    assert total > 3000
    assert wrong <= 0.01 * (total - refused)
    assert refused <= 0.02 * total


def test_every_operator_that_numpy_has_by_name_is_compared() -> None:
    compared = {operator.name for operator in OPERATORS}
    missing = [
        operator.name
        for operator in op_db
        if operator.supports_autograd
        and torch.float64 in operator.supported_dtypes("cpu")
        and operator.name not in compared
        and (
            callable(getattr(np, operator.name, None))
            or callable(getattr(np.linalg, operator.name.removeprefix("linalg."), None))
        )
    ]
    assert not missing


def test_orders_are_named() -> None:
    assert Derivatives._fields == ("values", "first", "second")
