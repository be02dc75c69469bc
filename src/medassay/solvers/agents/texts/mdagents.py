"""What is said in MDAgents, in words of our own: the published code has no licence."""

from __future__ import annotations

from medassay.solvers.agents.texts import FINAL, OPINION

LEVELS = ("basic", "intermediate", "advanced")

TRIAGER = "You are a physician who decides how many colleagues a case needs."
TRIAGE = """Do not answer the question. Say how complex the case is:
basic: one physician can answer it alone.
intermediate: experts in different fields should discuss it.
advanced: several teams from different departments should work on it.

Reply with that one word."""

CLINICIAN = "You are a primary care clinician."

RECRUITER = "You are a physician who puts together the experts for a case."
RECRUIT = """Do not answer the question. Choose {n} experts whose discussion would answer it best, each for \
something else. Some may report to another, who then leads them; who reports to nobody is independent.

Reply with a JSON list of {n} objects and nothing else:
[{{"role": "<name of the role>", "expertise": "<what the expert knows, in one sentence>", \
"reports_to": "<the role of another expert, or none>"}}, ...]"""

EXPERT = "You are expert {number} of {n} on one case: {role}. {expertise}"
OPEN = f"Give your own opinion on the case.\n\n{OPINION}"

SUMMARISER = "You are a physician who writes down where a discussion stands."
SUMMARISE = """The experts' opinions:

{opinions}

{messages}Reply in exactly this form:
Key knowledge: <the facts on which the case turns>
Analysis: <what follows from them, taking all opinions together>
Disagreement: <the points on which the experts differ, and why>"""
MESSAGES = "What they wrote to each other:\n\n{messages}\n\n"

STANDING = "Where the discussion stands:\n\n{summary}\n\n"
INBOX = "Messages to you:\n\n{messages}\n\n"
TALK = """{standing}{inbox}The experts are:
{experts}

You are expert {number}. If it would help to ask or tell some of the others something, reply with a JSON \
object and nothing else: {{"to": [<their numbers>], "message": "<what you ask or tell them>"}}
If not, reply with the one word nothing."""
REVISE = f"""{{inbox}}Give your opinion again: keep it or change it.

{OPINION}"""
LEADER_FIRST = "[{role}, to whom you report: answer this first]\n{text}"

MODERATOR = "You are the physician who moderates the experts and answers for them."
MODERATE = f"""{{summaries}}The experts' last opinions:

{{opinions}}

Weigh them, by their reasons and by how many share them. {FINAL}"""

ORGANISE = """Do not answer the question. Put together {n} teams of {members} that work on the case one \
after another. The first is the "Initial Assessment Team", the last the "Final Review and Decision Team". \
The first member of a team leads it.

Reply with a JSON list of {n} objects and nothing else:
[{{"team": "<its name>", "goal": "<what it should find out, in one sentence>", "members": \
[{{"role": "<name of the role>", "expertise": "<in one sentence>"}}, ...]}}, ...]"""
FIRST_TEAM, LAST_TEAM = "Initial Assessment Team", "Final Review and Decision Team"

LEAD = "You lead the {team}. You are: {role}. {expertise} The goal of your team: {goal}"
MEMBER = "You work in the {team}. You are: {role}. {expertise}"
EARLIER = "Reports of the teams before yours:\n\n{reports}\n\n"
REQUEST = """{earlier}Do not answer the question yet. Say to each of your assistants what to find out: \
{assistants}."""
ASSIST = """Your lead says:

{request}

Do your part. Report what you found and what follows from it, in three to five sentences."""
REPORT = """Your assistants report:

{reports}

Write the report of your team: what was found, what it means for the question, which answer it speaks for."""

DECIDER = "You are the physician who decides after all teams have reported."
DECIDE = f"""The reports of all teams:

{{reports}}

{FINAL}"""

TAGGED = "[{role}]\n{text}"
