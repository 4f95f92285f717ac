"""Wrong rules die: every rule of the table is made wrong in four ways, and each is found out.

What survives is the same rule in other words, and listed with its formula.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, NamedTuple

import numpy as np
import pytest
from hypothesis import Phase, given, settings

from autograd import Tensor
from autograd.containers import mapped
from autograd.derivatives.calls import own_name
from autograd.derivatives.pullback import Pullback, recent_plan
from autograd.derivatives.table import TABLE, Derivative
from autograd.testing import CHECKS, Call, calls
from autograd.testing.strategies import SMOOTH, Style
from nn.functional import activations, pooling

# ARGUMENTS gets its lines for nn there.
from tests.test_derivatives import ARGUMENTS  # noqa: F401

Function = Callable[..., Any]
Rule = Callable[..., Any]

DERIVATIVES = [entry.function for entry in TABLE.values() if isinstance(entry, Derivative)]

# The mutants that are the same rule in other words: function, arguments, change, and the rule.
# Reading something only through comparisons and steps, or only its shape, is as good as detached.
EQUIVALENT: tuple[tuple[Function, str, str, str], ...] = (
    (np.absolute, "x", "arguments detached", "g · sign(x)"),
    (np.fabs, "x", "arguments detached", "g · sign(x)"),
    (np.copysign, "x", "arguments detached", "g · sign(x) · sign(y)"),
    (np.remainder, "y", "arguments detached", "-g · ⌊x / y⌋"),
    (np.fmod, "y", "arguments detached", "-g · trunc(x / y)"),
    (np.maximum, "x y", "arguments detached", "g · [x > y], and with x and y exchanged"),
    (np.minimum, "x y", "arguments detached", "g · [x < y], and with x and y exchanged"),
    (np.fmax, "x y", "arguments detached", "g · [x > y], and with x and y exchanged"),
    (np.fmin, "x y", "arguments detached", "g · [x < y], and with x and y exchanged"),
    (np.max, "x", "arguments detached", "g · [x = max x] / number of those"),
    (np.min, "x", "arguments detached", "g · [x = min x] / number of those"),
    (np.sort, "x", "arguments detached", "g, shared by the elements that are equal"),
    (np.partition, "x", "arguments detached", "g, shared by the elements that are equal"),
    (pooling.max_pooling, "x", "arguments detached", "g at the place of the first maximum, else 0"),
    (activations.relu, "x", "arguments detached", "g · [x > 0]"),
    (activations.leaky_relu, "x", "arguments detached", "g · [x > 0] + a g · [x ≤ 0]"),
    (activations.hardtanh, "x", "arguments detached", "g · [min < x < max]"),
    (activations.binary_step, "x", "scaled", "0 · g"),
    (activations.binary_step, "x", "negated", "0 · g"),
    (activations.binary_step, "x", "cotangent detached", "0 · g"),
)


def detached(value: Any) -> Any:
    return mapped(lambda leaf: leaf.detach() if isinstance(leaf, Tensor) else leaf, value)


def times(factor: float, value: Any) -> Any:
    return mapped(lambda leaf: factor * leaf, value)


CHANGES: dict[str, Callable[[Rule], Rule]] = {
    "scaled": lambda rule: lambda g, *reads: times(1.01, rule(g, *reads)),
    "negated": lambda rule: lambda g, *reads: times(-1, rule(g, *reads)),
    "cotangent detached": lambda rule: lambda g, *reads: rule(detached(g), *reads),
    "arguments detached": lambda rule: lambda g, *reads: rule(g, *map(detached, reads)),
}


class Mutant(NamedTuple):
    rule: str
    change: str


def rules_of(entry: Derivative) -> dict[str, Pullback | None]:
    """The rules of an entry by the names of their arguments, and the cotangent rule."""
    return dict(zip(entry.names, entry.pullbacks, strict=True)) | {"cotangent": entry.cotangent}


def mutants_of(entry: Derivative) -> Iterator[Mutant]:
    for name, pullback in rules_of(entry).items():
        if pullback is not None:
            read = [whose for whose, _ in pullback.reads if whose is not None]
            reads_what_may_be_tracked = any(i < 0 or entry.pullbacks[i] is not None for i in read)
            for change in CHANGES:
                if change != "arguments detached" or reads_what_may_be_tracked:
                    yield Mutant(name, change)


@contextmanager
def mutated(entry: Derivative, mutant: Mutant) -> Iterator[None]:
    rules = rules_of(entry)
    pullback = rules[mutant.rule]
    assert pullback is not None
    wrong = rules | {mutant.rule: pullback._replace(rule=CHANGES[mutant.change](pullback.rule))}
    set_rules(entry, wrong)
    try:
        yield
    finally:
        set_rules(entry, rules)


def set_rules(entry: Derivative, rules: dict[str, Pullback | None]) -> None:
    *entry.pullbacks, entry.cotangent = rules.values()
    entry.plans.clear()
    recent_plan.cache_clear()


def examples(entry: Derivative, style: Style, count: int) -> list[Call]:
    """Some calls, the same in every run."""
    found = []

    @settings(max_examples=count, derandomize=True, database=None, phases=[Phase.generate])
    @given(calls(entry, style))
    def collect(call: Call) -> None:
        found.append(call)

    collect()
    return found


def survives(entry: Derivative, tried: dict[Style, list[Call]]) -> bool:
    try:
        for style, found in tried.items():
            for call in found:
                for check in CHECKS[style]:
                    check(entry, call)
    except AssertionError:
        return False
    return True


def equivalent_to_itself(function: Function) -> set[Mutant]:
    return {
        Mutant(rule, change)
        for known, rules, change, _ in EQUIVALENT
        for rule in rules.split()
        if known is function
    }


@pytest.mark.parametrize("function", DERIVATIVES, ids=own_name)
def test_wrong_rules_die(function: Function) -> None:
    entry = TABLE[function]
    assert isinstance(entry, Derivative)
    tried = {style: examples(entry, style, 20 if style is SMOOTH else 8) for style in CHECKS}
    assert survives(entry, tried), "the rule as it stands in the table dies"
    alive = set()
    for mutant in mutants_of(entry):
        with mutated(entry, mutant):
            if survives(entry, tried):
                alive.add(mutant)
    assert alive == equivalent_to_itself(function)


def test_at_most_one_mutant_in_ten_is_equivalent() -> None:
    entries = [entry for entry in TABLE.values() if isinstance(entry, Derivative)]
    mutants = sum(1 for entry in entries for _ in mutants_of(entry))
    equivalent = sum(len(equivalent_to_itself(entry.function)) for entry in entries)
    assert 10 * equivalent <= mutants
