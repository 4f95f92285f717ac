"""Runs notebooks, each in a fresh kernel: ``make notebooks``.

A notebook passes if no cell raises, if what its cells print is what is committed (numbers to 2 %), and if
every exercise fails when left blank and passes with its solution. The tags of its cells say:

* ``exercise``: a code cell to be filled in; the next code cell, tagged ``check``, raises until it is;
  the markdown cell tagged ``solution`` has the code that fills it in.
* ``varies``: what the cell prints is not compared, such as times.

The figures are written to ``out/notebooks``, named by the ids of their cells.
"""

from __future__ import annotations

import argparse
import base64
import math
import os
import re
import sys
import time
from pathlib import Path
from typing import Any

import nbformat
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError

HERE = Path(__file__).parent
FIGURES = HERE.parent / "out" / "notebooks"
NUMBER = re.compile(r"[-+]?(?:\d+\.?\d*|\.\d+)(?:e[-+]?\d+)?|\bnan\b|\binf\b")
TOLERANCE = 0.02  # of numbers that hang on the rounding of a long training


class Failed(Exception):
    """A notebook does not do what it is to do."""


def tagged(cell: Any, tag: str) -> bool:
    """Tell whether a cell has a tag."""
    return tag in cell.metadata.get("tags", ())


def text_of(cell: Any) -> str:
    """Return what a code cell prints, and its value as text."""
    parts = [o.get("text") or o.get("data", {}).get("text/plain", "") for o in cell.get("outputs", ())]
    return "\n".join(part for part in parts if not part.startswith("<")).strip()  # no addresses


def same(committed: str, found: str) -> bool:
    """Compare two texts; what is not a number must be equal, but for rules and padding of tables."""
    texts = [s.replace("−", "-") for s in (committed, found)]
    words, others = (re.sub(r"[\s─━-]+", " ", NUMBER.sub("#", s)) for s in texts)
    pairs = zip(*([float(n) for n in NUMBER.findall(s)] for s in texts), strict=True)
    return words == others and all(
        math.isclose(a, b, rel_tol=TOLERANCE, abs_tol=1e-9) or (math.isnan(a) and math.isnan(b))
        for a, b in pairs
    )


class Runner:
    """One notebook and its kernel.

    Attributes:
        found: the notebook with the outputs of this run.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self.found = nbformat.read(path, as_version=4)
        resources, quiet = {"metadata": {"path": str(HERE)}}, ["--log-level=ERROR"]
        self.client = NotebookClient(self.found, timeout=300, resources=resources, extra_arguments=quiet)

    def passes(self, cell: Any) -> bool:
        """Run a cell; tell whether it did not raise."""
        try:
            self.client.execute_cell(cell, self.found.cells.index(cell))
        except CellExecutionError:
            return False
        return True

    def exercise(self, blank: Any) -> None:
        """Run an exercise as it stands and with its solution."""
        rest = self.found.cells[self.found.cells.index(blank) + 1 :]
        check = next(cell for cell in rest if tagged(cell, "check"))
        solution = next(cell for cell in rest if tagged(cell, "solution"))
        if self.passes(blank) and self.passes(check):
            raise Failed(f"exercise {blank.id}: its check passes before anything was filled in")
        source, blank.source = (
            blank.source,
            "\n".join(re.findall(r"```python\n(.*?)```", solution.source, re.S)),
        )
        filled = self.passes(blank) and self.passes(check)
        blank.source = source
        if not filled:
            raise Failed(f"exercise {blank.id}: its check fails with the solution\n{errors_of(blank, check)}")
        blank.outputs, check.outputs = [], []

    def run(self) -> None:
        """Run all cells."""
        with self.client.setup_kernel():
            for cell in self.found.cells:
                if tagged(cell, "exercise"):
                    self.exercise(cell)
                elif cell.cell_type == "code" and not tagged(cell, "check") and not self.passes(cell):
                    raise Failed(f"cell {cell.id}\n{cell.source}\n{errors_of(cell)}")

    def compare(self) -> None:
        """Compare what the cells print with what is committed."""
        committed = {cell.id: cell for cell in nbformat.read(self.path, as_version=4).cells}
        for cell in self.found.cells:
            before, now = text_of(committed[cell.id]), text_of(cell)
            if not tagged(cell, "varies") and not same(before, now):
                raise Failed(f"cell {cell.id} printed\n{now}\nwhere the committed notebook has\n{before}")

    def figures(self) -> int:
        """Write the figures, and give their number."""
        folder = FIGURES / self.path.stem
        folder.mkdir(parents=True, exist_ok=True)
        pictures = [
            (cell.id, output.data["image/png"])
            for cell in self.found.cells
            for output in cell.get("outputs", ())
            if "image/png" in output.get("data", {})
        ]
        for k, (name, picture) in enumerate(pictures):
            again = sum(earlier == name for earlier, _ in pictures[:k])
            (folder / f"{name}{f'-{again + 1}' if again else ''}.png").write_bytes(base64.b64decode(picture))
        return len(pictures)

    def save(self) -> None:
        """Write the notebook with its outputs, without what changes from run to run."""
        for k, cell in enumerate(c for c in self.found.cells if c.cell_type == "code"):
            cell.execution_count = k + 1
            cell.metadata.pop("execution", None)
            for output in cell.outputs:
                if "execution_count" in output:
                    output.execution_count = k + 1
        self.found.metadata = {
            "kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}
        }
        nbformat.write(self.found, self.path)


def errors_of(*cells: Any) -> str:
    """Return the tracebacks that cells have shown."""
    texts = [
        "\n".join(output.traceback)
        for cell in cells
        for output in cell.outputs
        if output.output_type == "error"
    ]
    return re.sub(r"\x1b\[[\d;]*m", "", "\n".join(texts))


def main() -> int:
    """Run the notebooks that are named, or all."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("notebooks", nargs="*", type=Path, help="by default all of this folder")
    parser.add_argument("--save", action="store_true", help="write the outputs into the notebooks")
    options = parser.parse_args()
    os.environ |= {"OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"}  # the same sums on every machine
    failed = 0
    for path in options.notebooks or sorted(HERE.glob("*.ipynb")):
        start, runner = time.perf_counter(), Runner(path)
        try:
            runner.run()
            if options.save:
                runner.save()
            runner.compare()
            print(
                f"{path.stem:32} {time.perf_counter() - start:5.0f} s {runner.figures():4} figures",
                flush=True,
            )
        except Failed as error:
            failed += 1
            print(f"{path.stem}: {error}", file=sys.stderr, flush=True)
    print(f"The figures are in {FIGURES.relative_to(HERE.parent)}/.")
    return min(failed, 1)


if __name__ == "__main__":
    sys.exit(main())
