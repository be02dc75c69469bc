"""MDAgents: how complex a case is decides who works on it: a clinician, experts who discuss it, or teams."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial
from typing import Literal

from medassay.errors import UsageError
from medassay.solvers.agents.grammars import one_of
from medassay.solvers.agents.mdagents_experts import Discussion
from medassay.solvers.agents.mdagents_teams import Teams
from medassay.solvers.agents.table import Asking, Broken, Table, seated
from medassay.solvers.agents.texts import FINAL
from medassay.solvers.agents.texts import mdagents as say
from medassay.solvers.context import Context
from medassay.types import Solver, Turns


@dataclass(frozen=True, kw_only=True)
class MDAgents:
    """The algorithm of Kim et al., NeurIPS 2024 (arXiv 2404.15155), with the images, and mended.

    Deviations from the published code are in docs/agents.md. Calls, the triage among them: 2 (basic);
    3 + `experts` to 3 + `experts` + `rounds` · (1 + `experts` · (`turns` + 1)) (intermediate);
    3 + `teams` · (`members` + 1) (advanced).

    Attributes:
        triage: "model" asks the model how complex a case is; else all cases are taken for that.
        experts: Who discuss an intermediate case, at least 2.
        rounds: Of their discussion, at most.
        turns: In which they may write to each other in a round, at most. The published code has 5.
        teams: Who work on an advanced case, at least 2: the first assesses, the last reviews.
        members: Of a team, its lead among them, at least 2.
        temperature: Of experts, teams and recruiting. The summary has 0.1; triage and the last word have 0.
    """

    triage: Literal["model", "basic", "intermediate", "advanced"] = "model"
    experts: int = 5
    rounds: int = 5
    turns: int = 1
    teams: int = 3
    members: int = 3
    temperature: float = 0.7

    def begin(self, context: Context) -> Solver:
        """The solver for a run.

        Raises:
            UsageError: too few experts, teams or members, or no round or turn.
        """
        if min(self.experts, self.teams, self.members) < 2 or min(self.rounds, self.turns) < 1:
            raise UsageError(
                f"mdagents takes 2 experts, teams and members and 1 round and turn at least: {self}"
            )
        return seated(self._lead, context)

    def _lead(self, table: Table) -> Turns:
        level: str = self.triage
        broke = ""
        if level == "model":
            try:
                level = yield from _triage(table)
            except Broken as broken:  # as the scheme has it: a case of unknown complexity is discussed
                level, broke = "intermediate", f"{broken}; taken for intermediate"
        response = yield from self._ways()[level](table)
        return replace(response, fallback=broke) if broke else response

    def _ways(self) -> dict[str, Callable[[Table], Turns]]:
        warm = self.temperature
        discussion = Discussion(n=self.experts, rounds=self.rounds, turns=self.turns, temperature=warm)
        teams = Teams(n=self.teams, members=self.members, temperature=warm)
        return {"basic": _alone, "intermediate": discussion.lead, "advanced": teams.lead}


def _triage(table: Table) -> Asking[str]:
    asked = table.agent("triage", say.TRIAGER).asked(say.TRIAGE, temperature=0)
    [(level, _)] = yield from table.hear([asked], partial(one_of, words=say.LEVELS))
    return level


def _alone(table: Table) -> Turns:
    asked = table.agent("clinician", say.CLINICIAN).asked(FINAL, temperature=0)
    [response] = yield [asked]
    return response
