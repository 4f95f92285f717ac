"""Recurrent layers on arrays: what ``recurrent`` says step by step, in place and with no copies.

Inside, features come before samples, so that every gate of a step is one block of memory.
"""

from __future__ import annotations

from functools import partial, reduce
from operator import add
from typing import Any, NamedTuple

import numpy as np

from nn.errors import RefusedError

Array = np.ndarray[Any, Any]
COLUMNS = 256  # of a product of several steps: as many as stay in the cache


class Cotangents(NamedTuple):
    """What a walk back through time finds."""

    w_ih: Any
    w_hh: Any
    bias: Any  # of each bias
    gates: Any  # of what the gates add up, for all steps: shape (T, gates · H, B)
    h: Any  # of the first state
    c: Any  # of the first cell


def joined(w_ih: Any, w_hh: Any, *biases: Any) -> Any:
    """Return [U W b + b'], of shape (gates · H, H + I + 1)."""
    given = [bias for bias in biases if bias is not None] or [np.zeros(len(w_ih), w_ih.dtype)]
    return np.concatenate([w_hh, w_ih, reduce(add, given)[:, None]], axis=1)


def cut(weights: Any, gates: Any, dh: Any, dc: Any) -> Cotangents:
    """Cut the cotangent of [U W b] apart, and put samples first in that of the first state and cell."""
    size = len(dh)
    parts = weights[:, size:-1], weights[:, :size], weights[:, -1]
    return Cotangents(*parts, gates, dh.T, None if dc is None else dc.T)


def of_gates(w_hh: Any, samples: int, *numbers: float) -> Array:
    """Return one number for each gate, repeated over its features and the samples."""
    dtype = np.result_type(w_hh.dtype, np.float16)  # whole numbers have real gates
    column = np.repeat(np.array(numbers, dtype), w_hh.shape[1])[:, None]
    return np.repeat(column, samples, axis=1)


def _inputs(x: Array, h: Array, weights: Array, more: int = 1) -> Array:
    """Make room for [h; x; 1] of all steps and for more results, and fill in what is known."""
    inputs = np.empty((len(x) + more, weights.shape[1], len(h)), np.result_type(x, h, weights))
    inputs[0, : h.shape[1]] = h.T
    inputs[: len(x), h.shape[1] : -1] = x.swapaxes(1, 2)
    inputs[: len(x), -1] = 1
    return inputs


def _found(gates: Array, inputs: Array, dh: Array, dc: Array | None = None) -> Cotangents:
    """Compute Σₜ δₜ [hₜ₋₁; xₜ; 1]ᵀ. Some steps stand side by side: few products, of small copies."""
    weights = np.zeros((gates.shape[1], inputs.shape[1]), gates.dtype)
    many = 1 + COLUMNS // (1 + gates.shape[2])
    for t in range(0, len(gates), many):
        deltas = gates[t : t + many]
        rows = inputs[t : t + len(deltas)].swapaxes(1, 2).reshape(-1, inputs.shape[1])
        weights += deltas.swapaxes(0, 1).reshape(len(weights), -1).dot(rows)
    return cut(weights, gates, dh, dc)


def _by_step(g: Array) -> list[Array | None]:
    """Return each step's cotangent with the samples last, or None where it is zero: often all but one."""
    given: list[Array | None] = [None] * len(g)
    for t in np.flatnonzero(g.any(axis=(1, 2))):
        given[t] = g[t].T
    return given


def check_nonlinearity(nonlinearity: str) -> str:
    """Refuse what is no nonlinearity of the simple recurrent network."""
    if nonlinearity not in ("tanh", "relu"):
        raise RefusedError(f"nonlinearity: expected 'tanh' or 'relu', got {nonlinearity!r}")
    return nonlinearity


