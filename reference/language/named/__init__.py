"""Named operations, ``conv(X, K, b, stride: s)``: texts of equations entry by entry, opened where they are called.

``table`` lists them, ``signatures`` reads a row of it, and ``opening`` makes an indexed equation of a call, by the axes of its arguments.
"""
