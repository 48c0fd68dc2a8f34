"""`docs/faults.md`: every kind of fault on one page, with what it leaves in telemetry as measured in a flight."""

from sandbox.lab.fault_drill import NAMES, kind_of
from sandbox.lab.fingerprint import Fingerprint, fingerprint
from sandbox.world.faults.bout import Bout
from sandbox.world.faults.kinds import KINDS

HEAD = """\
# Faults

What can break, one kind a row, by where a diagnosis should look. `greenroom kinds fault KIND` explains a kind with its
keys. The rows are measured: every kind is flown in one rollout (`sandbox/lab/fault_drill.py`: shadow, 20%, 50%, and a
rollback by hand; 60 requests a second, a scrape every 10 s) beside the same flight without it.

*First* is what a scrape shows first, and how many seconds after the fault struck; where a fault cannot show before a
step, a page or the rollback, after that. *Leaves* is everything that moved until a minute after it was lifted: by more
than four standard errors and more than a tenth. Faults that leave the same name each other under *told apart*, and a
test holds the page to that. `make docs` writes this page, and `make proof` measures it anew.

A score that is not a number (`overflow`) counts as answered, falls in no histogram of scores, and is a no: that is the
metric `answers.invalid`, and a label finds a score of 0.
"""


def page() -> str:
    """The whole page in Markdown."""
    prints = {kind: fingerprint(kind) for kind in NAMES}
    lines = [HEAD]
    for taxonomy in ("model", "platform", "rollout", "observability", "none"):
        lines += [f"## {taxonomy.capitalize()}", ""]
        lines += ["| fault | rolling back | first | leaves | told apart |", "|---|---|---|---|---|"]
        lines += [_row(spec, prints[kind_of(spec)]) for spec in KINDS if spec.taxonomy == taxonomy]
        lines.append("")
    return "\n".join(lines)


def _row(spec: type[Bout], one: Fingerprint) -> str:
    first = "nothing" if one.after is None else f"{', '.join(one.first[:3])}; {one.after // 10**9} s"
    leaves = ", ".join(sorted(one.of)) or "nothing"
    return f"| `{one.kind}` | {spec.rollback} | {first} | {leaves} | {spec.apart} |"


if __name__ == "__main__":
    import sys

    sys.stdout.write(page())
