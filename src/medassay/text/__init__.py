"""Reading what a model said: letters, yes or no, labels, numbers, boxes, words.

Ordered rules with ids, one table per kind of answer. Nothing here guesses: no nearest string, no random
letter, no first capital, no default. It knows nothing of what is right.
"""

from medassay.text.box import read_boxes
from medassay.text.choice import read_choice
from medassay.text.dialects import DIALECTS
from medassay.text.forms import Form, form_of, normalise
from medassay.text.label import final_answer, read_label, read_labels, read_text
from medassay.text.letters import read_letters
from medassay.text.number import read_number
from medassay.text.polarity import read_yes_no
from medassay.text.reading import Reading
from medassay.text.repetition import repetitive

__all__ = [
    "DIALECTS",
    "Form",
    "Reading",
    "final_answer",
    "form_of",
    "normalise",
    "read_boxes",
    "read_choice",
    "read_label",
    "read_labels",
    "read_letters",
    "read_number",
    "read_text",
    "read_yes_no",
    "repetitive",
]
