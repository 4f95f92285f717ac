"""What errors say: which tensor or argument, what was expected, what came, and the usual fix."""

from __future__ import annotations

import difflib
import inspect
import reprlib
from collections.abc import Iterable
from numbers import Number
from typing import Any

import numpy as np

from autograd.containers import leaves
from autograd.derivatives.calls import name_of, shape_of
from autograd.derivatives.positions import moved
from autograd.derivatives.primitive import MASKED
from autograd.derivatives.table import TABLE, Constant
from autograd.variables import callers_function, callers_variables


def describe(tensor: Any) -> str:
    """Name a Tensor, a node or an array as its user would: ``'w', a float64 tensor of shape (3,)``.

    The name is the Tensor's own, or that of a variable which holds it in one of the callers.
    """
    if isinstance(tensor, (tuple, list, dict)):
        inside = leaves(tensor)
        if any(hasattr(leaf, "dtype") for leaf in inside):
            return f"a {type(tensor).__name__} of " + "; ".join(map(describe, inside))
    if isinstance(tensor, tuple):
        return reprlib.repr(tensor)
    if not hasattr(tensor, "dtype"):
        shape = _shape_of_list(tensor)
        return reprlib.repr(tensor) if not shape else f"a {type(tensor).__name__} of shape {shape}"
    kind = "array" if isinstance(tensor, np.ndarray) else "sparse matrix" if _is_sparse(tensor) else "tensor"
    name = getattr(tensor, "name", None) or variable_name(tensor)
    article = "an" if str(tensor.dtype)[0] in "aeiou" and tensor.dtype.kind != "u" else "a"
    what = f"{article} {tensor.dtype} {kind} of shape {tuple(tensor.shape)}"
    return f"{name!r}, {what}" if name else what


def _is_sparse(value: Any) -> bool:
    return hasattr(value, "toarray")


def _shape_of_list(value: Any) -> tuple[int, ...]:
    """Return the shape of nested lists, () if they have none."""
    try:
        return np.shape(value)
    except ValueError:
        return ()


def variable_name(value: Any) -> str | None:
    """Find the name of a user's variable that holds ``value``, or a Tensor on it, in one of the callers."""
    known = callers_variables(libraries=False)
    held = ((name, it) for name, it in known if it is value or _node_of(it) is value)
    return next((name for name, _ in held), None)


def _node_of(value: Any) -> Any:
    return value.node if hasattr(type(value), "node") and hasattr(type(value), "tracked") else ...


# Calls

_KINDS = np.linalg.LinAlgError, np.exceptions.AxisError, TypeError, ValueError, IndexError  # narrowest first
_TILE = "np.tile(x, (2, 1)) to repeat the whole array, as PyTorch's repeat does"
_FIXES = {  # by what NumPy says
    "'list' object cannot be interpreted as an integer": "a tuple for several axes: axis=(0, 1)",
    "'bitwise_xor' not supported": "x ** 2 for a power",
    "np.concatenate: The truth value": "np.concatenate([x, y])",
    "Cannot interpret 'True' as a data type": "keepdims=True, by its name",
    "np.repeat: axis": _TILE,
    "np.repeat: operands": _TILE,
    **{
        f"np.{name}: {why}": f"np.{name}imum(x, y) for the elements of two arrays"
        for name in ("max", "min")
        for why in ("only integer", "there is no derivative by its options (axis)")
    },
    "np.transpose: axes don't match array": "np.swapaxes(x, 1, 2) for two axes, else one number for each axis",
}


