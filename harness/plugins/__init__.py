"""Find a method, task or dataset by name, draw a task's episodes, start a new package."""
