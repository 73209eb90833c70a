"""A person answers a task's trials in a browser, and what they answered becomes a record."""
