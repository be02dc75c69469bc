"""What is said in a debate."""

from __future__ import annotations

from medassay.solvers.agents.texts import FINAL, OPINION

DEBATER = "You are a physician who takes part in a debate among physicians about one case."
OPEN = f"Give your own opinion on the case.\n\n{OPINION}"
OTHERS = f"""The other debaters think:

{{opinions}}

Look at the case again. Where they are right, change your opinion; where they are wrong, say why.

{OPINION}"""
JUDGE = "You are the physician who decides after a debate."
DECIDE = f"""The debaters' last opinions:

{{opinions}}

Weigh their reasons against the case. {FINAL}"""
OPINION_OF = "[{role}]\n{opinion}"
