"""Attention layers."""

from __future__ import annotations

from typing import Any

import numpy as np

from autograd import get_default_dtype
from nn import init
from nn.errors import RefusedError, whole_number
from nn.functional.attention import multi_head_attention
from nn.functional.dropout import check_probability
from nn.init import DType, Rng
from nn.layers.linear import Linear
from nn.module import Module
from nn.parameter import Parameter


class MultiheadAttention(Module):
    """Attention of several heads, side by side (Vaswani et al., 2017).

    Each head computes softmax(Q Kᵀ / √d) V, of its d = E / H features of linear maps Q, K and V of a
    query, a key and a value; a last linear map mixes the heads.

    Args:
        embed_dim: E, the number of features of queries, keys, values and outputs.
        num_heads: H, the number of heads, a divisor of it.
        dropout: the probability with which a weight becomes zero in training.
        bias: whether there are biases.
        add_bias_kv: False; others are not offered, here and in the next three.
        add_zero_attn: False.
        kdim: None, or E.
        vdim: None, or E.
        batch_first: whether inputs and outputs have the shape (N, L, E) and not (L, N, E).
        dtype: of the parameters; by default the default dtype.
        rng: where initial values, as in PyTorch, and the zeros of dropout are drawn from.

    Attributes:
        in_proj_weight: the weights for queries, keys and values, one below the other, of shape (3 E, E).
        in_proj_bias: their biases, of shape (3 E,), or None.
        out_proj: the last linear map.

    Raises:
        ValueError: a number is not whole or too small, heads do not divide E, or an option is not offered.

    Example:
        >>> x = np.ones((7, 2, 6))
        >>> out, weights = MultiheadAttention(6, num_heads=3, rng=0)(x, x, x)
        >>> out.shape, weights.shape
        ((7, 2, 6), (2, 7, 7))
    """

    def __init__(
        self,
        embed_dim: int,
        num_heads: int,
        dropout: float = 0.0,
        bias: bool = True,
        add_bias_kv: bool = False,
        add_zero_attn: bool = False,
        kdim: int | None = None,
        vdim: int | None = None,
        batch_first: bool = False,
        *,
        dtype: DType = None,
        rng: Rng = None,
    ) -> None:
        if add_bias_kv or add_zero_attn or not {kdim, vdim} <= {None, embed_dim}:
            raise RefusedError(
                "add_bias_kv, add_zero_attn, kdim, vdim: other keys and values are not offered"
            )
        self.embed_dim = n = whole_number("embed_dim", embed_dim, 1)
        self.num_heads = whole_number("num_heads", num_heads, 1)
        if n % self.num_heads:
            raise RefusedError(f"num_heads: expected a divisor of embed_dim={n}, got {num_heads}")
        self.dropout, self.batch_first = check_probability(dropout), batch_first
        self.rng = np.random.default_rng(rng)
        dtype = dtype or get_default_dtype()
        weight = Parameter(np.empty((3 * n, n), dtype), name="in_proj_weight")
        self.in_proj_weight = init.xavier_uniform_(weight, rng=self.rng)
        self.in_proj_bias = Parameter(np.zeros(3 * n, dtype), name="in_proj_bias") if bias else None
        self.out_proj = Linear(n, n, bias, dtype=dtype, rng=self.rng)
        if self.out_proj.bias is not None:
            init.zeros_(self.out_proj.bias)

    def forward(
        self,
        query: Any,
        key: Any,
        value: Any,
        key_padding_mask: Any = None,
        need_weights: bool = True,
        attn_mask: Any = None,
        average_attn_weights: bool = True,
        is_causal: bool = False,
    ) -> tuple[Any, Any]:
        """Give the outputs, and the weights: averaged over heads, or of all heads, or None.

        In a mask, True says what is not seen; numbers are added to Q Kᵀ / √d.

        Args:
            query: of shape (L, N, E), or (N, L, E) with ``batch_first``, or (L, E).
            key: of shape (S, N, E), (N, S, E) or (S, E).
            value: of the shape of the key.
            key_padding_mask: which keys are not seen, of shape (N, S) or (S,).
            need_weights: whether the weights are given.
            attn_mask: which keys a query does not see, of shape (L, S) or (N · H, L, S).
            average_attn_weights: whether they have the shape (N, L, S) and not (N, H, L, S).
            is_causal: says that ``attn_mask``, which must be given, hides what comes later.

        Raises:
            ValueError: the shapes do not go together.
        """
        if is_causal and attn_mask is None:
            raise RefusedError("is_causal: expected the mask itself too, such as attn_mask=np.tri(L) == 0")
        inputs, maps = (query, key, value), (self.in_proj_weight, self.in_proj_bias)
        p = self.dropout if self.training else 0.0
        how: Any = {"dropout_p": p, "batch_first": self.batch_first, "rng": self.rng}
        heads = multi_head_attention(*inputs, self.num_heads, *maps, key_padding_mask, attn_mask, **how)
        out, weights = self.out_proj(heads[0]), heads[1]
        if not need_weights:
            return out, None
        return out, np.mean(weights, axis=-3) if average_attn_weights else weights
