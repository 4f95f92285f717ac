"""Schedules: how the learning rates of an optimiser change from epoch to epoch.

Each is one formula for the next rate, given the present one. So schedules can be chained, and a
rate that was changed by hand is the one that goes on. Call ``step()`` once after each epoch.
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
        for name, value, known in (
            ("mode", mode, ("min", "max")),
            ("threshold_mode", threshold_mode, ("rel", "abs")),
        ):
            if value not in known:
                raise ValueError(f"{name}: expected one of {', '.join(known)}, got {value!r}")
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