def explained(error: Exception, function: Any, args: Iterable[Any]) -> Exception:
    """Retell NumPy's error: name the function and its arguments, and say the usual fix.

    An error that says that it ``explains_itself``, as those that are retold do, is raised as it is, and so is
    one of a user's own class, which a function given to ``np.apply_along_axis`` may raise.
    """
    home = type(error).__module__.partition(".")[0]
    if getattr(error, "explains_itself", False) or home not in ("builtins", "numpy"):
        raise error
    if function is moved and not isinstance(error, TypeError):
        raise error  # retold in the name of the function that is defined by it
    words, name = str(error), name_of(function)
    lines = [words if words.startswith(name) else f"{name}: {words}"]
    lines += [f"  argument {i}: {describe(a)}" for i, a in enumerate(args)]
    fixes = _fixes(lines[0])
    if any(map(_is_sparse, args)):
        fixes = ["a.toarray() for a sparse matrix a"]
    if fixes:
        lines += [f"the usual fix is {fix}" for fix in fixes]
    elif "matmul" in function.__name__ and isinstance(error, ValueError):
        lines.append(
            "expected: the last axis of the first and the second-last of the second are equally long; "
            "the usual fix is to transpose one (w.T) or to reshape"
        )
    elif "broadcast" in words and "remapped" not in words:  # as einsum and broadcast_to say
        lines.append(
            "expected: shapes that broadcast, where axes, counted from the last, are equal or 1; "
            "the usual fix is an axis of length 1 (x[:, None]) or a reshape"
        )
    kind = next(kind for kind in _KINDS if isinstance(error, kind))
    retold = kind("\n".join(lines))
    retold.__dict__["explains_itself"] = True
    return retold


def _fixes(words: str) -> list[str]:
    return [fix for what, fix in _FIXES.items() if what in words]


def unknown_argument(function: Any, define: Any, args: Any, kwargs: Any) -> str:
    """Refuse an argument that a definition does not know."""
    known = inspect.signature(define).parameters
    unknown = [f"{name}=" for name in kwargs if name not in known] or [f"{len(args)} arguments by position"]
    return (
        f"{name_of(function)} with {unknown[0]} has no derivative here; known are {', '.join(known)}. Write it "
        f"through other functions, or leave the graph with tensor.detach()"
    )


def no_derivative(function: Any, entry: Any) -> str:
    """Refuse a function that the table refuses, or does not have."""
    if entry is not None:
        return f"{name_of(function)} has no derivative here: {entry.reason}; or leave the graph with tensor.detach()"
    names = [name_of(known) for known, entry in TABLE.items() if not isinstance(entry, Constant)]
    near = difflib.get_close_matches(name_of(function), names, 1, cutoff=0.75)
    hint = f"; the nearest function that has one is {near[0]}" if near else ""
    return (
        f"{name_of(function)} has no derivative here{hint}. Write it through functions that have one, "
        f"enter one with autograd.derivative(), or leave the graph with tensor.detach()"
    )


def out_or_where(ufunc: Any, kwargs: Any) -> str:
    """Refuse ``out=`` and ``where=`` of ufuncs."""
    name = name_of(ufunc)
    if any(hasattr(array, "requires_grad") for array in kwargs.get("out", ())):
        return f"{name}(..., out=) cannot write into a Tensor; the usual fix is x[...] = {name}(...)"
    if "out" in kwargs:
        return (
            f"{name}(..., out=) cannot write a Tensor's value into an array: its gradient would be lost. "
            f"Write a = a + tensor in place of a += tensor, or leave the graph with tensor.detach()"
        )
    return f"{name}(..., where=) has no derivative here; use np.where(condition, {name}(x), other)"


def into_array(function: Any) -> str:
    """Refuse to write a Tensor's value into an array."""
    caller = callers_function("numpy", ("full_like",))
    name = f"np.{caller}" if caller else name_of(function)
    return (
        f"{name} would write a Tensor that requires a gradient into an array, which would lose it. "
        f"The usual fix: make the array a Tensor first, by autograd.tensor(array); or detach() the value"
    )


def tracked_keyword(function: Any, kwargs: dict[str, Any]) -> str:
    """Refuse a tracked Tensor as an option, whose gradient would be lost."""
    words = (
        f"{name_of(function)}: there is no derivative by its options ({', '.join(kwargs)}), and one of them is "
        f"a Tensor that requires a gradient, which would be lost; the usual fix is "
    )
    return words + " or ".join(_fixes(words) or ["detach()"])


def not_real(function: Any, result: Any, args: Any = ()) -> str:
    """Refuse results that are no real floating numbers."""
    if result.dtype == object and (unknown := _objects(args)):
        return (
            f"{name_of(function)}: expected real numbers that NumPy knows, got {describe(unknown[0])}; "
            f"the usual fix is float(number), or x.astype(float) for an array"
        )
    parts = "arrays of the real and the imaginary parts"
    dense = "a floating dtype, as by x.astype(float), or a.toarray() for a sparse matrix a"
    fix = parts if result.dtype.kind == "c" else dense
    return (
        f"{name_of(function)}: the result has dtype {result.dtype}, and gradients are for real floating "
        f"numbers; the usual fix is {fix}"
    )


