"""A small class is taken through a term; ``make term`` takes a large one."""

from tests.term import deciding
from tests.term import ledger as books
from tests.term.ledger import TEXT, Ledger, Page, U, Z
from tests.term.quizzes import Term

KEY = {Z: "0.5", U: "-1.2", "rates/pick": "b", TEXT: ""}


def test_every_point_of_a_term_is_accounted_for(tmp_path):
    """The mended exercise, decisions, and what is lost, doubled or killed on the way."""
    term = Term(tmp_path, 30, kills=1, numbers=(2,))
    assert term.run() == []
    counts = term.counts
    assert (counts["runs killed"], counts["full disks"], counts["rows compared"]) == (3, 3, 198)


def row(**cells):
    own = {"points": "13.5", "out_of": "14", "waiting": "0", "to_look_at": "0", "problem": "", "file": "a", "notes": ""}  # fmt: skip
    return {**own, **cells}


def test_the_ledger_sees_what_is_lost_doubled_or_in_no_row(tmp_path):
    answers = {Z: "0.5", U: "-1.2", "rates/pick": "b", TEXT: "Slopes."}
    page = Page(KEY, answers, decided={TEXT: books.Fraction(5, 2)})
    ledger = Ledger({"ada": page})
    assert books.differences(ledger, {"ada": row()}) == []
    for cells in (
        {"points": "13"},
        {"points": ""},
        {"out_of": "13"},
        {"waiting": "1"},
        {"to_look_at": "1"},
    ):
        assert len(books.differences(ledger, {"ada": row(**cells)})) == 1, cells
    assert books.differences(ledger, {}) == ["ada: no row, or one too many"]
    decided = {"student": "ada", "blank": TEXT, "code": "t1", "decision": "2,5"}
    for rows, count in (
        ([decided], 0),
        ([decided, decided], 1),
        ([{**decided, "blank": Z}], 1),
        ([{**decided, "blank": Z, "decision": ""}], 2),
    ):
        deciding.write(tmp_path / "d.csv", rows, ("utf-8-sig", ","))
        assert len(deciding.differences(tmp_path / "d.csv", ledger, 0)) == count
