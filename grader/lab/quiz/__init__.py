"""Multiple-choice items, hints, the door at a unit's top and the challenge at its end."""
