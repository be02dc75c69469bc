"""Cards of checkpoints, a file for each family. Data only."""
