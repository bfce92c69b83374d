"""The nouns of the course and the one judgement over them; standard library and numpy only."""
