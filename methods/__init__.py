"""Methods, each a plugin in the file of its name."""
