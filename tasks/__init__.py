"""Datasets and tasks, each a plugin in the file of its name."""
