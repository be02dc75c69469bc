"""Files: those that others wrote, read so that none can do more than be refused; ours, put down whole."""
