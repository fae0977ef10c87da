"""Options that a variant shows, as students name them: by letters, ``a, c``, ``ac``, ``(a) (c)``, or in words."""

from __future__ import annotations

import itertools
import re
import string
import unicodedata
from collections.abc import Iterable, Mapping, Sequence

from reference.language.errors import ReadingError, quoted
from reference.language.names import GREEK
from reference.language.wrapping import unwrapped

MAX_LENGTH = 2000
LETTERS = string.ascii_lowercase
APART = re.compile(r"[\s,;:.&+<>→⇒()\[\]{}]+|->|\\(?:to|rightarrow)(?![a-z])|\b(?:and|und|et)\b")
LEAD = re.compile(
    r"(?:(?:my|the) )?(?:options?|answers?|choices?|letters?|order|solutions?)(?: (?:is|are))? (?=.)"
)
TAIL = re.compile(r"(?<=.) (?:is|are) (?:right|correct|true)$")
DASHED = re.compile(r"[a-z](?:\s*-\s*[a-z]){2,}")  # c-a-d; a-d can be all from a to d
RANGE = re.compile(
    r"\b[a-z]\s*(?:\.\.+|…)\s*[a-z]\b"
)  # a..d, of which nobody knows what lies between
JOINED = re.compile(r"(?<=[^\W\d_])-(?=[^\W\d_])")
SPACED = re.compile(r"[^\w+\-*/^=<>?]+")
TELLING = re.compile(r"[^\W\d_]{4,}")
COMMAND = re.compile(r"\\([a-zA-Z]+)|\\.")
SPOKEN = {
    one: one
    for one in (*GREEK.values(), *["log", "ln", "exp", "sin", "cos", "tan", "tanh", "max", "min"])
}
SPOKEN |= {"top": "T", "sum": "Sigma"}
JOINTS = re.compile(r"[_^{}\u0300-\u036f]")
COMMON = frozenset(
    re.findall(
        r"\w+",
        """
    also been does from have into item items more none only option same some than that them then there these
    they this what when where which with
    """,
    )
)

Texts = Mapping[str, str]


def letter(options: Sequence[str], option: str) -> str:
    """The letter under which an option is shown."""
    return LETTERS[options.index(option)]


def listed(letters: Iterable[str]) -> str:
    """Letters as LaTeX, to show what was understood."""
    return rf"\text{{{', '.join(f'({one})' for one in letters) or 'none'}}}"


def plain(text: str) -> str:
    """A text in small letters without what people put around it.

    Raises:
        ReadingError: it is too long.
    """
    if len(text) > MAX_LENGTH:
        raise ReadingError(f"too long: {len(text)} characters, at most {MAX_LENGTH} are read")
    return unwrapped(text).strip().casefold()


def in_words(text: str) -> str:
    """A text in small letters with one space between words, without punctuation and what says that it is the answer."""
    words = SPACED.sub(" ", JOINED.sub(" ", text.casefold())).strip()
    return TAIL.sub("", LEAD.sub("", words, count=1))


def own_words(option: str, texts: Texts) -> str:
    """The text of an option in words; nothing where something is to be put into it first."""
    text = texts.get(option, "")
    return "" if "{{" in text else in_words(in_plain_signs(text))


def in_plain_signs(text: str) -> str:
    """A text with one spelling for formulas in LaTeX and in characters: ``p1`` for ``p_1`` and p₁, ``alpha`` for α."""
    text = COMMAND.sub(lambda match: SPOKEN.get(match[1] or "", ""), text)
    text = "".join(GREEK.get(sign, sign) for sign in text)
    return JOINTS.sub("", unicodedata.normalize("NFKD", text).replace("−", "-"))


