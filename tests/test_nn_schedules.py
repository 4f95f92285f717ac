"""Schedules: PyTorch's rates, epoch by epoch."""

import json
import math
from operator import attrgetter
from typing import Any

import numpy as np
import pytest

import nn
from autograd import tensor
from nn.optim import lr_scheduler

# Each with its options; a sequence has such pairs for its parts.
SCHEDULES: list[tuple[str, dict[str, Any]]] = [
    ("StepLR", {"step_size": 3}),
    ("StepLR", {"step_size": 1, "gamma": 0.9, "last_epoch": -1}),
    ("MultiStepLR", {"milestones": [2, 5, 5, 11], "gamma": 0.5}),
    ("MultiStepLR", {"milestones": (7, 0, 0), "gamma": 0.5}),
    ("ExponentialLR", {"gamma": 0.9}),
    ("ConstantLR", {}),
    ("ConstantLR", {"factor": 0.25, "total_iters": 9, "last_epoch": -1}),
    ("PolynomialLR", {}),
    ("PolynomialLR", {"total_iters": 30, "power": 0.9}),
    ("PolynomialLR", {"total_iters": 8, "power": 2.5, "last_epoch": -1}),
    ("LinearLR", {}),
    ("LinearLR", {"start_factor": 0.1, "end_factor": 0.7, "total_iters": 4, "last_epoch": -1}),
    ("LinearLR", {"start_factor": 1.0, "end_factor": 0.0, "total_iters": 7}),
    ("CosineAnnealingLR", {"T_max": 10}),
    ("CosineAnnealingLR", {"T_max": 6, "eta_min": 0.01}),
    ("CosineAnnealingLR", {"T_max": 1, "eta_min": 0.01}),
    ("CosineAnnealingWarmRestarts", {"T_0": 7}),
    ("CosineAnnealingWarmRestarts", {"T_0": 3, "T_mult": 2, "eta_min": 0.01}),
    ("LambdaLR", {"lr_lambda": lambda epoch: 0.95**epoch}),
    ("LambdaLR", {"lr_lambda": [lambda epoch: 0.95**epoch, lambda epoch: min(1, (epoch + 1) / 5)]}),
    (
        "SequentialLR",
        {
            "schedulers": [
                ("LinearLR", {"start_factor": 0.1, "total_iters": 5}),
                ("CosineAnnealingLR", {"T_max": 20, "eta_min": 0.001}),
            ],
            "milestones": [5],
        },
    ),
    (
        "SequentialLR",
        {
            "schedulers": [
                ("LinearLR", {"start_factor": 0.5, "total_iters": 2}),
                ("LambdaLR", {"lr_lambda": lambda epoch: 1 / (epoch + 2)}),
                ("CosineAnnealingWarmRestarts", {"T_0": 4}),
                ("ExponentialLR", {"gamma": 0.5}),
                ("LinearLR", {"start_factor": 0.25}),
            ],
            "milestones": [3, 8, 8, 20],
        },
    ),
    (
        "SequentialLR",
        {"schedulers": [("LinearLR", {}), ("StepLR", {"step_size": 3})], "milestones": [0]},
    ),
]
each_schedule = pytest.mark.parametrize(
    ("name", "options"), SCHEDULES, ids=[f"{i}-{name}" for i, (name, _) in enumerate(SCHEDULES)]
)
PLATEAUS: list[dict[str, Any]] = [
    {},
    {"factor": 0.5, "patience": 0},
    {"factor": 0.5, "patience": 1, "cooldown": 2},
    {"factor": 0.5, "patience": 1, "threshold": 0.3},
    {"factor": 0.5, "patience": 1, "threshold": 0.3, "threshold_mode": "abs"},
    {"factor": 0.1, "patience": 0, "min_lr": 0.02},
    {"mode": "max", "factor": 0.5, "patience": 1},
    {"mode": "max", "factor": 0.5, "patience": 1, "threshold": 0.1, "threshold_mode": "abs"},
    {"factor": 0.5, "patience": 0, "threshold": 1.0},
]
LOSSES = [3.0, 2.0, 2.0, 1.9, 1.9, 1.9, 1.9, 1.0, -0.5, -0.6, -0.6, -0.6, -0.6, -0.6, -0.6]
NOT_FINITE = [math.nan, math.inf, -math.inf]


