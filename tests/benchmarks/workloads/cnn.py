"""A convolutional network for images of digits, with softmax and cross-entropy, in float32."""

from typing import Any

import numpy as np
from numpy.lib.stride_tricks import as_strided

from tests.benchmarks.workloads.workload import Problem, Step, Workload, initial_linear, training_step


def problem() -> Problem:
    """Random images in random classes: the time of a step does not depend on what they show."""
    rng = np.random.default_rng(0)
    parameters: dict[str, np.ndarray] = {}
    for name, inputs, outputs in ("0", 1, 32), ("3", 32, 64):
        drawn = initial_linear(rng, name, 9 * inputs, outputs, np.float32)
        drawn[f"{name}.weight"] = drawn[f"{name}.weight"].reshape(outputs, inputs, 3, 3)
        parameters |= drawn
    parameters |= initial_linear(rng, "7", 1600, 128, np.float32)
    parameters |= initial_linear(rng, "9", 128, 10, np.float32)
    x = rng.normal(size=(32, 1, 28, 28)).astype(np.float32)
    return Problem(x, rng.integers(0, 10, 32), parameters, learning_rate=0.05)


def columns(x: np.ndarray) -> np.ndarray:
    """The 3 x 3 windows of images (rows, height, width, channels) as rows of a matrix."""
    rows, height, width, channels = x.shape
    shape = (rows, height - 2, width - 2, 3, 3, channels)
    windows = as_strided(x, shape, (*x.strides[:3], *x.strides[1:3], x.strides[3]))
    if channels > 1:
        return windows.reshape(-1, 9 * channels)
    copy = np.empty((9, rows * (height - 2) * (width - 2)), x.dtype)  # in longer runs
    copy.reshape(3, 3, *shape[:3])[...] = np.moveaxis(windows[..., 0], (3, 4), (0, 1))
    return copy.T


def numpy_step(problem: Problem) -> Step:
    """Derived by hand; images are (rows, height, width, channels). Updates the parameters in place."""
    x, y, rate = np.moveaxis(problem.x, 1, -1), problem.y, problem.learning_rate
    w1, b1, w2, b2, w3, b3, w4, b4 = parameters = list(problem.parameters.values())
    batch = len(x)
    rows = np.arange(batch)
    corners = [(slice(None), slice(i, None, 2), slice(j, None, 2)) for i in (0, 1) for j in (0, 1)]

    def matrix(kernels: np.ndarray) -> np.ndarray:
        return np.moveaxis(kernels, 1, -1).reshape(len(kernels), -1)

    def kernels(matrix: np.ndarray, like: np.ndarray) -> np.ndarray:
        outputs, channels = like.shape[:2]
        return np.moveaxis(matrix.reshape(outputs, 3, 3, channels), -1, 1)

    def convolved(x: np.ndarray, w: np.ndarray, b: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        windows = columns(x)
        h = windows @ matrix(w).T
        h += b
        np.maximum(h, 0, out=h)
        return windows, h.reshape(batch, x.shape[1] - 2, x.shape[2] - 2, len(w))

    def pooled(h: np.ndarray) -> np.ndarray:
        n = h.shape[1] // 2 * 2
        first, second, third, fourth = (h[:, :n, :n][corner] for corner in corners)
        out = np.maximum(first, second)
        np.maximum(out, third, out=out)
        return np.maximum(out, fourth, out=out)

    def unpooled(g: np.ndarray, h: np.ndarray, out: np.ndarray) -> np.ndarray:
        """To all maxima above 0; of those at 0, where several may be, ReLU lets nothing pass."""
        n = h.shape[1] // 2 * 2
        result = np.zeros_like(h)
        g = g * (out > 0)
        for corner in corners:
            np.multiply(g, h[:, :n, :n][corner] == out, out=result[:, :n, :n][corner])
        return result

    def step() -> Any:
        windows1, h1 = convolved(x, w1, b1)
        p1 = pooled(h1)
        windows2, h2 = convolved(p1, w2, b2)
        p2 = pooled(h2)
        flat = np.moveaxis(p2, -1, 1).reshape(batch, -1)
        h3 = flat @ w3.T
        h3 += b3
        np.maximum(h3, 0, out=h3)
        logits = h3 @ w4.T
        logits += b4
        logits -= np.maximum.reduce(logits, 1, keepdims=True)  # so that exp cannot overflow
        g4 = np.exp(logits)
        total = np.add.reduce(g4, 1, keepdims=True)
        loss = (np.add.reduce(np.log(total), None) - np.add.reduce(logits[rows, y])) / batch

        g4 /= total  # the softmax; minus the one-hot targets it is the gradient of the logits
        g4[rows, y] -= 1
        g4 /= batch
        g3 = g4 @ w4
        g3 *= h3 > 0
        g_p2 = np.moveaxis((g3 @ w3).reshape(batch, 64, 5, 5), 1, -1)
        g2 = unpooled(g_p2, h2, p2).reshape(-1, 64)
        g_p1 = np.zeros_like(p1)
        for i in range(3):
            for j in range(3):
                g_p1[:, i : i + 11, j : j + 11] += (g2 @ w2[:, :, i, j]).reshape(batch, 11, 11, 32)
        g1 = unpooled(g_p1, h1, p1).reshape(-1, 32)
        gradients = (
            kernels(g1.T @ windows1, w1),
            np.ones(len(g1), g1.dtype) @ g1,  # a product: sums of columns are slower
            kernels(g2.T @ windows2, w2),
            np.ones(len(g2), g2.dtype) @ g2,
            g3.T @ flat,
            np.add.reduce(g3, 0),
            g4.T @ h3,
            np.add.reduce(g4, 0),
        )
        for parameter, gradient in zip(parameters, gradients, strict=True):
            gradient *= rate
            parameter -= gradient
        return loss

    return step


def network(nn: Any, dtype: Any) -> Any:
    """The network, letter by letter the same in PyTorch and in chainrule."""
    return nn.Sequential(
        nn.Conv2d(1, 32, 3, dtype=dtype),
        nn.ReLU(),
        nn.MaxPool2d(2),
        nn.Conv2d(32, 64, 3, dtype=dtype),
        nn.ReLU(),
        nn.MaxPool2d(2),
        nn.Flatten(),
        nn.Linear(1600, 128, dtype=dtype),
        nn.ReLU(),
        nn.Linear(128, 10, dtype=dtype),
    )


def torch_step(problem: Problem) -> Step:
    """PyTorch, eager, as in its tutorials."""
    import torch

    model = network(torch.nn, torch.float32)
    model.load_state_dict({name: torch.tensor(p) for name, p in problem.parameters.items()})
    optimizer = torch.optim.SGD(model.parameters(), lr=problem.learning_rate)
    x, y = torch.tensor(problem.x), torch.tensor(problem.y)
    return training_step(model, torch.nn.CrossEntropyLoss(), optimizer, x, y)


def chainrule_step(problem: Problem) -> Step:
    """Ours, as a user writes it."""
    import autograd
    import nn

    model = network(nn, np.float32)
    model.load_state_dict(problem.parameters)
    optimizer = nn.optim.SGD(model.parameters(), lr=problem.learning_rate)
    x, y = autograd.tensor(problem.x), autograd.tensor(problem.y)
    return training_step(model, nn.CrossEntropyLoss(), optimizer, x, y)


CNN = Workload(
    name="cnn",
    description="28 x 28, two 3 x 3 convolutions with pools, batch 32",
    problem=problem,
    sides={"numpy": numpy_step, "torch": torch_step, "chainrule": chainrule_step},
    bars={"numpy": 1.2, "torch": 1.2},
    tolerance=1e-5,
)
