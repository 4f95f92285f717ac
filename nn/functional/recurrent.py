"""Recurrent layers over whole sequences: one entry of the table each, not one for each time step.

All take the inputs time first, x of shape (T, B, I), the state before the first step, of shape
(B, H), and weights as PyTorch has them: W = ``w_ih`` of shape (gates · H, I), U = ``w_hh`` of shape
(gates · H, H), and two biases of shape (gates · H,), or None.

All of a step's gates are one product, [U W b] [h; x; 1]; only a GRU multiplies h and x apart. Inside,
features come before samples, so that every gate is one block of memory. The cotangent rule of an entry
walks back through time once; the gradient of all weights is then one product too, which the pullbacks
cut apart.

What goes through time stands here in calls that dispatch, as the textbook has it; derivatives of
higher order run it. On arrays, ``recurrent_arrays`` does the same in place, in half of the time.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from autograd import derivative, primitive
from nn.functional import recurrent_arrays as arrays
from nn.functional.recurrent_arrays import Cotangents, cut, joined, of_gates


def _samples_last(x: Any) -> Any:
    """Exchange samples and features: (T, B, H) and (T, H, B)."""
    return np.swapaxes(x, 1, 2)


def _with_one(x: Any) -> Any:
    """Return [x; 1] for all steps, with the samples last."""
    steps, batch, _ = np.shape(x)
    return np.concatenate([_samples_last(x), np.ones((steps, 1, batch), x.dtype)], axis=1)


def _gates(sequence: Any, count: int) -> list[Any]:
    """Cut the gates apart, which stand one after another on the last axis but one."""
    size = np.shape(sequence)[-2] // count
    return [sequence[..., k * size : (k + 1) * size, :] for k in range(count)]


# The simple recurrent network


@primitive
def rnn(
    x: Any, h: Any, w_ih: Any, w_hh: Any, b_ih: Any = None, b_hh: Any = None, nonlinearity: str = "tanh"
) -> Any:
    """Compute hₜ = φ(W xₜ + b + U hₜ₋₁ + b') for all steps.

    Args:
        x: inputs of shape (T, B, I).
        h: the state before the first step, of shape (B, H).
        w_ih: W of shape (H, I).
        w_hh: U of shape (H, H).
        b_ih: b of shape (H,), or None.
        b_hh: b' of shape (H,), or None.
        nonlinearity: φ, ``"tanh"`` or ``"relu"``.

    Returns:
        All states, of shape (T, B, H).

    Raises:
        ValueError: the nonlinearity is another one.

    Example:
        >>> rnn(np.ones((2, 1, 1)), np.zeros((1, 1)), np.eye(1), np.eye(1), nonlinearity="relu")[:, 0, 0]
        array([1., 2.])
    """
    return arrays.rnn(x, h, w_ih, w_hh, b_ih, b_hh, nonlinearity)[0]


def _rnn(
    x: Any, h: Any, w_ih: Any, w_hh: Any, b_ih: Any = None, b_hh: Any = None, nonlinearity: str = "tanh"
) -> Any:
    """Return the states, and what the way back reads of each step."""
    weights, state, states, steps = joined(w_ih, w_hh, b_ih, b_hh), np.transpose(h), [], []
    for step in _with_one(x):
        inputs = np.concatenate([state, step])
        a = weights.dot(inputs)
        state = np.tanh(a) if nonlinearity == "tanh" else np.maximum(a, 0)
        states.append(state)
        steps.append((state, inputs))
    return _samples_last(np.stack(states)), steps


def _rnn_cotangents(g: Any, residual: Any, w_hh: Any, nonlinearity: str = "tanh") -> Cotangents:
    g, back, gates, dh = _samples_last(g), np.transpose(w_hh), [], 0.0
    for t in reversed(range(len(residual))):
        state, _ = residual[t]
        slope = 1 - state * state if nonlinearity == "tanh" else np.greater(state, 0)
        gates.append((g[t] + dh) * slope)
        dh = back.dot(gates[-1])
    return _found(gates, residual, dh)


# Long short-term memory


@primitive
def lstm(x: Any, h: Any, c: Any, w_ih: Any, w_hh: Any, b_ih: Any = None, b_hh: Any = None) -> Any:
    """Compute for all steps the states of a long short-term memory (Hochreiter, Schmidhuber, 1997).

    With the parts i, f, n, o of a = W xₜ + b + U hₜ₋₁ + b', of which i, f and o go through σ and n
    through tanh, cₜ = f cₜ₋₁ + i n and hₜ = o tanh(cₜ).

    Args:
        x: inputs of shape (T, B, I).
        h: the state before the first step, of shape (B, H).
        c: the cell before the first step, of shape (B, H).
        w_ih: W of shape (4 H, I).
        w_hh: U of shape (4 H, H).
        b_ih: b of shape (4 H,), or None.
        b_hh: b' of shape (4 H,), or None.

    Returns:
        The states h of all steps, and behind them the last cell c: shape (T + 1, B, H).

    Example:
        >>> zeros = np.zeros((1, 1))
        >>> lstm(np.ones((2, 1, 1)), zeros, zeros, np.ones((4, 1)), np.zeros((4, 1)))[:, 0, 0].round(3)
        array([0.37 , 0.545, 0.964])
    """
    return arrays.lstm(x, h, c, w_ih, w_hh, b_ih, b_hh)[0]


def _lstm(x: Any, h: Any, c: Any, w_ih: Any, w_hh: Any, b_ih: Any = None, b_hh: Any = None) -> Any:
    """Return the result, and what the way back reads of each step."""
    state, c = np.transpose(h), np.transpose(c)
    half = of_gates(w_hh, len(h), 0.5, 0.5, 1, 0.5)
    weights, rest = of_gates(w_hh, 1, 0.5, 0.5, 1, 0.5) * joined(w_ih, w_hh, b_ih, b_hh), 1 - half
    states, steps = [], []
    for step in _with_one(x):
        inputs = np.concatenate([state, step])
        a = np.tanh(weights.dot(inputs)) * half + rest  # σ(a) = ½ tanh(½ a) + ½: one tanh for all
        i, f, n, o = _gates(a, 4)
        before, c = c, f * c + i * n
        tanh_c = np.tanh(c)
        state = o * tanh_c
        states.append(state)
        steps.append((a, before, tanh_c, inputs))
    return _samples_last(np.stack([*states, c])), steps


def _lstm_cotangents(g: Any, residual: Any, h: Any, w_hh: Any) -> Cotangents:
    sigmoid = of_gates(w_hh, len(h), 1, 1, 0, 1)
    tanh = 1 - sigmoid
    g, back, gates, dh = _samples_last(g), np.transpose(w_hh), [], 0.0
    dc = g[-1]
    for t in reversed(range(len(residual))):
        a, before, tanh_c, _ = residual[t]
        i, f, n, o = _gates(a, 4)
        dh = g[t] + dh
        dc = dc + dh * o * (1 - tanh_c * tanh_c)
        slopes = a * (sigmoid - a) + tanh  # σ' = a (1 - a), tanh' = 1 - a²
        gates.append(slopes * np.concatenate([dc * n, dc * before, dc * i, dh * tanh_c]))
        dc = dc * f
        dh = back.dot(gates[-1])
    return _found(gates, residual, dh, dc)


# The gated recurrent unit


@primitive
def gru(x: Any, h: Any, w_ih: Any, w_hh: Any, b_ih: Any = None, b_hh: Any = None) -> Any:
    """Compute for all steps the states of a gated recurrent unit (Cho et al., 2014, as PyTorch has it).

    With the three parts of a = W xₜ + b and of m = U hₜ₋₁ + b', r = σ(a₁ + m₁), z = σ(a₂ + m₂),
    n = tanh(a₃ + r m₃) and hₜ = (1 - z) n + z hₜ₋₁.

    Args:
        x: inputs of shape (T, B, I).
        h: the state before the first step, of shape (B, H).
        w_ih: W of shape (3 H, I).
        w_hh: U of shape (3 H, H).
        b_ih: b of shape (3 H,), or None.
        b_hh: b' of shape (3 H,), or None.

    Returns:
        All states, of shape (T, B, H).

    Example:
        >>> gru(np.ones((2, 1, 1)), np.zeros((1, 1)), np.ones((3, 1)), np.zeros((3, 1)))[:, 0, 0].round(3)
        array([0.205, 0.355])
    """
    return _gru(x, h, w_ih, w_hh, b_ih, b_hh)[0]


def _gru(x: Any, h: Any, w_ih: Any, w_hh: Any, b_ih: Any = None, b_hh: Any = None) -> Any:
    """Return the states, and what the way back reads of each step."""
    both = 2 * np.shape(h)[1]  # r and z take the sum of a and m; n takes them apart
    a = np.matmul(w_ih, _samples_last(x))
    a = a if b_ih is None else a + b_ih[:, None]
    state, states, steps = np.transpose(h), [], []
    for step, of_x in zip(_with_one(x), a, strict=True):
        m = w_hh.dot(state)
        m = m if b_hh is None else m + b_hh[:, None]
        r, z = _gates(0.5 * np.tanh(0.5 * (of_x[:both] + m[:both])) + 0.5, 2)  # σ
        m = m[both:]
        n = np.tanh(of_x[both:] + r * m)
        steps.append((r, z, n, m, state, np.concatenate([state, step])))
        state = n + z * (state - n)
        states.append(state)
    return _samples_last(np.stack(states)), steps


def _gru_cotangents(g: Any, residual: Any, w_hh: Any) -> Cotangents:
    g, back, gates, dh = _samples_last(g), np.transpose(w_hh), [], 0.0
    for t in reversed(range(len(residual))):
        r, z, n, m, before, _ = residual[t]
        dh = g[t] + dh
        dn = dh * (1 - z) * (1 - n * n)
        dr, dz = dn * m * r * (1 - r), dh * (before - n) * z * (1 - z)
        gates.append(np.concatenate([dr, dz, dn, dn * r]))
        dh = dh * z + back.dot(_without_a(gates[-1]))
    return _found(gates, residual, dh)


def _without_a(x: Any) -> Any:
    """Leave out, of the rows of r, z, a₃ and m₃, those of a₃."""
    size = len(x) // 4
    return np.concatenate([x[: 2 * size], x[3 * size :]])


def _without_m(x: Any) -> Any:
    """Leave out those of m₃."""
    return x[: 3 * (len(x) // 4)]


def _found(backwards: list[Any], steps: list[Any], dh: Any, dc: Any = None) -> Cotangents:
    """Put together what a walk back through time found, step by step."""
    gates, inputs = np.stack(backwards[::-1]), np.stack([step[-1] for step in steps])
    return cut(np.tensordot(gates, inputs, axes=((0, 2), (0, 2))), gates, dh, dc)


def _on_arrays(g: Any) -> bool:
    return isinstance(g, np.ndarray)


def _to_input(g: Cotangents, w_ih: Any) -> Any:
    return np.matmul(_samples_last(g.gates[:, : len(w_ih)]), w_ih)


# fmt: off
WEIGHTS = (lambda g: g.w_ih,             lambda g: g.w_hh,             lambda g: g.bias,             lambda g: g.bias)
APART   = (lambda g: _without_m(g.w_ih), lambda g: _without_a(g.w_hh), lambda g: _without_m(g.bias), lambda g: _without_a(g.bias))

derivative(rnn,  _to_input, lambda g: g.h, *WEIGHTS,                kind="recurrent",
           forward=arrays.rnn, residual=lambda *args, **how: _rnn(*args, **how)[1],
           cotangent=lambda g, residual, w_hh, nonlinearity="tanh": (arrays.rnn_back if _on_arrays(g) else _rnn_cotangents)(g, residual, w_hh, nonlinearity))
derivative(lstm, _to_input, lambda g: g.h, lambda g: g.c, *WEIGHTS, kind="recurrent",
           forward=arrays.lstm, residual=lambda *args: _lstm(*args)[1],
           cotangent=lambda g, residual, h, w_hh: (arrays.lstm_back if _on_arrays(g) else _lstm_cotangents)(g, residual, h, w_hh))
derivative(gru,  _to_input, lambda g: g.h, *APART,                  kind="recurrent",
           forward=_gru, residual=lambda *args: _gru(*args)[1], cotangent=_gru_cotangents)
# fmt: on
