"""What single families need beyond the common way."""
