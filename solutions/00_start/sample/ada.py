# %%
"""Ada answers rightly. Everything passes."""
