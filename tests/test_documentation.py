"""What the documentation shows is what happens: doctests of both packages, and the README."""

import contextlib
import doctest
import importlib
import inspect
import io
import re
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import autograd
import nn

ROOT = Path(__file__).parent.parent
README = ROOT / "README.md"
MODULES = [
    ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")
    for package in ("autograd", "nn")
    for path in sorted((ROOT / package).rglob("*.py"))
]
FLAGS = doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE
PUBLIC = {name: getattr(autograd, name) for name in autograd.__all__}


@pytest.fixture(autouse=True)
def state() -> Iterator[None]:
    """Take back the default dtype that examples choose."""
    yield
    autograd.set_default_dtype(np.float64)


def run(test: doctest.DocTest) -> None:
    report = io.StringIO()
    runner = doctest.DocTestRunner(optionflags=FLAGS)
    runner.run(test, out=report.write, clear_globs=False)
    assert runner.failures == 0, report.getvalue()


@pytest.mark.parametrize("name", MODULES)
def test_doctests(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Run the examples of a module, which know its names, ``np``, ``nn`` and autograd's names."""
    if name.endswith("__main__"):
        return
    monkeypatch.chdir(tmp_path)  # for examples that write a file
    module = importlib.import_module(name)
    names = {"np": np, "autograd": autograd, "nn": nn, **PUBLIC, **vars(module)}
    for test in doctest.DocTestFinder(exclude_empty=True).find(module, name, extraglobs={}):
        found = inspect.unwrap(vars(module).get(test.name.removeprefix(f"{name}."), run))
        if test.examples and not found.__module__.startswith("numpy"):  # its examples are NumPy's
            test.globs = dict(names)
            run(test)


# The README

BLOCK = re.compile(r"^```(\w*)[^\n]*\n(.*?)^```$", re.DOTALL | re.MULTILINE)
SHOWN = re.compile(r"#\s*(?:->|→|prints:?)\s*(.+)$")


def blocks(text: str) -> list[tuple[str, str]]:
    """List the code blocks: their languages and what stands in them."""
    return BLOCK.findall(text)


def words(text: str) -> list[str]:
    return text.split()


def check_blocks(text: str, where: str) -> int:
    """Run the ``python`` blocks in order, in one namespace, and compare what they show.

    A block with ``>>>`` is a doctest. What another one prints must stand in a ``text`` block right
    after it, or, line by line, in comments such as ``print(x)  # -> 3``.
    """
    names: dict[str, Any] = {"__name__": "__main__"}
    found = blocks(text)
    count = 0
    for (language, code), (next_language, shown) in pairwise([*found, ("", "")]):
        if language != "python":
            continue
        count += 1
        if ">>>" in code:
            test = doctest.DocTestParser().get_doctest(code, names, where, where, 0)
            test.globs = names
            run(test)
            continue
        printed = io.StringIO()
        with contextlib.redirect_stdout(printed):
            exec(compile(code, f"{where}, block {count}", "exec"), names)
        comments = [match.group(1) for line in code.splitlines() if (match := SHOWN.search(line))]
        if next_language == "text":
            assert words(printed.getvalue()) == words(shown)
        elif comments:
            assert words(printed.getvalue()) == words("\n".join(comments))
    return count


def test_the_examples_of_the_readme(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    text = README.read_text(encoding="utf-8")
    assert check_blocks(text, "README.md") == text.count("\n```python")
    assert "```python" in text


RIGHT = """
```python
x = 1 + 1
```
```python
print(x)  # -> 2
print("a", "b")  # prints: a b
```
```python
>>> x * 2
4
>>> y = 5
```
```python
print(y)
```
```text
5
```
"""


def test_the_checker_of_examples() -> None:
    assert check_blocks(RIGHT, "example") == 4
    for wrong in (("-> 2", "-> 3"), ("\n4\n", "\n5\n"), ("text\n5", "text\n6"), ("x = 1", "x = z")):
        assert wrong[0] in RIGHT
        with pytest.raises((AssertionError, NameError)):
            check_blocks(RIGHT.replace(*wrong), "example")


@pytest.mark.parametrize("path", ["README.md", "LICENSE", "pyproject.toml"])
def test_links_to_files_lead_somewhere(path: str) -> None:
    for target in re.findall(r"\]\((?!https?:|#)([^)#\s]+)", (ROOT / path).read_text(encoding="utf-8")):
        assert (ROOT / target).exists() or target.startswith("out/"), target
