"""Moodle XML: what a cloze question can hold of an exercise stands in one, anything else in a question of its own."""

from __future__ import annotations

import base64
import math
import re
from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction
from html import escape
from xml.etree import ElementTree

from msgspec import Struct

from grader.answers import Entries, Lines, Pairs, Portable, Ticks
from grader.errors import UsageError
from grader.exports import prose
from grader.exports.archive import below, xml
from grader.exports.items import Blank, Item, Part
from grader.exports.labels import Locale, label
from grader.exports.losses import Report
from grader.exports.numbers import as_entries, bound, decimal, entries, places
from grader.exports.package import Mode, Package, named
from grader.exports.targets import APPROXIMATED, FAITHFUL, MANUAL, REFUSED, Carried, Files, Target
from grader.figures import Figure

LETTERS = "abcdefghijklmnopqrstuvwxyz"
MOST_FRACTION = 10  # shares on Moodle's grid go down to a tenth, and to a twentieth
GRID = (100, 90, 83.33333, 80, 75, 70, 66.66667, 60, 50, 40, 33.33333, 30, 25, 20, 16.66667, 14.28571, 12.5, 11.11111, 10, 5, 0)  # fmt: skip

NUMBERS = ("answer-forms", "locale-comma")
KINDS = {
    "number": Carried(FAITHFUL, "cloze NUMERICAL, absolute", NUMBERS),
    "count": Carried(FAITHFUL, "cloze NUMERICAL, absolute", NUMBERS),
    "matrix": Carried(FAITHFUL, "cloze NUMERICAL, one an entry", NUMBERS),
    "formula": Carried(MANUAL, "essay", ("symbolic-manual",)),
    "choice": Carried(FAITHFUL, "cloze MULTICHOICE of letters"),
    "several-all": Carried(REFUSED, "essay", ("partial-credit",)),
    "several-each": Carried(FAITHFUL, "cloze MULTICHOICE, one an option"),
    "several-penalised": Carried(FAITHFUL, "multichoice"),
    "match": Carried(FAITHFUL, "cloze MULTICHOICE of letters, one an item"),
    "order": Carried(APPROXIMATED, "ordering", ("partial-credit",)),
    "order-distractors": Carried(REFUSED, "essay", ("order-distractors",)),
    "text": Carried(MANUAL, "essay"),
    "other": Carried(MANUAL, "essay", ("symbolic-manual",)),
}


class Field(Struct, frozen=True):
    """A gap of a cloze question: of which blank, its label before it, what it is worth, and the alternatives behind the kind."""

    address: str
    before: str
    points: Fraction
    kind: str
    alternatives: str


class Asked(Struct, frozen=True):
    """One question of Moodle: the parts of an exercise that it shows, and the ``fields`` of a cloze or the one ``blank`` of any other."""

    suffix: str
    kind: str
    parts: tuple[Part, ...]
    fields: tuple[Field, ...] = ()
    blank: Blank | None = None

    def code(self, item: Item) -> str:
        """What names it where students may see it."""
        return "/".join(filter(None, (item.code, self.suffix)))


# What stands where


def exception(blank: Blank) -> Carried | None:
    """How a blank is carried that is not carried as its kind is."""
    match blank.key:
        case Ticks(right=right, scoring="penalised"):
            if max(sum(right), len(right) - sum(right)) > MOST_FRACTION:
                return Carried(REFUSED, "essay", ("partial-credit",))
    return None


def carried(blank: Blank) -> Carried:
    return exception(blank) or KINDS[blank.kind]


def in_cloze(blank: Blank) -> bool:
    return carried(blank).shape.startswith("cloze")


def layout(item: Item, locale: Locale) -> list[Asked]:
    """The questions that an exercise becomes, in order; also what `collect` reads responses by."""
    cloze = [part for part in item.parts if any(map(in_cloze, part.blanks))]
    found = []
    if cloze:
        blanks = [one for part in cloze for one in part.blanks if in_cloze(one)]
        gaps = tuple(gap for one in blanks for gap in fields(one, locale))
        found.append(Asked("", "cloze", tuple(cloze), gaps))
    for part in item.parts:
        for blank in part.blanks:
            if not in_cloze(blank):
                kind = carried(blank).shape
                found.append(Asked(blank.address, kind, (part,), blank=blank))
    return found


