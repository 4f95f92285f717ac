"""The workloads. A new one is a file here with its sides, and a name in ``WORKLOADS``."""

from tests.benchmarks.workloads.classifier import DIGITS_32, DIGITS_128, IMAGES_128
from tests.benchmarks.workloads.cnn import CNN
from tests.benchmarks.workloads.estimator import DIGITS_FIT
from tests.benchmarks.workloads.house import HOUSE
from tests.benchmarks.workloads.recurrent import LSTM, RNN
from tests.benchmarks.workloads.workload import Workload

WORKLOADS: tuple[Workload, ...] = (HOUSE, DIGITS_32, DIGITS_128, IMAGES_128, CNN, RNN, LSTM, DIGITS_FIT)
