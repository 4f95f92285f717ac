"""NumPy under the name by which programs for HIPS autograd import it: ``import autograd.numpy as np``.

There it is a copy whose functions know the engine; NumPy's own functions take Tensors. But NumPy does not
ask a Tensor inside of a list what to do, nor in a call that makes an array. Such calls are made once more
here, with ``like=`` the Tensor or with arrays in the place of the lists.

Example:
    >>> import autograd.numpy as anp
    >>> anp.sin is np.sin
    True
    >>> grad(lambda t: anp.array([[anp.cos(t), -anp.sin(t)], [anp.sin(t), anp.cos(t)]])[1, 0])(0.0)
    np.float64(1.0)
    >>> grad(lambda x: anp.mean([x, x**2, 1.0]))(3.0)
    np.float64(2.3333333333333335)
"""

import sys
from collections.abc import Callable
from functools import cache, wraps
from importlib import import_module
from types import ModuleType
from typing import Any

import numpy

from autograd.containers import leaves
from autograd.derivatives.table import TABLE
from autograd.handle import is_tracked

Function = Callable[..., Any]


def _tracked_in(value: Any) -> Any:
    """Find a tracked Tensor in nested lists, or None."""
    return next(filter(is_tracked, leaves(value)), None)


def _or_else(function: Function, again: Function) -> Function:
    """Make a call of NumPy's function ``again``, if it refuses the tracked Tensors that it is given."""

    @wraps(function)
    def call(*args: Any, **how: Any) -> Any:
        try:
            return function(*args, **how)
        except TypeError:
            if not is_tracked((args, how)):
                raise
        return again(*args, **how)

    call.__module__ = call.__module__.replace("numpy", __name__, 1)  # where pickle finds it
    return call


def _makes_tensors(function: Function) -> Function:
    """Let a function of NumPy that makes arrays make a Tensor, where it is given tracked ones."""
    return _or_else(function, lambda *args, **how: function(*args, **how, like=_tracked_in((args, how))))


@cache  # for np.concat is np.concatenate
def _takes_lists(function: Function) -> Function:
    """Let a function of NumPy take lists with tracked Tensors in the place of arrays."""
    return _or_else(
        function,
        lambda *args, **how: function(
            *map(_without_lists, args), **{name: _without_lists(how[name]) for name in how}
        ),
    )


def _without_lists(value: Any) -> Any:
    """Make an array of a list with tracked Tensors; of its parts, if these differ in shape."""
    tensor = _tracked_in(value) if isinstance(value, (list, tuple)) else None
    if tensor is None:
        return value
    try:
        return numpy.asarray(value, like=tensor)
    except ValueError:
        return [*map(_without_lists, value)]


array = _makes_tensors(numpy.array)
asarray = _makes_tensors(numpy.asarray)
full = _makes_tensors(numpy.full)
arange = _makes_tensors(numpy.arange)


class _Joining:
    """``np.r_`` or ``np.c_``: arrays, numbers and ranges between brackets are joined."""

    def __init__(self, whole: Any, join: Function) -> None:
        self.whole, self.join = whole, join

    def __getitem__(self, key: Any) -> Any:
        if not is_tracked(key):
            return self.whole[key]
        parts = key if isinstance(key, tuple) else (key,)
        if isinstance(parts[0], str):
            raise TypeError(f"np.r_[{parts[0]!r}, ...] does not take Tensors; use np.concatenate or np.stack")
        return self.join([asarray(part) if is_tracked(part) else self.whole[part] for part in parts])


def _in_a_row(parts: list[Any]) -> Any:
    return numpy.concatenate([numpy.atleast_1d(part) for part in parts])


r_ = _Joining(numpy.r_, _in_a_row)
c_ = _Joining(numpy.c_, numpy.column_stack)


def _names_of(part: ModuleType, known: dict[str, Any]) -> Callable[[str], Any]:
    """Make the ``__getattr__`` of a module that has the names of a part of NumPy, and keeps what it found."""

    def find(name: str) -> Any:
        found = getattr(part, name)
        takes_arrays = callable(found) and found in TABLE and not isinstance(found, numpy.ufunc)
        return known.setdefault(name, _takes_lists(found) if takes_arrays else found)

    return find


__getattr__ = _names_of(numpy, globals())

linalg = ModuleType(f"{__name__}.linalg", numpy.linalg.__doc__)
linalg.__getattr__ = _names_of(numpy.linalg, vars(linalg))  # type: ignore[method-assign]

sys.modules[linalg.__name__] = linalg
for _part in ("fft", "random"):
    sys.modules[f"{__name__}.{_part}"] = import_module(f"numpy.{_part}")
