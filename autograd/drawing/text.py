"""Writing numbers and formulas."""

from __future__ import annotations

import math
import operator
from collections.abc import Callable
from typing import Any

import numpy as np

from autograd.derivatives.calls import name_of, parameters_of
from autograd.derivatives.products import contract
from autograd.derivatives.shapes import join, pile

_INFIX = {np.add: "+", np.subtract: "−", np.multiply: "·", np.divide: "/", np.matmul: "@"}
_LONGEST = 40  # characters of a name or formula
_EXACT = 10  # characters of a constant, which is written as in the program
_FEW, _BROAD = 4, 30  # elements of an array that are written, and their characters
_UPPER = str.maketrans("0123456789-−", "⁰¹²³⁴⁵⁶⁷⁸⁹⁻⁻")
_LOWER = str.maketrans("0123456789", "₀₁₂₃₄₅₆₇₈₉")


def number(x: Any) -> str:
    """Write a number with four significant digits, and as a power of ten if it needs many more.

    Example:
        >>> number(-0.24391), number(1.5e-7), number(True)
        ('−0.2439', '1.5e−07', 'True')
    """
    if np.asarray(x).dtype == bool:
        return str(bool(x))
    x = float(x)
    if not math.isfinite(x):
        return "NaN" if math.isnan(x) else "∞" if x > 0 else "−∞"
    text = f"{x:.3e}" if 0 < abs(x) < 1e-3 else f"{x:.4g}"
    if "e" in text:
        digits, exponent = text.split("e")
        text = f"{digits.rstrip('0').rstrip('.') if '.' in digits else digits}e{exponent}"
    return text.replace("-", "−")


def rms(x: Any) -> float:
    """Compute the root of the mean square, also where a square would overflow."""
    if np.size(x) == 1:
        return abs(float(np.asarray(x).item()))
    size = np.abs(np.asarray(x, float))
    largest = float(np.max(size, initial=0))
    if largest == 0 or not math.isfinite(largest):
        return largest if x.size else math.nan
    size /= largest
    return largest * math.sqrt(np.vdot(size, size) / x.size)


def listed(x: Any) -> str:
    """Write all elements of an array, or nothing where there are too many to be read.

    Example:
        >>> listed(np.array([0.5, -0.25])), listed(np.zeros(9))
        ('[0.5, −0.25]', '')
    """
    if not (x.ndim and 0 < x.size <= _FEW and x.dtype.kind in "fiub"):
        return ""
    text = _nested(x)
    return text if len(text) <= _BROAD else ""


def _nested(x: Any) -> str:
    return f"[{', '.join(map(_nested, x))}]" if np.ndim(x) else number(x)


def told(x: Any) -> str:
    """Write an array: a number, a few elements, or the rms of many; what is not there is a dash.

    Example:
        >>> told(np.array(0.5)), told(np.array([1, 2])), told(np.ones(9)), told(None)
        ('0.5', '[1, 2]', 'rms 1', '–')
    """
    if x is None or not x.size:
        return "–"
    return number(x.item()) if x.size == 1 else listed(x) or f"rms {number(rms(x))}"


def shortened(text: str) -> str:
    """Keep of a name or formula what fits on a card and can be written in any file."""
    text = text if len(text) <= _LONGEST else text[: _LONGEST - 1] + "…"
    return "".join(c if c.isprintable() else " " for c in text)


def raised(power: int) -> str:
    """Write an exponent."""
    return str(power).translate(_UPPER)


def numbered(i: int) -> str:
    """Name the i-th thing that has no name."""
    return "t" + str(i).translate(_LOWER)


def formula(function: Any, texts: list[str], kwargs: dict[str, Any] | None) -> str:
    """Write a call, whose arguments are written already, as a formula.

    Example:
        >>> formula(np.add, ["x", "−2"], None), formula(np.sum, ["x"], {"axis": 0})
        ('x + (−2)', 'np.sum(x, axis=0)')
    """
    if function in _INFIX:
        left, right = texts
        return f"{left} {_INFIX[function]} {f'({right})' if right.startswith('−') else right}"
    if function is np.power:
        base, power = f"({texts[0]})" if texts[0].startswith("−") else texts[0], texts[1]
        return base + power.translate(_UPPER) if power.lstrip("−").isdecimal() else f"{base} ** {power}"
    if function is np.square:
        return f"{texts[0]}²"
    if function is np.negative:
        return f"−{texts[0]}"
    if function is np.transpose and not kwargs:
        return f"{texts[0]}ᵀ"
    if function is operator.getitem:
        return f"{texts[0]}[{indexed(texts[1])}]"
    kwargs = dict(kwargs or {})
    if function in (join, pile):
        texts, _ = [f"[{', '.join(texts)}]"], kwargs.pop("ends", None)
    if function is contract and kwargs:
        texts = [written(kwargs.pop("subscripts")), *texts]
    usual = {name: written(default) for name, default in parameters_of(function).items()}
    known = list(usual.values())
    while 0 < len(texts) <= len(known) and texts[-1] == known[len(texts) - 1]:
        texts = texts[:-1]  # the usual case need not be said
    for key, x in kwargs.items():
        if x is not None and written(x) != usual.get(key):
            texts = [*texts, f"{key}={written(x)}"]
    return f"{name_of(function)}({', '.join(texts)})"


def indexed(text: str) -> str:
    """Write what stands in brackets, of an index that is written already."""
    return text[1:-1].removesuffix(",") if text.startswith("(") else text


def columns(lines: list[list[str]]) -> str:
    """Write lines of equal length as a table."""
    widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
    return "\n".join("  ".join(map(str.ljust, line, widths)).rstrip() for line in lines)


def written(constant: Any, name: Callable[[Any], str | None] = lambda _: None) -> str:
    """Write a constant of a call, arrays by their name, if they have one.

    Example:
        >>> written((slice(1, None), ..., -2)), written(1.0001), written(2.0), written(1 / 3), written(len)
        ('(1:, ..., −2)', '1.0001', '2', '0.3333', 'len')
    """
    if isinstance(constant, slice):
        ends = ["" if end is None else str(end) for end in (constant.start, constant.stop)]
        return ":".join(ends if constant.step is None else [*ends, str(constant.step)])
    if isinstance(constant, (tuple, list)):
        inside = ", ".join(written(item, name) for item in constant)
        inside += "," * (isinstance(constant, tuple) and len(constant) == 1)
        return f"({inside})" if isinstance(constant, tuple) else f"[{inside}]"
    if isinstance(constant, str):
        return repr(constant)
    if isinstance(constant, (int, np.integer, np.dtype, type(None))):
        return str(constant).replace("-", "−")
    if np.ndim(constant) == 0 and isinstance(constant, (float, np.generic, np.ndarray)):
        exact = str(constant).removesuffix(".0").replace("-", "−")
        return exact if len(exact) <= _EXACT and math.isfinite(constant) else number(constant)
    if isinstance(constant, np.ndarray):
        return name(constant) or listed(constant) or "array"
    return "..." if constant is ... else getattr(constant, "__name__", "…")
