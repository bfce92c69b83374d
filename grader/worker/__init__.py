"""Runs beside the learner's code in the sandbox: a Jupyter kernel with a channel to the referee.

Nobody trusts it: learner code shares its process and may change all of it. It holds no secret and
decides nothing.
"""
