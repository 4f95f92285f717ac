"""NumPy's counterparts of PyTorch's operators: one line each, from PyTorch's arguments to NumPy's.

The key is the operator's name among PyTorch's samples, the value takes what the operator takes.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import scipy.special

import nn

Function = Callable[..., Any]


def along(function: Function) -> Function:
    """Call a function that reduces along ``dim`` and may keep it."""

    def call(x: Any, dim: Any = None, keepdim: bool = False, *, dtype: Any = None, **rest: Any) -> Any:
        axis = tuple(dim) if isinstance(dim, (list, tuple)) else dim
        rest |= {} if dtype is None else {"dtype": dtype}
        axis = None if axis == () else axis
        if np.ndim(x) == 0:
            axis, keepdim = None, False
        return function(x, axis=axis, **({"keepdims": True} if keepdim else {}), **rest)

    return call


def with_positions(function: Function, positions: Function) -> Function:
    """Call a reduction that gives values, and with a ``dim`` their positions too."""
    values, places = along(function), along(positions)

    def call(x: Any, dim: Any = None, keepdim: bool = False) -> Any:
        return values(x) if dim is None else (values(x, dim, keepdim), places(x, dim, keepdim))

    return call


def lower_median(x: Any, dim: Any = None, keepdim: bool = False, function: Function = np.quantile) -> Any:
    """Return the median as PyTorch does: of an even number the lower one, no mean of two."""
    return along(lambda x, **how: function(x, 0.5, method="lower", **how))(x, dim, keepdim)


def spread(function: Function) -> Function:
    """Call ``var`` or ``std``, whose default is the unbiased one in PyTorch."""

    def call(
        x: Any, dim: Any = None, unbiased: Any = None, keepdim: bool = False, *, correction: Any = None
    ) -> Any:
        if isinstance(dim, bool):
            dim, unbiased = None, dim
        ddof = correction if correction is not None else 1 if unbiased in (None, True) else 0
        return along(lambda x, **how: function(x, ddof=ddof, **how))(x, dim, keepdim)

    return call


def product_sum(x: Any, a: Any, b: Any, *, beta: float = 1, alpha: float = 1, product: Function) -> Any:
    """Compute β x + α (a · b)."""
    return beta * x + alpha * product(a, b)


def add_product(product: Function) -> Function:
    """Make the operator that adds a product."""
    return lambda x, a, b, **how: product_sum(x, a, b, product=product, **how)


def padded(x: Any, pad: Sequence[int], mode: str = "constant", value: Any = None) -> Any:
    """Pad as PyTorch does: the last axis first, and negative widths cut."""
    widths = [(pad[i], pad[i + 1]) for i in range(0, len(pad), 2)]
    widths = [(0, 0)] * (np.ndim(x) - len(widths)) + widths[::-1]
    modes = {"replicate": "edge", "replicate_negative": "edge"}
    how = {"constant_values": value or 0.0} if mode == "constant" else {}
    cut = tuple(slice(max(-a, 0), n - max(-b, 0)) for (a, b), n in zip(widths, np.shape(x), strict=True))
    grown = [(max(a, 0), max(b, 0)) for a, b in widths]
    if mode == "circular":
        return np.pad(x[cut], grown, "wrap")
    longer = np.pad(x, grown, modes.get(mode, mode), **how)
    return longer[
        tuple(slice(max(-a, 0), n - max(-b, 0)) for (a, b), n in zip(widths, longer.shape, strict=True))
    ]


def at_axis(x: Any, dim: int, index: Any) -> tuple[Any, ...]:
    """Return the index that names ``index`` along one axis."""
    return (*(slice(None),) * (dim % max(np.ndim(x), 1)), index)


def grid_index(x: Any, dim: int, index: Any) -> tuple[Any, ...]:
    """Return the index that ``gather`` and ``scatter`` mean: ``index`` along one axis, itself elsewhere."""
    grid = list(np.indices(np.shape(index), sparse=True))
    if grid:
        grid[dim % len(grid)] = index
    return tuple(grid)


def written(x: Any, index: Any, value: Any) -> Any:
    """Write at an index, into a copy."""
    x = np.copy(x)
    x[index] = value
    return x


def put(x: Any, index: Any, source: Any, accumulate: bool = False) -> Any:
    """Write, or add, at places of the flat array."""
    flat = np.copy(np.ravel(x))
    if accumulate:
        np.add.at(flat, np.ravel(index), np.ravel(source))
    else:
        flat[np.ravel(index)] = np.ravel(source)
    return np.reshape(flat, np.shape(x))


def scattered(x: Any, dim: int, index: Any, src: Any = None, *, value: Any = None, reduce: Any = None) -> Any:
    """Write, add or multiply at the places that ``grid_index`` names."""
    source = value if src is None else src
    shape = np.shape(index)
    if np.ndim(source) and np.ndim(x):
        source = source[tuple(map(slice, shape))]
    if np.ndim(x) == 0:
        return written(np.reshape(x, (1,)), (np.reshape(index, -1),), np.reshape(source, -1)).reshape(())
    return written(x, grid_index(x, dim, index), source)


def meshed(*arrays: Any, indexing: str = "ij") -> Any:
    """Make coordinates of vectors, some of which may be scalars."""
    if len(arrays) == 1 and isinstance(arrays[0], (list, tuple)):
        arrays = tuple(arrays[0])
    return np.meshgrid(*[np.atleast_1d(a) for a in arrays], indexing=indexing)


def cumulative_trapezoid(y: Any, x: Any = None, *, dx: float = 1.0, dim: int = -1) -> Any:
    """Return the running sums of what ``trapezoid`` adds up."""
    y = np.moveaxis(y, dim, -1)
    d = dx if x is None else np.diff(x if np.ndim(x) == 1 else np.moveaxis(x, dim, -1))
    return np.moveaxis(np.cumsum(d * (y[..., 1:] + y[..., :-1]) / 2, axis=-1), -1, dim)


def covariance(x: Any, *, correction: int = 1, fweights: Any = None, aweights: Any = None) -> Any:
    """Compute the covariance; the keywords have other names in NumPy."""
    return np.cov(x, ddof=correction, fweights=fweights, aweights=aweights)


def gradients(x: Any, *, spacing: Any = None, dim: Any = None, edge_order: int = 1) -> Any:
    """Compute differences; the spacings come as one number or one for each axis."""
    dims = range(np.ndim(x)) if dim is None else np.atleast_1d(dim).tolist()
    spacings = [] if spacing is None else list(spacing) if isinstance(spacing, (list, tuple)) else [spacing]
    spacings = spacings * len(dims) if len(spacings) == 1 else spacings
    found = [
        np.gradient(x, *spacings[i : i + 1], axis=axis, edge_order=edge_order) for i, axis in enumerate(dims)
    ]
    return tuple(found)


def divided(x: Any, y: Any, *, rounding_mode: Any = None) -> Any:
    """Divide; rounded, the quotient is a constant."""
    return {None: np.divide, "floor": np.floor_divide, "trunc": lambda x, y: np.trunc(x / y)}[rounding_mode](
        x, y
    )


def tensordotted(a: Any, b: Any, dims: Any = 2) -> Any:
    """Contract axes."""
    return np.tensordot(a, b, dims)


def normed(x: Any, p: Any = None, dim: Any = None, keepdim: bool = False, dtype: Any = None) -> Any:
    """Compute PyTorch's ``norm``: of vectors, whatever the shape, but for ``nuc``."""
    if p == "nuc":
        axes = tuple(range(np.ndim(x))) if dim is None else tuple(dim)
        return np.linalg.norm(x, "nuc", axis=axes, keepdims=keepdim)
    return vector_norm(x, 2 if p in (None, "fro") else p, dim, keepdim)


