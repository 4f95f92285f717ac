"""Derivatives in symbols: the rules of the table write themselves down.

A rule is a function of arrays in dispatching calls. Called with symbols in the place of arrays, it
gives its own formula: ``lambda g, y: g * y`` becomes ``y`` for the cotangent 1, and ``∂L/∂z · y``
for ``∂L/∂z``. Each symbol also is an expression of JavaScript, where its function has one, so that
a page can compute the same with other numbers.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from copy import copy
from typing import Any

import numpy as np
from numpy.lib.mixins import NDArrayOperatorsMixin

from autograd.derivatives import elementwise
from autograd.derivatives.pullback import OPERANDS, OUT, RESIDUAL, Pullback
from autograd.drawing.text import formula, indexed, raised, written
from autograd.graph import Node

_COMPARISON, _SUM, _PRODUCT, _POWER, _ATOM = range(5)  # how strongly parts of a text hold together

# What functions are in JavaScript, for scalars; {0} and {1} stand for the arguments.
_CODE = {
    np.add: "({0}+{1})", np.subtract: "({0}-{1})", np.multiply: "({0}*{1})", np.divide: "({0}/{1})",
    np.negative: "(-{0})", np.positive: "{0}", np.power: "({0}**{1})", np.float_power: "({0}**{1})",
    np.square: "({0}**2)", np.reciprocal: "(1/{0})", np.sqrt: "Math.sqrt({0})", np.cbrt: "Math.cbrt({0})",
    np.exp: "Math.exp({0})", np.exp2: "(2**{0})", np.expm1: "Math.expm1({0})", np.log: "Math.log({0})",
    np.log2: "Math.log2({0})", np.log10: "Math.log10({0})", np.log1p: "Math.log1p({0})",
    np.sin: "Math.sin({0})", np.cos: "Math.cos({0})", np.tan: "Math.tan({0})", np.arcsin: "Math.asin({0})",
    np.arccos: "Math.acos({0})", np.arctan: "Math.atan({0})", np.arctan2: "Math.atan2({0},{1})",
    np.hypot: "Math.hypot({0},{1})", np.sinh: "Math.sinh({0})", np.cosh: "Math.cosh({0})",
    np.tanh: "Math.tanh({0})", np.arcsinh: "Math.asinh({0})", np.arccosh: "Math.acosh({0})",
    np.arctanh: "Math.atanh({0})", np.absolute: "Math.abs({0})", np.fabs: "Math.abs({0})",
    np.sign: "Math.sign({0})", np.floor: "Math.floor({0})", np.trunc: "Math.trunc({0})",
    np.maximum: "Math.max({0},{1})", np.minimum: "Math.min({0},{1})", np.equal: "+({0}=={1})",
    np.greater: "+({0}>{1})", np.less: "+({0}<{1})", np.isnan: "+Number.isNaN({0})",
    np.logical_or: "+({0}||{1})", np.logical_and: "+({0}&&{1})",
    np.bitwise_or: "+({0}||{1})", np.bitwise_and: "+({0}&&{1})",
    np.where: "({0}?{1}:{2})", elementwise.log_or_zero: "({0}==0?0:Math.log({0}))",
    elementwise.divide_or_zero: "({1}==0?0:{0}/{1})",
    elementwise.power_or_zero: "({0}==0&&-1<={1}&&{1}<0?0:{0}**{1})",
}  # fmt: skip
_OURS: dict[tuple[str | None, str], str] = {
    ("nn.functional.activations", "sigmoid"): "(1/(1+Math.exp(-{0})))",
    ("nn.functional.activations", "relu"): "Math.max({0},0)",
    ("nn.functional.activations", "silu"): "({0}/(1+Math.exp(-{0})))",
}
_INFIX = {
    np.add: ("+", _SUM), np.subtract: ("−", _SUM), np.multiply: ("·", _PRODUCT), np.divide: ("/", _PRODUCT),
    np.matmul: ("@", _PRODUCT), np.greater: (">", _COMPARISON), np.less: ("<", _COMPARISON),
    np.equal: ("=", _COMPARISON),
}  # fmt: skip
_UNSEEN = {np.reshape, np.expand_dims, np.squeeze, np.positive, np.copy}  # what a formula leaves out
_PLAIN = {
    elementwise.divide_or_zero: np.divide,
    elementwise.power_or_zero: np.power,
    elementwise.log_or_zero: np.log,
}


class Symbol(NDArrayOperatorsMixin):
    """An expression: its text, and its code if that is known.

    Attributes:
        text: how people write it.
        code: the same in JavaScript, or "".
        shape: that of the array in whose place it stands.
        rank: how strongly the parts of the text hold together.
        value: the number, of a constant.
        opposite: what it is the negative of.
        turned: what it is the transpose of.
        factors: of a product of matrices.

    Example:
        >>> x = Symbol("x", "x")
        >>> str(2 * 1 * x), str(-x / (1 + x * x)), (x * np.sin(x)).code
        ('2 · x', '−x / (1 + x²)', '(x*Math.sin(x))')
    """

    dtype = np.dtype(float)
    ndim = property(lambda self: len(self.shape))
    size = property(lambda self: int(np.prod(self.shape)))
    T = property(lambda self: _call(np.transpose, (self,)))
    __iter__ = None  # indexing never ends, and would be iterated

    def __init__(self, text: str, code: str = "", shape: Any = (), rank: int = _ATOM) -> None:
        self.text, self.code, self.shape, self.rank = text, code, shape, rank
        self.value: float | None = None  # of a constant
        self.opposite: Symbol | None = None
        self.turned: Symbol | None = None
        self.factors: tuple[Symbol, ...] = ()

    def __str__(self) -> str:
        """Return the text."""
        return self.text

    def __array_ufunc__(self, ufunc: Any, method: str, *args: Any, **kwargs: Any) -> Any:
        """Write a call of a ufunc, which is how operators arrive too."""
        return _call(ufunc if method == "__call__" else getattr(ufunc, method), args)

    def __array_function__(self, function: Any, types: Any, args: Any, kwargs: Any) -> Any:
        """Write a call of any other function; shapes are known."""
        if function in (np.shape, np.ndim, np.size):
            return getattr(self, function.__name__)
        return _call(function, args, kwargs if "subscripts" in kwargs else None)  # axes would be too long

    def __getitem__(self, index: Any) -> Symbol:
        items = index if isinstance(index, tuple) else (index,)
        if all(i is None or i is ... or i == slice(None) for i in items):  # a column is written as its vector
            return self._like(np.broadcast_to(0, self.shape)[index].shape)
        if items == (..., 0) and self.shape[-1:] == (1,):
            return self._like(self.shape[:-1])
        return Symbol(f"{_inside(self, _ATOM)}[{indexed(written(index))}]")

    def _like(self, shape: tuple[int, ...], code: str = "") -> Symbol:
        result = copy(self)
        result.shape, result.code = shape, code
        return result

    def astype(self, dtype: Any, copy: bool = True) -> Symbol:
        """Return the symbol itself: a formula says nothing of dtypes."""
        return self

    def dot(self, other: Any) -> Any:
        """Write a product of matrices."""
        return _call(np.matmul, (self, other))


def constant(x: Any) -> Symbol:
    """Write a number."""
    x = float(x)
    symbol = Symbol(written(x), f"({x!r})", rank=_SUM if x < 0 else _ATOM)
    symbol.opposite = constant(-x) if x < 0 else None
    symbol.value = x
    return symbol


def _call(function: Any, args: Any, kwargs: dict[str, Any] | None = None) -> Any:
    """Write a call, as briefly as is usual."""
    if function in _UNSEEN:
        return args[0]
    usual = _PLAIN.get(function, function)
    args = [a for a in args if a is not None]
    x = [a if isinstance(a, Symbol) else constant(a) if np.ndim(a) == 0 else Symbol("…") for a in args]
    values = [symbol.value for symbol in x if symbol.value is not None]
    template = _CODE.get(function, "")
    if template and len(values) == len(x):
        with np.errstate(all="ignore"):
            return constant(function(*values))
    symbol = _brief(usual, x) if len(x) <= 2 else None
    symbol = symbol or Symbol(formula(usual, [a.text for a in x], kwargs).removeprefix("np."))
    coded = template and all(a.code for a in x)
    return symbol._like(_shape(function, x), template.format(*(a.code for a in x)) if coded else "")


def _shape(function: Any, x: list[Symbol]) -> tuple[int, ...]:
    """Return the shape of a result, as far as rules ask for it."""
    shape: tuple[int, ...] = x[0].shape
    if function in (np.matmul, np.linalg.solve):
        return (*shape[:-1], *x[1].shape[-1:])
    if function in (np.transpose, np.matrix_transpose):
        return shape[::-1]
    return np.broadcast_shapes(*(a.shape for a in x)) if isinstance(function, np.ufunc) else shape


def _brief(function: Any, x: list[Symbol]) -> Symbol | None:
    """Write arithmetic with signs, and without what changes nothing: 1 · x is x."""
    a, b = x[0], x[-1]
    if function is np.negative:
        return _negative(a)
    if function in (np.square, np.power) or (
        function is np.multiply and (a.text, a.shape) == (b.text, b.shape)
    ):
        whole = 2.0 if function in (np.square, np.multiply) else b.value
        if whole == 1:
            return a
        if whole is not None and whole == int(whole):
            return Symbol(_inside(a, _ATOM) + raised(int(whole)), rank=_POWER)
        return Symbol(f"{_inside(a, _ATOM)} ** {_inside(b, _ATOM)}", rank=_POWER)
    if function is np.multiply:
        if 0 in (a.value, b.value):
            return constant(0)
        if 1 in (a.value, b.value):
            return b if a.value == 1 else a
        if _is_outer(a.shape, b.shape):
            return Symbol(f"{_inside(a, _PRODUCT)} @ {_transposed(b)}", rank=_PRODUCT)
    if function is np.divide and b.value == 1:
        return a
    if function in (np.multiply, np.divide, np.matmul) and (a.opposite or b.opposite):
        inner = _brief(function, [a.opposite or a, b.opposite or b])
        return inner if a.opposite and b.opposite else _negative(inner)  # type: ignore[arg-type]
    if function is np.subtract and b.text == a.text + raised(2):
        return Symbol(f"{a.text} · (1 − {a.text})", rank=_PRODUCT)
    if function in (np.add, np.subtract) and (b.value == 0 or (a.value == 0 and function is np.add)):
        return a if b.value == 0 else b
    if function in (np.transpose, np.matrix_transpose):
        return _transposed(a)
    if function in _INFIX:
        sign, rank = _INFIX[function]
        left, right = _inside(a, rank), _inside(b, rank + (sign != "+" and sign != "·"))
        result = Symbol(f"{left} {sign} {right}", rank=rank)
        result.factors = (a, b) if function is np.matmul else ()
        return result
    return None


def _is_outer(a: tuple[int, ...], b: tuple[int, ...]) -> bool:
    """Tell whether a product is that of a column and a row."""
    return len(a) > 1 and a[-1] == 1 < a[-2] and len(b) > 0 and b[-1] > 1 and b[-2:-1] in ((), (1,))


def _transposed(x: Symbol) -> Symbol:
    """Write a transpose; that of a product is the product of the transposes, the other way round."""
    if x.turned:
        return x.turned
    if x.factors:
        product: Symbol = _call(np.matmul, [_transposed(factor) for factor in reversed(x.factors)])
        return product
    result = Symbol(_inside(x, _ATOM) + "ᵀ")
    result.turned = x
    return result


def _negative(x: Symbol) -> Symbol:
    if x.value is not None:
        return constant(-x.value)
    if x.opposite:
        return x.opposite
    result = Symbol("−" + _inside(x, _PRODUCT), rank=_SUM)
    result.opposite = x
    return result


def summed(x: Symbol) -> Symbol:
    """Write the sum over the axes along which an argument was repeated to fit."""
    return _negative(summed(x.opposite)) if x.opposite else Symbol(f"Σ {_inside(x, _PRODUCT)}", rank=_PRODUCT)


def _inside(x: Symbol, rank: int) -> str:
    return x.text if x.rank >= rank else f"({x.text})"


def rule_in_symbols(node: Node, position: int, g: Symbol, args: Sequence[Any], out: Symbol) -> Symbol | None:
    """Write the pullback of a call to one of its arguments.

    Args:
        node: the call.
        position: of the argument.
        g: stands for the cotangent.
        args: stand for the arguments.
        out: stands for the result.

    Returns:
        The cotangent of the argument, or None for a rule that needs more than symbols.
    """

    def run(rule: Pullback, g: Any) -> Any:
        def read(whose: int | None, get: Callable[[Any, int], Any]) -> Any:
            if whose is None:
                return get(node, position)
            if whose == RESIDUAL:
                raise TypeError("the residual has no symbol")
            return args if whose == OPERANDS else out if whose == OUT else args[whose]

        return rule.rule(g, *[read(*pair) for pair in rule.reads])

    shared = node.plan.cotangent
    (rule,) = (rule for i, _, rule in node.plan.pullbacks if i == position)
    try:
        with np.errstate(all="ignore"):
            result = run(rule, run(shared[2], g) if shared else g)
    except (TypeError, ValueError, AttributeError, IndexError):  # it is no plain formula
        return None
    return result if isinstance(result, Symbol) else constant(result) if np.ndim(result) == 0 else None


def call_in_symbols(node: Node, args: Sequence[Any]) -> Symbol | None:
    """Write the call itself, by its parts if it is a function of the user's own."""
    function = node.plan.entry.function
    template = (
        _OURS.get((function.__module__, function.__name__)) if hasattr(function, "__module__") else None
    )
    if function is np.where:  # its condition is no part of the graph
        return None
    try:
        if template and not node.kwargs:
            return Symbol("", template.format(*(a.code if isinstance(a, Symbol) else repr(a) for a in args)))
        if function in _CODE:
            result: Any = _call(function, args)
        else:
            result = node.plan.entry.forward(*args, **(node.kwargs or {}))
    except (TypeError, ValueError, AttributeError, IndexError):
        return None
    return result if isinstance(result, Symbol) else None
