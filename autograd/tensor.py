"""Tensor: the handle that a user holds on an array, and on the call that it came from."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from autograd import errors, modes
from autograd.derivatives.calls import bind
from autograd.derivatives.table import TABLE, Derivative
from autograd.graph import Node, Vertex
from autograd.handle import is_tracked, plain
from autograd.methods import ArrayMethods
from autograd.other_calls import apply_into, apply_other


class Tensor(ArrayMethods):
    """An array whose history is recorded, so that gradients can flow back through it.

    A Tensor is a *leaf* if a user made it; otherwise its ``node`` is the call that it came from.
    It follows NumPy's rules for shapes, dtypes, broadcasting and indexing; NumPy's functions take
    it and give Tensors back. Make one with :func:`tensor`.

    Example:
        >>> x = tensor([1.0, 2.0, 3.0], requires_grad=True)
        >>> loss = np.sum(x**2)
        >>> loss.backward()
        >>> x.grad
        tensor([2., 4., 6.])
    """

    __slots__ = ()
    __pandas_priority__ = 5000  # so that ``series * tensor`` is our call, not a Series of Tensors

    @staticmethod
    def apply(function: Any, args: tuple[Any, ...], kwargs: dict[str, Any] | None = None) -> Any:
        """Call ``function`` on the arrays of its arguments; record the call if one is tracked."""
        entry = TABLE.get(function)
        if type(entry) is not Derivative:
            return apply_other(entry, function, args, kwargs or {}, Tensor.lift)
        if kwargs or len(args) != len(entry.names):
            args, kwargs = bind(entry, args, kwargs or {})
            if kwargs and is_tracked(kwargs):
                raise TypeError(errors.tracked_keyword(function, kwargs))
            kwargs = kwargs and plain(kwargs)
        values, arguments, tracked = [], [], []
        for i, argument in enumerate(args):
            if isinstance(argument, Tensor):
                values.append(argument._array)
                if argument.tracked:
                    tracked.append(i)
                    argument = argument.node or argument
            else:
                values.append(argument)
            arguments.append(argument)
        try:
            out = entry.forward(*values, **kwargs) if kwargs else entry.forward(*values)
        except (TypeError, ValueError, IndexError) as error:
            raise errors.explained(error, function, args) from error
        residual = node = None
        if entry.residual is not None:
            out, residual = out
        if type(out) is not np.ndarray:
            if not isinstance(out, np.generic) and (words := errors.no_plain_array(function, out, args)):
                raise TypeError(words)
            out = np.asarray(out)
        recording = modes.recording.get()
        if tracked and recording:
            which = tuple(tracked)
            plan = entry.plans.get(which) or entry.plan(which, len(args))
            if plan.pullbacks:
                if out.dtype.kind != "f":
                    raise TypeError(errors.not_real(function, out, args))
                node = Node(plan, tuple(arguments), kwargs or None, values, out, residual)
        result = Tensor(out, node)
        if node is None:
            if out.dtype.kind in "cO":
                raise TypeError(errors.not_real(function, out, args))
            cut = ("no_grad()", function) if tracked and not recording else None
            result.cut = cut or next((a.cut for a in args if isinstance(a, Tensor) and a.cut), None)
        if out.base is not None or out is values[0]:
            result.look_at(args, function, kwargs)
        return result

    @staticmethod
    def lift(value: Any, vertex: Vertex | None = None) -> Tensor:
        """Make a Tensor of an array; if it is the value of a vertex, a Tensor of that."""
        if vertex is None and type(value) is np.ndarray:  # the most frequent case
            return Tensor(value)
        if isinstance(value, Tensor):
            return value
        if isinstance(vertex, Tensor):
            return vertex
        return Tensor(value if type(value) is np.ndarray else np.asarray(value), vertex)  # type: ignore[arg-type]

    def __array_ufunc__(self, ufunc: np.ufunc, method: str, *args: Any, **kwargs: Any) -> Any:
        """Answer ``np.add(x, y)`` and every other ufunc, and ``np.add.reduce(x)`` (NEP 13)."""
        if method != "__call__":
            return self.apply(getattr(ufunc, method), args, kwargs)
        if kwargs.keys() & {"out", "where"}:
            return apply_into(TABLE.get(ufunc), ufunc, args, kwargs)
        return self.apply(ufunc, args, kwargs)

    def __array_function__(self, function: Any, types: Any, args: Any, kwargs: Any) -> Any:
        """Answer ``np.sum(x)`` and every other function of NumPy (NEP 18)."""
        return self.apply(function, args, kwargs)

    def __array__(self, dtype: npt.DTypeLike | None = None, copy: bool | None = None) -> np.ndarray[Any, Any]:
        """Answer ``np.asarray(x)``, but not silently drop a gradient."""
        if self.tracked:
            raise TypeError(errors.to_array(self))
        return np.array(self._array, dtype=dtype, copy=copy)
