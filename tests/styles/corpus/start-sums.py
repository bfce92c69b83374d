# %%
"""A sum with itself, through a list."""

UNIT = "00_start"
QUESTIONS = ["start-double"]

# %% answer="start-double"
double = lambda x: sum([x, x])
