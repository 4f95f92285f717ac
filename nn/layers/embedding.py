"""Embedding: a table whose rows are learned."""

from __future__ import annotations

from typing import Any, Self

from autograd import as_tensor, no_grad
from nn import functional, init
from nn.errors import RefusedError, shown, whole_number
from nn.functional.embedding import row_of_padding
from nn.init import DType, Rng
from nn.module import Module
from nn.parameter import Parameter, add_parameters, refuse_history


class Embedding(Module):
    """Look up rows of a table by number.

    Args:
        num_embeddings: how many rows there are.
        embedding_dim: how long a row is.
        padding_idx: a row that begins as zeros and is not learned, counted from the front or from behind.
        dtype: of the table; by default the default dtype.
        rng: where the table is drawn from, with mean 0 and variance 1.

    Attributes:
        weight: the table, of shape (num_embeddings, embedding_dim).

    Raises:
        ValueError: a size is no whole number, or padding_idx is no row.

    Example:
        >>> Embedding(10, 3, rng=0)(np.array([[1, 2], [4, 9]])).shape
        (2, 2, 3)
    """

    weight: Parameter

    def __init__(
        self,
        num_embeddings: int,
        embedding_dim: int,
        padding_idx: int | None = None,
        *,
        dtype: DType = None,
        rng: Rng = None,
    ) -> None:
        self.num_embeddings = rows = whole_number("num_embeddings", num_embeddings)
        self.embedding_dim = whole_number("embedding_dim", embedding_dim)
        self.padding_idx = row_of_padding(padding_idx, rows)
        add_parameters(self, dtype, weight=(rows, self.embedding_dim))
        self.reset_parameters(rng=rng)

    @classmethod
    def from_pretrained(cls, embeddings: Any, freeze: bool = True, padding_idx: int | None = None) -> Self:
        """Make a layer of a table.

        Args:
            embeddings: the table, of shape (rows, length); it is copied.
            freeze: whether it stays as it is; otherwise it is learned further.
            padding_idx: a row that is not learned.

        Raises:
            ValueError: this is no table, or padding_idx is no row.
            TypeError: this is a Tensor with a history, which would be lost.

        Example:
            >>> Embedding.from_pretrained([[1.0, 2.0], [3.0, 4.0]])([1, 1])
            tensor([[3., 4.],
                    [3., 4.]])
        """
        refuse_history("embeddings", embeddings)
        table = as_tensor(embeddings).data
        if table.ndim != 2:
            raise RefusedError(f"embeddings: expected a table of shape (rows, length), got {shown(table)}")
        layer = cls(len(table), table.shape[1], padding_idx, dtype=table.dtype)
        layer.weight = Parameter(table, not freeze, name="weight")
        return layer

    def reset_parameters(self, *, rng: Rng = None) -> None:
        """Draw the table anew."""
        init.normal_(self.weight, rng=rng)
        if self.padding_idx is not None:
            with no_grad():
                self.weight[self.padding_idx] = 0

    def forward(self, input: Any) -> Any:
        """Look up the rows of integers of any shape."""
        return functional.embedding(input, self.weight, padding_idx=self.padding_idx)

    def extra_repr(self) -> str:
        """Say the sizes."""
        padding = "" if self.padding_idx is None else f", padding_idx={self.padding_idx}"
        return f"{self.num_embeddings}, {self.embedding_dim}{padding}"
