"""Which calls were made inside of which module.

A graph does not record this, so that recording stays fast. Two witnesses tell it afterwards: a call
that is watched while it is made, exactly; and the parameters that calls read, from the first to the
last one of a module, with the calls that join its values.
"""

from __future__ import annotations

import sys
from bisect import bisect_left
from collections import Counter
from collections.abc import Callable, Collection, Iterator, Sequence
from types import FrameType
from typing import Any, NamedTuple

from autograd.drawing.names import Names
from autograd.graph import Node
from autograd.versions import next_serial


class Section(NamedTuple):
    """Calls in a row that one module made.

    Attributes:
        start: the index of the first call.
        stop: the index after the last call.
        path: of the module, in the outermost one.
        module: the module itself.
    """

    start: int
    stop: int
    path: str
    module: Any


Call = tuple[int, int, Any]  # serials before and after a call, and the module that was called


def watched(function: Callable[[], Any]) -> tuple[Any, list[Call], dict[str, Any]]:
    """Call a function; note when the ``forward`` of a module begins and ends, and the variables.

    The profiler of this thread is borrowed for it, and given back.
    """
    running: list[tuple[FrameType, Any, int]] = []
    calls: list[Call] = []
    variables: dict[str, Any] = {}
    code = getattr(function, "__code__", None)

    def watch(frame: FrameType, event: str, argument: Any) -> None:
        if event == "call" and frame.f_code.co_name == "forward":
            module = frame.f_locals.get("self")
            if hasattr(type(module), "named_parameters"):
                running.append((frame, module, next_serial()))
        elif event == "return" and running and running[-1][0] is frame:
            _, module, first = running.pop()
            calls.append((first, next_serial(), module))
        elif event == "return" and frame.f_code is code:
            variables.update(frame.f_locals)

    profiler = sys.getprofile()
    sys.setprofile(watch)
    try:
        return function(), calls, variables
    finally:
        sys.setprofile(profiler)


def sections(order: Sequence[Node], names: Names, calls: Sequence[Call]) -> list[Section]:
    """List what modules made, outer sections before the inner ones that they contain."""
    found = list(_seen(order, names, calls) if calls else _read_off(order, names))
    return sorted(found, key=lambda section: (section.start, -section.stop))  # equals stay in order


def _seen(order: Sequence[Node], names: Names, calls: Sequence[Call]) -> Iterator[Section]:
    serials = [node.serial for node in order]
    for first, last, module in reversed(calls):  # an outer call ends after those inside
        start, stop = bisect_left(serials, first), bisect_left(serials, last)
        if start < stop:
            yield Section(start, stop, names.modules.get(id(module), type(module).__name__), module)


def _read_off(order: Sequence[Node], names: Names) -> Iterator[Section]:
    """Find the first and the last call that reads a parameter of each module.

    Only where no other module was at work between the two: one that is called several times, or
    shares its parameters, says nothing about what it made.
    """
    owners = {id(p): owners for module in names.outermost.values() for p, owners in _owners(module)}
    reads = [(i, a) for i, node in enumerate(order) for a in node.args if id(a) in owners]
    often = {key for key, count in Counter(id(a) for _, a in reads).items() if count > 1}
    again = {id(module) for key in often for module in owners[key]}
    spans: dict[int, tuple[int, int, Any]] = {}
    outer: dict[int, set[int]] = {}
    for i, parameter in reads:
        chain = [id(module) for module in owners[id(parameter)]]
        for depth, module in enumerate(owners[id(parameter)]):
            outer[id(module)] = set(chain[: depth + 1])
            if id(module) not in again:
                spans[id(module)] = spans.get(id(module), (i,))[0], i + 1, module

    def contains(wide: Section, narrow: Section) -> bool:
        inside = wide.start <= narrow.start and narrow.stop <= wide.stop
        return inside and id(wide.module) in outer[id(narrow.module)]

    reading = {i for i, _ in reads}
    found = [
        Section(start, _end(order, start, stop, reading), names.modules[key], module)
        for key, (start, stop, module) in spans.items()
    ]
    for section in found:
        others = [s for s in found if s.start < section.stop and section.start < s.stop]
        if all(contains(section, s) or contains(s, section) for s in others):
            yield section


def _end(order: Sequence[Node], start: int, stop: int, reading: Collection[int]) -> int:
    """Find where a module ends: after calls that join several of its values, which only it can know."""
    inside = {id(node) for node in order[start:stop]}
    while stop < len(order) and stop not in reading and len(inside & set(map(id, order[stop].args))) > 1:
        inside.add(id(order[stop]))
        stop += 1
    return stop


def _owners(outermost: Any) -> Iterator[tuple[Any, list[Any]]]:
    """Return the parameters of a module, each with the modules that it lies in."""
    inside = dict(outermost.named_modules())
    for name, parameter in outermost.named_parameters():
        dots = [i for i, letter in enumerate(name) if letter == "."]
        chain = [outermost, *(inside[name[:i]] for i in dots if name[:i] in inside)]
        yield parameter, [module for module in chain if _computes(module)]


def _computes(module: Any) -> bool:
    """Tell whether a module makes calls; a list of modules inherits only a ``forward`` that refuses."""
    return sum("forward" in vars(kind) for kind in type(module).__mro__) > 1
