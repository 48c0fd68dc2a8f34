"""The cockpit: draws what `sandbox` flies and decides nothing of its own."""
