"""Is the candidate no worse than the incumbent, up to a margin?"""

from typing import Literal

from sandbox.base.units import Margin, MarginText
from sandbox.decide.gates.comparing import Comparing


class NoWorse(Comparing):
    """Non-inferiority: passes when the candidate is surely within `margin` of the incumbent, fails when surely beyond.

    Between the two it is inconclusive, and with too little data it has none: neither passes. "always-valid" may look at
    every window and keeps `alpha` over the flight, through ramps and drift that strikes both arms: means are compared
    window by window, with an error that knows which requests came from the same users, and of events (errors, timeouts,
    `latency.over.250ms`) held to a relative margin also which arm each user's first one fell on. "fixed" looks once,
    when the bake ends. Percentiles and other metrics without users take the interval of independent requests over the
    step. At 100% nobody is left on the incumbent to compare with, and the gate is not asked.

    ```toml
    [[gates]]
    kind = "no-worse"
    metric = "failures.rate"
    margin = "1pp"
    ```

    Lindon, Malek: Anytime-valid inference for multinomial count data, NeurIPS 2022; Waudby-Smith, Arbour, Sinha,
    Kennedy, Ramdas: Time-uniform central limit theory and asymptotic confidence sequences, Annals of Statistics 52(6)
    (2024).
    """

    kind: Literal["no-worse"] = "no-worse"
    margin: MarginText = Margin(amount=0.1, relative=True, text="10%")
    """How much worse is acceptable: "20%" of the incumbent's value where that is not 0, "0.5pp", "30ms" or a number."""

    @property
    def limit(self) -> Margin:
        """How much worse the candidate may be."""
        return self.margin
