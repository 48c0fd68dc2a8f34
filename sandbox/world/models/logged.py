"""A model whose answers were recorded."""

from typing import Literal

from sandbox.world.models.timed import Timed


class Logged(Timed):
    """Answers with the score that the replayed file holds for it, and with its recorded latency where there is one.

    `traffic.columns.scores` names the column. What it answered then is what it answers here: drift that a scenario
    adds does not reach it.

    ```toml
    [models.incumbent]
    kind = "logged"
    threshold = 0.3
    ```

    Li, Chu, Langford, Wang: Unbiased offline evaluation of contextual-bandit-based news recommendation, WSDM 2011.
    """

    kind: Literal["logged"] = "logged"
