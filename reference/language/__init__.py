"""The language in which exercises and students write: expressions over oriented matrices.

``reading`` turns a text into an ``expression``, and ``shapes`` resolves what each product means, with ``spreading`` where rows and columns spread as in NumPy. ``evaluating`` gives its ``values``;
``simplifying`` and ``writing`` turn it into what a person would write, ``sums`` and ``unicode`` into what a sheet prints. ``closing``
finds its closed form, by the rows of ``rewrites`` and as a sum of products of ``terms``. ``operations`` has a row for each function,
and ``dimensions`` the shapes that they give, in sizes that are ``whole`` numbers. ``indexed`` holds equations entry by entry, and ``named``
the operations that are such equations, as ``conv(X, K)``. ``roles`` tells the kinds of names apart, and ``errors`` says what is wrong with a text. ``reading`` uses
``wrapping``, ``programs``, ``tokens``, ``lexemes``, ``names``, ``spelling``, ``cursor``, ``operands``, ``calling`` with its
data ``calls``, ``layouts``, ``grammar``, ``labels``, ``entries``, ``step_places``, ``step_sums`` and ``structures``. An ``equation`` of a recurrence is
written out by ``loops``, whose steps have names ``over_time``, and printed as one again by ``rolling``.
"""
