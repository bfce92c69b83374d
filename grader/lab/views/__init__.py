"""Pictures of data and of a learner's own model, one public function a lesson's cell.

Each function returns a `Drawing` (SVG with a text alternative) and changes none of its arguments.
Colour only repeats what position, fill, dash or words show.
"""
