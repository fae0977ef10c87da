"""Stacks of layers: their text (``stack``), a row for each kind (``kinds``), what they have and cost (``ledger``).

``asked`` reads what is asked of them; ``formulas`` are the same rows in symbols, and the steps to a number.
"""
