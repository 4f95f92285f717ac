"""The floors of the house: what may import what, how large the core is, what stands where."""

import ast
import inspect
import subprocess
import sys
from collections.abc import Iterator
from graphlib import TopologicalSorter
from importlib import import_module
from pathlib import Path

import pytest

import autograd
import nn
from autograd.derivatives.late import CHAPTERS

ROOT = Path(__file__).parent.parent
FILES = {
    ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__"): path
    for package in ("autograd", "nn")
    for path in sorted((ROOT / package).rglob("*.py"))
}

# The longest prefix that fits a module says its floor. Whatever is not named is refused.
FLOORS = {
    "autograd.derivatives": 0,
    "autograd.containers": 1,
    "autograd.variables": 1,
    "autograd.errors": 1,
    "autograd.versions": 1,
    "autograd.views": 1,
    "autograd.fit": 1,
    "autograd.graph": 1,
    "autograd.replay": 1,
    "autograd.instead": 1,
    "autograd.modes": 2,
    "autograd.pytorch": 2,
    "autograd.handle": 2,
    "autograd.inplace": 2,
    "autograd.backward": 2,
    "autograd.display": 2,
    "autograd.methods": 2,
    "autograd.other_calls": 2,
    "autograd.tensor": 2,
    "autograd.creation": 2,
    "autograd.numpy": 2,
    "autograd.scipy": 2,
    "autograd.differentiate": 3,
    "autograd.checking": 3,
    "autograd.drawing": 3,
    "autograd.testing": 3,
    "autograd": 3,
    "nn": 4,
}
CORE = ["autograd/derivatives/table.py", "autograd/graph.py", "autograd/tensor.py"]
MECHANISM = {"__init__", "table", "primitive", "pullback", "positions", "calls", "domains", "guard",
             "own_text"}  # fmt: skip
OPTIONAL = {"graphviz", "pygraphviz", "matplotlib", "hypothesis", "sklearn", "tqdm", "scipy", "torch",
            "safetensors", "pytest"}  # fmt: skip


def floor_of(module: str) -> int:
    """Find the floor; the package autograd itself stands above its parts."""
    while module not in FLOORS or (module == "autograd" and module not in FILES):
        assert "." in module, f"{module} stands on no floor"
        module = module.rpartition(".")[0]
    return FLOORS[module]


def without_type_checking(tree: ast.AST) -> Iterator[ast.AST]:
    """Walk a tree, functions included, but not what only a type checker reads."""
    for child in ast.iter_child_nodes(tree):
        if isinstance(child, ast.If) and ast.unparse(child.test) == "TYPE_CHECKING":
            continue
        yield child
        yield from without_type_checking(child)


