"""What is said in the place of PyTorch's names does what those do; spellings of PyTorch that are taken."""

import re
from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np
import pytest

import autograd
import nn
from autograd import Tensor, grad, pytorch, tensor
from autograd.handle import plain

leaf = partial(tensor, requires_grad=True)
random = np.random.default_rng(0)
X, Y = random.normal(size=(2, 3, 4))
IMAGES = random.normal(size=(2, 3, 4, 4))
TABLES = (
    pytorch.FUNCTIONS,
    pytorch.METHODS,
    pytorch.REFUSED,
    nn.pytorch.FUNCTIONAL,
    nn.pytorch.NN,
    nn.pytorch.MODULE,
)


def values(result: Any) -> Any:
    """Return the numbers of a Tensor of ours or of PyTorch's, or of several."""
    if isinstance(result, (tuple, list)):
        return [values(part) for part in result]
    return np.asarray(plain(result.detach() if hasattr(result, "detach") else result))


def agree(ours: Any, theirs: Any) -> None:
    """Hold numbers and shapes of ours to those of PyTorch."""
    ours, theirs = values(ours), values(theirs)
    for mine, other in zip(ours, theirs, strict=True) if isinstance(ours, list) else [(ours, theirs)]:
        assert mine.shape == other.shape
        np.testing.assert_allclose(mine, other, rtol=1e-6, atol=1e-12)


# Numbers: what is said, and what PyTorch computes

NUMBERS = [
    ("norm", "np.linalg.norm(x.ravel(), p)", "x.norm(p)"),
    ("norm", "np.linalg.norm(x, p, axis)", "x.norm(p, axis)"),
    ("max", "np.max(x, axis)", "x.max(axis).values"),
    ("max", "np.argmax(x, axis)", "x.max(axis).indices"),
    ("max", "np.maximum(x, y)", "torch.max(x, y)"),
    ("min", "np.min(x, axis)", "x.min(axis).values"),
    ("min", "np.argmin(x, axis)", "x.min(axis).indices"),
    ("min", "np.minimum(x, y)", "torch.min(x, y)"),
    ("std", "np.std(x, axis, ddof=1)", "torch.std(x, axis)"),
    ("var", "np.var(x, axis, ddof=1)", "torch.var(x, axis)"),
    ("median", "np.quantile(x, 0.5, axis, method='lower')", "torch.median(x, axis).values"),
    ("nanmedian", "np.nanquantile(x, 0.5, axis, method='lower')", "torch.nanmedian(x, axis).values"),
    ("meshgrid", "np.meshgrid(x, y, indexing='ij')", "torch.meshgrid(x.ravel(), y.ravel(), indexing='ij')"),
    ("nonzero", "np.argwhere(x)", "torch.nonzero(x)"),
    ("sort", "np.sort(x, axis)", "torch.sort(x, axis).values"),
    ("sort", "np.argsort(x, axis)", "torch.sort(x, axis).indices"),
    ("descending", "np.flip(np.sort(x, axis), axis)", "torch.sort(x, axis, descending=True).values"),
    ("descending", "np.flip(np.argsort(x, axis), axis)", "torch.argsort(x, axis, descending=True)"),
    ("cosine_similarity", "np.vecdot(x, y) / (np.linalg.norm(x, axis=1) * np.linalg.norm(y, axis=1))",
     "torch.cosine_similarity(x, y)"),
    ("pairwise_distance", "np.linalg.norm(x - y + 1e-6, axis=-1)", "torch.pairwise_distance(x, y)"),
    ("select", "np.take(x, index, axis)", "x.select(axis, index)"),
    ("flip", "np.flip(x, (0, 1))", "x.flip(0, 1)"),
    ("expand", "np.broadcast_to(x, (5, *x.shape))", "x.expand(5, -1, -1)"),
    ("split", "np.split(x, range(length, x.shape[axis], length), axis)", "x.split(length, axis)"),
    ("dim0", "x.swapaxes(axis1, axis2)", "x.transpose(axis1, axis2)"),
    ("swapdims", "x.swapaxes(axis1, axis2)", "x.swapdims(axis1, axis2)"),
    *[(name, f"np.{name}(x)", f"torch.{name}(x)") for name in ("acos", "asin", "asinh", "atan", "atanh")],
    *[(name, f"np.stack(np.{name}(rows, offset, columns))", f"torch.{name}(rows, columns, offset)")
      for name in ("tril_indices", "triu_indices")],
    *[(name, f"np.{name}(x, y)", f"torch.{name}(x, y)") for name in ("atan2", "hypot")],
]  # fmt: skip
GIVEN = {
    "axis": 1,
    "p": 1,
    "rows": 3,
    "columns": 4,
    "offset": 1,
    "index": 2,
    "length": 3,
    "axis1": 0,
    "axis2": 1,
}


