"""Every function that NumPy lets a library override has one status in the table, or a test fails."""

import re
from collections.abc import Callable
from typing import Any

import numpy as np
import numpy.char
import numpy.fft
import numpy.lib.recfunctions
import numpy.polynomial
import pytest
from numpy.testing import overrides

from autograd.derivatives.calls import name_of
from autograd.derivatives.late import load_late
from autograd.derivatives.table import TABLE, Constant, Refused

load_late()
Function = Callable[..., Any]

# What differentiable NumPy means at least.
PROMISED = re.findall(
    r"\S+",
    """
    linalg.inv linalg.solve linalg.det linalg.slogdet linalg.cholesky linalg.qr linalg.svd linalg.eigh
    linalg.pinv linalg.norm linalg.lstsq linalg.matrix_power linalg.multi_dot linalg.cond
    linalg.matrix_norm linalg.vector_norm linalg.eigvalsh
    linalg.svdvals linalg.tensorinv linalg.tensorsolve einsum sort partition median percentile quantile
    nanmedian nanpercentile nanquantile cumprod prod diff gradient trapezoid interp convolve correlate pad
    roll rot90 flip repeat tile kron cross take take_along_axis choose select piecewise tri tril triu diag
    diagflat diagonal fill_diagonal block split array_split hsplit vsplit dsplit stack hstack vstack
    dstack column_stack sinc i0 hypot logaddexp float_power heaviside nan_to_num
    """,
)

# Without a derivative in the real numbers, because what they give, or take, is no array of those.
TO_COMPLEX = ("fft", "fft2", "fftn", "ifft", "ifft2", "ifftn", "rfft", "rfft2", "rfftn", "ihfft")
STRUCTURED = "np.lib.recfunctions."


def handed_over(function: Function) -> Function:
    """Return what NumPy hands over: for an inner function that serves ``like=``, the public one."""
    public = getattr(np, function.__name__, None)
    return public if function.__module__ == "numpy" and public is not None else function


UFUNCS = sorted(overrides.get_overridable_numpy_ufuncs(), key=name_of)
FUNCTIONS = sorted(set(map(handed_over, overrides.get_overridable_numpy_array_functions())), key=name_of)


def test_numpy_lists_its_functions() -> None:
    assert {np.exp, np.matmul, np.divmod} <= set(UFUNCS)
    assert {np.sum, np.linalg.svd, np.fft.fft, np.eye, np.full} <= set(FUNCTIONS)


def test_every_function_of_numpy_has_a_status() -> None:
    """A name that a new release adds is listed here."""
    assert [name_of(f) for f in (*UFUNCS, *FUNCTIONS) if f not in TABLE] == []


def has_a_real_derivative(function: Function) -> bool:
    if function in [getattr(np.fft, name) for name in TO_COMPLEX] or STRUCTURED in name_of(function):
        return False
    return not isinstance(TABLE[function], Constant)


def test_at_most_one_in_ten_is_refused() -> None:
    differentiable = [f for f in (*UFUNCS, *FUNCTIONS) if f in TABLE and has_a_real_derivative(f)]
    refused = [name_of(f) for f in differentiable if isinstance(TABLE[f], Refused)]
    assert 10 * len(refused) <= len(differentiable), refused


@pytest.mark.parametrize("name", PROMISED)
def test_what_is_promised_is_not_refused(name: str) -> None:
    function: Any = np
    for part in name.split("."):
        function = getattr(function, part)
    assert not isinstance(TABLE[function], Refused)
    assert name == "tri" or not isinstance(TABLE[function], Constant)


def test_a_refusal_says_why_and_what_to_use() -> None:
    reasons = {entry.reason for entry in TABLE.values() if isinstance(entry, Refused)}
    assert [reason for reason in reasons if not re.search(r"\b(use|write) \S+", reason)] == []
