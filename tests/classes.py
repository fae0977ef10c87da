"""Simulated classes, in which facts are planted or not; `make classes` says what an analysis finds in many of them.

Students differ by one ability, and answers follow it as in the Rasch model. What is known of each class is known from its plan alone.
"""

import math
import sys
from collections import Counter
from random import Random

from msgspec import Struct

from grader import analysis
from grader.analysis.cohort import Asked, Builder
from grader.analysis.gathering import taken
from grader.answers import Note, Verdict
from grader.marking import Mark, Marks

STUDENTS = 300
BLANKS = "abcd"
EASE = {"e1": 1.2, "e2": 0.6, "e3": 0.2, "e4": -0.2, "e5": -0.6, "e6": -1.2, "e7": 0.0, "e8": 0.4}
LETTERS = 6  # questions with letters, the same for everybody
ACTIVATIONS = "relu", "sigmoid", "tanh"
MASK = ("mask", "a derivative without the mask of the ReLU")
SIGN = ("sign", "the other sign")
OPTIONS = ("quarter", "eases", "weights", "none of them")


class Plan(Struct, frozen=True):
    """What is planted. ``harder``: logits by which a shortcut is; ``mask``: the share of students who forget it."""

    harder: float = 0.0
    random: bool = False
    miskeyed: bool = False
    mask: float = 0.0
    copied: bool = False


NOTHING = Plan()
ALL = Plan(harder=1.0, random=True, miskeyed=True, mask=0.2, copied=True)


class Class(Struct):
    """The cohort of a class, and who forgets the mask where it can be seen."""

    cohort: object
    forgetful: set
    copied: tuple


def chance(ability, ease):
    return 1 / (1 + math.exp(-(ability + ease)))


def number(random, right, misconception=None):
    """The mark of a number; a wrong one is like no other."""
    if right and not misconception:
        return Mark(Verdict.CORRECT, 1, 1, answer="1", kind="number")
    given = repr(round(random.uniform(-9, 9), 6))
    notes = (Note("different"),)
    if misconception:
        name, says = misconception
        notes += (Note("misconception", {"id": name, "says": says}),)
    return Mark(Verdict.INCORRECT, 0, 1, "", given, notes, given, "number", alike=given)


def choice(chosen, right):
    verdict = Verdict.CORRECT if chosen == right else Verdict.INCORRECT
    alike = "" if chosen == right else chosen
    return Mark(
        verdict, int(chosen == right), 1, "", chosen, (), chosen, "choice", (chosen,), alike
    )


def simulated(seed, plan=NOTHING, students=STUDENTS):
    """A class."""
    random, builder, forgetful = Random(seed), Builder(), set()
    before = {}
    copied = ("s000", "s001") if plan.copied else ()
    for place in range(students):
        student = f"s{place:03}"
        ability = random.gauss(0, 1)
        papers = sheet(random, student, ability, plan, forgetful)
        if plan.copied and place == 1:
            papers = copy(papers, before["s000"])
        before[student] = papers
        for marks, asked in papers:
            taken(builder, marks, asked, {})
    return Class(builder.cohort(), forgetful, copied)


def sheet(random, student, ability, plan, forgetful):
    """The marks of one student with what was asked."""
    own = [network(random, student, ability, plan, forgetful)]
    for slot, (name, ease) in enumerate(EASE.items(), start=2):
        likely = 0.5 if plan.random and name == "e7" else chance(ability, ease)
        mark = number(random, random.random() < likely)
        own.append((exercise(student, name, slot, {"x": mark}), {}))
    own.append(statement(random, student, ability, plan))
    own.append(letters(random, student, ability))
    return own


def exercise(student, name, slot, marks, choices=None, difficulty=10.0):
    points = sum(one.points for one in marks.values())
    return Marks(
        student, name, 0, points, len(marks), marks, [], choices or {}, slot, difficulty, version=2
    )


