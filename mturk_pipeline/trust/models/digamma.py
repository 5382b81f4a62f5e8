"""The digamma function on arrays, so that no scientific library has to be loaded for it."""

import numpy as np

from mturk_pipeline.trust.coding import Floats


def digamma(x: Floats) -> Floats:
    """Derivative of log gamma at positive `x`, to about 1e-9.

    Raised above 6 by digamma(x) = digamma(x + 1) - 1 / x, then the asymptotic series (Abramowitz & Stegun 6.3.18).

    >>> digamma(np.array([1.0, 0.5])).round(6).tolist()
    [-0.577216, -1.96351]
    """
    x = np.array(x, dtype=float)
    shift = np.zeros_like(x)
    for _ in range(6):
        small = x < 6
        if not small.any():
            break
        shift[small] -= 1 / x[small]
        x[small] += 1
    square = 1 / (x * x)
    series = square * (1 / 12 - square * (1 / 120 - square * (1 / 252 - square / 240)))
    return shift + np.log(x) - 0.5 / x - series
