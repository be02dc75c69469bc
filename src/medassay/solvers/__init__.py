"""Ways of reaching an answer. A solver yields requests, is sent their responses, and returns one.

A solver is pure in what it is sent: a killed run replays it against the store. It never meets a failure:
where one of its requests failed the engine ends it, and asks again on the next run.
"""

from __future__ import annotations

from medassay.types import Case, Request, Turns


def direct(_case: Case, request: Request) -> Turns:
    """Ask once; the response is the answer."""
    [response] = yield [request]
    return response


SOLVERS = {
    "direct": "medassay.solvers:direct",
    "cot": "medassay.solvers.cot:cot",
    "structured": "medassay.solvers.structured:structured",
    "few-shot": "medassay.solvers.few_shot:FewShot",
    "rag": "medassay.solvers.rag:Rag",
    "self-consistency": "medassay.solvers.self_consistency:SelfConsistency",
    "describe-then-answer": "medassay.solvers.describe:describe_then_answer",
    "two-turns": "medassay.solvers.two_turns:two_turns",
    "debate": "medassay.solvers.agents.debate:Debate",
    "panel": "medassay.solvers.agents.panel:Panel",
    "verify": "medassay.solvers.agents.verify:Verify",
    "mdagents": "medassay.solvers.agents.mdagents:MDAgents",
    "mdagents@medvlmbench": "medassay.solvers.agents.mdagents_medvlmbench:mdagents_medvlmbench",
    "ucagents": "medassay.solvers.agents.ucagents:UCAgents",
    "ucagents@medvlmbench": "medassay.solvers.agents.ucagents_medvlmbench:ucagents_medvlmbench",
    "blind": "medassay.solvers.blind:blind",
    "blank": "medassay.solvers.blank:blank",
    "mismatched": "medassay.solvers.mismatched:Mismatched",
}
"""The built-in solvers by name, with their variant: `name` or `name@variant`.

A solver is a function of (case, request) whose keyword-only parameters are its options, or, where it needs
its run, a `Scheme`.
"""

CONTROLS = ("blind", "blank", "mismatched")
"""What is left of a score without the right picture: without any, with an empty one, with another's."""
