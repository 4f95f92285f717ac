"""Schedules: PyTorch's rates, epoch by epoch."""

from typing import Any

import pytest

import nn
from autograd import tensor
from nn.optim import lr_scheduler

SCHEDULES: list[tuple[str, dict[str, Any]]] = [
    ("StepLR", {"step_size": 3}),
    ("StepLR", {"step_size": 1, "gamma": 0.9}),
    ("MultiStepLR", {"milestones": [2, 5, 5, 11], "gamma": 0.5}),
    ("ExponentialLR", {"gamma": 0.9}),
    ("LinearLR", {}),
    ("LinearLR", {"start_factor": 0.1, "end_factor": 0.7, "total_iters": 4}),
    ("LinearLR", {"start_factor": 1.0, "end_factor": 0.0, "total_iters": 7}),
    ("CosineAnnealingLR", {"T_max": 10}),
    ("CosineAnnealingLR", {"T_max": 6, "eta_min": 0.01}),
    ("CosineAnnealingLR", {"T_max": 1, "eta_min": 0.01}),
    ("LambdaLR", {"lr_lambda": lambda epoch: 0.95**epoch}),
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
]
LOSSES = [3.0, 2.0, 2.0, 1.9, 1.9, 1.9, 1.9, 1.0, -0.5, -0.6, -0.6, -0.6, -0.6, -0.6, -0.6]


def optimisers() -> tuple[Any, Any]:
    torch = pytest.importorskip("torch")
    mine = [
        {"params": [tensor(1.0, requires_grad=True)]},
        {"params": [tensor(1.0, requires_grad=True)], "lr": 0.5},
    ]
    theirs = [
        {"params": [torch.ones(1, requires_grad=True)]},
        {"params": [torch.ones(1, requires_grad=True)], "lr": 0.5},
    ]
    return nn.optim.SGD(mine, lr=0.1), torch.optim.SGD(theirs, lr=0.1)


def rates(optimiser: Any) -> list[float]:
    return [group["lr"] for group in optimiser.param_groups]


@pytest.mark.filterwarnings("ignore:Detected call of")
@each_schedule
def test_rates_are_those_of_torch(name: str, options: dict[str, Any]) -> None:
    torch = pytest.importorskip("torch")
    mine, theirs = optimisers()
    schedule = getattr(lr_scheduler, name)(mine, **options)
    other = getattr(torch.optim.lr_scheduler, name)(theirs, **options)
    for _ in range(25):
        assert rates(mine) == pytest.approx(rates(theirs), rel=1e-10, abs=1e-12)
        assert schedule.get_last_lr() == rates(mine)
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


@pytest.mark.filterwarnings("ignore:Detected call of")
def test_schedules_can_be_chained() -> None:
    torch = pytest.importorskip("torch")
    mine, theirs = optimisers()
    pairs = []
    for package, optimiser in (lr_scheduler, mine), (torch.optim.lr_scheduler, theirs):
        first = package.LinearLR(optimiser, start_factor=0.5, total_iters=3)
        pairs.append((first, package.ExponentialLR(optimiser, gamma=0.9)))
    for _ in range(6):
        for pair in pairs:
            for schedule in pair:
                schedule.step()
        assert rates(mine) == pytest.approx(rates(theirs), rel=1e-10)


@each_schedule
def test_a_schedule_goes_on_from_its_state(name: str, options: dict[str, Any]) -> None:
    def run(epochs: int, schedule: Any) -> list[float]:
        for _ in range(epochs):
            schedule.step()
        return schedule.get_last_lr()

    def fresh(lr: float = 0.1) -> Any:
        return nn.optim.SGD([tensor(1.0, requires_grad=True)], lr=lr)

    whole = run(9, getattr(lr_scheduler, name)(fresh(), **options))
    half = getattr(lr_scheduler, name)(fresh(), **options)
    run(4, half)
    other = fresh()
    resumed = getattr(lr_scheduler, name)(other, **options)
    resumed.load_state_dict(half.state_dict())
    other.param_groups[0]["lr"] = half.get_last_lr()[0]
    assert run(5, resumed) == whole


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda o: lr_scheduler.StepLR(o, 0), "step_size: expected a whole number from 1, got 0"),
        (lambda o: lr_scheduler.ExponentialLR(o, -1), "gamma: expected a number from 0, got -1"),
        (lambda o: lr_scheduler.LinearLR(o, start_factor=0), "start_factor: expected a share"),
        (lambda o: lr_scheduler.CosineAnnealingLR(o, 2.5), "T_max: expected a whole number from 1, got 2.5"),
        (
            lambda o: lr_scheduler.ReduceLROnPlateau(o, mode="best"),
            "mode: expected one of min, max, got 'best'",
        ),
        (
            lambda o: lr_scheduler.ReduceLROnPlateau(o, factor=1.0),
            "factor: expected a number from 0 and below 1",
        ),
    ],
)
def test_options_out_of_range_are_refused(make: Any, message: str) -> None:
    optimiser = nn.optim.SGD([tensor(1.0, requires_grad=True)], lr=0.1)
    with pytest.raises(ValueError, match=message):
        make(optimiser)
    assert rates(optimiser) == [0.1]


def test_a_model_is_no_optimiser() -> None:
    with pytest.raises(TypeError, match="optimizer: expected an optimiser, got Linear"):
        lr_scheduler.StepLR(nn.Linear(1, 1), 1)
