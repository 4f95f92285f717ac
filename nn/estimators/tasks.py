"""scikit-learn's own callbacks: each epoch is told to them as a task."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from nn.training import Callback, Training

try:
    from sklearn.callback import CallbackSupportMixin, with_callbacks
except ImportError:  # before scikit-learn 1.9

    class CallbackSupportMixin:  # type: ignore[no-redef]
        """No callbacks."""

    def with_callbacks(method: Any) -> Any:
        """Leave a method as it is."""
        return method


__all__ = ["CallbackSupportMixin", "epochs_as_tasks", "with_callbacks"]


class Tasks(Callback):
    """Tell scikit-learn's callbacks of each epoch; one of them ends training by giving True.

    Args:
        estimator: what is fitted.
        context: its root context.
        **data: ``X``, ``y`` and ``metadata``, as the callbacks want them.
    """

    def __init__(self, estimator: Any, context: Any, **data: Any) -> None:
        self.estimator, self.context, self.data = estimator, context, data

    def on_epoch_begin(self, training: Training) -> None:
        """Begin a task."""
        self.task = self.context.subcontext(task_name="epoch")
        self.task.call_on_fit_task_begin(**self.told())

    def on_epoch_end(self, training: Training) -> bool:
        """End it."""
        return bool(self.task.call_on_fit_task_end(**self.told()))

    def told(self) -> dict[str, Any]:
        """Return what a callback may ask for; the network is only copied if it does."""
        return {
            "estimator": self.estimator,
            "reconstruction_attributes": lambda: {"module_": copy.deepcopy(self.estimator.module_).eval()},
            **self.data,
        }


@contextmanager
def epochs_as_tasks(estimator: Any, **data: Any) -> Iterator[list[Callback]]:
    """Tell the callbacks that an estimator was given of a fit, and give what tells them of its epochs."""
    if not getattr(estimator, "_skl_callbacks", ()):
        yield []
        return
    context = estimator._init_callback_context(max_subtasks=estimator.max_iter)
    tasks = Tasks(estimator, context, **data)
    context.call_on_fit_task_begin(**tasks.told())
    yield [tasks]
    context.call_on_fit_task_end(**tasks.told())
