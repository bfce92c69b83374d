# %%
"""Repairs as the course does: a small memory, dropout on the input, the right moment to stop."""
