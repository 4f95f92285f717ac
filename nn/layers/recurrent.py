"""Recurrent layers over sequences, and their cells, which take one step."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, ClassVar

import numpy as np

from nn import functional
from nn.errors import RefusedError, whole_number
from nn.functional.dropout import check_probability
from nn.functional.numbers import as_numbers
from nn.functional.recurrent_arrays import check_nonlinearity
from nn.init import DType, Rng
from nn.layers.linear import uniform_by_fan_in
from nn.module import Module
from nn.parameter import add_parameters

States = tuple[Any, ...]


class Recurrent(Module):
    """What all recurrent layers and cells share: sizes, weights, states."""

    gates: ClassVar[int]
    states: ClassVar[int] = 1  # how many arrays the state is made of
    function: ClassVar[Callable[..., Any]]
    nonlinearity: str = "tanh"  # of a new state

    def _set_sizes(self, input_size: int, hidden_size: int, bias: bool) -> None:
        self.input_size = whole_number("input_size", input_size, 1)
        self.hidden_size = whole_number("hidden_size", hidden_size, 1)
        self.bias = bias

    def _add_weights(self, inputs: int, suffix: str, dtype: DType) -> None:
        """Add the weights of one layer and direction."""
        rows = self.gates * self.hidden_size
        weights = {"weight_ih": (rows, inputs), "weight_hh": (rows, self.hidden_size)}
        biases = {"bias_ih": (rows,), "bias_hh": (rows,)} if self.bias else {}
        shapes = {name + suffix: shape for name, shape in (weights | biases).items()}
        add_parameters(self, dtype, **shapes)

    def reset_parameters(self, *, rng: Rng = None) -> None:
        """Draw all weights anew, uniformly between ±1/√hidden_size."""
        uniform_by_fan_in(self.parameters(), self.hidden_size, rng)

    def _run(self, x: Any, states: States, suffix: str) -> Any:
        """Return the states at all steps, by the weights of one layer and direction; then the last cell."""
        names = ("weight_ih", "weight_hh", "bias_ih", "bias_hh") if self.bias else ("weight_ih", "weight_hh")
        weights = (getattr(self, name + suffix) for name in names)
        # What is usual need not be said in every call.
        how = {} if self.nonlinearity == "tanh" else {"nonlinearity": self.nonlinearity}
        return type(self).function(x, *states, *weights, **how)

    def _checked_states(self, given: Any, shape: tuple[int, ...], like: Any) -> States:
        """Return the first states: zeros, or what was given, if it has the right shape."""
        if given is None:
            return (np.zeros(shape, like.dtype),) * self.states
        states = tuple(given) if isinstance(given, (tuple, list)) and self.states > 1 else (given,)
        states = tuple(map(as_numbers, states))
        shapes = [state.shape for state in states]
        if shapes != [shape] * self.states:
            what = f"{self.states} states (h, c)" if self.states > 1 else "a state"
            raise RefusedError(
                f"{type(self).__name__}: expected {what} of shape {shape}, got {', '.join(map(str, shapes))}"
            )
        return states

    def _checked_input(self, x: Any, ndim: int, what: str) -> Any:
        """Return the input as an array, if its shape is right: with a batch or without."""
        x = as_numbers(x)
        if x.ndim not in (ndim - 1, ndim) or x.shape[-1] != self.input_size:
            raise RefusedError(
                f"{type(self).__name__}: expected inputs of shape {what} with {self.input_size} features, "
                f"got {x.shape}"
            )
        return x


class RecurrentLayer(Recurrent):
    """Recurrent layers one above the other, over whole sequences.

    Args:
        input_size: I, the number of features of an input.
        hidden_size: H, the number of features of a state.
        num_layers: L, how many layers stand one above the other.
        bias: whether there are biases.
        batch_first: whether inputs and outputs have the shape (B, T, ...) and not (T, B, ...).
        dropout: the share of outputs that is dropped between layers in training.
        bidirectional: whether a second network runs backwards in time; D is then 2, otherwise 1.
        dtype: of the parameters.
        rng: where initial values and what is dropped are drawn from.

    Raises:
        ValueError: an argument is out of its range, or an input does not fit.
    """

    def __init__(
        self,
        input_size: int,
        hidden_size: int,
        num_layers: int = 1,
        bias: bool = True,
        batch_first: bool = False,
        dropout: float = 0.0,
        bidirectional: bool = False,
        *,
        dtype: DType = None,
        rng: Rng = None,
    ) -> None:
        self._set_sizes(input_size, hidden_size, bias)
        self.num_layers = whole_number("num_layers", num_layers, 1)
        self.batch_first, self.bidirectional = batch_first, bidirectional
        self.dropout = check_probability(dropout, "dropout")
        self.rng = np.random.default_rng(rng)
        for layer in range(num_layers):
            inputs = input_size if layer == 0 else len(self._directions) * hidden_size
            for direction in self._directions:
                self._add_weights(inputs, f"_l{layer}{direction}", dtype)
        self.reset_parameters(rng=self.rng)

    def flatten_parameters(self) -> None:
        """Do nothing: PyTorch moves weights together here, for its GPUs."""

    @property
    def _directions(self) -> tuple[str, ...]:
        return ("", "_reverse") if self.bidirectional else ("",)

    def forward(self, x: Any, hx: Any = None) -> tuple[Any, Any]:
        """Go through sequences.

        Args:
            x: inputs of shape (T, B, I), or (B, T, I) with ``batch_first``, or (T, I).
            hx: the first state of shape (D · L, B, H), or (D · L, H); a pair (h, c) of them for an
                LSTM; by default zeros.

        Returns:
            The last layer's states at all steps, of shape (T, B, D · H), and the last state of every
            layer and direction, of the shape of ``hx``.
        """
        x = self._checked_input(x, 3, "(B, T, I)" if self.batch_first else "(T, B, I)")
        batched = x.ndim == 3
        x = np.swapaxes(x, 0, 1) if batched and self.batch_first else x if batched else x[:, None]
        count = self.num_layers * len(self._directions)
        shape = (count, x.shape[1], self.hidden_size) if batched else (count, self.hidden_size)
        first = self._checked_states(hx, shape, x)
        first = first if batched else tuple(state[:, None] for state in first)
        steps = len(x)
        if not steps:
            raise RefusedError(f"{type(self).__name__}: expected at least one step, got none")
        results: list[Any] = []
        for layer in range(self.num_layers):
            if layer and self.dropout:
                x = functional.dropout(x, self.dropout, self.training, rng=self.rng)
            outputs = []
            for direction in self._directions:
                states = tuple(state[len(results)] for state in first)
                sequence = np.flip(x, 0) if direction else x
                out = self._run(sequence, states, f"_l{layer}{direction}")
                results.append(out)
                out = out[:steps] if self.states > 1 else out
                outputs.append(np.flip(out, 0) if direction else out)
            x = np.concatenate(outputs, axis=-1) if len(outputs) > 1 else outputs[0]
        last = ([out[steps - 1 + k : steps + k] for out in results] for k in range(self.states))
        states = tuple(np.concatenate(kind) if count > 1 else np.copy(kind[0]) for kind in last)
        if not batched:
            x, states = x[:, 0], tuple(state[:, 0] for state in states)
        elif self.batch_first:
            x = np.swapaxes(x, 0, 1)
        return x, states if self.states > 1 else states[0]

    def extra_repr(self) -> str:
        """Say the sizes, and what is not as usual."""
        usual = {"num_layers": 1, "bias": True, "batch_first": False, "dropout": 0.0, "bidirectional": False}
        others = [
            f"{name}={getattr(self, name)}" for name, value in usual.items() if getattr(self, name) != value
        ]
        return ", ".join([f"{self.input_size}, {self.hidden_size}", *others])


class RecurrentCell(Recurrent):
    """One step of a recurrent layer: from an input and a state to the next state.

    Args:
        input_size: I, the number of features of an input.
        hidden_size: H, the number of features of a state.
        bias: whether there are biases.
        dtype: of the parameters.
        rng: where initial values are drawn from.

    Raises:
        ValueError: an argument is out of its range, or an input does not fit.
    """

    def __init__(
        self, input_size: int, hidden_size: int, bias: bool = True, *, dtype: DType = None, rng: Rng = None
    ) -> None:
        self._set_sizes(input_size, hidden_size, bias)
        self._add_weights(input_size, "", dtype)
        self.reset_parameters(rng=rng)

    def forward(self, x: Any, hx: Any = None) -> Any:
        """Return the next state, of shape (B, H) or (H,); for an LSTM the pair (h, c).

        Args:
            x: the input, of shape (B, I) or (I,).
            hx: the state before, of shape (B, H) or (H,); a pair (h, c) for an LSTM; by default zeros.
        """
        x = self._checked_input(x, 2, "(B, I)")
        states = self._checked_states(hx, (*x.shape[:-1], self.hidden_size), x)
        if x.ndim == 1:
            out = self._run(x[None, None], tuple(state[None] for state in states), "")[:, 0]
        else:
            out = self._run(x[None], states, "")
        return tuple(out) if self.states > 1 else out[0]

    def extra_repr(self) -> str:
        """Say the sizes."""
        return f"{self.input_size}, {self.hidden_size}" + ("" if self.bias else ", bias=False")


class RNN(RecurrentLayer):
    """The simple recurrent network: hₜ = φ(W xₜ + b + U hₜ₋₁ + b').

    The arguments are those of ``RecurrentLayer``, and ``nonlinearity``, φ: "tanh" or "relu".

    Example:
        >>> output, h = RNN(3, 5, rng=0)(np.ones((7, 2, 3)))
        >>> output.shape, h.shape
        ((7, 2, 5), (1, 2, 5))
    """

    gates, function = 1, staticmethod(functional.rnn)

    def __init__(
        self,
        input_size: int,
        hidden_size: int,
        num_layers: int = 1,
        nonlinearity: str = "tanh",
        *args: Any,
        **how: Any,
    ) -> None:
        super().__init__(input_size, hidden_size, num_layers, *args, **how)
        self.nonlinearity = check_nonlinearity(nonlinearity)


class LSTM(RecurrentLayer):
    """Long short-term memory (Hochreiter and Schmidhuber, 1997): see ``functional.lstm``.

    The arguments are those of ``RecurrentLayer``; the state is a pair (h, c).

    Example:
        >>> output, (h, c) = LSTM(3, 5, num_layers=2, rng=0)(np.ones((7, 2, 3)))
        >>> output.shape, h.shape, c.shape
        ((7, 2, 5), (2, 2, 5), (2, 2, 5))
    """

    gates, states, function = 4, 2, staticmethod(functional.lstm)


class GRU(RecurrentLayer):
    """The gated recurrent unit (Cho et al., 2014): see ``functional.gru``.

    The arguments are those of ``RecurrentLayer``.

    Example:
        >>> output, h = GRU(3, 5, bidirectional=True, rng=0)(np.ones((7, 2, 3)))
        >>> output.shape, h.shape
        ((7, 2, 10), (2, 2, 5))
    """

    gates, function = 3, staticmethod(functional.gru)


class RNNCell(RecurrentCell):
    """One step of an RNN.

    The arguments are those of ``RecurrentCell``, and ``nonlinearity``: "tanh" or "relu".

    Example:
        >>> RNNCell(3, 5, rng=0)(np.ones((2, 3))).shape
        (2, 5)
    """

    gates, function = 1, staticmethod(functional.rnn)

    def __init__(
        self, input_size: int, hidden_size: int, bias: bool = True, nonlinearity: str = "tanh", **how: Any
    ) -> None:
        super().__init__(input_size, hidden_size, bias, **how)
        self.nonlinearity = check_nonlinearity(nonlinearity)


class LSTMCell(RecurrentCell):
    """One step of an LSTM; the state is a pair (h, c).

    Example:
        >>> h, c = LSTMCell(3, 5, rng=0)(np.ones((2, 3)))
        >>> h.shape, c.shape
        ((2, 5), (2, 5))
    """

    gates, states, function = 4, 2, staticmethod(functional.lstm)


class GRUCell(RecurrentCell):
    """One step of a GRU.

    Example:
        >>> GRUCell(3, 5, rng=0)(np.ones((2, 3))).shape
        (2, 5)
    """

    gates, function = 3, staticmethod(functional.gru)
