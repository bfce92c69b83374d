"""Panels that a notebook's page draws: small scripts, and the Python that feeds them."""
