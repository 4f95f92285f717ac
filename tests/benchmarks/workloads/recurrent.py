"""Recurrent networks over 50 steps, whose last state is classified, in float32."""

from functools import partial
from typing import Any

import numpy as np

from tests.benchmarks.workloads.workload import Problem, Step, Workload, initial_linear

STEPS, BATCH, INPUTS, HIDDEN, CLASSES = 50, 32, 16, 50, 2


def problem(gates: int) -> Problem:
    """Random sequences in random classes, time first."""
    rng = np.random.default_rng(0)
    bound, rows = HIDDEN**-0.5, gates * HIDDEN
    shapes = {"weight_ih_l0": (rows, INPUTS), "weight_hh_l0": (rows, HIDDEN), "bias_ih_l0": (rows,)}
    shapes["bias_hh_l0"] = (rows,)
    parameters = {
        f"recurrent.{name}": rng.uniform(-bound, bound, shape).astype(np.float32)
        for name, shape in shapes.items()
    }
    parameters |= initial_linear(rng, "head", HIDDEN, CLASSES, np.float32)
    x = rng.normal(size=(STEPS, BATCH, INPUTS)).astype(np.float32)
    return Problem(x, rng.integers(0, CLASSES, BATCH), parameters, learning_rate=0.05)


def classify(h: Any, weight: Any, bias: Any, y: Any) -> tuple[Any, Any, list[Any]]:
    """The loss of the last state, its gradient by the state, and those of weight and bias."""
    rows = np.arange(len(y))
    logits = h @ weight.T
    logits += bias
    logits -= np.maximum.reduce(logits, 1, keepdims=True)
    g = np.exp(logits)
    total = np.add.reduce(g, 1, keepdims=True)
    loss = (np.add.reduce(np.log(total), None) - np.add.reduce(logits[rows, y])) / len(y)
    g /= total
    g[rows, y] -= 1
    g /= len(y)
    return loss, g @ weight, [g.T @ h, np.add.reduce(g, 0)]


def descend(problem: Problem, gradients: list[Any]) -> None:
    """One step down all gradients."""
    for parameter, gradient in zip(problem.parameters.values(), gradients, strict=True):
        gradient *= problem.learning_rate
        parameter -= gradient


def numpy_rnn(problem: Problem) -> Step:
    """Derived by hand: all input products at once, batch first."""
    x, y = problem.x, problem.y
    w, u, b, d, v, e = problem.parameters.values()
    rows = x.reshape(-1, INPUTS)

    def step() -> Any:
        z = rows @ w.T
        z += b + d
        z = z.reshape(STEPS, BATCH, HIDDEN)
        h = np.empty((STEPS + 1, BATCH, HIDDEN), z.dtype)
        h[0] = 0
        back = u.T
        for t in range(STEPS):
            new = h[t + 1]
            np.dot(h[t], back, out=new)
            new += z[t]
            np.tanh(new, out=new)
        loss, g, head = classify(h[-1], v, e, y)
        delta = 1 - h[1:] * h[1:]
        for t in reversed(range(STEPS)):
            delta[t] *= g
            g = delta[t] @ u
        flat = delta.reshape(-1, HIDDEN)
        bias = np.add.reduce(flat, 0)
        gradients = [flat.T @ rows, flat.T @ h[:-1].reshape(-1, HIDDEN), bias, bias.copy()]
        descend(problem, gradients + head)
        return loss

    return step


