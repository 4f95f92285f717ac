"""What is checked: a function of nested arguments and modules, as a function of a list of arrays."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterable
from typing import Any

import numpy as np

from autograd import errors, modes
from autograd.checking.state import State
from autograd.containers import leaves, rebuilt
from autograd.differentiate import vjp
from autograd.handle import plain
from autograd.tensor import Tensor

Array = np.ndarray[Any, Any]


class Problem:
    """A function of a list of arrays, the arrays, and their names.

    Attributes:
        call: gives the function's result, of a list of arrays or Tensors.
        arrays: where the derivatives are checked.
        names: what the arrays are called.
        results: what the results are called, if it is known already.
        takes_complex: whether the function may be tried with complex arrays, which modules do not take.
        exact: the arrays in float64, which differences start from.
    """

    def __init__(
        self,
        call: Callable[[list[Any]], Any],
        arrays: list[Array],
        names: list[str],
        results: list[str] | None = None,
        takes_complex: bool = False,
    ) -> None:
        self.call, self.arrays, self.names, self.results = call, arrays, names, results
        self.takes_complex = takes_complex
        self.exact = [np.asarray(array, float) for array in arrays]

    def values(self, arrays: list[Array]) -> list[Array]:
        """Return the results' arrays, in float64. To be called where no calls are recorded."""
        found = leaves(self.call([Tensor.lift(array) for array in arrays]))
        return [np.asarray(x.data if isinstance(x, Tensor) else x, float) for x in found]

    def recorded(self) -> list[Tensor]:
        """Return the results as Tensors, with the calls that they came from."""
        with modes.enable_grad():
            inputs = [Tensor(np.array(array)).requires_grad_() for array in self.arrays]
            return [Tensor.lift(leaf) for leaf in leaves(self.call(inputs))]

    def differentiated(self) -> tuple[Any, list[Array], Callable[[list[Array]], list[Array]]]:
        """Return the result, its leaves, and the pullback: a function of the leaves' cotangents."""
        value, pullback = vjp(self.call, self.arrays)
        return (
            value,
            [np.asarray(plain(leaf)) for leaf in leaves(value)],
            lambda cotangents: [np.asarray(plain(g)) for g in pullback(rebuilt(value, iter(cotangents)))[0]],
        )

    def pulled_back(self, structure: Any, cotangents: list[Array]) -> Problem:
        """Return the problem whose function is the pullback of this one's, and whose point the same."""
        count = len(self.arrays)

        def call(arrays: list[Any]) -> Any:
            return vjp(self.call, arrays[:count])[1](rebuilt(structure, iter(arrays[count:])))[0]

        results = self.results or paths(structure, "")
        cotangents_names = [f"the cotangent of {name}" if name else "the cotangent" for name in results]
        gradients = [f"(gradient by {name})" for name in self.names]
        return Problem(
            call, [*self.arrays, *map(frozen, cotangents)], [*self.names, *cotangents_names], gradients
        )

    def result_names(self, structure: Any) -> list[str]:
        """Name the leaves of the result."""
        return self.results or paths(structure, "result")


