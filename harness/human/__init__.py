"""``oneshot human``: a person answers a task's trials in a browser, which makes a record."""
