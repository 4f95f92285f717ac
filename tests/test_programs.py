"""Programs written for PyTorch run here after textual replacements."""

import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import nn
from autograd import float32, get_default_dtype, set_default_dtype

Array = np.ndarray[Any, Any]
Start = list[Array]

HOUSES = """
import numpy as np
from matplotlib import pyplot as plt
from torch import float32, no_grad, tensor
from torch.nn import Linear, MSELoss, Sequential, Sigmoid

data = np.array([
    [2104, 3, 399900], [1600, 3, 329900], [2400, 3, 369000], [1416, 2, 232000],
    [3000, 4, 539900], [1985, 4, 299900], [1534, 3, 314900], [1427, 3, 198999],
    [1380, 3, 212000], [1494, 3, 242500]])
x, y = data[:, :2], data[:, 2:]
X_mean, X_std, Y_mean, Y_std = x.mean(axis=0), x.std(axis=0), y.mean(), y.std()
X = tensor((x - X_mean) / X_std, dtype=float32)
Y = tensor((y - Y_mean) / Y_std, dtype=float32)

model = Sequential(Linear(2, 5), Sigmoid(), Linear(5, 1))
with no_grad():
    for param, values in zip(model.parameters(), start):
        param.copy_(tensor(values))

loss_fn = MSELoss(reduction='sum')
learning_rate = 1e-2
losses = []
for t in range(200):
    y_pred = model(X)
    loss = loss_fn(y_pred, Y)
    losses.append(loss.item())
    model.zero_grad()
    loss.backward()
    with no_grad():
        for param in model.parameters():
            param -= learning_rate * param.grad

figure, axes = plt.subplots()
axes.plot(data[:, 2], label='actual')
axes.plot(y_pred.detach().flatten() * Y_std + Y_mean, label='predicted')
figure.canvas.draw()
plotted = axes.lines[1].get_ydata()
plt.close(figure)
"""

CLASSIFIER = """
import numpy as np
import torch
import torch.nn
import torch.optim

class Net(torch.nn.Module):
    def __init__(self):
        super().__init__()
        self.hidden = torch.nn.Linear(2, 8)
        self.act = torch.nn.ReLU()
        self.out = torch.nn.Linear(8, 3)

    def forward(self, x):
        return self.out(self.act(self.hidden(x)))

rng = np.random.default_rng(0)
labels = rng.integers(0, 3, 60)
points = np.array([[0, 2], [2, -1], [-2, -1]])[labels] + rng.normal(size=(60, 2))
X = torch.tensor(points, dtype=torch.float32)
y = torch.tensor(labels, dtype=torch.int64)

model = Net()
with torch.no_grad():
    for param, values in zip(model.parameters(), start):
        param.copy_(torch.tensor(values))

criterion = torch.nn.CrossEntropyLoss()
optimizer = OPTIMIZER
losses = []
model.train()
for epoch in range(20):
    for i in range(0, len(X), 20):
        optimizer.zero_grad()
        loss = criterion(model(X[i:i + 20]), y[i:i + 20])
        loss.backward()
        optimizer.step()
        losses.append(loss.item())

model.eval()
with torch.no_grad():
    accuracy = (model(X).argmax(1) == y).sum().item() / len(y)
"""

IMPORTS = {
    "import torch": "import autograd",
    "import torch.nn as nn": "import nn",
    "from torch import nn": "import nn",
    "import torch.optim as optim": "from nn import optim",
    "import torch.nn.functional as F": "from nn import functional as F",
}
TUTORIAL = re.sub("import torch.*\n", "", CLASSIFIER)
for long, short in (
    ("torch.nn.", "nn."),
    ("self.act(", "F.relu("),
    ("OPTIMIZER", "optim.SGD(model.parameters(), 0.1)"),
):
    TUTORIAL = TUTORIAL.replace(long, short)
TUTORIAL = "\n".join(IMPORTS) + TUTORIAL

SGD = "torch.optim.SGD(model.parameters(), lr=0.1, momentum=0.9)"
ADAM = "torch.optim.Adam(model.parameters(), lr=0.01)"
PROGRAMS = {
    "houses": (HOUSES, [(5, 2), (5,), (1, 5), (1,)]),
    "imports": (TUTORIAL, [(8, 2), (8,), (3, 8), (3,)]),
    "SGD": (CLASSIFIER.replace("OPTIMIZER", SGD), [(8, 2), (8,), (3, 8), (3,)]),
    "Adam": (CLASSIFIER.replace("OPTIMIZER", ADAM), [(8, 2), (8,), (3, 8), (3,)]),
}


def translated(program: str) -> str:
    """The textual replacements; import lines name packages without a dot after them."""
    program = "\n".join(IMPORTS.get(line, line) for line in program.split("\n"))
    program = re.sub(r"\btorch\.nn\b", "nn", program)
    program = re.sub(r"\btorch\.optim\b", "nn.optim", program)
    return re.sub(r"\btorch\b", "autograd", program)


def run(name: str, program: str) -> dict[str, Any]:
    """Run a program from the same weights as always; give its variables."""
    if "matplotlib" in program:
        pytest.importorskip("matplotlib").use("Agg")
    rng = np.random.default_rng(1)
    start = [rng.normal(0, 0.5, shape).astype(np.float32) for shape in PROGRAMS[name][1]]
    variables: dict[str, Any] = {"start": start}
    exec(compile(program, f"<{name}>", "exec"), variables)
    return variables


@pytest.fixture(params=[None, float32], ids=["float64 by default", "float32 by default"])
def default_dtype(request: pytest.FixtureRequest) -> Any:
    before = get_default_dtype()
    set_default_dtype(request.param or before)
    yield get_default_dtype()
    set_default_dtype(before)


@pytest.mark.parametrize("name", PROGRAMS)
def test_a_program_learns(name: str, default_dtype: Any) -> None:
    variables = run(name, translated(PROGRAMS[name][0]))
    assert variables["losses"][-1] < 0.5 * variables["losses"][0]
    assert isinstance(variables["model"], nn.Module)
    assert {p.dtype for p in variables["model"].parameters()} == {default_dtype}


@pytest.mark.parametrize("name", PROGRAMS)
def test_a_program_does_as_with_torch(name: str, default_dtype: Any) -> None:
    pytest.importorskip("torch")
    ours, theirs = run(name, translated(PROGRAMS[name][0])), run(name, PROGRAMS[name][0])
    np.testing.assert_allclose(ours["losses"], theirs["losses"], rtol=2e-4)
    if name == "houses":
        np.testing.assert_allclose(ours["plotted"], theirs["plotted"], rtol=1e-4)
    else:
        assert ours["accuracy"] == theirs["accuracy"]
        assert ours["accuracy"] > 0.8


def test_the_readme_says_what_becomes_of_imports() -> None:
    readme = (Path(__file__).parent.parent / "README.md").read_text()
    for theirs, ours in IMPORTS.items():
        assert re.search(rf"`{theirs}`[^.,]* becomes\s`{ours}`", readme), theirs
