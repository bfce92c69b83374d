"""The repair lab: choose a recipe with sliders, train it, read its code."""
