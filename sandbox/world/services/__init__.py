"""Pools of replicas: queues, timeouts, rejection, cold start."""
