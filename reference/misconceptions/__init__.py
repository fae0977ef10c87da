"""Wrong solvers: what comes out where a network, its derivatives or an answer is misunderstood.

``table`` lists the misconceptions. Each rewrites ``equations``, the rules of ``derivatives``, or the last step, which makes ``answers``; what
it gives is computed, so it can be told from the right answer and named. ``solver`` is what they are made of, ``wrong`` all that comes out
for a network, ``counts`` what comes out of a count.
"""
