"""A graph in the DOT language that is laid out wherever Graphviz can be had."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

import graphviz  # type: ignore[import-untyped]

_SECONDS = 60  # how long a layout may take
_LAYOUT = """
import sys, pygraphviz
graph = pygraphviz.AGraph(string=sys.stdin.buffer.read().decode())
sys.stdout.buffer.write(graph.draw(format=sys.argv[1], prog=sys.argv[2]))
"""


class NoEngine(graphviz.ExecutableNotFound):  # type: ignore[misc]
    """Raised where nothing is installed that could lay out a graph."""

    def __init__(self) -> None:
        RuntimeError.__init__(
            self,
            "Drawing needs Graphviz: pip install chainrule[render], or install its program dot "
            "(apt install graphviz, brew install graphviz, winget install graphviz).",
        )


class Picture(graphviz.Digraph):  # type: ignore[misc]
    """A ``graphviz.Digraph`` that is rendered by ``dot``, or else by pygraphviz.

    Attributes:
        table: the same as plain text.
    """

    table = ""

    def copy(self) -> Picture:
        """Give an independent copy."""
        copied: Picture = super().copy()
        copied.table = self.table
        return copied

    def pipe(self, format: str | None = None, *args: Any, **options: Any) -> Any:
        """Give the picture as bytes, or as text if there is an ``encoding``: see graphviz."""
        try:
            return super().pipe(format, *args, **options)
        except graphviz.ExecutableNotFound:
            engine, encoding = options.get("engine"), options.get("encoding")
            image = laid_out(self.source, format or self.format, engine or self.engine)
            return image.decode(encoding) if encoding else image

    @property
    def _render(self) -> Callable[..., str]:
        """Give what ``render()`` and ``view()`` call for a source that they have saved."""
        with_dot = super()._render

        def render(engine: str, format: str, filepath: str, **options: Any) -> str:
            try:
                path: str = with_dot(engine, format, filepath, **options)
            except graphviz.ExecutableNotFound:
                path = os.fspath(options.get("outfile") or f"{filepath}.{format}")
                Path(path).write_bytes(laid_out(self.source, format, engine))
            return path

        return render

    def _repr_mimebundle_(self, *args: Any, **options: Any) -> dict[str, Any]:
        """Show the picture in a notebook; where there can be none, the table and why."""
        try:
            pictures: dict[str, Any] = super()._repr_mimebundle_(*args, **options)
        except (graphviz.ExecutableNotFound, graphviz.CalledProcessError, OSError) as error:
            return {"text/plain": f"{self.table}\n\n{error}"}
        return {"text/plain": self.table, **pictures}


def laid_out(source: str, format: str, engine: str) -> bytes:
    """Lay out a graph with pygraphviz, whose wheels carry the engine.

    It runs in a process of its own, where it can be given a time limit, and where what its
    libraries have to say about fonts does not reach the user.

    Raises:
        NoEngine: pygraphviz 2 is not installed.
        graphviz.CalledProcessError: the layout failed.
        TimeoutError: it took too long.
    """
    try:
        major = int(version("pygraphviz").partition(".")[0])
    except PackageNotFoundError:
        major = 0
    if major < 2:  # older ones need the program dot
        raise NoEngine from None
    command = [sys.executable, "-P", "-c", _LAYOUT, format, engine]
    try:
        done = subprocess.run(command, input=source.encode(), capture_output=True, timeout=_SECONDS)
    except subprocess.TimeoutExpired:
        raise TimeoutError(
            f"draw: the layout took more than {_SECONDS} s. The usual fix: draw a smaller case"
        ) from None
    if done.returncode:
        command[3] = "..."
        raise graphviz.CalledProcessError(done.returncode, command, stderr=done.stderr.decode())
    return done.stdout
