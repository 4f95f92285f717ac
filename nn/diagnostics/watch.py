"""HealthWatch: a callback that looks at a network while it is trained."""

from __future__ import annotations

from contextlib import ExitStack

from nn.diagnostics.recorder import Recorder
from nn.diagnostics.report import Report
from nn.errors import whole_number
from nn.training import Callback, Training


class HealthWatch(Callback):
    """Look at all layers while a model is trained, and report what is wrong.

    The first steps are looked at one by one, later ones more and more seldom, so that a long training
    costs little time and memory. Of what was seen, the beginning is kept whole, and the rest evenly; it is
    kept when training ends, however it ends.

    Args:
        records: how many steps are kept at most, a quarter of them from the beginning.

    Raises:
        ValueError: ``records`` is no whole number from 8.

    Example:
        >>> x = np.random.default_rng(0).normal(size=(64, 2))
        >>> model = nn.MLP([2, 8, 8, 8, 8, 8, 1], rng=0)
        >>> watch = HealthWatch()
        >>> task = model, (x, x[:, :1]), nn.MSELoss(), nn.optim.SGD(model.parameters(), lr=0.1)
        >>> history = nn.fit(*task, epochs=10, rng=0, callbacks=[watch])
        >>> [finding.name for finding in watch.report().findings]
        ['vanishing gradients']
    """

    def __init__(self, records: int = 64) -> None:
        self.records = whole_number("records", records, 8)
        self._recorder: Recorder | None = None
        self._attached = ExitStack()

    def on_train_begin(self, training: Training) -> None:
        """Begin to look."""
        self._recorder = Recorder(training.model, self.records)
        self._recorder.history = training.history
        loss = training.loss
        training.loss = self._recorder.watched(loss)
        self._attached.callback(setattr, training, "loss", loss)
        self._attached.enter_context(self._recorder.attached())

    def on_batch_end(self, training: Training) -> None:
        """Look at a step."""
        if self._recorder is not None:
            self._recorder.end_step()

    def on_train_end(self, training: Training) -> None:
        """Look no more."""
        self._attached.close()
        if self._recorder is not None:
            self._recorder.close()

    def report(self) -> Report:
        """Say what was seen so far.

        Raises:
            RuntimeError: nothing was trained yet.
        """
        if self._recorder is None:
            raise RuntimeError("report: expected a training; the usual fix is nn.fit(..., callbacks=[watch])")
        return Report(self._recorder)
