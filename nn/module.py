"""Module: what all layers, losses and models are."""

from __future__ import annotations

import html
import warnings
from collections.abc import Callable, Iterator, Mapping
from inspect import signature
from typing import Any, Self, TypeVar

import numpy as np

from autograd import Tensor, as_tensor, no_grad
from nn.errors import in_two_calls, shown
from nn.parameter import Buffer, Parameter, forget_gradients
from nn.pytorch import MODULE, Instead

T = TypeVar("T", bound=Tensor)
_WEIGHTS = {"weight", "pos_weight"}  # options of losses that are arrays


class Module:
    """A function with parameters. Write a class with fields, and ``forward``.

    Parameters and modules are found among the fields, also in lists, tuples and dicts; nothing
    must be registered. Their names are the fields' names, joined by dots.

    Example:
        >>> class Scale(Module):
        ...     def __init__(self):
        ...         self.factor = Parameter(2.0)
        ...     def forward(self, x):
        ...         return self.factor * x
        >>> Scale()(3.0)
        tensor(6., from=np.multiply)
        >>> dict(Scale().named_parameters())
        {'factor': tensor(2., requires_grad=True)}
    """

    training: bool = True
    locals().update({name: Instead(words) for name, words in MODULE.items()})

    def forward(self, *args: Any, **kwargs: Any) -> Any:
        """Compute the module's result. Every module defines this."""
        raise TypeError(f"{type(self).__name__} has no forward(): define what the module computes")

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """Compute ``forward``; if that fails, say in which layer."""
        try:
            return self.forward(*args, **kwargs)
        except Exception as error:
            self._locate(error)
            raise

    def _locate(self, error: Exception) -> None:
        """Extend, on the way out, the path of the layer where ``error`` arose."""
        origin, inner, path, note = getattr(error, "layer", (self, None, "", ""))
        name = next((name for name, module in self.named_modules() if module is inner), None)
        if name is None:  # it arose here, or in a layer that is no field
            origin, path, line = self, "", f"in layer {self!r}"
        else:
            path = f"{name}.{path}".strip(".")
            error.__notes__.remove(note)
            line = f"in layer {path!r} of {type(self).__name__}: {origin!r}"
        error.add_note(line)
        error.layer = (origin, self, path, line)  # type: ignore[attr-defined]

    # Fields

    def __setattr__(self, name: str, value: Any) -> None:
        """Set a field; what is learned, or kept in the state, is not replaced by what is not.

        Warns:
            UserWarning: a Tensor that requires a gradient, but is no Parameter, is not learned.
        """
        kept = vars(self).get(name)
        if isinstance(kept, (Parameter, Buffer)) and not (value is None or isinstance(value, type(kept))):
            kind, got = type(kept).__name__, type(value).__name__
            raise TypeError(
                f"{name}: expected a {kind}, as stood there, or None, got {got}; the usual fix is "
                f"module.{name}.data = array, or module.{name} = nn.{kind}(array)"
            )
        if isinstance(value, (Tensor, np.ndarray)) and not isinstance(value, (Parameter, Buffer)):
            self._take(name, value)
        super().__setattr__(name, value)

    def _take(self, name: str, value: Any) -> None:
        """Refuse data as an option of a layer, and warn of a weight that no optimiser would find."""
        kind = type(self)
        if (
            kind.__module__.startswith("nn.")
            and value.ndim
            and name in signature(kind).parameters.keys() - _WEIGHTS
        ):
            raise TypeError(
                f"{kind.__name__}({name}=): expected an option, got {shown(value)}; {in_two_calls(self)}"
            )
        if isinstance(value, Tensor) and value.requires_grad and value.is_leaf:
            warnings.warn(
                f"{name}: a Tensor is not among model.parameters(), and is not learned; the usual fix is "
                f"nn.Parameter(array), or x.detach() for what is only kept",
                stacklevel=3,
            )

    def fields(self) -> Iterator[tuple[str, Any]]:
        """Give the names and values of all fields, those in lists, tuples and dicts one by one."""
        for name, value in vars(self).items():
            yield from _flattened(name, value)

    def named_children(self) -> Iterator[tuple[str, Module]]:
        """Give the modules among the fields, with their names."""
        return ((name, value) for name, value in self.fields() if isinstance(value, Module))

    def children(self) -> Iterator[Module]:
        """Give the modules among the fields."""
        return (module for _, module in self.named_children())

    def named_modules(self, prefix: str = "", seen: set[int] | None = None) -> Iterator[tuple[str, Module]]:
        """Give this module and all those inside it, with their names; a shared one comes once."""
        seen = set() if seen is None else seen
        if id(self) not in seen:
            seen.add(id(self))
            yield prefix, self
            for name, child in self.named_children():
                yield from child.named_modules(f"{prefix}.{name}" if prefix else name, seen)

    def modules(self) -> Iterator[Module]:
        """Give this module and all those inside it."""
        return (module for _, module in self.named_modules())

    def apply(self, function: Callable[[Module], Any]) -> Self:
        """Call a function of each module inside, then of this one, as for other initial values.

        Example:
            >>> def small(module):
            ...     if isinstance(module, nn.Linear):
            ...         nn.init.normal_(module.weight, std=0.01, rng=0)
            >>> model = nn.Sequential(nn.Linear(2, 3), nn.ReLU()).apply(small)
            >>> bool((abs(model[0].weight) < 0.1).all())
            True
        """
        for child in self.children():
            child.apply(function)
        function(self)
        return self

    def _named(self, *kinds: type[T]) -> Iterator[tuple[str, T]]:
        """Give all fields of some kinds, module by module; what is shared comes once."""
        seen: set[int] = set()
        for path, module in self.named_modules():
            for kind in kinds:
                for name, value in module.fields():
                    if isinstance(value, kind) and id(value) not in seen:
                        seen.add(id(value))
                        yield (f"{path}.{name}" if path else name), value

    def named_parameters(self) -> Iterator[tuple[str, Parameter]]:
        """Give all parameters with their names; one that is shared comes once."""
        return self._named(Parameter)

    def parameters(self) -> Iterator[Parameter]:
        """Give all parameters: what an optimiser is made of."""
        return (parameter for _, parameter in self.named_parameters())

    def named_buffers(self) -> Iterator[tuple[str, Buffer]]:
        """Give all buffers with their names."""
        return self._named(Buffer)

    def buffers(self) -> Iterator[Buffer]:
        """Give all buffers."""
        return (buffer for _, buffer in self.named_buffers())

    def register_buffer(self, name: str, tensor: Any) -> None:
        """Make a field that belongs to the state but is not learned; to assign a Buffer does the same."""
        setattr(self, name, None if tensor is None else Buffer(as_tensor(tensor).data, name=name))

    # State

    def state_dict(self) -> dict[str, np.ndarray[Any, Any]]:
        """Give a copy of the array of every parameter and buffer, by name."""
        return {name: tensor.data.copy() for name, tensor in self._named(Parameter, Buffer)}

    def _everywhere(self, path: str = "", inside: tuple[Module, ...] = ()) -> Iterator[tuple[str, Tensor]]:
        """Give all parameters and buffers; one that is shared comes by all its names."""
        for name, value in () if self in inside else self.fields():
            if isinstance(value, (Parameter, Buffer)):
                yield path + name, value
            elif isinstance(value, Module):
                yield from value._everywhere(f"{path}{name}.", (*inside, self))

    def load_state_dict(self, state: Mapping[str, Any], strict: bool = True) -> None:
        """Write arrays into the parameters and buffers of the same names.

        What is shared may come by several of its names, as PyTorch gives it, with equal arrays.

        Args:
            state: arrays by name.
            strict: whether missing and unknown names are refused; otherwise they are passed over.

        Raises:
            ValueError: names are missing or unknown, shapes differ, or values are no numbers. All
                such are listed, and nothing is written.
        """
        if not isinstance(state, Mapping):
            got = type(state).__name__
            raise TypeError(f"state: expected arrays by name, as state_dict() gives, got {got}")
        places, wrong = dict(self._everywhere()), []
        arrays: dict[Tensor, tuple[str, Any]] = {}
        known = [name for name in places if name in state]
        if strict:
            given = {places[name] for name in known}
            wrong += [f"missing: {name}" for name, x in self._named(Parameter, Buffer) if x not in given]
            wrong += [f"unknown: {name}" for name in state.keys() - places.keys()]
        for name in known:
            try:
                array = as_tensor(state[name]).data
            except (TypeError, ValueError) as error:
                wrong.append(f"value of {name}: {error}")
                continue
            if array.shape != places[name].shape:
                wrong.append(f"shape of {name}: expected {places[name].shape}, got {array.shape}")
            other, same = arrays.setdefault(places[name], (name, array))
            if same is not array and not np.array_equal(same, array, equal_nan=True):
                wrong.append(f"value of {name}: expected that of {other}, for here they are one, got another")
        if wrong:
            raise ValueError(f"state of {type(self).__name__} does not fit:\n  " + "\n  ".join(sorted(wrong)))
        with no_grad():
            for tensor, (_, array) in arrays.items():
                tensor.copy_(array)

    def zero_grad(self, set_to_none: bool = True) -> None:
        """Forget the gradients of all parameters: make them None, or zeros."""
        forget_gradients(self.parameters(), set_to_none)

    def requires_grad_(self, requires_grad: bool = True) -> Self:
        """Make all parameters require gradients, or freeze them."""
        for parameter in self.parameters():
            parameter.requires_grad = requires_grad
        return self

    def train(self, mode: bool = True) -> Self:
        """Switch all layers to training; some, such as dropout, then do other than in use."""
        for module in self.modules():
            module.training = mode
        return self

    def eval(self) -> Self:
        """Switch all layers to use."""
        return self.train(False)

    # Display

    def describe(self) -> str:
        """Say what stands in the parentheses of ``repr``."""
        return ""

    def __repr__(self) -> str:
        """Write the module as PyTorch does, one line for each module inside."""
        inside = [f"({name}): {child!r}".replace("\n", "\n  ") for name, child in self.named_children()]
        if not inside:
            return f"{type(self).__name__}({self.describe()})"
        return "\n  ".join([f"{type(self).__name__}(", *inside]) + "\n)"

    def _repr_html_(self) -> str:
        """Write the module for notebooks: layers that unfold, with their numbers of parameters."""
        children = list(self.named_children())
        count = f"{sum(parameter.size for parameter in self.parameters()):,} parameters"
        if not children:
            return f"<code>{html.escape(repr(self))}</code>, {count}"
        inside = "".join(f"<li>{html.escape(name)}: {child._repr_html_()}</li>" for name, child in children)
        return f"<details open><summary>{type(self).__name__}, {count}</summary><ul>{inside}</ul></details>"


def _flattened(name: str, value: Any) -> Iterator[tuple[str, Any]]:
    if isinstance(value, (list, tuple)):
        for i, item in enumerate(value):
            yield from _flattened(f"{name}.{i}", item)
    elif isinstance(value, dict):
        for key, item in value.items():
            yield from _flattened(f"{name}.{key}", item)
    else:
        yield name, value
