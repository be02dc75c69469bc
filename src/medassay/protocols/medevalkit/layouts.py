"""What MedEvalKit does differently from dataset to dataset: how options stand, what is read first."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from medassay.protocols.medevalkit.reading import tagged
from medassay.protocols.shared import labels, letters
from medassay.types import Case, Sample


@dataclass(frozen=True, slots=True, kw_only=True)
class Layout:
    """Of a dataset with choices.

    `option` makes one of letter and text. `twice`: the question ends with its options too. `listed`: its
    images are handed over as a list, and each is announced, a single one too. `before`: what is taken out of
    an answer before the rule for choices sees it. `last_key`: of equal options the last is the key.
    `held`: the harness has this dataset.
    """

    option: str = "{}. {}"
    twice: bool = False
    listed: bool = False
    before: Callable[[str], str] = str
    last_key: bool = False
    held: bool = True

    def shown(self, case: Case) -> list[str]:
        """The options as they stand in the prompt and are compared with."""
        return [
            self.option.format(name, text) for name, text in zip(letters(case), labels(case), strict=True)
        ]

    def question(self, case: Case) -> str:
        """The question as the harness has it."""
        if not self.twice:
            return case.question
        options = " ".join(f"({name}) {text}" for name, text in zip(letters(case), labels(case), strict=True))
        return f"{case.question}\nAnswer Choices: {options}"

    def key(self, sample: Sample) -> str:
        """The letter that is right."""
        return sample.target.texts[-1 if self.last_key else 0]


_MEDXPERTQA = Layout(twice=True, listed=True, before=tagged)
_HELD: Mapping[str, Layout] = {
    "medframeqa": Layout(option="{}.{}", listed=True),
    "medxpertqa-mm": _MEDXPERTQA,
    "medxpertqa-text": _MEDXPERTQA,
    "omnimedvqa": Layout(before=tagged, last_key=True),
    "pmc-vqa": Layout(option=" {}:{}"),
}
_OTHER = Layout(held=False)


def layout(benchmark: str) -> Layout:
    """That of a dataset by name; the plain one where the harness does not have it."""
    return _HELD.get(benchmark, _OTHER)
