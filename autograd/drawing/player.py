"""The backward pass, step by step: as data, as a table, and as a page that plays it."""

from __future__ import annotations

import html
import tempfile
import webbrowser
from collections.abc import Callable, Iterable, Sequence
from itertools import islice
from pathlib import Path
from typing import Any

from autograd.drawing.cards import Deck
from autograd.drawing.dot import picture_of
from autograd.drawing.draw import Depth, View, check_options
from autograd.drawing.formats import as_json, mermaid
from autograd.drawing.page import bundle, page
from autograd.drawing.picture import FAILURES, Picture
from autograd.drawing.tape import Step
from autograd.drawing.text import columns, told
from autograd.tensor import Tensor

_HEIGHT = 640  # of the frame in a notebook, in pixels
_ROWS = 100  # of a table that is not written in full


def backprop(
    tensor: Tensor | Callable[[], Tensor],
    *,
    params: Any = None,
    title: str | None = None,
    depth: Depth = "auto",
    expand: Sequence[str] = (),
    direction: str = "LR",
) -> Player:
    """Play the backward pass from ``tensor``, step by step.

    Values and gradients are computed again for it, so it may be called before and after
    ``backward()``, and changes no ``grad``.

    Args:
        tensor: usually a loss. Gradients are those of the sum of its elements.
        params: a module, or a dict of Tensors, that gives names.
        title: of the page.
        depth: how many levels of modules to open, as for :func:`draw`.
        expand: paths of modules to open whatever the depth, with those around them.
        direction: where the arrows of the forward pass point: "LR", "TB", "RL" or "BT".

    Returns:
        A player: a notebook shows the page, ``print`` the table, ``save("pass.html")`` writes the
        page as one file, and ``steps`` are the numbers. Where a card shows many calls, the page plays
        them as one and ``print`` shows the first 100 steps; ``steps`` and ``save("pass.txt")`` have all.

    Raises:
        TypeError: ``tensor`` is no Tensor, ``params`` gives no names, or ``title`` is no text.
        ValueError: the graph is too large, an option or a path unknown, or no gradient flows in it.
        RuntimeError: a Tensor in the graph was written in place since; the error names it.

    Example:
        >>> x = tensor(3.0, requires_grad=True)
        >>> y = x * x + x
        >>> print(backprop(y))
        step  call        to  upstream  local  contribution  before  after
        1     y = t₁ + x  t₁  1         1      1             –       1
        2     y = t₁ + x  x   1         1      1             –       1
        3     t₁ = x · x  x   1         3      3             1       4
        4     t₁ = x · x  x   1         3      3             4       7
    """
    check_options(depth, direction)
    if not isinstance(title, str | None):
        raise TypeError(f"title: expected text, got {type(title).__name__}")
    view = View("backprop", tensor, params)
    if view.tensor.node is None:
        raise ValueError(
            "backprop: nothing flows back from a Tensor that was not computed from one that requires "
            "gradients. The usual fix: tensor(data, requires_grad=True) for what you differentiate by"
        )
    return Player(view.deck(depth, expand), title, direction)


class Player:
    """A backward pass that can be looked at: see :func:`backprop`.

    Attributes:
        tape: the calls, values and gradients.
        title: what the page is called.
    """

    def __init__(self, deck: Deck, title: str | None, direction: str) -> None:
        self.tape, self._deck = deck.tape, deck
        self.title = title or f"The backward pass from {deck.tape.names.of(deck.tape.root)}"
        self._direction = direction

    @property
    def steps(self) -> list[Step]:
        """Each edge of the graph, in the order in which the gradient passes it."""
        return self.tape.steps

    def __str__(self) -> str:
        """Write the tape as a table; where a card shows many calls, only its first rows."""
        if self._deck.whole:
            return self._table(self.steps)
        steps = self.tape.play()  # no further than it is shown
        table = self._table(islice(steps, _ROWS))
        more = next(steps, None) is not None
        calls = f"{len(self.tape.order):,} calls"
        return table + f"\n… the first {_ROWS} steps, back through {calls}; .steps has all" * more

    __repr__ = __str__

    def _table(self, steps: Iterable[Step]) -> str:
        lines = [["step", "call", "to", "upstream", "local", "contribution", "before", "after"]]
        for i, step in enumerate(steps, 1):
            call = f"{step.output} = {self.tape.formula(step.node)}"
            figures = step.upstream, step.local, step.contribution, step.before, step.after
            lines.append([str(i), call, step.argument, *map(told, figures)])
        return columns(lines)

    def static(self) -> Picture:
        """Return the picture alone, without steps, as a ``graphviz.Digraph``."""
        return picture_of(self._deck, self._direction, self.title)

    def html(self) -> str:
        """Write the page.

        Raises:
            graphviz.ExecutableNotFound: nothing is installed that lays out graphs.
        """
        picture = picture_of(self._deck, self._direction, "")
        return page(self._deck, picture.pipe("svg", encoding="utf-8"), self.title)

    def save(self, path: str | Path) -> Path:
        """Write a file, in the form that its suffix says: html, svg, png, pdf, dot, mmd, json or txt.

        Raises:
            ValueError: the suffix is none of these.
            graphviz.ExecutableNotFound: nothing is installed that lays out graphs.
        """
        path = Path(path)
        kind = path.suffix[1:].lower()
        texts: dict[str, Callable[[], str]] = {
            "html": self.html,
            "dot": lambda: self.static().source,
            "mmd": lambda: mermaid(self._deck),
            "json": lambda: as_json(self.steps),
            "txt": lambda: f"{self._table(self.steps)}\n",
        }
        if kind in ("svg", "png", "pdf"):
            path.write_bytes(self.static().pipe(kind))
        elif kind in texts:
            path.write_text(texts[kind](), "utf-8")
        else:
            known = ", ".join(["svg", "png", "pdf", *texts])
            raise ValueError(f"path: expected a file of {known}, got {path.name!r}")
        return path

    def open(self) -> Path:
        """Show the page in the browser, from a file in a temporary folder."""
        path = self.save(Path(tempfile.mkdtemp(prefix="backprop-")) / "backprop.html")
        webbrowser.open(path.as_uri())
        return path

    def _repr_html_(self) -> str:
        """Show the page in a notebook; where there can be no picture, the table and why."""
        try:
            return bundle(self.html(), self.static().pipe("svg"), _HEIGHT)
        except FAILURES as error:
            text = f"{self}\n\n{error}"
            return f"<pre>{html.escape(text)}</pre>"
