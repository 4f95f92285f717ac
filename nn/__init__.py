"""Neural networks on the autograd engine, with PyTorch's names."""

from typing import TYPE_CHECKING

from autograd.instead import module_getattr
from nn import functional, init, optim, utils
from nn.activations import (
    CELU,
    ELU,
    GELU,
    GLU,
    SELU,
    BinaryStep,
    Hardshrink,
    Hardsigmoid,
    Hardswish,
    Hardtanh,
    Identity,
    LeakyReLU,
    LogSigmoid,
    LogSoftmax,
    Mish,
    PReLU,
    ReLU,
    ReLU6,
    Sigmoid,
    SiLU,
    Softmax,
    Softmin,
    Softplus,
    Softshrink,
    Softsign,
    Tanh,
    Tanhshrink,
    Threshold,
)
from nn.batches import batches
from nn.files import load, save
from nn.layers import (
    GRU,
    LSTM,
    MLP,
    RNN,
    AdaptiveAvgPool1d,
    AdaptiveAvgPool2d,
    AvgPool1d,
    AvgPool2d,
    BatchNorm1d,
    BatchNorm2d,
    Bilinear,
    Conv1d,
    Conv2d,
    ConvTranspose2d,
    Dropout,
    Dropout2d,
    Embedding,
    Flatten,
    GroupNorm,
    GRUCell,
    LayerNorm,
    Linear,
    LSTMCell,
    MaxPool1d,
    MaxPool2d,
    ModuleDict,
    ModuleList,
    Perceptron,
    RMSNorm,
    RNNCell,
    Sequential,
    Unflatten,
)
from nn.losses import (
    BCELoss,
    BCEWithLogitsLoss,
    CrossEntropyLoss,
    HingeEmbeddingLoss,
    HuberLoss,
    KLDivLoss,
    L1Loss,
    MSELoss,
    NLLLoss,
    SmoothL1Loss,
    TripletMarginLoss,
)
from nn.module import Module
from nn.parameter import Buffer, Parameter
from nn.pytorch import NN
from nn.stateless import functional_call

if TYPE_CHECKING:
    from nn.diagnostics import HealthWatch, health
    from nn.estimators import MLPClassifier as MLPClassifier
    from nn.estimators import MLPRegressor as MLPRegressor
    from nn.training import (
        Callback,
        Checkpoint,
        EarlyStopping,
        History,
        find_learning_rate,
        fit,
        summary,
    )

__all__ = [
    "AdaptiveAvgPool1d", "AdaptiveAvgPool2d", "AvgPool1d", "AvgPool2d", "BCELoss",
    "BCEWithLogitsLoss", "BatchNorm1d", "BatchNorm2d", "Bilinear", "BinaryStep", "Buffer", "CELU",
    "Callback", "Checkpoint", "Conv1d", "Conv2d", "ConvTranspose2d", "CrossEntropyLoss", "Dropout",
    "Dropout2d", "ELU", "EarlyStopping", "Embedding", "Flatten", "GELU", "GLU", "GRU", "GRUCell",
    "GroupNorm", "Hardshrink", "Hardsigmoid", "Hardswish", "Hardtanh", "HealthWatch",
    "HingeEmbeddingLoss", "History", "HuberLoss", "Identity", "KLDivLoss", "L1Loss", "LSTM",
    "LSTMCell", "LayerNorm", "LeakyReLU", "Linear", "LogSigmoid", "LogSoftmax", "MLP", "MSELoss",
    "MaxPool1d", "MaxPool2d", "Mish", "Module", "ModuleDict", "ModuleList",
    "NLLLoss", "PReLU", "Parameter", "Perceptron", "RMSNorm", "RNN", "RNNCell", "ReLU", "ReLU6",
    "SELU", "Sequential", "SiLU", "Sigmoid", "SmoothL1Loss", "Softmax", "Softmin", "Softplus",
    "Softshrink", "Softsign", "Tanh", "Tanhshrink", "Threshold", "TripletMarginLoss", "Unflatten",
    "batches", "find_learning_rate", "fit", "functional", "functional_call", "health", "init", "load",
    "optim", "save", "summary", "utils",
]  # fmt: skip


# What is imported when it is first used, so that networks alone load fast.
_TRAINING = (
    "Callback", "Checkpoint", "EarlyStopping", "History", "find_learning_rate", "fit", "summary",
)  # fmt: skip
_LATE = dict.fromkeys(_TRAINING, "nn.training") | dict.fromkeys(("HealthWatch", "health"), "nn.diagnostics")
# Not in __all__, for `from nn import *` is to work without scikit-learn.
_LATE |= dict.fromkeys(("MLPClassifier", "MLPRegressor"), "nn.estimators")

if not TYPE_CHECKING:
    __getattr__ = module_getattr(__name__, NN, _LATE)
