"""What is said in MedVLMBench's UCAgent, in words of our own: the published ones come from unlicensed code.

What it leaves unfilled, in angle brackets, is left so here.
"""

from __future__ import annotations

FORM = """Reply in this form:
#Question Type: open / yes/no / multi-choice
#Reasoning: three to five sentences
#Answer: for yes/no exactly yes or no; for multi-choice one upper-case letter; for open a short text"""

EXPERT = f"""You are a rigorous specialist in <medical field> who reads <image modality>.

{{question}}

Look at the <image type>, describe its key features, say what they imply, and decide on the best answer.

{FORM}"""
REPORT = "#Expert {number}\n#Answer: {answer}\n#Reasoning: {reasoning}"
SENIOR = f"""You are a senior specialist in <medical field>. Two experts agree on this case:

{{question}}

{{reports}}

Verify their evidence, their logic and their confidence. Reaffirm the answer or correct it.

{FORM}"""
CRITIC = """You are a critic who audits one answer to this case:

{question}

{reports}

The answer that you audit: {answer}
Say why it may be wrong.
#Flaws: three to five sentences, with the evidence against it"""
LEADER = """You lead the audit of this case, without an opinion of your own:

{question}

{reports}

{critiques}

Find the central conflict and put exactly one pointed question to each critic, in this form:
@ To Agent1 who reviews <option>: <question>
@ To Agent2 who reviews <option>: <question>"""
REBUT = """{prompt}

{report}

The leader asks you: {inquiry}
Answer in one to three sentences, without changing your stance."""
VERDICT = f"""The critics answered:

{{rebuttals}}

Compare the impact of the flaws and name the answer that survived best.

{FORM}"""
