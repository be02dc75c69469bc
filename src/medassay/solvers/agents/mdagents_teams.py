"""The advanced way of MDAgents: teams report one after another, and one decides from all reports."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import partial

from medassay.solvers.agents.grammars import prose
from medassay.solvers.agents.mdagents_forms import Team, organised
from medassay.solvers.agents.table import Asking, Table
from medassay.solvers.agents.texts import mdagents as say
from medassay.types import Turns


@dataclass(frozen=True, slots=True, kw_only=True)
class Teams:
    """How many teams of how many members work on a case, and how warm they are."""

    n: int
    members: int
    temperature: float

    def lead(self, table: Table) -> Turns:
        """Organise the teams, let each report with the reports before it at hand, and decide from all."""
        words = say.ORGANISE.format(n=self.n, members=self.members)
        asked = table.agent("recruiter", say.RECRUITER).asked(words, temperature=self.temperature)
        [(teams, _)] = yield from table.hear([asked], partial(organised, n=self.n, members=self.members))
        reports: list[tuple[str, str]] = []
        for team in teams:
            report = yield from self._work(table, team, reports)
            reports.append((team.name, report))
        decider = table.agent("decider", say.DECIDER)
        [final] = yield [decider.asked(say.DECIDE.format(reports=_tagged(reports)), temperature=0)]
        return final

    def _work(self, table: Table, team: Team, reports: list[tuple[str, str]]) -> Asking[str]:
        """The lead says what to find out, the assistants report together, the lead reports for the team."""
        first, *others = team.members
        lead = table.agent(
            f"{team.name}, lead ({first.role})",
            say.LEAD.format(team=team.name, role=first.role, expertise=first.expertise, goal=team.goal),
        )
        words = say.REQUEST.format(
            earlier=say.EARLIER.format(reports=_tagged(reports)) if reports else "",
            assistants=", ".join(member.role for member in others),
        )
        asked = lead.asked(words, temperature=self.temperature, to=team.name)
        [(request, text)] = yield from table.hear([asked], prose)
        lead = lead.after(asked, text)
        parts = [
            table.agent(
                f"{team.name}, {member.role}",
                say.MEMBER.format(team=team.name, role=member.role, expertise=member.expertise),
            ).asked(say.ASSIST.format(request=request), temperature=self.temperature, to=lead.role)
            for member in others
        ]
        done = yield from table.hear(parts, prose)
        found = _tagged((member.role, text) for member, (text, _) in zip(others, done, strict=True))
        asked = lead.asked(say.REPORT.format(reports=found), temperature=self.temperature, to="teams")
        [(report, _)] = yield from table.hear([asked], prose)
        return report


def _tagged(texts: Iterable[tuple[str, str]]) -> str:
    return "\n\n".join(say.TAGGED.format(role=role, text=text) for role, text in texts)
