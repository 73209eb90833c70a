"""Accuracy with an interval, and whether two methods differ."""
