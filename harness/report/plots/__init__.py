"""The figures as PNG and SVG: accuracy against N and against cost, and learning curves."""