def fields(blank: Blank, locale: Locale) -> Iterator[Field]:
    """The gaps of a blank."""
    match blank.key:
        case Entries() as key:
            where = places(key)
            for at, (value, within) in enumerate(entries(key)):
                wrong = wrong_numbers(blank, within) if key.single else []
                numbers = [f"={number(value, within)}", *wrong]
                share = blank.points / len(where)
                yield Field(blank.address, where[at], share, "NUMERICAL", "~".join(numbers))
        case Ticks(right=options, scoring="each"):
            words = label("right", locale), label("wrong", locale)
            for letter, holds in zip(LETTERS, options, strict=False):
                text = f"{'=' * holds}{words[0]}~{'=' * (not holds)}{words[1]}"
                share = blank.points / len(options)
                yield Field(blank.address, f"({letter})", share, "MULTICHOICE", text)
        case Ticks(right=options, said=said):
            told = [f"#{feedback(one)}" if one else "" for one in said]
            texts = [
                f"{'=' * holds}{letter}{more}"
                for letter, holds, more in zip(LETTERS, options, told, strict=False)
            ]
            yield Field(blank.address, "", blank.points, "MULTICHOICE", "~".join(texts))
        case Pairs(letters, shown):
            for place, own in enumerate(letters, start=1):
                texts = [f"{'=' * (one == own)}{one}" for one in LETTERS[:shown]]
                share = blank.points / len(letters)
                yield Field(blank.address, f"({place})", share, "MULTICHOICE", "~".join(texts))


def number(value: float, within: float) -> str:
    return f"{decimal(value)}:{decimal(bound(value, within))}"


def wrong_numbers(blank: Blank, within: float) -> list[str]:
    """What misconceptions give, with what they are worth and what is said of them."""
    return [
        f"%{percent(one.credit)}%{number(one.values[0][0], within)}#{feedback(one.message)}"
        for one in blank.wrong
    ]


def percent(share: Fraction) -> str:
    """A share on Moodle's grid: the next one below, where it is none of them."""
    return f"{max(one for one in GRID if one <= float(share) * 100 + 1e-4):.7g}"


def on_grid(share: Fraction) -> bool:
    return abs(float(percent(share)) - float(share) * 100) < 1e-4


def feedback(text: str) -> str:
    """A remark within a cloze question, in which no sign ends it."""
    plain = escape(text, quote=False)
    return plain.replace("{", "&#123;").replace("}", "&#125;").replace("~", "&#126;")


def weights(gaps: Sequence[Field]) -> list[int]:
    """The points of gaps as whole numbers, which is all that Moodle reads."""
    unit = math.lcm(*(one.points.denominator for one in gaps))
    return [int(one.points * unit) for one in gaps]


# The file


def write(package: Package, report: Report) -> Files:
    """One file of questions, in categories: of a paper, or of the place of a quiz."""
    quiz = ElementTree.Element("quiz")
    for name, items in categories(package):
        category = below(quiz, "question", type="category")
        below(below(category, "category"), "text", f"$course$/top/{package.title}/{name}")
        for item in items:
            for asked in layout(item, package.locale):
                question(quiz, item, asked, package)
    return {"questions.xml": xml(quiz)}


def categories(package: Package) -> Iterator[tuple[str, Sequence[Item]]]:
    if package.mode is Mode.VARIANTS:
        yield from ((f"{place:02}", items) for place, items in package.pools.items())
    else:
        yield from ((each.name, each.items) for each in package.sets)


def question(quiz: ElementTree.Element, item: Item, asked: Asked, package: Package) -> None:
    """One question below the root."""
    locale = package.locale
    found = below(quiz, "question", type=asked.kind)
    code = asked.code(item)
    name = f"{item.title} {code}"
    below(below(found, "name"), "text", name)
    stem = package_text(item, asked, code, locale)
    text = below(found, "questiontext", format="html")
    figures = prose.named(item.figures, item.code)
    below(text, "text", stem)
    for address, (file, figure) in figures.items():
        if f"@@PLUGINFILE@@/{file}" in stem and address:
            content = base64.b64encode(figure.standalone.encode()).decode()
            below(text, "file", content, name=file, path="/", encoding="base64")
    below(below(found, "generalfeedback", format="html"), "text")
    if asked.blank is not None:
        below(found, "defaultgrade", f"{float(asked.blank.points):.7f}")
    below(found, "penalty", "0")
    below(found, "hidden", "0")
    below(found, "idnumber", code)
    if asked.blank is not None:
        WRITERS[asked.kind](found, asked.blank, asked.parts[0], figures, locale)
    tags = below(found, "tags")
    for tag in ("gradmark", item.exercise):
        below(below(tags, "tag"), "text", tag)


Figures = Mapping[str, tuple[str, Figure]]


