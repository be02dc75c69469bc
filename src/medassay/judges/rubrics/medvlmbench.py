"""The semantic score of MedVLMBench, as far as it is published: points from 1 to 100 in the first line."""

from medassay.judges.reading import SCORE, points_in_first_line
from medassay.judges.rubric import Rubric
from medassay.types import Kind

RUBRIC = Rubric(
    name="medvlmbench-semantic",
    version=1,
    title="Semantic score after MedVLMBench, 1 to 100",
    source="arXiv 2506.17337; Nanboy-Ronan/MedVLMBench at 90b4abc, notebooks/ruinan/llm_evaluate_vqa_open.py",
    system="You are a careful reviewer of answers to medical questions about images.",
    template=(
        "[Question]\n"
        "{question}\n\n"
        "[True answer]\n"
        "{gold}\n\n"
        "[Prediction]\n"
        "{answer}\n\n"
        "[Task]\n"
        "Rate the prediction with the true answer at hand: how helpful, relevant, accurate and detailed it "
        "is, as one number from 1 to 100, higher for better. Write the number alone in the first line. In "
        "the next line explain it, with reference to the true answer. Be impartial."
    ),
    read=points_in_first_line(highest=100),
    metric=SCORE,
    scale="1 to 100, given as a share of 100; an empty answer is 0",
    right="no threshold is published",
    decides=False,
    kinds=frozenset[Kind]({"open"}),
    identical=1.0,
    note=(
        "From the script: roles of the messages, the four criteria, the scale, the number in the first "
        "line, open questions only, an answer identical to the accepted one has 100 without asking. The "
        "script's judge is gpt-4o-mini at its default temperature; it leaves out what the judge did not "
        "answer."
    ),
    unverified=(
        "that the paper's table was made with this script and this judge",
        "the words: the criteria are the published ones, the sentences are ours",
        "temperature: 0 here",
    ),
)
