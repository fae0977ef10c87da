"""Derivatives of networks, which are further equations of them.

``reverse_mode`` makes them, ``named`` tells what the name of a derivative means and writes one in given terms, ``kinks`` where they
jump. ``rounding`` bounds what rounded steps do to an answer, ``effort`` counts those steps by hand, and ``certify`` finds a gradient
in three ways.
"""
