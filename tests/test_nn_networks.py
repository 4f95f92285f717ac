"""Whole networks of layers: they learn as PyTorch's do, the same from every seed, and they copy."""

import copy
import pickle
from typing import Any

import numpy as np
import pytest

import nn
from autograd import draw
from tests.nn_peers import close, drawn, same_state

LABELS = np.array([3, 1, 4, 1, 5, 9])
IMAGES = drawn((6, 1, 16, 16))


def network(library: Any) -> Any:
    """Layers of most kinds, in our library or PyTorch's."""
    return library.Sequential(
        library.Conv2d(1, 6, 5, padding=2),
        library.BatchNorm2d(6),
        library.ReLU(),
        library.AvgPool2d(2),
        library.Conv2d(6, 8, 3, groups=2, bias=False),
        library.Tanh(),
        library.MaxPool2d(3, stride=2, padding=1),
        library.AdaptiveAvgPool2d((2, None)),
        library.Flatten(),
        library.LayerNorm(48),
        library.Linear(48, 10),
    )


def with_dropout(seed: int) -> Any:
    rng = np.random.default_rng(seed)
    return nn.Sequential(
        nn.Conv2d(1, 4, 3, stride=2, rng=rng),
        nn.BatchNorm2d(4),
        nn.ReLU(),
        nn.Dropout2d(0.2, rng=rng),
        nn.Flatten(),
        nn.Dropout(0.5, rng=rng),
        nn.Linear(196, 10, rng=rng),
    )


def learn(model: Any, loss: Any, optimizer: Any, x: Any, y: Any) -> None:
    for _ in range(5):
        optimizer.zero_grad()
        loss(model(x), y).backward()
        optimizer.step()


def test_a_network_learns_as_in_torch() -> None:
    torch = pytest.importorskip("torch")
    ours, theirs = network(nn), network(torch.nn).double()
    same_state(ours, theirs)
    learn(ours, nn.CrossEntropyLoss(), nn.optim.SGD(ours.parameters(), lr=0.1), IMAGES, LABELS)
    optimizer = torch.optim.SGD(theirs.parameters(), lr=0.1)
    learn(theirs, torch.nn.CrossEntropyLoss(), optimizer, torch.tensor(IMAGES), torch.tensor(LABELS))
    for name, array in ours.state_dict().items():
        close(array, theirs.state_dict()[name])
    close(ours.eval()(IMAGES).detach(), theirs.eval()(torch.tensor(IMAGES)).detach())


def test_training_is_the_same_from_the_same_seed_bit_for_bit() -> None:
    states = []
    for seed in 0, 0, 1:
        model = with_dropout(seed)
        learn(model, nn.CrossEntropyLoss(), nn.optim.SGD(model.parameters(), lr=0.1), IMAGES, LABELS)
        states.append({name: array.tobytes() for name, array in model.state_dict().items()})
    assert states[0] == states[1] != states[2]


def test_networks_copy_and_pickle_with_buffers_and_generators() -> None:
    model = with_dropout(0)
    model(IMAGES)
    copied, pickled = copy.deepcopy(model), pickle.loads(pickle.dumps(model))
    np.testing.assert_array_equal(pickled(IMAGES).detach(), expected := model(IMAGES).detach())
    np.testing.assert_array_equal(pickled.eval()(IMAGES).detach(), model.eval()(IMAGES).detach())
    assert (copied(IMAGES).detach() != expected).any(), "a copy draws from a stream of its own"
    for other in copied, pickled:
        for name, array in other.state_dict().items():
            np.testing.assert_array_equal(array, model.state_dict()[name])


def test_networks_can_be_drawn() -> None:
    model = with_dropout(0)
    loss = nn.CrossEntropyLoss()(model(IMAGES), LABELS)
    loss.backward()
    picture = str(draw(loss))
    assert "convolution" in picture
    assert "standardise" in picture
