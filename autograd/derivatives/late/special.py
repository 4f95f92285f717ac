"""The functions of scipy.special. This chapter is loaded when a Tensor first meets one of them."""

import math
from functools import partial

import numpy as np
from scipy import special

from autograd.derivatives import table
from autograd.derivatives.domains import ABOVE_MINUS_ONE, NONZERO, POSITIVE, REALS, UNIT, Interval
from autograd.derivatives.elementwise import divide_or_zero, log_or_zero
from autograd.derivatives.table import definition, derivative

PROBABILITY = Interval("0 < x < 1", 0.0, 1.0)
zeta = special._ufuncs._zeta  # what special.zeta(x, q) calls
parametric = partial(table.derivative, kind="parametric")  # in the last argument; the others are parameters

# fmt: off
# The error function and the normal distribution
derivative(special.erf,       lambda g, x: g * np.exp(-x * x) * (2 / math.sqrt(math.pi)), bounded=True)
derivative(special.erfc,      lambda g, x: -g * np.exp(-x * x) * (2 / math.sqrt(math.pi)), bounded=True)
derivative(special.erfcx,     lambda g, x, out: g * (2 * x * out - 2 / math.sqrt(math.pi)))
derivative(special.erfinv,    lambda g, out: g * np.exp(out * out) * (math.sqrt(math.pi) / 2), domain=UNIT)
derivative(special.erfcinv,   lambda g, out: -g * np.exp(out * out) * (math.sqrt(math.pi) / 2), domain=Interval("0 < x < 2", 0.0, 2.0))
derivative(special.ndtr,      lambda g, x: g * np.exp(-x * x / 2) / math.sqrt(2 * math.pi), bounded=True)
derivative(special.log_ndtr,  lambda g, x, out: g * np.exp(-x * x / 2 - out) / math.sqrt(2 * math.pi))
derivative(special.ndtri,     lambda g, out: g * np.exp(out * out / 2) * math.sqrt(2 * math.pi), domain=PROBABILITY)

# The logistic function
derivative(special.expit,     lambda g, out: g * out * (1 - out), bounded=True)
derivative(special.log_expit, lambda g, x: g * special.expit(-x), bounded=True)
derivative(special.logit,     lambda g, x: g / (x * (1 - x)),                           domain=PROBABILITY)

# The gamma family
derivative(special.gamma,     lambda g, x, out: g * out * special.psi(x),               domain=POSITIVE)
derivative(special.gammaln,   lambda g, x: g * special.psi(x),                          domain=POSITIVE)
derivative(special.loggamma,  lambda g, x: g * special.psi(x),                          domain=POSITIVE)
derivative(special.psi,       lambda g, x: g * zeta(2.0, x),                            domain=POSITIVE)
parametric(zeta, None,        lambda g, s, x: -g * s * zeta(s + 1, x),                  names="s x", domain=POSITIVE)
derivative(special.beta,      lambda g, x, y, out: g * out * (special.psi(x) - special.psi(x + y)),
                              lambda g, x, y, out: g * out * (special.psi(y) - special.psi(x + y)), domain=POSITIVE)
derivative(special.betaln,    lambda g, x, y: g * (special.psi(x) - special.psi(x + y)),
                              lambda g, x, y: g * (special.psi(y) - special.psi(x + y)), domain=POSITIVE)
parametric(special.gammainc, None,  lambda g, a, x: g * np.exp(special.xlogy(a - 1, x) - x - special.gammaln(a)), names="a x", domain=POSITIVE)
parametric(special.gammaincc, None, lambda g, a, x: -g * np.exp(special.xlogy(a - 1, x) - x - special.gammaln(a)), names="a x", domain=POSITIVE)

# Bessel functions
derivative(special.j0,        lambda g, x: -g * special.j1(x), bounded=True)
derivative(special.j1,        lambda g, x: g * (special.j0(x) - special.jv(2.0, x)) / 2, bounded=True)
parametric(special.jv, None,  lambda g, v, x: g * (special.jv(v - 1, x) - special.jv(v + 1, x)) / 2, names="v x")
derivative(special.i0,        lambda g, x: g * special.i1(x))
derivative(special.i1,        lambda g, x: g * (special.i0(x) + special.iv(2.0, x)) / 2)
parametric(special.iv, None,  lambda g, v, x: g * (special.iv(v - 1, x) + special.iv(v + 1, x)) / 2, names="v x")
derivative(special.i0e,       lambda g, x, out: g * (special.i1e(x) - np.sign(x) * out), domain=NONZERO, kink=lambda x: x)
derivative(special.i1e,       lambda g, x, out: g * ((special.i0e(x) + special.ive(2.0, x)) / 2 - np.sign(x) * out), domain=NONZERO, kink=lambda x: x)
parametric(special.ive, None, lambda g, v, x, out: g * ((special.ive(v - 1, x) + special.ive(v + 1, x)) / 2 - np.sign(x) * out), names="v x", domain=NONZERO)

# Logarithms and entropies
derivative(special.xlogy,     lambda g, y: g * log_or_zero(y),
                              lambda g, x, y: g * divide_or_zero(x, y),                 domain=(REALS, POSITIVE))
derivative(special.xlog1py,   lambda g, y: g * np.log1p(y),
                              lambda g, x, y: g * x / (1 + y),                          domain=(REALS, ABOVE_MINUS_ONE))
derivative(special.entr,      lambda g, x: -g * (log_or_zero(x) + 1),                   domain=POSITIVE)
derivative(special.rel_entr,  lambda g, x, y: g * (np.log(x / y) + 1),
                              lambda g, x, y: -g * x / y,                               domain=POSITIVE)
derivative(special.kl_div,    lambda g, x, y: g * np.log(x / y),
                              lambda g, x, y: g * (1 - x / y),                          domain=POSITIVE)

# Under other names in NumPy
for _name in "cbrt", "exp2", "expm1", "log1p":
    definition(getattr(special, _name), getattr(np, _name))
# fmt: on
