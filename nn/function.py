"""Functions of nn.functional as modules."""

from __future__ import annotations

from collections.abc import Callable
from inspect import Signature, signature
from typing import Any, ClassVar

from nn.errors import in_two_calls, real_number
from nn.functional.numbers import as_numbers
from nn.module import Module
from nn.parameter import Buffer
from nn.pytorch import OPTIONS


class Function(Module):
    """A function as a module: its options are the module's arguments, and fields of the same names.

    PyTorch's ``inplace`` is accepted where PyTorch has it, and changes nothing: inputs are left as
    they are.

    Example:
        >>> class Scale(Function, function=lambda x, factor=2.0: factor * x):
        ...     pass
        >>> Scale(factor=3.0)([1.0, 2.0]), Scale()
        (array([3., 6.]), Scale(factor=2.0))
    """

    function: ClassVar[Callable[..., Any]]
    inputs: ClassVar[int] = 1
    arguments: ClassVar[Signature]  # of the function, after the inputs
    options: ClassVar[tuple[str, ...]]  # those of them that the function is given

    def __init_subclass__(cls, function: Callable[..., Any] | None = None) -> None:
        """Read the options off the function."""
        if function is not None:
            parameters = signature(function, eval_str=True).parameters.values()
            known = [p for p in parameters if p.kind is p.POSITIONAL_OR_KEYWORD][cls.inputs :]
            cls.function = staticmethod(function)
            cls.arguments = Signature(known)
            cls.options = tuple(p.name for p in known if p.name != "inplace")
        own = cls.__init__ is not Function.__init__  # which inspect reads if there is no signature
        cls.__signature__ = None if own else getattr(cls, "arguments", None)  # type: ignore[attr-defined]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        try:
            bound = self.arguments.bind(*args, **kwargs)
        except TypeError as error:
            hint = f"; {in_two_calls(self)}" if any(getattr(given, "ndim", 0) for given in args) else ""
            hint += "".join(f"; {OPTIONS[name]}" for name in kwargs if name in OPTIONS)
            raise TypeError(f"{type(self).__name__}{self.arguments}: {error}{hint}") from None
        bound.apply_defaults()
        for name, value in bound.arguments.items():
            if self.arguments.parameters[name].annotation is float:
                real_number(name, value)
            setattr(self, name, value)
        self.__post_init__()

    def __post_init__(self) -> None:
        """Check the options, or complete them."""

    def forward(self, *inputs: Any) -> Any:
        """Call the function."""
        if not self.options and hasattr(inputs[0], "dtype"):  # the most frequent case
            return self.function(*inputs)
        return self.function(*map(as_numbers, inputs), *[getattr(self, name) for name in self.options])

    def extra_repr(self) -> str:
        """Say the options."""
        options = ((name, getattr(self, name)) for name in self.arguments.parameters)
        said = ((name, x) for name, x in options if not (x is None or x is False or isinstance(x, Buffer)))
        return ", ".join(f"{name}={value!r}" for name, value in said)
