"""The functions behind layers and losses: entries of the table of derivatives."""

from nn.functional.activations import (
    binary_step,
    elu,
    identity,
    leaky_relu,
    log_softmax,
    logsumexp,
    relu,
    sigmoid,
    softmax,
    softplus,
    tanh,
)
from nn.functional.linear import linear
from nn.functional.losses import (
    binary_cross_entropy,
    binary_cross_entropy_with_logits,
    cross_entropy,
    mse_loss,
    nll_loss,
)

__all__ = [
    "binary_cross_entropy", "binary_cross_entropy_with_logits", "binary_step", "cross_entropy", "elu",
    "identity", "leaky_relu", "linear", "log_softmax", "logsumexp", "mse_loss", "nll_loss",
    "relu", "sigmoid", "softmax", "softplus", "tanh",
]  # fmt: skip
