"""The reference lists all public names, the whole table and all of NumPy, and builds without a warning."""

import ast
import re
import runpy
import subprocess
import sys
from pathlib import Path
from types import CodeType, ModuleType
from xml.etree import ElementTree

import pytest

from autograd.derivatives.calls import name_of
from autograd.derivatives.table import TABLE, Definition, Derivative
from tests import test_numpy_coverage as numpy_coverage
from tests.browser import chromium

FOLDER = Path(__file__).parents[1] / "notebooks" / "reference"
MODULES = (
    "autograd", "autograd.checking", "autograd.drawing", "autograd.testing", "nn", "nn.estimators",
    "nn.functional", "nn.init", "nn.optim", "nn.optim.lr_scheduler", "nn.training",
)  # fmt: skip
MATH = re.compile(r"<math>.*?</math>", re.DOTALL)


@pytest.fixture(autouse=True)
def path(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(FOLDER)


@pytest.fixture
def tables() -> ModuleType:
    import tables

    return tables


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("1 / (2 · z)", "<mfrac><mrow><mn>1</mn></mrow><mrow><mn>2</mn><mo>·</mo><mi>z</mi></mrow></mfrac>"),
        ("−(x + y)", "<mo>−</mo><mo>(</mo><mi>x</mi><mo>+</mo><mi>y</mi><mo>)</mo>"),
        ("x − (y − z)", "<mi>x</mi><mo>−</mo><mo>(</mo><mi>y</mi><mo>−</mo><mi>z</mi><mo>)</mo>"),
        ("x⁻²", "<msup><mrow><mi>x</mi></mrow><mrow><mo>−</mo><mn>2</mn></mrow></msup>"),
        ("sqrt(x)", "<mrow><msqrt><mi>x</mi></msqrt></mrow>"),
        ("sin(alpha)", "<mi>sin</mi><mo>(</mo><mi>α</mi><mo>)</mo>"),
        ("x > 0", "<mo>[</mo><mi>x</mi><mo>&gt;</mo><mn>0</mn><mo>]</mo>"),
        ("gᵀ @ x", "<msup><mrow><mi>g</mi></mrow><mi>T</mi></msup><mo></mo><mi>x</mi>"),
    ],
)
def test_formulas_in_mathml(text: str, shown: str) -> None:
    from mathml import mathml

    assert mathml(text) == f"<math><mrow>{shown}</mrow></math>"


def test_what_is_no_formula_is_refused() -> None:
    from mathml import mathml

    with pytest.raises(SyntaxError):
        mathml("[x for x in y]")


def test_the_table_lists_every_entry(tables: ModuleType) -> None:
    listed = {entry.function for entries in tables.chapters().values() for entry in entries}
    assert listed == {f for f, entry in TABLE.items() if isinstance(entry, Derivative | Definition)}
    anchors = [tables.anchor(function) for function in listed]
    assert len(anchors) == len(set(anchors))


def test_formulas_of_the_table_are_well_formed(tables: ModuleType) -> None:
    for entries in tables.chapters().values():
        for entry in entries:
            found = MATH.findall("".join(tables.cells(entry)))
            assert found or isinstance(entry, Definition), name_of(entry.function)
            for formula in found:
                assert ElementTree.fromstring(formula).tag == "math"


def test_elementwise_derivatives_are_formulas(tables: ModuleType) -> None:
    """All but few rules of elementwise functions write themselves."""
    rows = {
        name_of(e.function): tables.cells(e)[2] for e in TABLE.values()
        if isinstance(e, Derivative) and e.kind == "elementwise"
    }  # fmt: skip
    programs = [name for name, row in rows.items() if "<mfrac>" not in row]
    assert 20 * len(programs) <= len(rows), programs


def test_programs_are_those_of_the_rules(tables: ModuleType) -> None:
    """The lambda that is found in the file does what the rule does."""
    for entry in TABLE.values():
        for pullback in entry.pullbacks if isinstance(entry, Derivative) else ():
            if pullback and pullback.rule.__name__ == "<lambda>":
                program = compile(ast.Expression(tables.lambda_of(pullback.rule)), "", "eval")
                (found,) = (x for x in program.co_consts if isinstance(x, CodeType))
                assert found.co_names == pullback.rule.__code__.co_names
                assert found.co_varnames == pullback.rule.__code__.co_varnames


def test_the_coverage_lists_all_of_numpy(tables: ModuleType) -> None:
    page = tables.coverage()
    rows = dict(re.findall(r"<tr id=.*?<code>(.*?)</code></td><td>(.*?)</td>", page))
    functions = (*numpy_coverage.UFUNCS, *numpy_coverage.FUNCTIONS)
    assert rows.keys() == {name_of(function) for function in functions}
    for function in functions:
        status = re.sub("<.*?>", "", rows[name_of(function)])
        assert isinstance(TABLE[function], {name: kind for kind, name in tables.STATUS.items()}[status])


def test_all_public_names_are_listed() -> None:
    reference = runpy.run_path(str(FOLDER))
    modules, pages = reference["public_modules"](), dict(reference["pages"]())
    assert set(MODULES) <= modules.keys()
    for here, module in modules.items():
        for name in reference["public_names"](module):
            assert re.search(rf"^ +{name}$|^``{name}``$", pages[here], re.MULTILINE), f"{here}.{name}"


def test_the_reference_has_no_warnings(tmp_path: Path) -> None:
    """All pages are read, and all their links resolved; writing them would take twice as long."""
    pytest.importorskip("furo", reason="needs Sphinx and its theme furo")
    built = subprocess.run([sys.executable, FOLDER, tmp_path, "dummy"], capture_output=True, text=True)
    assert built.returncode == 0, built.stderr


def test_tables_fit_their_columns(tables: ModuleType, tmp_path: Path) -> None:
    """In a column as wide as the theme leaves for them."""
    style = (FOLDER / "style.css").read_text("utf-8")
    parts = [*map(tables.derivatives, tables.chapters().values()), tables.coverage()]
    head = f"<!DOCTYPE html><meta charset='utf-8'><style>{style}</style>"
    page = f"{head}<div style='width: 736px'>{''.join(parts)}</div>"
    (tmp_path / "tables.html").write_text(page, "utf-8")
    with chromium() as browser:
        tab = browser.new_page(viewport={"width": 800, "height": 900})
        tab.goto((tmp_path / "tables.html").as_uri())
        assert tab.evaluate("document.documentElement.scrollWidth <= innerWidth")
        wide = "cells => cells.filter(x => x.scrollWidth > x.clientWidth + 1).map(x => x.parentNode.id)"
        assert tab.eval_on_selector_all("td", wide) == []
