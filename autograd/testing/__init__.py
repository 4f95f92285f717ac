"""Property tests of derivatives with Hypothesis: for the table, and for operations of your own.

Say what the arguments look like; Hypothesis draws them, differences of values check the gradients,
and what fails is made as small as possible and printed as a program. It needs the extra
``testing``, and nothing else of the library imports it.

Example:
    An operation with its rule, which works wherever its first tests look:

    >>> from autograd import GradientError, derivative, primitive
    >>> @primitive
    ... def weighted(x, w):
    ...     return w * x**2
    >>> derivative(weighted, lambda g, x, w: 2 * g * w * x, lambda g, x: g * x)

    The second rule forgets a square. One line finds it:

    >>> try:
    ...     assert_gradients(weighted)
    ... except GradientError as error:
    ...     print(error.__notes__[-1])
    import numpy as np
    from autograd import derivative, gradcheck, primitive
    <BLANKLINE>
    ...
    <BLANKLINE>
    x = np.array(0.0078125)
    w = np.array(0.0078125)
    gradcheck(weighted, x, w, order=2)

    With the right rule it passes, and so does everything else that entries of the table must hold:
    ties, borders of the domain, empty arrays, dtypes, memory.

    >>> derivative(weighted, lambda g, x, w: 2 * g * w * x, lambda g, x: g * x**2)
    >>> assert_gradients(weighted)
    >>> check_entry(weighted)

    Arguments that do not simply broadcast are described by strategies, or by one line of a ``Draw``:

    >>> assert_gradients(lambda x, w: np.sum(weighted(x, w)), arrays((2, 3)), arrays(3, domain=POSITIVE))
    >>> check_entry(weighted, lambda d: call(d.array((2, 3)), d.array((3,))))
    >>> assert_gradients(np.std, drawn(lambda d: d.reduction(ddof=(0.5,))), max_examples=20)

    Functions too can be drawn: graphs of many calls, and networks by ``nn.testing.modules``.

    >>> assert_gradients(graphs([weighted, np.exp, np.sum]), max_examples=20)
"""

from autograd.testing.arguments import ARGUMENTS, KINDS, calls
from autograd.testing.assertions import assert_gradients
from autograd.testing.checks import CHECKS, check_entry
from autograd.testing.inputs import arrays, axes, axes_and_keepdims, broadcastable, drawn, tensors
from autograd.testing.random_graphs import Graph, graphs
from autograd.testing.strategies import Call, Draw, Style, call

__all__ = [
    "ARGUMENTS", "CHECKS", "KINDS", "Call", "Draw", "Graph", "Style", "arrays", "assert_gradients",
    "axes", "axes_and_keepdims", "broadcastable", "call", "calls", "check_entry", "drawn", "graphs",
    "tensors",
]  # fmt: skip