def optimisers() -> tuple[Any, Any]:
    torch = pytest.importorskip("torch")
    theirs = [{"params": [torch.ones(1, requires_grad=True)], **own} for own in ({}, {"lr": 0.5})]
    return optimiser(), torch.optim.SGD(theirs, lr=0.1)


def optimiser() -> Any:
    groups = [{"params": [tensor(1.0, requires_grad=True)], **own} for own in ({}, {"lr": 0.5})]
    return nn.optim.SGD(groups, lr=0.1)


def rates(optimiser: Any) -> list[float]:
    return [group["lr"] for group in optimiser.param_groups]


def make(package: Any, optimiser: Any, name: str, options: dict[str, Any]) -> Any:
    parts = options.get("schedulers", [])
    made = {"schedulers": [make(package, optimiser, *part) for part in parts]} if parts else {}
    return getattr(package, name)(optimiser, **options | made)


@pytest.mark.filterwarnings("ignore:Detected call of")
@each_schedule
def test_rates_are_those_of_torch(name: str, options: dict[str, Any]) -> None:
    torch = pytest.importorskip("torch")
    mine, theirs = optimisers()
    schedule = make(lr_scheduler, mine, name, options)
    other = make(torch.optim.lr_scheduler, theirs, name, options)
    for _ in range(100):
        assert rates(mine) == pytest.approx(rates(theirs), rel=1e-10, abs=1e-12)
        assert schedule.get_last_lr() == rates(mine)
        assert schedule.last_epoch == other.last_epoch
        schedule.step()
        other.step()


@pytest.mark.parametrize("options", PLATEAUS, ids=str)
def test_rates_on_a_plateau_are_those_of_torch(options: dict[str, Any]) -> None:
    torch = pytest.importorskip("torch")
    mine, theirs = optimisers()
    schedule = lr_scheduler.ReduceLROnPlateau(mine, **options)
    other = torch.optim.lr_scheduler.ReduceLROnPlateau(theirs, **options)
    for loss in LOSSES * 2:
        schedule.step(tensor(loss))
        other.step(loss)
        assert rates(mine) == pytest.approx(rates(theirs), rel=1e-10)


@pytest.mark.parametrize("options", PLATEAUS, ids=str)
@pytest.mark.parametrize("first", NOT_FINITE, ids=str)
def test_losses_that_are_not_finite_count_as_in_torch(first: float, options: dict[str, Any]) -> None:
    torch = pytest.importorskip("torch")
    mine, theirs = optimisers()
    schedule = lr_scheduler.ReduceLROnPlateau(mine, **options)
    other = torch.optim.lr_scheduler.ReduceLROnPlateau(theirs, **options)
    for loss in [first, *LOSSES, *NOT_FINITE, *LOSSES]:
        schedule.step(loss)
        other.step(loss)
        assert rates(mine) == pytest.approx(rates(theirs), rel=1e-10)
        assert schedule.best == pytest.approx(other.best, nan_ok=True)


@pytest.mark.filterwarnings("ignore:Detected call of")
@each_schedule
def test_schedules_chain_as_in_torch(name: str, options: dict[str, Any]) -> None:
    """Of two on one optimiser, both have the rates at the start for a base."""
    torch = pytest.importorskip("torch")
    for second in SCHEDULES:
        mine, theirs = optimisers()
        pairs = [
            [make(package, optimiser, *schedule) for schedule in ((name, options), second)]
            for package, optimiser in ((lr_scheduler, mine), (torch.optim.lr_scheduler, theirs))
        ]
        for _ in range(12):
            assert rates(mine) == pytest.approx(rates(theirs), rel=1e-10, abs=1e-12), second
            for pair in pairs:
                for schedule in pair:
                    schedule.step()


