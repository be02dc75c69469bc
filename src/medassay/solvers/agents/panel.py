"""Panel: a general practitioner chooses specialists, each gives an opinion, the attending decides."""

from __future__ import annotations

from dataclasses import dataclass

from medassay.errors import UsageError
from medassay.solvers.agents.grammars import one_of
from medassay.solvers.agents.table import Table, seated
from medassay.solvers.agents.texts import panel as say
from medassay.solvers.context import Context
from medassay.solvers.grammar import Malformed
from medassay.types import Solver, Turns


@dataclass(frozen=True, kw_only=True)
class Panel:
    """The roles of MMedAgent-RL (arXiv 2506.00555) without its training.

    There one specialty is chosen and asked several times; here several are, once each. Calls:
    2 + `specialists`, in three steps.

    Attributes:
        specialists: How many are chosen from the list in `texts/panel.py`.
        temperature: Of the specialists. Triage and the attending are greedy.
    """

    specialists: int = 3
    temperature: float = 0.7

    def begin(self, context: Context) -> Solver:
        """The solver for a run.

        Raises:
            UsageError: no specialist, or more than there are specialties.
        """
        if not 1 <= self.specialists <= len(say.SPECIALTIES):
            raise UsageError(f"panel has 1 to {len(say.SPECIALTIES)} specialists, not {self.specialists}")
        return seated(self._panel, context)

    def _panel(self, table: Table) -> Turns:
        words = say.TRIAGE.format(n=self.specialists, specialties=", ".join(say.SPECIALTIES))
        general = table.agent("general practitioner", say.GENERAL)
        asked = general.asked(words, temperature=0, to="specialists")
        [(chosen, _)] = yield from table.hear([asked], self._chosen)
        agents = [table.agent(name, say.SPECIALIST.format(specialty=name)) for name in chosen]
        consulted = [a.asked(say.CONSULT, temperature=self.temperature, to="attending") for a in agents]
        agents, opinions = yield from table.opine(agents, consulted)
        held = (
            say.OPINION_OF.format(role=agent.role, opinion=opinion)
            for agent, opinion in zip(agents, opinions, strict=True)
        )
        words = say.ATTEND.format(opinions="\n\n".join(held))
        [final] = yield [table.agent("attending", say.ATTENDING).asked(words, temperature=0)]
        return table.closed(final)

    def _chosen(self, text: str) -> tuple[str, ...]:
        """The specialties that a reply names, each once, as many as are wanted."""
        named = tuple(dict.fromkeys(one_of(name, say.SPECIALTIES) for name in text.split(",")))
        if len(named) != self.specialists:
            raise Malformed(f"it names {len(named)} different specialties and should name {self.specialists}")
        return named
