"""How a drawing looks: cards and arrows in the DOT language."""

from __future__ import annotations

import html
import math
from collections.abc import Collection, Sequence
from itertools import groupby
from typing import Any, NamedTuple

import numpy as np

from autograd.drawing.cards import Arrow, Card, Deck
from autograd.drawing.picture import Picture
from autograd.drawing.tape import Tape
from autograd.drawing.text import columns, number, rms
from autograd.tensor import Tensor

INK, GREY, RULE = "#1D2833", "#5A6670", "#C9D0D6"
BLUE, ORANGE, PURPLE, PALE_ORANGE, PALE_BLUE = "#005A9C", "#A63F00", "#7A3E78", "#C8764A", "#F3F8FC"
_COLOURS = {"grad": ORANGE, "weig": ORANGE, "⚠": PURPLE}  # of a row's figure, by its label
_BROAD = 20  # characters of a name and its formula on one line
_HEIGHT, _WIDTH, _BARS = 24, 3, 60  # of bars, in points, and how many of them at most
_CELLS = 10  # of a gauge
_NAMED = 4  # parameters that the title of a loop names
_SAID = ("shape", "value", "grad")  # words of labels that the head of a table says


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
    "module": Look("", GREY, "#FFFFFF", 2, "ROUNDED"),
    "output": Look("output", ORANGE, "#FFF1E6", 2, "ROUNDED"),
}


def picture_of(deck: Deck, direction: str, caption: str) -> Picture:
    """Write cards as a graph, which Graphviz lays out."""
    picture = Picture(
        "graph",
        format="svg",
        graph_attr={"rankdir": direction, "nodesep": "0.18", "ranksep": "0.3", "pad": "0.15"}
        | {"bgcolor": "white", "fontname": "Helvetica", "label": caption, "labelloc": "t"},
        node_attr={"shape": "plain", "fontname": "Helvetica", "fontsize": "11", "fontcolor": INK},
        edge_attr={"arrowsize": "0.7", "fontname": "Helvetica"},
    )
    flows = [arrow.flow for card in deck.cards for arrow in card.arrows if arrow.flow is not None]
    largest = max(filter(math.isfinite, flows), default=0.0)
    for run, cards in groupby(deck.cards, key=lambda card: card.run):
        if not run:
            _add(picture, list(cards))
            continue
        with picture.subgraph(name=f"cluster_{run}") as box:
            box.attr(
                label=_title(deck.tape, deck.shared[run].values()), labeljust="l", style="rounded,filled"
            )
            box.attr(color=BLUE, fillcolor=PALE_BLUE, fontname="Helvetica", id=f"loop{run}")
            _add(box, list(cards))
    for card in deck.cards:
        for arrow in card.arrows:
            key = f"{arrow.source}-{card.key}-{arrow.position}"
            picture.edge(arrow.source, card.key, id=key, **_look(arrow, largest))
    picture.table = _table(deck.cards)
    return picture


def _add(graph: Any, cards: Sequence[Card]) -> None:
    for card in cards:
        graph.node(card.key, _label(card), id=card.key, **{"class": f"node {card.role}"})


def caption_of(name: str, size: int, tracked: bool) -> str:
    """Say above the picture what is drawn, and what its gradients are of."""
    whose = name if size == 1 else f"the sum of {name}"
    about = f"grad: the derivative of {whose} by each card"
    if not tracked:
        about = "no gradients: it is not tracked"
    return f"<{_font(_bold(name), INK, 14)}{_font(f'   {_quoted(about)}', GREY, 11)}>"


def _title(tape: Tape, shared: Collection[Tensor]) -> str:
    """Say on the box around a loop what its rounds share."""
    if not shared:
        return f"<{_font('a loop', GREY, 10)}>"
    count = sum(parameter.size for parameter in shared)
    about = f"a loop · {count:,} parameter{'s' * (count > 1)} shared by its rounds · grad rms "
    gradients = {tape.names.of(p): tape.gradients[p] for p in shared if p in tape.gradients}
    if len(gradients) > _NAMED:
        gradients = {"": np.concatenate([np.ravel(g) for g in gradients.values()])}
    sizes = [f"{name} {number(rms(g))}".strip() for name, g in gradients.items()]
    figures = _font(_bold(", ".join(sizes)), ORANGE, 10)
    return f"<{_font(about, GREY, 10)}{figures}>"


