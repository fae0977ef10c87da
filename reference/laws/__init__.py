"""Mean and variance of what is computed from random quantities.

``law`` is what is declared of a random quantity. ``moments`` has rules for sums and products of independent terms, over symbolic
sizes; ``outcomes`` lists all outcomes of a few masks; ``expected`` makes means and variances further equations of a network.
"""
