"""A JupyterHub for a class: the settings of its learners' servers, and formgrader as a service."""
