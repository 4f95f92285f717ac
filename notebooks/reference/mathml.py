"""Formulas, as drawings write them, in MathML."""

from __future__ import annotations

import ast
import html
import re

_SUM, _PRODUCT, _POWER, _ATOM = range(1, 5)  # how strongly parts hold together
_RAISED = re.compile("[⁰¹²³⁴⁵⁶⁷⁸⁹⁻]+")
_DIGITS = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹⁻", "0123456789-")
_PYTHON = {"−": "-", "·": "*", "ᵀ": ".T", " = ": " == ", "∞": "inf"}
_GREEK = {"alpha": "α", "beta": "β", "lambd": "λ", "delta": "δ", "sigmoid": "σ", "inf": "∞", "pi": "π"}
_NUMBERS = {"0.6931": "log 2", "0.3466": "½ log 2", "2.303": "log 10", "0.01745": "π/180", "57.3": "180/π"}
_NUMBERS |= {"0.5": "½", "1.128": "2/√π"}
_SIGNS = {
    ast.Add: ("+", _SUM, _SUM), ast.Sub: ("−", _SUM, _PRODUCT), ast.Mult: ("·", _PRODUCT, _PRODUCT),
    ast.MatMult: ("", _PRODUCT, _POWER), ast.Gt: (">", 0, 0), ast.Lt: ("<", 0, 0), ast.Eq: ("=", 0, 0),
}  # fmt: skip

# What functions look like; {0} and {1} stand for the arguments.
_CALLS = {
    "exp": "<msup><mi>e</mi><mrow>{0}</mrow></msup>",
    "exp2": "<msup><mn>2</mn><mrow>{0}</mrow></msup>",
    "sqrt": "<msqrt>{0}</msqrt>",
    "cbrt": "<mroot><mrow>{0}</mrow><mn>3</mn></mroot>",
    "reciprocal": "<mfrac><mn>1</mn><mrow>{0}</mrow></mfrac>",
    "absolute": "<mo>|</mo>{0}<mo>|</mo>",
    "fabs": "<mo>|</mo>{0}<mo>|</mo>",
    "floor": "<mo>⌊</mo>{0}<mo>⌋</mo>",
    "ceil": "<mo>⌈</mo>{0}<mo>⌉</mo>",
    "floor_divide": "<mo>⌊</mo><mfrac><mrow>{0}</mrow><mrow>{1}</mrow></mfrac><mo>⌋</mo>",
    "ldexp": "<mrow>{0}</mrow><mo>·</mo><msup><mn>2</mn><mrow>{1}</mrow></msup>",
    "isnan": "<mo>[</mo>{0}<mtext>~is~NaN</mtext><mo>]</mo>",
    "isinf": "<mo>[</mo>{0}<mtext>~is~±∞</mtext><mo>]</mo>",
    "bitwise_or": "<mo>(</mo>{0}<mtext>~or~</mtext>{1}<mo>)</mo>",
    "bitwise_and": "<mo>(</mo>{0}<mtext>~and~</mtext>{1}<mo>)</mo>",
    "where": "<mo>{{</mo><mtable><mtr><mtd>{1}</mtd><mtd><mtext>if~</mtext>{0}</mtd></mtr>"
    "<mtr><mtd>{2}</mtd><mtd><mtext>otherwise</mtext></mtd></mtr></mtable>",
}
_NAMES = {"maximum": "max", "minimum": "min", "sign": "sgn"}
_NAMES |= {"log2": "log₂", "log10": "log₁₀", "multiply": "product", "divide_or_zero": "quotient"}


def mathml(text: str, more: str = "") -> str:
    """Write a formula.

    Raises:
        SyntaxError: the text is no formula.

    Example:
        >>> mathml("−x²")
        '<math><mrow><mo>−</mo><msup><mi>x</mi><mrow><mn>2</mn></mrow></msup></mrow></math>'
    """
    for ours, theirs in _PYTHON.items():
        text = text.replace(ours, theirs)
    text = _RAISED.sub(lambda power: f"**({power[0].translate(_DIGITS)})", text)
    markup = _write(ast.parse(text, mode="eval").body).replace("~", "\N{NO-BREAK SPACE}")
    return f"<math><mrow>{markup}</mrow>{more}</math>"


def variable(name: str) -> str:
    """Write the name of a variable or function."""
    return f"<mi>{html.escape(_GREEK.get(name, name))}</mi>"


def _write(node: ast.AST, rank: int = 0) -> str:
    markup, own = _parts(node)
    return markup if own >= rank else f"<mo>(</mo>{markup}<mo>)</mo>"


def _parts(node: ast.AST) -> tuple[str, int]:
    """Write a part, and say how strongly it holds together."""
    match node:
        case ast.Constant(value=float() | int() as x):
            return f"<mn>{_NUMBERS.get(f'{x:.4g}', f'{x:.4g}')}</mn>", _ATOM
        case ast.Constant(value=x):
            return f"<mtext>{html.escape('…' if x is ... else repr(x))}</mtext>", _ATOM
        case ast.Name(id=name):
            return variable(name), _ATOM
        case ast.UnaryOp(op=ast.USub(), operand=operand):
            return f"<mo>−</mo>{_write(operand, _PRODUCT)}", _SUM
        case ast.BinOp(left=x, op=ast.Div(), right=y):
            return f"<mfrac><mrow>{_write(x)}</mrow><mrow>{_write(y)}</mrow></mfrac>", _PRODUCT
        case ast.BinOp(left=x, op=ast.Pow(), right=y):
            return f"<msup><mrow>{_write(x, _ATOM)}</mrow><mrow>{_write(y)}</mrow></msup>", _POWER
        case ast.BinOp(left=x, op=op, right=y) if type(op) in _SIGNS:
            sign, own, right = _SIGNS[type(op)]
            return f"{_write(x, own)}<mo>{sign}</mo>{_write(y, right)}", own
        case ast.Compare(left=x, ops=[op], comparators=[y]) if type(op) in _SIGNS:
            sign = html.escape(_SIGNS[type(op)][0])
            return f"<mo>[</mo>{_write(x)}<mo>{sign}</mo>{_write(y)}<mo>]</mo>", _ATOM
        case ast.Attribute(value=x, attr="T"):
            return f"<msup><mrow>{_write(x, _ATOM)}</mrow><mi>T</mi></msup>", _ATOM
        case ast.Attribute(attr=name):
            return variable(name), _ATOM
        case ast.Subscript(value=x, slice=index):
            return f"{_write(x, _ATOM)}<mtext>[{html.escape(ast.unparse(index))}]</mtext>", _ATOM
        case ast.Call(func=ast.Name(id=name) | ast.Attribute(attr=name), args=args):
            if name in _CALLS:
                return f"<mrow>{_CALLS[name].format(*map(_write, args))}</mrow>", _PRODUCT
            inside = "<mo>,</mo>".join(map(_write, args))
            return f"{variable(_NAMES.get(name, name))}<mo>(</mo>{inside}<mo>)</mo>", _ATOM
    raise SyntaxError(f"{ast.unparse(node)} cannot be written as a formula")
