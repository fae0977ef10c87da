"""Wrong solvers: the answers that follow when a network, its derivatives or a question is misunderstood.

``table`` lists the misconceptions. Each rewrites the ``equations``, the rules of ``derivatives``, or the last step, which makes ``answers``.
``slopes``, ``indices`` and ``totals`` hold rewrites that take one slope, index or total for another, ``entries`` those of equations entry by entry. The wrong answer is computed, so it
can be compared with a student's. ``solver`` holds what the rewrites share, ``wrong`` computes the wrong answers of a network, ``counts``
those of a count, ``layers`` those of a stack of layers. ``recurrences`` rewrites what goes back from step to step.
"""
