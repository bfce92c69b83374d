# %%
"""Uploads something that is no notebook. It waits for a person and stops nobody."""

CONTENT = "I wanted to hand in my notebook, but this is a text file."
