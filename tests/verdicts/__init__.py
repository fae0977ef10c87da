"""Answers of many forms, right and wrong, over the whole bank, against keys that were worked out by hand.

Nothing here knows how gradmark reads, differentiates or compares. ``python -m tests.verdicts`` tells what is accepted though
it is wrong, rejected though it is right, and refused though it can be read.
"""