def _label(card: Card) -> str:
    look = LOOKS[card.role]
    sign = "" if card.bars or card.role == "module" else "= "
    word = look.word if look.word != card.name else ""
    text = f"{sign}{_quoted(card.formula)}" if card.formula else ""
    if card.formula and len(card.name + card.formula) > _BROAD:
        about = f'  {word}<BR ALIGN="LEFT"/>{text}<BR ALIGN="LEFT"/>'
    else:
        about = " " + f"{text}  {word}".rstrip()
    name = f"{_bold(card.name)}{_font(about, GREY, 10)}"
    cells = [f'COLSPAN="2" BORDER="1" SIDES="B" COLOR="{RULE}" ALIGN="LEFT">{name}']
    for label, text in card.rows:
        figure = _font(_bold(text), _COLOURS.get(label[:4].strip(), BLUE), 11)
        cells.append(f'ALIGN="LEFT">{_font(label, GREY, 9.5)}</TD><TD ALIGN="RIGHT">{figure}')
        if card.bars and label == "grad rms":
            what = "by round" if len(card.bars) > 1 else ""
            drawn = _chart(card.bars) if len(card.bars) > 1 else _gauge(card.bars[0])
            cells.append(f'ALIGN="LEFT">{_font(what, GREY, 9.5)}</TD><TD ALIGN="RIGHT">{drawn}')
    rows = "".join(f"<TR><TD {cell}</TD></TR>" for cell in cells)
    colours = f'COLOR="{look.border}" BGCOLOR="{look.fill}"'
    frame = f'BORDER="{look.width}" STYLE="{look.style}" CELLBORDER="0" CELLSPACING="0"'
    return f'<<TABLE {colours} {frame} CELLPADDING="3">{rows}</TABLE>>'


def _gauge(level: float) -> str:
    """Draw how large a gradient is, on a logarithmic scale, as cells of which some are full."""
    full = math.ceil(level * _CELLS)
    cells = "".join(
        f'<TD FIXEDSIZE="TRUE" WIDTH="7" HEIGHT="7" BGCOLOR="{ORANGE if i < full else "#E9DED6"}"></TD>'
        for i in range(_CELLS)
    )
    return f'<TABLE BORDER="0" CELLSPACING="1" CELLPADDING="0"><TR>{cells}</TR></TABLE>'


def _chart(bars: Sequence[float]) -> str:
    """Draw how the sizes of gradients change from round to round, as bars on a logarithmic scale."""
    shown = [bars[i] for i in np.unique(np.linspace(0, len(bars) - 1, min(len(bars), _BARS)).astype(int))]
    width = max(_WIDTH, 120 // len(shown))
    cells = "".join(f"<TD>{_bar(width, max(round(bar * _HEIGHT), 1))}</TD>" for bar in shown)
    return f'<TABLE BORDER="0" CELLSPACING="0" CELLPADDING="0"><TR>{cells}</TR></TABLE>'


def _bar(width: int, height: int) -> str:
    size = f'<TR><TD FIXEDSIZE="TRUE" WIDTH="{width}" HEIGHT='
    above = f'{size}"{_HEIGHT - height}"></TD></TR>' if height < _HEIGHT else ""
    bar = f'{size}"{height}" BGCOLOR="{ORANGE}"></TD></TR>'
    return f'<TABLE BORDER="0" CELLSPACING="0" CELLPADDING="0">{above}{bar}</TABLE>'


def _font(text: str, colour: str, size: float) -> str:
    return f'<FONT COLOR="{colour}" POINT-SIZE="{size}">{text}</FONT>' if text else ""


def _bold(text: str) -> str:
    """Set a text in bold; Graphviz refuses an empty one."""
    return f"<B>{_quoted(text)}</B>" if text else ""


def _quoted(text: str) -> str:
    r"""Make any text safe in a label: for XML, and for Graphviz, which replaces ``\N``."""
    return html.escape(text).replace("\\", "\\\\")


def _look(arrow: Arrow, largest: float) -> dict[str, str]:
    """Draw an arrow as wide as the gradient that flows back along it is large."""
    if arrow.flow is None:
        return {"style": "dashed", "color": LOOKS["input"].border}
    share = arrow.flow / largest if math.isfinite(arrow.flow) and largest else float(arrow.flow != 0)
    look = {"color": PALE_ORANGE, "penwidth": f"{1 + 3 * math.sqrt(share):.2f}"}
    if arrow.local:
        under = _font(" ", PURPLE, 3)  # keeps a wide edge from the number's feet
        look["label"] = f"<{_font(f' {_quoted(arrow.local)}  ', PURPLE, 10)}<BR/>{under}>"
    return look


def _table(cards: Sequence[Card]) -> str:
    """Write the cards as plain text, for where no picture can be shown."""
    lines = [["name", "is", "value", "gradient"]]
    for card in cards:
        texts: dict[bool, list[str]] = {False: [], True: []}
        for label, text in card.rows:
            about = " ".join([*(word for word in label.split() if word not in _SAID), text])
            texts[label.startswith(("grad", "weight", "⚠"))].append(about)
        lines.append([card.name, card.formula or card.role, *map(" ".join, texts.values())])
    return columns(lines)
