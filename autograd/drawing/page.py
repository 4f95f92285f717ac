"""The page that plays a backward pass: one HTML file that needs nothing else."""

from __future__ import annotations

import base64
import html
import json
import math
import re
from collections.abc import Iterator
from importlib.resources import files
from string import Template
from typing import Any

import numpy as np

from autograd.drawing.cards import CROWDED, Card, Deck
from autograd.drawing.symbols import Symbol, call_in_symbols, constant, rule_in_symbols
from autograd.drawing.tape import Tape, has_card
from autograd.drawing.text import formula, listed, rms, written
from autograd.graph import Node, Vertex


def page(deck: Deck, picture: str, title: str) -> str:
    """Write the page.

    Args:
        deck: what stands in the picture.
        picture: the graph as SVG.
        title: of the page.
    """
    source = files("autograd.drawing")
    return Template(source.joinpath("player.html").read_text("utf-8")).substitute(
        title=html.escape(title),
        style=source.joinpath("player.css").read_text("utf-8"),
        picture=_inline(picture, title),
        data=_json(data_of(deck, title)),
        compute=program(deck) or "null",
        script=source.joinpath("player.js").read_text("utf-8"),
    )


def bundle(page: str, picture: bytes, height: int) -> str:
    """Write what a notebook shows: the page in a frame; where there can be none, the picture.

    What removes frames removes styles too, and then the picture is no longer hidden.
    """
    frame = html.escape(page).replace("&#x27;", "'")
    image = base64.b64encode(picture).decode()
    return (
        '<div class="backprop"><style>.backprop iframe + img { display: none }</style>'
        f'<iframe sandbox="allow-scripts" title="backward pass" width="100%" height="{height}" '
        f'style="border: 1px solid #c9d0d6" srcdoc="{frame}"></iframe>'
        f'<img alt="the graph of the backward pass" src="data:image/svg+xml;base64,{image}"></div>'
    )


def _inline(picture: str, title: str) -> str:
    """Make of an SVG file an element of a page, which has a font; its tooltips would only say keys.

    Graphviz draws a card's fill and its border as two paths; one loads faster.
    """
    picture = re.sub(_UNSEEN, "", picture[picture.index("<svg") :], flags=re.DOTALL)
    picture = re.sub(_BORDERED, r"\1\4\2\3", picture, flags=re.DOTALL)
    label = html.escape(f"Graph of {title}")
    return picture.replace("<svg ", f'<svg role="group" aria-label="{label}" ', 1)


_UNSEEN = (
    r' xml:space="preserve"| font-family="[^"]*"| text-anchor="start"|<title>.*?</title>\n?|<!--.*?-->\n?'
)
_BORDERED = (
    r'(<path fill="#\w+") stroke="none"( d="[^"]*"/>\n)((?:(?!</g>).)*)<path fill="none"( stroke=[^>]*)\2'
)


def _json(data: Any) -> str:
    return json.dumps(data, ensure_ascii=False, separators=(",", ":"), allow_nan=False).replace(
        "<", "\\u003c"
    )


def data_of(deck: Deck, title: str) -> dict[str, Any]:
    """Return what the page must know beside the picture; of large graphs, what it cannot read there."""
    tape = deck.tape
    few = len(tape.order) <= CROWDED
    (output,) = (card.key for card in deck.cards if card.things[-1] is tape.root)
    reasons: dict[str, int] = {}
    edges = [
        [name, reasons.setdefault(reason, len(reasons)), *rest]
        for name, reason, *rest in (_edges(deck, few) if deck.whole else _flows(deck))
    ]
    return {
        "title": title,
        "output": output,
        "goal": tape.goal,
        "group": not few,
        "rough": not deck.whole,
        "cards": dict(_cards(deck, few and deck.whole)),
        "edges": edges,
        "why": list(reasons),
    }


def _edges(deck: Deck, few: bool) -> Iterator[list[Any]]:
    """Return all arguments of all calls, in the order of the sweep."""
    keys = {id(card.things[0]): card.key for card in deck.cards}
    places = {(card.key, arrow.position): arrow.source for card in deck.cards for arrow in card.arrows}
    for step in deck.tape.steps:
        here = keys[id(step.node)]
        name = f"{places[here, step.position]}-{here}-{step.position}"
        scalar = step.local is not None and step.local.ndim == 0
        figures = [step.local] if scalar else [step.contribution, step.after]
        yield [name, step.why, step.symbols if few else "", *(_figure(x, few) for x in figures)]


