"""Schedules: how the learning rates of an optimiser change from epoch to epoch.

Each is one formula for the next rate, given the present one. So schedules can be chained, and a
rate that was changed by hand is the one that goes on. Call ``step()`` once after each epoch.

The first schedule of an optimiser writes the rates into its groups as ``initial_lr``. They are the
base rates of all schedules, also of one that is made when another has changed the rates.
"""

from __future__ import annotations

import math
from bisect import bisect_right
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any

from autograd.instead import module_getattr
from nn.errors import whole_number
from nn.optim.optimiser import Optimiser, check_numbers
from nn.pytorch import SCHEDULES

Share = Callable[[int], float]  # of the base rate at an epoch
_GIVEN_ANEW = {"optimizer", "schedulers", "lr_lambda"}  # what no state holds


class LRScheduler:
    """Change the learning rate of every group of an optimiser, epoch by epoch.

    Args:
        optimizer: whose rates are changed.
        last_epoch: -1, for a schedule begins at its start; to go on from an epoch, load a state.

    Attributes:
        last_epoch: how many steps were made.

    Raises:
        TypeError: this is no optimiser.
        ValueError: an option is out of its range.

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

    def __init__(self, optimizer: Optimiser, last_epoch: int = -1) -> None:
        if last_epoch != -1:
            raise ValueError(f"last_epoch: expected -1, got {last_epoch!r}; the usual fix is load_state_dict")
        if not isinstance(optimizer, Optimiser):
            raise TypeError(f"optimizer: expected an optimiser, got {type(optimizer).__name__}")
        self.optimizer = optimizer
        self._enter(0)

    @property
    def base_lrs(self) -> list[float]:
        """The rates of the groups before there was a schedule."""
        return [group.get("initial_lr", group["lr"]) for group in self.optimizer.param_groups]

    def first_lr(self, lr: float, base: float) -> float:
        """Return the rate of the first epoch, after the rate ``lr`` so far."""
        return lr

    def next_lr(self, lr: float, base: float) -> float:
        """Return the rate of the epoch ``last_epoch`` from 1 on, after the rate ``lr``."""
        raise NotImplementedError(f"{type(self).__name__} has no next_lr(): define its formula")

    def _enter(self, epoch: int) -> None:
        """Set the rates of an epoch, where those of the one before are set."""
        self.last_epoch = epoch
        formula = self.next_lr if epoch else self.first_lr
        for group in self.optimizer.param_groups:
            group["lr"] = formula(group["lr"], group.setdefault("initial_lr", group["lr"]))

    def step(self, epoch: None = None) -> None:
        """Go on to the next epoch; which one is counted here, and not to be said."""
        if epoch is not None:
            raise TypeError(f"{type(self).__name__}.step: expected no epoch, got {epoch!r}; use step()")
        self._enter(self.last_epoch + 1)

    def get_last_lr(self) -> list[float]:
        """Return the present rate of every group."""
        return [group["lr"] for group in self.optimizer.param_groups]

    def state_dict(self) -> dict[str, Any]:
        """Return what is to be kept so that training can go on from here; rates are the optimiser's."""
        return {name: value for name, value in vars(self).items() if name not in _GIVEN_ANEW}

    def load_state_dict(self, state: dict[str, Any]) -> None:
        """Go on from a state that ``state_dict`` gave."""
        vars(self).update(state)


def _number(name: str, value: Any) -> float:
    """Refuse what is no finite number from 0; a rate does not become a NumPy number."""
    check_numbers({name: value}, name)
    return float(value)


def _share(name: str, value: Any, above_zero: bool = False) -> float:
    """Refuse what is no number from 0 to 1."""
    if not 0 <= _number(name, value) <= 1 or (above_zero and value == 0):
        raise ValueError(f"{name}: expected a share from 0 to 1{', not 0' * above_zero}, got {value!r}")
    return float(value)


class LambdaLR(LRScheduler):
    """Multiply the base rate by any function of the epoch, or by a function for each group.

    Example:
        >>> optimiser = nn.optim.SGD([tensor(1.0, requires_grad=True)], lr=0.5)
        >>> schedule = LambdaLR(optimiser, lambda epoch: 1 / (1 + epoch))
        >>> schedule.step()
        >>> schedule.get_last_lr()
        [0.25]
    """

    def __init__(self, optimizer: Optimiser, lr_lambda: Share | list[Share], last_epoch: int = -1) -> None:
        self.lr_lambda = lr_lambda
        super().__init__(optimizer, last_epoch)

    def _enter(self, epoch: int) -> None:
        groups, given = self.optimizer.param_groups, self.lr_lambda
        functions = given if isinstance(given, (list, tuple)) else [given] * len(groups)
        if len(functions) != len(groups) or not all(map(callable, functions)):
            kinds = ", ".join(type(function).__name__ for function in functions)
            raise ValueError(f"lr_lambda: expected one function or {len(groups)} for the groups, got {kinds}")
        self.last_epoch = epoch
        for group, function in zip(groups, functions, strict=True):
            group["lr"] = group.setdefault("initial_lr", group["lr"]) * function(epoch)


