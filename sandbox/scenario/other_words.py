"""What other tools call our keys: who writes a word of Argo Rollouts, Flagger, Kayenta or Alertmanager is told ours."""

from collections.abc import Sequence

WORDS: dict[str, tuple[str, ...]] = {
    "receiver": ("to",), "matchers": ("match",), "source_matchers": ("source",), "target_matchers": ("target",),
    "success_condition": ("max", "min"), "failure_condition": ("fail_above", "fail_below"), "threshold": ("max", "min"),
    "threshold_range": ("max", "min"), "limit": ("max", "min"), "weight": ("share",), "set_weight": ("share",),
    "percent": ("share",), "step_weight": ("by",), "max_weight": ("until", "to"), "pause": ("bake",),
    "soak": ("bake",), "step_duration": ("bake",), "target": ("objective",), "slo": ("objective",),
    "nan_strategy": ("nan",), "group_weights": ("groups",), "pass": ("pass_at",), "marginal": ("marginal_at",),
    "effect_size": ("effect",), "query": ("expr", "metric"), "alert": ("name",), "delta": ("margin",),
    "significance": ("alpha",), "confidence": ("alpha",), "tolerance": ("margin",), "canary": ("candidate",),
    "treatment": ("candidate",), "baseline": ("incumbent",), "control": ("incumbent",), "stable": ("incumbent",),
    "stages": ("steps",), "window": ("over",), "lookback": ("over",), "attempts": ("count",), "repeat": ("count",),
}
"""In snake case; a key is offered where it is known at that place."""

KINDS: dict[str, str] = {
    "argo": "threshold", "argo-rollouts": "threshold", "analysis": "threshold", "flagger": "checks",
    "kayenta": "canary-score", "spinnaker": "canary-score", "mann-whitney": "canary-score", "canary": "steps",
    "non-inferiority": "no-worse", "superiority": "better", "psi": "shift", "prometheus": "rule", "expr": "rule",
    "ab-test": "ab", "experiment": "ab", "thompson": "bandit", "epsilon-greedy": "bandit",
}
"""What people call our kinds; a kind is offered where it is known at that place."""


def kind_of(word: str, known: Sequence[str]) -> str:
    """Our kind for a word, where it is known; empty where there is none."""
    found = KINDS.get(word, "")
    return found if found in known else ""


def ours(key: str, known: Sequence[str]) -> list[str]:
    """Our names for a key of another tool, of those that are known where it stands."""
    snake = "".join(f"_{letter.lower()}" if letter.isupper() else letter for letter in key).replace("-", "_")
    return [name for name in WORDS.get(snake.lstrip("_"), ()) if name in known]
