"""Training: ``fit``, its history and callbacks, checkpoints, the learning-rate finder, ``summary``."""

from nn.training.callbacks import Callback
from nn.training.checkpoints import Checkpoint
from nn.training.early_stopping import EarlyStopping
from nn.training.history import History
from nn.training.learning_rate import LearningRates, find_learning_rate
from nn.training.loop import fit
from nn.training.outputs import outputs_seen
from nn.training.state import Training
from nn.training.summaries import Summary, summary

__all__ = [
    "Callback", "Checkpoint", "EarlyStopping", "History", "LearningRates", "Summary", "Training",
    "find_learning_rate", "fit", "outputs_seen", "summary",
]  # fmt: skip
