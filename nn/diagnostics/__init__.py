"""Training health: what goes wrong in networks, found while they are trained, with the usual cures."""

from nn.diagnostics.findings import Finding
from nn.diagnostics.look import health
from nn.diagnostics.report import Report
from nn.diagnostics.watch import HealthWatch

__all__ = ["Finding", "HealthWatch", "Report", "health"]
