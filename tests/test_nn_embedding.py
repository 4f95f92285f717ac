"""Embedding: PyTorch's numbers, rows that come twice, the padding row, errors."""

from typing import Any

import numpy as np
import pytest

import nn
from autograd import tensor
from tests.nn_peers import agree, check_gradients, close, drawn

NUMBERS = [np.array(3), np.array([2, 0, 2]), np.array([[4, 1], [1, 1]]), np.zeros((0, 2), int)]


@pytest.mark.parametrize("padding", [None, 1, -1])
@pytest.mark.parametrize("numbers", NUMBERS, ids=str)
def test_embeddings_agree_with_torch(numbers: Any, padding: int | None) -> None:
    torch = pytest.importorskip("torch")
    agree(nn.Embedding(5, 3, padding, rng=0), torch.nn.Embedding(5, 3, padding), numbers)


@pytest.mark.parametrize("freeze", [True, False])
def test_a_table_may_be_given_as_in_torch(freeze: bool) -> None:
    torch = pytest.importorskip("torch")
    table, numbers = drawn((5, 3)), np.array([4, 1])
    ours = nn.Embedding.from_pretrained(table, freeze=freeze, padding_idx=1)
    theirs = torch.nn.Embedding.from_pretrained(torch.tensor(table), freeze=freeze, padding_idx=1)
    close(ours(numbers).detach(), theirs(torch.tensor(numbers)).detach())
    assert ours.weight.requires_grad == theirs.weight.requires_grad == (not freeze)
    assert repr(ours) == repr(theirs)
    assert nn.Embedding.from_pretrained(table.astype(np.float32)).weight.dtype == np.float32
    with pytest.raises(ValueError, match=r"embeddings: expected a table .*got an array of shape \(3,\)"):
        nn.Embedding.from_pretrained(table[0])


class LookUp(nn.Module):
    """What depends on the table only, and not linearly."""

    def __init__(self) -> None:
        self.layer = nn.Embedding(5, 3, rng=0)

    def forward(self) -> Any:
        return nn.functional.tanh(self.layer([[4, 1], [1, 1]]))


def test_embeddings_pass_gradcheck() -> None:
    check_gradients(LookUp())


def test_the_padding_row_is_zero_and_is_not_learned() -> None:
    layer = nn.Embedding(5, 3, padding_idx=2, rng=0)
    out = layer(np.array([2, 4, 2]))
    assert not out.detach().numpy()[[0, 2]].any()
    (out.sum() ** 2).backward()
    assert not layer.weight.grad.numpy()[2].any()
    assert layer.weight.grad.numpy()[4].all()


def test_the_padding_row_of_the_function_may_be_counted_from_behind() -> None:
    table = tensor(np.ones((5, 3)), requires_grad=True)
    nn.functional.embedding([4, 0], table, padding_idx=-1).sum().backward()
    assert np.flatnonzero(table.grad.numpy().any(1)).tolist() == [0]


@pytest.mark.parametrize("row", [5, -6])
def test_the_padding_row_of_the_function_is_one_of_the_table(row: int) -> None:
    with pytest.raises(ValueError, match=f"padding_idx: expected a row of 5, got {row}"):
        nn.functional.embedding([4, 0], np.ones((5, 3)), padding_idx=row)


def test_rows_are_drawn_with_mean_0_and_variance_1() -> None:
    table = nn.Embedding(500, 100, rng=0).weight.data
    assert table.mean() == pytest.approx(0, abs=0.02)
    assert table.std() == pytest.approx(1, abs=0.02)


def test_integers_of_any_kind_are_taken() -> None:
    layer = nn.Embedding(5, 3, rng=0)
    expected = layer.weight.data[[1, 4]]
    for numbers in ([1, 4], (1, 4), np.array([1, 4], np.uint8), tensor([1, 4])):
        close(layer(numbers).detach(), expected)


@pytest.mark.parametrize(
    ("numbers", "said"),
    [
        ([1.0], r"expected integers that count rows, got float64; the usual fix is input.astype\(int\)"),
        ([5], "expected numbers from 0 to 4, got values from 5 to 5; .* num_embeddings=6"),
        ([0, -1], "got values from -1 to 0; .* count rows from 0"),
        ([True], "got bool"),
    ],
    ids=str,
)
def test_what_is_no_row_is_refused_with_the_path(numbers: Any, said: str) -> None:
    with pytest.raises(ValueError, match=said) as caught:
        nn.Sequential(nn.Embedding(5, 3))(np.array(numbers))
    assert "in layer '0' of Sequential" in "\n".join(caught.value.__notes__)


@pytest.mark.parametrize(
    ("how", "said"),
    [
        ({"num_embeddings": -1}, "num_embeddings: expected a whole number from 0, got -1"),
        ({"embedding_dim": 2.5}, "embedding_dim: expected a whole number from 0, got 2.5"),
        ({"padding_idx": 5}, "padding_idx: expected a row of 5, got 5"),
        ({"padding_idx": -6}, "padding_idx: expected a row of 5, got -6"),
    ],
    ids=str,
)
def test_wrong_sizes_are_refused(how: dict[str, Any], said: str) -> None:
    with pytest.raises(ValueError, match=said):
        nn.Embedding(**{"num_embeddings": 5, "embedding_dim": 3} | how)


def test_embeddings_show_themselves_as_in_torch() -> None:
    torch = pytest.importorskip("torch")
    for how in {}, {"padding_idx": 1}:
        assert repr(nn.Embedding(5, 3, **how)) == repr(torch.nn.Embedding(5, 3, **how))
