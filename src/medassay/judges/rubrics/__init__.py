"""One file per rubric."""
