"""Functional transforms: a function in, a function that gives its derivatives out.

Arguments are arrays, or nested tuples, lists and dicts of arrays. Arrays in, arrays out; what
depends on a tracked Tensor is given as a Tensor, so that transforms nest and mix with
``backward()``. Every transform makes vertices of its own for its arguments, so that one inside
another never confuses the two.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

import numpy as np

from autograd import errors, modes
from autograd.containers import leaves, leaves_like, mapped, rebuilt
from autograd.graph import Node, Vertex, sweep, topological_order
from autograd.handle import is_tracked, like
from autograd.pytorch import says_instead
from autograd.tensor import Tensor
from autograd.versions import next_serial

Function = Callable[..., Any]
Argnums = int | tuple[int, ...]


class _Trace:
    """One evaluation of a function, recorded with respect to some of its arguments."""

    def __init__(
        self, name: str, f: Function, primals: tuple[Any, ...], argnums: Iterable[int], has_aux: bool
    ) -> None:
        self.recording, self.since = modes.recording.get(), next_serial()
        self.primals = [primals[i] for i in argnums]
        given = leaves(self.primals)
        self.inputs = [self._input(name, leaf) for leaf in given]
        self.plain = not any(isinstance(leaf, Tensor) for leaf in given)
        traced = dict(zip(argnums, rebuilt(self.primals, iter(self.inputs)), strict=True))
        token = modes.transforming.set(name)
        try:
            with modes.enable_grad():
                result = f(*(traced.get(i, primal) for i, primal in enumerate(primals)))
        finally:
            modes.transforming.reset(token)
        self.out: Any
        self.aux: Any
        if has_aux and not (isinstance(result, (tuple, list)) and len(result) == 2):
            raise TypeError(errors.not_a_pair(result))
        self.out, self.aux = result if has_aux else (result, None)
        self.outputs = [Tensor.lift(out) for out in leaves(self.out)]
        if any(output.dtype.kind not in "fiub" for output in self.outputs):
            raise TypeError(errors.no_numbers(name, self.out))
        self.alone = not self._depends_on_others(self.outputs)
        self.linked = self.recording and not self.alone
        for own in self.inputs:  # nobody else is to take what we were asked about for a leaf of theirs
            own.tracked = own.node is not None

    def _input(self, name: str, leaf: Any) -> Tensor:
        """Make a vertex of our own for an argument."""
        if isinstance(leaf, Tensor) and leaf.tracked and self.recording:
            return Tensor.apply(np.positive, (leaf,))  # type: ignore[no-any-return]
        if isinstance(leaf, np.ma.MaskedArray):
            raise TypeError(errors.masked(name))
        if isinstance(leaf, np.matrix):
            raise TypeError(errors.matrix(name))
        array = leaf.data if isinstance(leaf, Tensor) else np.asarray(leaf)
        if array.dtype.kind != "f":
            raise TypeError(errors.not_differentiable_argument(name, leaf, array))
        return Tensor(array).requires_grad_()

    def _depends_on_others(self, outputs: list[Tensor]) -> bool:
        """Tell whether results depend on tracked Tensors beside our own arguments."""
        own = set(self.inputs)
        used: set[Any] = {output.node or output for output in outputs}
        for node in topological_order(*used, since=self.since):
            used.update(a for a in node.args if isinstance(a, Vertex))
        return any(
            vertex.serial < self.since if isinstance(vertex, Node) else vertex.tracked and vertex not in own
            for vertex in used
        )

    def pull_back(self, cotangents: list[Any]) -> list[Any]:
        """Return the cotangent of every input, given that of every output, or None where nothing flows in."""
        vertices: list[Vertex] = [tensor.node or tensor for tensor in self.inputs]
        record = self.linked or is_tracked(cotangents)
        seeds: dict[Vertex, Any] = {}
        with modes.set_grad_enabled(record):
            for output, cotangent in zip(self.outputs, cotangents, strict=True):
                if cotangent is None:
                    continue
                seed = like(cotangent, output, "cotangent")
                vertex, start = output.node or output, seed if record else seed.data
                seeds[vertex] = seeds[vertex] + start if vertex in seeds else start
            wrt = None if self.alone else vertices  # alone, all that was recorded leads to our own
            found = sweep(seeds, since=self.since, wrt=wrt, lift=Tensor.lift if record else None)
        return [
            x.hooked(found[vertex]) if vertex in found else np.zeros_like(x.data)
            for vertex, x in zip(vertices, self.inputs, strict=True)
        ]

    def finished(self, value: Any) -> Any:
        """Return a result to the user: an array, unless it is tracked or a Tensor came in."""
        if isinstance(value, Tensor):
            if value.tracked:
                return value
            value = value.data
        array = np.array(value)  # the caller's own: it may be a view of an argument or the cotangent
        return array[()] if self.plain else Tensor.lift(array)

    def value(self) -> Any:
        """Return what the function gave, without our own vertices if nothing else needs them."""
        return self.out if self.linked else mapped(lambda out: self.finished(Tensor.lift(out).data), self.out)

    def auxiliary(self) -> Any:
        """Return what else the function gave, likewise."""

        def finish(leaf: Any) -> Any:
            if (
                not isinstance(leaf, Tensor)
                or self.linked
                or (self.recording and self._depends_on_others([leaf]))
            ):
                return leaf
            return self.finished(leaf.data)

        return mapped(finish, self.aux)

    def arranged(self, arrays: Iterable[Any]) -> list[Any]:
        """Return one array for each input in the arguments' own containers."""
        found = map(self.finished, arrays)
        return [rebuilt(primal, found) for primal in self.primals]

    def gradients(self, cotangents: list[Any]) -> list[Any]:
        """Return the cotangents of the arguments, in the arguments' own containers."""
        return self.arranged(self.pull_back(cotangents))


