"""What is derived from a record hangs on it, is made once, and goes with it."""

import doctest
import gc
import pickle
import weakref

from msgspec import Struct, structs

from grader import memo
from grader.bank import load_folder
from grader.drawing import variant_of
from grader.memo import memoized


class Record(Struct, frozen=True, eq=False, dict=True, weakref=True):
    name: str


def counted(made):
    @memoized
    def joined(record, *rest):
        made.append((record.name, *rest))
        return [record.name, *rest]

    return joined


def test_the_example_holds():
    assert doctest.testmod(memo, raise_on_error=True).attempted > 3


def test_it_is_made_once_for_a_record_and_what_it_is_asked_with():
    made = []
    joined = counted(made)
    one, other = Record("one"), Record("one")
    assert joined(one, "a") is joined(one, "a")
    assert joined(one, "a") is not joined(other, "a")
    assert joined(one) == ["one"]
    assert made == [("one", "a"), ("one", "a"), ("one",)]


def test_functions_do_not_share_what_they_keep():
    @memoized
    def first(record):
        return "first"

    @memoized
    def second(record):
        return "second"

    record = Record("one")
    assert [first(record), second(record), first(record)] == ["first", "second", "first"]


def test_what_fails_is_not_kept():
    made = []

    @memoized
    def once(record):
        made.append(record)
        return 1 / (len(made) - 1)

    record = Record("one")
    try:
        once(record)
    except ZeroDivisionError:
        assert once(record) == 1.0


def test_the_oldest_goes_where_there_is_too_much(monkeypatch):
    monkeypatch.setattr(memo, "MOST", 2)
    made = []
    joined, record = counted(made), Record("one")
    for text in ("a", "b", "c", "c", "b", "a"):
        joined(record, text)
    assert [text for _, text in made] == ["a", "b", "c", "a"]


def test_it_goes_with_its_record_and_nowhere_else():
    joined = counted([])
    record = Record("one")
    joined(record, "a")
    assert not vars(structs.replace(record)) and not vars(pickle.loads(pickle.dumps(record)))
    gone = weakref.ref(record)
    del record
    gc.collect()
    assert gone() is None


def test_a_bank_that_is_loaded_again_shares_nothing_with_the_first():
    first, second = load_folder(), load_folder()
    name = "scalar-residual-block"
    models = [variant_of(one[name], 1).solved.model for one in (first, first, second)]
    assert models[0] is models[1] is not models[2]
