# %%
"""Has copied a check cell and an answer cell, as Ctrl-C Ctrl-V does, with all their metadata."""

LEFT = ["rnn-repair"]
DOUBLED = ["rnn-step", "rnn-sequence-answer"]
