"""Debate: several form an opinion, read each other's, and may change it; a judge ends what stays open."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from medassay.errors import UsageError
from medassay.solvers.agents.agent import Agent
from medassay.solvers.agents.grammars import Opinion
from medassay.solvers.agents.table import Table, seated
from medassay.solvers.agents.texts import debate as say
from medassay.solvers.context import Context
from medassay.types import Solver, Turns


@dataclass(frozen=True, kw_only=True)
class Debate:
    """Debaters of one prompt, told apart by their draws, after Du et al., ICML 2024 (arXiv 2305.14325).

    Where all agree the debate is over and their answer stands; after the last round a judge decides, where Du
    et al. take the majority. Calls: `debaters` where they agree at once, else up to
    `debaters` · (1 + `rounds`) + 1, in `rounds` + 2 steps.

    Attributes:
        debaters: At least 2.
        rounds: How often each reads the others at most.
        temperature: Of the debaters, above 0: greedy ones would be one. The judge is greedy.
    """

    debaters: int = 3
    rounds: int = 2
    temperature: float = 0.7

    def begin(self, context: Context) -> Solver:
        """The solver for a run.

        Raises:
            UsageError: fewer than two debaters, no round, or greedy debaters.
        """
        if self.debaters < 2 or self.rounds < 1:
            raise UsageError(f"debate takes two debaters and one round at least: {self}")
        if self.temperature <= 0:
            raise UsageError("debaters at temperature 0 are one debater: set it above 0")
        return seated(self._debate, context)

    def _debate(self, table: Table) -> Turns:
        agents = [table.agent(f"debater {n + 1}", say.DEBATER) for n in range(self.debaters)]
        asked = [
            agent.asked(say.OPEN, temperature=self.temperature, to="debaters", replicate=place)
            for place, agent in enumerate(agents)
        ]
        agents, opinions = yield from table.opine(agents, asked)
        for _ in range(self.rounds):
            if table.agree([held.answer for held in opinions]):
                return table.closed(table.answers[agents[0].role])
            asked = [
                agent.asked(
                    say.OTHERS.format(opinions=_shown(agents, opinions, but=agent)),
                    temperature=self.temperature,
                    to="debaters",
                    replicate=place,
                )
                for place, agent in enumerate(agents)
            ]
            agents, opinions = yield from table.opine(agents, asked)
        if table.agree([held.answer for held in opinions]):
            return table.closed(table.answers[agents[0].role])
        words = say.DECIDE.format(opinions=_shown(agents, opinions))
        [final] = yield [table.agent("judge", say.JUDGE).asked(words, temperature=0)]
        return table.closed(final)


def _shown(agents: Sequence[Agent], opinions: Sequence[Opinion], but: Agent | None = None) -> str:
    """The opinions with who holds them, but for one's own."""
    return "\n\n".join(
        say.OPINION_OF.format(role=agent.role, opinion=opinion)
        for agent, opinion in zip(agents, opinions, strict=True)
        if agent is not but
    )
