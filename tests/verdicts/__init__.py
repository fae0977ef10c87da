"""Answers of many forms, right and wrong, over the whole bank, against keys that were worked out by hand.

Formulas and numbers of some exercises are worked out here. For the rest of the bank, what is right is taken from the printed variant: ``clothes`` writes it, and what is not, as
people, pages and programs do, and ``slipped`` has other algebra and slips, judged by NumPy. Nothing here knows how gradmark reads, differentiates or compares. ``python -m tests.verdicts`` tells what is accepted though
it is wrong, rejected though it is right, and refused though it can be read.
"""
