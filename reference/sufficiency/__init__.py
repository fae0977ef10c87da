"""Do these data determine that quantity? ``deciding`` finds a proof, ``proofs`` checks it with arithmetic of its own."""