def vector_norm(x: Any, ord: Any = 2, dim: Any = None, keepdim: bool = False, dtype: Any = None) -> Any:
    """Compute the norm of a vector."""
    return along(lambda x, **how: np.linalg.vector_norm(x, ord=ord, **how))(x, dim, keepdim)


def matrix_norm(
    x: Any, ord: Any = "fro", dim: Any = (-2, -1), keepdim: bool = False, dtype: Any = None
) -> Any:
    """Compute the norm of matrices."""
    return np.linalg.norm(x, ord, axis=tuple(dim), keepdims=keepdim)


def linalg_norm(x: Any, ord: Any = None, dim: Any = None, keepdim: bool = False, dtype: Any = None) -> Any:
    """Compute the norm of vectors or matrices."""
    if dim is None and ord is None:
        return np.linalg.vector_norm(x, keepdims=keepdim)
    axis = tuple(dim) if isinstance(dim, (list, tuple)) else dim
    return np.linalg.norm(x, ord, axis=axis, keepdims=keepdim)


def flattened(x: Any, start_dim: int = 0, end_dim: int = -1) -> Any:
    """Join some axes into one."""
    shape = np.shape(x) or (1,)
    first, last = start_dim % len(shape), end_dim % len(shape)
    return np.reshape(x, (*shape[:first], math.prod(shape[first : last + 1]), *shape[last + 1 :]))


