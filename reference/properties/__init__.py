"""Does a stated property hold of a network, whatever was chosen for some of its values?

``comparison`` reads and decides two sides, ``points`` lists where they are compared, ``trying`` does it, and finds the first
counterexample and how far rounding may have moved it.
"""
