"""The reference as HTML: all public names, the table of derivatives, the coverage of NumPy.

Run it with ``make reference``. It writes ``out/reference/index.html``.
"""

from __future__ import annotations

import inspect
import pkgutil
import re
import sys
import tempfile
from collections.abc import Iterator
from importlib import import_module
from importlib.metadata import version
from pathlib import Path
from types import FunctionType, ModuleType
from typing import Any

from sphinx.application import Sphinx
from tables import chapters, coverage, derivatives

import autograd
import nn

HERE = Path(__file__).parent
FOLDER = HERE.parent.parent / "out" / "reference"
OURS = ("autograd", "nn")
OPTIONS = {
    "project": "chainrule",
    "release": version("chainrule"),
    "extensions": ["sphinx.ext.autodoc", "sphinx.ext.autosummary", "sphinx.ext.napoleon"],
    "html_theme": "furo",
    "html_title": "chainrule reference",
    "html_static_path": [str(HERE / "style.css")],
    "html_css_files": ["style.css"],
    "html_show_copyright": False,
    "html_copy_source": False,
    "html_show_sourcelink": False,
    "autodoc_member_order": "bysource",
    "autodoc_typehints_format": "short",
    "autodoc_type_aliases": {"npt.DTypeLike": "DTypeLike"},
    "autosummary_generate": False,
    "napoleon_numpy_docstring": False,
    "napoleon_use_ivar": True,
    "python_use_unqualified_type_names": True,
    "python_maximum_signature_line_length": 88,
    "toc_object_entries_show_parents": "hide",
}


def public_modules() -> dict[str, ModuleType]:
    """Find what users import from: modules that say what is public, and those that they name."""
    found: dict[str, ModuleType] = {}
    for package in map(import_module, ("autograd", "nn")):
        parts = [module.name for module in pkgutil.iter_modules(package.__path__, f"{package.__name__}.")]
        for module in (package, *map(import_module, parts)):
            own = set(vars(module).get("__all__", ())) - (
                set() if module is package else set(package.__all__)
            )
            if any(not inspect.ismodule(getattr(module, name)) for name in own):
                found[module.__name__] = module
    named = [vars(module).get(name) for module in found.values() for name in module.__all__]
    modules = {x.__name__: x for x in named if inspect.ismodule(x) and x is not autograd.derivatives}
    return dict(sorted((found | modules).items()))


def public_names(module: ModuleType) -> dict[str, Any]:
    """Return what is public in a module."""
    own = [name for name, x in vars(module).items() if getattr(x, "__module__", "") == module.__name__]
    names = getattr(module, "__all__", None) or [name for name in own if not name.startswith("_")]
    return {name: getattr(module, name) for name in sorted(names, key=str.lower)}


def title(text: str, line: str = "=") -> str:
    """Write a heading."""
    return f"{text}\n{line * len(text)}\n\n"


def pages() -> Iterator[tuple[str, str]]:
    """Write a page for each module, with its functions, and one for each class."""
    home: dict[Any, str] = {}  # where a class or function is documented
    for module in public_modules().values():
        here = module.__name__
        classes, functions, bodies, others = [], [], [], []
        for name, x in public_names(module).items():
            known = isinstance(x, type | FunctionType) and x.__module__.startswith(OURS)
            if known and home.setdefault(x, f"{here}.{name}") == f"{here}.{name}":
                (classes if isinstance(x, type) else functions).append(name)
                if isinstance(x, type):
                    yield f"{here}.{name}", title(name) + class_body(here, name, x)
                else:
                    bodies.append(f".. autofunction:: {name}\n")
            else:
                others.append(f"``{name}``\n   {other(x, home)}\n")
        text = [title(here), f".. automodule:: {here}\n", f".. currentmodule:: {here}\n"]
        for heading, names in ("Classes", classes), ("Functions", functions):
            if names:
                items = "".join(f"   {name}\n" for name in names)
                text.append(f".. rubric:: {heading}\n\n.. autosummary::\n\n{items}")
        if others:
            text += [".. rubric:: Other names\n", *others]
        hidden = "".join(f"   {here}.{name}\n" for name in classes)
        yield here, "\n".join([*text, *bodies, f".. toctree::\n   :hidden:\n\n{hidden}"])


