"""The figure of a report: what was seen of the layers, over the steps or, of one step, through the depth."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

from nn.diagnostics.evidence import Evidence
from nn.diagnostics.records import LayerRecord, T
from nn.training.tables import new_axes

USUAL_UPDATE = 1e-3  # of the weights, see thresholds
NAMED = 16  # layers, beyond which only some are named
POINTS = 200  # of a line, at most


def _idle(layer: LayerRecord) -> float:
    """Return the share of a layer that is saturated, or whose units did nothing."""
    if layer.saturated is not None:
        return layer.saturated
    return math.nan if layer.active is None else 1 - float(layer.active.mean())


PANELS: tuple[tuple[str, Callable[[LayerRecord], float], str], ...] = (
    ("Mean of the outputs", lambda layer: layer.mean, "linear"),
    ("Spread of the outputs", lambda layer: layer.spread, "log"),
    ("Share saturated or silent", _idle, "linear"),
    ("Norm of the gradient by the outputs", lambda layer: layer.gradient, "log"),
    ("Update of the weights / weights", lambda layer: layer.update, "log"),
)


def draw(seen: Evidence) -> Any:
    """Draw a panel for each number, and give the figure."""
    over_time = len(seen.records) > 1
    axes = new_axes(2, 3 if over_time else 2)  # of one step, there is no update
    figure, panels = axes[0, 0].figure, list(axes.flat)
    if over_time:
        _draw_loss(seen, panels.pop(0))
    for panel, (title, number, scale) in zip(panels, PANELS, strict=False):
        draw_layers = _draw_over_steps if over_time else _draw_through_depth
        draw_layers(seen, panel, number, scale)
        panel.set_title(title)
        if number is _idle:
            panel.set_ylim(-0.02, 1.02)
    if over_time:
        named = slice(None, None, len(seen.paths) // NAMED + 1)
        handles, labels = panels[0].get_legend_handles_labels()
        figure.legend(handles[named], labels[named], loc="outside right upper")
    return figure


def _draw_loss(seen: Evidence, panel: Any) -> None:
    panel.plot(*zip(*_thinned(seen.recorder.losses.items), strict=True))
    if seen.chance is not None:
        panel.axhline(seen.chance.loss, linestyle="--", color="grey", label="chance")
        panel.legend()
    panel.set_title("Loss")
    panel.set_xlabel("Step")


def _draw_over_steps(seen: Evidence, panel: Any, number: Callable[[LayerRecord], float], scale: str) -> None:
    """Draw a line for each layer, dark at the input and bright at the output."""
    from matplotlib import colormaps

    for i, path in enumerate(seen.paths):
        records = _thinned([record for record in seen.records if path in record.layers])
        steps = [record.step for record in records]
        values = [_drawable(number(record.layers[path]), scale) for record in records]
        colour = colormaps["viridis"](i / max(len(seen.paths) - 1, 1))
        panel.plot(steps, values, color=colour, label=path or "model")
    if number is PANELS[-1][1]:
        panel.axhline(USUAL_UPDATE, linestyle="--", color="grey")
    panel.set_yscale(scale)
    panel.set_xlabel("Step")


def _draw_through_depth(
    seen: Evidence, panel: Any, number: Callable[[LayerRecord], float], scale: str
) -> None:
    """Draw a bar for each layer, from the input to the output."""
    for record in seen.records:
        values = [_drawable(number(layer), scale) for layer in record.layers.values()]
        panel.bar(range(len(values)), values, tick_label=[path or "model" for path in record.layers])
    panel.set_yscale(scale)
    panel.tick_params(axis="x", labelrotation=90)


def _thinned(items: list[T]) -> list[T]:
    return items[:: len(items) // POINTS + 1]


def _drawable(y: float, scale: str) -> float:
    """Leave out what a scale cannot show."""
    return y if math.isfinite(y) and (scale == "linear" or y > 0) else math.nan
