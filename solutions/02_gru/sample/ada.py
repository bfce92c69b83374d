# %%
"""Repairs as the course does: half of the input dropped, one small layer, the right moment to stop."""
