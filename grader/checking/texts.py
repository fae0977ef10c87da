"""Do the texts of an exercise say what they should, and no more?"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence

from grader.answers import Key, Verdict, formulas
from grader.bank import placeholders as left_over
from grader.checking.guessing import Shown, guessed, offered
from grader.checking.passages import Passage, passages, told
from grader.checking.subject import Subject
from grader.checking.symbols import unnamed
from grader.drawing import Variant
from grader.errors import AuthorError, Problem
from grader.figures import Figure
from grader.memo import memoized
from grader.model import Blank, Model
from grader.sheets import document, in_print, placeholders, rendered, without_code
from reference.language.errors import LanguageError
from reference.language.reading import read

IMAGE = re.compile(r"!\[\s*\](?=\()")
UNKNOWN = re.compile(r"unknown name '([^']+)'")
LONE = re.compile(r"(\\?[A-Za-z]+|[^\W\d_])(_\{?[a-z]{1,2}\}?)?")  # words may introduce it
RELATION = r"(=|<|>|\\in|\\neq?|\\leq?|\\geq?|\\to)"
OFTEN = 0.9  # of the variants in which a part of the text is the answer: more than chance
LEAST = 3  # variants of a structure before that says anything
WORDS = 4  # of an option that is told by its words


def texts(subject: Subject) -> Iterator[Problem]:
    """Everything that is wrong with the words of an exercise."""
    for variant in subject.examples:
        try:
            shown = in_print(variant)
        except AuthorError as error:  # a figure that cannot be drawn
            yield from error.problems
            continue
        yield from not_rendered(subject, document(shown), shown.figures)
        words = placeholders(variant)
        for passage in [*passages(subject, variant, words), *told(subject, variant, words)]:
            yield from not_rendered(subject, passage.text)
            yield from faults(subject, variant, passage)
        yield from unexplained(subject, variant)
        yield from unnamed(subject, variant, shown)
    yield from leaks(subject)
    yield from guessed(subject, "copied")


def not_rendered(
    subject: Subject, markdown: str, figures: Sequence[Figure] = ()
) -> Iterator[Problem]:
    for latex, reason in rendered(markdown, figures)[1]:
        message = f"'{latex[:60]}' cannot be rendered: {reason}"
        yield subject.problem_at("latex", subject.at, latex, message)


def faults(subject: Subject, variant: Variant, passage: Passage) -> Iterator[Problem]:
    """What can be seen in one passage."""
    for name in left_over(passage.text):
        message = f"the placeholder '{{{{{name}}}}}' has no value"
        needle = f"{{{{{name}}}}}"
        yield subject.problem_at("placeholder", passage.place, needle, message)
    if IMAGE.search(passage.text):
        message = "an image has no description"
        yield subject.problem_at("image-text", passage.place, "![](", message)
    for name, formula in strangers(variant, passage.text):
        message = f"'{name}' in '${formula}$' is not declared in the exercise"
        yield subject.problem_at("prompt-name", passage.place, formula, message)


def strangers(variant: Variant, text: str) -> Iterator[tuple[str, str]]:
    """(name, formula) of the names in a text that the network does not have; the words around may introduce a letter."""
    return (one for one in unknown(variant, text) if not LONE.fullmatch(one[0]))


def unknown(variant: Variant, text: str) -> Iterator[tuple[str, str]]:
    """(name, formula) of all names in a text that the network does not have; what is no formula of our language is left alone."""
    model = variant.solved.model
    if not model.printed.shapes:
        return
    time = model.complete.symbols.time
    network = model.complete.at_step(time.middle or time.last) if time else model.complete
    for formula in formulas(without_code(text)):
        try:
            read(formula, network.vocabulary)
        except LanguageError as error:
            found = UNKNOWN.search(error.message)
            if found:
                yield found[1], formula


def unexplained(subject: Subject, variant: Variant) -> Iterator[Problem]:
    """Letters that the network does not have, and that no formula of the texts introduces."""
    every = [*passages(subject, variant, placeholders(variant))]
    written = [one for passage in every for one in formulas(without_code(passage.text))]
    for passage in every:
        for name, formula in unknown(variant, passage.text):
            letter = rf"\\?{re.escape(name)}"
            said = re.compile(
                rf"\s*{letter}\s*(,.*|{RELATION}.*)?|.*(\\sum_\{{?|,\s*){letter}\s*{RELATION}.*"
            )
            if LONE.fullmatch(name) and not any(said.fullmatch(one) for one in written):
                message = f"'{name}' in '${formula}$' is introduced nowhere: say what it is, as in 'the class ${name}$'"
                yield subject.problem_at("unexplained", passage.place, formula, message)


def leaks(subject: Subject) -> Iterator[Problem]:
    """Texts in which the answer to a question stands, in nearly all variants of a structure."""
    told: dict[tuple[Model, str, str], list[str]] = {}
    questions = {one.id: one for one in subject.exercise.file.questions}
    for variant in subject.variants:
        keys, model = variant.keys, variant.solved.model
        for passage in passages(subject, variant, model.context):  # what is given is no secret
            for blank in model.blanks:
                trivial = questions[blank.question].allows_trivial(blank.name)
                if passage.question in ("", blank.question) and not trivial:
                    address = blank.address
                    parts = (
                        answers_in(keys[address][1], passage.text)
                        if blank.fixed is None
                        else answers_of_all(blank, passage.text)
                    )
                    if passage.place.path.endswith(".ask"):
                        parts = [*parts, *options_in(passage, offered(variant, blank, {}))]
                    told.setdefault((model, passage.place.path, address), []).extend(parts[:1])
    variants = Counter(variant.solved.model for variant in subject.variants)
    for (model, path, address), parts in told.items():
        if parts and len(parts) >= OFTEN * max(variants[model], LEAST):
            message = f"'{parts[0][:60]}' is the answer to {address}"
            yield subject.problem_at("leak", subject.at.moved(path), parts[0], message)


def answers_in(key: Key, text: str) -> list[str]:
    """The parts of a text that would be marked right."""
    return [part for part in key.candidates(text) if key.mark(part).verdict is Verdict.CORRECT]


@memoized
def answers_of_all(blank: Blank, text: str) -> list[str]:
    """As :func:`answers_in`, by a key that all variants of a structure have."""
    assert blank.fixed is not None
    return answers_in(blank.fixed, text)


def options_in(passage: Passage, row: Shown | None) -> list[str]:
    """The one right option, if the text has its words."""
    right = [text for text, is_right in zip(*row, strict=True) if is_right] if row else []
    if len(right) != 1 or len(right[0].split()) < WORDS:
        return []
    return right if right[0].strip(" .").casefold() in passage.text.casefold() else []
