"""Schedules: how the learning rates of an optimiser change from epoch to epoch.

Each is one formula for the next rate, given the present one. So schedules can be chained, and a
rate that was changed by hand is the one that goes on. Call ``step()`` once after each epoch.
OneCycleLR alone knows all its rates from the start, and is stepped after each batch.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from typing import Any

from nn.optim.optimiser import Optimiser


class LRScheduler:
    """Change the learning rate of every group of an optimiser, epoch by epoch.

    Args:
        optimizer: whose rates are changed.

    Attributes:
        last_epoch: how many steps were made.
        base_lrs: the rates of the groups when the schedule was made.

    Example:
        >>> class Halving(LRScheduler):
        ...     def next_lr(self, lr, base):
        ...         return lr / 2
        >>> optimiser = nn.optim.SGD([tensor(1.0, requires_grad=True)], lr=0.5)
        >>> schedule = Halving(optimiser)
        >>> schedule.step()
        >>> schedule.get_last_lr()
        [0.25]
    """

    def __init__(self, optimizer: Optimiser) -> None:
        if not isinstance(optimizer, Optimiser):
            raise TypeError(f"optimizer: expected an optimiser, got {type(optimizer).__name__}")
        self.optimizer = optimizer
        self.last_epoch = 0
        self.base_lrs = [group["lr"] for group in optimizer.param_groups]
        for group, base in zip(optimizer.param_groups, self.base_lrs, strict=True):
            group["lr"] = self.first_lr(base)

    def first_lr(self, base: float) -> float:
        """Give the rate of the first epoch."""
        return base

    def next_lr(self, lr: float, base: float) -> float:
        """Give the rate of the epoch ``last_epoch`` from 1 on, after the rate ``lr``."""
        raise TypeError(f"{type(self).__name__} has no next_lr(): define its formula")

    def step(self) -> None:
        """Go on to the next epoch."""
        self.last_epoch += 1
        for group, base in zip(self.optimizer.param_groups, self.base_lrs, strict=True):
            group["lr"] = self.next_lr(group["lr"], base)

    def get_last_lr(self) -> list[float]:
        """Give the present rate of every group."""
        return [group["lr"] for group in self.optimizer.param_groups]

    def state_dict(self) -> dict[str, Any]:
        """Give what is to be kept so that training can go on from here; rates are the optimiser's."""
        return {name: value for name, value in vars(self).items() if name != "optimizer"}

    def load_state_dict(self, state: dict[str, Any]) -> None:
        """Go on from a state that ``state_dict`` gave."""
        vars(self).update(state)


def _check(name: str, value: Any, low: float, whole: bool = False) -> None:
    if not isinstance(value, int if whole else (int, float)) or not low <= value < math.inf:
        kind = "whole number" if whole else "number"
        raise ValueError(f"{name}: expected a {kind} from {low}, got {value!r}")


def _check_word(name: str, value: Any, *known: str) -> None:
    if value not in known:
        raise ValueError(f"{name}: expected one of {', '.join(known)}, got {value!r}")


class LambdaLR(LRScheduler):
    """Multiply the base rate by any function of the epoch.

    Example:
        >>> optimiser = nn.optim.SGD([tensor(1.0, requires_grad=True)], lr=0.5)
        >>> schedule = LambdaLR(optimiser, lambda epoch: 1 / (1 + epoch))
        >>> schedule.step()
        >>> schedule.get_last_lr()
        [0.25]
    """

    def __init__(self, optimizer: Optimiser, lr_lambda: Callable[[int], float]) -> None:
        self.lr_lambda = lr_lambda
        super().__init__(optimizer)

    def first_lr(self, base: float) -> float:
        """Give the rate of the first epoch."""
        return base * self.lr_lambda(0)

    def next_lr(self, lr: float, base: float) -> float:
        """Give the base rate times the function of the epoch."""
        return base * self.lr_lambda(self.last_epoch)


