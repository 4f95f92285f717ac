"""A program: DOT comes in, a picture goes out, laid out by the engine in pygraphviz's wheel.

The module in that wheel needs libraries of the system, for it can also write PNG and PDF. Where they are
missing, as in small containers, Graphviz's core in the same wheel is loaded alone: it writes SVG, and takes
the widths of letters from a table.
"""

import ctypes
import sys
from importlib.metadata import distribution
from pathlib import Path

CORE = "dot_layout", "core"  # the plugins that need nothing else
LIBRARIES_MISSING = 3  # the exit status where the core alone cannot write a format


class Symbol(ctypes.Structure):
    """A plugin: Graphviz's ``lt_symlist_t``."""

    _fields_ = [("name", ctypes.c_char_p), ("address", ctypes.c_void_p)]


def lay_out(source: bytes, format: str, program: str) -> bytes:
    """Lay out a graph with the whole of Graphviz."""
    import pygraphviz  # type: ignore[import-untyped]

    image: bytes = pygraphviz.AGraph(string=source.decode()).draw(format=format, prog=program)
    return image


def lay_out_with_core(source: bytes, format: str, program: str) -> bytes:
    """Lay out a graph with what needs no library of the system.

    Raises:
        StopIteration: the wheel does not have its libraries beside it.
        ValueError: the core cannot write this format.
    """
    folder = Path(str(distribution("pygraphviz").locate_file("pygraphviz.libs")))

    def library(name: str) -> ctypes.CDLL:
        return ctypes.CDLL(str(next(folder.glob(f"lib{name}-*"))))

    graphs, engine = library("cgraph"), library("gvc")
    symbols = [Symbol()]
    for plugin in CORE:
        name = f"gvplugin_{plugin}_LTX_library"
        there = ctypes.c_char.in_dll(library(f"gvplugin_{plugin}"), name)
        symbols.insert(0, Symbol(name.encode(), ctypes.addressof(there)))
    engine.gvContextPlugins.restype = graphs.agmemread.restype = ctypes.c_void_p
    context = ctypes.c_void_p(engine.gvContextPlugins((Symbol * len(symbols))(*symbols), 0))
    graph = ctypes.c_void_p(graphs.agmemread(source))
    data, length = ctypes.c_void_p(), ctypes.c_size_t()
    engine.gvLayout(context, graph, program.encode())
    if engine.gvRenderData(context, graph, format.encode(), ctypes.byref(data), ctypes.byref(length)):
        raise ValueError(format)
    return ctypes.string_at(data, length.value)


def main(format: str, program: str) -> None:
    """Read DOT, and write a picture."""
    source = sys.stdin.buffer.read()
    try:
        image = lay_out(source, format, program)
    except ImportError as error:
        try:
            image = lay_out_with_core(source, format, program)
        except (StopIteration, ValueError):
            print(error, file=sys.stderr)
            sys.exit(LIBRARIES_MISSING)
    sys.stdout.buffer.write(image)


if __name__ == "__main__":
    main(*sys.argv[1:])