def no_array(name: str, data: Any) -> str:
    """Refuse to make a Tensor of what is no array."""
    return f"{name}: expected an array, got {type(data).__name__}; the usual fix is tensor(data), in small letters"


def masked(where: str) -> str:
    """Refuse masked arrays."""
    return f"{where}: {MASKED}"


def matrix(where: str) -> str:
    """Refuse matrices."""
    return (
        f"{where}: np.matrix has no gradients here, for its * and ** are products of matrices, those of arrays "
        f"are not; the usual fix is A = np.asarray(A), with A @ x for the product"
    )


def no_plain_array(function: Any, out: Any, args: Any) -> str:
    """Refuse a result that is no array of NumPy's numbers, as a Tensor although the function was given arrays."""
    if isinstance(out, np.ma.MaskedArray):
        return masked(name_of(function))
    if isinstance(out, np.matrix):
        return matrix(name_of(function))
    if hasattr(out, "requires_grad"):
        return (
            f"{name_of(function)}: expected an array as its result, got a Tensor; Tensors inside of a list, tuple "
            f"or dict are not made arrays. The usual fix is an argument of its own for each"
        )
    return not_real(function, np.array(out, object), args) if _objects(args) else ""


def _objects(args: Any) -> list[Any]:
    """Find numbers that NumPy knows as objects only."""
    known = [leaf for leaf in leaves(args) if isinstance(leaf, (Number, np.ndarray))]
    return [leaf for leaf in known if np.asarray(leaf).dtype == object]


# Making Tensors, and leaving them

_COUNTERPARTS = {  # of functions that take arrays only
    "numpy": {
        "__getitem__": ("np.r_ and np.c_", "np.concatenate and np.column_stack"),
        "einsum": ("a list or tuple in np.einsum", "np.einsum(subscripts, x, y)"),
    },
    "scipy": {
        **{f: (f"scipy.special.{f}", f"nn.functional.{f}") for f in ("log_softmax", "logsumexp", "softmax")},
        **{f: (f"scipy.linalg.{f}", f"np.linalg.{f}") for f in ("det", "inv", "solve")},
        **dict.fromkeys(("__matmul__", "__mul__"), ("a sparse matrix a", "a.toarray()")),
        "cho_solve": ("scipy.linalg.cho_solve", "np.linalg.solve"),
        "cdf": ("scipy.stats.norm.cdf(x)", "scipy.special.ndtr(x)"),
        "logcdf": ("scipy.stats.norm.logcdf(x)", "scipy.special.log_ndtr(x)"),
        "logpdf": ("scipy.stats.norm.logpdf(x)", "-(x**2 + math.log(2 * math.pi)) / 2"),
        "pdf": ("scipy.stats.norm.pdf(x)", "np.exp(-(x**2) / 2) / math.sqrt(2 * math.pi)"),
    },
}


def not_numbers(argument: str, array: Any) -> str:
    """Refuse arrays of strings, objects and complex numbers."""
    if array.dtype == object and array.ndim == 0:
        inside = array.item()
        got = "None; is a return missing?" if inside is None else type(inside).__name__
        return f"{argument}: expected real numbers, got {got}"
    return (
        f"{argument}: expected real numbers, got an array of dtype {array.dtype}; "
        f"convert it first, as with array.astype(float)"
    )


def no_one_array(data: Any, error: Exception) -> Exception:
    """Refuse a tuple of several arrays, and rows of different length."""
    if isinstance(data, tuple) and any(hasattr(x, "shape") for x in data):
        parts = ", ".join(str(x.shape) if hasattr(x, "shape") else "…" for x in data)
        return TypeError(
            f"expected an array, got a tuple of {len(data)}: {parts}; LSTM gives (output, state), batches give "
            f"(x, y), and np.stack makes one array of several"
        )
    if isinstance(error, ValueError):
        return ValueError("expected an array, got rows of different shapes; the usual fix is to pad them")
    return error


def not_differentiable(tensor: Any) -> str:
    """Refuse a gradient for integers and booleans."""
    return (
        f"{describe(tensor)}, cannot require a gradient: only floating numbers can. "
        f"The usual fix: tensor(data, dtype=float, requires_grad=True), or 2.0 for 2"
    )


