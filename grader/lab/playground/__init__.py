"""Layers of one or two numbers to play with: `lab.play`."""
