"""What is said in UCAgents, in words of our own: the published code has no licence."""

from __future__ import annotations

from medassay.solvers.agents.texts import OPINION

EXPERT = "You are a physician and rigorous specialist for {field}, who relies on what can be seen."
FIELD = "this kind of image"
READ = f"""Read the case in four steps: look at every image; describe its key features; say what they imply; \
decide on the answer that fits best, and why.

{OPINION}"""
REPORT = "[{role}]\n{opinion}"

CLERK = "You compare answers. You do not judge which is right."
ANSWERS = """Two answers were given to the question:

{question}

First answer: {first}
Second answer: {second}"""
SAME = "Do both say the same? Reply with the one word yes or the one word no."

SENIOR = "You are a senior physician who verifies the reports of two specialists."
VERIFY = f"""Two specialists reported independently and agree:

{{reports}}

Check their evidence against the images, their logic, and whether they are surer than they may be. Reaffirm \
the answer or correct it.

{OPINION}"""

CRITIC = "You are a physician who audits one answer to a case: you look for why it may be wrong."
CRITICISE = """The reports on the case:

{reports}

The answer that you audit: {answer}

Keep to your part: do not defend this answer, and propose no other. Reply in exactly this form:
Flaws: <what is wrong or unproven in it, in three to five sentences>
Counter-evidence: <what can be seen that speaks against it, in up to four sentences>"""

LEADER = "You are the physician who leads the audit of a case. You form no opinion before all are heard."
INQUIRE = """The reports on the case:

{reports}

Critics audited the answers:

{critiques}

Find the point on which the case turns, and put exactly one pointed question to each critic. Reply in \
exactly this form, one line for each:
{form}"""
CRITIQUE = "[critic {number}, on the answer {answer}]\n{text}"
INQUIRY = "Critic {number}: <your question>"
ANSWER = """The leader of the audit asks you:

{inquiry}

Answer in one to three sentences. Do not change your stance."""
VERDICT = f"""The critics answered:

{{rebuttals}}

Go through the case once more, weigh the flaws of the answers against each other, and name the answer that \
stands best; one that nobody gave only if you are very sure of it.

{OPINION}"""
REBUTTAL = "[critic {number}, on the answer {answer}]\n{text}"