class StepLR(LRScheduler):
    """Multiply the rate by ``gamma`` every ``step_size`` epochs.

    Example:
        >>> optimiser = nn.optim.SGD([tensor(1.0, requires_grad=True)], lr=1.0)
        >>> schedule = StepLR(optimiser, step_size=2, gamma=0.5)
        >>> [(schedule.step(), schedule.get_last_lr()[0])[1] for _ in range(4)]
        [1.0, 0.5, 0.5, 0.25]
    """

    def __init__(
        self, optimizer: Optimiser, step_size: int, gamma: float = 0.1, last_epoch: int = -1
    ) -> None:
        self.step_size, self.gamma = whole_number("step_size", step_size, 1), _number("gamma", gamma)
        super().__init__(optimizer, last_epoch)

    def next_lr(self, lr: float, base: float) -> float:
        """Multiply when a multiple of ``step_size`` is reached."""
        return lr if self.last_epoch % self.step_size else lr * self.gamma


class MultiStepLR(LRScheduler):
    """Multiply the rate by ``gamma`` at each of some epochs.

    Example:
        >>> optimiser = nn.optim.SGD([tensor(1.0, requires_grad=True)], lr=1.0)
        >>> schedule = MultiStepLR(optimiser, milestones=[1, 3], gamma=0.5)
        >>> [(schedule.step(), schedule.get_last_lr()[0])[1] for _ in range(4)]
        [0.5, 0.5, 0.25, 0.25]
    """

    def __init__(
        self, optimizer: Optimiser, milestones: Iterable[int], gamma: float = 0.1, last_epoch: int = -1
    ) -> None:
        self.milestones = sorted(whole_number("milestones", epoch) for epoch in milestones)
        self.gamma = _number("gamma", gamma)
        super().__init__(optimizer, last_epoch)

    def next_lr(self, lr: float, base: float) -> float:
        """Multiply at a milestone, twice if it stands there twice."""
        return lr * self.gamma ** self.milestones.count(self.last_epoch)

    first_lr = next_lr


class ExponentialLR(StepLR):
    """Multiply the rate by ``gamma`` at every epoch.

    Example:
        >>> optimiser = nn.optim.SGD([tensor(1.0, requires_grad=True)], lr=1.0)
        >>> schedule = ExponentialLR(optimiser, gamma=0.5)
        >>> [(schedule.step(), schedule.get_last_lr()[0])[1] for _ in range(3)]
        [0.5, 0.25, 0.125]
    """

    def __init__(self, optimizer: Optimiser, gamma: float, last_epoch: int = -1) -> None:
        super().__init__(optimizer, 1, gamma, last_epoch)


class ShareLR(LRScheduler):
    """Let the rate be a share of the base rate; chained, multiply it by the change of that share."""

    def share(self, epoch: int) -> float:
        """Return the share of the base rate at an epoch."""
        raise NotImplementedError(f"{type(self).__name__} has no share(): define its formula")

    def first_lr(self, lr: float, base: float) -> float:
        """Multiply by the share at the start."""
        return lr * self.share(0)

    def next_lr(self, lr: float, base: float) -> float:
        """Multiply by the ratio of this epoch's share to the last one's."""
        now, before = self.share(self.last_epoch), self.share(self.last_epoch - 1)
        return lr if now == before else lr * now / before


class ConstantLR(ShareLR):
    """Multiply the base rate by ``factor``, above 0 and up to 1, for ``total_iters`` epochs.

    Example:
        >>> optimiser = nn.optim.SGD([tensor(1.0, requires_grad=True)], lr=1.0)
        >>> schedule = ConstantLR(optimiser, factor=0.5, total_iters=2)
        >>> [(schedule.get_last_lr()[0], schedule.step())[0] for _ in range(4)]
        [0.5, 0.5, 1.0, 1.0]
    """

    def __init__(
        self, optimizer: Optimiser, factor: float = 1 / 3, total_iters: int = 5, last_epoch: int = -1
    ) -> None:
        self.factor = _share("factor", factor, above_zero=True)
        self.total_iters = whole_number("total_iters", total_iters, 1)
        super().__init__(optimizer, last_epoch)

    def share(self, epoch: int) -> float:
        """Return ``factor``, and 1 in the end."""
        return self.factor if epoch < self.total_iters else 1.0


