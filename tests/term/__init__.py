"""A class is taken through a term by the commands that staff type, and every point is accounted for by a ledger of its own.

``python -m tests.term 400`` has so many students; ``make term`` calls it. The ledger never asks gradmark what an answer is
worth: it knows what each student wrote, the key file of the first run, and what was decided.
"""
