"""What is said to check an answer."""

from __future__ import annotations

from medassay.solvers.agents.texts import FINAL

CHECKER = "You are a physician who checks other physicians' answers against the images."
CHECK = """A colleague answered:

{answer}

Look at the case yourself. Is everything that the answer rests on to be seen there, and does it follow?

Reply in exactly this form:
Findings: <what supports the answer and what speaks against it, in two to four sentences>
Verdict: <the one word keep, or the one word revise>"""
REVISE = f"""A colleague who checked your answer found:

{{findings}}

Look again. {FINAL}"""
