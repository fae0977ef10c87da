"""Canvas, New Quizzes: QTI 1.2 as its importer reads it, an item for each number, choice and matching.

``classic`` writes the same items with what Classic Quizzes can hold. XML is not indented, as white space would be read as content.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from decimal import Decimal
from fractions import Fraction
from html import escape
from xml.etree import ElementTree

from msgspec import Struct

from grader.answers import Entries, Lines, Pairs, Ticks
from grader.exports import prose
from grader.exports.archive import below, flat, zipped
from grader.exports.items import Blank, Item, Part
from grader.exports.labels import Locale, label
from grader.exports.losses import Report
from grader.exports.numbers import as_entries, bound, decimal, entries, places
from grader.exports.package import Mode, Package, Set, named
from grader.exports.targets import APPROXIMATED, FAITHFUL, MANUAL, REFUSED, Carried, Files, Target

LETTERS = "abcdefghijklmnopqrstuvwxyz"
QTI = "http://www.imsglobal.org/xsd/ims_qtiasiv1p2"
PACKAGE = "http://www.imsglobal.org/xsd/imsccv1p1/imscp_v1p1"
META = "http://canvas.instructure.com/xsd/cccv1p0"
FILES = "%24IMS-CC-FILEBASE%24/"
RESPONSE = "response1"

NUMBERS = ("answer-forms", "locale-comma")
KINDS = {
    "number": Carried(FAITHFUL, "numerical_question", NUMBERS),
    "count": Carried(FAITHFUL, "numerical_question", NUMBERS),
    "matrix": Carried(APPROXIMATED, "numerical_question, one an entry", NUMBERS),
    "formula": Carried(MANUAL, "essay_question", ("symbolic-manual",)),
    "choice": Carried(FAITHFUL, "multiple_choice_question"),
    "several-all": Carried(FAITHFUL, "multiple_answers_question, AllOrNothing"),
    "several-each": Carried(REFUSED, "essay_question", ("partial-credit",)),
    "several-penalised": Carried(REFUSED, "essay_question", ("partial-credit",)),
    "match": Carried(APPROXIMATED, "matching_question", ("partial-credit",)),
    "order": Carried(APPROXIMATED, "ordering_question, all or nothing", ("partial-credit",)),
    "order-distractors": Carried(REFUSED, "essay_question", ("order-distractors",)),
    "text": Carried(MANUAL, "essay_question"),
    "other": Carried(MANUAL, "essay_question", ("symbolic-manual",)),
}


class Asked(Struct, frozen=True):
    """One item of Canvas: a blank, or one entry of it, called ``before``; ``suffix`` behind the code of the exercise."""

    suffix: str
    kind: str
    part: Part
    blank: Blank
    points: Fraction
    before: str = ""
    number: tuple[float, float] = (0, 0)


Carries = Callable[[Blank], Carried]


def layout(item: Item, carries: Carries) -> Iterator[Asked]:
    """The items that an exercise becomes, in order; also what `collect` reads responses by."""
    for part in item.parts:
        for blank in part.blanks:
            kind = carries(blank).shape.partition(",")[0]
            if kind != "numerical_question" or not isinstance(blank.key, Entries):
                yield Asked(blank.address, kind, part, blank, blank.points)
                continue
            where = places(blank.key)
            for at, number in enumerate(entries(blank.key)):
                suffix = blank.address if len(where) == 1 else f"{blank.address}:{at + 1}"
                share = blank.points / len(where)
                yield Asked(suffix, kind, part, blank, share, where[at], number)


# Files


def write(package: Package, report: Report) -> Files:
    """An archive for each paper."""
    return {
        f"{one.name}.zip": zipped(archive(one, package, carried, "grading_notes"))
        for one in package.sets
    }


def archive(one: Set, package: Package, carries: Carries, notes: str) -> dict[str, bytes]:
    """The files of one paper: what is asked, settings, figures, and the list of all these."""
    ident = f"gm{one.code}"
    title = package.title if package.mode is Mode.PAPERS else f"{package.title} {one.name}"
    images = {
        f"images/{name}": figure.standalone.encode()
        for item in one.items
        for name, figure in prose.named(item.figures, item.code).values()
    }
    root = ElementTree.Element("questestinterop", xmlns=QTI)
    assessment = below(root, "assessment", ident=ident, title=title)
    section = below(assessment, "section", ident="root_section")
    for item in one.items:
        stimulus(section, item)
        for asked in layout(item, carries):
            question(section, item, asked, package.locale, notes)
    points = sum((item.points for item in one.items), Fraction(0))
    return images | {
        f"{ident}/{ident}.xml": flat(root),
        f"{ident}/assessment_meta.xml": flat(settings(ident, title, package, points)),
        "imsmanifest.xml": flat(listed(ident, [*images])),
    }


def settings(ident: str, title: str, package: Package, points: Fraction) -> ElementTree.Element:
    quiz = ElementTree.Element("quiz", xmlns=META, identifier=ident)
    for name, value in (
        ("title", title),
        ("description", prose.html(package.text, prose.Formulas.MATHML)),
        ("shuffle_answers", "false"),
        ("scoring_policy", "keep_highest"),
        ("quiz_type", "assignment"),
        ("points_possible", worth(points)),
        ("allowed_attempts", "1"),
        ("available", "false"),
    ):
        below(quiz, name, value)
    return quiz


def listed(ident: str, images: list[str]) -> ElementTree.Element:
    """The manifest of the archive."""
    manifest = ElementTree.Element("manifest", xmlns=PACKAGE, identifier=f"{ident}_manifest")
    metadata = below(manifest, "metadata")
    below(metadata, "schema", "IMS Content")
    below(metadata, "schemaversion", "1.1.3")
    below(manifest, "organizations")
    resources = below(manifest, "resources")
    quiz = below(resources, "resource", identifier=ident, type="imsqti_xmlv1p2")
    below(quiz, "file", href=f"{ident}/{ident}.xml")
    below(quiz, "dependency", identifierref=f"{ident}_meta")
    kind = "associatedcontent/imscc_xmlv1p1/learning-application-resource"
    path = f"{ident}/assessment_meta.xml"
    meta = below(resources, "resource", identifier=f"{ident}_meta", type=kind, href=path)
    below(meta, "file", href=path)
    for place, image in enumerate(images, start=1):
        file = below(
            resources, "resource", identifier=f"{ident}_{place}", type="webcontent", href=image
        )
        below(file, "file", href=image)
    return manifest


# Items


def stimulus(section: ElementTree.Element, item: Item) -> None:
    """The text of an exercise, above its items."""
    found = below(section, "item", ident=f"gm{item.code}", title=item.title)
    metadata(found, {"question_type": "text_only_question", "points_possible": "0"})
    material = below(below(found, "presentation"), "material", orientation="top")
    below(material, "mattext", shown(item, item.stem), texttype="text/html")


def question(
    section: ElementTree.Element, item: Item, asked: Asked, locale: Locale, notes: str
) -> None:
    """One item."""
    code = f"{item.code}/{asked.suffix}"
    found = below(section, "item", ident=identifier(code), title=f"{item.title} {asked.suffix}")
    fields = {
        "question_type": asked.kind,
        "points_possible": worth(asked.points),
        "parent_stimulus_item_ident": f"gm{item.code}",
    } | ALGORITHMS.get(asked.kind, {})
    if asked.kind == "essay_question" and notes:
        fields[notes] = asked.blank.shown
    metadata(found, fields)
    presentation = below(found, "presentation")
    text = "\n".join(prompts(item, asked, code, locale))
    below(below(presentation, "material"), "mattext", text, texttype="text/html")
    scoring = ElementTree.Element("resprocessing")
    below(below(scoring, "outcomes"), "decvar", maxvalue="100", minvalue="0", varname="SCORE", vartype="Decimal")  # fmt: skip
    WRITERS[asked.kind](presentation, scoring, item, asked)
    found.append(scoring)


ALGORITHMS = {
    "multiple_answers_question": {"scoring_algorithm": "AllOrNothing"},
    "matching_question": {"scoring_algorithm": "PartialDeep"},
}


def identifier(code: str) -> str:
    return "gm" + code.replace("/", "-").replace(":", "-").replace(".", "-")


def metadata(found: ElementTree.Element, fields: Mapping[str, str]) -> None:
    holder = below(below(found, "itemmetadata"), "qtimetadata")
    for name, value in fields.items():
        field = below(holder, "qtimetadatafield")
        below(field, "fieldlabel", name)
        below(field, "fieldentry", value)


def worth(points: Fraction) -> str:
    return f"{float(points):.10g}"


def shown(item: Item, markdown: str, inline: bool = False) -> str:
    figures = prose.named(item.figures, item.code)
    sources = {address: f"{FILES}images/{name}" for address, (name, _) in figures.items()}
    return prose.html(markdown, prose.Formulas.MATHML, sources, inline)


def prompts(item: Item, asked: Asked, code: str, locale: Locale) -> Iterator[str]:
    """The text of an item: the question with what its options are called, and which blank or entry is meant."""
    printed = asked.part.printed
    yield shown(item, f"**{printed.number}.** {printed.text}")
    if printed.items:
        yield shown(item, "\n".join(f"- ({number}) {text}" for number, text in printed.items))
    if printed.options and asked.kind in ("essay_question", "matching_question"):
        yield shown(item, "\n".join(f"- ({letter}) {text}" for letter, text in printed.options))
    called = shown(item, asked.blank.asked.called, inline=True) or label("answer", locale)
    how = shown(item, asked.blank.asked.how, inline=True) if asked.kind == "essay_question" else ""
    yield f"<p>{called} {escape(asked.before)}{f' ({how})' if how else ''}</p>"
    yield f"<p><small>{named(code)}</small></p>"


def condition(
    scoring: ElementTree.Element, points: str = "100", add: bool = False
) -> ElementTree.Element:
    """Where a condition goes that earns a part of a hundred."""
    found = below(scoring, "respcondition", **{"continue": "Yes" if add else "No"})
    variables = below(found, "conditionvar")
    below(found, "setvar", points, action="Add" if add else "Set", varname="SCORE")
    return variables


def numerical(
    presentation: ElementTree.Element, scoring: ElementTree.Element, item: Item, asked: Asked
) -> None:
    """A number within an absolute margin; the limits say the same, as the importer wants both."""
    response = below(presentation, "response_str", ident=RESPONSE, rcardinality="Single")
    below(below(response, "render_fib", fibtype="Decimal"), "response_label", ident="answer1")
    value, within = asked.number
    margin = decimal(bound(value, within))
    low, high = limits(decimal(value), margin)
    either = below(condition(scoring), "or")
    below(either, "varequal", decimal(value), respident=RESPONSE, margintype="absolute", margin=margin)  # fmt: skip
    both = below(either, "and")
    below(both, "vargte", low, respident=RESPONSE)
    below(both, "varlte", high, respident=RESPONSE)


def limits(value: str, margin: str) -> tuple[str, str]:
    """The least and the largest right number; where both ended in 5, they would be taken for a number of digits."""
    low, high = Decimal(value) - Decimal(margin), Decimal(value) + Decimal(margin)
    shown = [f"{one:f}" for one in (low, high)]
    if all(one.replace(".", "").rstrip("0").endswith("5") for one in shown):
        shown[1] += "1" if "." in shown[1] else ".0000000001"
    return shown[0], shown[1]


def options(
    presentation: ElementTree.Element, item: Item, asked: Asked, cardinality: str
) -> list[str]:
    """The options with their letters; their identifiers."""
    code = f"{item.code}/{asked.suffix}"
    response = below(presentation, "response_lid", ident=RESPONSE, rcardinality=cardinality)
    choices = below(response, "render_choice")
    found = []
    for letter, text in asked.part.printed.options:
        found.append(f"{identifier(code)}-{letter}")
        choice = below(choices, "response_label", ident=found[-1])
        told = f"({letter}) {shown(item, text, inline=True)}"
        below(below(choice, "material"), "mattext", told, texttype="text/html")
    return found


def single(
    presentation: ElementTree.Element, scoring: ElementTree.Element, item: Item, asked: Asked
) -> None:
    assert isinstance(asked.blank.key, Ticks)
    names = options(presentation, item, asked, "Single")
    right = names[asked.blank.key.right.index(True)]
    below(condition(scoring), "varequal", right, respident=RESPONSE)


def several(
    presentation: ElementTree.Element, scoring: ElementTree.Element, item: Item, asked: Asked
) -> None:
    assert isinstance(asked.blank.key, Ticks)
    names = options(presentation, item, asked, "Multiple")
    every = below(condition(scoring), "and")
    for name, holds in zip(names, asked.blank.key.right, strict=True):
        below(every if holds else below(every, "not"), "varequal", name, respident=RESPONSE)


def matching(
    presentation: ElementTree.Element, scoring: ElementTree.Element, item: Item, asked: Asked
) -> None:
    """Numbers matched to letters, which stand before the texts above."""
    assert isinstance(asked.blank.key, Pairs)
    code = identifier(f"{item.code}/{asked.suffix}")
    letters = asked.blank.key.letters
    share = worth(Fraction(100, len(letters)))
    for place, right in enumerate(letters, start=1):
        name = f"response_{place}"
        response = below(presentation, "response_lid", ident=name)
        below(below(response, "material"), "mattext", f"({place})", texttype="text/plain")
        choices = below(response, "render_choice")
        for letter in LETTERS[: asked.blank.key.shown]:
            choice = below(choices, "response_label", ident=f"{code}-{letter}")
            below(below(choice, "material"), "mattext", f"({letter})", texttype="text/plain")
        below(condition(scoring, share, add=True), "varequal", f"{code}-{right}", respident=name)


def ordering(
    presentation: ElementTree.Element, scoring: ElementTree.Element, item: Item, asked: Asked
) -> None:
    assert isinstance(asked.blank.key, Lines)
    code = identifier(f"{item.code}/{asked.suffix}")
    response = below(presentation, "response_lid", ident=RESPONSE, rcardinality="Ordered")
    lines = below(below(below(response, "render_extension"), "ims_render_object", shuffle="No"), "flow_label")  # fmt: skip
    for letter, text in asked.part.printed.options:
        line = below(lines, "response_label", ident=f"{code}-{letter}")
        told = f"({letter}) {shown(item, text, inline=True)}"
        below(below(line, "material"), "mattext", told, texttype="text/html")
    variables = condition(scoring)
    for letter in asked.blank.key.right:
        below(variables, "varequal", f"{code}-{letter}", respident=RESPONSE)


def essay(
    presentation: ElementTree.Element, scoring: ElementTree.Element, item: Item, asked: Asked
) -> None:
    response = below(presentation, "response_str", ident=RESPONSE, rcardinality="Single")
    below(below(response, "render_fib"), "response_label", ident="answer1", rshuffle="No")
    found = below(scoring, "respcondition", **{"continue": "No"})
    below(below(found, "conditionvar"), "other")


WRITERS = {
    "numerical_question": numerical,
    "multiple_choice_question": single,
    "multiple_answers_question": several,
    "matching_question": matching,
    "ordering_question": ordering,
    "essay_question": essay,
}


# Back


def answers(item: Item, responses: Mapping[str, str], locale: Locale) -> dict[str, str]:
    """What Canvas' report says, by address."""
    return answered(item, responses, carried)


