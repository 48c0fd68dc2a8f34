"""The difference of two arms under a share that is known and changes: inverse probability weighting.

Waudby-Smith, Wu, Ramdas, Karampatziakis, Mineiro: Anytime-valid off-policy inference, ACM/IMS J. Data Sci. 1(3) (2024).
"""

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]


def weighted(y: Floats, on_candidate: npt.NDArray[np.bool_], share: Floats) -> Floats:
    """For outcomes y (n,) the terms (n,) whose mean is the difference, whatever the base rate and share (n,) did."""
    return np.where(on_candidate, y / share, -y / (1.0 - share))
