"""Attention: PyTorch's numbers with all masks, right derivatives, errors that teach."""

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import nn
from autograd import as_tensor, no_grad, tensor
from tests.nn_peers import Array, agree, check_gradients, close, drawn

E, H, N, L, S = 6, 3, 2, 4, 5  # features, heads, rows, queries, keys


class Attention(nn.Module):
    """The layer as a function of arrays with one result: outputs, then weights."""

    def __init__(self, layer: Any, package: Any = None, **how: Any) -> None:
        self.layer, self.how, self.package = layer, how, package

    def forward(self, *inputs: Any) -> Any:
        query, key, value = inputs * 3 if len(inputs) == 1 else inputs
        out, weights = self.layer(query, key, value, **self.how)
        return np.concatenate([out.reshape(-1), weights.reshape(-1)])


def made(**how: Any) -> Any:
    """A layer whose biases are not 0."""
    layer = nn.MultiheadAttention(E, H, **how, rng=0)
    with no_grad():
        for i, p in enumerate(layer.parameters()):
            p += 0.3 * drawn(p.shape, seed=i)
    return layer


def inputs(axes: int, cross: bool, batch_first: bool) -> list[Array]:
    shapes = [(L, E), (S, E), (S, E)] if cross else [(L, E)]
    rows = shapes if axes == 2 else [(N, *s) if batch_first else (s[0], N, E) for s in shapes]
    return [drawn(shape, seed=i) for i, shape in enumerate(rows)]


def masks(data: st.DataObject, axes: int, sources: int) -> dict[str, Any]:
    """Masks that leave the first key to every query."""
    rng, found = np.random.default_rng(0), {}
    padding = (sources,) if axes == 2 else (N, sources)
    heads = H if axes == 2 else N * H
    for name, shapes in ("key_padding_mask", [padding]), ("attn_mask", [(L, sources), (heads, L, sources)]):
        kind = data.draw(st.sampled_from([None, bool, float]))
        if kind is not None:
            mask = rng.random(data.draw(st.sampled_from(shapes))) < 0.4
            mask[..., 0] = False
            found[name] = mask if kind is bool else np.where(mask, -np.inf, drawn(mask.shape, seed=9))
    return found


@pytest.mark.filterwarnings("ignore:Support for mismatched key_padding_mask and attn_mask")
@settings(max_examples=60)
@given(st.data(), st.sampled_from([2, 3]), *[st.booleans()] * 5)
def test_attention_agrees_with_torch(
    data: st.DataObject, axes: int, cross: bool, batch_first: bool, bias: bool, average: bool, training: bool
) -> None:
    torch = pytest.importorskip("torch")
    how = {"bias": bias, "batch_first": batch_first}
    layer, theirs = made(**how), torch.nn.MultiheadAttention(E, H, **how)
    given = masks(data, axes, S if cross else L)

    class Peer(torch.nn.Module):  # type: ignore[name-defined,misc]
        def __init__(self) -> None:
            super().__init__()
            self.layer = theirs

        def forward(self, *xs: Any) -> Any:
            xs = xs * 3 if len(xs) == 1 else xs
            out, weights = self.layer(
                *xs,
                average_attn_weights=average,
                **{name: torch.tensor(mask) for name, mask in given.items()},
            )
            return torch.cat([out.reshape(-1), weights.reshape(-1)])

    ours = Attention(layer, **given, average_attn_weights=average).train(training)
    agree(ours, Peer(), *inputs(axes, cross, batch_first))


@pytest.mark.parametrize("how", [{}, {"batch_first": True}, {"bias": False}], ids=str)
@pytest.mark.parametrize("cross", [False, True])
def test_attention_passes_gradcheck(how: dict[str, Any], cross: bool) -> None:
    mask = np.triu(np.ones((L, S if cross else L), bool), 1)
    layer = nn.MultiheadAttention(4, 2, **how, rng=0)
    xs = [x[..., :4] for x in inputs(3, cross, bool(how.get("batch_first")))]
    check_gradients(Attention(layer, attn_mask=mask), *xs)


def test_weights_that_are_not_needed_are_none() -> None:
    layer, x = made(), drawn((L, N, E))
    out, weights = layer(x, x, x, need_weights=False)
    assert weights is None
    close(out.detach(), layer(x, x, x)[0].detach())
    assert layer(x, x, x, average_attn_weights=False)[1].shape == (N, H, L, L)


def test_a_causal_mask_hides_what_comes_later() -> None:
    layer, x = made(), drawn((L, N, E))
    out, weights = layer(x, x, x, attn_mask=np.tri(L) == 0, is_causal=True)
    assert not np.triu(weights.detach().numpy(), 1).any()
    close(out[:1].detach(), layer(x[:1], x[:1], x[:1])[0].detach())


