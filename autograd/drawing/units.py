"""What a drawing shows as one: a call, all calls of a module, or the rounds of a loop.

Units are calls in a row. So whatever is taken together, arrows still only point forwards.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from typing import Any, NamedTuple

import numpy as np

from autograd.drawing.borders import Section
from autograd.graph import Node

FEW = 60  # calls: as many are shown one by one
READABLE = 60  # cards: a coarser view is tried above
LARGEST = 6000  # cards: more can neither be laid out nor read
_RUN = 6  # rounds of a loop: more are rolled up,
_ENDS = 2  # but for so many at each end
_PERIOD = 64  # units in a round, at most
Key = tuple[Any, ...]
Array = np.ndarray[Any, Any]


class Unit(NamedTuple):
    """Calls that are shown as one.

    Attributes:
        start: the index of the first call.
        stop: the index after the last call.
        name: the path of the module that made them, or which round of a loop it is, or "".
        module: the module, or None.
        rounds: indices where the rounds of a loop begin that are rolled up.
        run: tells which loop the unit is a part of, or 0.
    """

    start: int
    stop: int
    name: str = ""
    module: Any = None
    rounds: tuple[int, ...] = ()
    run: int = 0

    @property
    def is_call(self) -> bool:
        """Whether it is one call, shown as such."""
        return self.stop == self.start + 1 and self.module is None


def units_of(
    order: Sequence[Node], sections: Sequence[Section], depth: int | str | None, expand: Collection[str]
) -> list[Unit]:
    """Choose what is shown as one.

    Args:
        order: all calls.
        sections: what modules made.
        depth: how many levels of modules are opened; None for all calls, one by one; "auto" for as
            many as can be read.
        expand: paths of modules that are opened whatever the depth, with those around them.

    Raises:
        ValueError: there is too much to show.
    """
    single = [Unit(i, i + 1) for i in range(len(order))]
    if depth is None or (depth == "auto" and len(order) <= FEW):
        chosen = single
    elif depth == "auto":
        levels = range(max(_deepest(sections) - 1, 0), -1, -1)
        views = [_rolled(order, _opened(len(order), sections, level, expand, True)) for level in levels]
        readable = [view for view in views if len(view) <= READABLE] or views[-1:]
        chosen = next(filter(_along_borders, readable), readable[0])
    else:
        chosen = _rolled(order, _opened(len(order), sections, int(depth), expand))
    if len(chosen) > LARGEST:
        raise ValueError(
            f"draw: {len(order):,} calls give {len(chosen):,} cards; more than {LARGEST:,} can neither be "
            f"laid out nor read. The usual fix: collapse modules, as draw(lambda: loss_of(model(x), y), "
            f"depth=0) does, or draw a smaller case (fewer time steps, layers or terms)"
        )
    return chosen


def _along_borders(units: Sequence[Unit]) -> bool:
    """Tell whether what was rolled up are whole modules, or single calls."""
    return all(unit.module is not None or unit.is_call for unit in units if unit.run and not unit.rounds)


def _nested(sections: Sequence[Section]) -> Iterator[list[Section]]:
    """Return each section, after those that it lies in."""
    open_: list[Section] = []
    for section in sections:
        while open_ and open_[-1].stop <= section.start:
            open_.pop()
        open_.append(section)
        yield open_


def _deepest(sections: Sequence[Section]) -> int:
    return max(map(len, _nested(sections)), default=0)


def _opened(
    count: int, sections: Sequence[Section], depth: int, expand: Collection[str], innermost: bool = False
) -> list[Unit]:
    """Close the modules at one level, and the ``innermost`` at any, and list them with the calls between."""
    around = {id(s) for nest in _nested(sections) for s in nest[:-1]}
    wanted = {id(s) for nest in _nested(sections) if nest[-1].path in expand for s in nest}
    units: list[Unit] = []
    at = 0
    for nest in _nested(sections):
        section = nest[-1]
        due = len(nest) > depth or (innermost and id(section) not in around)
        if section.start >= at and due and id(section) not in wanted:
            units += [Unit(i, i + 1) for i in range(at, section.start)]
            units.append(Unit(section.start, section.stop, section.path, section.module))
            at = section.stop
    return units + [Unit(i, i + 1) for i in range(at, count)]


def _rolled(order: Sequence[Node], units: list[Unit]) -> list[Unit]:
    """Roll up loops: units that follow each other again and again, equal but for their numbers."""
    numbers: dict[Key, int] = {}
    works: dict[int, Key] = {}
    keys = np.array([numbers.setdefault(_key(order, unit, works), len(numbers)) for unit in units], int)
    covered, period = _loops(keys)
    result: list[Unit] = []
    i = run = 0
    while i < len(units):
        if covered[i]:
            run += 1
            result += _loop(units[i : i + covered[i]], period[i], run)
        else:
            result.append(units[i])
        i += max(covered[i], 1)
    return result


def _key(order: Sequence[Node], unit: Unit, works: dict[int, Key]) -> Key:
    """Say what a unit does, so that equal ones are equal.

    A module does the same each time, though some of its results may not be used the last time.
    """
    calls = tuple((n.plan.entry.function, n.shape, len(n.args)) for n in order[unit.start : unit.stop])
    if unit.module is not None:
        calls = works.setdefault(id(unit.module), calls)
    return type(unit.module), calls


def _loops(keys: Array) -> tuple[list[int], list[int]]:
    """Find for each place how many keys the longest loop covers that begins there, and its period."""
    places = np.arange(len(keys))
    covered, periods = np.zeros_like(places), np.ones_like(places)
    for period in range(1, min(_PERIOD, len(keys) // (_RUN + 1)) + 1):
        differ = np.flatnonzero(keys[:-period] != keys[period:])
        ends = np.append(differ, len(keys) - period)
        repeated = np.maximum(ends[np.minimum(np.searchsorted(differ, places), len(differ))] - places, 0)
        rounds = 1 + repeated // period
        longer = (rounds > _RUN) & (rounds * period > covered)
        covered[longer], periods[longer] = (rounds * period)[longer], period
    return covered.tolist(), periods.tolist()


def _loop(units: list[Unit], period: int, run: int) -> Iterator[Unit]:
    """Show the first and the last rounds of a loop, and roll up those between."""
    rounds = [units[i : i + period] for i in range(0, len(units), period)]
    starts = [round[0].start for round in rounds] + [units[-1].stop]
    modules = {id(unit.module) for unit in units}
    last = len(rounds) - _ENDS
    for k, round in enumerate(rounds):
        same = period > 1 or len(modules) == 1
        module, name = (None if period > 1 else round[0].module), f"t={k}" if same else round[0].name
        if k < _ENDS or k >= last:
            yield Unit(starts[k], starts[k + 1], name, module, (), run)
        elif k == _ENDS:
            names = f"t={k} … t={last - 1}" if same else f"{name} … {rounds[last - 1][0].name}"
            yield Unit(starts[k], starts[last], names, module, tuple(starts[k:last]), run)
