"""A pool that follows its load: what it asks for, look by look."""

from collections import deque

from sandbox.world.services.service import Service


class Scaler:
    """The autoscaler of one pool, and what it remembers."""

    def __init__(self, service: Service, *, replicas: int) -> None:
        assert service.autoscale is not None
        self.rule = service.autoscale
        self.begun = 0
        """ns of work begun since the last look."""
        self._service, self._replicas = service, replicas
        self._asked = deque[tuple[int, int]]()

    def look(self, now: int) -> int:
        """How many replicas there shall be: the most that were asked for within the cool-down."""
        rule, service = self.rule, self._service
        asked = rule.asks_for(self.begun, concurrency=service.concurrency, replicas=self._replicas)
        self.begun = 0
        self._asked.append((now, max(service.least, min(service.most_replicas, asked))))
        while self._asked[0][0] <= now - rule.cool_down and len(self._asked) > 1:
            self._asked.popleft()
        # A pool does not shrink before it has looked on for as long as it cools down.
        floor = self._replicas if now < rule.cool_down else 0
        self._replicas = max(floor, *(replicas for _, replicas in self._asked))
        return self._replicas