def test_a_masked_key_and_its_value_have_no_influence() -> None:
    layer, x, y = made(), drawn((L, N, E)), drawn((L, N, E))
    y[2] = 7.0
    hidden = np.tile(np.arange(L) == 2, (N, 1))
    first, second = (layer(x, keys, keys, key_padding_mask=hidden)[0].detach() for keys in (x, y))
    close(first, second)


def test_dropout_makes_weights_zero_in_training_alone_and_keeps_their_mean() -> None:
    layer, x = nn.MultiheadAttention(E, H, 0.5, rng=0), drawn((200, N, E))
    weights = layer(x, x, x, average_attn_weights=False)[1].detach().numpy()
    assert (weights == 0).mean() == pytest.approx(0.5, abs=0.01)
    assert weights.sum(axis=-1).mean() == pytest.approx(1, abs=0.01)
    assert (layer.eval()(x, x, x)[1].detach().numpy() > 0).all()


def test_parameters_begin_as_in_torch() -> None:
    layer = nn.MultiheadAttention(60, 3, rng=0)
    assert not layer.in_proj_bias.data.any()
    assert not layer.out_proj.bias.data.any()
    for weight, bound in (layer.in_proj_weight, np.sqrt(6 / 240)), (layer.out_proj.weight, 1 / np.sqrt(60)):
        assert bound * 0.98 < np.abs(weight.data).max() <= bound
    again = nn.MultiheadAttention(60, 3, rng=0)
    close(again.in_proj_weight.data, layer.in_proj_weight.data)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_attention_keeps_the_dtype_and_takes_lists(dtype: Any) -> None:
    layer, x = nn.MultiheadAttention(E, H, dtype=dtype, rng=0), np.ones((L, N, E), dtype)
    masks = {"attn_mask": np.zeros((L, L)), "key_padding_mask": [[False] * L] * N}
    leaf = tensor(x, requires_grad=True)
    out, weights = layer(leaf, leaf, leaf, **masks)
    (out.sum() + (weights**2).sum()).backward()
    found = {out.dtype, weights.dtype, leaf.grad.dtype, *(p.grad.dtype for p in layer.parameters())}
    assert found == {np.dtype(dtype)}
    assert as_tensor(layer(*[np.ones((L, N, E), int).tolist()] * 3)[0]).shape == (L, N, E)


@pytest.mark.parametrize(
    ("how", "said"),
    [
        ({"embed_dim": 2.5}, "embed_dim: expected a whole number from 1, got 2.5"),
        ({"num_heads": 0}, "num_heads: expected a whole number from 1, got 0"),
        ({"num_heads": 4}, "num_heads: expected a divisor of embed_dim=6, got 4"),
        ({"dropout": 2.0}, "p: expected a probability"),
        ({"kdim": 5}, "kdim, vdim: .* not offered"),
        ({"add_bias_kv": True}, "add_bias_kv.* not offered"),
    ],
    ids=str,
)
def test_wrong_options_are_refused(how: dict[str, Any], said: str) -> None:
    with pytest.raises(ValueError, match=said):
        nn.MultiheadAttention(**{"embed_dim": E, "num_heads": H} | how)


SHAPE = (L, N, E)


@pytest.mark.parametrize(
    ("shapes", "how", "said"),
    [
        ([(L, N, 5), SHAPE, SHAPE], {}, r"where E is 6, got \(4, 2, 5\), \(4, 2, 6\) and \(4, 2, 6\)"),
        ([SHAPE] * 3, {"is_causal": True}, r"attn_mask=np\.tri\(L\) == 0"),
        ([SHAPE, SHAPE, (S, N, E)], {}, "a key and a value of one shape"),
        ([SHAPE, (S, 3, E), (S, 3, E)], {}, r"\(L, N, E\) and \(S, N, E\)"),
        ([SHAPE, (S, E), (S, E)], {}, "or without N"),
        ([(E,)] * 3, {}, r"got \(6,\)"),
        (
            [SHAPE] * 3,
            {"attn_mask": np.zeros((L, S))},
            r"attn_mask: .* \(4, 4\) or \(6, 4, 4\), got .*\(4, 5\)",
        ),
        (
            [SHAPE] * 3,
            {"attn_mask": np.zeros((L, L), int)},
            "attn_mask: expected booleans or floating .*int64",
        ),
        (
            [SHAPE] * 3,
            {"key_padding_mask": np.zeros((L, N))},
            r"key_padding_mask: .* \(2, 4\), got .*\(4, 2\)",
        ),
    ],
    ids=str,
)
def test_wrong_inputs_are_refused_with_the_path(shapes: Any, how: dict[str, Any], said: str) -> None:
    model = Attention(nn.MultiheadAttention(E, H), **how)
    with pytest.raises(ValueError, match=said) as caught:
        model(*map(np.ones, shapes))
    assert "in layer 'layer' of Attention" in "\n".join(caught.value.__notes__)
