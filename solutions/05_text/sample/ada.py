# %%
"""Repairs as the course does: dropout at both ends, a little decay, the right moment to stop."""
