"""Do two expressions agree wherever both are defined?

``compare`` decides it at random ``points``. Of answers to one key, ``resolver`` reads a text straight to the ``parts`` that are known,
and ``sight`` tells what is plain. ``several`` compares one with many, ``forms`` tells in which form an expression is written.
"""