def imports(module: str) -> set[str]:
    """List what a module imports: modules of ours by their full names, others by their first."""
    found = set()
    for node in without_type_checking(ast.parse(FILES[module].read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{module}: relative import"
            for alias in node.names:
                full = f"{node.module}.{alias.name}"
                found.add(full if full in FILES else str(node.module))
    return {name if name in FILES else name.partition(".")[0] for name in found}


GRAPH = {module: imports(module) for module in FILES}


def test_the_reader_of_imports_finds_them() -> None:
    assert {"numpy", "autograd.errors", "autograd.fit"} <= GRAPH["autograd.graph"]
    assert "safetensors" in " ".join(GRAPH["nn.files"])  # inside a function
    assert "autograd.tensor" not in GRAPH["autograd.handle"]  # for type checkers only


@pytest.mark.parametrize("module", FILES)
def test_a_floor_imports_no_higher_one(module: str) -> None:
    named = [name for name in FLOORS if module == name or module.startswith(name + ".")]
    assert [name for name in named if name != "autograd" or module == "autograd"], "on no floor"
    for imported in GRAPH[module] & FILES.keys():
        assert floor_of(imported) <= floor_of(module), f"{module} imports {imported}"


def test_there_is_no_cycle() -> None:
    ours = {module: {name for name in found if name in FILES} for module, found in GRAPH.items()}
    for package in (
        "autograd.checking",
        "autograd.derivatives",
        "autograd.drawing",
        "autograd.testing",
        "nn.functional",
        "nn.layers",
        "nn.optim",
    ):
        ours[package].discard(package)
    TopologicalSorter(ours).prepare()


@pytest.mark.parametrize("module", [name for name in FILES if name.startswith("autograd.derivatives")])
def test_the_table_knows_numpy_only(module: str) -> None:
    others = {name for name in GRAPH[module] if not name.startswith("autograd.derivatives")}
    late = [library.partition(".")[0] for library, name in CHAPTERS.items() if module.endswith("." + name)]
    assert others <= sys.stdlib_module_names | {"numpy", *late}


@pytest.mark.parametrize("module", [name for name in FILES if name.partition(".")[0] == "nn"])
def test_nn_uses_public_names_only(module: str) -> None:
    for node in ast.walk(ast.parse(FILES[module].read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom) and str(node.module).partition(".")[0] == "autograd":
            assert node.module in ("autograd", "autograd.instead", "autograd.testing")
            public = import_module(node.module).__all__
            assert {alias.name for alias in node.names} <= set(public)
        if isinstance(node, ast.Import):
            assert not any(alias.name.startswith("autograd.") for alias in node.names)
        if (
            isinstance(node, ast.Attribute)
            and isinstance(node.value, ast.Name)
            and node.value.id == "autograd"
        ):
            assert node.attr in autograd.__all__


def test_the_core_can_be_read_in_one_sitting() -> None:
    assert sum(len((ROOT / path).read_text(encoding="utf-8").splitlines()) for path in CORE) <= 450


def lines_of_code(path: Path) -> int:
    """Count the lines that are no blank lines, comments or docstrings."""
    text = path.read_text(encoding="utf-8")
    documented = (ast.Module, ast.ClassDef, ast.FunctionDef)
    docstrings = [
        range(node.body[0].lineno, (node.body[0].end_lineno or 0) + 1)
        for node in ast.walk(ast.parse(text))
        if isinstance(node, documented) and ast.get_docstring(node) is not None
    ]
    left = set(range(1, text.count("\n") + 1)).difference(*docstrings)
    return sum(text.splitlines()[i - 1].strip()[:1] not in ("", "#") for i in left)


def test_the_chapters_of_the_table_do_not_grow() -> None:
    def lines(pattern: str) -> int:
        paths = [path for path in (ROOT / "autograd/derivatives").glob(pattern) if path.stem not in MECHANISM]
        return sum(len(path.read_text(encoding="utf-8").splitlines()) for path in paths)

    assert lines("*.py") < 1200
    assert lines("late/*.py") < 90  # SciPy, and structured arrays


def test_layers_losses_and_optimisers_stay_short() -> None:
    files = [*(ROOT / "nn/layers").glob("*.py"), *(ROOT / "nn/optim").glob("*.py")]
    assert sum(map(lines_of_code, [*files, ROOT / "nn/losses.py", ROOT / "nn/activations.py"])) <= 1500


@pytest.mark.parametrize("package", ["autograd", "nn"])
def test_importing_loads_no_optional_package(package: str) -> None:
    program = f"import sys, {package}; print(*{{name.partition('.')[0] for name in sys.modules}})"
    run = [sys.executable, "-c", program]
    loaded = subprocess.run(run, cwd=ROOT, capture_output=True, text=True, check=True).stdout.split()
    assert {package, "numpy"} <= set(loaded)
    assert not OPTIONAL & set(loaded)


@pytest.mark.parametrize("package", [autograd, nn], ids=lambda package: package.__name__)
def test_every_public_name_exists_and_is_documented(package: object) -> None:
    names = package.__all__
    assert len(names) == len(set(names))
    for name in names:
        assert inspect.getdoc(getattr(package, name)), name


@pytest.mark.parametrize("package", ["autograd", "nn"])
def test_the_packages_are_typed(package: str) -> None:
    assert (ROOT / package / "py.typed").exists()


def test_the_top_level_holds_what_the_design_allows() -> None:
    allowed = {"pyproject.toml", "README.md", "LICENSE", "Makefile", "autograd", "nn", "tests", "notebooks"}
    made_by_commands = {"out", "build", "dist"}
    found = {path.name for path in ROOT.iterdir() if not path.name.startswith(".")}
    assert allowed <= found
    assert (
        found - allowed - made_by_commands - {name for name in found if name.endswith(".egg-info")} == set()
    )
