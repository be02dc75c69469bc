"""The judge of MedEvalKit: thinks aloud, then 0 for correct and 1 for incorrect."""

from medassay.judges.reading import ACCURACY, word_in_tag
from medassay.judges.rubric import Rubric
from medassay.types import Kind

RUBRIC = Rubric(
    name="medevalkit",
    version=1,
    title="After MedEvalKit: 0 is correct",
    source="alibaba-damo-academy/MedEvalKit at 9b12e3b",
    template=(
        "Decide whether a user's answer is correct, given the question and the standard answer. An answer "
        "of similar meaning, or another way of putting the standard answer, is correct.\n\n"
        "Question: {question}\n\n"
        "Standard answer: {gold}\n\n"
        "User's answer: {answer}\n\n"
        "Write exactly these two lines (0 stands for correct, 1 for incorrect):\n"
        "<think>your reasons in short</think>\n"
        "<judge>0 or 1</judge>"
    ),
    read=word_in_tag("judge", {"0": 1.0, "1": 0.0}),
    metric=ACCURACY,
    scale="0 (correct) or 1 (incorrect), turned round: 1 is right",
    right="<judge>0</judge>",
    kinds=frozenset[Kind]({"yes/no", "closed", "open"}),
    note=(
        "The published judge is gpt-4.1-2025-04-14; there a reply that cannot be read is incorrect, here "
        "it is no verdict."
    ),
    unverified=("the words: the convention and its tags are the published ones, the sentences are ours",),
)
