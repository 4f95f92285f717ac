"""The arguments of the entries that nn adds to the table."""

from collections.abc import Callable
from typing import Any

import numpy as np
from hypothesis import assume

from autograd import Interval
from autograd.testing import Call, Draw, call
from nn.functional import activations, class_losses, convolution, losses, normalisation, pooling, recurrent
from nn.functional.embedding import embedding, sum_by_row
from nn.functional.windows import Windows, windows_over


def windows(d: Draw, axes: int) -> Windows:
    """Windows of any kernel, stride, dilation and padding, over axes on which at least one fits."""
    kernel, stride, dilation, before, after, more = (
        tuple(d.integer(low, high) for _ in range(axes))
        for low, high in ((1, 2), (1, 2), (1, 2), (0, 1), (0, 1), (0, 2))
    )
    size = tuple(1 + apart * (k - 1) + n for k, apart, n in zip(kernel, dilation, more, strict=True))
    return windows_over("drawn", size, kernel, stride, before, after, dilation)


def convolved(d: Draw) -> tuple[Any, Any, Any, Windows, int]:
    """An input, an output and a weight that go together."""
    over, groups = windows(d, d.integer(1, 2)), d.integer(1, 2)
    rows, inputs, outputs = d.length(), d.length(), d.length()
    x = d.array((rows, groups * inputs, *over.size))
    y = d.array((rows, groups * outputs, *over.count))
    return x, y, d.array((groups * outputs, inputs, *over.kernel)), over, groups


def convolution_of(d: Draw) -> Call:
    x, _, weight, over, groups = convolved(d)
    bias = d.choice(None, d.array((len(weight),)))
    return call(x, weight, bias, over, groups)


def convolution_to_input_of(d: Draw) -> Call:
    _, y, weight, over, groups = convolved(d)
    return call(y, weight, over, groups)


def convolution_to_weight_of(d: Draw) -> Call:
    x, y, _, over, groups = convolved(d)
    return call(y, x, over, groups)


def pooled(d: Draw) -> tuple[Any, Any, Any, Windows]:
    """An input, its largest elements, and where they stand."""
    over = windows(d, d.integer(1, 2))
    x = d.array((d.length(), d.length(), *over.size))
    out = pooling.max_pooling(x, over)
    assume(np.all(np.isfinite(out)))  # no window lies outside
    return x, out, pooling.first_maxima(x, out, over), over


def recurrent_of(d: Draw, gates: int, states: int = 1, **how: Any) -> Call:
    """A sequence, first states, weights, and both biases, one or none."""
    steps, batch, inputs, size = d.integer(1, 3), d.length(), d.length(), d.integer(1, 2)
    first = [d.array((batch, size)) for _ in range(states)]
    shapes = [(gates * size, inputs), (gates * size, size), *[(gates * size,)] * d.integer(0, 2)]
    parameters = [d.array(shape) / 4 for shape in shapes]  # so that the gates do not saturate
    return call(d.array((steps, batch, inputs)), *first, *parameters, **how)


def max_pooling_of(d: Draw) -> Call:
    x, _, _, over = pooled(d)
    return call(x, over)


def first_maxima_of(d: Draw) -> Call:
    x, out, _, over = pooled(d)
    return call(x, out, over)


def to_maxima_of(d: Draw) -> Call:
    _, out, numbers, over = pooled(d)
    return call(d.array(out.shape), numbers, over)


def spans(d: Draw, size: int) -> pooling.Spans:
    """Sums over some elements at each place, as many as there are elements, so that they may be turned."""
    starts = np.arange(size) - d.integer(0, 1)
    return pooling.Spans(size, starts, np.minimum(starts + d.integer(1, 3), size), 1 + d.array((size,)) ** 2)


def averaging_of(d: Draw) -> Call:
    x = d.array(d.shape(3, 4))
    return call(x, pooling.Means(tuple(spans(d, n) for n in x.shape[2:]), d.choice(False, True)))


def at_maxima_of(d: Draw) -> Call:
    x, _, numbers, over = pooled(d)
    return call(d.array(x.shape), numbers, over)


def looked_up(d: Draw) -> tuple[Any, Any]:
    """Numbers of rows, and a table."""
    table = d.array((d.integer(1, 3), d.length()))
    return d.integers(d.shape(), 0, len(table) - 1), table


def sum_by_row_of(d: Draw) -> Call:
    numbers, table = looked_up(d)
    return call(d.array((*numbers.shape, table.shape[1])), numbers, table.shape)


EPS = Interval("eps > 1/4", 0.25, np.inf)
PROBABILITY = Interval("0 < p < 1", 0, 1)


def probabilities(d: Draw) -> Call:
    """Probabilities and targets; logits too, for f(x, x) makes a target of x."""
    shape = d.shape()
    pair = [np.clip(d.array(shape, PROBABILITY), 0, 1) for _ in range(2)]
    return call(*pair, **d.some(reduction=("mean", "sum", "none")))


NN_ARGUMENTS: dict[Callable[..., Any], Callable[[Draw], Call]] = {
    convolution.convolution: convolution_of,
    convolution.convolution_to_input: convolution_to_input_of,
    convolution.convolution_to_weight: convolution_to_weight_of,
    pooling.max_pooling: max_pooling_of,
    pooling.first_maxima: first_maxima_of,
    pooling.to_maxima: to_maxima_of,
    pooling.at_maxima: at_maxima_of,
    pooling.averaging: averaging_of,
    normalisation.sum_of_products: lambda d: call(*d.arrays("ijk,ijk")),
    normalisation.standardise: lambda d: call(*d.arrays("ijk,j,j"), d.array((), EPS)),
    normalisation.scale_and_shift: lambda d: call(*d.arrays("ijk,j,j")),
    activations.hardtanh: lambda d: call(d.array(), **d.some(min_val=(-1.0, -0.25), max_val=(0.5, 1.75))),
    losses.bce_of_probabilities: probabilities,
    losses.bce_of_logits: probabilities,
    class_losses.minus_one_hot: lambda d: call(x := d.array(least=1), np.arange(min(x.size, 2))),
    embedding: lambda d: call(*looked_up(d)),
    sum_by_row: sum_by_row_of,
    recurrent.rnn: lambda d: recurrent_of(d, 1, **d.some(nonlinearity=("tanh", "relu"))),
    recurrent.lstm: lambda d: recurrent_of(d, 4, states=2),
    recurrent.gru: lambda d: recurrent_of(d, 3),
}
