"""`[business]`: what an answer is worth, right or wrong."""

import numpy as np
import numpy.typing as npt

from sandbox.base.spec import Spec


class Business(Spec):
    """Money of your choice for each kind of answer, more is better; what an answer costs to compute is in `models`."""

    answer: float = 0.0
    """What any answer is worth, whatever it said."""
    right_yes: float = 0.0
    """What a yes is worth where it was right."""
    wrong_yes: float = 0.0
    """What a yes is worth where it was wrong; a cost is below 0."""
    right_no: float = 0.0
    """What a no is worth where it was right."""
    wrong_no: float = 0.0
    """What a no is worth where it was wrong; a cost is below 0."""

    @property
    def worth(self) -> npt.NDArray[np.float64]:
        """(label, decision) the value of each kind of answer."""
        return self.answer + np.array([[self.right_no, self.wrong_yes], [self.wrong_no, self.right_yes]])
