"""Two networks trained on real data: the prices of ten houses, and images of handwritten digits.

Run it with ``make demo``. It prints a table of results and draws pictures in ``out/``.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import graphviz
import matplotlib as mpl
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import EngFormatter, FixedLocator, NullLocator
from numpy.typing import NDArray
from sklearn.datasets import load_digits
from sklearn.metrics import confusion_matrix
from sklearn.model_selection import train_test_split
from sklearn.preprocessing import StandardScaler
from tqdm import tqdm

import autograd
import nn

Array = NDArray[np.float64]
Indices = NDArray[np.intp]

HOUSES = Path(__file__).with_name("houses.csv")
PICTURES = Path(__file__).resolve().parent.parent / "out"


def progress(name: str, count: int) -> Iterable[int]:
    """Count up to ``count`` under a progress bar."""
    return tqdm(range(count), desc=f"{name:<18}", ncols=80, mininterval=0.5)


# ---------------------------------------------------------------- houses: area, bedrooms -> price

HOUSE_STEPS = 100_000
HOUSE_RATE = 1e-4
HOUSE_TOLERANCE = 1e-8


@dataclass
class HouseRun:
    """What one training of the house network leaves behind."""

    losses: Array
    weights: dict[str, Array]
    predictions: Array
    seconds: float


def house_network() -> nn.Sequential:
    """Two inputs, five sigmoid units, one linear output."""
    rng = np.random.default_rng(0)
    return nn.Sequential(nn.Linear(2, 5, rng=rng), nn.Sigmoid(), nn.Linear(5, 1, rng=rng))


def weights_of(model: nn.Sequential) -> dict[str, Array]:
    """Copy the weights, by name."""
    return {name: np.array(value) for name, value in model.state_dict().items()}


def train_houses(model: nn.Sequential, x: Array, y: Array) -> HouseRun:
    """Train on all houses at once; the engine finds the derivatives."""
    loss_of = nn.MSELoss(reduction="sum")
    optimiser = nn.optim.SGD(model.parameters(), lr=HOUSE_RATE)
    losses = np.empty(HOUSE_STEPS)

    start = time.perf_counter()
    for step in progress("Houses, chainrule", HOUSE_STEPS):
        optimiser.zero_grad()
        loss = loss_of(model(x), y)
        loss.backward()
        optimiser.step()
        losses[step] = loss.item()
    seconds = time.perf_counter() - start

    with autograd.no_grad():
        predictions = model(x).numpy()
    return HouseRun(losses, weights_of(model), predictions, seconds)


def train_houses_by_hand(weights: dict[str, Array], x: Array, y: Array) -> HouseRun:
    """Train the same network in plain NumPy, with the chain rule written out by hand."""
    w1, b1 = weights["0.weight"].copy(), weights["0.bias"].copy()
    w2, b2 = weights["2.weight"].copy(), weights["2.bias"].copy()
    losses = np.empty(HOUSE_STEPS)

    start = time.perf_counter()
    for step in progress("Houses, by hand", HOUSE_STEPS):
        hidden = 1 / (1 + np.exp(-(x @ w1.T + b1)))
        error = hidden @ w2.T + b2 - y
        losses[step] = (error**2).sum()

        d_output = 2 * error
        d_hidden = d_output @ w2 * hidden * (1 - hidden)
        w2 -= HOUSE_RATE * (d_output.T @ hidden)
        b2 -= HOUSE_RATE * d_output.sum(axis=0)
        w1 -= HOUSE_RATE * (d_hidden.T @ x)
        b1 -= HOUSE_RATE * d_hidden.sum(axis=0)
    seconds = time.perf_counter() - start

    predictions = 1 / (1 + np.exp(-(x @ w1.T + b1))) @ w2.T + b2
    trained = {"0.weight": w1, "0.bias": b1, "2.weight": w2, "2.bias": b2}
    return HouseRun(losses, trained, predictions, seconds)


def largest_difference(run: HouseRun, other: HouseRun) -> float:
    """Compare the loss of every step, every final weight and every prediction."""
    pairs = [(run.losses, other.losses), (run.predictions, other.predictions)]
    pairs += [(run.weights[name], other.weights[name]) for name in other.weights]
    return float(np.max([np.abs(a - b).max() for a, b in pairs]))


# ------------------------------------------------------------------- digits: 8x8 images -> 0 to 9

DIGIT_SEEDS = range(5)
DIGIT_LAYERS = (64, 128, 10)
DIGIT_EPOCHS = 30
DIGIT_BATCH = 32
DIGIT_RATE = 3e-3
DIGIT_ACCURACY = 0.97


@dataclass
class DigitRun:
    """One training of the digit classifier, and its answers on images it has not seen."""

    seed: int
    losses: Array
    images: Indices
    labels: Indices
    answers: Indices
    seconds: float

    @property
    def misread(self) -> int:
        """How many answers are wrong."""
        return int((self.answers != self.labels).sum())

    @property
    def accuracy(self) -> float:
        """The fraction of right answers."""
        return 1 - self.misread / len(self.labels)


def mean_accuracy(runs: list[DigitRun]) -> float:
    """Average the accuracy over the seeds."""
    return sum(run.accuracy for run in runs) / len(runs)


def train_digits(pixels: Array, labels: Indices, seed: int) -> DigitRun:
    """Split, train and test; the seed decides on the split, the first weights and the batches."""
    start = time.perf_counter()
    train, test = train_test_split(np.arange(len(labels)), test_size=0.25, stratify=labels, random_state=seed)
    scaler = StandardScaler().fit(pixels[train])
    x_train, x_test = scaler.transform(pixels[train]), scaler.transform(pixels[test])

    rng = np.random.default_rng(seed)
    inputs, hidden, classes = DIGIT_LAYERS
    model = nn.Sequential(nn.Linear(inputs, hidden, rng=rng), nn.ReLU(), nn.Linear(hidden, classes, rng=rng))
    optimiser = nn.optim.Adam(model.parameters(), lr=DIGIT_RATE)
    data = x_train, labels[train]
    history = nn.fit(model, data, nn.CrossEntropyLoss(), optimiser, DIGIT_EPOCHS, DIGIT_BATCH, rng=rng)

    with autograd.no_grad():
        answers = model(x_test).argmax(axis=1)
    seconds = time.perf_counter() - start
    return DigitRun(seed, np.array(history["loss"]), test, labels[test], answers, seconds)


# ---------------------------------------------------------------------------------------- pictures

# The palette of Okabe and Ito, which colour-blind readers can tell apart.
BLACK, BLUE, SKY = "#000000", "#0072B2", "#56B4E9"
ORANGE, GREEN, PURPLE = "#D55E00", "#009E73", "#CC79A7"

STYLE = {
    "font.size": 11,
    "axes.titlesize": 12,
    "axes.titleweight": "bold",
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.grid": True,
    "axes.titlepad": 10,
    "grid.color": "#e4e4e4",
    "axes.axisbelow": True,
    "legend.edgecolor": "none",
    "legend.framealpha": 0.9,
    "savefig.dpi": 150,
    "savefig.facecolor": "white",
}


def draw_losses(ours: HouseRun, by_hand: HouseRun, digits: list[DigitRun]) -> Figure:
    """Draw the loss of both networks while they train."""
    figure = Figure(figsize=(11, 4.4), layout="constrained")
    left, right = figure.subplots(1, 2)

    steps = np.arange(1, HOUSE_STEPS + 1)
    left.loglog(steps, ours.losses, color=SKY, linewidth=5, solid_capstyle="round", label="chainrule")
    left.loglog(steps, by_hand.losses, "--", color=BLACK, linewidth=1.3, label="NumPy, by hand")
    left.yaxis.set_major_locator(FixedLocator([1, 2, 5, 10, 20]))
    left.yaxis.set_major_formatter("{x:g}")
    left.yaxis.set_minor_locator(NullLocator())
    left.xaxis.set_major_formatter(EngFormatter(sep=""))
    left.set_title("House prices")
    left.set_xlabel("Step")
    left.set_ylabel("Sum of squared errors (standardised prices)")
    left.legend()

    epochs = np.arange(1, DIGIT_EPOCHS + 1)
    for run, colour in zip(digits, (BLUE, ORANGE, GREEN, PURPLE, BLACK), strict=True):
        right.semilogy(epochs, run.losses, color=colour, label=f"seed {run.seed}")
    right.set_title("Digits")
    right.set_xlabel("Epoch")
    right.set_ylabel("Mean cross-entropy (nats)")
    right.legend()
    return figure


def draw_prices(bedrooms: Array, actual: Array, predicted: Array) -> Figure:
    """Draw predicted against actual prices."""
    figure = Figure(figsize=(6, 6), layout="compressed")
    axes = figure.subplots()
    both = np.concatenate([actual, predicted])
    margin = 0.08 * np.ptp(both)
    limits = (both.min() - margin, both.max() + margin)

    axes.plot(limits, limits, color="#999999", linewidth=1.2, label="predicted = actual")
    for count, colour, marker in ((2, GREEN, "^"), (3, BLUE, "o"), (4, ORANGE, "s")):
        chosen = bedrooms == count
        axes.plot(
            actual[chosen], predicted[chosen], marker,
            color=colour, markersize=9, markeredgecolor="white", label=f"{count} bedrooms",
        )  # fmt: skip
    axes.set(xlim=limits, ylim=limits, aspect="equal")
    axes.set_title("House prices")
    axes.set_xlabel("Actual price (thousand dollars)")
    axes.set_ylabel("Predicted price (thousand dollars)")
    axes.legend(loc="upper left")
    return figure


def draw_confusion(axes: Axes, runs: list[DigitRun]) -> None:
    """Draw the confusion matrix of all runs; the more a mistake is made, the darker its square."""
    counts = sum(confusion_matrix(run.labels, run.answers, labels=range(10)) for run in runs)
    mistakes = counts - np.diag(np.diag(counts))
    axes.imshow(np.ma.masked_equal(mistakes, 0), cmap="Oranges", vmin=0, vmax=1.5 * mistakes.max())
    axes.imshow(np.where(np.eye(10), 0.15, np.nan), cmap="Blues", vmin=0, vmax=1)
    for (label, answer), count in np.ndenumerate(counts):
        if count:
            axes.text(answer, label, str(count), ha="center", va="center", fontsize=10)

    between = np.arange(0.5, 9)
    axes.set_xticks(range(10))
    axes.set_yticks(range(10))
    axes.set_xticks(between, minor=True)
    axes.set_yticks(between, minor=True)
    axes.grid(visible=False)
    axes.grid(which="minor")
    axes.tick_params(which="both", length=0)
    axes.set_title(f"{counts.sum():,} answers of {len(runs)} networks, {mistakes.sum()} of them wrong")
    axes.set_xlabel("Answer of the network")
    axes.set_ylabel("True digit")


def draw_digits(images: Array, runs: list[DigitRun]) -> Figure:
    """Draw the confusion matrix, and the mistakes that most networks made."""
    mistakes = Counter(
        (image, label, answer)
        for run in runs
        for image, label, answer in zip(run.images, run.labels, run.answers, strict=True)
        if answer != label
    )
    figure = Figure(figsize=(11.5, 5.6), layout="constrained")
    left, right = figure.subfigures(1, 2)
    draw_confusion(left.subplots(), runs)

    right.suptitle("Misread digits", weight="bold", fontsize=12)
    grid = right.subplots(3, 4, subplot_kw={"xticks": [], "yticks": []})
    for axes, ((image, label, answer), _) in zip(grid.flat, mistakes.most_common(12), strict=False):
        axes.imshow(images[image], cmap="gray_r")
        axes.set_title(f"{label} read as {answer}", fontsize=11, weight="normal")
        axes.spines[:].set(visible=True, color="#cccccc")
    return figure


def draw_backward_pass(x: Array, y: Array) -> None:
    """Draw the graph of one backward pass through the untrained house network."""
    model = house_network()
    loss = nn.MSELoss(reduction="sum")(model(x), y)
    loss.backward()
    graph = autograd.draw(loss)
    graph.render(outfile=PICTURES / "backward_pass.svg", cleanup=True)
    try:
        graph.render(outfile=PICTURES / "backward_pass.png", cleanup=True)
    except graphviz.ExecutableNotFound as error:  # a small container
        print(f"\nThere is no backward_pass.png: {error}")


# ---------------------------------------------------------------------------------- the whole job


def print_house_results(ours: HouseRun, by_hand: HouseRun, difference: float) -> None:
    """Print a short table of both trainings of the house network."""
    print(f"\nHouse prices: 2-5-1, {HOUSE_STEPS:,} steps at rate {HOUSE_RATE:g}")
    print(f"  {'':<16}{'first loss':>12}{'last loss':>12}{'seconds':>10}")
    for name, run in (("chainrule", ours), ("NumPy, by hand", by_hand)):
        first, last = run.losses[[0, -1]]
        print(f"  {name:<16}{first:>12.6f}{last:>12.6f}{run.seconds:>10.1f}")
    print(f"  largest difference in any loss, weight or prediction: {difference:.1e}")


def print_digit_results(runs: list[DigitRun]) -> None:
    """Print a short table of the digit classifiers."""
    layers = "-".join(map(str, DIGIT_LAYERS))
    print(f"\nDigits: {layers}, {DIGIT_EPOCHS} epochs, batches of {DIGIT_BATCH}")
    print(f"  {'seed':<6}{'accuracy':>10}{'misread':>12}{'seconds':>10}")
    for run in runs:
        print(f"  {run.seed:<6}{run.accuracy:>10.1%}{run.misread:>12}{run.seconds:>10.1f}")
    misread, seconds = sum(run.misread for run in runs), sum(run.seconds for run in runs)
    print(f"  {'all':<6}{mean_accuracy(runs):>10.1%}{misread:>12}{seconds:>10.1f}")


def main() -> None:
    """Train both networks, check the results, print and draw them."""
    houses = np.loadtxt(HOUSES, delimiter=",", skiprows=1)
    price_scaler = StandardScaler()
    x = StandardScaler().fit_transform(houses[:, :2])
    y = price_scaler.fit_transform(houses[:, 2:])

    model = house_network()
    first_weights = weights_of(model)
    ours = train_houses(model, x, y)
    by_hand = train_houses_by_hand(first_weights, x, y)
    difference = largest_difference(ours, by_hand)

    digits = load_digits()
    runs = [train_digits(digits.data, digits.target, seed) for seed in DIGIT_SEEDS]

    print_house_results(ours, by_hand, difference)
    print_digit_results(runs)

    PICTURES.mkdir(exist_ok=True)
    predicted = price_scaler.inverse_transform(ours.predictions)[:, 0]
    with mpl.rc_context(STYLE):
        draw_losses(ours, by_hand, runs).savefig(PICTURES / "losses.png")
        draw_prices(houses[:, 1], houses[:, 2] / 1000, predicted / 1000).savefig(PICTURES / "prices.png")
        draw_digits(digits.images, runs).savefig(PICTURES / "digits.png")
    draw_backward_pass(x, y)

    print(f"\nPictures in {PICTURES}:")
    print("  losses.png         the loss of both networks while they train")
    print("  prices.png         predicted against actual prices")
    print("  digits.png         the confusion matrix, and misread digits")
    print("  backward_pass.*    the graph of one backward pass")

    if not difference <= HOUSE_TOLERANCE:
        raise SystemExit(f"The two house trainings differ by more than {HOUSE_TOLERANCE:g}.")
    if mean_accuracy(runs) < DIGIT_ACCURACY:
        raise SystemExit(f"The digit classifiers are right less often than {DIGIT_ACCURACY:.0%}.")


if __name__ == "__main__":
    main()
