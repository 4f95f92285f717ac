"""Recurrent layers on arrays: what ``recurrent`` says step by step, in place and with no copies.

Inside, features come before samples, so that every gate of a step is one block of memory.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

Array = np.ndarray[Any, Any]


class Cotangents(NamedTuple):
    """What a walk back through time finds."""

    weights: Any  # of [U W b], shape (gates · H, H + I + 1)
    gates: Any  # of what the gates add up, for all steps: shape (gates · H, T · B)
    h: Any  # of the first state
    c: Any = None  # of the first cell


def joined(w_ih: Any, w_hh: Any, *biases: Any) -> Any:
    """Give [U W b + b'], of shape (gates · H, H + I + 1)."""
    bias = sum((bias for bias in biases if bias is not None), np.zeros(len(w_ih), w_ih.dtype))
    return np.concatenate([w_hh, w_ih, bias[:, None]], axis=1)


def of_gates(state: Any, *numbers: float) -> Array:
    """Give one number for each gate, repeated over its features and the samples."""
    size, batch = np.shape(state)
    return np.repeat(np.repeat(np.array(numbers, state.dtype), size)[:, None], batch, axis=1)


def _inputs(x: Array, h: Array, weights: Array) -> Array:
    """Make room for [h; x; 1] of all steps and for one more h, and fill in what is known."""
    inputs = np.empty((len(x) + 1, weights.shape[1], len(h)), np.result_type(x, h, weights))
    inputs[0, : h.shape[1]] = h.T
    inputs[:-1, h.shape[1] : -1] = x.swapaxes(1, 2)
    inputs[:, -1] = 1
    return inputs


def _found(gates: Array, inputs: Array, dh: Array, dc: Array | None = None) -> Cotangents:
    """Put the steps side by side, and multiply them: Σₜ δₜ [hₜ₋₁; xₜ; 1]ᵀ."""
    flat, other = (a.swapaxes(0, 1).reshape(a.shape[1], -1) for a in (gates, inputs[:-1]))
    return Cotangents(flat @ other.T, flat, dh.T, None if dc is None else dc.T)


def rnn(
    x: Array,
    h: Array,
    w_ih: Array,
    w_hh: Array,
    b_ih: Any = None,
    b_hh: Any = None,
    nonlinearity: str = "tanh",
) -> tuple[Array, Array]:
    """Give the states of a simple recurrent network, and the inputs [h; x; 1] of its products."""
    weights, size = joined(w_ih, w_hh, b_ih, b_hh), len(w_hh)
    inputs = _inputs(x, h, weights)
    for t in range(len(x)):
        state = inputs[t + 1, :size]
        np.dot(weights, inputs[t], out=state)
        if nonlinearity == "tanh":
            np.tanh(state, out=state)
        else:
            np.maximum(state, 0, out=state)
    return inputs[1:, :size].swapaxes(1, 2), inputs


def rnn_back(g: Array, inputs: Array, w_hh: Array, nonlinearity: str = "tanh") -> Cotangents:
    """Walk back through time."""
    states, g, back = inputs[1:, : len(w_hh)], g.swapaxes(1, 2), w_hh.T
    gates = 1 - states * states if nonlinearity == "tanh" else (states > 0).astype(states.dtype)
    dh = np.zeros_like(gates[0])
    for t in reversed(range(len(g))):
        dh += g[t]
        gates[t] *= dh
        np.dot(back, gates[t], out=dh)
    return _found(gates, inputs, dh)


def lstm(
    x: Array, h: Array, c: Array, w_ih: Array, w_hh: Array, b_ih: Any = None, b_hh: Any = None
) -> tuple[Array, tuple[Array, ...]]:
    """Give the states and the last cell of an LSTM, and its gates, cells, their tanh, and inputs."""
    size, steps = len(w_hh) // 4, len(x)
    half = of_gates(c.T, 0.5, 0.5, 1, 0.5)
    rest = 1 - half
    weights = half[:, :1] * joined(w_ih, w_hh, b_ih, b_hh)
    inputs = _inputs(x, h, weights)
    gates = np.empty((steps, *half.shape), inputs.dtype)
    cells = np.empty((steps + 1, *c.T.shape), inputs.dtype)
    cells[0] = c.T
    tanh_c, out = np.empty_like(cells[1:]), np.empty_like(cells)
    for t, a in enumerate(gates):
        np.dot(weights, inputs[t], out=a)
        np.tanh(a, out=a)  # σ(a) = ½ tanh(½ a) + ½: one tanh for all gates
        a *= half
        a += rest
        i, f, n, o = a[:size], a[size : 2 * size], a[2 * size : 3 * size], a[3 * size :]
        np.multiply(f, cells[t], out=cells[t + 1])
        cells[t + 1] += np.multiply(i, n, out=out[t])
        np.tanh(cells[t + 1], out=tanh_c[t])
        np.multiply(o, tanh_c[t], out=out[t])
        inputs[t + 1, :size] = out[t]
    out[-1] = cells[-1]
    return out.swapaxes(1, 2), (gates, cells, tanh_c, inputs)


def lstm_back(g: Array, residual: tuple[Array, ...], h: Array, w_hh: Array) -> Cotangents:
    """Walk back through time."""
    gates, cells, tanh_c, inputs = residual
    steps, rows, batch = gates.shape
    deltas = np.empty((steps, 4, rows // 4, batch), gates.dtype)
    i, f, n, o = np.moveaxis(gates.reshape(deltas.shape), 1, 0)
    np.multiply(n, i - i * i, out=deltas[:, 0])  # σ' = σ - σ², tanh' = 1 - tanh²
    np.multiply(cells[:-1], f - f * f, out=deltas[:, 1])
    np.multiply(i, 1 - n * n, out=deltas[:, 2])
    np.multiply(tanh_c, o - o * o, out=deltas[:, 3])
    slope_c = o * (1 - tanh_c * tanh_c)
    g, back = g.swapaxes(1, 2), w_hh.T
    dh, dc = np.zeros_like(slope_c[0]), np.array(g[-1], order="C")
    for t in reversed(range(steps)):
        dh += g[t]
        dc += dh * slope_c[t]
        deltas[t, :3] *= dc
        deltas[t, 3] *= dh
        dc *= f[t]
        np.dot(back, deltas[t].reshape(rows, batch), out=dh)
    return _found(deltas.reshape(gates.shape), inputs, dh, dc)