def meant(text: str, options: Sequence[str], texts: Texts, by_id: bool = True) -> list[str]:
    """The options that a text can name: by letter, id or own text, by several of them, or by words of just one option."""
    words = in_words(in_plain_signs(text))
    letters = dict(zip(LETTERS, options, strict=False))
    names = {option: {own_words(option, texts)} for option in options}
    if by_id:
        names = {option: {*own, in_words(option)} for option, own in names.items()}
    if len(words) > max(map(len, itertools.chain(*names.values()))) + 2 * len(options):
        return []  # longer than any of them behind all letters
    exact = [
        option
        for one, option in letters.items()
        if words
        and words.replace(" ", "") in {one, *(name.replace(" ", "") for name in names[option])}
    ]
    if exact and words not in letters:  # an id that begins the text of another option
        begun = [one for one in options if own_words(one, texts).startswith(f"{words} ")]
        exact = [*dict.fromkeys([*exact, *begun])]
    first, _, rest = words.partition(" ")
    if exact or (not rest and len(words) < 4):
        return exact
    if first in letters:  # d) each of them
        others = meant(rest, options, texts, by_id)
        return [*dict.fromkeys([letters[first], *others])] if others else []
    if not telling(words):
        return []
    return [
        option for option in options if any(f" {words} " in f" {name} " for name in names[option])
    ]


def telling(words: str) -> bool:
    """Is there a word that can tell one option from others?"""
    return any(word not in COMMON for word in TELLING.findall(words))


def one_of(found: Sequence[str], text: str, options: Sequence[str]) -> str:
    """The one option that a text names.

    Raises:
        ReadingError: it names none, or could name several.
    """
    if len(found) > 1:
        shown = " or ".join(f"({letter(options, option)})" for option in found)
        raise ReadingError(f"'{quoted(text)}' can be {shown}: write the letter")
    if not found:
        last = LETTERS[len(options) - 1]
        raise ReadingError(f"expected a letter from a to {last}, found '{quoted(text)}'")
    return found[0]


def read_letters(text: str, options: Sequence[str], texts: Texts) -> list[str]:
    """The options that a list of letters, ids or own texts names, in the order in which they are written.

    Raises:
        ReadingError: something else stands there, or an option stands there twice.
    """
    body = plain(text)
    if RANGE.fullmatch(body):
        raise ReadingError(f"{expected(options)}, found '{quoted(body)}'")
    if DASHED.fullmatch(body) and body not in map(str.casefold, options):
        body = body.replace("-", " ")
    found = in_own_words(body, options, texts)
    if not found:
        lead = LEAD.match(SPACED.sub(" ", body))
        for word in filter(None, APART.split(body)):
            if not (lead and word in lead[0].split()):
                found += named(word, options)
    for option in found:
        if found.count(option) > 1:
            raise ReadingError(f"({letter(options, option)}) stands there twice: write it once")
    if not found:
        raise ReadingError(expected(options))
    return found


def in_own_words(text: str, options: Sequence[str], texts: Texts) -> list[str]:
    """The options of which a text holds the own texts, one behind the other, maybe each behind its letter; nothing where it holds anything else."""
    own = [(together(own_words(one, texts)), at, one) for at, one in enumerate(options)]
    longest_first = sorted(
        (one for one in own if one[0]), reverse=True, key=lambda one: len(one[0])
    )
    found, rest = list[str](), together(in_words(in_plain_signs(text)))
    while rest:
        for words, at, option in longest_first:
            start = next((one for one in (words, LETTERS[at] + words) if rest.startswith(one)), "")
            if start:
                found.append(option)
                rest = rest.removeprefix(start).removeprefix("and")
                break
        else:
            return []
    return found


def together(words: str) -> str:
    """Words without spaces, as people leave out or add those of formulas."""
    return words.replace(" ", "")


def named(word: str, options: Sequence[str]) -> list[str]:
    """The options of one word: an id, or a run of letters."""
    ids = {option.casefold(): option for option in options}
    if word in ids:
        return [ids[word]]
    letters = dict(zip(LETTERS, options, strict=False))
    if not all(sign in letters for sign in word):
        raise ReadingError(f"{expected(options)}, found '{quoted(word)}'")
    return [letters[sign] for sign in word]


def expected(options: Sequence[str]) -> str:
    return f"expected letters from a to {LETTERS[len(options) - 1]}"
