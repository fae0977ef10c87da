"""Stacks of layers: their text (``stack``), a row for each kind (``kinds``), what they have and cost (``ledger``), what is asked (``asked``)."""
