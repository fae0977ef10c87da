"""Words that depend on a number."""

import doctest

from grader import words


def test_the_examples_hold():
    assert doctest.testmod(words, raise_on_error=True).attempted
