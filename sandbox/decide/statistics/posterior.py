"""The chance that one rate is above another, given what was counted of both."""


def chance_above(hits: tuple[int, int], misses: tuple[int, int]) -> float:
    """P(B > A) of two rates with uniform priors, from hits and misses of A and of B: what Thompson sampling draws B by.

    Thompson: On the likelihood that one unknown probability exceeds another in view of the evidence of two samples,
    Biometrika 25 (1933), equation 8; the sum runs over whichever of its four forms is shortest.
    """
    a_hits, b_hits = hits
    a_misses, b_misses = misses
    forms = (
        (b_hits, (a_hits, a_misses, b_hits, b_misses), False),
        (a_hits, (b_hits, b_misses, a_hits, a_misses), True),
        (a_misses, (b_misses, b_hits, a_misses, a_hits), False),
        (b_misses, (a_misses, a_hits, b_misses, b_hits), True),
    )
    _, counts, other_way = min(forms, key=lambda form: form[0])
    chance = _summed(*(count + 1 for count in counts))
    return 1.0 - chance if other_way else chance


def _summed(a1: int, b1: int, a2: int, b2: int) -> float:
    """P(Beta(a2, b2) > Beta(a1, b1)) as a sum of a2 terms."""
    import numpy as np
    from scipy.special import betaln

    i = np.arange(a2)
    logs = betaln(a1 + i, b1 + b2) - np.log(b2 + i) - betaln(1 + i, b2) - betaln(a1, b1)
    return float(min(1.0, np.exp(logs).sum()))