def not_a_leaf(tensor: Any) -> str:
    """Refuse to make a result untracked."""
    return f"{describe(tensor)}, is the result of a recorded call; use detach() for a Tensor without history"


def to_array(tensor: Any) -> str:
    """Refuse to become an array silently; functions that take arrays only have a counterpart."""
    calls = (names.get(callers_function(package, names) or "") for package, names in _COUNTERPARTS.items())
    return (
        f"{describe(tensor)}, requires a gradient, which an array would lose. Leave the graph with "
        f"tensor.detach() (or tensor.detach().numpy()){'' if tensor.ndim else ', or loss.item()'}; to make one "
        f"Tensor of several, use np.stack([x, y]), or np.block([[a, b], [c, d]])"
        + "".join(f"; in the place of {there}, use {here}" for there, here in filter(None, calls))
    )


def leaves_transform(tensor: Any, transform: str) -> str:
    """Refuse to become a Python number inside a functional transform."""
    return (
        f"{describe(tensor)}, became a Python number inside {transform}, which would lose its derivative. "
        f"Keep it a Tensor: use np.exp for math.exp; for a[i] = x make a Tensor a by autograd.zeros(n), or "
        f"np.stack a list. Or leave the graph, as for printing, with tensor.detach()"
    )


# Functional transforms


def not_differentiable_argument(transform: str, argument: Any, array: Any) -> str:
    """Refuse to differentiate by integers."""
    return (
        f"{transform}: expected floating arguments to differentiate by, got {argument!r} of dtype "
        f"{array.dtype}; the usual fix: 2.0 for 2, x.astype(float), or argnums= without it"
    )


def not_a_function(f: Any) -> str:
    """Refuse a loss in the place of the function."""
    return (
        f"expected a function, whose arguments and result are arrays, got {describe(f)}; for the "
        f"gradient of a loss that is computed already, use loss.backward(), then x.grad"
    )


def not_a_scalar_function(out: Any) -> str:
    """Refuse the gradient of an array."""
    fix = "has_aux=True if it is the first of two" if isinstance(out, tuple) else "np.sum"
    return (
        f"grad: expected a function with one scalar result, got {describe(out)}; "
        f"the usual fix is {fix}, or jacobian"
    )


def not_a_pair(result: Any) -> str:
    """Refuse a result with nothing else beside it."""
    return (
        f"has_aux: expected a function that gives a pair (result, anything else), got {describe(result)}; "
        f"the usual fix is has_aux=False"
    )


def no_numbers(transform: str, result: Any) -> str:
    """Refuse to differentiate what is no array."""
    return f"{transform}: expected a function whose results are arrays of real numbers, got {reprlib.repr(result)}"


def wrong_tangents(tangents: Any, inputs: Any) -> str:
    """Refuse tangents of other shapes than the primals."""
    expected, got = [x.shape for x in inputs], [np.shape(t) for t in tangents]
    return f"jvp: expected tangents of the primals' shapes {expected}, got {got}"


# In place


def leaf_written(tensor: Any) -> str:
    """Refuse to write a leaf under the graph."""
    return (
        f"{describe(tensor)}, is a leaf that requires a gradient, and cannot be written in place while calls "
        f"are recorded. To update a parameter: with no_grad(): w -= rate * w.grad; to compute: w = w + y"
    )


def view_written(tensor: Any) -> str:
    """Refuse to write to a view, under the graph, what the Tensor that it looks at would not get."""
    return (
        f"{describe(tensor)}, looks at another tensor, which would not change: what it shows was written there "
        f"since, or one of the two was detached. Write to that tensor, or take a copy first: row = y[0].copy()"
    )


def does_not_fit(error: Exception, tensor: Any) -> Exception:
    """Retell why an in-place operation is not possible, and name the Tensor."""
    kind = next(kind for kind in (IndexError, TypeError, ValueError) if isinstance(error, kind))
    return kind(
        f"an in-place operation on {describe(tensor)}, does not fit: {error}. The value must broadcast to the "
        f"Tensor's shape and be of its kind of number; else write x = x + y in place of x += y"
    )