def numpy_lstm(problem: Problem) -> Step:
    """Derived by hand: features before samples, so that each gate is one block, and one tanh for all."""
    x, y = problem.x, problem.y
    w, u, b, d, v, e = problem.parameters.values()
    rows = x.reshape(-1, INPUTS)
    n = HIDDEN
    half = np.repeat(np.array([0.5, 0.5, 1, 0.5], x.dtype), n)[:, None]
    wide = np.repeat(half, BATCH, axis=1)
    rest = 1 - wide

    def step() -> Any:
        z = np.matmul(half * w, x.swapaxes(1, 2))
        z += half * (b + d)[:, None]
        scaled = half * u
        c = np.zeros((STEPS + 1, n, BATCH), x.dtype)
        h = np.zeros((STEPS + 1, n, BATCH), x.dtype)
        tanh_c = np.empty((STEPS, n, BATCH), x.dtype)
        for t in range(STEPS):
            a, new = z[t], c[t + 1]
            a += scaled @ h[t]
            np.tanh(a, out=a)
            a *= wide
            a += rest
            np.multiply(a[n : 2 * n], c[t], out=new)
            new += a[:n] * a[2 * n : 3 * n]
            np.tanh(new, out=tanh_c[t])
            np.multiply(a[3 * n :], tanh_c[t], out=h[t + 1])
        loss, g, head = classify(h[-1].T, v, e, y)
        i, f, m, o = (z[:, k * n : (k + 1) * n] for k in range(4))
        delta = np.empty((STEPS, 4, n, BATCH), x.dtype)
        np.multiply(m * i, 1 - i, out=delta[:, 0])
        np.multiply(c[:-1] * f, 1 - f, out=delta[:, 1])
        np.multiply(i, 1 - m * m, out=delta[:, 2])
        np.multiply(tanh_c * o, 1 - o, out=delta[:, 3])
        of_c = o * (1 - tanh_c * tanh_c)
        dh, dc, back = np.ascontiguousarray(g.T), np.zeros((n, BATCH), x.dtype), u.T
        for t in reversed(range(STEPS)):
            dc += dh * of_c[t]
            delta[t, :3] *= dc
            delta[t, 3] *= dh
            dc *= f[t]
            dh = back @ delta[t].reshape(4 * n, BATCH)
        flat = delta.reshape(STEPS, 4 * n, BATCH).swapaxes(0, 1).reshape(4 * n, -1)
        bias = np.add.reduce(flat, 1)
        gradients = [flat @ rows, flat @ h[:-1].swapaxes(1, 2).reshape(-1, n), bias, bias.copy()]
        descend(problem, gradients + head)
        return loss

    return step


def torch_step(kind: str, problem: Problem) -> Step:
    """PyTorch, eager, as in its tutorials."""
    import torch
    from torch import nn

    recurrent, head = getattr(nn, kind)(INPUTS, HIDDEN), nn.Linear(HIDDEN, CLASSES)
    model = nn.ModuleDict({"recurrent": recurrent, "head": head})
    model.load_state_dict({name: torch.tensor(p) for name, p in problem.parameters.items()})
    optimizer = torch.optim.SGD(model.parameters(), lr=problem.learning_rate)
    loss_function, x, y = nn.CrossEntropyLoss(), torch.tensor(problem.x), torch.tensor(problem.y)
    return recurrent_step(recurrent, head, loss_function, optimizer, x, y)


def chainrule_step(kind: str, problem: Problem) -> Step:
    """Ours, as a user writes it."""
    import autograd
    import nn

    recurrent = getattr(nn, kind)(INPUTS, HIDDEN, dtype=np.float32, rng=0)
    head = nn.Linear(HIDDEN, CLASSES, dtype=np.float32, rng=0)
    model = nn.ModuleDict({"recurrent": recurrent, "head": head})
    model.load_state_dict(problem.parameters)
    optimizer = nn.optim.SGD(model.parameters(), lr=problem.learning_rate)
    loss_function, x, y = nn.CrossEntropyLoss(), autograd.tensor(problem.x), autograd.tensor(problem.y)
    return recurrent_step(recurrent, head, loss_function, optimizer, x, y)


def recurrent_step(recurrent: Any, head: Any, loss_function: Any, optimizer: Any, x: Any, y: Any) -> Step:
    """The step that users write, letter by letter the same in PyTorch and in chainrule."""

    def step() -> Any:
        optimizer.zero_grad()
        output, _ = recurrent(x)
        loss = loss_function(head(output[-1]), y)
        loss.backward()
        optimizer.step()
        return loss

    return step


def recurrent(kind: str, gates: int, numpy_step: Any, bars: dict[str, float]) -> Workload:
    """The workload of one kind of recurrent layer."""
    return Workload(
        name=kind.lower(),
        description=f"{kind} {INPUTS}-{HIDDEN} over {STEPS} steps, batch {BATCH}",
        problem=partial(problem, gates),
        sides={
            "numpy": numpy_step,
            "torch": partial(torch_step, kind),
            "chainrule": partial(chainrule_step, kind),
        },
        bars=bars,
        tolerance=1e-5,
    )


RNN = recurrent("RNN", 1, numpy_rnn, {"numpy": 1.2, "torch": 0.4})
LSTM = recurrent("LSTM", 4, numpy_lstm, {"numpy": 1.2, "torch": 2.0})
