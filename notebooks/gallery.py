"""A gallery of backward passes: a picture of each, and a page that plays it step by step.

Run it with ``make gallery``. It writes ``out/gallery/index.html``.
"""

from __future__ import annotations

import html
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from sklearn.datasets import load_digits

import nn
from autograd import Tensor, backprop, draw, tensor
from nn import functional

FOLDER = Path(__file__).resolve().parent.parent / "out" / "gallery"
HOUSES = Path(__file__).with_name("houses.csv")
rng = np.random.default_rng(0)


class Example(NamedTuple):
    """A computation, and what is to be seen in it."""

    title: str
    about: str
    compute: Callable[[], Tensor]


def leaf(name: str, value: Any) -> Tensor:
    """Make a parameter."""
    return tensor(value, requires_grad=True, name=name)


def neuron() -> Tensor:
    """Compute the squared loss of one neuron."""
    w, v, b = leaf("w", -0.5), leaf("v", 0.8), leaf("b", 0.3)
    x, y, t = tensor(2.0, name="x"), tensor(-1.0, name="y"), tensor(1.0, name="t")
    p = w * x
    q = v * y
    s = p + q
    z = s + b
    a = functional.sigmoid(z)
    e = a - t
    L = e**2
    return L


def reuse() -> Tensor:
    """Use one value three times."""
    x = leaf("x", 3.0)
    p = x * x
    y = p + x
    return y


def softmax() -> Tensor:
    """Compute the cross-entropy of three scores by hand."""
    u, v, w = leaf("u", 1.0), leaf("v", 2.0), leaf("w", 0.5)
    a, b, c = np.exp(u), np.exp(v), np.exp(w)
    total = a + b + c
    share = b / total
    L = -np.log(share)
    return L


XOR = nn.MLP([2, 3, 1], activation=nn.Tanh, rng=rng)
HOUSE = nn.Sequential(nn.Linear(2, 5, rng=rng), nn.Sigmoid(), nn.Linear(5, 1, rng=rng))
DIGITS = nn.MLP([64, 128, 10], activation=nn.ReLU, rng=rng)
CELL = nn.LSTMCell(8, 16, rng=rng)
HEAD = nn.Linear(16, 1, rng=rng)


def xor() -> Tensor:
    """Compute the loss of a small network on the four points of XOR."""
    points = np.array([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]])
    truth = np.array([[0.0], [1.0], [1.0], [0.0]])
    logits = XOR(points)
    loss: Tensor = nn.BCEWithLogitsLoss()(logits, truth)
    return loss


def houses() -> Tensor:
    """Compute the loss of the network of the demo on ten houses."""
    table = np.loadtxt(HOUSES, delimiter=",", skiprows=1)
    table = (table - table.mean(axis=0)) / table.std(axis=0)
    prices, truth = HOUSE(table[:, :2]), table[:, 2:]
    loss: Tensor = nn.MSELoss(reduction="sum")(prices, truth)
    return loss


def recurrent() -> Tensor:
    """Feed 50 numbers to a recurrent network whose weights are small."""
    W = leaf("W", 0.3 * np.eye(4) + 0.1)
    h: Any = np.zeros(4)
    for x in rng.normal(size=50):
        h = np.tanh(h @ W + x)
    loss = np.mean(h**2)
    return loss


def lstm() -> Tensor:
    """Feed 50 vectors to an LSTM, and compare what it says last."""
    inputs, truth = rng.normal(size=(50, 4, 8)), rng.normal(size=(4, 1))
    state = None
    for x in inputs:
        state = CELL(x, state)
    loss: Tensor = nn.MSELoss()(HEAD(state[0]), truth)
    return loss


def digits() -> Tensor:
    """Compute the loss of a classifier on 32 images."""
    data = load_digits()
    images, labels = data.data[:32] / 16, data.target[:32]
    logits = DIGITS(images)
    loss: Tensor = nn.CrossEntropyLoss()(logits, labels)
    return loss


EXAMPLES = {
    "neuron": Example("One neuron", "Each edge passes on: upstream gradient × local derivative.", neuron),
    "reuse": Example("A value used again: x·x + x", "What comes back from each use is added up.", reuse),
    "softmax": Example("Softmax and cross-entropy", "By hand: the gradient is share − target.", softmax),
    "xor": Example("XOR", "A network with one hidden layer, on four points.", xor),
    "houses": Example("House prices", "The network of the demo.", houses),
    "recurrent": Example("A gradient that vanishes", "50 steps back it is almost nothing.", recurrent),
    "lstm": Example("An LSTM over 50 steps", "A loop is rolled up; gradients along it are bars.", lstm),
    "digits": Example("Handwritten digits", "A classifier; gradients of arrays, told by their size.", digits),
}

STYLE = """
body { font: 16px/1.45 Helvetica, Arial, sans-serif; color: #1d2833; max-width: 1440px; }
body { margin: auto; padding: 24px; } h1, h2 { margin: 0 0 4px; } p { margin: 0; color: #5a6670; }
figure { margin: 24px 0 36px; } figcaption { margin-bottom: 8px; } a { color: #005a9c; }
.picture { overflow-x: auto; border: 1px solid #c9d0d6; border-radius: 10px; }
"""


def figure(name: str, example: Example) -> str:
    """Draw an example, write its page, and give what the index shows of it."""
    draw(example.compute).render(outfile=FOLDER / f"{name}.svg", cleanup=True)
    backprop(example.compute, title=example.title).save(FOLDER / f"{name}.html")
    title, about = html.escape(example.title), html.escape(example.about)
    return (
        f'<figure id="{name}"><figcaption><h2>{title}</h2>'
        f'<p>{about} <a href="{name}.html">Play it step by step</a></p></figcaption>'
        f'<div class="picture"><img src="{name}.svg" alt="{title}: the graph"></div></figure>'
    )


def main() -> None:
    """Write all pages and the index."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    figures = "\n".join(figure(name, example) for name, example in EXAMPLES.items())
    head = f'<meta charset="utf-8"><title>Backward passes</title><style>{STYLE}</style>'
    page = (
        f'<!DOCTYPE html>\n<html lang="en"><head>{head}</head>\n<body><h1>Backward passes</h1>\n{figures}\n'
    )
    (FOLDER / "index.html").write_text(f"{page}</body></html>\n", "utf-8")
    print(f"{len(EXAMPLES)} backward passes: {FOLDER / 'index.html'}")


if __name__ == "__main__":
    main()