@each_schedule
def test_groups_that_come_later_are_scheduled_too(name: str, options: dict[str, Any]) -> None:
    mine = optimiser()
    schedule = make(lr_scheduler, mine, name, options)
    schedule.step()
    mine.add_param_group({"params": [tensor(1.0, requires_grad=True)], "lr": 0.3})
    before = rates(mine)
    if isinstance(options.get("lr_lambda"), list):
        with pytest.raises(ValueError, match=r"lr_lambda: expected one function or 3 .* got function,"):
            schedule.step()
        assert rates(mine) == before
        return
    seen = set()
    for _ in range(9):
        schedule.step()
        seen.add(rates(mine)[2])
    assert schedule.base_lrs == [0.1, 0.5, 0.3]
    assert seen - {0.3}


@each_schedule
def test_a_schedule_goes_on_from_its_state(name: str, options: dict[str, Any]) -> None:
    def run(epochs: int, schedule: Any) -> list[float]:
        for _ in range(epochs):
            schedule.step()
        return schedule.get_last_lr()

    whole = run(12, make(lr_scheduler, optimiser(), name, options))
    half = make(lr_scheduler, optimiser(), name, options)
    run(4, half)
    other = optimiser()
    resumed = make(lr_scheduler, other, name, options)
    resumed.load_state_dict(json.loads(json.dumps(half.state_dict())))
    other.load_state_dict(half.optimizer.state_dict())
    assert run(8, resumed) == whole


def test_a_sequence_may_be_a_part_of_one() -> None:
    parts = [("MultiStepLR", {"milestones": [2]}), ("ExponentialLR", {"gamma": 0.9}), ("LinearLR", {})]
    flat = make(lr_scheduler, optimiser(), "SequentialLR", {"schedulers": parts, "milestones": [3, 7]})
    inner = ("SequentialLR", {"schedulers": parts[1:], "milestones": [4]})
    nested = {"schedulers": [parts[0], inner], "milestones": [3]}
    deep = make(lr_scheduler, optimiser(), "SequentialLR", nested)
    for _ in range(15):
        assert flat.get_last_lr() == deep.get_last_lr()
        flat.step()
        deep.step()


@each_schedule
def test_numbers_of_numpy_do_as_plain_ones(name: str, options: dict[str, Any]) -> None:
    kinds: dict[type, Any] = {int: np.int64, float: np.float32}
    numpy = {key: kinds[type(v)](v) if type(v) in kinds else v for key, v in options.items()}
    plain = {key: v.item() if isinstance(v, np.generic) else v for key, v in numpy.items()}
    if "milestones" in options:
        numpy["milestones"] = np.array(options["milestones"])
    first, second = (make(lr_scheduler, optimiser(), name, given) for given in (numpy, plain))
    for _ in range(5):
        assert first.get_last_lr() == second.get_last_lr()
        assert {type(rate) for rate in first.get_last_lr()} == {float}
        first.step()
        second.step()
    assert json.dumps(first.state_dict()) == json.dumps(second.state_dict())