def package_text(item: Item, asked: Asked, code: str, locale: Locale) -> str:
    """The text of a question: stem, questions, options and gaps."""
    figures = prose.named(item.figures, item.code)
    sources = {address: f"@@PLUGINFILE@@/{file}" for address, (file, _) in figures.items()}

    def shown(markdown: str, inline: bool = False) -> str:
        return prose.html(markdown, prose.Formulas.TEX, sources, inline)

    parts = [shown(item.stem)]
    sizes = iter(weights(asked.fields)) if asked.fields else iter(())
    gaps: dict[str, list[str]] = {}
    for one in asked.fields:
        gap = f"{{{next(sizes)}:{one.kind}:{one.alternatives}}}"
        gaps.setdefault(one.address, []).append(" ".join(filter(None, (escape(one.before), gap))))
    for part in asked.parts:
        parts += [shown(text) for text in printed(part, asked.kind not in LISTING)]
        for blank in part.blanks:
            if blank.address in gaps or blank is asked.blank:
                called = shown(blank.asked.called, inline=True) or label("answer", locale)
                how = ""
                if blank.key is None or blank is asked.blank:
                    how = f" ({shown(blank.asked.how, inline=True)})" if blank.asked.how else ""
                answer = " &#160; ".join(gaps.get(blank.address, []))
                parts.append(f"<p>{called}{how}: {answer}</p>")
    parts.append(f"<p><small>{named(code)}</small></p>")
    return "\n".join(parts)


def printed(part: Part, with_options: bool) -> Iterator[str]:
    """A question as Markdown, with the texts that bear numbers and letters."""
    question = part.printed
    yield f"**{question.number}.** {question.text}"
    if question.items:
        yield "\n".join(f"- ({number}) {text}" for number, text in question.items)
    if question.options and with_options:
        yield "\n".join(f"- ({letter}) {text}" for letter, text in question.options)


# What stands in a question of its own


def essay(
    found: ElementTree.Element, blank: Blank, part: Part, figures: Figures, locale: Locale
) -> None:
    """A text that a person marks, with key or rubric for who does."""
    below(found, "responseformat", "plain")
    below(found, "responserequired", "0")
    below(found, "responsefieldlines", "5" if blank.kind == "text" else "2")
    below(found, "attachments", "0")
    below(found, "attachmentsrequired", "0")
    name = label("rubric" if blank.criteria else "key", locale)
    told = f"<p>{name}: {escape(blank.shown)}</p>"
    below(below(found, "graderinfo", format="html"), "text", told)
    below(below(found, "responsetemplate", format="html"), "text")


def multichoice(
    found: ElementTree.Element, blank: Blank, part: Part, figures: Figures, locale: Locale
) -> None:
    """Options of which several may be right, each with its share."""
    assert isinstance(blank.key, Ticks)
    right = sum(blank.key.right)
    for name, value in (
        ("single", "false"),
        ("shuffleanswers", "false"),
        ("answernumbering", "none"),
    ):
        below(found, name, value)
    for holds, (letter, text) in zip(blank.key.right, part.printed.options, strict=True):
        share = Fraction(1, right) if holds else -Fraction(1, len(blank.key.right) - right)
        size = percent(abs(share))
        option = below(found, "answer", fraction=size if holds else f"-{size}", format="html")
        below(option, "text", lettered(letter, text))
        below(below(option, "feedback", format="html"), "text")


def lettered(letter: str, text: str) -> str:
    """A text behind its letter, by which it is known again where Moodle cuts it short."""
    return f"({letter}) {prose.html(text, prose.Formulas.TEX, inline=True)}"


def ordering(
    found: ElementTree.Element, blank: Blank, part: Part, figures: Figures, locale: Locale
) -> None:
    """Lines, which stand in the file in their right order and are shuffled for each student."""
    assert isinstance(blank.key, Lines)
    graded = "ALL_OR_NOTHING" if blank.key.part == "nothing" else "LONGEST_ORDERED_SUBSET"
    for name, value in (
        ("layouttype", "VERTICAL"),
        ("selecttype", "ALL"),
        ("selectcount", "0"),
        ("gradingtype", graded),
        ("showgrading", "SHOW"),
        ("numberingstyle", "none"),
    ):
        below(found, name, value)
    texts = dict(part.printed.options)
    for letter in blank.key.right:
        option = below(found, "answer", fraction="1.0000000", format="html")
        below(option, "text", lettered(letter, texts[letter]))