def class_body(here: str, name: str, x: type) -> str:
    """Write what is on the page of a class: its own abilities, not those that all of its kind have."""
    bases = [
        base.__name__ for base in x.__mro__[1:] if base is nn.Module or not base.__module__.startswith(OURS)
    ]
    options = f"   :members:\n   :inherited-members: {', '.join(bases)}\n   :show-inheritance:\n"
    return f".. currentmodule:: {here}\n\n.. autoclass:: {name}\n{options}"


def other(x: Any, home: dict[Any, str]) -> str:
    """Say what a name is that has no description of its own here."""
    if inspect.ismodule(x):
        return ":doc:`derivatives`" if x is autograd.derivatives else f":doc:`{x.__name__}`"
    if isinstance(x, type | FunctionType):
        return f":py:obj:`{home[x]}`" if x in home else f"``{x.__module__}.{x.__name__}``"
    return f"``{x!r}``" if isinstance(x, autograd.Interval) else f"a {type(x).__name__}"


def raw(markup: str) -> str:
    """Hand HTML through."""
    return ".. raw:: html\n\n" + "".join(f"   {line}\n" for line in markup.split("\n")) + "\n"


def derivative_page() -> str:
    """Write the table of derivatives, chapter by chapter."""
    text = title("The table of derivatives") + (HERE / "derivatives.rst").read_text("utf-8") + "\n"
    for module, entries in chapters().items():
        about = (import_module(module).__doc__ or "").partition("\n\n")[0]
        name = module.rpartition(".")[2].replace("_", " ").capitalize()
        text += f"{title(name, '-')}{about}\n\n{raw(derivatives(entries))}"
    return text


def write(folder: Path) -> None:
    """Write all pages for Sphinx."""
    written = dict(pages())
    modules = "".join(f"   {name}\n" for name in public_modules())
    written["index"] = (HERE / "index.rst").read_text("utf-8").replace("   MODULES\n", modules)
    written["derivatives"] = derivative_page()
    written["coverage"] = (
        title("The coverage of NumPy") + (HERE / "coverage.rst").read_text("utf-8") + "\n" + raw(coverage())
    )
    for name, text in written.items():
        (folder / f"{name}.rst").write_text(text, "utf-8")


def escape(_app: Sphinx, _kind: str, _name: str, _x: Any, _options: Any, lines: list[str]) -> None:
    """Keep |x| and (*shape, n) in docstrings as they are: to Sphinx such signs mean something."""
    for i, line in enumerate(lines):
        if not line.lstrip().startswith((">>>", "...")):
            lines[i] = _SIGNS.sub(lambda found: found[1] or f"\\{found[0]}", line)


def skip(_app: Sphinx, _kind: str, _name: str, x: Any, _skip: bool, _options: Any) -> bool | None:
    """Leave out what other libraries put into our classes."""
    return None if (getattr(x, "__module__", None) or OURS[0]).startswith(OURS) else True


def shorten(*event: Any) -> tuple[str | None, ...]:
    """Write an alias of a type by its name alone; the signature and the result are the last of the event."""
    return tuple(text and re.sub(r"TypeAliasForwardRef\('(\w+)'\)", r"\1", text) for text in event[-2:])


_SIGNS = re.compile(r"(``.*?``)|\||(?<=[(, ])\*(?=[\w.]+[,)])")


def main(folder: Path | str = FOLDER, builder: str = "html") -> int:
    """Build the reference, and give the exit status: 1 if there was a warning.

    The builder "dummy" only looks for warnings.
    """
    with tempfile.TemporaryDirectory() as source:
        write(Path(source))
        to = {"outdir": folder, "doctreedir": f"{source}/doctrees", "buildername": builder}
        app = Sphinx(source, None, **to, confoverrides=OPTIONS, status=None, warningiserror=True)
        app.connect("autodoc-process-docstring", escape)
        app.connect("autodoc-process-signature", shorten)
        app.connect("autodoc-skip-member", skip)
        app.build()
    print(f"{len(app.env.all_docs)} pages: {Path(folder) / 'index.html'}")
    return app.statuscode


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