def network(random, student, ability, plan, forgetful):
    """Four gradients of a drawn network; one of them shows who forgets the mask of a ReLU."""
    choices = {
        "activation": random.choice(ACTIVATIONS),
        "shortcut": random.choice(["with", "without"]),
    }
    ease = 0.3 - plan.harder * (choices["shortcut"] == "with")
    marks = {one: number(random, random.random() < chance(ability, ease)) for one in BLANKS}
    shows = frozenset([SIGN, MASK] if choices["activation"] == "relu" else [SIGN])
    forgets = random.random() < plan.mask
    if forgets and MASK in shows:
        marks["d"] = number(random, False, MASK)
        forgetful.add(student)
    asked = {one: Asked(showable=shows if one == "d" else frozenset([SIGN])) for one in BLANKS}
    return exercise(student, "network", 1, marks, choices), asked


def statement(random, student, ability, plan):
    """One option of four; where it is miskeyed, those who know choose what counts as wrong."""
    true, key = OPTIONS[0], OPTIONS[3] if plan.miskeyed else OPTIONS[0]
    knows = random.random() < chance(ability, 0.3)
    chosen = true if knows else random.choices(OPTIONS[1:], [0.4, 0.35, 0.25])[0]
    asked = Asked(tuple(sorted(OPTIONS)), (key,))
    return exercise(student, "statement", 10, {"x": choice(chosen, key)}), {"x": asked}


def letters(random, student, ability):
    """Questions so easy that many papers are the same."""
    marks, asked = {}, {}
    for place in range(LETTERS):
        knows = random.random() < chance(ability, 1.5)
        chosen = OPTIONS[0] if knows else random.choice(OPTIONS[1:])
        marks[f"x{place}"] = choice(chosen, OPTIONS[0])
        asked[f"x{place}"] = Asked(tuple(sorted(OPTIONS)), (OPTIONS[0],))
    return exercise(student, "letters", 11, marks), asked


def copy(papers, others):
    """What was chosen by somebody else, instead."""
    taken_over = {"statement", "letters"}
    kept = [one for one in papers if one[0].exercise not in taken_over]
    student = papers[0][0].student
    for marks, asked in others:
        if marks.exercise in taken_over:
            kept.append(
                (
                    exercise(student, marks.exercise, marks.slot, marks.marks),
                    asked,
                )
            )
    return kept


def analysed(seed, plan=NOTHING, similarity=True):
    made = simulated(seed, plan)
    return made, analysis.analysed(
        made.cohort, {}, "A class", analysis.Wanted(similarity=similarity)
    )


# What is found


def flags(found):
    """The kinds of findings that say something of the class, and not of its size."""
    return {
        "variant": any(one.flag for one in found.groups),
        "item": any(one.flag for one in found.items),
        "key": any(one.flag == "look at the key" for one in found.options),
        "option": any(one.flag == "hardly chosen" for one in found.options),
        "misconception": bool(found.misconceptions),
        "wrong answer": bool(found.wrong_answers),
        "likeness": bool(found.likeness.named),
    }


def recovered(made, found):
    """Which planted facts are found, and nothing beside them that contradicts them."""
    groups = [one for one in found.groups if one.factor == "shortcut"]
    harder = {one.value: one.flag for one in groups} == {"with": "harder", "without": "easier"}
    flagged = {one.exercise for one in found.items if one.flag}
    mask = next((one for one in found.misconceptions if one.id == "mask"), None)
    first = found.todo[0]
    return {
        "the harder structure": harder,
        "the random item": "e7" in flagged,
        "no other item": flagged <= {"e7", "statement"},
        "the miskeyed option first": first.kind == "key" and OPTIONS[0] in first.why,
        "the mask, to the student": mask is not None and mask.count == len(made.forgetful),
        "no copied pair named": not found.likeness.named,
    }


def main(count):
    plain, planted, identical, expected = Counter(), Counter(), 0, 0.0
    for seed in range(count):
        _, found = analysed(seed)
        plain.update(name for name, raised in flags(found).items() if raised)
        made, found = analysed(seed, ALL)
        planted.update(name for name, good in recovered(made, found).items() if good)
        identical += found.likeness.identical
        expected += found.likeness.by_chance
    print(f"{count} classes of {STUDENTS} without planted facts; a flag was raised in")
    for name in flags(found):
        print(f"  {name}: {plain[name]} ({100 * plain[name] / count:.1f} %)")
    print(f"{count} classes with planted facts; found were")
    for name in recovered(made, found):
        print(f"  {name}: {planted[name]} ({100 * planted[name] / count:.1f} %)")
    print(f"identical pairs a class: {identical / count:.0f}; by chance: {expected / count:.0f}")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 200)
