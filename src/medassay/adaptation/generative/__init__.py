"""Recipes that teach models which answer in words: supervised fine-tuning, preference, reinforcement.

A recipe is a keyword-only dataclass of its options, called with a `Lesson`; it leaves a `Tuned`.
"""