def _check(f: Any, argnums: Any = 0) -> None:
    """Refuse a loss in place of the function, as PyTorch's grad takes it, and an argument for a position."""
    if not callable(f):
        raise TypeError(errors.not_a_function(f))
    positions = argnums if isinstance(argnums, (tuple, list)) else [argnums]
    if not all(isinstance(position, (int, np.integer)) for position in positions):
        raise TypeError(
            f"argnums: expected a position or a tuple of them, got {errors.describe(argnums)}; "
            f"the usual fix is grad(f)(x) for grad(f, x)"
        )


def _positions(argnums: Argnums, count: int) -> tuple[int, ...]:
    """Count ``argnums`` from the first argument, and refuse those that do not exist."""
    chosen = (argnums,) if isinstance(argnums, (int, np.integer)) else tuple(argnums)
    if not all(-count <= i < count for i in chosen):
        raise TypeError(f"argnums: expected positions among {count} positional arguments, got {argnums}")
    positions = tuple(i % count for i in chosen)
    if len(set(positions)) < len(positions):
        raise TypeError(f"argnums: expected each position once, got one twice in {argnums}")
    return positions


@says_instead
def value_and_grad(f: Function, argnums: Argnums = 0, has_aux: bool = False) -> Function:
    """Return the function that computes ``f`` and its gradient in one go.

    Args:
        f: a function with a scalar result; with ``has_aux``, of a pair (result, anything else).
        argnums: by which positional argument to differentiate, or by which ones.
        has_aux: whether ``f`` gives a pair.

    Returns:
        A function of the same arguments that gives ``(value, gradient)``, where the value is the pair
        if ``has_aux``. The gradient has the structure of the argument; with several ``argnums`` it
        is a tuple.

    Raises:
        TypeError: an argument is no floating array, or the result is no scalar.

    Example:
        >>> value_and_grad(lambda x: np.sum(x**2))(np.array([1.0, 2.0]))
        (np.float64(5.0), array([2., 4.]))
    """
    _check(f, argnums)

    def value_and_gradient(*args: Any, **kwargs: Any) -> Any:
        chosen = _positions(argnums, len(args))
        trace = _Trace("grad", lambda *a: f(*a, **kwargs), args, chosen, has_aux)
        if len(trace.outputs) != 1 or trace.outputs[0].size != 1:
            raise TypeError(errors.not_a_scalar_function(trace.out))
        gradients = trace.gradients([np.ones_like(trace.outputs[0].data)])
        gradient = gradients[0] if np.ndim(argnums) == 0 else tuple(gradients)
        return ((trace.value(), trace.auxiliary()) if has_aux else trace.value()), gradient

    return value_and_gradient


@says_instead
def grad(f: Function, argnums: Argnums = 0, has_aux: bool = False) -> Function:
    """Return the function that computes the gradient of ``f``.

    See :func:`value_and_grad` for the arguments. With ``has_aux`` the result is a pair
    (gradient, what else ``f`` gave).

    Example:
        >>> grad(lambda x: x**3)(2.0)
        np.float64(12.0)
        >>> grad(grad(lambda x: x**3))(2.0)
        np.float64(12.0)
        >>> grad(lambda w: np.sum(w["a"] * w["b"]))({"a": 2.0, "b": 3.0})
        {'a': np.float64(3.0), 'b': np.float64(2.0)}
    """
    both = value_and_grad(f, argnums, has_aux)

    def gradient(*args: Any, **kwargs: Any) -> Any:
        value, result = both(*args, **kwargs)
        return (result, value[1]) if has_aux else result

    return gradient


def vjp(f: Function, *primals: Any) -> tuple[Any, Function]:
    """Return ``f(*primals)`` and its pullback: cotangents of the result to those of the arguments.

    The pullback gives a tuple, one for each argument, and may be called many times.

    Example:
        >>> value, pullback = vjp(lambda x, y: x * y, 2.0, 3.0)
        >>> value, pullback(1.0)
        (np.float64(6.0), (np.float64(3.0), np.float64(2.0)))
    """
    _check(f)
    trace = _Trace("vjp", f, primals, range(len(primals)), False)
    return trace.value(), lambda cotangent: tuple(
        trace.gradients(leaves_like(cotangent, trace.out, "cotangent"))
    )


