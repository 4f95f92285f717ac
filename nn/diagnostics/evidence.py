"""Evidence: the records of a training, summed up for each layer."""

from __future__ import annotations

import itertools
import math
from functools import cached_property

import numpy as np

from nn.diagnostics.chance import Chance
from nn.diagnostics.curve import Curve, curve
from nn.diagnostics.recorder import Recorder
from nn.diagnostics.records import NAN, LayerRecord, Record
from nn.diagnostics.thresholds import VANISHING
from nn.layers.recurrent import Recurrent


class Evidence:
    """What findings are judged by: the records of a training, summed up for each layer.

    The window is what was seen in the second half of the steps, without one at which training broke off:
    how the network ended up.
    """

    def __init__(self, recorder: Recorder) -> None:
        self.recorder = recorder
        self.records: list[Record] = list(recorder.records)
        whole = [record for record in self.records if math.isfinite(record.loss)] or self.records
        self.window = [record for record in whole if record.step >= whole[-1].step / 2]
        self.paths = list(dict.fromkeys(path for record in self.records for path in record.layers))

    def of(self, path: str, records: list[Record] | None = None) -> list[LayerRecord]:
        """Return what a layer did, in the window or in other records."""
        records = self.window if records is None else records
        return [record.layers[path] for record in records if path in record.layers]

    def median(self, path: str, name: str, records: list[Record] | None = None) -> float:
        """Return the median of one of a layer's numbers; NaN where there is none."""
        numbers = [getattr(layer, name) for layer in self.of(path, records)]
        known = [x for x in numbers if x is not None and not math.isnan(x)]
        return float(np.median(known)) if known else NAN

    @cached_property
    def weighted(self) -> list[str]:
        """The layers with weights that got a gradient, in the order of the calls."""
        with_weights = [path for path in self.paths if self.recorder.parts[path].has_weights]
        return [path for path in with_weights if any(r.gradients for r in self.of(path, self.records))]

    @cached_property
    def _trainable(self) -> dict[str, list[LayerRecord]]:
        """What each layer did, that could learn."""
        found = {
            path: [layer for layer in self.of(path, self.records) if layer.trainable] for path in self.paths
        }
        return {path: layers for path, layers in found.items() if layers}

    @cached_property
    def cut_off(self) -> list[str]:
        """The layers that could learn, but never got a gradient, where others did."""
        cut = [
            p for p, layers in self._trainable.items() if all(math.isnan(r.weight_gradient) for r in layers)
        ]
        return cut if len(cut) < len(self._trainable) else []

    @cached_property
    def unchanged(self) -> list[str]:
        """The layers that got a gradient that is no trifle, but never changed, where others did."""
        changed = {p: any(r.change > 0 for r in layers) for p, layers in self._trainable.items()}
        sizes = {p: self.median(p, "weight_gradient", self.records) for p in changed}
        trifle = VANISHING * max((sizes[p] for p in changed if changed[p]), default=math.inf)
        return [p for p in changed if not changed[p] and sizes[p] > trifle]

    @cached_property
    def alike(self) -> list[str]:
        """The layers of which all units begin with the same weights; for a last layer, that is usual."""
        first = self.records[0].layers if self.records else {}
        return [path for path, layer in first.items() if layer.alike and path not in self.weighted[-1:]]

    @cached_property
    def missing(self) -> tuple[str, int] | None:
        """The first input that held NaN or infinity, and the step."""
        inputs = ((name, record) for record in self.records for name in record.inputs)
        return next(((name, r.step) for name, r in inputs if not math.isfinite(r.inputs[name])), None)

    @cached_property
    def chances(self) -> list[Chance]:
        """The loss of knowing nothing, of each batch that was looked at, from low to high."""
        return sorted((r.chance for r in self.records if r.chance), key=lambda chance: chance.loss)

    @property
    def chance(self) -> Chance | None:
        """The same of the batch in the middle."""
        return self.chances[len(self.chances) // 2] if self.chances else None

    @cached_property
    def curve(self) -> Curve:
        """The shape of the loss curve."""
        low, middle, high = np.quantile([c.loss for c in self.chances] or [0.0], [0.25, 0.5, 0.75]).tolist()
        losses = [loss for _, loss in self.recorder.losses]
        return curve(losses, middle, high - low, self.recorder.broken is not None)

    def ratios(self, path: str) -> list[float]:
        """Return the norm of a layer's gradient as a multiple of the last layer's, in all steps."""
        last = self.weighted[-1] if self.weighted else path
        pairs = [
            (record.layers[path].gradient, record.layers[last].gradient)
            for record in self.records
            if path in record.layers and last in record.layers
        ]
        return [a / b for a, b in pairs if not math.isnan(a) and b > 0]

    def ratio(self, path: str) -> float:
        """Return the median of these."""
        ratios = self.ratios(path)
        return float(np.median(ratios)) if ratios else NAN

    def growth(self, path: str) -> float:
        """Return by how much gradients grow on their way back through time, at first or in 10 % of steps."""
        if not self.recorder.parts[path].has_weights:
            return NAN  # an activation may be called at several depths
        growths = [_growth(layer.through_time) for layer in self.of(path, self.records)]
        known = [g for g in growths if not math.isnan(g)]
        return max(known[0], float(np.quantile(known, 0.9, method="lower"))) if known else NAN

    def memory(self, path: str) -> str | None:
        """Say how far back in time gradients reach; None if they come from the first step."""
        if math.isnan(self.growth(path)):
            return None
        steps = [layer.through_time for layer in self.of(path)]
        norms = np.median([norms for norms in steps if len(norms) == len(steps[-1])], axis=0)
        reached = int((norms[::-1] >= VANISHING * norms.max()).nonzero()[0].max(initial=0)) + 1
        return None if reached == len(norms) else f"its gradients reach back {reached} of {len(norms)} steps"

    def dead(self, path: str) -> float:
        """Return the share of units that did nothing in the whole window; NaN where that cannot be known."""
        if path in self.rectifiers:
            masks = [layer.active for layer in self.of(path) if layer.active is not None]
        elif self._judged_by_gradient(path):
            masks = [layer.moved for layer in self.of(path) if layer.moved is not None]
        else:
            masks = []
        if not masks:
            return NAN
        return 1 - float(np.logical_or.reduce([m for m in masks if m.shape == masks[-1].shape]).mean())

    @cached_property
    def rectifiers(self) -> set[str]:
        """The layers whose units can be dead by themselves."""
        return {path for path in self.paths if self.recorder.parts[path].is_rectifier}

    def _judged_by_gradient(self, path: str) -> bool:
        """Tell whether a layer's units are dead where no gradient comes.

        That is so if a function, and not a layer, stands behind it, and gradients come that far.
        """
        if path not in self.bare:
            return False
        following = self.weighted[self.weighted.index(path) + 1]
        return self.median(following, "gradient") > 0

    @cached_property
    def bare(self) -> list[str]:
        """The layers with weights between which, and the next one, no layer is an activation."""
        found, parts = [], self.recorder.parts
        for path, following in itertools.pairwise(self.weighted):
            between = self.paths[self.paths.index(path) + 1 : self.paths.index(following)]
            activated = any(parts[other].is_activation for other in between)
            if not activated and not isinstance(parts[path].module, Recurrent):
                found.append(path)
        return found


def _growth(norms: list[float]) -> float:
    """Compare the largest gradient with that of the last step that has one."""
    last = next((g for g in reversed(norms) if g > 0), NAN)
    return max(norms) / last if len(norms) > 1 and not math.isnan(last) else NAN
