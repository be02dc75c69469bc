"""Questions that ask for reasoning and questions that ask for understanding, told apart by a classifier.

Its label is a measurement with an error. What it is worth on the questions that it was trained on is measured
here by cross-validation; what it is worth on another benchmark only labels of people there can say.
"""
