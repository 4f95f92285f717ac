"""Report: what was found, what was seen of each layer, and what could not be judged."""

from __future__ import annotations

import html
import math
import re
from collections.abc import Iterable
from importlib.util import find_spec
from io import StringIO
from typing import Any

from nn.diagnostics.curve import FALLEN
from nn.diagnostics.evidence import Evidence
from nn.diagnostics.figure import draw
from nn.diagnostics.findings import JUDGES, Finding
from nn.diagnostics.recorder import Recorder
from nn.diagnostics.records import Record
from nn.training.tables import Table, wrapped


class Report(Table):
    """The health of a network in training; it shows itself as findings in words and a table of layers.

    Attributes:
        findings: what is wrong, each with its usual cure.
        curve: the shape of the loss curve.
        unjudged: what could not be judged, and why.
        evidence: what was seen, summed up for each layer.
    """

    def __init__(self, recorder: Recorder) -> None:
        self.evidence = Evidence(recorder)
        self.findings: list[Finding] = [finding for judge in JUDGES for finding in judge(self.evidence)]
        self.curve = self.evidence.curve
        self.unjudged = list(_unjudged(self.evidence))

    @property
    def healthy(self) -> bool:
        """Whether nothing was found."""
        return not self.findings

    @property
    def records(self) -> list[Record]:
        """What was seen in each step that was looked at."""
        return self.evidence.records

    # As text and table

    def header(self) -> tuple[str, ...]:
        """Name the columns."""
        return "Layer", "Mean", "Spread", "Saturated", "Dead", "Gradient", "Through depth", "Update"

    def cells(self) -> Iterable[tuple[str, ...]]:
        """Return a row for each layer: medians of the second half of what was seen."""
        seen = self.evidence
        for path in seen.paths:
            kind = seen.recorder.parts[path].kind
            title = f"{path} ({kind})" if path else kind
            numbers = (seen.median(path, name) for name in ("mean", "spread"))
            shares = (seen.median(path, "saturated"), seen.dead(path))
            ratio = seen.ratio(path) if path in seen.weighted else math.nan
            last = (seen.median(path, "gradient"), ratio, seen.median(path, "update"))
            yield (
                title,
                *(_number(x) for x in numbers),
                *("" if math.isnan(x) else f"{x:.0%}" for x in shares),
                *(_number(x) for x in last),
            )

    def summary(self) -> str:
        """Say in a few sentences how the loss went and what is wrong."""
        return "\n".join(map(wrapped, self._paragraphs()))

    def _paragraphs(self) -> list[str]:
        loss = [self._loss()] if self.evidence.recorder.steps and self.records else []
        return loss + ([str(finding) for finding in self.findings] or ["Nothing wrong was found."])

    def _loss(self) -> str:
        recorder, course, chance = self.evidence.recorder, self.curve, self.evidence.chance
        if recorder.steps == 1:
            text = f"The loss is {self.records[0].loss:.4g}"
        else:
            last = course.last if recorder.broken is None else recorder.broken
            text = f"The loss over {recorder.steps} steps {course.shape}"
            text += f": from {course.first:.4g} to {last:.4g}"
            if chance and recorder.broken is None and last > FALLEN * chance.loss:
                text += ", no better than chance"
        return f"{text} ({chance.guess} would give {chance.loss:.4g})." if chance else f"{text}."

    def footer(self) -> Iterable[str]:
        """Say what could not be judged."""
        return [f"Not judged: {reason}." for reason in self.unjudged]

    def __repr__(self) -> str:
        """Write everything as text."""
        return f"{self.summary()}\n\n{super().__repr__()}"

    def _repr_html_(self) -> str:
        """Write everything for notebooks, with the figure if matplotlib is installed."""
        items = "".join(f"<li>{html.escape(line)}</li>" for line in self._paragraphs())
        return f"<ul>{items}</ul>{super()._repr_html_()}{self._figure()}"

    def _figure(self) -> str:
        if not self.records or not find_spec("matplotlib"):
            return ""
        from matplotlib import pyplot

        picture, figure = StringIO(), self.plot()
        # Letters stay text: their outlines would be half of the picture.
        with pyplot.rc_context({"svg.fonttype": "none", "font.sans-serif": ["DejaVu Sans"]}):
            figure.savefig(picture, format="svg")
        pyplot.close(figure)
        text = re.sub(r"(\.\d\d)\d+", r"\1", picture.getvalue())  # hundredths of a pixel are enough
        return text[text.index("<svg") :]

    def plot(self) -> Any:
        """Draw losses, activations, gradients and updates over the steps, and give the matplotlib figure.

        Raises:
            ImportError: matplotlib is not installed.
        """
        return draw(self.evidence)


def _number(x: float) -> str:
    return "" if math.isnan(x) else f"{x:.2g}"


def _unjudged(seen: Evidence) -> Iterable[str]:
    """Say what could not be judged, and why."""
    recorder = seen.recorder
    yield from sorted(recorder.unjudged)
    if recorder.steps and seen.chance is None:
        yield "the first loss, because the chance level of this loss is not known"
    if recorder.steps == 1:
        yield "the learning rate and units that die, in one step; nn.HealthWatch sees them in nn.fit"
    elif seen.curve.shape == "cannot be judged":
        yield f"the loss curve, of {recorder.steps} steps"
    parts, called = recorder.parts, set(seen.paths)
    for reason, paths in {
        "layers that were not called": [p for p in parts if parts[p].is_seen and p not in called],
        "gradients of layers where none came": [
            p for p in seen.paths if parts[p].has_weights and p not in (*seen.weighted, *seen.cut_off)
        ],
        "the saturation of activations that are no layers, behind": seen.bare,
        "gates inside of": [p for p in seen.paths if parts[p].gates > 1],
    }.items():
        if paths and seen.records:
            yield f"{reason}: {', '.join(path or 'the model' for path in paths)}"
    for path in seen.paths:
        steps = seen.memory(path)
        if steps is not None:
            yield f"whether the data need a longer memory than {path or 'the model'} has: {steps}"
