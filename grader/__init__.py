"""A course on recurrent networks in PyTorch, and the referee that grades it.

Importing this must stay instant: no torch, no nbgrader, nothing but the version.
"""

__version__ = "0.1.0"
