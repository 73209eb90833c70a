"""From records to what people look at: leaderboard, plots, and what others published."""
