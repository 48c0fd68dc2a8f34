"""Is the candidate better than the incumbent?"""

from typing import Literal

from sandbox.base.units import Margin, MarginText
from sandbox.decide.gates.comparing import Comparing


class Better(Comparing):
    """Superiority: passes when the candidate is surely better by more than `by`, fails when surely not.

    A candidate that is exactly `by` better does neither: it waits, and patience decides. It counts as `no-worse` does:
    users, window by window, at any time.

    ```toml
    [[gates]]
    kind = "better"
    metric = "quality.brier"
    by = "1%"
    ```

    Johari, Koomen, Pekelis, Walsh: Always valid inference: continuous monitoring of A/B tests, Operations Research
    70(3) (2022).
    """

    kind: Literal["better"] = "better"
    by: MarginText = Margin(amount=0.0, relative=True, text="0%")
    """By how much it must be better: "2%" of the incumbent's value, "0.5pp", "30ms" or a plain number."""

    @property
    def limit(self) -> Margin:
        """How much worse the candidate may be: by less than nothing."""
        return Margin(amount=-self.by.amount, relative=self.by.relative, text=self.by.text)