def not_moved(axes: tuple[int, ...]) -> str:
    """Warn of a transposition that is none."""
    a, b = axes
    return (
        f"x.transpose({a}, {b}) moves nothing: as in NumPy, it lists all axes in their new order. To swap "
        f"two axes, as in PyTorch, use x.swapaxes({a}, {b}) or x.T"
    )


def repeats_elements(repeats: Any) -> str:
    """Warn of a repetition that is another one in PyTorch."""
    return (
        f"x.repeat({repeats}, 1) repeats each element along axis 1, as in NumPy; to say so, use "
        f"x.repeat({repeats}, axis=1). To repeat the whole array, as in PyTorch, use np.tile(x, ({repeats}, 1))"
    )


def becomes_integer(tensor: Any, array: Any) -> str:
    """Refuse integers for a leaf that requires a gradient."""
    return (
        f"data of {describe(tensor)}, which requires a gradient: expected floating numbers, got {array.dtype}; "
        f"the usual fix is array.astype(float)"
    )


def not_copied(tensor: Any) -> str:
    """Refuse to copy or pickle what has a history."""
    return (
        f"{describe(tensor)}, is the result of a recorded call, and a copy would lose its gradient; "
        f"copy the leaves that it came from, or tensor.detach(), which is also what to plot"
    )


def changed(argument: Any, node: Any) -> str:
    """Refuse to go through a call whose argument is no longer what it was."""
    what = "the result" if argument is node else "an argument"
    return (
        f"{describe(argument)}, was written in place after it had become {what} of "
        f"{name_of(node.plan.entry.function)}, so that gradients and values would be wrong. "
        f"Compute the loss again after the write, or write x = x + y in place of x += y"
    )


# The backward pass


def untracked(tensor: Any) -> str:
    """Refuse to go back from a Tensor that the graph does not know; say where the path broke."""
    if tensor.cut is None:
        why = (
            "nothing that it was computed from requires a gradient. The usual fix: "
            "tensor(data, requires_grad=True) for what you differentiate by"
        )
    elif tensor.cut[0] == "detach()":
        name = f" of {tensor.cut[1]!r}" if tensor.cut[1] else ""
        why = f"the path broke at detach(){name}. The usual fix: detach only what needs no gradient"
    else:
        why = (
            f"the path broke at {name_of(tensor.cut[1])}, which was called under no_grad(). "
            f"The usual fix: compute the loss outside of no_grad()"
        )
    return f"backward(): {describe(tensor)}, does not require a gradient: {why}"


def not_a_scalar(tensor: Any) -> str:
    """Refuse to guess the cotangent of an array."""
    return (
        f"backward(): {describe(tensor)}, is not a scalar, so the cotangent to start from is needed. "
        f"The usual fix: y.sum().backward() or y.mean().backward(), else y.backward(gradient)"
    )


def not_retained(tensor: Any) -> str:
    """Warn of a gradient that is not kept."""
    return (
        f"{describe(tensor)}, is the result of a recorded call, whose gradient is not kept: it is None. For it, call "
        f"retain_grad() before backward(). To update a parameter: with no_grad(): w -= rate * w.grad"
    )


def wrong_shape(argument: str, tensor: Any, value: Any) -> str:
    """Refuse a gradient of another shape."""
    fix = "; the usual fix is x.grad = None for no gradient" if argument == "grad" else ""
    return (
        f"{argument} of {describe(tensor)}: expected shape {tuple(tensor.shape)}, got {shape_of(value)}{fix}"
    )


def released(node: Any) -> str:
    """Refuse a second pass through what the first one released."""
    return (
        f"backward() a second time: an earlier pass through {name_of(node.plan.entry.function)} released the "
        f"arrays that it needs. The usual fix: compute the loss again before each backward(); "
        f"often a Tensor kept from the last step must be detached. Rarely: backward(retain_graph=True)"
    )


def in_pullback(node: Any, i: int) -> str:
    """Say where in the backward pass an error arose."""
    shapes = ", ".join(str(shape_of(argument)) for argument in node.args)
    name = name_of(node.plan.entry.function)
    rule = (
        f"pullback to argument {i} of {name}, which must give an array"
        if i >= 0
        else f"cotangent rule of {name}"
    )
    return f"in the {rule}, for arguments of shapes {shapes}"
