"""The polynomial stitched boundary: closed form, never far from the law of the iterated logarithm.

Howard, Ramdas, McAuliffe, Sekhon, Annals of Statistics 49(2) (2021), theorem 1.
"""

import math


def polynomial(v: float, *, v_least: float, alpha: float, c: float = 0.0, eta: float = 2.0, s: float = 1.4) -> float:
    """The boundary of a sum with scale c at intrinsic time v, valid from v_least on."""
    from scipy.special import zeta

    k1 = (eta**0.25 + eta**-0.25) / math.sqrt(2.0)
    k2 = (math.sqrt(eta) + 1.0) / 2.0
    v = max(v, v_least)
    ell = (
        s * math.log(math.log(eta * v / v_least)) + math.log(float(zeta(s)) / math.log(eta) ** s) - math.log(alpha)
    )
    return math.sqrt(k1**2 * v * ell + (k2 * c * ell) ** 2) + k2 * c * ell
