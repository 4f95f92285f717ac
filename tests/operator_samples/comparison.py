"""Running one sample in PyTorch and here: values, first and second derivatives."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

import numpy as np
import torch

from autograd import Tensor, tensor

Function = Callable[..., Any]


class Derivatives(NamedTuple):
    """What a sample gives: floating results, and the gradients of a combination of them, twice."""

    values: list[Any]
    first: list[Any]
    second: list[Any]


def leaves(value: Any) -> Iterator[Any]:
    """List what stands in nested lists, tuples and dicts."""
    if isinstance(value, dict):
        value = list(value.values())
    if isinstance(value, (list, tuple)):
        for part in value:
            yield from leaves(part)
    else:
        yield value


def translated(value: Any, change: Function) -> Any:
    """Change what stands in nested lists, tuples and dicts."""
    if isinstance(value, dict):
        return {key: translated(part, change) for key, part in value.items()}
    if type(value) in (list, tuple):
        return type(value)(translated(part, change) for part in value)
    return change(value)


def ours(value: Any) -> Any:
    """Return a Tensor for a PyTorch tensor that requires a gradient, an array for any other."""
    if isinstance(value, torch.Tensor):
        array = value.detach().resolve_conj().resolve_neg().numpy().copy()
        return tensor(array, requires_grad=True) if value.requires_grad else array
    return np.dtype(str(value).removeprefix("torch.")) if isinstance(value, torch.dtype) else value


def symmetrised(function: Function) -> Function:
    """Do what PyTorch's samples of functions of symmetric matrices do: add the transpose."""
    return lambda x, *args, **kwargs: function(x + np.matrix_transpose(x), *args, **kwargs)


WRAPPERS: dict[str, Callable[[Function], Function]] = {"gradcheck_wrapper_hermitian_input": symmetrised}


def combination(values: list[Any], seed: int) -> Any:
    """Return the sum of the values, each element times a random factor; PyTorch's like ours."""
    random = np.random.default_rng(seed)
    total: Any = 0.0
    for value in values:
        factors = random.uniform(0.5, 1.5, tuple(value.shape))
        if isinstance(value, torch.Tensor):
            total = total + (value * torch.tensor(factors, dtype=value.dtype)).sum()
        else:
            total = total + np.sum(value * factors.astype(value.dtype))
    return total


def in_torch(operator: Any, sample: Any, count: int) -> Derivatives:
    """Run a sample in PyTorch, and look at its first ``count`` floating results."""
    wanted = [t for t in leaves((sample.input, sample.args, sample.kwargs)) if isinstance(t, torch.Tensor)]
    wanted = [t for t in wanted if t.requires_grad]
    result = operator.gradcheck_wrapper(operator.get_op(), sample.input, *sample.args, **sample.kwargs)
    result = sample.output_process_fn_grad(result)
    values = [t for t in leaves(result) if isinstance(t, torch.Tensor) and t.is_floating_point()][:count]
    tracked = [t for t in values if t.requires_grad]

    def gradients(of: list[Any], seed: int) -> list[Any]:
        of = [t for t in of if t.requires_grad]
        if not of:
            return [torch.zeros_like(t) for t in wanted]
        return list(
            torch.autograd.grad(
                combination(of, seed), wanted, create_graph=True, allow_unused=True, materialize_grads=True
            )
        )

    first = gradients(tracked, 0)
    second = gradients(first, 1) if operator.supports_gradgrad else []
    return Derivatives(*([t.detach().numpy(force=True) for t in some] for some in (values, first, second)))


def here(operator: Any, function: Function, sample: Any) -> Derivatives:
    """Run a sample here."""
    function = WRAPPERS.get(operator.gradcheck_wrapper.__name__, lambda same: same)(function)
    x, args, kwargs = translated((sample.input, sample.args, sample.kwargs), ours)
    wanted = [t for t in leaves((x, args, kwargs)) if isinstance(t, Tensor)]
    result = sample.output_process_fn_grad(function(x, *args, **kwargs))
    values = [v for v in leaves(result) if hasattr(v, "dtype") and v.dtype.kind == "f"]
    tracked = [v for v in values if isinstance(v, Tensor) and v.requires_grad]

    def gradients(of: list[Any], seed: int) -> list[Any]:
        of = [t for t in of if t.requires_grad]
        for leaf in wanted:
            leaf.grad = None
        if of:
            combination(of, seed).backward(create_graph=True)
        return [tensor(np.zeros_like(t.data)) if t.grad is None else t.grad for t in wanted]

    first = gradients(tracked, 0)
    second = gradients(first, 1) if operator.supports_gradgrad else []
    plain = [v.data if isinstance(v, Tensor) else v for v in values]
    return Derivatives(plain, *([t.data for t in some] for some in (first, second)))


def disagreement(operator: Any, function: Function, sample: Any) -> str | None:
    """Say in which order a sample first disagrees, and how; None if in none.

    What PyTorch gives beyond our results, such as the work space of ``lstsq``, is left out.
    """
    with warnings.catch_warnings(), np.errstate(all="ignore"):
        warnings.simplefilter("ignore")
        actual = here(operator, function, sample)
        expected = in_torch(operator, sample, len(actual.values))
    for order, a, e in zip(Derivatives._fields, actual, expected, strict=True):
        if len(a) != len(e):
            return f"{order}: {len(a)} results, PyTorch has {len(e)}"
        for one, other in zip(a, e, strict=True):
            if np.shape(one) != other.shape:
                return f"{order}: shape {np.shape(one)}, PyTorch has {other.shape}"
            tolerance = 1e-9 if _precise(sample) else 1e-4
            scale = np.max(np.abs(other[np.isfinite(other)]), initial=1.0)
            if not np.allclose(one, other, rtol=1e2 * tolerance, atol=tolerance * scale, equal_nan=True):
                return f"{order}: {np.ravel(one)[:4]}, PyTorch has {np.ravel(other)[:4]}"
    return None


def _precise(sample: Any) -> bool:
    """Tell whether all floating tensors of a sample are of float64."""
    tensors = [t for t in leaves((sample.input, sample.args, sample.kwargs)) if isinstance(t, torch.Tensor)]
    return all(t.dtype == torch.float64 for t in tensors if t.is_floating_point())