def answered(item: Item, responses: Mapping[str, str], carries: Carries) -> dict[str, str]:
    given: dict[str, list[str]] = {}
    blanks = {}
    for asked in layout(item, carries):
        text = responses.get(asked.suffix, "").strip()
        blanks[asked.blank.address] = asked
        given.setdefault(asked.blank.address, []).append(typed(asked.kind, text))
    return {address: joined(blanks[address].blank, own) for address, own in given.items()}


def typed(kind: str, text: str) -> str:
    """One response as gradmark reads it: letters where options bear them."""
    if kind in ("multiple_choice_question", "multiple_answers_question", "ordering_question"):
        return " ".join(prose.leading_letters(text, ",")) or text
    if kind == "matching_question":
        return " ".join(f"{number}{letter}" for number, letter in prose.pairs(text)) or text
    return text


def joined(blank: Blank, texts: list[str]) -> str:
    if isinstance(blank.key, Entries) and not blank.key.single and len(texts) > 1:
        return as_entries(blank.key, texts)
    return texts[0]


def exception(blank: Blank) -> Carried | None:
    """An order that is worth nothing in part is marked as here."""
    if isinstance(blank.key, Lines) and blank.kind == "order" and blank.key.part == "nothing":
        return Carried(FAITHFUL, KINDS["order"].shape)
    return None


def carried(blank: Blank) -> Carried:
    return exception(blank) or KINDS[blank.kind]


def points(item: Item, blank: Blank) -> float:
    """As the items of the blank add up."""
    shares = places(blank.key) if isinstance(blank.key, Entries) else [""]
    if not carried(blank).shape.startswith("numerical"):
        shares = [""]
    return round(sum(float(worth(blank.points / len(shares))) for _ in shares), 9)


TARGET = Target(
    title="Canvas New Quizzes",
    kinds=KINDS,
    features={"follow-through": REFUSED, "credit": REFUSED, "message": REFUSED},
    write=write,
    steps=(
        "Make a quiz with *New Quizzes* for each archive, open it, and choose *Import Content* in the menu with three dots; take the archive.",
        "Of versions, assign each quiz to the students that `versions.csv` names.",
        "Let *shuffle answers* be off, as options bear letters.",
        "After the exam, download *Student Analysis* as CSV, and run `gradmark collect`.",
    ),
    exception=exception,
    answers=answers,
    modes=(Mode.PAPERS, Mode.VERSIONS),
    points=points,
)
