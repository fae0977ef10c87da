"""Derivatives of networks, as further equations.

``reverse_mode`` makes them; ``named`` says what the name of a derivative means and writes a derivative in given terms; ``implied`` finds the
error term in a gradient, ``kinks`` where derivatives jump. ``rounding`` bounds the effect of rounded steps on an answer, ``effort`` counts those steps by hand, and
``certify`` computes a gradient in three ways.
"""
