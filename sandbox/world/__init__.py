"""What is true: traffic, population, models, drift, faults and the services that answer."""
