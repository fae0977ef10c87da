"""Mathematics of networks written as equations; it has never heard of students, points or files.

``language`` is that of the equations, ``network`` what they make together. ``derivatives`` are further equations, ``counting``
counts parameters, ``layers`` what stacks of layers have and cost, ``laws`` give means and variances of what is random,
``equivalence`` compares expressions, ``properties`` tries whether a stated one holds, ``sufficiency`` decides what data
determine, ``misconceptions`` are wrong solvers, and ``descent`` goes down a small problem.
"""
