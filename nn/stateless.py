"""Modules as functions of their weights."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from operator import is_
from typing import Any

from autograd import Tensor
from nn.module import Module, check_state, matched
from nn.parameter import in_place_of

# By the place, lest a list of two names counts twice: a list or dict, a key, what stands there, what shall.
Changes = dict[tuple[int, Any], tuple[Any, Any, Any, Any]]


def functional_call(
    module: Module,
    parameter_and_buffer_dicts: Mapping[str, Any] | Sequence[Mapping[str, Any]],
    args: Any = None,
    kwargs: Mapping[str, Any] | None = None,
) -> Any:
    """Call a module with other weights in the place of its own, through which gradients flow.

    So a loss becomes a function of the weights, which ``grad``, ``hessian`` and the other transforms
    take; and the weights may be results: of a step of descent, as in MAML (Finn, Abbeel and Levine,
    2017), or of another network, as in a hypernetwork (Ha, Dai and Le, 2016).

    Its name and arguments are those of ``torch.func.functional_call``.

    Args:
        module: the module. Afterwards it has its own weights again, also if the call fails. During the
            call it has not, so two threads need a copy each.
        parameter_and_buffer_dicts: arrays or Tensors by the names of parameters and buffers, or several
            such dicts; what has no name in them stays. What is shared has one of its names, and is
            replaced everywhere. A buffer that the module writes in place is written in what was given,
            unless that is a leaf that requires a gradient.
        args: a tuple of arguments, or the one argument.
        kwargs: keyword arguments.

    Returns:
        What the module gives.

    Raises:
        TypeError: this is no module, or these are no values by name.
        ValueError: a name is unknown or stands in two dicts, a shape is another than that of the
            module's own, or what is shared has two values.

    Example:
        >>> model, x, y = nn.Linear(2, 1, rng=0), np.ones((3, 2)), np.zeros((3, 1))
        >>> def loss(weights):
        ...     return nn.functional.mse_loss(nn.functional_call(model, weights, (x,)), y)
        >>> gradient = autograd.grad(loss)({name: p.data for name, p in model.named_parameters()})
        >>> loss(dict(model.named_parameters())).backward()
        >>> bool((gradient["weight"] == model.weight.grad).all())
        True
    """
    if not isinstance(module, Module):
        raise TypeError(f"module: expected a module, got {type(module).__name__}")
    dicts: Any = parameter_and_buffer_dicts
    given = _merged(dicts if isinstance(dicts, (tuple, list)) else [dicts])
    places = [
        *module.named_parameters(remove_duplicate=False),
        *module.named_buffers(remove_duplicate=False),
    ]
    values, keys = matched(module, places, given, strict=False)
    if keys.unexpected_keys:
        known, unknown = (", ".join(names) for names in (dict(places), keys.unexpected_keys))
        raise ValueError(f"names: expected some of {known or 'none'}, got {unknown}")
    arguments = () if args is None else args if isinstance(args, tuple) else (args,)
    with _exchanged(module, {own: in_place_of(own, value) for own, value in values.items()}):
        return module(*arguments, **(kwargs or {}))


def _merged(dicts: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """Make one dict of several, which may not have a name in common."""
    merged: dict[str, Any] = {}
    for given in dicts:
        check_state("parameter_and_buffer_dicts", given)
        if both := merged.keys() & given.keys():
            raise ValueError(f"names: expected each in one dict, got {min(both)} in two")
        merged |= given
    return merged


@contextmanager
def _exchanged(module: Module, new: dict[Tensor, Tensor]) -> Iterator[None]:
    """Put other Tensors in the place of some, wherever they stand in a module, until the block ends."""
    changes: Changes = {}
    for part in module.modules():
        _replaced(vars(part), new, changes)
    try:
        for items, key, _, after in changes.values():
            items[key] = after
        yield
    finally:
        for items, key, before, _ in changes.values():
            if isinstance(items, list):
                items[key : key + 1] = [before]  # the list may have become shorter
            else:
                items[key] = before


def _replaced(value: Any, new: dict[Tensor, Tensor], changes: Changes) -> Any:
    """Return what shall stand in the place of a value; note what shall change inside of lists and dicts."""
    if isinstance(value, Tensor):
        return new.get(value, value)
    if isinstance(value, tuple):
        others = [_replaced(item, new, changes) for item in value]
        if all(map(is_, others, value)):
            return value
        return type(value)(*others) if hasattr(value, "_fields") else type(value)(others)
    if isinstance(value, (list, dict)):
        for key, item in value.items() if isinstance(value, dict) else enumerate(value):
            other = _replaced(item, new, changes)
            if other is not item:
                changes[id(value), key] = value, key, item, other
    return value
