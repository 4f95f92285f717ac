"""Writing numbers and formulas."""

from __future__ import annotations

import math
import operator
from typing import Any

import numpy as np

from autograd.derivatives.calls import name_of, parameters_of

_INFIX = {np.add: "+", np.subtract: "−", np.multiply: "·", np.divide: "/", np.matmul: "@"}
_LONGEST = 40  # characters of a name or formula
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
    return largest * math.sqrt(np.mean((size / largest) ** 2))


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
        whole = texts[1].lstrip("−").isdecimal()
        return texts[0] + texts[1].translate(_UPPER) if whole else f"{texts[0]} ** {texts[1]}"
    if function is np.square:
        return f"{texts[0]}²"
    if function is np.negative:
        return f"−{texts[0]}"
    if function is np.transpose and not kwargs:
        return f"{texts[0]}ᵀ"
    if function is operator.getitem:
        inside = texts[1][1:-1] if texts[1].startswith("(") else texts[1]
        return f"{texts[0]}[{inside}]"
    try:
        usual = {name: written(default) for name, default in parameters_of(function).items()}
    except ValueError:  # some built-in functions have no signature
        usual = {}
    known = list(usual.values())
    while 0 < len(texts) <= len(known) and texts[-1] == known[len(texts) - 1]:
        texts = texts[:-1]  # the usual case need not be said
    for key, x in (kwargs or {}).items():
        if x is not None and written(x) != usual.get(key):
            texts = [*texts, f"{key}={written(x)}"]
    return f"{name_of(function)}({', '.join(texts)})"


def columns(lines: list[list[str]]) -> str:
    """Write lines of equal length as a table."""
    widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
    return "\n".join("  ".join(map(str.ljust, line, widths)).rstrip() for line in lines)


def written(constant: Any) -> str:
    """Write a constant of a call; of what is no number, index or word, only the name.

    Example:
        >>> written((slice(1, None), ..., -2)), written(np.float32(0.5)), written(len)
        ('(1:, ..., −2)', '0.5', 'len')
    """
    if isinstance(constant, slice):
        ends = ["" if end is None else str(end) for end in (constant.start, constant.stop)]
        return ":".join(ends if constant.step is None else [*ends, str(constant.step)])
    if isinstance(constant, (tuple, list)):
        inside = ", ".join(map(written, constant))
        return f"({inside})" if isinstance(constant, tuple) else f"[{inside}]"
    if isinstance(constant, str):
        return repr(constant)
    if isinstance(constant, (int, np.integer, np.dtype, type(None))):
        return str(constant).replace("-", "−")
    if np.ndim(constant) == 0 and isinstance(constant, (float, np.number, np.ndarray)):
        return number(constant)
    return "..." if constant is ... else getattr(constant, "__name__", type(constant).__name__)
