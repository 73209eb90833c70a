"""The results as one page that opens from disk, offline, years later."""
