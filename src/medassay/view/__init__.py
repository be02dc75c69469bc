"""A page for looking at runs: leaderboard, rows with their images, two models side by side, human review."""
