"""The answers to one blank in groups, and what staff decide on them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from fractions import Fraction

from msgspec import Struct
from msgspec.structs import replace
from sqlalchemy import Connection
from starlette.exceptions import HTTPException
from starlette.responses import Response

from grader.papers import Decision, decision_sheet
from grader.sheets import Asked
from grader.web.staff import naming
from grader.web.staff.groups import Answer, Group, answers, blanks, grouped
from grader.web.staff.roles import Desk, desk
from grader.web.staff.whole import Row, Whole, whole_class
from grader.web.store import classes, events
from grader.web.visit import Visit

MOST = 2000  # signs of a reason
SHOWN = ("all", "wrong", "right", "waiting", "decided", "empty")


class Refused(Exception):
    """A decision that cannot be made as it was filled in."""


class Place(Struct, frozen=True):
    """A blank in the list of an exercise; ``waiting``: answers that a person must look at."""

    blank: str
    number: str
    asked: Asked | None
    waiting: int


def shown(visit: Visit) -> Response:
    """The answers to the blank in the query."""
    with visit.site.store.read() as tx:
        own = desk(visit, tx, "look")
        whole = whole_class(tx, own.quiz, visit.at)
    return page(visit, own, whole, visit.query.get("blank", ""), visit.query.get("group", ""))


def page(
    visit: Visit, own: Desk, whole: Whole, blank: str, chosen: str, trouble: str = ""
) -> Response:
    """The groups of a blank; the first blank that there is, unless it is named."""
    everywhere = blanks(whole)
    names = [name for some in everywhere.values() for name in some]
    names = everywhere.get(visit.query.get("exercise", ""), names)
    blank = blank or (first_waiting(whole, names) or (names[0] if names else ""))
    if names and blank not in names:
        raise HTTPException(404)
    exercise = blank.partition("/")[0]
    groups = grouped([*answers(whole, blank)])
    show = visit.query.get("show", "all")
    to_decide = [one.key for one in groups if one.kind in ("waiting", "wrong")]
    return visit.page(
        "staff/answers.html",
        422 if trouble else 200,
        desk=own,
        blank=blank,
        asked=naming.asked_in(visit, whole, exercise).get(blank) if blank else None,
        titles=naming.titles(whole),
        exercise=exercise,
        exercises=[*everywhere],
        places=[*places(visit, whole, exercise, everywhere.get(exercise, []))],
        groups=[one for one in groups if show in ("all", one.kind)],
        count=sum(one.count for one in groups),
        counts=Counter(one.kind for one in groups for _ in one.answers),
        show=show if show in SHOWN else "all",
        chosen=chosen or (to_decide[0] if to_decide else ""),
        trouble=trouble,
        done=visit.query.get("done", ""),
        at=visit.at,
    )


def first_waiting(whole: Whole, names: list[str]) -> str:
    """The first blank in which something waits for a person."""
    waiting = (one for one in names if any(a.mark.to_look_at for a in answers(whole, one)))
    return next(waiting, "")


def places(visit: Visit, whole: Whole, exercise: str, names: list[str]) -> Iterator[Place]:
    """The blanks of an exercise."""
    asked = naming.asked_in(visit, whole, exercise)
    for name in names:
        number, found = asked.get(name, ("", None))
        waiting = sum(one.mark.to_look_at for one in answers(whole, name))
        yield Place(name, number, found, waiting)


# Deciding


def decide(visit: Visit) -> Response:
    """Decide for those of a group who are ticked."""
    blank, key = visit.text("blank"), visit.text("group")
    with visit.site.store.read() as tx:
        own = desk(visit, tx, "decide")
        before = whole_class(tx, own.quiz, visit.at)
    try:
        chosen = ticked(visit, grouped([*answers(before, blank)]), key)
        given = [decision(visit, one) for one in chosen]
    except Refused as trouble:
        return page(visit, own, before, blank, key, str(trouble))
    with visit.site.store.write() as tx:
        record(visit, tx, own, given)
    with visit.site.store.read() as tx:
        done = effect(before, whole_class(tx, own.quiz, visit.at))
    return visit.to(f"{own.home}/answers?blank={blank}&done={len(chosen)}-{done}")


def ticked(visit: Visit, groups: list[Group], key: str) -> list[Answer]:
    """Those of a group for whom it is decided.

    Raises:
        Refused: there are none any more.
    """
    group = next((one for one in groups if one.key == key), None)
    people = set(visit.form.get("who", ()))
    chosen = [one for one in group.answers if str(one.person.id) in people] if group else []
    if not chosen:
        raise Refused(
            "Nobody is ticked, or these answers were changed or decided on meanwhile: look at the group again."
        )
    return chosen


def decision(visit: Visit, answer: Answer) -> Decision:
    """What the form says of one answer.

    Raises:
        Refused: it says nothing that can be used.
    """
    found = Decision(
        student=str(answer.person.id),
        blank=answer.blank,
        code=answer.code,
        comment=reason(visit),
        by=visit.actor.name,
        at=str(visit.at),
    )
    return said(visit, answer, found)


def said(visit: Visit, answer: Answer, found: Decision) -> Decision:
    """What an answer earns by the form.

    Raises:
        Refused: it does not say that.
    """
    what = visit.text("d")
    if what == "stay":
        waits = answer.mark.to_look_at
        return replace(found, share=Fraction(0)) if waits else replace(found, settled=True)
    if what == "full":
        return replace(found, share=Fraction(1))
    if what == "excused":
        return replace(found, excused=True)
    if what == "met":
        return replace(found, met=criteria(visit, answer))
    if what == "part":
        return replace(found, share=share(visit.text("p"), answer.mark.out_of))
    raise Refused("Choose what these answers earn.")


def decide_paper(visit: Visit) -> Response:
    """Decide on all that one student handed in: points, a share of them, or that it does not count."""
    with visit.site.store.read() as tx:
        own = desk(visit, tx, "decide")
        row = whole_class(tx, own.quiz, visit.at).of(visit.number("person"))
    if row is None or row.graded is None:
        raise HTTPException(404)
    try:
        found = of_paper(visit, row)
    except Refused as trouble:
        return visit.page("staff/refused.html", 422, desk=own, row=row, trouble=str(trouble))
    with visit.site.store.write() as tx:
        record(visit, tx, own, [found])
    return visit.to(f"{own.home}/person/{row.member.person.id}")


def of_paper(visit: Visit, row: Row) -> Decision:
    """What a form says of a whole paper.

    Raises:
        Refused: it says nothing that can be used.
    """
    found = Decision(
        student=str(row.member.person.id),
        comment=reason(visit),
        by=visit.actor.name,
        at=str(visit.at),
    )
    if visit.text("d") == "excused":
        return replace(found, excused=True)
    given = decision_sheet.number(visit.text("p").strip())
    share(visit.text("p"), row.held.out_of)
    if given is None or not given[1]:
        return replace(found, points=given[0] if given else None)
    return replace(found, share=given[0])


def reason(visit: Visit) -> str:
    """Why it is decided so.

    Raises:
        Refused: nothing is said.
    """
    found = " ".join(visit.text("why").split())[:MOST]
    if not found:
        raise Refused("A reason is missing; students read it.")
    return found


def criteria(visit: Visit, answer: Answer) -> dict[str, Fraction]:
    """To which share each criterion of the rubric is met."""
    met = {}
    for name in answer.rubric:
        given = decision_sheet.share(visit.text(f"met:{name}").strip())
        if given is None:
            raise Refused("Say of each criterion to which share it is met, from 0 to 1.")
        met[name] = given
    return met


def share(text: str, out_of: float) -> Fraction:
    """The share of the points that a number of points, or of percent, is."""
    given = decision_sheet.number(text.strip())
    if given is None:
        raise Refused(f"Expected points, such as 1.2 or 50 %, found “{text[:40]}”.")
    number, is_share = given
    found = number if is_share else number / (Fraction(str(out_of)) or 1)
    if found > 1:
        raise Refused(f"There are no more than {out_of:g} points.")
    return found


def record(visit: Visit, tx: Connection, own: Desk, given: list[Decision]) -> None:
    """Keep decisions."""
    for one in given:
        classes.decide(tx, own.quiz.id, one, visit.actor, visit.at)
    who = [int(one.student) for one in given]
    blank, why = given[0].blank, given[0].comment
    events.record(tx, "decided", visit.at, **own.by, blank=blank, persons=who, why=why)


def effect(before: Whole, after: Whole) -> str:
    """How many gain and how many lose, as ``7-0``."""
    now = {one.held.id: one.points or 0 for one in after.rows}
    pairs = [(one.points or 0, now.get(one.held.id, 0)) for one in before.rows]
    return f"{sum(old < new for old, new in pairs)}-{sum(old > new for old, new in pairs)}"


# What was decided


def history(visit: Visit) -> Response:
    """All decisions of a quiz: who, when, why, and who withdrew them."""
    with visit.site.store.read() as tx:
        own = desk(visit, tx, "watch")
        found = classes.decided(tx, own.quiz.id)
        names = classes.names(tx, own.quiz.course)
    return visit.page(
        "staff/decisions.html", desk=own, decided=found[::-1], names=names, at=visit.at
    )


def withdraw(visit: Visit) -> Response:
    """Take back the decisions that are ticked: what they were made on is marked as before, or waits again."""
    with visit.site.store.write() as tx:
        own = desk(visit, tx, "decide")
        chosen = set(visit.form.get("decision", ()))
        found = [
            one
            for one in classes.decided(tx, own.quiz.id)
            if str(one.id) in chosen and one.withdrawn is None
        ]
        for one in found:
            classes.decide(tx, own.quiz.id, one.decision, visit.actor, visit.at, one.id)
        if found:
            numbers = [one.id for one in found]
            events.record(tx, "withdrew", visit.at, **own.by, decisions=numbers)
    return visit.to(f"{own.home}/decisions")
