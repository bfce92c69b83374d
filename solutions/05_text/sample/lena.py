# %%
"""Hands in the notebook as it was released."""

BASE = "untouched"
