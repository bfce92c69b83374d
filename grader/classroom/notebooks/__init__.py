"""Submitted notebooks as data: which unit, which cells, rebuilt on the release."""
