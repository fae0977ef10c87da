"""QTI 3: an item for each exercise with all that is asked in it, a test for each paper or for a pool of variants.

Numbers are compared with bounds: a player in use takes ``qti-equal`` with a tolerance as exact.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from fractions import Fraction
from html import escape, unescape
from xml.etree import ElementTree

from msgspec import Struct

from grader.answers import Entries, Lines, Pairs, Ticks
from grader.exports import prose
from grader.exports.archive import zipped
from grader.exports.items import Blank, Item, Part, Wrong
from grader.exports.labels import Locale, label
from grader.exports.losses import Report
from grader.exports.numbers import bound, entries, places
from grader.exports.package import Mode, Package, named
from grader.exports.targets import APPROXIMATED, FAITHFUL, MANUAL, REFUSED, Carried, Files, Target

LETTERS = "abcdefghijklmnopqrstuvwxyz"
QTI = "http://www.imsglobal.org/xsd/imsqtiasi_v3p0"
PACKAGE = "http://www.imsglobal.org/xsd/qti/qtiv3p0/imscp_v1p1"
MATHML = "http://www.w3.org/1998/Math/MathML"
HTML_ONLY = re.compile(
    r"&(?!(?:amp|lt|gt|quot|apos);)[A-Za-z]\w*;"
)  # entities that XML does not know
HEAD = '<?xml version="1.0" encoding="UTF-8"?>\n'

NUMBERS = ("answer-forms", "locale-comma")
KINDS = {
    "number": Carried(FAITHFUL, "qti-text-entry-interaction, bounds", NUMBERS),
    "count": Carried(FAITHFUL, "qti-text-entry-interaction, bounds", NUMBERS),
    "matrix": Carried(FAITHFUL, "qti-text-entry-interaction, one an entry", NUMBERS),
    "formula": Carried(MANUAL, "qti-extended-text-interaction", ("symbolic-manual",)),
    "choice": Carried(FAITHFUL, "qti-choice-interaction"),
    "several-all": Carried(FAITHFUL, "qti-choice-interaction"),
    "several-each": Carried(APPROXIMATED, "qti-choice-interaction", ("partial-credit",)),
    "several-penalised": Carried(FAITHFUL, "qti-choice-interaction, floor 0"),
    "match": Carried(FAITHFUL, "qti-inline-choice-interaction, one an item"),
    "order": Carried(APPROXIMATED, "qti-order-interaction, all or nothing", ("partial-credit",)),
    "order-distractors": Carried(REFUSED, "qti-extended-text-interaction", ("order-distractors",)),
    "text": Carried(MANUAL, "qti-extended-text-interaction"),
    "other": Carried(MANUAL, "qti-extended-text-interaction", ("symbolic-manual",)),
}


class Answered(Struct, frozen=True):
    """What a blank adds to an item: declarations, where it is answered, how it is marked, and what is said."""

    declared: str
    body: str
    processing: str
    said: tuple[str, ...] = ()
    outcomes: str = ""


# Marking, as expressions of QTI


def element(tag: str, *inside: str, **attributes: object) -> str:
    shown = "".join(f' {name.rstrip("_").replace("_", "-")}="{escape(str(value))}"' for name, value in attributes.items())  # fmt: skip
    content = "".join(inside)
    return f"<qti-{tag}{shown}>{content}</qti-{tag}>" if content else f"<qti-{tag}{shown}/>"


def variable(name: str) -> str:
    return element("variable", identifier=name)


def value(kind: str, given: object) -> str:
    return element("base-value", str(given), base_type=kind)


def decimal(points: Fraction) -> str:
    return repr(float(points))


def add(term: str, outcome: str = "SCORE") -> str:
    return element("set-outcome-value", element("sum", variable(outcome), term), identifier=outcome)


def earn(points: Fraction) -> str:
    return add(value("float", decimal(points)))


def tell(name: str) -> str:
    told = element("multiple", variable("FEEDBACK"), value("identifier", name))
    return element("set-outcome-value", told, identifier="FEEDBACK")


def within(name: str, centre: float, distance: float) -> str:
    """Is a response there, and between two bounds, both included? A player in use takes a missing one as 0."""
    reach = bound(centre, distance)
    low, high = (value("float", repr(centre + side)) for side in (-reach, reach))
    there = element("not", element("is-null", variable(name)))
    above, below = element("gte", variable(name), low), element("lte", variable(name), high)
    return element("and", there, above, below)


def when(*cases: tuple[str, str]) -> str:
    """The first case whose condition holds."""
    tags = ["response-if", *["response-else-if"] * (len(cases) - 1)]
    parts = (element(tag, *case) for tag, case in zip(tags, cases, strict=True))
    return element("response-condition", *parts)


def correct(name: str) -> str:
    return element("match", variable(name), element("correct", identifier=name))


def declared(
    name: str, cardinality: str, kind: str, right: Iterable[object] = (), more: str = ""
) -> str:
    values = [element("value", escape(str(one))) for one in right]
    response = element("correct-response", *values) if values else ""
    return element("response-declaration", response, more, identifier=name, cardinality=cardinality, base_type=kind)  # fmt: skip


# Blanks


def answered(item: Item, part: Part, blank: Blank, place: int, locale: Locale) -> Answered:
    """A blank, whose responses are called by its ``place`` in the item."""
    name = f"R{place}"
    if KINDS[blank.kind].shape == "qti-extended-text-interaction":
        return by_a_person(item, blank, name, locale)
    match blank.key:
        case Entries() as key:
            return numerical(item, blank, key, name, locale)
        case Ticks() as key:
            return choice(item, part, blank, key, name)
        case Pairs() as key:
            return matching(item, blank, key, name, locale)
        case Lines() as key:
            texts = options(item, part, "order-interaction", response_identifier=name, shuffle="false")  # fmt: skip
            processing = when((correct(name), earn(blank.points)))
            return Answered(declared(name, "ordered", "identifier", key.right), texts, processing)
    raise AssertionError(blank.kind)


def called(item: Item, blank: Blank, locale: Locale, how: bool = False) -> str:
    told = shown(item, blank.asked.called, inline=True) or label("answer", locale)
    return f"{told} ({shown(item, blank.asked.how, inline=True)})" if how else told


def numerical(item: Item, blank: Blank, key: Entries, name: str, locale: Locale) -> Answered:
    """Numbers, each with its bounds; where it is one, misconceptions earn and are told as well."""
    where = places(key)
    share = blank.points / len(where)
    declarations, gaps, processing, said = [], [], [], []
    for at, (centre, distance) in enumerate(entries(key)):
        own = name if key.single else f"{name}_{at + 1}"
        declarations.append(declared(own, "single", "float", [repr(centre)]))
        gap = element("text-entry-interaction", response_identifier=own, expected_length=12)
        gaps.append(f"{escape(where[at])} {gap}")
        cases = [(within(own, centre, distance), earn(share))]
        for number, wrong in enumerate(blank.wrong if key.single else (), start=1):
            message = f"{own}_M{number}"
            said.append(feedback(message, wrong))
            given = within(own, wrong.values[0][0], distance)
            cases.append((given, earn(share * wrong.credit) + tell(message)))
        processing.append(when(*cases))
    body = f"<p>{called(item, blank, locale)}: {' '.join(gaps)}</p>"
    return Answered("".join(declarations), body, "".join(processing), tuple(said))


def feedback(name: str, wrong: Wrong) -> str:
    body = element("content-body", f"<p>{escape(wrong.message)}</p>")
    return element("modal-feedback", body, outcome_identifier="FEEDBACK", identifier=name, show_hide="show")  # fmt: skip


def choice(item: Item, part: Part, blank: Blank, key: Ticks, name: str) -> Answered:
    """One option, or several by their scoring."""
    most = 0 if key.scoring else 1
    body = options(item, part, "choice-interaction", response_identifier=name, max_choices=most, shuffle="false")  # fmt: skip
    right = [letter for letter, holds in zip(LETTERS, key.right, strict=False) if holds]
    cardinality, mapping = ("multiple" if key.scoring else "single"), ""
    match key.scoring:
        case "each":
            processing = each(name, key.right, blank.points)
        case "penalised":
            mapping = penalties(key.right)
            mapped = element("map-response", identifier=name)
            processing = add(element("product", mapped, value("float", decimal(blank.points))))
        case _:
            processing = when((correct(name), earn(blank.points)))
    return Answered(declared(name, cardinality, "identifier", right, mapping), body, processing)


def each(name: str, right: Sequence[bool], points: Fraction) -> str:
    """A share for each option that is judged rightly, where any is ticked."""
    cases = []
    for letter, holds in zip(LETTERS, right, strict=False):
        ticked = element("member", value("identifier", letter), variable(name))
        cases.append(when((ticked if holds else element("not", ticked), earn(points / len(right)))))
    answered = element("not", element("is-null", variable(name)))
    return when((answered, "".join(cases)))


def penalties(right: Sequence[bool]) -> str:
    """A share of the right options for each, less one of the wrong ones; never below 0."""
    shares = {
        True: Fraction(1, sum(right)),
        False: -Fraction(1, max(len(right) - sum(right), 1)),
    }
    rows = [
        element("map-entry", map_key=letter, mapped_value=decimal(shares[holds]))
        for letter, holds in zip(LETTERS, right, strict=False)
    ]
    return element("mapping", *rows, default_value=0, lower_bound=0, upper_bound=1)


def matching(item: Item, blank: Blank, key: Pairs, name: str, locale: Locale) -> Answered:
    """A list of letters for each item."""
    declarations, gaps, processing = [], [], []
    for place, right in enumerate(key.letters, start=1):
        own = f"{name}_{place}"
        declarations.append(declared(own, "single", "identifier", [right]))
        choices = [
            element("inline-choice", f"({one})", identifier=one) for one in LETTERS[: key.shown]
        ]
        gaps.append(f"({place}) {element('inline-choice-interaction', *choices, response_identifier=own, shuffle='false')}")  # fmt: skip
        processing.append(when((correct(own), earn(blank.points / len(key.letters)))))
    body = f"<p>{called(item, blank, locale)}: {' '.join(gaps)}</p>"
    return Answered("".join(declarations), body, "".join(processing))


def by_a_person(item: Item, blank: Blank, name: str, locale: Locale) -> Answered:
    """A text, with key or rubric for who marks it."""
    entry = element("extended-text-interaction", response_identifier=name, expected_lines=3)
    told = label("rubric" if blank.criteria else "key", locale)
    rubric = element("rubric-block", element("content-body", f"<p>{told}: {escape(blank.shown)}</p>"), view="scorer", use="scoring")  # fmt: skip
    score = element("outcome-declaration", identifier=f"SCORE_{name}", cardinality="single", base_type="float", external_scored="human", normal_maximum=decimal(blank.points))  # fmt: skip
    body = f"{rubric}<p>{called(item, blank, locale, how=True)}</p>{entry}"
    return Answered(declared(name, "single", "string"), body, "", outcomes=score)


def options(item: Item, part: Part, tag: str, **attributes: object) -> str:
    choices = [
        element("simple-choice", f"({letter}) {shown(item, text, inline=True)}", identifier=letter)
        for letter, text in part.printed.options
    ]
    return element(tag, *choices, **attributes)


def shown(item: Item, markdown: str, inline: bool = False) -> str:
    figures = prose.named(item.figures, item.code)
    sources = {address: f"../images/{name}" for address, (name, _) in figures.items()}
    text = prose.html(markdown, prose.Formulas.MATHML, sources, inline)
    text = HTML_ONLY.sub(lambda entity: unescape(entity[0]), text)
    return text.replace("<math", f'<math xmlns="{MATHML}"')


# Files


def assessment_item(item: Item, locale: Locale) -> bytes:
    """An exercise with all its blanks as one item."""
    found: list[Answered] = []
    body = [shown(item, item.stem)]
    for part in item.parts:
        printed = part.printed
        body.append(shown(item, f"**{printed.number}.** {printed.text}"))
        own = [answered(item, part, blank, len(found) + at, locale) for at, blank in enumerate(part.blanks, start=1)]  # fmt: skip
        listed = "simple-choice" not in "".join(one.body for one in own)
        for texts in (printed.items, printed.options if listed else ()):
            if texts:
                body.append(shown(item, "\n".join(f"- ({sign}) {text}" for sign, text in texts)))
        body += [one.body for one in own]
        found += own
    body.append(f"<p><small>{named(item.code)}</small></p>")
    zero = element("default-value", element("value", "0"))
    declarations = "".join(one.declared for one in found)
    outcomes = element("outcome-declaration", zero, identifier="SCORE", cardinality="single", base_type="float")  # fmt: skip
    told = "".join(text for one in found for text in one.said)
    if told:
        outcomes += element("outcome-declaration", identifier="FEEDBACK", cardinality="multiple", base_type="identifier")  # fmt: skip
    outcomes += "".join(one.outcomes for one in found)
    processing = element("response-processing", *(one.processing for one in found))
    inside = (declarations, outcomes, element("item-body", *body), processing, told)
    root = element("assessment-item", *inside, xmlns=QTI, identifier=f"gm{item.code}", title=item.title, adaptive="false", time_dependent="false")  # fmt: skip
    return checked(root)


def checked(text: str) -> bytes:
    """A document that is well formed, whatever stood in the texts."""
    ElementTree.fromstring(text)
    return (HEAD + text + "\n").encode()


def test(ident: str, title: str, sections: Sequence[Sequence[Item]]) -> bytes:
    """A test of sections, from each of which one item is drawn."""
    parts = []
    for place, items in enumerate(sections, start=1):
        drawn = element("selection", select=1) if len(items) > 1 else ""
        refs = [
            element("assessment-item-ref", identifier=f"gm{one.code}", href=f"items/{one.code}.xml")
            for one in items
        ]
        parts.append(element("assessment-section", drawn, *refs, identifier=f"S{place}", title=str(place), visible="true"))  # fmt: skip
    part = element("test-part", *parts, identifier="part", navigation_mode="nonlinear", submission_mode="simultaneous")  # fmt: skip
    return checked(element("assessment-test", part, xmlns=QTI, identifier=ident, title=title))


def archive(ident: str, title: str, sections: Sequence[Sequence[Item]], locale: Locale) -> bytes:
    """A package of a test with its items and figures."""
    items = [one for section in sections for one in section]
    files = {f"items/{one.code}.xml": assessment_item(one, locale) for one in items}
    files |= {
        f"images/{name}": figure.standalone.encode()
        for one in items
        for name, figure in prose.named(one.figures, one.code).values()
    }
    files["assessment.xml"] = test(ident, title, sections)
    return zipped(files | {"imsmanifest.xml": manifest(ident, files)})


def manifest(ident: str, files: Iterable[str]) -> bytes:
    def resource(place: int, path: str) -> str:
        kind = "imsqti_test_xmlv3p0" if path == "assessment.xml" else "imsqti_item_xmlv3p0"
        kind = "webcontent" if path.startswith("images/") else kind
        return f'<resource identifier="{ident}_{place}" type="{kind}" href="{path}"><file href="{path}"/></resource>'

    resources = "".join(resource(place, path) for place, path in enumerate(sorted(files)))
    return checked(
        f'<manifest xmlns="{PACKAGE}" identifier="{ident}_manifest"><metadata><schema>QTI Package</schema>'
        f"<schemaversion>3.0.0</schemaversion></metadata><organizations/><resources>{resources}</resources></manifest>"
    )


def write(package: Package, report: Report) -> Files:
    """An archive for each paper, or one with pools."""
    return {f"{name}.zip": content for name, content in archives(package)}


def archives(package: Package) -> Iterator[tuple[str, bytes]]:
    if package.mode is Mode.VARIANTS:
        pools = [*package.pools.values()]
        yield package.quiz, archive("gm-pools", package.title, pools, package.locale)
        return
    for one in package.sets:
        title = f"{package.title} {one.name}"
        sections = [[item] for item in one.items]
        yield one.name, archive(f"gm{one.code}", title, sections, package.locale)


def exception(blank: Blank) -> Carried | None:
    """An order that is worth nothing in part is marked as here."""
    if isinstance(blank.key, Lines) and blank.kind == "order" and blank.key.part == "nothing":
        return Carried(FAITHFUL, KINDS["order"].shape)
    return None


TARGET = Target(
    title="QTI 3",
    kinds=KINDS,
    features={"follow-through": REFUSED, "credit": APPROXIMATED, "message": APPROXIMATED},
    write=write,
    steps=(
        "Import each archive as a QTI 3 package; it holds a test, an item for each exercise, and figures.",
        "Of versions, give each test to the students that `versions.csv` names.",
        "Answers with an outcome that is scored by a human wait for a person; a rubric for scorers stands in the item.",
    ),
    exception=exception,
)
