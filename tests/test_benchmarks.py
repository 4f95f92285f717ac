"""The benchmarks compare what is right: no clock is read here."""

import dataclasses

import numpy as np
import pytest

from tests.benchmarks import graphs, measure
from tests.benchmarks.workloads import WORKLOADS
from tests.benchmarks.workloads.workload import Problem, Workload

DERIVED = [workload for workload in WORKLOADS if "numpy" in workload.sides]
each_workload = pytest.mark.parametrize("workload", DERIVED, ids=lambda w: w.name)


def in_float64(problem: Problem, parameters: dict[str, np.ndarray]) -> Problem:
    """The problem at other parameters, with rate 1: a step then subtracts the gradient itself."""
    return dataclasses.replace(
        problem,
        x=problem.x.astype(np.float64),
        parameters={name: p.astype(np.float64) for name, p in parameters.items()},
        learning_rate=1.0,
    )


@each_workload
def test_gradients_derived_by_hand_equal_finite_differences(workload: Workload) -> None:
    problem = workload.problem()
    step = workload.sides["numpy"]
    after = in_float64(problem, problem.parameters)
    step(after)()
    rng = np.random.default_rng(1)
    for name, before in problem.parameters.items():
        gradient = before - after.parameters[name]
        direction = rng.normal(size=before.shape)
        nudge = 1e-8 * direction  # so small that no unit of this size crosses the kink of ReLU
        above, below = (
            step(in_float64(problem, problem.parameters | {name: before + sign * nudge}))()
            for sign in (1, -1)
        )
        slope = (above - below) / 2e-8
        assert slope == pytest.approx(np.vdot(gradient, direction), rel=1e-5), name


@each_workload
@pytest.mark.parametrize("engine", ["torch", "chainrule"])
def test_losses_agree(workload: Workload, engine: str) -> None:
    pytest.importorskip(measure.PACKAGES[engine])
    measure.check_agreement(workload, measure.build(workload, ["numpy", engine]))


def test_fits_of_the_estimators_agree() -> None:
    pytest.importorskip("sklearn")
    (workload,) = [workload for workload in WORKLOADS if "sklearn" in workload.sides]
    steps = measure.build(workload, ["numpy", "sklearn", "chainrule"])
    assert list(steps) == ["sklearn", "chainrule"]
    measure.check_agreement(workload, steps, count=1)


def test_a_side_that_is_wrong_is_found() -> None:
    workload = WORKLOADS[0]
    wrong = dataclasses.replace(workload.problem(), learning_rate=1.01e-4)
    steps = measure.build(workload, ["numpy"]) | {"wrong": workload.sides["numpy"](wrong)}
    with pytest.raises(ValueError, match=r"house: the loss of step 2 is .* in wrong"):
        measure.check_agreement(workload, steps)


@pytest.mark.parametrize("shape", graphs.SHAPES)
def test_graphs_have_the_expected_gradient(shape: str) -> None:
    graphs.time_graph("chainrule", shape, nodes=30)  # raises where it is not