class StepLR(LRScheduler):
    """Multiply the rate by ``gamma`` every ``step_size`` epochs.

    Example:
        >>> optimiser = nn.optim.SGD([tensor(1.0, requires_grad=True)], lr=1.0)
        >>> schedule = StepLR(optimiser, step_size=2, gamma=0.5)
        >>> [(schedule.step(), schedule.get_last_lr()[0])[1] for _ in range(4)]
        [1.0, 0.5, 0.5, 0.25]
    """

    def __init__(self, optimizer: Optimiser, step_size: int, gamma: float = 0.1) -> None:
        _check("step_size", step_size, 1, whole=True)
        _check("gamma", gamma, 0)
        self.step_size, self.gamma = step_size, gamma
        super().__init__(optimizer)

    def next_lr(self, lr: float, base: float) -> float:
        """Multiply when a multiple of ``step_size`` is reached."""
        return lr if self.last_epoch % self.step_size else lr * self.gamma


class MultiStepLR(LRScheduler):
    """Multiply the rate by ``gamma`` at each of some epochs."""

    def __init__(self, optimizer: Optimiser, milestones: Iterable[int], gamma: float = 0.1) -> None:
        self.milestones = sorted(milestones)
        _check("gamma", gamma, 0)
        self.gamma = gamma
        super().__init__(optimizer)

    def next_lr(self, lr: float, base: float) -> float:
        """Multiply at a milestone, twice if it stands there twice."""
        return lr * self.gamma ** self.milestones.count(self.last_epoch)


class ExponentialLR(LRScheduler):
    """Multiply the rate by ``gamma`` at every epoch."""

    def __init__(self, optimizer: Optimiser, gamma: float) -> None:
        _check("gamma", gamma, 0)
        self.gamma = gamma
        super().__init__(optimizer)

    def next_lr(self, lr: float, base: float) -> float:
        """Multiply by ``gamma``."""
        return lr * self.gamma


class LinearLR(LRScheduler):
    """Change the rate evenly from one share of the base rate to another: a warm-up.

    Args:
        optimizer: whose rates are changed.
        start_factor: the share at the start.
        end_factor: the share after ``total_iters`` epochs, and from then on.
        total_iters: how many epochs the change takes.
    """

    def __init__(
        self, optimizer: Optimiser, start_factor: float = 1 / 3, end_factor: float = 1.0, total_iters: int = 5
    ) -> None:
        _check("total_iters", total_iters, 1, whole=True)
        for name, factor in ("start_factor", start_factor), ("end_factor", end_factor):
            if not 0 <= factor <= 1 or (name == "start_factor" and factor == 0):
                raise ValueError(
                    f"{name}: expected a share from 0 to 1, at the start above 0, got {factor!r}"
                )
        self.start_factor, self.end_factor, self.total_iters = start_factor, end_factor, total_iters
        super().__init__(optimizer)

    def _factor(self, epoch: int) -> float:
        done = min(epoch, self.total_iters) / self.total_iters
        return self.start_factor + (self.end_factor - self.start_factor) * done

    def first_lr(self, base: float) -> float:
        """Give the share at the start."""
        return base * self.start_factor

    def next_lr(self, lr: float, base: float) -> float:
        """Multiply by the ratio of this epoch's share to the last one's."""
        if self.last_epoch > self.total_iters:
            return lr
        return lr * self._factor(self.last_epoch) / self._factor(self.last_epoch - 1)


class CosineAnnealingLR(LRScheduler):
    """Let the rate fall from its base to ``eta_min`` along half a cosine (Loshchilov, Hutter, 2017).

    After ``T_max`` epochs it rises again, along the other half.
    """

    def __init__(self, optimizer: Optimiser, T_max: int, eta_min: float = 0.0) -> None:
        _check("T_max", T_max, 1, whole=True)
        _check("eta_min", eta_min, 0)
        self.T_max, self.eta_min = T_max, eta_min
        super().__init__(optimizer)

    def next_lr(self, lr: float, base: float) -> float:
        """Move on along the cosine."""
        now, before = (1 + math.cos(math.pi * t / self.T_max) for t in (self.last_epoch, self.last_epoch - 1))
        if (self.last_epoch - 1) % (2 * self.T_max) == self.T_max:  # at the bottom: there is no ratio
            return lr + (base - self.eta_min) * now / 2
        return self.eta_min + (lr - self.eta_min) * now / before


