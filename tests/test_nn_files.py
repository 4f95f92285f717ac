"""Files of parameters: PyTorch reads ours and we read its, or nothing is changed."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest

import nn

MODELS = {
    "mlp": ("Sequential(Linear(3, 4), ReLU(), Linear(4, 2))", (5, 3)),
    "cnn": (
        "Sequential(Conv2d(2, 3, 3, padding=1), BatchNorm2d(3), ReLU(), Flatten(), Linear(48, 2))",
        (2, 2, 4, 4),
    ),
    "lstm": ("LSTM(3, 4, num_layers=2, bidirectional=True)", (5, 2, 3)),
    "decoder": ("Sequential(ConvTranspose2d(2, 4, 3, stride=2), GroupNorm(2, 4), RMSNorm(9))", (2, 2, 4, 4)),
    "embedding": ("Sequential(Embedding(7, 3), LayerNorm(3))", None),
}
each_model = pytest.mark.parametrize("name", MODELS)


def build(text: str, package: Any) -> Any:
    names = {name: getattr(package, name) for name in dir(package)}
    return eval(text, {"__builtins__": {}}, names)


def input_of(shape: Any) -> np.ndarray:
    rng = np.random.default_rng(0)
    return rng.integers(0, 7, (4, 2)) if shape is None else rng.normal(size=shape)


def first(result: Any) -> Any:
    return result[0] if isinstance(result, tuple) else result


def assert_same_results(ours: nn.Module, theirs: Any, shape: tuple[int, ...] | None) -> None:
    import torch

    x = input_of(shape)
    expected = first(theirs(torch.tensor(x))).detach().numpy()
    np.testing.assert_allclose(first(ours(x)).data, expected, rtol=0, atol=1e-10)


@each_model
def test_pytorch_reads_our_files(name: str, tmp_path: Path) -> None:
    torch = pytest.importorskip("torch")
    library = pytest.importorskip("safetensors.torch")
    text, shape = MODELS[name]
    ours, theirs = build(text, nn).eval(), build(text, torch.nn).double().eval()
    nn.save(ours, tmp_path / "model.safetensors")
    theirs.load_state_dict(library.load_file(tmp_path / "model.safetensors"))
    assert_same_results(ours, theirs, shape)


@each_model
def test_we_read_files_of_pytorch(name: str, tmp_path: Path) -> None:
    torch = pytest.importorskip("torch")
    library = pytest.importorskip("safetensors.torch")
    text, shape = MODELS[name]
    ours, theirs = build(text, nn).eval(), build(text, torch.nn).double().eval()
    library.save_file(theirs.state_dict(), tmp_path / "model.safetensors")
    nn.load(ours, tmp_path / "model.safetensors")
    assert_same_results(ours, theirs, shape)


def test_tied_weights_stand_in_files_by_all_their_names(tmp_path: Path) -> None:
    torch = pytest.importorskip("torch")
    library = pytest.importorskip("safetensors.torch")
    path, models = tmp_path / "model.safetensors", []
    for package in nn, torch.nn:
        model = package.Sequential(package.Embedding(7, 3), package.Linear(3, 7, bias=False))
        model[1].weight = model[0].weight
        models.append(model)
    ours, theirs = models[0], models[1].double()
    nn.save(ours, path)
    theirs.load_state_dict(library.load_file(path))
    assert_same_results(ours, theirs, None)
    library.save_file({name: x + 1 for name, x in theirs.state_dict().items()}, path)
    nn.load(ours, path)
    assert ours[0].weight is ours[1].weight
    np.testing.assert_allclose(ours[1].weight.data, theirs[1].weight.detach() + 1)
    library.save_model(theirs, path)  # which keeps one of the names
    nn.load(ours, path)
    assert_same_results(ours, theirs, None)


def test_all_that_does_not_fit_is_listed_and_nothing_is_loaded(tmp_path: Path) -> None:
    path = tmp_path / "model.safetensors"
    nn.save(nn.Sequential(nn.Linear(3, 4), nn.Linear(4, 2), nn.Linear(2, 2)), path)
    model = nn.Sequential(nn.Linear(3, 5), nn.Linear(4, 2), nn.ReLU(), nn.Linear(2, 2))
    before = model.state_dict()
    with pytest.raises(ValueError, match="does not fit") as caught:
        nn.load(model, path)
    for part in "shape of 0.weight: expected (5, 3), got (4, 3)", "missing: 3.weight", "unknown: 2.bias":
        assert part in str(caught.value)
    assert str(path) in caught.value.__notes__[0]
    for name, array in model.state_dict().items():
        np.testing.assert_array_equal(array, before[name])


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04 what torch.save writes", b"text"], ids=repr)
def test_a_file_of_another_kind_is_refused_and_the_way_to_convert_it_said(
    content: bytes, tmp_path: Path
) -> None:
    path = tmp_path / "model.pt"
    path.write_bytes(content)
    with pytest.raises(ValueError, match=r"expected a safetensors file.*model\.pt.*save_file\(torch\.load"):
        nn.load(nn.Linear(2, 1), path)


def test_a_failed_save_leaves_the_file_as_it_was(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "model.safetensors"
    model = nn.Linear(2, 1)
    nn.save(model, path)
    before = path.read_bytes()

    def fail(state: Any, target: Any, metadata: Any) -> None:
        Path(target).write_bytes(b"half of it")
        raise OSError("disk full")

    monkeypatch.setattr("safetensors.numpy.save_file", fail)
    with pytest.raises(OSError, match="disk full"):
        nn.save(model, path)
    assert path.read_bytes() == before
    assert [p.name for p in tmp_path.iterdir()] == ["model.safetensors"]