LISTING = ("multichoice", "ordering")  # show the options themselves
WRITERS = {"essay": essay, "multichoice": multichoice, "ordering": ordering}


# Back

PART = re.compile(r"\w+[ \xa0]?([0-9]+): ")
SAID = {label(name, locale): name for name in ("right", "wrong") for locale in Locale}
NOTHING = ("", "-")


def answers(item: Item, responses: Mapping[str, str], locale: Locale) -> dict[str, str]:
    """What responses in Moodle's report say, by address, as gradmark reads them.

    Args:
        responses: by what stands behind the code of the exercise; empty for the cloze question.
    """
    found: dict[str, str] = {}
    for asked in layout(item, locale):
        response = responses.get(asked.suffix, "")
        if asked.blank is not None:
            found[asked.suffix] = alone(asked.kind, response)
            continue
        given: dict[str, list[str]] = {}
        texts = in_parts(response, len(asked.fields))
        for field, text in zip(asked.fields, texts, strict=True):
            given.setdefault(field.address, []).append(text)
        blanks = {one.address: one for one in item.blanks}
        found |= {address: typed(blanks[address].key, own) for address, own in given.items()}
    return found


def alone(kind: str, response: str) -> str:
    """The response to a question of its own."""
    if response.strip() in NOTHING:
        return ""
    if kind in LISTING:
        return " ".join(prose.leading_letters(response, ";")) or response
    return response


def in_parts(response: str, count: int) -> list[str]:
    """The gaps of a cloze question, ``part 1: 0.57; part 2: a``; all empty where nothing was answered.

    Raises:
        UsageError: the response is none of a question with so many gaps.
    """
    if response.strip() in NOTHING:
        return [""] * count
    starts: list[re.Match[str]] = []
    for match in PART.finditer(response):
        before = response[: match.start()]
        if int(match[1]) == len(starts) + 1 and (not before or before.endswith("; ")):
            starts.append(match)
    if len(starts) < count:
        expected = f"expected 'part 1: …' to 'part {count}: …'"
        raise UsageError(f"{expected}, found the response '{response[:60]}'")
    ends = [one.start() - len("; ") for one in starts[1:]] + [len(response)]
    pairs = zip(starts[:count], ends[:count], strict=True)
    texts = [response[start.end() : end].strip() for start, end in pairs]
    return ["" if text in NOTHING else text for text in texts]


def typed(key: Portable | None, texts: list[str]) -> str:
    """The texts of the gaps of one blank as one answer."""
    match key:
        case Entries() if not key.single:
            return as_entries(key, texts)
        case Ticks(scoring="each"):
            said = [SAID.get(text, "") for text in texts]
            chosen = [letter for letter, one in zip(LETTERS, said, strict=False) if one == "right"]
            return " ".join(chosen) or ("none" if any(said) else "")
        case Pairs():
            numbered = enumerate(texts, start=1)
            return " ".join(f"{place}{text}" for place, text in numbered if text)
    return texts[0]


def further(item: Item, blank: Blank, package: Package) -> Iterator[str]:
    """What is lost besides: of drawn variants whose questions are drawn one by one; of shares that are not on the grid."""
    if package.mode is Mode.VARIANTS and len(layout(item, package.locale)) > 1:
        yield "pool-split"
    if any(not on_grid(one.credit) for one in blank.wrong) and in_cloze(blank):
        yield "partial-credit"


def points(item: Item, blank: Blank) -> float:
    """As Moodle counts them: whole weights in a cloze question, seven decimals elsewhere."""
    if not in_cloze(blank):
        return round(float(blank.points), 7)
    [cloze] = [one for one in layout(item, Locale.EN) if one.kind == "cloze"]
    sizes = zip(cloze.fields, weights(cloze.fields), strict=True)
    return float(sum(size for field, size in sizes if field.address == blank.address))


TARGET = Target(
    title="Moodle",
    kinds=KINDS,
    answers=answers,
    features={"follow-through": REFUSED, "credit": FAITHFUL, "message": FAITHFUL},
    write=write,
    steps=(
        "In the question bank, choose *Import*, the format *Moodle XML*, and the file `questions.xml`.",
        "Of versions, make a quiz for each category and restrict it to the group that has it; `versions.csv` says who is in which. "
        "Of variants, add to one quiz a random question from each category.",
        "Set the marks of each question as `losses.json` gives them: the sum of `points` of its exercise.",
        "After the exam, download *Responses* as CSV with question text, and run `gradmark collect`.",
    ),
    further=further,
    exception=exception,
    kept={Locale.DE: ("locale-comma",)},
    points=points,
)