@pytest.mark.parametrize(
    ("name", "said", "theirs"), NUMBERS, ids=[f"{name} {said}" for name, said, _ in NUMBERS]
)
def test_what_is_said_computes_what_pytorch_does(name: str, said: str, theirs: str) -> None:
    saying = [table[name] for table in TABLES if name in table]
    assert saying
    assert all(said in words for words in saying)
    torch = pytest.importorskip("torch")
    arrays = {"x": np.tanh(X), "y": np.tanh(Y)}
    if name == "meshgrid":
        arrays = {which: array.ravel() for which, array in arrays.items()}
    ours = eval(said, {"np": np, **GIVEN, **{which: leaf(array) for which, array in arrays.items()}})
    tensors = {which: torch.tensor(array) for which, array in arrays.items()}
    agree(ours, eval(theirs, {"torch": torch, **GIVEN, **tensors}))


def test_a_transposed_convolution_of_sequences() -> None:
    torch = pytest.importorskip("torch")
    said = nn.pytorch.NN["ConvTranspose1d"].removeprefix("use ")
    theirs = torch.nn.ConvTranspose1d(3, 2, 4, stride=2, padding=1, dtype=torch.float64)
    given = {"nn": nn, "inputs": 3, "outputs": 2, "k": 4, "s": 2, "p": 1, "x": tensor(X[None])}
    layer = eval(said.partition("(x[")[0], given)
    layer.weight.data = theirs.weight.detach().numpy()[:, :, None]
    layer.bias.data = theirs.bias.detach().numpy()
    found = eval("layer" + said[said.index("(x[") :], {"layer": layer, **given})
    agree(found, theirs(torch.tensor(X[None])))


