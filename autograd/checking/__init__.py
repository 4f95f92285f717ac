"""Checking gradients: against differences of values, and against gradients derived by hand."""

from autograd.checking.compare import Comparison, compare_gradients
from autograd.checking.gradcheck import gradcheck
from autograd.checking.report import GradientError, GradientWarning, Report

__all__ = ["Comparison", "GradientError", "GradientWarning", "Report", "compare_gradients", "gradcheck"]
