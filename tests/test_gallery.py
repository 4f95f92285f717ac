"""The gallery is made by one command, and every picture in it can be read."""

import importlib.util
import re
from itertools import combinations
from pathlib import Path
from types import ModuleType
from typing import Any
from xml.etree import ElementTree

import numpy as np
import pytest

from autograd.drawing import backprop, draw
from tests.browser import chromium

PATH = Path(__file__).parents[1] / "notebooks" / "gallery.py"
SVG = "{http://www.w3.org/2000/svg}"
WIDEST = 1440  # pixels; the gallery scrolls what is wider, of which there may be little
EXAMPLES = ("neuron", "reuse", "softmax", "xor", "houses", "recurrent", "lstm", "digits")


@pytest.fixture(scope="module")
def gallery() -> ModuleType:
    specification = importlib.util.spec_from_file_location("gallery", PATH)
    assert specification is not None
    assert specification.loader is not None
    module = importlib.util.module_from_spec(specification)
    specification.loader.exec_module(module)
    return module


def test_all_examples_are_known(gallery: ModuleType) -> None:
    assert tuple(gallery.EXAMPLES) == EXAMPLES


def boxes(svg: str) -> list[tuple[Any, Any]]:
    """The corners of all cards; all their texts lie inside and are large enough."""
    found = []
    for card in ElementTree.fromstring(svg).iter(f"{SVG}g"):
        if not (card.get("class") or "").startswith("node"):
            continue
        lines = " ".join(path.get("d", "") for path in card.iter(f"{SVG}path"))
        points = np.array(re.findall(r"(-?[\d.]+),(-?[\d.]+)", lines), float)
        low, high = points.min(axis=0), points.max(axis=0)
        for text in card.iter(f"{SVG}text"):
            place = np.array([float(text.get("x", "nan")), float(text.get("y", "nan"))])
            assert (low < place).all()
            assert (place < high).all()
            assert float(text.get("font-size", "nan")) >= 9
        found.append((low, high))
    return found


@pytest.mark.parametrize("name", EXAMPLES)
def test_pictures_can_be_read(gallery: ModuleType, name: str) -> None:
    svg = draw(gallery.EXAMPLES[name].compute).pipe("svg", encoding="utf-8")
    for (low, high), (lower, higher) in combinations(boxes(svg), 2):
        assert (high < lower).any() or (higher < low).any(), "cards overlap"
    (width,) = re.findall(r'<svg width="(\d+)pt"', svg)
    assert int(width) <= WIDEST


def test_the_gallery_in_a_browser(
    gallery: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """All pictures load; the pages of all examples play to their end; nothing is fetched."""
    monkeypatch.setattr(gallery, "FOLDER", tmp_path)
    gallery.main()
    with chromium() as browser:
        tab = browser.new_page(viewport={"width": 1440, "height": 900})
        wrong: list[str] = []
        tab.on("console", lambda message: wrong.append(message.text))
        tab.on("pageerror", lambda error: wrong.append(str(error)))
        tab.on("request", lambda request: wrong.append(request.url) if "file:" not in request.url else None)
        tab.goto((tmp_path / "index.html").as_uri())
        assert tab.evaluate("[...document.images].every(image => image.naturalWidth > 100)")
        assert tab.evaluate("document.documentElement.scrollWidth <= innerWidth")
        for name in EXAMPLES:
            tab.goto((tmp_path / f"{name}.html").as_uri())
            tab.evaluate("for (let i = 0; i < frames.length; i++) show(i)")
            assert tab.text_content("#phase") == "Done: one sweep, every gradient"
        assert wrong == []


def test_pages_say_what_pictures_say(gallery: ModuleType) -> None:
    example = gallery.EXAMPLES["digits"]
    assert example.title in backprop(example.compute, title=example.title).html()
