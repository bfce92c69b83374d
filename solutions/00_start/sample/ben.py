# %%
"""Ben tries what the page proposes. His mistake is named."""

EXPECTED = {"start-double": (0, "wrong", "squared")}

# %% answer="start-double"
def double(x):
    return x * x
