# %%
"""Lena handed the notebook in as she got it. Nothing was attempted."""

BASE = "untouched"
