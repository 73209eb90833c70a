"""The regression check: results against a committed baseline, for CI."""