def unflattened(x: Any, dim: int, sizes: Sequence[int]) -> Any:
    """Split one axis into several."""
    shape = np.shape(x)
    return np.reshape(x, (*shape[: dim % len(shape)], *sizes, *shape[dim % len(shape) + 1 :]))


def split_by_size(x: Any, size: Any, dim: int = 0) -> Any:
    """Split into pieces of one size, or of sizes."""
    n = np.shape(x)[dim]
    cuts = range(size, n, size) if isinstance(size, int) else np.cumsum(size)[:-1].tolist()
    return np.split(x, list(cuts), axis=dim)


def chunked(x: Any, chunks: int, dim: int = 0) -> Any:
    """Split into pieces, equal but for the last."""
    return split_by_size(x, -(-np.shape(x)[dim] // chunks), dim)


def kth(x: Any, k: int, dim: int = -1, keepdim: bool = False) -> Any:
    """Return the k-th smallest element."""
    if np.ndim(x) == 0:
        return x
    found = np.take(np.sort(x, axis=dim), k - 1, axis=dim)
    return np.expand_dims(found, dim) if keepdim else found


def topk(x: Any, k: int, dim: int = -1, largest: bool = True, sorted: bool = True) -> Any:
    """Return the k largest or smallest elements, in order."""
    if np.ndim(x) == 0:
        return x
    ordered = np.sort(x, axis=dim)
    return np.take(np.flip(ordered, dim) if largest else ordered, np.arange(k), axis=dim)


def expanded(x: Any, *sizes: Any) -> Any:
    """Broadcast to a shape in which -1 stands for the own length."""
    shape = tuple(sizes[0]) if len(sizes) == 1 and not isinstance(sizes[0], int) else sizes
    own = (1,) * (len(shape) - np.ndim(x)) + np.shape(x)
    return np.broadcast_to(x, tuple(o if n == -1 else n for n, o in zip(shape, own, strict=True)))


def polygamma(x: Any, n: Any) -> Any:
    """Differentiate ψ n times; the order comes first or last."""
    n, x = (n, x) if isinstance(n, int) else (x, n)
    return (
        scipy.special.psi(x) if n == 0 else (-1) ** (n + 1) * math.factorial(n) * scipy.special.zeta(n + 1, x)
    )


def solved(a: Any, b: Any, left: bool = True, **check: Any) -> Any:
    """Solve; PyTorch takes b for vectors where it has the shape of a without the last axis."""
    if np.ndim(b) == 1 or np.shape(b) == np.shape(a)[:-1]:
        return np.linalg.solve(a, b[..., None])[..., 0]
    return np.linalg.solve(a, b)


def svd_transposed(x: Any, some: bool = True, compute_uv: bool = True) -> Any:
    """Decompose; V comes untransposed."""
    u, s, vh = np.linalg.svd(x, full_matrices=not some)
    return u, s, np.matrix_transpose(vh)


UNARY = {
    name: getattr(np, name)
    for name in (
        "abs", "ceil", "cos", "cosh", "deg2rad", "exp", "exp2", "expm1", "floor", "log", "log10", "log1p", "log2",
        "rad2deg", "reciprocal", "sign", "sin", "sinc", "sinh", "sqrt", "square", "tan", "tanh", "trunc", "positive",
        "i0", "ravel", "fliplr", "flipud", "real", "angle",
    )
} | {
    "acos": np.arccos, "acosh": np.arccosh, "asin": np.arcsin, "asinh": np.arcsinh, "atan": np.arctan,
    "atanh": np.arctanh, "neg": np.negative, "sgn": np.sign, "frac": lambda x: x - np.trunc(x),
    "rsqrt": lambda x: 1 / np.sqrt(x), "sigmoid": scipy.special.expit, "digamma": scipy.special.digamma,
    "erf": scipy.special.erf, "erfc": scipy.special.erfc, "erfinv": scipy.special.erfinv,
    "lgamma": scipy.special.gammaln, "conj": np.conjugate, "conj_physical": np.conjugate,
    "special.i0e": scipy.special.i0e, "special.i1": scipy.special.i1, "special.i1e": scipy.special.i1e,
    "special.ndtr": scipy.special.ndtr, "special.entr": scipy.special.entr,
    "special.ndtri": scipy.special.ndtri, "special.log_ndtr": scipy.special.log_ndtr,
    "special.erfcx": scipy.special.erfcx,
    "logit": lambda x, eps=None: scipy.special.logit(x if eps is None else np.clip(x, eps, 1 - eps)),
    "polygamma": polygamma, "special.polygamma": polygamma,
    "round": lambda x, decimals=0: np.round(x, decimals),
    "nan_to_num": lambda x, nan=0.0, posinf=None, neginf=None: np.nan_to_num(
        x, nan=nan or 0.0, posinf=posinf, neginf=neginf
    ),
    "frexp": np.frexp,
}  # fmt: skip

BINARY: dict[str, Function] = {
    "add": lambda x, y, alpha=1: np.add(x, y if alpha == 1 else alpha * y),
    "sub": lambda x, y, alpha=1: np.subtract(x, y if alpha == 1 else alpha * y),
    "rsub": lambda x, y, alpha=1: np.subtract(y, x if alpha == 1 else alpha * x),
    "mul": np.multiply, "div": divided, "true_divide": np.divide, "pow": np.power, "float_power": np.float_power,
    "atan2": np.arctan2, "hypot": np.hypot, "copysign": np.copysign, "fmod": np.fmod,
    "remainder": np.remainder, "maximum": np.maximum, "minimum": np.minimum, "fmax": np.fmax,
    "fmin": np.fmin, "logaddexp": np.logaddexp, "logaddexp2": np.logaddexp2, "xlogy": scipy.special.xlogy,
    "special.xlog1py": scipy.special.xlog1py, "clamp_max": np.minimum, "clamp_min": np.maximum,
    "nextafter": np.nextafter, "ldexp": lambda x, n: x * np.exp2(n),
    "__radd__": lambda x, y: y + x, "__rdiv__": lambda x, y: y / x, "__rmul__": lambda x, y: y * x,
    "__rmod__": lambda x, y: y % x, "__rpow__": lambda x, y: y**x, "__rsub__": lambda x, y: y - x,
    "__rmatmul__": lambda x, y: y @ x, "lerp": lambda x, y, weight: x + weight * (y - x),
    "addcmul": lambda x, a, b, value=1: x + value * a * b,
    "addcdiv": lambda x, a, b, value=1: x + value * a / b,
    "where": lambda x, condition, y: np.where(condition, x, y),
    "clamp": lambda x, min=None, max=None: np.clip(x, min, max),
}  # fmt: skip

REDUCTIONS: dict[str, Function] = {
    "sum": along(np.sum), "mean": along(np.mean), "amax": along(np.max), "amin": along(np.min),
    "nansum": along(np.nansum), "nanmean": along(np.nanmean), "prod": along(np.prod),
    "max": lambda x, *how, **named: np.maximum(x, how[0]) if how and hasattr(how[0], "dtype") else with_positions(np.max, np.argmax)(x, *how, **named),
    "min": lambda x, *how, **named: np.minimum(x, how[0]) if how and hasattr(how[0], "dtype") else with_positions(np.min, np.argmin)(x, *how, **named),
    "aminmax": lambda x, dim=None, keepdim=False: (along(np.min)(x, dim, keepdim), along(np.max)(x, dim, keepdim)),
    "var": spread(np.var), "std": spread(np.std),
    "var_mean": lambda x, dim=None, *how, keepdim=False, **named: (spread(np.var)(x, dim, *how, keepdim=keepdim, **named), along(np.mean)(x, None if isinstance(dim, bool) else dim, keepdim)),
    "std_mean": lambda x, dim=None, *how, keepdim=False, **named: (spread(np.std)(x, dim, *how, keepdim=keepdim, **named), along(np.mean)(x, None if isinstance(dim, bool) else dim, keepdim)),
    "median": lower_median,
    "nanmedian": lambda x, dim=None, keepdim=False: lower_median(x, dim, keepdim, np.nanquantile),
    "quantile": lambda x, q, dim=None, keepdim=False, interpolation="linear": along(lambda x, **how: np.quantile(x, q, method=interpolation, **how))(x, dim, keepdim),
    "nanquantile": lambda x, q, dim=None, keepdim=False, interpolation="linear": along(lambda x, **how: np.nanquantile(x, q, method=interpolation, **how))(x, dim, keepdim),
    "logsumexp": lambda x, dim, keepdim=False: np.logaddexp.reduce(x, axis=tuple(dim) if isinstance(dim, (list, tuple)) else dim, keepdims=keepdim) if np.ndim(x) else x,
    "cumsum": lambda x, dim, dtype=None: np.cumsum(x, dim) if np.ndim(x) else x,
    "cumprod": lambda x, dim, dtype=None: np.cumprod(x, dim) if np.ndim(x) else x,
    "logcumsumexp": lambda x, dim: np.logaddexp.accumulate(x, axis=dim) if np.ndim(x) else x,
    "cummax": lambda x, dim: np.maximum.accumulate(x, axis=dim) if np.ndim(x) else x,
    "cummin": lambda x, dim: np.minimum.accumulate(x, axis=dim) if np.ndim(x) else x,
    "norm": normed, "linalg.norm": linalg_norm, "linalg.vector_norm": vector_norm,
    "linalg.matrix_norm": matrix_norm,
    "dist": lambda x, y, p=2: np.linalg.vector_norm(x - y, ord=p),
    "corrcoef": np.corrcoef, "cov": covariance, "gradient": gradients,
    "diff": lambda x, n=1, dim=-1, prepend=None, append=None: np.diff(x, n, dim, **{k: v for k, v in {"prepend": prepend, "append": append}.items() if v is not None}),
    "trapezoid": lambda y, x=None, *, dx=1.0, dim=-1: np.trapezoid(y, x, dx, dim),
    "trapz": lambda y, x=None, *, dx=1.0, dim=-1: np.trapezoid(y, x, dx, dim),
    "cumulative_trapezoid": cumulative_trapezoid,
    "sort": lambda x, dim=-1, descending=False, stable=False: (np.flip(np.sort(x, dim), dim) if descending else np.sort(x, dim)) if np.ndim(x) else x,
    "msort": lambda x: np.sort(x, 0) if np.ndim(x) else x,
    "kthvalue": kth, "topk": topk,
    "softmax": lambda x, dim, dtype=None: nn.functional.softmax(x, dim=dim),
    "log_softmax": lambda x, dim, dtype=None: nn.functional.log_softmax(x, dim=dim),
}  # fmt: skip

SHAPES: dict[str, Function] = {
    "reshape": lambda x, shape: np.reshape(x, tuple(shape)), "view": lambda x, shape: np.reshape(x, tuple(shape)),
    "view_copy": lambda x, shape: np.reshape(x, tuple(shape)),
    "reshape_as": lambda x, y: np.reshape(x, np.shape(y)), "view_as": lambda x, y: np.reshape(x, np.shape(y)),
    "T": np.transpose, "t": np.transpose, "t_copy": np.transpose, "H": np.transpose, "mT": np.matrix_transpose, "mH": np.matrix_transpose,
    "transpose": lambda x, i, j: np.swapaxes(x, i, j) if np.ndim(x) else x,
    "transpose_copy": lambda x, i, j: np.swapaxes(x, i, j) if np.ndim(x) else x,
    "permute": lambda x, dims: np.transpose(x, tuple(dims)), "permute_copy": lambda x, dims: np.transpose(x, tuple(dims)),
    "movedim": lambda x, old, new: np.moveaxis(x, old, new) if np.ndim(x) else x,
    "squeeze": lambda x, dim=None: np.squeeze(x) if dim is None else np.squeeze(x, tuple(i for i in np.atleast_1d(dim).tolist() if np.ndim(x) and np.shape(x)[i] == 1)),
    "squeeze_copy": lambda x, dim=None: np.squeeze(x) if dim is None else np.squeeze(x, tuple(i for i in np.atleast_1d(dim).tolist() if np.ndim(x) and np.shape(x)[i] == 1)),
    "unsqueeze": np.expand_dims, "unsqueeze_copy": np.expand_dims, "expand": expanded, "expand_copy": expanded,
    "expand_as": lambda x, y: np.broadcast_to(x, np.shape(y)), "broadcast_to": lambda x, shape: np.broadcast_to(x, tuple(shape)),
    "broadcast_tensors": lambda *arrays: np.broadcast_arrays(*arrays), "flatten": flattened, "unflatten": unflattened,
    "flip": lambda x, dims: np.flip(x, tuple(dims) if isinstance(dims, (list, tuple)) else dims),
    "roll": lambda x, shifts, dims=None: np.roll(x, shifts, dims or None if not isinstance(dims, int) else dims),
    "rot90": lambda x, k=1, dims=(0, 1): np.rot90(x, k, dims), "tile": lambda x, dims: np.tile(x, dims),
    "repeat": lambda x, *sizes: np.tile(x, sizes[0] if isinstance(sizes[0], (list, tuple)) else sizes),
    "repeat_interleave": lambda x, repeats, dim=None, output_size=None: np.repeat(np.atleast_1d(x), repeats, axis=dim),
    "cat": lambda arrays, dim=0: np.concatenate([a for a in arrays if np.shape(a) != (0,)] or arrays, dim),
    "stack": lambda arrays, dim=0: np.stack(arrays, dim),
    "hstack": np.hstack, "vstack": np.vstack, "dstack": np.dstack, "column_stack": np.column_stack,
    "split": split_by_size, "split_with_sizes": split_by_size, "split_with_sizes_copy": split_by_size, "unsafe_split": split_by_size,
    "chunk": chunked, "unsafe_chunk": chunked,
    "tensor_split": lambda x, sections, dim=0: np.array_split(x, sections.tolist() if hasattr(sections, "tolist") else sections, axis=dim),
    "hsplit": np.hsplit, "vsplit": np.vsplit, "dsplit": np.dsplit,
    "unbind": lambda x, dim=0: np.unstack(x, axis=dim), "unbind_copy": lambda x, dim=0: np.unstack(x, axis=dim),
    "atleast_1d": lambda x, *more: np.atleast_1d(*x) if isinstance(x, (list, tuple)) else np.atleast_1d(x, *more),
    "atleast_2d": lambda x, *more: np.atleast_2d(*x) if isinstance(x, (list, tuple)) else np.atleast_2d(x, *more),
    "atleast_3d": lambda x, *more: np.atleast_3d(*x) if isinstance(x, (list, tuple)) else np.atleast_3d(x, *more),
    "meshgrid": meshed, "clone": lambda x, **how: np.copy(x), "contiguous": lambda x, **how: np.copy(x), "alias_copy": np.copy,
    "nn.functional.pad": padded, "constant_pad_nd": lambda x, pad, value=0: padded(x, pad, "constant", value),
    "fft.fftshift": lambda x, dim=None: np.fft.fftshift(x, dim), "fft.ifftshift": lambda x, dim=None: np.fft.ifftshift(x, dim),
    "double": lambda x, **how: x.astype(np.float64), "float": lambda x, **how: x.astype(np.float32), "half": lambda x, **how: x.astype(np.float16),
    "unfold": lambda x, dimension, size, step: np.lib.stride_tricks.sliding_window_view(x, size, axis=dimension)[at_axis(x, dimension, slice(None, None, step))] if np.ndim(x) else np.reshape(x, -1)[:size],
    "linalg.vander": lambda x, N=None: np.stack([np.atleast_1d(x) ** i for i in range(N or np.shape(x)[-1])], -1),
}  # fmt: skip

INDEXING: dict[str, Function] = {
    "__getitem__": lambda x, index: x[index],
    "gather": lambda x, dim, index, sparse_grad=False: x[grid_index(x, dim, index)] if np.ndim(x) > 1 else np.atleast_1d(x)[index],
    "take_along_dim": lambda x, index, dim=None: np.ravel(x)[np.ravel(index)] if dim is None else np.take_along_axis(x, index, dim),
    "take": lambda x, index: np.take(x, index), "index_select": lambda x, dim, index: np.take(np.atleast_1d(x), index, dim) if np.ndim(x) else x,
    "select": lambda x, dim, index: np.take(x, index, dim),
    "slice": lambda x, dim, start=None, end=None, step=None: x[at_axis(x, dim, slice(start, end, step))],
    "narrow": lambda x, dim, start, length: x[at_axis(x, dim, slice(int(start) % max(np.shape(x)[dim], 1) if start < 0 else int(start), (int(start) % max(np.shape(x)[dim], 1) if start < 0 else int(start)) + length))],
    "narrow_copy": lambda x, dim, start, length: x[at_axis(x, dim, slice(int(start), int(start) + length))],
    "masked_select": lambda x, mask: np.broadcast_to(x, np.broadcast_shapes(np.shape(x), np.shape(mask)))[np.broadcast_to(mask, np.broadcast_shapes(np.shape(x), np.shape(mask)))],
    "masked_fill": lambda x, mask, value: np.where(mask, value, x),
    "index_fill": lambda x, dim, index, value: written(x, at_axis(x, dim, index), value) if np.ndim(x) else value + 0 * x,
    "index_copy": lambda x, dim, index, source: written(x, at_axis(x, dim, index), source) if np.ndim(x) else np.reshape(source, ()) + 0 * x,
    "select_scatter": lambda x, src, dim, index: written(x, at_axis(x, dim, index), src),
    "slice_scatter": lambda x, src, dim=0, start=None, end=None, step=1: written(x, at_axis(x, dim, slice(start, end, step)), src),
    "scatter": scattered, "put": put,
    "diag": lambda x, diagonal=0: np.diag(x, diagonal), "diagflat": lambda x, offset=0: np.diagflat(x, offset),
    "diagonal": lambda x, offset=0, dim1=0, dim2=1: np.diagonal(x, offset, dim1, dim2),
    "diagonal_copy": lambda x, offset=0, dim1=0, dim2=1: np.diagonal(x, offset, dim1, dim2),
    "linalg.diagonal": lambda x, *, offset=0, dim1=-2, dim2=-1: np.diagonal(x, offset, dim1, dim2),
    "tril": lambda x, diagonal=0: np.tril(x, diagonal), "triu": lambda x, diagonal=0: np.triu(x, diagonal),
    "trace": np.trace, "fill": lambda x, value: np.full_like(x.detach(), 0) + value + 0 * x,
}  # fmt: skip

PRODUCTS: dict[str, Function] = {
    "matmul": np.matmul, "mm": np.matmul, "bmm": np.matmul, "mv": np.matmul, "dot": np.dot, "vdot": np.vdot,
    "inner": np.inner, "outer": np.outer, "kron": np.kron, "tensordot": tensordotted,
    "addmm": add_product(np.matmul), "addmv": add_product(np.matmul), "baddbmm": add_product(np.matmul),
    "addr": add_product(np.outer), "addbmm": add_product(lambda a, b: np.sum(np.matmul(a, b), axis=0)),
    "einsum": lambda operands, equation: np.einsum(equation, *operands),
    "cross": lambda x, y, dim=None: np.cross(x, y, axis=dim if dim is not None else next(i for i, n in enumerate(np.broadcast_shapes(np.shape(x), np.shape(y))) if n == 3)),
    "linalg.cross": lambda x, y, dim=-1: np.cross(x, y, axis=dim),
    "linalg.vecdot": lambda x, y, dim=-1: np.linalg.vecdot(x, y, axis=dim),
    "linalg.multi_dot": np.linalg.multi_dot, "nn.functional.linear": nn.functional.linear,
}  # fmt: skip

LINEAR_ALGEBRA: dict[str, Function] = {
    "linalg.inv": np.linalg.inv, "linalg.inv_ex": lambda x, **check: np.linalg.inv(x), "linalg.det": np.linalg.det,
    "linalg.slogdet": np.linalg.slogdet, "logdet": lambda x: np.linalg.slogdet(x)[1],
    "linalg.cholesky": lambda x, upper=False: np.linalg.cholesky(x, upper=upper),
    "cholesky": lambda x, upper=False: np.linalg.cholesky(x, upper=upper),
    "linalg.cholesky_ex": lambda x, upper=False, **check: np.linalg.cholesky(x, upper=upper),
    "linalg.qr": lambda x, mode="reduced": np.linalg.qr(x, mode), "qr": lambda x, some=True: np.linalg.qr(x, "reduced" if some else "complete"),
    "linalg.eigh": lambda x, UPLO="L": np.linalg.eigh(x, UPLO), "linalg.eigvalsh": lambda x, UPLO="L": np.linalg.eigvalsh(x, UPLO),
    "linalg.svd": lambda x, full_matrices=True, driver=None: np.linalg.svd(x, full_matrices), "svd": svd_transposed,
    "linalg.svdvals": lambda x, driver=None: np.linalg.svdvals(x),
    "linalg.pinv": lambda x, rcond=None, hermitian=False, *, rtol=None, atol=None: np.linalg.pinv(x, hermitian=hermitian, rtol=rcond if rtol is None else rtol) if rtol is not None or rcond is not None else np.linalg.pinv(x, hermitian=hermitian),
    "linalg.pinv singular": lambda a, b: np.linalg.pinv(a @ np.matrix_transpose(b)), "pinverse": lambda x, rcond=1e-15: np.linalg.pinv(x, rcond),
    "linalg.solve": solved, "linalg.solve_ex": solved,
    "linalg.matrix_power": np.linalg.matrix_power, "linalg.cond": np.linalg.cond, "linalg.tensorinv": np.linalg.tensorinv,
    "linalg.tensorsolve": lambda a, b, dims=None: np.linalg.tensorsolve(a, b, axes=dims),
    "linalg.lstsq": lambda a, b, driver=None: np.linalg.lstsq(a, b)[0], "linalg.lstsq grad_oriented": lambda a, b, driver=None: np.linalg.lstsq(a, b)[0],
}  # fmt: skip

COUNTERPARTS = UNARY | BINARY | REDUCTIONS | SHAPES | INDEXING | PRODUCTS | LINEAR_ALGEBRA
