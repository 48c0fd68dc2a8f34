"""How simulated time is shown: hours and minutes, and days once there are any."""

from sandbox.base.units import NS_PER_SECOND


def clock(at: int) -> str:
    """Simulated nanoseconds as "05:10", "05:10:30" off the minute, or "2d 05:10"."""
    seconds = at // NS_PER_SECOND
    days, rest = divmod(seconds, 86_400)
    hours, rest = divmod(rest, 3_600)
    minutes, rest = divmod(rest, 60)
    text = f"{hours:02d}:{minutes:02d}" + (f":{rest:02d}" if rest else "")
    return f"{days}d {text}" if days else text
