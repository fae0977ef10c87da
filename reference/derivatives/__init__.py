"""Derivatives of networks, which are further equations of them.

``reverse_mode`` makes them, ``named`` tells what the name of a derivative means and writes one in given terms, ``kinks`` where they
jump. ``steps`` writes a network out as on paper. ``digits`` tells what is lost where a number is written down, ``losses`` in which
steps that happens, and ``rounding`` bounds what it does to an answer. ``effort`` counts the steps by hand, and ``certify`` finds a
gradient in three ways.
"""
