"""A graph in the DOT language that is laid out wherever Graphviz can be had."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

import graphviz

from autograd.drawing import layout

SECONDS = 20  # how long a layout may take
_ON_WINDOWS = os.path.expandvars(r"%ProgramFiles%\Graphviz\bin")
_SPECIAL = ("renderer", "formatter", "neato_no_op", "raise_if_result_exists")  # options for the program dot


class NoEngine(graphviz.ExecutableNotFound):  # type: ignore[misc]
    """Raised where nothing is installed that could lay out a graph and write it in the format asked for."""

    def __init__(self, fix: str = "pip install chainrule[render], or install its program dot") -> None:
        RuntimeError.__init__(
            self,
            f"Drawing needs Graphviz: {fix} "
            "(apt install graphviz, brew install graphviz, winget install graphviz).",
        )


class Picture(graphviz.Digraph):  # type: ignore[misc]
    """A ``graphviz.Digraph`` that is rendered by ``dot``, or else by pygraphviz, in limited time.

    Attributes:
        table: the same as plain text.
        coarser: makes a picture with less on it, for when the layout takes too long, or None.
    """

    table = ""
    coarser: Callable[[], Picture] | None = None

    def copy(self) -> Picture:
        """Return an independent copy."""
        copied: Picture = super().copy()
        copied.table, copied.coarser = self.table, self.coarser
        return copied

    def pipe(self, format: str | None = None, *args: Any, **options: Any) -> Any:
        """Return the picture as bytes, or as text if there is an ``encoding``: see graphviz."""
        if args or any(options.get(name) for name in _SPECIAL):
            return super().pipe(format, *args, **options)
        engine, encoding = options.get("engine"), options.get("encoding")
        image = self._laid_out(format or self.format, engine or self.engine)
        return image.decode(encoding) if encoding else image

    def _laid_out(self, format: str, engine: str) -> bytes:
        try:
            image = laid_out(self.source, format, engine)
        except TimeoutError:
            coarser = self.coarser and self.coarser()
            if coarser is None or coarser.source == self.source:
                raise
            image = laid_out(coarser.source, format, engine)
        return aligned(image.decode()).encode() if format == "svg" else image

    @property
    def _render(self) -> Callable[..., str]:
        """Return what ``render()`` and ``view()`` call for a source that they have saved."""
        with_dot = super()._render

        def render(engine: str, format: str, filepath: str, **options: Any) -> str:
            if any(options.get(name) for name in _SPECIAL):
                path: str = with_dot(engine, format, filepath, **options)
                return path
            path = os.fspath(options.get("outfile") or f"{filepath}.{format}")
            Path(path).write_bytes(self._laid_out(format, engine))
            return path

        return render

    def _repr_mimebundle_(self, *args: Any, **options: Any) -> dict[str, Any]:
        """Show the picture in a notebook; where there can be none, the table and why."""
        try:
            pictures: dict[str, Any] = super()._repr_mimebundle_(*args, **options)
        except FAILURES as error:
            return {"text/plain": f"{self.table}\n\n{error}"}
        if "image/svg+xml" in pictures:
            pictures["image/svg+xml"] = _SIZE.sub(_fitted, pictures["image/svg+xml"], count=1)
        return {"text/plain": self.table, **pictures}


_SIZE = re.compile(r'width="(\d+)pt" height="\d+pt"')
_PAGE = 640  # points: what fits into a notebook


def _fitted(size: re.Match[str]) -> str:
    """Let a picture that is wider than the page take its width, for notebooks cut off the rest."""
    points = int(size[1])
    return f'width="100%" style="max-width: {points}pt"' if points > _PAGE else size[0]


FAILURES = (graphviz.ExecutableNotFound, graphviz.CalledProcessError, OSError)  # of a layout


def laid_out(source: str, format: str, engine: str) -> bytes:
    """Lay out a graph with the program ``dot``, else with pygraphviz, whose wheels carry the engine.

    It runs in a process of its own, which can be given a time limit, and where what libraries have
    to say about fonts does not reach the user.

    Raises:
        NoEngine: there is neither, or libraries of the system are missing that the format needs.
        graphviz.CalledProcessError: the layout failed.
        TimeoutError: it took too long.
    """
    program = shutil.which(engine) or shutil.which(engine, path=_ON_WINDOWS)
    if program:
        command = [program, f"-T{format}"]
    else:
        check_pygraphviz()
        command = [sys.executable, "-P", layout.__file__, format, engine]
    try:
        done = subprocess.run(command, input=source.encode(), capture_output=True, timeout=SECONDS)
    except subprocess.TimeoutExpired:
        raise TimeoutError(
            f"draw: the layout took more than {SECONDS} s. The usual fix: collapse more, with depth=0, "
            f"or draw a smaller case"
        ) from None
    if done.returncode == layout.LIBRARIES_MISSING and not program:
        missing = done.stderr.decode().splitlines()[-1]
        raise NoEngine(f"for {format}, pygraphviz lacks {missing}; install its program dot")
    if done.returncode:
        raise graphviz.CalledProcessError(done.returncode, command, stderr=done.stderr.decode())
    return done.stdout


def aligned(svg: str) -> str:
    """Align the figures on cards with their right edge, whatever font a reader has.

    Graphviz says where texts begin; that they end at the edge is true of its own font only.
    """

    def align(card: re.Match[str]) -> str:
        paths = " ".join(re.findall(r' d="([^"]*)"', card[0]))
        right = max((float(x) for x in re.findall(r"(-?[\d.]+),", paths)), default=0.0)
        return re.sub(
            r'text-anchor="start" x="[-\d.]+"([^>]*font-weight="bold"[^>]*fill="#(?:005a9c|a63f00|7a3e78)")',
            rf'text-anchor="end" x="{right - 5:.2f}"\1',
            card[0],
        )

    return re.sub(r'<g id="n\d+" class="node.*?</g>', align, svg, flags=re.DOTALL)


def check_pygraphviz() -> None:
    """Refuse to go on without pygraphviz 2; older ones need the program dot."""
    try:
        major = int(version("pygraphviz").partition(".")[0])
    except PackageNotFoundError:
        major = 0
    if major < 2:
        raise NoEngine from None
