"""Attention: means of values, weighted by how well their keys fit a query."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from nn.errors import RefusedError
from nn.functional.activations import softmax
from nn.functional.dropout import dropout
from nn.functional.linear import linear
from nn.functional.numbers import as_array, as_floats
from nn.init import Rng


def multi_head_attention(
    query: Any,
    key: Any,
    value: Any,
    num_heads: int,
    in_proj_weight: Any,
    in_proj_bias: Any = None,
    key_padding_mask: Any = None,
    attn_mask: Any = None,
    dropout_p: float = 0.0,
    batch_first: bool = False,
    *,
    rng: Rng = None,
) -> tuple[Any, Any]:
    """Compute softmax(Q Kᵀ / √d) V for every head, and set the results side by side (Vaswani et al., 2017).

    Q, K and V are linear maps of query, key and value; each head sees d = E / H of their features.
    In a mask, True says what is not seen; numbers are added to Q Kᵀ / √d.

    Args:
        query: of shape (L, N, E), or (N, L, E) with ``batch_first``, or (L, E).
        key: of shape (S, N, E), (N, S, E) or (S, E).
        value: of the shape of the key.
        num_heads: H.
        in_proj_weight: the weights for Q, K and V, one below the other, of shape (3 E, E).
        in_proj_bias: their biases, of shape (3 E,), or None.
        key_padding_mask: which keys are not seen, of shape (N, S) or (S,), or None.
        attn_mask: which keys a query does not see, of shape (L, S) or (N · H, L, S), or None.
        dropout_p: the probability with which a weight becomes zero.
        batch_first: whether the rows of a batch are the first axis.
        rng: where the zeros are drawn from.

    Returns:
        Outputs of the shape of the query, and the weights of all heads, of shape (N, H, L, S) or (H, L, S).

    Raises:
        ValueError: the shapes do not go together.

    Example:
        >>> x, same = np.array([[9.0, 0.0], [0.0, 9.0]]), np.eye(2)
        >>> out, weights = multi_head_attention(x, x, x, 1, np.concatenate([same, same, same]))
        >>> out.round(3), weights.round(3)
        (array([[9., 0.],
               [0., 9.]]), array([[[1., 0.],
                [0., 1.]]]))
    """
    inputs = [as_floats(x) for x in (query, key, value)]
    alone = inputs[0].ndim == 2
    _check_inputs(inputs, in_proj_weight.shape[1], 0 if batch_first else 1)
    if alone or not batch_first:
        inputs = [np.expand_dims(x, 0) if alone else np.swapaxes(x, 0, 1) for x in inputs]
    biases = [None] * 3 if in_proj_bias is None else np.split(in_proj_bias, 3)
    maps = zip(inputs, np.split(in_proj_weight, 3), biases, strict=True)
    q, k, v = (_by_head(linear(x, weight, bias), num_heads) for x, weight, bias in maps)
    scores = q @ np.swapaxes(k, 2, 3) / math.sqrt(q.shape[-1])
    rows, heads, targets, sources = scores.shape
    if attn_mask is not None:
        shapes = (targets, sources), (rows * heads, targets, sources)
        mask = _added("attn_mask", attn_mask, shapes, scores.dtype)
        scores = scores + (mask if mask.ndim == 2 else mask.reshape(scores.shape))
    if key_padding_mask is not None:
        shape = (sources,) if alone else (rows, sources)
        mask = _added("key_padding_mask", key_padding_mask, (shape,), scores.dtype)
        scores = scores + mask.reshape(rows, 1, 1, sources)
    weights = dropout(softmax(scores), dropout_p, rng=rng)
    out = np.swapaxes(weights @ v, 1, 2).reshape(inputs[0].shape)
    if alone:
        return out[0], weights[0]
    return out if batch_first else np.swapaxes(out, 0, 1), weights


def _by_head(x: Any, heads: int) -> Any:
    """Divide the features of (rows, length, features) among heads: (rows, heads, length, features / heads)."""
    return np.swapaxes(x.reshape(*x.shape[:2], heads, x.shape[2] // heads), 1, 2)


def _check_inputs(inputs: list[Any], size: int, batch: int) -> None:
    query, key, value = shapes = [x.shape for x in inputs]
    same = {(len(shape), shape[-1:], shape[batch : batch + 1] if len(shape) == 3 else ()) for shape in shapes}
    if len(same) > 1 or key != value or len(query) not in (2, 3) or query[-1] != size:
        axes = "(N, L, E) and (N, S, E)" if batch == 0 else "(L, N, E) and (S, N, E)"
        raise RefusedError(
            f"multi_head_attention: expected a query, and a key and a value of one shape, of shapes {axes}, or "
            f"without N, where E is {size}, got {query}, {key} and {value}"
        )


def _added(name: str, mask: Any, shapes: tuple[tuple[int, ...], ...], dtype: Any) -> Any:
    """Give what a mask adds to scores."""
    mask = as_array(mask)
    if mask.shape not in shapes or mask.dtype.kind not in "bf":
        expected = " or ".join(map(str, shapes))
        raise RefusedError(
            f"{name}: expected booleans or floating numbers of shape {expected}, got {mask.dtype} of {mask.shape}"
        )
    return np.where(mask, -math.inf, 0.0).astype(dtype) if mask.dtype.kind == "b" else mask.astype(dtype)