def _flows(deck: Deck) -> Iterator[list[Any]]:
    """Return what flows between cards that show many calls, as a whole."""
    for card in reversed(deck.cards):
        for arrow in card.arrows:
            if arrow.flow is not None:
                size = _figure(np.array(arrow.flow), False)
                reason = f"The gradient goes back through {card.formula or card.name}, as one."
                yield [f"{arrow.source}-{card.key}-{arrow.position}", reason, "", size, size]


def _cards(deck: Deck, few: bool) -> Iterator[tuple[str, dict[str, Any]]]:
    """Return what is on the cards; of large graphs, only what a page cannot read off the picture."""
    first: dict[int, str] = {}
    for card in deck.cards:
        about = _card(deck.tape, card) if few else _brief(deck.tape, card)
        if first.setdefault(id(card.things[-1]), card.key) != card.key:
            about["same"] = first[id(card.things[-1])]
        if about:
            yield card.key, about


def _brief(tape: Tape, card: Card) -> dict[str, Any]:
    value = _value(tape, card)
    shape = {"shape": str(value.shape)} if value.ndim else {}
    return shape | ({"call": card.formula} if card.role == "output" else {})  # a word is written beside it


def _value(tape: Tape, card: Card) -> Any:
    thing = card.things[-1]
    return tape.values[thing] if isinstance(thing, Vertex) else thing


def _card(tape: Tape, card: Card) -> dict[str, Any]:
    (thing,), value = card.things, _value(tape, card)
    about: dict[str, Any] = {"name": card.name, "role": card.role}
    if value.dtype.kind == "f" or listed(value):
        about["value"] = _figure(value, True)
    if value.ndim:
        about["shape"] = str(value.shape)
    if isinstance(thing, Node):
        texts = [
            f"{{{i}}}" if has_card(a) else written(a, tape.names.known) for i, a in enumerate(thing.args)
        ]
        about["call"] = formula(thing.plan.entry.function, texts, thing.kwargs)
        sources = {arrow.position: arrow.source for arrow in card.arrows}
        about["args"] = [sources.get(i) for i in range(len(thing.args))]
        if not value.ndim and all(tape.values[a].ndim == 0 for a in thing.args if isinstance(a, Vertex)):
            about["scalar"] = True
    return about


def _figure(x: Any, exact: bool) -> Any:
    """Return a number, or the rms of an array after its text if that is short, as JSON can have it."""
    if not x.size:
        return None
    if x.size > 1 and listed(x):
        return [listed(x), _figure(np.array(rms(x)), exact)]
    figure = float(x.item() if x.size == 1 else rms(x))
    if not math.isfinite(figure):
        return "NaN" if math.isnan(figure) else "Infinity" if figure > 0 else "-Infinity"
    return figure if exact else float(f"{figure:.4g}")


def program(deck: Deck) -> str:
    """Write the graph as a function in JavaScript, or nothing if it is not one of scalars.

    It takes the values of leaves by key, fills in those of calls, and gives the local derivatives.
    """
    tape, lines, results = deck.tape, [], {}
    if len(tape.order) > CROWDED or not deck.whole:
        return ""
    for card in deck.cards:
        node = card.things[-1]
        if not isinstance(node, Node):
            if not isinstance(node, Vertex) or tape.values[node].ndim:
                return ""
            continue
        sources = {arrow.position: arrow.source for arrow in card.arrows}
        args = [
            Symbol(f"v.{sources[i]}", f"v.{sources[i]}") if i in sources else a
            for i, a in enumerate(node.args)
        ]
        call = call_in_symbols(node, args)
        if call is None or not call.code:
            return ""
        lines.append(f"v.{card.key}={call.code};")
        out = Symbol(f"v.{card.key}", f"v.{card.key}")
        for i, _, _ in node.plan.pullbacks:
            rule = rule_in_symbols(node, i, constant(1), args, out)
            if rule is None or not rule.code:
                return ""
            results[node, i] = rule.code
    locals_ = ",".join(results[step.node, step.position] for step in tape.steps)
    return f"(v) => {{{' '.join(lines)} return [{locals_}];}}"
