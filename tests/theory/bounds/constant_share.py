"""The share of events that fell on the candidate where the share of users never changes: a beta mixture.

Lindon, Malek: Anytime-valid inference for multinomial count data, NeurIPS 2022 (arXiv 2011.03567).
"""

import math


def log_constant_share(on_candidate: int, on_incumbent: int, *, share: float, k: float, one_sided: bool) -> float:
    """The beta mixture for a share that never changes, against equal rates (or a candidate no worse)."""
    from scipy.special import betainc, betaln

    a, b = k * share, k * (1.0 - share)
    value = float(
        betaln(a + on_candidate, b + on_incumbent) - betaln(a, b)
        - on_candidate * math.log(share) - on_incumbent * math.log1p(-share)
    )
    if one_sided:
        value += math.log(max(1.0 - float(betainc(a + on_candidate, b + on_incumbent, share)), 1e-300))
        value -= math.log(1.0 - float(betainc(a, b, share)))
    return value
