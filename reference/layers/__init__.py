"""Stacks of layers: their text (``stack``), a row for each kind (``kinds``), and what they have and cost (``ledger``)."""
