"""A backward pass in the languages of other programs: JSON, and Mermaid."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from autograd.drawing.cards import Deck
from autograd.drawing.tape import Step

_WORDS = ("operation", "output", "argument", "position", "symbols", "why")
_FIGURES = ("upstream", "local", "contribution", "before", "after")


def as_json(steps: Sequence[Step]) -> str:
    """Write steps as a list of objects; arrays are nested lists, what is not there is null."""

    def written(x: Any) -> Any:
        return None if x is None else x.tolist()

    rows = [
        {name: getattr(step, name) for name in _WORDS}
        | {name: written(getattr(step, name)) for name in _FIGURES}
        for step in steps
    ]
    return json.dumps(rows, ensure_ascii=False, indent=1)


def mermaid(deck: Deck) -> str:
    """Write the graph for Mermaid, which GitHub and many editors show."""
    lines = ["flowchart LR"]
    for card in deck.cards:
        rows = [f"{card.name} = {card.formula}" if card.formula else card.name]
        rows += [f"{label} {text}" for label, text in card.rows]
        text = "<br>".join(
            "".join(c if c.isalnum() or c in " .,=" else f"#{ord(c)};" for c in x) for x in rows
        )
        lines.append(f'  {card.key}["{text}"]')
        lines += [f"  {arrow.source} --> {card.key}" for arrow in card.arrows]
    return "\n".join(lines) + "\n"
