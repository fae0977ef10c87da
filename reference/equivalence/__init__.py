"""Do two expressions agree wherever both are defined?

``compare`` decides it at random ``points``, at points ``around`` the places where an expression ``turns``, found on ``lines``, and with regard to the
``noise`` of rounding; ``sizes`` finds numbers for sizes. For answers to one key, ``resolver`` reads a text into ``parts`` that earlier answers had, and ``sight`` decides
obvious cases. ``several`` compares one expression with many; ``beside`` puts one beside another, part by part; ``forms`` tells in which form one is written, and ``expanding`` multiplies
one out.
"""
