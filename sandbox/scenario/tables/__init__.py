"""Tables of the scenario that belong to no stage below: the story, the plan, the record, the expectations."""
