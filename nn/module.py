"""Module: what all layers, losses and models are."""

from __future__ import annotations

import copy
import html
import warnings
from collections.abc import Callable, Iterable, Iterator, Mapping
from inspect import signature
from typing import Any, ClassVar, NamedTuple, Self, TypeVar

import numpy as np
from numpy.random.bit_generator import ISpawnableSeedSequence

from autograd import Tensor, as_tensor, is_transforming, no_grad
from autograd.instead import Instead
from nn.errors import in_two_calls, shown
from nn.parameter import Buffer, Parameter, forget_gradients, has_history, refuse_history
from nn.pytorch import MODULE

T = TypeVar("T", bound=Tensor)


class IncompatibleKeys(NamedTuple):
    """The names of what a state lacked, and of what it had and the module has not."""

    missing_keys: list[str]
    unexpected_keys: list[str]


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
    _arrays: ClassVar[tuple[str, ...]] = ()  # options that are arrays
    locals().update({name: Instead(words) for name, words in MODULE.items()})

    def forward(self, *args: Any, **kwargs: Any) -> Any:
        """Compute the module's result. Every module defines this."""
        raise NotImplementedError(f"{type(self).__name__} has no forward(): define what the module computes")

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

        A Tensor without history that is assigned to a buffer becomes the buffer.

        Warns:
            UserWarning: a Tensor that requires a gradient, but is no Parameter, is not learned.
        """
        kept = vars(self).get(name)
        if isinstance(kept, Buffer) and type(value) is Tensor and not value.requires_grad:
            value = Buffer(value.data, persistent=kept.persistent, name=kept.name)
        if isinstance(kept, (Parameter, Buffer)) and not (value is None or isinstance(value, type(kept))):
            kind, got = type(kept).__name__, type(value).__name__
            fix = f"module.{name}.data = array, or module.{name} = nn.{kind}(array)"
            if isinstance(kept, Buffer) and isinstance(value, Tensor):
                got, fix = "one with a history", f"module.{name} = x.detach()"
            raise TypeError(
                f"{name}: expected a {kind}, as stood there, or None, got {got}; the usual fix is {fix}"
            )
        if isinstance(value, (Tensor, np.ndarray)) and not isinstance(value, (Parameter, Buffer)):
            self._check_data(name, value)
        super().__setattr__(name, value)

    def _check_data(self, name: str, value: Any) -> None:
        """Refuse data as an option of a layer, and warn of a weight that no optimiser would find."""
        kind = type(self)
        if (
            kind.__module__.startswith("nn.")
            and value.ndim
            and name in signature(kind).parameters.keys() - set(self._arrays)
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

    def _named_fields(self) -> Iterator[tuple[str, Any]]:
        """Return the names and values of all fields, those in lists, tuples and dicts one by one."""
        for name, value in vars(self).items():
            yield from _flattened(name, value)

    def named_children(self) -> Iterator[tuple[str, Module]]:
        """Return the modules among the fields, with their names."""
        return ((name, value) for name, value in self._named_fields() if isinstance(value, Module))

    def children(self) -> Iterator[Module]:
        """Return the modules among the fields."""
        return (module for _, module in self.named_children())

    def named_modules(
        self, memo: set[int] | None = None, prefix: str = "", remove_duplicate: bool = True
    ) -> Iterator[tuple[str, Module]]:
        """Return this module and all those inside it, with their names.

        Args:
            memo: the ids of modules that are left out.
            prefix: the name of this module.
            remove_duplicate: whether a shared module comes once, or by all its names.
        """
        memo = set() if memo is None else memo if remove_duplicate else set(memo)
        if id(self) not in memo:
            memo.add(id(self))
            yield prefix, self
            for name, child in self.named_children():
                yield from child.named_modules(memo, _joined(prefix, name), remove_duplicate)

    def modules(self) -> Iterator[Module]:
        """Return this module and all those inside it."""
        return (module for _, module in self.named_modules())

    def apply(self, fn: Callable[[Module], Any]) -> Self:
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
            child.apply(fn)
        fn(self)
        return self

    def _named(
        self, *kinds: type[T], prefix: str = "", recurse: bool = True, remove_duplicate: bool = True
    ) -> Iterator[tuple[str, T]]:
        """Return all fields of some kinds, module by module; what is shared comes once, or by all names."""
        seen: set[int] = set()
        inside = self.named_modules(None, prefix, remove_duplicate)
        for path, module in inside if recurse else [(prefix, self)]:
            for kind in kinds:
                for name, value in module._named_fields():
                    if isinstance(value, kind) and not (remove_duplicate and id(value) in seen):
                        seen.add(id(value))
                        yield _joined(path, name), value

    def named_parameters(
        self, prefix: str = "", recurse: bool = True, remove_duplicate: bool = True
    ) -> Iterator[tuple[str, Parameter]]:
        """Return all parameters with their names.

        Args:
            prefix: what stands before the names.
            recurse: whether those of modules inside come too.
            remove_duplicate: whether one that is shared comes once, or by all its names.
        """
        return self._named(Parameter, prefix=prefix, recurse=recurse, remove_duplicate=remove_duplicate)

    def parameters(self, recurse: bool = True) -> Iterator[Parameter]:
        """Return all parameters: what an optimiser is made of; or those of this module alone."""
        return (parameter for _, parameter in self.named_parameters(recurse=recurse))

    def named_buffers(
        self, prefix: str = "", recurse: bool = True, remove_duplicate: bool = True
    ) -> Iterator[tuple[str, Buffer]]:
        """Return all buffers with their names, as ``named_parameters`` gives parameters."""
        return self._named(Buffer, prefix=prefix, recurse=recurse, remove_duplicate=remove_duplicate)

    def buffers(self, recurse: bool = True) -> Iterator[Buffer]:
        """Return all buffers."""
        return (buffer for _, buffer in self.named_buffers(recurse=recurse))

    def register_buffer(self, name: str, tensor: Any, persistent: bool = True) -> None:
        """Make a field that is not learned; to assign a :class:`Buffer` does the same.

        Args:
            name: of the field.
            tensor: its values, or None.
            persistent: whether it belongs to the state.

        Raises:
            TypeError: this is a Tensor with a history, which would be lost.
        """
        refuse_history("tensor", tensor)
        buffer = None if tensor is None else Buffer(as_tensor(tensor).data, persistent=persistent, name=name)
        setattr(self, name, buffer)

    # State

    def state_dict(self, *, prefix: str = "") -> dict[str, np.ndarray[Any, Any]]:
        """Return a copy of the array of every parameter and buffer, by name; what is shared, by all names."""
        return {name: tensor.data.copy() for name, tensor in self._named_state(prefix)}

    def _named_state(self, prefix: str = "") -> Iterator[tuple[str, Tensor]]:
        return (
            (prefix + name, tensor)
            for name, tensor in self._named(Parameter, Buffer, remove_duplicate=False)
            if getattr(tensor, "persistent", True)
        )

    def load_state_dict(self, state_dict: Mapping[str, Any], strict: bool = True) -> IncompatibleKeys:
        """Write arrays into the parameters and buffers of the same names.

        What is shared may come by any of its names, or by several with equal arrays.

        Args:
            state_dict: arrays by name.
            strict: whether missing and unknown names are refused; otherwise they are passed over.

        Returns:
            The names that are missing, and those that are unknown, as ``missing_keys`` and
            ``unexpected_keys``.

        Raises:
            ValueError: names are missing or unknown, shapes differ, or values are no numbers. All
                such are listed, and nothing is written.
            TypeError: this is no mapping; or inside ``grad`` and other transforms, whose result would be
                wrong, a value is a Tensor that requires a gradient.

        Warns:
            UserWarning: elsewhere, a value is a Tensor with a history, of which only the numbers are kept.
        """
        check_state("state_dict", state_dict)
        if is_transforming():
            for name, value in state_dict.items():
                refuse_history(f"value of {name}", value)
        values, keys = matched(self, self._named_state(), state_dict, strict)
        if results := [name for name, value in state_dict.items() if has_history(value)]:
            warnings.warn(
                f"state_dict: only numbers are kept, not the history of {', '.join(results)}. The usual fix "
                f"is x.detach(), or no_grad(); or, for gradients, nn.functional_call(model, weights, x)",
                stacklevel=2,
            )
        with no_grad():
            for tensor, value in values.items():
                tensor.copy_(value)
        return keys

    def zero_grad(self, set_to_none: bool = True) -> None:
        """Forget the gradients of all parameters: make them None, or zeros."""
        forget_gradients(self.parameters(), set_to_none)

    def requires_grad_(self, requires_grad: bool = True) -> Self:
        """Make all parameters require gradients, or freeze them."""
        for parameter in self.parameters():
            parameter.requires_grad = requires_grad
        return self

    def train(self, mode: bool = True) -> Self:
        """Switch all layers to training mode, in which some, such as dropout, behave differently.

        The layers inside of one that has a ``train`` of its own are left to that.
        """
        modules: list[Module] = [self]
        seen = {id(self)}
        for module in modules:  # to which those inside are added on the way
            module.training = mode
            for child in module.children():
                if id(child) not in seen:
                    seen.add(id(child))
                    if getattr(child.train, "__func__", None) is Module.train:
                        modules.append(child)
                    else:
                        child.train(mode)
        return self

    def eval(self) -> Self:
        """Switch all layers to evaluation mode."""
        return self.train(False)

    # Display

    def extra_repr(self) -> str:
        """Say what stands in the parentheses of ``repr``."""
        return ""

    def _shown(self) -> list[tuple[str, Any]]:
        """Return what has a line of its own: modules, and functions in the place of modules."""
        return list(self.named_children())

    def __repr__(self) -> str:
        """Write the module as PyTorch does, one line for each module inside."""
        lines = self.extra_repr().splitlines()
        inside = [f"({name}): {_written(child)}" for name, child in self._shown()]
        if not inside and len(lines) < 2:
            return f"{type(self).__name__}({''.join(lines)})"
        return "\n".join([f"{type(self).__name__}(", *lines, *inside]).replace("\n", "\n  ") + "\n)"

    def _repr_html_(self) -> str:
        """Write the module for notebooks: layers that unfold, with their numbers of parameters."""
        count = f"{sum(parameter.size for parameter in self.parameters()):,} parameters"
        items = [
            html.escape(f"{name}: ")
            + (child._repr_html_() if isinstance(child, Module) else html.escape(_written(child)))
            for name, child in self._shown()
        ]
        if not items:
            return f"<code>{html.escape(repr(self))}</code>, {count}"
        inside = "".join(f"<li>{item}</li>" for item in items)
        return f"<details open><summary>{type(self).__name__}, {count}</summary><ul>{inside}</ul></details>"

    def __deepcopy__(self, memo: dict[int, Any]) -> Self:
        """Copy everything; what is random draws from a stream of its own then, lest copies draw alike.

        A generator that cannot give one, such as that of a RandomState, is copied as it is.
        """
        for _, value in self._named_fields():
            if isinstance(value, np.random.Generator) and id(value) not in memo and _may_spawn(value):
                memo[id(value)] = value.spawn(1)[0]
        twin = memo[id(self)] = copy.copy(self)
        vars(twin).update(copy.deepcopy(vars(twin), memo))
        return twin


def check_state(argument: str, given: Any) -> None:
    """Refuse what is no mapping."""
    if not isinstance(given, Mapping):
        got = type(given).__name__
        raise TypeError(f"{argument}: expected arrays by name, as state_dict() gives, got {got}")


def matched(
    module: Module, places: Iterable[tuple[str, Tensor]], given: Mapping[str, Any], strict: bool
) -> tuple[dict[Tensor, Tensor], IncompatibleKeys]:
    """Return the values that came by the names of parameters and buffers, as Tensors.

    Raises:
        ValueError: some do not fit; with ``strict``, also: names are missing or unknown. All are listed.
    """
    names: dict[Tensor, list[str]] = {}  # of what is shared, several
    for name, tensor in places:
        names.setdefault(tensor, []).append(name)
    known = {name for shared in names.values() for name in shared}
    unknown = [name for name in given if name not in known]
    missing, wrong, values = [], [], {}
    for tensor, own in names.items():
        came = {name: given[name] for name in own if name in given}
        try:
            if came:
                values[tensor] = _value_for(tensor, came)
            else:
                missing.append(own[0])
        except ValueError as error:
            wrong.append(str(error))
    if strict:
        wrong += [f"missing: {name}" for name in missing] + [f"unknown: {name}" for name in unknown]
    if wrong:
        raise ValueError(f"state of {type(module).__name__} does not fit:\n  " + "\n  ".join(sorted(wrong)))
    return values, IncompatibleKeys(missing, unknown)


def _value_for(tensor: Tensor, came: dict[str, Any]) -> Tensor:
    """Return the value that came by a tensor's names; refuse another shape, and different ones."""
    first, *others = came
    values: dict[str, Tensor] = {}
    for name, value in came.items():
        try:
            values[name] = as_tensor(value)
        except (TypeError, ValueError) as error:
            raise ValueError(f"value of {name}: {error}") from error
        if values[name].shape != tensor.shape:
            raise ValueError(f"shape of {name}: expected {tensor.shape}, got {values[name].shape}")
    for name in others:
        if not _same(values[first], values[name]):
            raise ValueError(
                f"value of {name}: expected that of {first}, for here they are one, got another; "
                f"the usual fix is to leave it out, as model.named_parameters() does"
            )
    return values[first]


def _same(value: Tensor, other: Tensor) -> bool:
    """Tell whether one value can stand for both: no gradient is lost, and the numbers are equal."""
    return value is other or (
        not other.requires_grad and np.array_equal(value.data, other.data, equal_nan=True)
    )


def _may_spawn(generator: np.random.Generator) -> bool:
    return isinstance(generator.bit_generator.seed_seq, ISpawnableSeedSequence)


def _written(layer: Any) -> str:
    return repr(layer) if isinstance(layer, Module) else getattr(layer, "__name__", repr(layer))


def _joined(path: str, name: str) -> str:
    return f"{path}.{name}" if path else name


def _flattened(name: str, value: Any) -> Iterator[tuple[str, Any]]:
    if isinstance(value, (list, tuple)):
        for i, item in enumerate(value):
            yield from _flattened(f"{name}.{i}", item)
    elif isinstance(value, dict):
        for key, item in value.items():
            yield from _flattened(f"{name}.{key}", item)
    else:
        yield name, value