def jvp(f: Function, primals: tuple[Any, ...], tangents: tuple[Any, ...]) -> tuple[Any, Any]:
    """Return ``f(*primals)`` and its derivative in the direction of ``tangents``.

    The pullback is linear in the cotangent; to pull back through *it* is to push forward through f.

    Example:
        >>> jvp(lambda x, y: x * y, (2.0, 3.0), (1.0, 0.0))
        (np.float64(6.0), np.float64(3.0))
    """
    _check(f)
    for name, given in ("primals", primals), ("tangents", tangents):
        if not isinstance(given, (tuple, list)):
            got = errors.describe(given)
            raise TypeError(f"{name}: expected a tuple, got {got}; the usual fix is jvp(f, (x,), (v,))")
    trace = _Trace("jvp", f, primals, range(len(primals)), False)
    directions = leaves_like(tangents, primals, "tangents")
    if [np.shape(d) for d in directions] != [x.shape for x in trace.inputs]:
        raise ValueError(errors.wrong_tangents(directions, trace.inputs))
    cotangents = [
        Tensor(np.ones(out.shape, out.dtype if out.dtype.kind == "f" else float)).requires_grad_()
        for out in trace.outputs
    ]
    with modes.enable_grad():
        pulled = trace.pull_back(list(cotangents))
        total = sum((np.sum(g * d) for g, d in zip(pulled, directions, strict=True)), Tensor(np.zeros(())))
    record = trace.recording and (trace.linked or is_tracked(directions))
    for cotangent in cotangents:
        cotangent.tracked = False
    one = np.ones_like(total.data)
    with modes.set_grad_enabled(record):
        found = sweep(
            {total.node or total: Tensor(one) if record else one},
            since=trace.since,
            wrt=cotangents,
            lift=Tensor.lift if record else None,
        )
    pushed = [trace.finished(found.get(c, np.zeros_like(c.data))) for c in cotangents]
    return trace.value(), rebuilt(trace.out, iter(pushed))


@says_instead
def jacobian(f: Function, argnums: Argnums = 0) -> Function:
    """Return the function that computes the Jacobian of ``f``.

    For an argument of shape I and a result of shape O, its shape is O + I. Containers of results
    give containers of Jacobians, and those of arguments give containers inside them.

    Example:
        >>> jacobian(lambda x: x**2)(np.array([1.0, 2.0]))
        array([[2., 0.],
               [0., 4.]])
    """
    _check(f, argnums)

    def jacobian_of(*args: Any, **kwargs: Any) -> Any:
        chosen = _positions(argnums, len(args))
        trace = _Trace("jacobian", lambda *a: f(*a, **kwargs), args, chosen, False)
        blocks = []
        for i, out in enumerate(trace.outputs):
            rows = []
            for position in np.ndindex(out.shape):
                seed = np.zeros_like(out.data)
                seed[position] = 1
                cotangents: list[Any] = [None] * len(trace.outputs)
                cotangents[i] = seed
                rows.append(trace.pull_back(cotangents))
            shapes = [out.shape + x.shape for x in trace.inputs]
            columns = [
                np.reshape(np.stack([row[k] for row in rows]), shape) if rows else np.zeros(shape, x.dtype)
                for k, (shape, x) in enumerate(zip(shapes, trace.inputs, strict=True))
            ]
            block = trace.arranged(columns)
            blocks.append(block[0] if np.ndim(argnums) == 0 else tuple(block))
        return rebuilt(trace.out, iter(blocks))

    return jacobian_of


@says_instead
def hessian(f: Function, argnums: Argnums = 0) -> Function:
    """Return the function that computes the matrix of second derivatives of a scalar function.

    Example:
        >>> hessian(lambda x: np.sum(x**3))(np.array([1.0, 2.0]))
        array([[ 6.,  0.],
               [ 0., 12.]])
    """
    return jacobian(grad(f, argnums), argnums)


def hvp(f: Function, x: Any, v: Any) -> Any:
    """Compute the product of the Hessian of ``f`` at ``x`` with ``v``, which has the structure of x.

    The Hessian is symmetric, so one pullback through the gradient gives it.

    Example:
        >>> hvp(lambda x: np.sum(x**3), np.array([1.0, 2.0]), np.array([1.0, 1.0]))
        array([ 6., 12.])
    """
    for direction, leaf in zip(leaves_like(v, x, "v"), leaves(x), strict=True):
        if np.shape(direction) != np.shape(leaf):
            raise ValueError(f"v: expected the shape of x, {np.shape(leaf)}, got {np.shape(direction)}")
    _, pullback = vjp(grad(f), x)
    return pullback(v)[0]