def problem_of(f: Callable[..., Any], inputs: tuple[Any, ...], allow_float32: bool) -> Problem:
    """Take apart a function's inputs, and list with them the parameters of modules.

    Raises:
        TypeError: ``f`` is no function, or an input is not of dtype float64, or of float32 where that is
            not allowed.
        ValueError: an input is not finite.
    """
    if not callable(f):
        raise TypeError(f"gradcheck: {errors.not_a_function(f)}")
    modules = {i - 1: x for i, x in enumerate((f, *inputs)) if hasattr(x, "named_parameters")}
    for module in modules.values():
        if isinstance(module, type):
            raise TypeError(
                f"gradcheck: expected a module, got the class {module.__name__}; call it to make one"
            )
    own = [None if i in modules else tree for i, tree in enumerate(inputs)]
    given = [frozen(plain(leaf)) for leaf in leaves(own)]
    names = [name for pair in zip(own, _names(f, inputs), strict=True) for name in paths(*pair)]
    if not modules:
        for name, array in zip(names, given, strict=True):
            _refuse(name, array, allow_float32)
        return Problem(lambda new: f(*rebuilt(inputs, iter(new))), given, names, takes_complex=True)
    varied = [i for i, array in enumerate(given) if -1 not in modules or array.dtype.kind == "f"]
    state = State(list(modules.values()))
    names = [*state.names, *(names[i] for i in varied)]
    arrays = [*(p.data for p in state.parameters), *(given[i] for i in varied)]
    for name, array in zip(names, arrays, strict=True):
        _refuse(name, array, allow_float32)
    count = len(state.parameters)

    def call(new: list[Any]) -> Any:
        everything: list[Any] = list(given)
        for i, array in zip(varied, new[count:], strict=True):
            everything[i] = array
        arguments = rebuilt(own, iter(everything))
        for i in modules.keys() - {-1}:
            arguments[i] = modules[i]
        with state.replaced(new[:count]):
            return f(*arguments)

    return Problem(call, arrays, names)


def frozen(array: Any, dtype: Any = None, order: Any = "K") -> Array:
    """Copy an array, read-only, so that a rule that writes to it fails."""
    copy = np.array(array, dtype, order=order)
    copy.flags.writeable = False
    return copy


def _refuse(name: str, array: Array, allow_float32: bool) -> None:
    """Raise where an input cannot be checked."""
    if not (array.dtype == np.float64 or (allow_float32 and array.dtype == np.float32)):
        raise TypeError(
            f"gradcheck: expected float64, got {array.dtype} in {name}; use x.astype(float)"
            + (", or allow_float32=True to check what float32 can tell" if array.dtype == np.float32 else "")
            + (", or, for indices and labels, a function without them" if array.dtype.kind in "iub" else "")
        )
    if not np.all(np.isfinite(array)):
        where = indexed(name, np.unravel_index(int(np.argmin(np.isfinite(array))), array.shape))
        raise ValueError(f"gradcheck: expected finite inputs to differ from, got NaN or infinity in {where}")


def _names(f: Callable[..., Any], inputs: tuple[Any, ...]) -> list[str]:
    """Name the inputs as the function does, or else by their positions."""
    try:
        parameters = list(inspect.signature(getattr(f, "forward", f)).parameters.values())
    except ValueError:  # a function written in C does not tell
        parameters = []
    positional = [p for p in parameters if p.kind in (p.POSITIONAL_ONLY, p.POSITIONAL_OR_KEYWORD)]
    rest = next((p.name for p in parameters if p.kind is p.VAR_POSITIONAL), None)
    named = [p.name for p in positional[: len(inputs)]]
    count = len(named)
    return named + [f"{rest}[{i - count}]" if rest else f"input {i}" for i in range(count, len(inputs))]


def paths(tree: Any, name: str) -> list[str]:
    """Name the leaves of a container by the way to each of them.

    Example:
        >>> paths({"w": [1.0, 2.0], "b": (3.0,)}, "p")
        ["p['w'][0]", "p['w'][1]", "p['b'][0]"]
    """
    if isinstance(tree, dict):
        branches = [(f"{name}[{key!r}]", branch) for key, branch in tree.items()]
    elif isinstance(tree, (tuple, list)):
        keys = getattr(tree, "_fields", None)
        branches = [(f"{name}.{keys[i]}" if keys else f"{name}[{i}]", b) for i, b in enumerate(tree)]
    else:
        return [] if tree is None else [name]
    return [path for way, branch in branches for path in paths(branch, way)]


def weighted(weights: Iterable[Array], values: Iterable[Array]) -> float:
    """Sum all results, each of their elements times its weight."""
    return sum(float(np.vdot(u, value)) for u, value in zip(weights, values, strict=True))


def indexed(name: str, index: tuple[Any, ...]) -> str:
    """Name an element of an array.

    Example:
        >>> indexed("x", (1, 2)), indexed("loss", ())
        ('x[1, 2]', 'loss')
    """
    return f"{name}[{', '.join(map(str, map(int, index)))}]" if index else name
