"""Images, datasets, tasks, episodes and methods, and which answers are right."""
