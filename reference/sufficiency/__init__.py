"""Do these data determine that quantity? ``deciding`` finds a proof, ``side_by_side`` draws the networks among which it searches, and
``proofs`` checks it with arithmetic of its own.
"""
