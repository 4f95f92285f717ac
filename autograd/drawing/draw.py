"""Drawing the graph of a Tensor."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cached_property
from typing import Any

from autograd.drawing.borders import Call, sections, watched
from autograd.drawing.cards import Deck
from autograd.drawing.dot import caption_of, picture_of
from autograd.drawing.names import Names
from autograd.drawing.picture import Picture
from autograd.drawing.tape import Tape
from autograd.drawing.units import units_of
from autograd.graph import topological_order
from autograd.tensor import Tensor

_DIRECTIONS = ("LR", "TB", "RL", "BT")
_LISTED = 20  # paths in an error
Depth = int | str | None


def draw(
    tensor: Tensor | Callable[[], Tensor],
    *,
    params: Any = None,
    depth: Depth = "auto",
    expand: Sequence[str] = (),
    direction: str = "LR",
) -> Picture:
    """Draw what ``tensor`` was computed from, with every value and every gradient.

    Values and gradients are computed again for the drawing. So it shows the same before and after
    ``backward()``, and changes no ``grad``. Things have the names that they were given, or those
    of the variables that hold them.

    A graph of many calls is drawn by modules. Which module made a call is known exactly if the
    computation is made here, as in ``draw(lambda: loss_of(model(x), y))``; of a Tensor, it is read
    off from the parameters. Loops of many equal rounds are rolled up.

    Args:
        tensor: usually a loss. Gradients are those of the sum of its elements.
        params: a module, or a dict of Tensors, that gives names.
        depth: how many levels of modules to open: 0 for none, None for a card for every call,
            "auto" for as many as can be read.
        expand: paths of modules to open whatever the depth, with those around them, as
            ``["encoder.layers.0"]``.
        direction: where arrows point: "LR", left to right, or "TB", "RL" or "BT".

    Returns:
        A ``graphviz.Digraph``: a notebook shows it, ``render(outfile="graph.svg")`` writes it
        (also png and pdf), ``source`` is its text in the DOT language.

    Raises:
        TypeError: ``tensor`` is no Tensor, or ``params`` gives no names.
        ValueError: the graph is too large, or an option or a path unknown.
        RuntimeError: a Tensor in the graph was written in place since; the error names it.

    Example:
        >>> from autograd import tensor
        >>> x = tensor(3.0, requires_grad=True)
        >>> y = x * x + x
        >>> print(draw(y).table)
        name  is       value  gradient
        x     param    3      7
        t₁    x · x    9      1
        y     t₁ + x   12     1
    """
    check_options(depth, direction)
    view = View("draw", tensor, params)
    picture = view.picture(depth, expand, direction)
    if depth == "auto":
        picture.coarser = lambda: view.picture(0, expand, direction)
    return picture


class View:
    """What is to be drawn: a Tensor, its graph run again, and what modules made of it.

    Attributes:
        tensor: what a user gave, or what the call that they gave has computed.
        tape: the graph.
    """

    def __init__(self, caller: str, tensor: Any, params: Any) -> None:
        calls: list[Call] = []
        variables: dict[str, Any] = {}
        made_here = callable(tensor) and not isinstance(tensor, Tensor)
        if hasattr(tensor, "named_parameters"):
            raise TypeError(
                f"{caller}: expected a Tensor, got a module; the usual fix: {caller}(lambda: model(x))"
            )
        if made_here:
            tensor, calls, variables = watched(tensor)
        if not isinstance(tensor, Tensor):
            raise TypeError(f"{caller}: expected a Tensor, such as a loss, got {type(tensor).__name__}")
        self.tensor, self.names = tensor, Names(params, variables)
        if made_here:
            self.names.suggest(tensor.node or tensor, "output")
        self.order = topological_order(tensor.node or tensor)
        self.sections = sections(self.order, self.names, calls)

    @cached_property
    def tape(self) -> Tape:
        """Run the graph again, once it is known that it can be drawn."""
        return Tape(self.tensor, self.order, self.names)

    def deck(self, depth: Depth, expand: Sequence[str]) -> Deck:
        """Put on cards what can be read."""
        units = units_of(self.order, self.sections, depth, self._paths(expand))
        return Deck(self.tape, units)

    def _paths(self, expand: Sequence[str]) -> set[str]:
        """Find modules by their paths, which may begin with the name of the outermost or not."""
        if isinstance(expand, str) or not all(isinstance(path, str) for path in expand):
            paths = [expand] if isinstance(expand, str) else [*map(str, expand)]
            raise TypeError(
                f"expand: expected a list of paths, got {expand!r}; the usual fix: expand={paths!r}"
            )
        known, names = {section.path for section in self.sections}, self.names.outermost
        found: set[str] = set()
        for path in expand:
            spellings = {path, *(f"{m}.{path}" for m in names), *(path.removeprefix(f"{m}.") for m in names)}
            if not spellings & known:
                listed = ", ".join(sorted(filter(None, known))[:_LISTED]) or "none"
                raise ValueError(
                    f"expand: expected paths of modules that made this graph ({listed}), got {path!r}"
                )
            found |= spellings & known
        return found

    def picture(self, depth: Depth, expand: Sequence[str], direction: str) -> Picture:
        """Draw the cards."""
        deck, tensor = self.deck(depth, expand), self.tensor
        name = self.names.of(self.tape.root)
        return picture_of(deck, direction, caption_of(name, tensor.size, tensor.tracked))


def check_options(depth: Depth, direction: str) -> None:
    """Refuse what is no option."""
    if direction not in _DIRECTIONS:
        raise ValueError(f"direction: expected one of {', '.join(_DIRECTIONS)}, got {direction!r}")
    if not (depth is None or depth == "auto" or (isinstance(depth, int) and depth >= 0)):
        raise ValueError(f"depth: expected a whole number from 0, None or 'auto', got {depth!r}")