def rnn(
    x: Array,
    h: Array,
    w_ih: Array,
    w_hh: Array,
    b_ih: Any = None,
    b_hh: Any = None,
    nonlinearity: str = "tanh",
) -> tuple[Array, Array]:
    """Return the states of a simple recurrent network, and the inputs [h; x; 1] of its products."""
    weights = joined(w_ih, w_hh, b_ih, b_hh)
    inputs = _inputs(x, h, weights)
    states = inputs[1:, : len(w_hh)]
    phi = np.tanh if check_nonlinearity(nonlinearity) == "tanh" else partial(np.maximum, 0)
    for step, state in zip(inputs[:-1], states, strict=True):
        weights.dot(step, out=state)
        phi(state, out=state)
    return states.swapaxes(1, 2), inputs


def rnn_back(g: Array, inputs: Array, w_hh: Array, nonlinearity: str = "tanh") -> Cotangents:
    """Walk back through time."""
    states, back = inputs[1:, : len(w_hh)], w_hh.T
    if nonlinearity == "tanh":
        gates = np.square(states)
        np.subtract(1, gates, out=gates)
    else:
        gates = (states > 0).astype(states.dtype)
    dh = np.zeros_like(gates[0])
    for gate, given in reversed(list(zip(gates, _by_step(g), strict=True))):
        if given is not None:
            dh += given
        gate *= dh
        back.dot(gate, out=dh)
    return _found(gates, inputs, dh)


def lstm(
    x: Array, h: Array, c: Array, w_ih: Array, w_hh: Array, b_ih: Any = None, b_hh: Any = None
) -> tuple[Array, tuple[Array, ...]]:
    """Return the states and the last cell of an LSTM, and its gates, i n and f c, tanh c, and inputs."""
    half = of_gates(w_hh, len(c), 0.5, 0.5, 1, 0.5)
    rest = 1 - half
    weights = of_gates(w_hh, 1, 0.5, 0.5, 1, 0.5) * joined(w_ih, w_hh, b_ih, b_hh)
    inputs = _inputs(x, h, weights, more=2)
    out, cell = inputs[1:, : h.shape[1]], np.array(c.T, inputs.dtype, order="C")
    gates, terms, tanh_c = (np.empty((len(x), *n, *cell.shape), cell.dtype) for n in ((4,), (2,), ()))
    flat = gates.reshape(len(x), *half.shape)
    steps = zip(inputs[:-2], flat, gates, terms, tanh_c, out[:-1], strict=True)
    for step, a, (i, f, n, o), (new, kept), tanh, state in steps:
        weights.dot(step, out=a)
        np.tanh(a, out=a)  # σ(a) = ½ tanh(½ a) + ½: one tanh for all gates
        a *= half
        a += rest
        np.multiply(i, n, out=new)
        np.multiply(f, cell, out=kept)
        np.add(new, kept, out=cell)
        np.tanh(cell, out=tanh)
        np.multiply(o, tanh, out=state)
    out[-1] = cell
    return out.swapaxes(1, 2), (gates, terms, tanh_c, inputs)


def lstm_back(g: Array, residual: tuple[Array, ...], h: Array, w_hh: Array) -> Cotangents:
    """Walk back through time."""
    gates, terms, tanh_c, inputs = residual
    states, back = inputs[1:-1, : h.shape[1]], w_hh.T
    i, f, n, o = np.moveaxis(gates, 1, 0)
    deltas = 1 - gates
    deltas[:, :2] *= terms  # n σ' = n i (1 - i), of which i n is known; f c and h likewise
    deltas[:, 3] *= states
    np.multiply(terms[:, 0], n, out=deltas[:, 2])
    np.subtract(i, deltas[:, 2], out=deltas[:, 2])  # i tanh' = i - i n²
    slope_c = states * tanh_c
    np.subtract(o, slope_c, out=slope_c)
    flat = deltas.reshape(len(gates), len(w_hh), len(h))
    dh, dc = np.zeros_like(slope_c[0]), np.array(g[-1].T, order="C")
    steps = zip(deltas[:, :3], deltas[:, 3], flat, slope_c, f, _by_step(g[:-1]), strict=True)
    for of_c, of_h, all_gates, slope, forget, given in reversed(list(steps)):
        if given is not None:
            dh += given
        dc += dh * slope
        of_c *= dc
        of_h *= dh
        dc *= forget
        back.dot(all_gates, out=dh)
    return _found(flat, inputs, dh, dc)
