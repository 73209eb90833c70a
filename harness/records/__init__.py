"""Results as they were measured, and their files in a results folder."""
