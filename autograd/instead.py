"""Names that are not here, of a class or of a module: who asks for one is told what to use instead."""

from __future__ import annotations

import opcode
import sys
from collections.abc import Callable, Mapping
from importlib import import_module
from types import MappingProxyType
from typing import Any

__all__ = ["COSINE", "CPU", "RNG", "Instead", "module_getattr"]

CPU = "there is only the CPU: leave it out"
RNG = "nothing draws from a global state: give rng=0 to what draws, such as nn.Linear(2, 5, rng=0)"
COSINE = "use np.vecdot(x, y) / (np.linalg.norm(x, axis=1) * np.linalg.norm(y, axis=1))"


class Instead:
    """A name that the objects of a class have in another library, but not here.

    These stand in the class, for a ``__getattr__`` would slow down every look at an attribute.

    Example:
        >>> nn.Linear(2, 1).to("cuda")
        Traceback (most recent call last):
            ...
        AttributeError: 'Linear' object has no attribute 'to'; there is only the CPU: leave it out; ...
    """

    def __init__(self, words: str) -> None:
        self.words = words

    def __set_name__(self, owner: type, name: str) -> None:
        self.name = name

    def __get__(self, instance: Any, owner: type) -> Any:
        raise AttributeError(f"{owner.__name__!r} object has no attribute {self.name!r}; {self.words}")


def absent(module: str, name: str, words: Mapping[str, str]) -> Exception:
    """Make the error of a module that lacks a name; to be called where Python looks for it.

    Where the name is imported, Python would replace an AttributeError by one without these words.
    """
    caller, said = sys._getframe(2), f"; {words[name]}" if name in words else ""
    if said and caller.f_code.co_code[caller.f_lasti] == opcode.opmap["IMPORT_FROM"]:
        return ImportError(f"cannot import name {name!r} from {module!r}{said}", name=module)
    return AttributeError(f"module {module!r} has no attribute {name!r}{said}")


def module_getattr(
    module: str, words: Mapping[str, str], late: Mapping[str, str] = MappingProxyType({})
) -> Callable[[str], Any]:
    """Make the ``__getattr__`` of a module: it finds late imports, and says what to use for the rest.

    Args:
        module: its name.
        words: by names that it lacks, what to use instead.
        late: by names that it has, the modules that they are imported from when they are first used.
    """

    def find(name: str) -> Any:
        if name in late:
            return vars(sys.modules[module]).setdefault(name, getattr(import_module(late[name]), name))
        raise absent(module, name, words)

    return find
