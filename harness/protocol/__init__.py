"""The protocol: images, datasets, tasks, episodes and methods, and who was right."""
