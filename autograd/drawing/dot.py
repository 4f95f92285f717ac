"""How a drawing looks: cards and arrows in the DOT language."""

from __future__ import annotations

import html
import math
from collections.abc import Iterable
from typing import NamedTuple

from autograd.drawing.cards import Card
from autograd.drawing.picture import Picture

INK, GREY, RULE = "#1D2833", "#5A6670", "#C9D0D6"
BLUE, ORANGE, PALE_ORANGE = "#005A9C", "#A63F00", "#C8764A"
_BROAD = 20  # characters of a name and its formula on one line


class Look(NamedTuple):
    """How the cards of one role look; the word stands for those who see neither."""

    word: str
    border: str
    fill: str
    width: int
    style: str


LOOKS = {
    "param": Look("param", BLUE, "#E3EFF9", 2, "ROUNDED"),
    "input": Look("input", "#8A97A3", "#F3F5F7", 1, "ROUNDED,DASHED"),
    "op": Look("", "#6B7883", "#FFFFFF", 1, "ROUNDED"),
    "output": Look("output", ORANGE, "#FFF1E6", 2, "ROUNDED"),
}


def picture_of(cards: list[Card], direction: str, caption: str) -> Picture:
    """Write cards as a graph, which Graphviz lays out."""
    picture = Picture(
        "graph",
        format="svg",
        graph_attr={"rankdir": direction, "nodesep": "0.18", "ranksep": "0.3", "pad": "0.15"}
        | {"bgcolor": "white", "fontname": "Helvetica", "label": caption, "labelloc": "t"},
        node_attr={"shape": "plain", "fontname": "Helvetica", "fontsize": "11", "fontcolor": INK},
        edge_attr={"arrowsize": "0.7"},
    )
    slopes = {card.key: card.slope for card in cards}
    steepest = max((s for s in slopes.values() if s is not None and math.isfinite(s)), default=0.0)
    for card in cards:
        picture.node(card.key, _label(card), id=card.key, **{"class": f"node {card.role}"})
        for i, source in enumerate(card.sources):
            look = _arrow(slopes[source], steepest)
            picture.edge(source, card.key, id=f"{source}-{card.key}-{i}", **look)
    picture.table = _table(cards)
    return picture


def caption_of(output: Card, size: int) -> str:
    """Say above the picture what is drawn, and what its gradients are of."""
    whose = output.name if size == 1 else f"the sum of {output.name}"
    about = f"grad: the derivative of {whose} by each card"
    if output.slope is None:
        about = "no gradients: it is not tracked"
    name = _font(f"<B>{_quoted(output.name)}</B>", INK, 14)
    return f"<{name}{_font(f'   {_quoted(about)}', GREY, 11)}>"


def _label(card: Card) -> str:
    look = LOOKS[card.role]
    word, text = look.word, f"= {_quoted(card.formula)}" if card.formula else ""
    if card.formula and len(card.name + card.formula) > _BROAD:
        about = f'  {word}<BR ALIGN="LEFT"/>{text}<BR ALIGN="LEFT"/>'
    else:
        about = " " + f"{text}  {word}".rstrip()
    name = f"<B>{_quoted(card.name)}</B>{_font(about, GREY, 10)}"
    cells = [f'COLSPAN="2" BORDER="1" SIDES="B" COLOR="{RULE}" ALIGN="LEFT">{name}']
    for label, number in card.rows:
        figure = _font(f"<B>{number}</B>", ORANGE if label.startswith("grad") else BLUE, 11)
        cells.append(f'ALIGN="LEFT">{_font(label, GREY, 9.5)}</TD><TD ALIGN="RIGHT">{figure}')
    rows = "".join(f"<TR><TD {cell}</TD></TR>" for cell in cells)
    colours = f'COLOR="{look.border}" BGCOLOR="{look.fill}"'
    frame = f'BORDER="{look.width}" STYLE="{look.style}" CELLBORDER="0" CELLSPACING="0"'
    return f'<<TABLE {colours} {frame} CELLPADDING="3">{rows}</TABLE>>'


def _font(text: str, colour: str, size: float) -> str:
    return f'<FONT COLOR="{colour}" POINT-SIZE="{size}">{text}</FONT>'


def _quoted(text: str) -> str:
    r"""Make any text safe in a label: for XML, and for Graphviz, which replaces ``\N``."""
    return html.escape(text).replace("\\", "\\\\")


def _arrow(slope: float | None, steepest: float) -> dict[str, str]:
    """Draw an arrow as wide as the gradient that flows back along it is large."""
    if slope is None:
        return {"style": "dashed", "color": LOOKS["input"].border}
    share = slope / steepest if steepest and math.isfinite(slope) else 0.0
    return {"color": PALE_ORANGE, "penwidth": f"{1 + 3 * math.sqrt(share):.2f}"}


def _table(cards: Iterable[Card]) -> str:
    """Write the cards as plain text, for where no picture can be shown."""
    lines = [["name", "is", "value", "gradient"]]
    for card in cards:
        columns: dict[bool, list[str]] = {False: [], True: []}
        for label, text in card.rows:
            columns[label.startswith("grad")].append(f"rms {text}" if "rms" in label else text)
        lines.append([card.name, card.formula or card.role, *map(" ".join, columns.values())])
    widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
    return "\n".join("  ".join(map(str.ljust, line, widths)).rstrip() for line in lines)