WRONG: list[tuple[Any, str]] = [
    (lambda o: lr_scheduler.StepLR(o, 0), "step_size: expected a whole number from 1, got 0"),
    (lambda o: lr_scheduler.MultiStepLR(o, [2.5]), "milestones: expected a whole number from 0, got 2.5"),
    (lambda o: lr_scheduler.ExponentialLR(o, -1), "gamma: expected a finite number from 0, got -1"),
    (lambda o: lr_scheduler.ConstantLR(o, 0), "factor: expected a share from 0 to 1, not 0, got 0"),
    (lambda o: lr_scheduler.PolynomialLR(o, power=-1), "power: expected a finite number from 0, got -1"),
    (lambda o: lr_scheduler.LinearLR(o, start_factor=0), "start_factor: expected a share .*, not 0, got 0"),
    (lambda o: lr_scheduler.LinearLR(o, end_factor=2), "end_factor: expected a share .* got 2"),
    (lambda o: lr_scheduler.CosineAnnealingLR(o, 2.5), "T_max: expected a whole number from 1, got 2.5"),
    (lambda o: lr_scheduler.StepLR(o, 1, last_epoch=3), "last_epoch: expected -1, got 3; .* load_state_dict"),
    (lambda o: lr_scheduler.LambdaLR(o, [abs, abs]), "lr_lambda: expected one function or 1 .* got builtin"),
    (lambda o: lr_scheduler.LambdaLR(o, 3), "lr_lambda: expected one function or 1 for the groups, got int"),
    (lambda o: lr_scheduler.LambdaLR(o, [0.5]), "lr_lambda: expected one function .* got float"),
    (lambda o: lr_scheduler.ReduceLROnPlateau(o, patience=1.5), "patience: expected a whole number"),
    (lambda o: lr_scheduler.ReduceLROnPlateau(o, cooldown=-1), "cooldown: expected a whole number"),
    (lambda o: lr_scheduler.ReduceLROnPlateau(o, mode="best"), "mode: expected one of min, max, got 'best'"),
    (lambda o: lr_scheduler.ReduceLROnPlateau(o, factor=1), "factor: expected a number from 0 and below 1"),
    (
        lambda o: lr_scheduler.ReduceLROnPlateau(o, min_lr=[0, 0]),
        r"min_lr: expected a finite number from 0, got \[0, 0\]",
    ),
    (
        lambda o: lr_scheduler.SequentialLR(o, [], []),
        r"milestones: expected one fewer than schedulers, got \[\]",
    ),
    (
        lambda o: lr_scheduler.SequentialLR(o, [lr_scheduler.StepLR(o, 1)], [1]),
        r"milestones: expected one fewer than schedulers, got \[1\]",
    ),
    (
        lambda o: lr_scheduler.SequentialLR(o, [lr_scheduler.StepLR(optimiser(), 1)], []),
        "schedulers: expected ones by epoch for this optimiser, got .*StepLR",
    ),
    (
        lambda o: lr_scheduler.SequentialLR(o, [lr_scheduler.ReduceLROnPlateau(o)], []),
        "schedulers: expected ones by epoch for this optimiser, got .*ReduceLROnPlateau",
    ),
]


@pytest.mark.parametrize(("wrong", "message"), WRONG)
def test_options_out_of_range_are_refused(wrong: Any, message: str) -> None:
    optimiser = nn.optim.SGD([tensor(1.0, requires_grad=True)], lr=0.1)
    with pytest.raises(ValueError, match=message):
        wrong(optimiser)
    assert rates(optimiser) == [0.1]


@each_schedule
def test_epochs_are_counted_and_not_said(name: str, options: dict[str, Any]) -> None:
    mine = optimiser()
    schedule = make(lr_scheduler, mine, name, options)
    before = rates(mine)
    with pytest.raises(TypeError, match=r"\.step: expected no epoch, got 5; use step\(\)"):
        schedule.step(5)
    assert (rates(mine), schedule.last_epoch) == (before, 0)


@pytest.mark.parametrize(("name", "options"), [("StepLR", {"step_size": 1}), ("ReduceLROnPlateau", {})])
def test_a_model_is_no_optimiser(name: str, options: dict[str, Any]) -> None:
    with pytest.raises(TypeError, match="optimizer: expected an optimiser, got Linear"):
        getattr(lr_scheduler, name)(nn.Linear(1, 1), **options)


@pytest.mark.parametrize("package", ["optim", "optim.lr_scheduler"])
def test_what_torch_has_besides_says_what_to_use(package: str) -> None:
    torch = pytest.importorskip("torch")
    base, here = attrgetter(package)(torch), attrgetter(package)(nn)
    for name in base.__all__:
        if name[0].isupper() and name not in vars(here):
            with pytest.raises(AttributeError, match=f"no attribute {name!r}; use "):
                getattr(here, name)
