"""What is said in a panel of specialists."""

from __future__ import annotations

from medassay.solvers.agents.texts import FINAL, OPINION

GENERAL = "You are a general practitioner who sends cases to specialists."
TRIAGE = """Do not answer the question. Say which {n} of these specialties should see the case: {specialties}.

Reply with their names alone, separated by commas, the most fitting first."""
SPECIALIST = "You are a specialist in {specialty}."
CONSULT = f"Give your opinion on the case from the point of view of your specialty.\n\n{OPINION}"
ATTENDING = "You are the attending physician, who is responsible for the case."
ATTEND = f"""The specialists think:

{{opinions}}

They may be wrong. Weigh their opinions against what you see and know yourself. {FINAL}"""
OPINION_OF = "[{role}]\n{opinion}"

SPECIALTIES = (
    "radiology",
    "pathology",
    "dermatology",
    "ophthalmology",
    "cardiology",
    "pulmonology",
    "gastroenterology",
    "neurology",
    "oncology",
    "orthopaedics",
    "obstetrics and gynaecology",
    "general surgery",
    "endoscopy",
    "infectious diseases",
    "internal medicine",
    "dentistry",
)
"""The specialties that there are: a closed list, so that a hand-over can be checked."""
