"""Pictures of data and of a learner's own model: each is one call at the end of a lesson's cell."""
