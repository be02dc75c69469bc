"""What several datasets have in common: reading their files, words for classes, cutting splits."""
