"""Checking results against a baseline: what CI asks before it lets a change in."""
