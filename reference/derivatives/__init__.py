"""Derivatives of networks, which are further equations of them.

``reverse_mode`` makes them; ``named`` says what the name of a derivative means and writes a derivative in given terms; ``implied`` finds the
error term in a gradient, ``slopes`` has further rules for activations, ``kinks`` says where derivatives jump. ``steps`` writes a network out as on paper. ``digits`` says what is lost where a
number is written down, ``losses`` in which steps that happens, and ``rounding`` bounds the effect on an answer. ``effort`` counts those steps
by hand, and ``certify`` computes a gradient in three ways, over many steps by what is ``chained``.
"""
