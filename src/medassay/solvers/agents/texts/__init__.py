"""What the agents are told, a file of texts for each scheme."""

from __future__ import annotations

OPINION = """Reply in exactly this form:
Reasoning: <what you see, and what follows from it, in three to five sentences>
Answer: <your answer alone, in the form that the question asks for>"""
"""The form of an opinion (`medassay.solvers.agents.grammars.opinion`)."""

FINAL = "Give the final answer alone, in the form that the question asks for."
"""How a role that has the last word ends."""