class OneCycleLR(LRScheduler):
    """Raise the rate to a peak and let it fall far below its start, in one cycle (Smith and Topin, 2018).

    The rate goes from ``max_lr`` / ``div_factor`` to ``max_lr``, and on to the start divided by
    ``final_div_factor``; the momentum, or β₁, goes the other way. Call ``step()`` after each batch.

    Args:
        optimizer: whose rates and momenta are changed.
        max_lr: the peak; one number, or a list of one for each group.
        total_steps: how many steps the cycle has, or
        epochs: how many epochs, and
        steps_per_epoch: of how many steps.
        pct_start: the share of the steps before the peak.
        anneal_strategy: whether changes follow a cosine, "cos", or a line, "linear".
        cycle_momentum: whether the momentum changes.
        base_momentum: the momentum at the peak of the rate.
        max_momentum: that at the start and at the end.
        div_factor: by what part of the peak the rate starts.
        final_div_factor: by what part of the start it ends.
        three_phase: whether the rate falls to its start as fast as it rose, and only then to its end.

    Raises:
        ValueError: an option is out of its range, the optimiser has no momentum, or the cycle is over.

    Example:
        >>> optimiser = nn.optim.SGD([tensor(1.0, requires_grad=True)], lr=1.0, momentum=0.9)
        >>> schedule = OneCycleLR(optimiser, 1.0, 5, pct_start=0.6, div_factor=4, anneal_strategy="linear")
        >>> [(schedule.step(), round(schedule.get_last_lr()[0], 4))[1] for _ in range(4)]
        [0.625, 1.0, 0.5, 0.0]
    """

    def __init__(
        self,
        optimizer: Optimiser,
        max_lr: float | list[float],
        total_steps: int | None = None,
        epochs: int | None = None,
        steps_per_epoch: int | None = None,
        pct_start: float = 0.3,
        anneal_strategy: str = "cos",
        cycle_momentum: bool = True,
        base_momentum: float = 0.85,
        max_momentum: float = 0.95,
        div_factor: float = 25.0,
        final_div_factor: float = 1e4,
        three_phase: bool = False,
    ) -> None:
        total_steps = (epochs or 0) * (steps_per_epoch or 0) if total_steps is None else total_steps
        _check("total_steps", total_steps, 1, whole=True)
        _check_word("anneal_strategy", anneal_strategy, "cos", "linear")
        if not (0 <= pct_start <= 1 and min(div_factor, final_div_factor) > 0):
            factors = f"{pct_start!r}, {div_factor!r} and {final_div_factor!r}"
            raise ValueError(f"pct_start: expected a share from 0 to 1, and factors above 0, got {factors}")
        super().__init__(optimizer)
        if cycle_momentum and optimizer.defaults.keys().isdisjoint(("momentum", "betas")):
            kind = type(optimizer).__name__
            raise ValueError(f"optimizer: expected one with momentum, got {kind}; use cycle_momentum=False")
        rates = max_lr if isinstance(max_lr, list) else [max_lr] * len(self.base_lrs)
        for rate in rates:
            _check("max_lr", rate, 0)
        if len(rates) != len(self.base_lrs):
            raise ValueError(
                f"max_lr: expected a number for each of {len(self.base_lrs)} groups, got {max_lr!r}"
            )
        self.base_lrs = rates
        self.total_steps, self.cosine, self.cycle_momentum = (
            total_steps,
            anneal_strategy == "cos",
            cycle_momentum,
        )
        # The ends of the phases, and which parts of max_lr and of the momentum are reached there.
        peak, start = pct_start * total_steps - 1, 1 / div_factor
        back = [(2 * peak, start, max_momentum)] if three_phase else []
        end = total_steps - 1, start / final_div_factor, max_momentum
        self.knots = [(0.0, start, max_momentum), (peak, 1.0, base_momentum), *back, end]
        self._turn()

    def _turn(self) -> None:
        """Set the rates and momenta of this step."""
        now = self.last_epoch
        phase = next((i for i, knot in enumerate(self.knots[1:-1]) if now <= knot[0]), len(self.knots) - 2)
        (begin, *first), (end, *last) = self.knots[phase : phase + 2]
        done = (now - begin) / (end - begin) if end > begin else 1.0
        done = (1 - math.cos(math.pi * done)) / 2 if self.cosine else done
        rate, momentum = (a + (b - a) * done for a, b in zip(first, last, strict=True))
        for group, peak in zip(self.optimizer.param_groups, self.base_lrs, strict=True):
            group["lr"] = peak * rate
            if self.cycle_momentum and "betas" in group:
                group["betas"] = (momentum, group["betas"][1])
            elif self.cycle_momentum:
                group["momentum"] = momentum

    def step(self) -> None:
        """Go on to the next step."""
        if self.last_epoch >= self.total_steps:
            raise ValueError(f"step: expected {self.total_steps} steps, as total_steps says, got one more")
        self.last_epoch += 1
        self._turn()


