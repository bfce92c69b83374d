# %%
"""A lambda, bound to the name that the check asks for."""

UNIT = "00_start"
QUESTIONS = ["start-double"]

# %% answer="start-double"
double = lambda anything: anything.add(anything)
