"""How much the page shows: it has to stay small enough to be opened anywhere."""

MOST_BYTES = 8_000_000
"""Of the whole page; the gallery takes what the rest leaves."""
MOST_METHODS = 25
"""Of a chart, a matrix or a task's pictures: the best."""
MOST_QUERIES = 400
"""Of a task's, from the first on, in the gallery."""
