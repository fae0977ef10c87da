"""Do these data determine that quantity? ``deciding`` finds a proof, in networks ``side_by_side``, ``proofs`` checks it with arithmetic of its own."""
