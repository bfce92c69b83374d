# %%
"""Has deleted a check cell and an answer cell."""

LEFT = ["rnn-repair"]
DELETED = ["rnn-step", "rnn-layout-answer"]
EXPECTED = {"rnn-layout": (0, "missing")}
