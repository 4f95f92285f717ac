"""Chapters on what not everybody installs or imports: each is loaded when its library is there."""

import sys
from importlib import import_module

CHAPTERS = {"scipy.special": "special", "numpy.lib.recfunctions": "records"}


def load_late() -> bool:
    """Load the chapters whose library was imported meanwhile; tell whether there were any."""
    modules = [f"{__name__}.{name}" for library, name in CHAPTERS.items() if library in sys.modules]
    missing = [module for module in modules if module not in sys.modules]
    return bool([import_module(module) for module in missing])