class LinearLR(ShareLR):
    """Change the rate evenly from one share of the base rate to another: a warm-up.

    Args:
        optimizer: whose rates are changed.
        start_factor: the share at the start.
        end_factor: the share after ``total_iters`` epochs, and from then on.
        total_iters: how many epochs the change takes.
        last_epoch: -1.

    Example:
        >>> optimiser = nn.optim.SGD([tensor(1.0, requires_grad=True)], lr=1.0)
        >>> schedule = LinearLR(optimiser, start_factor=0.25, total_iters=3)
        >>> [(schedule.get_last_lr()[0], schedule.step())[0] for _ in range(5)]
        [0.25, 0.5, 0.75, 1.0, 1.0]
    """

    def __init__(
        self,
        optimizer: Optimiser,
        start_factor: float = 1 / 3,
        end_factor: float = 1.0,
        total_iters: int = 5,
        last_epoch: int = -1,
    ) -> None:
        self.start_factor = _share("start_factor", start_factor, above_zero=True)
        self.end_factor = _share("end_factor", end_factor)
        self.total_iters = whole_number("total_iters", total_iters, 1)
        super().__init__(optimizer, last_epoch)

    def share(self, epoch: int) -> float:
        """Find the place on the line."""
        done = min(epoch, self.total_iters) / self.total_iters
        return self.start_factor + (self.end_factor - self.start_factor) * done


class PolynomialLR(ShareLR):
    """Let the rate fall from its base to 0: after t epochs it is base · (1 - t / ``total_iters``)ᵖ.

    The exponent p is ``power``.

    Example:
        >>> optimiser = nn.optim.SGD([tensor(1.0, requires_grad=True)], lr=1.0)
        >>> schedule = PolynomialLR(optimiser, total_iters=4, power=2.0)
        >>> [(schedule.get_last_lr()[0], schedule.step())[0] for _ in range(5)]
        [1.0, 0.5625, 0.25, 0.0625, 0.0]
    """

    def __init__(
        self, optimizer: Optimiser, total_iters: int = 5, power: float = 1.0, last_epoch: int = -1
    ) -> None:
        self.total_iters, self.power = whole_number("total_iters", total_iters, 1), _number("power", power)
        super().__init__(optimizer, last_epoch)

    def share(self, epoch: int) -> float:
        """Raise what is left of the way to the power."""
        return math.pow(1 - min(epoch, self.total_iters) / self.total_iters, self.power)


class CosineAnnealingLR(LRScheduler):
    """Let the rate fall from its base to ``eta_min`` along half a cosine (Loshchilov, Hutter, 2017).

    After t epochs it is ``eta_min`` + (base - ``eta_min``) · (1 + cos(π t / ``T_max``)) / 2; after
    ``T_max`` epochs it rises again, along the other half.

    Example:
        >>> optimiser = nn.optim.SGD([tensor(1.0, requires_grad=True)], lr=1.0)
        >>> schedule = CosineAnnealingLR(optimiser, T_max=2)
        >>> [(round(schedule.get_last_lr()[0], 3), schedule.step())[0] for _ in range(5)]
        [1.0, 0.5, 0.0, 0.5, 1.0]
    """

    def __init__(self, optimizer: Optimiser, T_max: int, eta_min: float = 0.0, last_epoch: int = -1) -> None:
        self.T_max, self.eta_min = whole_number("T_max", T_max, 1), _number("eta_min", eta_min)
        super().__init__(optimizer, last_epoch)

    def next_lr(self, lr: float, base: float) -> float:
        """Move on along the cosine."""
        now, before = (1 + math.cos(math.pi * t / self.T_max) for t in (self.last_epoch, self.last_epoch - 1))
        if (self.last_epoch - 1) % (2 * self.T_max) == self.T_max:  # at the bottom: there is no ratio
            return lr + (base - self.eta_min) * now / 2
        return self.eta_min + (lr - self.eta_min) * now / before


