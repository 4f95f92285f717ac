"""Containers and layers of shapes: names, order, state, and what they refuse."""

import copy
import pickle
from collections import OrderedDict
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import nn
from autograd import tensor
from tests.nn_peers import agree, check_gradients, close, drawn


def linears(count: int) -> list[nn.Module]:
    return [nn.Linear(2, 2, rng=i) for i in range(count)]


# Sequential


def test_layers_may_have_names_as_in_torch() -> None:
    torch = pytest.importorskip("torch")
    ours = nn.Sequential(OrderedDict([("first", nn.Linear(2, 3, rng=0)), ("act", nn.Tanh())]))
    theirs = torch.nn.Sequential(OrderedDict([("first", torch.nn.Linear(2, 3)), ("act", torch.nn.Tanh())]))
    assert list(ours.state_dict()) == ["first.weight", "first.bias"]
    agree(ours, theirs, drawn((4, 2)))
    part = ours[:1]
    assert isinstance(part, nn.Sequential)
    assert list(part.state_dict()) == ["first.weight", "first.bias"]


def test_a_sequential_may_grow_and_change() -> None:
    layers = linears(3)
    model = nn.Sequential(layers[0]).append(layers[1]).extend([nn.ReLU()])
    model[2] = layers[2]
    model[-1] = nn.Tanh()
    model.insert(0, layers[2])
    assert list(model)[:3] == [layers[2], layers[0], layers[1]]
    assert list(model.state_dict()) == [f"{i}.{name}" for i in range(3) for name in ("weight", "bias")]
    del model[0]
    assert list(model)[:2] == layers[:2]
    del model[1:]
    assert list(model) == layers[:1]


@pytest.mark.parametrize("kind", ["Sequential", "ModuleDict"])
def test_layers_are_attributes_as_in_torch(kind: str) -> None:
    torch = pytest.importorskip("torch")
    found: dict[Any, list[Any]] = {nn: [], torch.nn: []}
    for library, names in found.items():
        model = getattr(library, kind)(OrderedDict(one=library.Linear(2, 3), two=library.Linear(3, 4)))
        model.two = library.Linear(3, 5)
        model.three = library.Linear(5, 6)
        setattr(model, "0", library.ReLU())
        assert model.two is (model["two"] if kind == "ModuleDict" else model[1])
        names += [(name, tuple(p.shape)) for name, p in model.named_parameters()]
        names += [name for name, _ in model.named_children()]
        model.heads = [1]  # no layer
        for name in "one", "three", "heads":
            delattr(model, name)
            assert not hasattr(model, name)
        names += [name for name, _ in model.named_children()]
    assert found[nn] == found[torch.nn]
    with pytest.raises(AttributeError, match="'ReLU' object has no attribute 'four'"):
        nn.Sequential(nn.ReLU())[0].four  # noqa: B018
    with pytest.raises(AttributeError, match=r"no attribute 'fit'; use nn\.fit"):
        nn.Sequential(nn.ReLU()).fit  # noqa: B018


# ModuleList


def residual(library: Any, make: Any) -> Any:
    """Layers that are called one by one, in our library or PyTorch's."""

    class Residual(library.Module):
        def __init__(self) -> None:
            super().__init__()
            self.layers = library.ModuleList(make(i) for i in range(3))
            self.heads = library.ModuleDict({"a": make(3), "b": make(4)})

        def forward(self, x: Any) -> Any:
            for layer in self.layers:
                x = x + layer(x)
            return self.heads["b"](self.heads["a"](x))

    return Residual()


def test_lists_and_dicts_of_modules_agree_with_torch() -> None:
    torch = pytest.importorskip("torch")
    ours = residual(nn, lambda i: nn.Linear(2, 2, rng=i))
    agree(ours, residual(torch.nn, lambda i: torch.nn.Linear(2, 2)), drawn((4, 2)))


def test_a_module_list_is_a_list() -> None:
    layers = linears(4)
    found = nn.ModuleList(layers[:2])
    found.append(layers[2])
    found += [layers[3]]
    assert (len(found), list(found), found[0], found[-1]) == (4, layers, layers[0], layers[3])
    assert isinstance(found[1:3], nn.ModuleList)
    assert list(found[1:3]) == layers[1:3]
    assert [name for name, _ in found.named_children()] == ["0", "1", "2", "3"]
    found.insert(1, nn.ReLU())
    found[0] = nn.Tanh()
    del found[1]
    assert list(found)[1:] == layers[1:]
    assert len(nn.ModuleList()) == len(nn.ModuleList(None)) == len(nn.ModuleDict(None)) == 0


@given(
    st.lists(st.sampled_from(["append", "insert", "delete", "replace", "pop", "add"]), max_size=8), st.data()
)
def test_a_module_list_does_what_a_list_does(steps: list[str], data: st.DataObject) -> None:
    ours, theirs = nn.ModuleList(), list[nn.Module]()
    for step in steps:
        layer, index = nn.ReLU(), data.draw(st.integers(-3, 3))
        if step == "append":
            ours.append(layer), theirs.append(layer)
        elif step == "add":
            ours, theirs = ours + [layer], theirs + [layer]  # noqa: RUF005
        elif step == "insert":
            assert ours.insert(index, layer) is ours
            theirs.insert(index, layer)
        elif -len(theirs) <= index < len(theirs):
            if step == "delete":
                del ours[index], theirs[index]
            elif step == "pop":
                assert ours.pop(index) is theirs.pop(index)
            else:
                ours[index] = theirs[index] = layer
        assert list(ours) == theirs
        assert [name for name, _ in ours.named_children()] == [str(i) for i in range(len(theirs))]


