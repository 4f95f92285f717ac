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
    """The loss of the last state, of shape (H, B), its gradient by it, and those of weight and bias."""
    samples = np.arange(len(y))
    logits = weight.dot(h)
    logits += bias[:, None]
    logits -= np.maximum.reduce(logits, 0)
    g = np.exp(logits)
    total = np.add.reduce(g, 0)
    loss = (np.add.reduce(np.log(total)) - np.add.reduce(logits[y, samples])) / len(y)
    g /= total
    g[y, samples] -= 1
    g /= len(y)
    return loss, weight.T.dot(g), [g.dot(h.T), np.add.reduce(g, 1)]


def descend(problem: Problem, gradients: list[Any]) -> None:
    """One step down all gradients."""
    for parameter, gradient in zip(problem.parameters.values(), gradients, strict=True):
        gradient *= problem.learning_rate
        parameter -= gradient


# Derived by hand. Features come before samples, so that each gate is one block of memory. A step's
# gates are one product, [U W b] [h; x; 1], and so is the gradient of all weights. Memory is reserved
# once, with views of it for each step; what depends on the batch is done in every step.


def room(x: Any) -> Any:
    """Memory for [h; x; 1] of all steps, with the first state and the ones filled in."""
    inputs = np.zeros((STEPS + 1, HIDDEN + INPUTS + 1, BATCH), x.dtype)
    inputs[:, -1] = 1
    return inputs


def weight_gradients(delta: Any, inputs: Any) -> list[Any]:
    """The gradients of W, U and both biases from those of all gates: Σₜ δₜ [hₜ₋₁; xₜ; 1]ᵀ."""
    flat = delta.swapaxes(0, 1).reshape(delta.shape[1], -1)
    found = flat.dot(inputs[:-1].swapaxes(1, 2).reshape(-1, inputs.shape[1]))
    bias = found[:, -1]
    return [found[:, HIDDEN:-1], found[:, :HIDDEN], bias, bias.copy()]


def numpy_rnn(problem: Problem) -> Step:
    """The simple recurrent network."""
    x, y = problem.x, problem.y
    w, u, b, d, v, e = problem.parameters.values()
    inputs, delta = room(x), np.empty((STEPS, HIDDEN, BATCH), x.dtype)
    h, back = inputs[1:, :HIDDEN], u.T
    forwards, backwards = list(zip(inputs[:-1], h, strict=True)), list(delta[::-1])

    def step() -> Any:
        inputs[:-1, HIDDEN:-1] = x.swapaxes(1, 2)
        weights = np.concatenate([u, w, (b + d)[:, None]], axis=1)
        for before, state in forwards:
            weights.dot(before, out=state)
            np.tanh(state, out=state)
        loss, g, head = classify(h[-1], v, e, y)
        np.square(h, out=delta)
        np.subtract(1, delta, out=delta)
        for now in backwards:
            now *= g
            back.dot(now, out=g)
        descend(problem, weight_gradients(delta, inputs) + head)
        return loss

    return step


def numpy_lstm(problem: Problem) -> Step:
    """The LSTM. One tanh serves all gates: σ(a) = ½ tanh(½ a) + ½."""
    x, y = problem.x, problem.y
    w, u, b, d, v, e = problem.parameters.values()
    n = HIDDEN
    half = np.repeat(np.array([0.5, 0.5, 1, 0.5], x.dtype), n)[:, None]
    wide = np.repeat(half, BATCH, axis=1)
    rest = 1 - wide
    inputs = room(x)
    gates, delta = np.empty((2, STEPS, 4, n, BATCH), x.dtype)
    tanh_c, of_c = np.empty((2, STEPS, n, BATCH), x.dtype)
    terms = np.empty((STEPS, 2, n, BATCH), x.dtype)  # i m and f c, which add up to the next c
    c, h, back = np.empty((n, BATCH), x.dtype), inputs[1:, :n], u.T
    i, f, m, o = gates.swapaxes(0, 1)
    products, flat = gates.reshape(STEPS, 4 * n, BATCH), delta.reshape(STEPS, 4 * n, BATCH)
    forwards = list(zip(inputs[:-1], products, gates, terms, tanh_c, h, strict=True))
    backwards = list(zip(delta[::-1, :3], delta[::-1, 3], flat[::-1], of_c[::-1], f[::-1], strict=True))

    def step() -> Any:
        inputs[:-1, n:-1] = x.swapaxes(1, 2)
        weights = half * np.concatenate([u, w, (b + d)[:, None]], axis=1)
        c[:] = 0
        for before, a, (i_t, f_t, m_t, o_t), (new, kept), tanh, state in forwards:
            weights.dot(before, out=a)
            np.tanh(a, out=a)
            a *= wide
            a += rest
            np.multiply(i_t, m_t, out=new)
            np.multiply(f_t, c, out=kept)
            np.add(new, kept, out=c)
            np.tanh(c, out=tanh)
            np.multiply(o_t, tanh, out=state)
        loss, dh, head = classify(h[-1], v, e, y)
        np.subtract(1, gates, out=delta)
        delta[:, :2] *= terms  # m σ' = m i (1 - i); c and tanh c likewise
        delta[:, 3] *= h
        np.multiply(terms[:, 0], m, out=delta[:, 2])
        np.subtract(i, delta[:, 2], out=delta[:, 2])  # i tanh' = i - i m²
        np.multiply(h, tanh_c, out=of_c)
        np.subtract(o, of_c, out=of_c)
        dc = np.zeros((n, BATCH), x.dtype)
        for by_c, by_h, by_all, slope, forget in backwards:
            dc += dh * slope
            by_c *= dc
            by_h *= dh
            dc *= forget
            back.dot(by_all, out=dh)
        descend(problem, weight_gradients(flat, inputs) + head)
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
