"""Property tests of derivatives, with Hypothesis: strategies, and what every entry must hold.

It needs the extra ``testing``, and nothing else of the library imports it.
"""

from autograd.testing.arguments import ARGUMENTS, KINDS, calls
from autograd.testing.checks import CHECKS, check_entry
from autograd.testing.strategies import Call, Draw, Style, call

__all__ = ["ARGUMENTS", "CHECKS", "KINDS", "Call", "Draw", "Style", "call", "calls", "check_entry"]