# ModuleDict


def test_a_module_dict_is_a_dict() -> None:
    one, two, three = linears(3)
    found = nn.ModuleDict([("one", one), ("two", two)])
    found["three"] = three
    assert (len(found), list(found), found["two"]) == (3, ["one", "two", "three"], two)
    assert list(found.keys()) == list(found)
    assert list(found.values()) == [one, two, three]
    assert dict(found.items()) == {"one": one, "two": two, "three": three}
    assert "one" in found
    assert "four" not in found
    del found["one"]
    assert found.pop("two") is two
    found.update({"three": one})
    assert list(found.named_children()) == [("three", one)]
    with pytest.raises(KeyError):
        found["one"]
    assert {found: "a key"}[found] == "a key"
    assert found != nn.ModuleDict(found)
    found.clear()
    assert len(found) == 0


CONTAINERS = {
    "Sequential": lambda: nn.Sequential(*linears(2)),
    "ModuleList": lambda: nn.ModuleList(linears(2)),
    "ModuleDict": lambda: nn.ModuleDict({"a": linears(1)[0]}),
}


@pytest.mark.parametrize("name", CONTAINERS)
def test_containers_copy_and_pickle(name: str) -> None:
    container = CONTAINERS[name]()
    state = container.state_dict()
    for other in copy.deepcopy(container), pickle.loads(pickle.dumps(container)):
        assert repr(other) == repr(container)
        for key, array in other.state_dict().items():
            np.testing.assert_array_equal(array, state[key])


@pytest.mark.parametrize("layer", [nn.ReLU, [nn.ReLU()], None, "ReLU"], ids=str)
def test_what_is_no_module_is_refused(layer: Any) -> None:
    for put in (
        lambda: nn.ModuleList([layer]),
        lambda: nn.ModuleDict({"a": layer}),
        lambda: nn.Sequential(nn.ReLU(), layer),
        lambda: nn.Sequential(nn.ReLU()).append(layer),
    ):
        with pytest.raises(TypeError, match="expected modules or functions, got"):
            put()


def test_a_name_must_be_text() -> None:
    with pytest.raises(TypeError, match="name: expected text, got 1"):
        nn.ModuleDict({1: nn.ReLU()})


# Shapes


@pytest.mark.parametrize("how", [(), (0,), (2,), (1, 2), (-2, -1), (0, 0)], ids=str)
def test_flatten_agrees_with_torch(how: tuple[int, ...]) -> None:
    torch = pytest.importorskip("torch")
    agree(nn.Flatten(*how), torch.nn.Flatten(*how), drawn((2, 3, 4, 5)))


@pytest.mark.parametrize("how", [(1, (2, 3)), (-1, (2, -1)), (1, (6,)), (0, (2, 1, 2))], ids=str)
def test_unflatten_agrees_with_torch(how: Any) -> None:
    torch = pytest.importorskip("torch")
    agree(nn.Unflatten(*how), torch.nn.Unflatten(*how), drawn((4, 6)))


def test_flatten_undoes_what_unflatten_does() -> None:
    x = tensor(drawn((4, 6)))
    close(nn.Flatten()(nn.Unflatten(1, (2, 3))(x)), x)
    assert nn.Flatten()([[[1, 2], [3, 4]]]).shape == (1, 4)
    check_gradients(nn.Sequential(nn.Unflatten(1, (2, 3)), nn.Tanh(), nn.Flatten()), x.numpy())


def test_layers_of_shapes_show_themselves_as_in_torch() -> None:
    torch = pytest.importorskip("torch")
    assert repr(nn.Flatten()) == repr(torch.nn.Flatten())
    assert repr(nn.Unflatten(1, (2, 3))) == repr(torch.nn.Unflatten(1, (2, 3)))


@pytest.mark.parametrize(
    ("layer", "said"),
    [
        (nn.Flatten(3), r"Flatten: expected axes 3 to -1, got shape \(2, 6\)"),
        (nn.Flatten(1, 0), "Flatten: expected start_dim up to end_dim, got 1 and 0"),
        (nn.Unflatten(1, (4, 2)), r"Unflatten: expected axis 1 to fill \(4, 2\), got shape \(2, 6\)"),
        (nn.Unflatten(1, (4, -1)), r"Unflatten: expected axis 1 to fill \(4, -1\)"),
        (nn.Unflatten(2, (6,)), "Unflatten: expected axis 2"),
    ],
    ids=str,
)
def test_shapes_that_do_not_fit_are_refused_with_the_path(layer: nn.Module, said: str) -> None:
    with pytest.raises(ValueError, match=said) as caught:
        nn.Sequential(layer)(np.ones((2, 6)))
    assert "in layer '0' of Sequential" in "\n".join(caught.value.__notes__)
