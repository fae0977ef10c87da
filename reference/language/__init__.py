"""The language in which exercises and students write: expressions over oriented matrices.

An ``expression`` is made by ``reading`` what is written, and by ``shapes``, which resolve what it means. ``evaluating`` gives its
``values``, ``simplifying`` and ``writing`` make it what a person would write. ``operations`` is the table of what it can do, ``dimensions``
what that does to sizes, and ``layouts`` what a dot product or a sum along an axis mean by them; ``roles`` tells the kinds of names, and ``errors``
what is wrong with a text. Behind ``reading`` stand ``wrapping`` and ``programs``, which blank what is no formula, ``tokens``, ``lexemes``,
``names``, ``spelling``, ``cursor``, ``operands``, ``calling`` with its data ``calls``, ``grammar``, ``entries`` and ``structures``;
``labels`` tells what stands before an equality sign.
"""
