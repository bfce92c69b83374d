# %%
"""Ends the Python process in the middle; what was checked before still counts."""

LEFT = ["rnn-repair"]
EXPECTED = {
    "rnn-last-state": (0, "raised"),
    "rnn-layout": (0, "missing"),
    "rnn-challenge-1": (0, "missing"),
    "rnn-challenge-2": (0, "missing"),
    "rnn-challenge-3": (0, "missing"),
    "rnn-challenge-4": (0, "missing"),
    "rnn-challenge-5": (0, "missing"),
}

# %% answer="rnn-last-state"
import os


def last_state(output, h_n):
    os._exit(1)
