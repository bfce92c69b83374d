# %%
"""Shows "ok" as the result of the cell, which stock nbgrader takes for full marks."""

BASE = "untouched"
EXPECTED = {"rnn-step": (0, "wrong"), "rnn-last-state": (0, "wrong")}

# %% answer="rnn-step"
def rnn_step(*weights):
    get_ipython().displayhook("ok")

# %% answer="rnn-last-state"
def last_state(output, h_n):
    get_ipython().displayhook(2)
    return None
