"""What shows itself in notebooks: in a real one, converted by nbconvert, and where little is allowed."""

from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import numpy as np
import pytest

from autograd import as_tensor
from tests.browser import chromium

SETUP = """
import numpy as np
import nn
from autograd import backprop, compare_gradients, draw, gradcheck, tensor
from nn.diagnostics import health
w = tensor([[1.0, -2.0], [0.5, 3.0]], requires_grad=True, name="<w>")
loss = np.sum(np.tanh(w @ tensor([1.0, 2.0])))
loss.backward()
model = nn.Sequential(nn.Linear(2, 3, rng=0), nn.Tanh(), nn.Linear(3, 1, rng=0))
x = np.random.default_rng(0).normal(size=(20, 2))
optimiser = nn.optim.SGD(model.parameters(), lr=0.1)
"""

# Cells, and words that must be seen below them.
SHOWN = {
    "w": ("<w>: Tensor, shape (2, 2), float64, requires_grad", "value", "-2", "grad", "9.041e-06"),
    "loss": ("Tensor, shape (), float64, from np.sum", "0.004941"),
    "tensor(np.arange(300.0).reshape(20, 15))": ("shape (20, 15)", "…", "299"),
    "tensor(np.zeros((2, 3, 4)))": ("shape (2, 3, 4)", "[[[0., 0., 0., 0.],"),
    "nn.Parameter(np.zeros(0))": ("Parameter, shape (0,)",),
    "model": ("Sequential, 13 parameters", "Linear(in_features=2, out_features=3, bias=True)"),
    "nn.fit(model, (x, x[:, :1]), nn.MSELoss(), optimiser, epochs=3, progress=False)": ("epoch", "loss", "3"),
    "nn.summary(model, 2)": ("Output shape", "Parameters: 13"),
    "health(model, (x, x[:, :1]), nn.MSELoss())": ("Nothing wrong was found", "Layer"),
    "gradcheck(np.tanh, np.array([0.5, 1.0]), order=2)": ("derivatives are right to order 2", "verdict"),
    "compare_gradients({'w': np.ones((2, 2))}, {'w': w})": ("compare_gradients: 0 of 1 agree", "different"),
    "draw(loss)": (),  # a picture
    "backprop(loss)": (),
}
OUTPUTS = "[...document.querySelectorAll('.jp-OutputArea-output')]"


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Run the cells in a kernel, and convert what they show to HTML."""
    for package in "nbformat", "nbclient", "nbconvert", "ipykernel":
        pytest.importorskip(package, reason=f"needs {package}")
    import nbclient
    import nbconvert
    import nbformat

    cells = [nbformat.v4.new_code_cell(source) for source in (SETUP, *SHOWN)]
    notebook = nbformat.v4.new_notebook(cells=cells)
    nbclient.NotebookClient(notebook, timeout=60).execute()
    html, _ = nbconvert.HTMLExporter(template_name="lab").from_notebook_node(notebook)
    path: Path = tmp_path_factory.mktemp("notebook") / "notebook.html"
    path.write_text(html, "utf-8")
    return path


@pytest.mark.parametrize("dtype", [float, np.float16, int, np.uint8, bool])
@pytest.mark.parametrize("shape", [(), (0,), (3,), (1, 0), (2, 3), (90, 90), (2, 0, 2), (20, 20, 20)])
def test_a_tensor_shows_itself_whatever_it_holds(dtype: Any, shape: tuple[int, ...]) -> None:
    x = as_tensor(np.zeros(shape, dtype))
    x.name = "<script>&"
    (about, table) = ElementTree.fromstring(f"<div>{x._repr_html_()}</div>")
    assert "".join(about.itertext()).startswith(f"<script>&: Tensor, shape {shape}, ")
    assert len(list(table.iter("td"))) <= 64
    assert len(x._repr_html_()) < 10_000


def test_everything_shows_itself(page: Path) -> None:
    with chromium() as browser:
        tab = opened(browser, page)
        check(tab)
        assert pictures(tab) == 1
        assert tab.frame_locator("iframe").locator("#phase").is_visible()
        tab.screenshot(path=page.with_suffix(".png"), full_page=True)


def test_everything_shows_itself_without_scripts_styles_and_frames(page: Path) -> None:
    """So does JupyterLab before a notebook is trusted, and so do sites that show notebooks."""
    with chromium() as browser:
        tab = opened(browser, page)
        tab.evaluate("document.querySelectorAll('main :is(script, style, iframe)').forEach(x => x.remove())")
        check(tab)
        assert pictures(tab) == 2  # the player has one for this case


def opened(browser: Any, page: Path) -> Any:
    """Open the page without a network: what nbconvert wants from there is for others."""
    tab = browser.new_page(viewport={"width": 1200, "height": 900})
    tab.route("http*://**", lambda route: route.abort())
    tab.goto(page.as_uri())
    return tab


def pictures(tab: Any) -> Any:
    """Count the pictures that are seen."""
    return tab.evaluate(
        "[...document.images].filter(x => x.naturalWidth > 100 && x.checkVisibility()).length"
    )


def check(tab: Any) -> None:
    texts = tab.evaluate(f"{OUTPUTS}.map(output => output.innerText)")
    heights = tab.evaluate(f"{OUTPUTS}.map(output => output.clientHeight)")
    assert len(texts) == len(SHOWN)
    for source, text, height in zip(SHOWN, texts, heights, strict=True):
        assert height > 20, source
        for words in SHOWN[source]:
            assert words in text, (source, text)
