# %%
"""Repairs as the course does: both directions, read at the blank, dropout and a little decay."""