SHARES = np.array([[0.0, 0.2, 0.5, 0.3], [0.7, 0.0, 0.1, 0.2]])
DRAWS = 4000


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("tracked", [False, True])
@pytest.mark.parametrize("shape", [(4,), (1, 4), (2, 4)], ids=str)
def test_draws_of_a_multinomial(dtype: Any, tracked: bool, shape: tuple[int, ...]) -> None:
    one, several = re.findall(r"np\.argmax\(.*?-1(?:, keepdims=True)?\)", pytorch.FUNCTIONS["multinomial"])
    shares = SHARES[: np.prod(shape) // 4].reshape(shape)
    names = {
        "np": np,
        "rng": np.random.default_rng(0),
        "p": tensor(shares, dtype=dtype, requires_grad=tracked),
    }
    drawn = eval(one, names)
    assert drawn.shape == (*shape[:-1], 1)  # as torch.multinomial(p, 1) gives
    drawn = eval(several, {**names, "n": DRAWS})
    assert drawn.shape == (DRAWS, *shape[:-1])
    counts = np.mean(drawn[..., None] == np.arange(4), axis=0)
    np.testing.assert_allclose(counts, shares, atol=4 * 0.5 / DRAWS**0.5)
    assert not counts[shares == 0].any()


# Names of HIPS autograd

NAMES_OF_HIPS = """
    checkpoint deriv dict elementwise_grad grad grad_and_aux grad_named hessian hessian_tensor_product
    hessian_vector_product holomorphic_grad isinstance jacobian list make_ggnvp make_hvp make_jvp make_vjp
    misc multigrad_dict primitive tensor_jacobian_product tuple type value_and_grad vector_jacobian_product
"""


@pytest.mark.parametrize("name", NAMES_OF_HIPS.split())
def test_names_of_hips_autograd_are_here_or_spoken_of(name: str) -> None:
    assert hasattr(autograd, name) or pytorch.FUNCTIONS[name]


def test_a_product_with_the_gauss_newton_matrix() -> None:
    names: dict[str, Any] = {"autograd": autograd, "f": np.tanh, "g": lambda y: np.sum(y**4), "x": X, "v": Y}
    said = pytorch.FUNCTIONS["make_ggnvp"].removeprefix("use ")
    expected = (1 - np.tanh(X) ** 2) ** 2 * 12 * np.tanh(X) ** 2 * Y
    np.testing.assert_allclose(eval(said, names), expected, rtol=1e-12)


# Spellings of PyTorch that are taken

SPELLINGS: dict[str, tuple[Callable[[Any], Any], Callable[[Any], Any]]] = {
    "squeeze": (lambda x: x[:, None].squeeze(dim=1), lambda x: x),
    "std of all": (lambda x: x.std(unbiased=False), lambda x: x.std()),
    "std": (lambda x: x.std(0, unbiased=True), lambda x: x.std(0, ddof=1)),
    "std along dim": (
        lambda x: x.std(dim=1, unbiased=False, keepdim=True),
        lambda x: x.std(1, keepdims=True),
    ),
    "var": (lambda x: x.var(1, unbiased=False), lambda x: x.var(1)),
    "var of a correction": (lambda x: x.var(dim=0, correction=1), lambda x: x.var(0, ddof=1)),
    "argsort": (lambda x: x.argsort(dim=0), lambda x: x.argsort(0)),
    "cat": (lambda x: autograd.cat([x, x], axis=1), lambda x: np.concatenate([x, x], 1)),
    "tensordot": (lambda x: autograd.tensordot(x, x.T, dims=1), lambda x: np.tensordot(x, x.T, 1)),
    "roll": (lambda x: autograd.roll(x, shifts=1, dims=1), lambda x: np.roll(x, 1, 1)),
    "rot90": (lambda x: autograd.rot90(x, 1, dims=(1, 0)), lambda x: np.rot90(x, 1, (1, 0))),
    "diagonal": (lambda x: x[None].diagonal(1, dim1=1, dim2=2), lambda x: x[None].diagonal(1, 1, 2)),
    "function diagonal": (
        lambda x: autograd.diagonal(x[None], dim1=1, dim2=2),
        lambda x: x[None].diagonal(0, 1, 2),
    ),
    "permute": (lambda x: x.permute(dims=(1, 0)), lambda x: x.T),
    "broadcast_to": (lambda x: autograd.broadcast_to(x, size=(2, 3, 4)), lambda x: np.stack([x, x])),
}


@pytest.mark.parametrize(("theirs", "ours"), SPELLINGS.values(), ids=SPELLINGS)
def test_spellings_of_pytorch(theirs: Callable[[Any], Any], ours: Callable[[Any], Any]) -> None:
    for x in tensor(X), leaf(X):
        found, expected = theirs(x), ours(X)
        np.testing.assert_allclose(plain(found), expected, rtol=1e-12)
        assert getattr(found, "requires_grad", x.requires_grad) == x.requires_grad
    if expected.dtype.kind == "f":
        np.testing.assert_allclose(*(grad(lambda x, f=f: np.sum(f(x) ** 3))(X) for f in (theirs, ours)))


@pytest.mark.parametrize(
    "make", [autograd.zeros, autograd.ones, autograd.empty, autograd.rand, autograd.randn]
)
def test_shapes_by_name_and_without_elements(make: Callable[..., Tensor]) -> None:
    for how in {"size": (2, 3)}, {"shape": (2, 3)}:
        assert make(**how).shape == make(2, 3).shape == make((2, 3)).shape == (2, 3)
    assert make(0).shape == (0,)
    assert nn.Parameter(make(2, 3)).shape == (2, 3)
    assert make().shape == ()


def test_a_whole_by_the_names_of_pytorch() -> None:
    np.testing.assert_array_equal(autograd.full(size=(2, 3), fill_value=7.0), np.full((2, 3), 7.0))


def test_tolist_leaves_the_graph_as_item_does() -> None:
    x = leaf(X)
    assert x.tolist() == (2 * x / 2).tolist() == X.tolist()


# Words for what is not taken

REFUSALS: dict[str, tuple[Callable[[Any], Any], str]] = {
    "argsort": (lambda x: x.argsort(descending=True), r"^argsort: there is no descending=; use np\.flip"),
    "function argsort": (
        lambda x: autograd.argsort(x, device="cpu"),
        r"^argsort: there is no device=",
    ),
    "sort": (lambda x: x.sort(descending=True), r"^sort: there is no descending=; use np\.flip"),
    "sort along dim": (
        lambda x: x.sort(dim=1),
        r"sort\(dim=\) gives values and indices.*np\.argsort\(",
    ),
    "transpose": (lambda x: x.transpose(dim0=0, dim1=1), r"^transpose: .*use x\.swapaxes\(axis1, axis2\)"),
    "max of two": (lambda x: x.max(x * 2), r"np\.max.*np\.maximum\(x, y\)"),
    "max of two arrays": (lambda x: np.max(x.detach(), Y), r"np\.max.*np\.maximum\(x, y\)"),
    "min of two": (lambda x: np.min(x, x * 2), r"np\.min.*np\.minimum\(x, y\)"),
    "einsum": (lambda x: autograd.einsum("ij,ij->", (x, x)), r"use np\.einsum\(subscripts, x, y\)"),
    "einsum of a list": (lambda x: np.einsum("ij,ij->", [x, x]), r"use np\.einsum\(subscripts, x, y\)"),
    "an argument": (lambda x: x.squeeze(axes=1), r"squeeze"),
    "a name": (lambda x: x.clip(low=1), r"Tensor\.clip\(\)"),
    "a name of backward": (lambda x: x.backward(inputs=[x]), r"Tensor\.backward\(\)"),
}


@pytest.mark.parametrize(("call", "words"), REFUSALS.values(), ids=REFUSALS)
def test_what_is_said_of_spellings_that_are_not_taken(call: Callable[[Any], Any], words: str) -> None:
    with pytest.raises(TypeError, match="(?s)" + words) as caught:
        call(leaf(X))
    assert not re.search("ArrayMethods|Backward|InPlace", str(caught.value))


def test_the_methods_of_a_tensor_are_those_of_tensor() -> None:
    for name in "squeeze", "backward", "detach", "look_at", "item":
        method = getattr(Tensor, name)
        assert (method.__module__, method.__qualname__) == ("autograd.tensor", f"Tensor.{name}")


def test_what_pytorch_repeats_otherwise_is_warned_of() -> None:
    with pytest.warns(UserWarning, match=r"x\.repeat\(2, axis=1\).*np\.tile\(x, \(2, 1\)\)") as caught:
        np.testing.assert_array_equal(tensor(X).repeat(2, 1), X.repeat(2, 1))
    assert caught[0].filename == __file__
    for meant in tensor(X).repeat(2, axis=1), tensor(X[None]).repeat(2, 1), tensor(X).repeat(2, 0):
        assert meant.size == 2 * X.size


# Modules


def test_fields_of_a_computed_name() -> None:
    class Net(nn.Module):
        def __init__(self) -> None:
            for i in range(2):
                exec(
                    said("add_module"),
                    {"module": self, "name": f"layer{i}", "layer": nn.Linear(1, 1), "nn": nn},
                )
            exec(said("register_parameter"), {"module": self, "name": "scale", "array": X, "nn": nn})

    def said(name: str) -> str:
        return nn.pytorch.MODULE[name].removeprefix("use ").partition("; ")[0]

    model = Net()
    assert [name for name, _ in model.named_children()] == ["layer0", "layer1"]
    names = {"module": model}
    assert eval(said("_modules"), names).keys() == {"layer0", "layer1"}
    assert eval(said("_parameters"), names).keys() == {"scale"}
    assert eval(said("_buffers"), names) == {}


# Names of Tensors


def test_variables_of_installed_packages_are_not_named() -> None:
    pyplot = pytest.importorskip("matplotlib.pyplot")
    pytest.importorskip("matplotlib").use("Agg")
    weights = leaf(X)
    with pytest.raises(TypeError, match=r"tensor\.detach\(\)") as caught:
        pyplot.plot(weights)
    assert "'x'" not in str(caught.value)
    assert "plot" in str(caught.value)