class ReduceLROnPlateau:
    """Multiply the rate by ``factor`` when a quantity has not improved for some epochs.

    Args:
        optimizer: whose rates are changed.
        mode: "min" if less is better, as for a loss, or "max".
        factor: what the rates are multiplied by.
        patience: how many epochs without improvement are accepted.
        threshold: by how much a value must be better to count.
        threshold_mode: whether the threshold is a share, "rel", or a difference, "abs".
        cooldown: how many epochs are not counted after a reduction.
        min_lr: no rate falls below.
        eps: a smaller change of a rate is not made.

    Example:
        >>> optimiser = nn.optim.SGD([tensor(1.0, requires_grad=True)], lr=1.0)
        >>> schedule = ReduceLROnPlateau(optimiser, factor=0.5, patience=1)
        >>> [(schedule.step(loss), schedule.get_last_lr()[0])[1] for loss in (3.0, 2.0, 2.0, 2.0)]
        [1.0, 1.0, 1.0, 0.5]
    """

    def __init__(
        self,
        optimizer: Optimiser,
        mode: str = "min",
        factor: float = 0.1,
        patience: int = 10,
        threshold: float = 1e-4,
        threshold_mode: str = "rel",
        cooldown: int = 0,
        min_lr: float = 0.0,
        eps: float = 1e-8,
    ) -> None:
        _check_word("mode", mode, "min", "max")
        _check_word("threshold_mode", threshold_mode, "rel", "abs")
        if not 0 <= factor < 1:
            raise ValueError(f"factor: expected a number from 0 and below 1, got {factor!r}")
        self.optimizer, self.mode, self.factor, self.patience = optimizer, mode, factor, patience
        self.threshold, self.threshold_mode, self.cooldown = threshold, threshold_mode, cooldown
        self.min_lr, self.eps = min_lr, eps
        self.best = math.inf if mode == "min" else -math.inf
        self.bad_epochs = self.waiting = self.last_epoch = 0

    def _is_better(self, value: float) -> bool:
        """Compare with the best as PyTorch does: a share is of the best, with its sign."""
        if not math.isfinite(self.best):
            return True
        sign = 1 if self.mode == "min" else -1
        share = self.threshold * self.best if self.threshold_mode == "rel" else self.threshold
        return sign * value < sign * self.best - share

    def step(self, metrics: Any) -> None:
        """Look at the value of an epoch."""
        self.last_epoch += 1
        value = float(metrics)
        if self._is_better(value):
            self.best, self.bad_epochs = value, 0
        else:
            self.bad_epochs += 1
        if self.waiting:
            self.waiting, self.bad_epochs = self.waiting - 1, 0
        if self.bad_epochs > self.patience:
            for group in self.optimizer.param_groups:
                lower = max(group["lr"] * self.factor, self.min_lr)
                if group["lr"] - lower > self.eps:
                    group["lr"] = lower
            self.waiting, self.bad_epochs = self.cooldown, 0

    get_last_lr = LRScheduler.get_last_lr
    state_dict = LRScheduler.state_dict
    load_state_dict = LRScheduler.load_state_dict
