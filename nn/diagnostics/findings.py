"""Findings: what is wrong with a network in training, in words, each with its usual cure."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np

from nn.diagnostics.evidence import Evidence
from nn.diagnostics.records import NAN
from nn.diagnostics.thresholds import (
    DEAD,
    EPOCHS,
    EXPLODING,
    LARGE_INPUT,
    LARGE_UPDATE,
    MOSTLY_DEAD,
    OVERFITTED,
    SATURATED,
    SMALL_INPUT,
    SMALL_UPDATE,
    THROWN_AWAY,
    VANISHING,
    WHOLE,
)


@dataclass(frozen=True)
class Finding:
    """Something that is wrong.

    Attributes:
        name: of the failure, such as ``"dead units"``.
        layers: the paths of the layers concerned, as in ``model.named_modules()``.
        seen: what was seen, with numbers.
        cure: what usually helps.
    """

    name: str
    layers: tuple[str, ...]
    seen: str
    cure: str

    def __str__(self) -> str:
        """Write it in three sentences."""
        return f"{self.name.capitalize()}. {self.seen} Usual cure: {self.cure}"


def _listed(paths: list[str]) -> str:
    return ", ".join(repr(path) if path else "the model itself" for path in paths)


# The judges, each of one failure


def missing_values(seen: Evidence) -> Iterator[Finding]:
    """Inputs that are infinite or NaN."""
    if seen.missing:
        name, step = seen.missing
        yield Finding(
            "numbers not finite", (), f"Input {name} held NaN or infinity at step {step}.",
            "find and replace missing values in the data before training.",
        )  # fmt: skip


def not_finite(seen: Evidence) -> Iterator[Finding]:
    """Numbers that became infinite or NaN, where they came up first."""
    if seen.missing:
        return
    for record in seen.records:
        broken = [path for path, layer in record.layers.items() if not layer.finite]
        if broken:
            yield Finding(
                "numbers not finite", (broken[0],),
                f"At step {record.step}, the output of {_listed(broken[:1])} was the first not to be finite.",
                "smaller weights or a lower learning rate; inputs of variance 1; no log or division at 0.",
            )  # fmt: skip
            return
    if seen.recorder.broken is not None and seen.recorder.steps == 1:
        yield Finding(
            "numbers not finite", (), f"The first loss was {seen.recorder.broken}, with finite outputs.",
            "a loss of logits instead of probabilities; targets without NaN.",
        )  # fmt: skip


def unscaled(seen: Evidence) -> Iterator[Finding]:
    """Inputs or targets whose variance is far from 1."""
    chance = seen.chance
    if chance is not None and chance.target is not None and chance.target > LARGE_INPUT:
        yield Finding(
            "unscaled targets", (),
            f"The largest target has a root mean square of {chance.target:.3g}; about 1 is usual.",
            "bring targets to mean 0 and variance 1, as sklearn.preprocessing.StandardScaler does.",
        )  # fmt: skip
    if seen.recorder.normalises_inputs:
        return
    for name in dict.fromkeys(name for record in seen.records for name in record.inputs):
        size = float(np.median([record.inputs[name] for record in seen.records if name in record.inputs]))
        if LARGE_INPUT < size < math.inf or 0 < size < SMALL_INPUT:
            yield Finding(
                "unscaled inputs", (),
                f"The largest feature of input {name} has root mean square {size:.3g}; about 1 is usual.",
                "bring each feature to mean 0 and variance 1, as sklearn.preprocessing.StandardScaler does, "
                "or begin with nn.BatchNorm1d.",
            )  # fmt: skip


def symmetry(seen: Evidence) -> Iterator[Finding]:
    """Units that begin with the same weights, and therefore stay the same."""
    if seen.alike:
        yield Finding(
            "weights all equal", tuple(seen.alike),
            f"At the start, all units of {_listed(seen.alike)} have the same weights, and get nearly the "
            f"same gradients: each of these layers is worth one unit.",
            "random initial weights, as nn.init.kaiming_normal_ draws them; only biases may be equal.",
        )  # fmt: skip


def vanishing(seen: Evidence) -> Iterator[Finding]:
    """Gradients that get lost on their way back through the depth."""
    ratios = {path: seen.ratio(path) for path in seen.weighted[:-1]}
    lost = {
        path: ratio for path, ratio in ratios.items() if ratio < VANISHING and not _is_cut_off(seen, path)
    }
    if lost:
        path, ratio = min(lost.items(), key=lambda item: item[1])
        yield Finding(
            "vanishing gradients", tuple(lost),
            f"The gradient at the output of {_listed([path])} is {ratio:.1g} times that of the last layer "
            f"{_listed(seen.weighted[-1:])}; below {VANISHING:g} of it: {_listed(list(lost))}.",
            "ReLU in place of sigmoid or tanh; initial weights as nn.init.kaiming_normal_ or xavier_uniform_ "
            "draw them; batch normalisation; residual connections.",
        )  # fmt: skip


def _is_cut_off(seen: Evidence, path: str) -> bool:
    """Tell whether little gradient comes because units here, or in a layer behind, are dead or all equal."""
    behind = seen.paths[seen.paths.index(path) :]
    return any(other in seen.alike or seen.dead(other) > DEAD for other in behind)


def exploding(seen: Evidence) -> Iterator[Finding]:
    """Gradients that grow on their way back, through the depth or through time."""
    for path in seen.paths:
        growth = seen.growth(path)
        if growth > EXPLODING:
            steps = max(len(layer.through_time) for layer in seen.of(path, seen.records))
            yield Finding(
                "exploding gradients", (path,),
                f"On their way back through {steps} steps in time, the gradients of {_listed([path])} grow "
                f"{growth:.1g} times.",
                "recurrent weights with singular values up to 1, such as 0.5 times the identity; nn.LSTM or "
                "nn.GRU; nn.utils.clip_grad_norm_ before each step.",
            )  # fmt: skip
    first = {path: next(iter(seen.ratios(path)), NAN) for path in seen.weighted[:-1]}  # later, rates matter
    grown = [path for path, ratio in first.items() if ratio > EXPLODING]
    if grown:
        path = max(grown, key=first.__getitem__)
        yield Finding(
            "exploding gradients", tuple(grown),
            f"At the start, the gradient at the output of {_listed([path])} is {first[path]:.1g} times that "
            f"of the last layer {_listed(seen.weighted[-1:])}.",
            "initial weights as nn.init.kaiming_normal_ or xavier_uniform_ draw them; batch normalisation; "
            "nn.utils.clip_grad_norm_ before each step.",
        )  # fmt: skip


def saturation(seen: Evidence) -> Iterator[Finding]:
    """Activations in their flat parts, from the start or in vain."""
    found = {}
    for path in seen.paths:
        start, end = seen.median(path, "saturated", seen.records[:1]), seen.median(path, "saturated")
        if start > SATURATED:
            found[path] = start
        elif end > SATURATED and not seen.curve.learned:
            found[path] = end
    if found:
        path, share = max(found.items(), key=lambda item: item[1])
        yield Finding(
            "saturated units", tuple(found),
            f"Of the outputs of {_listed([path])}, {share:.0%} lie where the activation is flat: there, "
            f"gradients vanish; above {SATURATED:.0%}: {_listed(list(found))}.",
            "smaller initial weights, such as nn.init.xavier_uniform_ draws; inputs of variance 1; a lower "
            "learning rate.",
        )  # fmt: skip


def dead_units(seen: Evidence) -> Iterator[Finding]:
    """Units that are 0 for every example of the window: most of a layer, or many and in vain."""
    most = MOSTLY_DEAD if seen.curve.learned else DEAD
    dead = {path: share for path in seen.paths if (share := seen.dead(path)) > most}
    if dead:
        shares = ", ".join(f"{share:.0%} in {_listed([path])}" for path, share in dead.items())
        yield Finding(
            "dead units", tuple(dead),
            f"Units that did nothing for any example, and so learn nothing any more: {shares}; batches seen: "
            f"{len(seen.window)}.",
            "a lower learning rate; nn.LeakyReLU or nn.ELU; initial weights as nn.init.kaiming_normal_ draws "
            "them.",
        )  # fmt: skip


def misfits(seen: Evidence) -> Iterator[Finding]:
    """Outputs of a kind that the loss does not take."""
    if seen.records and seen.records[0].misfit:
        yield Finding("outputs unfit for the loss", (), *seen.records[0].misfit)


def idle_layers(seen: Evidence) -> Iterator[Finding]:
    """Layers that could learn, but no gradient comes to them, or no optimiser changes them."""
    cut, still = seen.cut_off, seen.unchanged
    if cut:
        yield Finding(
            "no gradient", tuple(cut),
            f"The parameters of {_listed(cut)} require a gradient, but none came: the way from the "
            f"loss is cut.",
            "leave out what has no gradient behind them, such as detach(), .data or np.round(); "
            "requires_grad_(False) for layers that are to stay as they are.",
        )  # fmt: skip
    if still:
        yield Finding(
            "no updates", tuple(still),
            f"A gradient came to the parameters of {_listed(still)}, but no step changed them.",
            "an optimiser that is given model.parameters() when all layers are there; requires_grad_(False) "
            "for layers that are to stay as they are.",
        )  # fmt: skip


def overfitting(seen: Evidence) -> Iterator[Finding]:
    """A validation loss that rises while the loss falls."""
    history = seen.recorder.history
    losses = history.columns.get("val_loss", []) if history else []
    if history is None or len(losses) < EPOCHS or history.ended.startswith("stopped"):
        return
    lowest, last = min(losses), float(np.median(losses[-len(losses) // 4 :]))
    if last > OVERFITTED * lowest and seen.curve.shape.startswith("falls"):
        yield Finding(
            "over-fitting", (),
            f"The validation loss was {lowest:.3g} after epoch {losses.index(lowest) + 1}, and is {last:.3g} "
            f"at the end, while the loss falls to {seen.curve.last:.3g}.",
            "nn.EarlyStopping(); more data; a smaller network, nn.Dropout or weight_decay.",
        )  # fmt: skip


def first_loss(seen: Evidence) -> Iterator[Finding]:
    """A first loss far above chance: the model is sure of what it cannot know, or targets are unscaled."""
    chance = seen.chance
    first = next((loss for _, loss in seen.recorder.losses), NAN)
    if chance is not None and chance.loss > 0 and first > chance.most:
        yield Finding(
            "first loss above chance", (),
            f"The first loss is {first:.3g}; {chance.guess} would give {chance.loss:.3g}.",
            "smaller initial weights, above all of the last layer; the targets' mean as its first bias.",
        )  # fmt: skip


def learning_rate(seen: Evidence) -> Iterator[Finding]:
    """Steps that are too large, or too small to matter."""
    course, recorder = seen.curve, seen.recorder
    if recorder.steps < 2 or seen.missing:
        return
    updates = [record.update for record in seen.records if not math.isnan(record.update)]
    usual, largest = (float(np.median(updates)), max(updates)) if updates else (NAN, NAN)
    how = f"A step changed the weights by {usual:.2g} of their norm, at most by {largest:.2g}."
    if course.shape == "breaks off":
        end = f"became {recorder.broken} at step {recorder.steps - 1}"
        texts = [f"The loss began at {course.first:.3g} and {end}.", how]
    elif course.shape in ("rises", "jumps", "swings") and largest > LARGE_UPDATE:  # or else it is noise
        texts = [f"The loss {course.shape}: from {course.first:.3g} to {course.last:.3g} at the end.", how]
    elif largest > (THROWN_AWAY if course.learned else WHOLE) or (
        usual > LARGE_UPDATE and not course.learned
    ):
        texts = [how]
    else:
        texts = []
    if texts:
        cure = "a rate that is 3 to 10 times lower: nn.find_learning_rate suggests one."
        yield Finding("learning rate too high", (), " ".join(texts), cure)
    elif usual < SMALL_UPDATE and not course.learned:
        text = f"{how} The loss is hardly lower: from {course.first:.3g} to {course.last:.3g}."
        yield Finding("learning rate too low", (), text, "a rate at which a step changes about 0.001.")


# From causes to consequences.
JUDGES: tuple[Callable[[Evidence], Iterator[Finding]], ...] = (
    missing_values, unscaled, misfits, idle_layers, symmetry, learning_rate, first_loss, exploding,
    saturation, dead_units, vanishing, not_finite, overfitting,
)  # fmt: skip
