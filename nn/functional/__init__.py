"""The functions behind layers and losses: entries of the table of derivatives."""

from typing import TYPE_CHECKING

from autograd.instead import module_getattr
from nn.functional.activations import (
    binary_step,
    celu,
    elu,
    hardswish,
    hardtanh,
    leaky_relu,
    log_softmax,
    logsumexp,
    relu,
    sigmoid,
    silu,
    softmax,
    softplus,
)
from nn.functional.class_losses import cross_entropy, nll_loss
from nn.functional.composed_activations import (
    gelu,
    glu,
    hardshrink,
    hardsigmoid,
    identity,
    logsigmoid,
    mish,
    prelu,
    relu6,
    selu,
    softmin,
    softshrink,
    softsign,
    tanh,
    tanhshrink,
    threshold,
)
from nn.functional.convolution import conv1d, conv2d, conv_transpose2d
from nn.functional.dropout import dropout, dropout2d
from nn.functional.embedding import embedding
from nn.functional.linear import bilinear, linear
from nn.functional.losses import (
    binary_cross_entropy,
    binary_cross_entropy_with_logits,
    hinge_embedding_loss,
    huber_loss,
    kl_div,
    l1_loss,
    l1_penalty,
    l2_penalty,
    mse_loss,
    smooth_l1_loss,
    triplet_margin_loss,
)
from nn.functional.normalisation import batch_norm, group_norm, layer_norm, rms_norm
from nn.functional.pooling import (
    adaptive_avg_pool1d,
    adaptive_avg_pool2d,
    avg_pool1d,
    avg_pool2d,
    max_pool1d,
    max_pool2d,
)
from nn.functional.recurrent import gru, lstm, rnn
from nn.pytorch import FUNCTIONAL

__all__ = [
    "adaptive_avg_pool1d", "adaptive_avg_pool2d", "avg_pool1d", "avg_pool2d", "batch_norm",
    "bilinear", "binary_cross_entropy", "binary_cross_entropy_with_logits", "binary_step", "celu",
    "conv1d", "conv2d", "conv_transpose2d", "cross_entropy", "dropout", "dropout2d", "elu",
    "embedding", "gelu", "glu", "group_norm", "gru", "hardshrink", "hardsigmoid", "hardswish",
    "hardtanh", "hinge_embedding_loss", "huber_loss", "identity", "kl_div", "l1_loss", "l1_penalty",
    "l2_penalty", "layer_norm", "leaky_relu", "linear", "log_softmax", "logsigmoid", "logsumexp",
    "lstm", "max_pool1d", "max_pool2d", "mish", "mse_loss", "nll_loss", "prelu", "relu", "relu6",
    "rms_norm", "rnn", "selu", "sigmoid", "silu", "smooth_l1_loss", "softmax", "softmin",
    "softplus", "softshrink", "softsign", "tanh", "tanhshrink", "threshold", "triplet_margin_loss",
]  # fmt: skip

if not TYPE_CHECKING:
    __getattr__ = module_getattr(__name__, FUNCTIONAL)
