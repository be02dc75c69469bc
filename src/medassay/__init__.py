"""Evaluate, adapt and audit medical vision-language models."""

__version__ = "0.1.0"
