"""The arguments of every function of the table.

How they go together is said once: in ``KINDS`` for all entries of a kind; in ``ARGUMENTS`` for a
function whose arguments no kind can draw, in one line. A user's own function gets its line so:

    >>> ARGUMENTS[np.fliplr] = lambda d: call(d.array(least=2))
"""

from autograd.testing.arguments import (
    elementwise,
    grids,
    indexing,
    linear_algebra,
    products,
    rearrangements,
    reductions,
    shapes,
    signals,
    sorting,
    statistics,
)
from autograd.testing.arguments.kinds import ARGUMENTS, KINDS, calls

for _chapter in (
    elementwise, grids, indexing, linear_algebra, products, rearrangements, reductions, shapes,
    signals, sorting, statistics,
):  # fmt: skip
    ARGUMENTS |= _chapter.ARGUMENTS

__all__ = ["ARGUMENTS", "KINDS", "calls"]
