"""How expressions here say what PromQL says otherwise: whoever pastes a rule is told, instead of only being refused."""

_RATES = "the rate of a share is its own window, as errors.rate{arm=candidate}[5m] > 2%"
_COUNTS = "how many events a window had is events(errors.rate{arm=candidate}[5m]) > 100"
_ARMS = "series are of one arm each and are not summed; name it, as errors.rate{arm=candidate}[5m] > 2%"
_MATCHES = "arms are matched by themselves, as errors.rate{arm=candidate} > 2 * errors.rate{arm=incumbent}"
_TIMES = "write a multiple on the right, as errors.rate{arm=candidate} > 2 * errors.rate{arm=incumbent}"
_TRENDS = 'trends are kinds of their own: kind = "cusum", "ewma" or "page-hinkley"'

SAID_HERE: dict[str, str] = {
    **dict.fromkeys(("rate", "irate", "sum"), _RATES),
    **dict.fromkeys(("increase", "count_over_time", "sum_over_time", "count"), _COUNTS),
    **dict.fromkeys(("by", "without", "topk", "bottomk", "label_replace"), _ARMS),
    **dict.fromkeys(("on", "ignoring", "group_left", "group_right", "vector", "scalar"), _MATCHES),
    **dict.fromkeys(("delta", "deriv", "idelta", "predict_linear", "stddev_over_time", "holt_winters"), _TRENDS),
    "/": _TIMES,
    "histogram_quantile": "a quantile is a metric, as latency.p99{arm=candidate} > 300ms",
    "quantile_over_time": "a quantile is a metric, as latency.p99{arm=candidate} > 300ms",
    "absent_over_time": "write absent(errors.rate{arm=candidate})",
    "unless": 'write the other side the other way round and join it with "and"',
    "offset": "a condition reads windows that end now; compare with the other arm instead",
    "changes": 'write kind = "flapping"',
    "resets": 'write kind = "flapping"',
    "for": 'how long it must hold is a key of its own: for = "5m"',
    "bool": "leave it out: what is not true is not there",
}
"""By the word of PromQL."""
