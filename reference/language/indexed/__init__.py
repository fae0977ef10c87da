"""Equations entry by entry: ``y[i] = sum_j w[j] x[i + j - 1]``, with convolution, pooling, padding, attention and norms.

``reading`` turns a text into ``nodes``, with ``reductions`` for sums, ``differentials`` for derivatives and ``places`` for what stands in brackets; ``ranges`` finds how far indices run, and ``declaring``
makes an operation of it. ``rows`` is what the table of operations says of such an equation: its values by ``evaluating``, a ``frame`` a piece,
with sums of products by ``contracting``, what a person writes down for it by ``paper``, and the work that it takes ``by_hand``; its derivatives, further such equations, by ``pulling``. ``answers`` reads what is written for an entry, ``merging`` makes one
equation of several, ``writing`` prints it, and ``naive`` evaluates it
a second time, entry by entry.
"""