class CosineAnnealingWarmRestarts(LRScheduler):
    """Let the rate fall along half a cosine again and again (Loshchilov and Hutter, 2017).

    The first time it takes ``T_0`` epochs, and each time ``T_mult`` times as many as before. After t of T
    epochs the rate is ``eta_min`` + (base - ``eta_min``) · (1 + cos(π t / T)) / 2.

    Example:
        >>> optimiser = nn.optim.SGD([tensor(1.0, requires_grad=True)], lr=1.0)
        >>> schedule = CosineAnnealingWarmRestarts(optimiser, T_0=2)
        >>> [(round(schedule.get_last_lr()[0], 3), schedule.step())[0] for _ in range(5)]
        [1.0, 0.5, 1.0, 0.5, 1.0]
    """

    def __init__(
        self, optimizer: Optimiser, T_0: int, T_mult: int = 1, eta_min: float = 0.0, last_epoch: int = -1
    ) -> None:
        self.T_0, self.T_mult = whole_number("T_0", T_0, 1), whole_number("T_mult", T_mult, 1)
        self.eta_min = _number("eta_min", eta_min)
        super().__init__(optimizer, last_epoch)

    def next_lr(self, lr: float, base: float) -> float:
        """Find the place on the cosine from the start on."""
        t, period = self.last_epoch, self.T_0
        while t >= period:
            t, period = t - period, period * self.T_mult
        return self.eta_min + (base - self.eta_min) * (1 + math.cos(math.pi * t / period)) / 2

    first_lr = next_lr


class SequentialLR(LRScheduler):
    """Let one schedule follow another, such as a cosine a warm-up; each begins with the base rate.

    Args:
        optimizer: whose rates are changed.
        schedulers: what is followed, made for this optimiser, in order.
        milestones: the epochs at which the second and each later one begins.
        last_epoch: -1.

    Example:
        >>> optimiser = nn.optim.SGD([tensor(1.0, requires_grad=True)], lr=1.0)
        >>> warmup = LinearLR(optimiser, start_factor=0.25, total_iters=3)
        >>> schedule = SequentialLR(optimiser, [warmup, CosineAnnealingLR(optimiser, T_max=2)], [3])
        >>> [(round(schedule.get_last_lr()[0], 3), schedule.step())[0] for _ in range(6)]
        [0.25, 0.5, 0.75, 1.0, 0.5, 0.0]
    """

    def __init__(
        self, optimizer: Optimiser, schedulers: list[LRScheduler], milestones: list[int], last_epoch: int = -1
    ) -> None:
        self.schedulers = schedulers
        self.milestones = sorted(whole_number("milestones", epoch) for epoch in milestones)
        for schedule in schedulers:
            if isinstance(schedule, ReduceLROnPlateau) or schedule.optimizer is not optimizer:
                raise ValueError(f"schedulers: expected ones by epoch for this optimiser, got {schedule}")
        if len(schedulers) != len(self.milestones) + 1:
            raise ValueError(f"milestones: expected one fewer than schedulers, got {self.milestones}")
        super().__init__(optimizer, last_epoch)

    def _enter(self, epoch: int) -> None:
        self.last_epoch = epoch
        turn = bisect_right(self.milestones, epoch)
        start = [0, *self.milestones][turn]
        if epoch == start:
            for group in self.optimizer.param_groups:
                group["lr"] = group.setdefault("initial_lr", group["lr"])
        self.schedulers[turn]._enter(epoch - start)


class ReduceLROnPlateau(LRScheduler):
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
        for name, value, known in ("mode", mode, "min, max"), ("threshold_mode", threshold_mode, "rel, abs"):
            if value not in known.split(", "):
                raise ValueError(f"{name}: expected one of {known}, got {value!r}")
        if not 0 <= factor < 1:
            raise ValueError(f"factor: expected a number from 0 and below 1, got {factor!r}")
        self.mode, self.factor = mode, float(factor)
        self.patience, self.cooldown = whole_number("patience", patience), whole_number("cooldown", cooldown)
        self.threshold, self.threshold_mode = threshold, threshold_mode
        self.min_lr, self.eps = _number("min_lr", min_lr), eps
        self.best = math.inf if mode == "min" else -math.inf
        self.bad_epochs = self.waiting = 0
        super().__init__(optimizer)

    def _is_better(self, value: float) -> bool:
        """Compare with the best as PyTorch does: a share is of the best, with its sign."""
        sign = 1 if self.mode == "min" else -1
        if self.threshold_mode == "rel":
            return sign * value < sign * self.best * (1 - sign * self.threshold)
        return sign * value < sign * self.best - self.threshold

    def step(self, metrics: Any) -> None:  # type: ignore[override]
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


if not TYPE_CHECKING:
    __getattr__ = module_getattr(__name__, SCHEDULES)
