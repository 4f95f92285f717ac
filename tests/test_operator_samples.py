"""PyTorch's own samples of its operators, in float64: values, first and second derivatives agree.

Each operator that has a counterpart in NumPy runs all its samples. What does not agree is listed
with its reason, and counts as a failure in the shares that the last tests require.
"""

import os
import warnings
from collections import Counter
from typing import Any

import numpy as np
import pytest
from hypothesis import settings

torch = pytest.importorskip("torch")
pytest.importorskip("expecttest", reason="PyTorch's samples need expecttest")
from torch.testing._internal.common_methods_invocations import op_db  # noqa: E402

settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "dev"))  # PyTorch's import loads one of its own

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
}

# What differs, with the number of samples by the first order that does, and why.
DIFFERENT: dict[str, tuple[dict[str, int], str]] = {
    "linalg.norm subgradients_at_zero": (
        {"first": 6, "second": 18},
        "at 0 the gradient is 0 here; PyTorch's is U Vᵀ for the nuclear norm, and NaN in the second order",
    ),
}

# Of NumPy's names, but about complex numbers, which are refused in words.
COMPLEX = {"cdouble", "linalg.eig", "linalg.eigvals"}


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
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
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
    name = name_of(operator)
    allowed = Counter(DIFFERENT[name][0] if name in DIFFERENT else {})
    allowed["refused"] += NOT_IN_NUMPY[name][0] if name in NOT_IN_NUMPY else 0
    assert orders == allowed, "\n".join(reports)


def test_99_of_100_samples_agree_in_value_and_slope_and_95_in_the_second_order() -> None:
    """A part of the samples is enough: among all of them what differs is a smaller share."""
    total = 0
    for operator in OPERATORS:
        total += len(samples_of(operator))
        if total > 1000:
            break
    refused = sum(count for count, _ in NOT_IN_NUMPY.values())
    different: Counter[str] = sum((Counter(orders) for orders, _ in DIFFERENT.values()), Counter())
    assert different["values"] + different["first"] <= 0.01 * (total - refused)
    assert different.total() <= 0.05 * (total - refused)


def test_every_operator_that_numpy_has_by_name_is_compared() -> None:
    compared = {operator.name for operator in OPERATORS}
    missing = [
        operator.name
        for operator in op_db
        if operator.supports_autograd
        and torch.float64 in operator.supported_dtypes("cpu")
        and operator.name not in compared | COMPLEX
        and (
            callable(getattr(np, operator.name, None))
            or callable(getattr(np.linalg, operator.name.removeprefix("linalg."), None))
        )
    ]
    assert not missing


def test_orders_are_named() -> None:
    assert Derivatives._fields == ("values", "first", "second")
