"""Options that a variant shows, as students name them: by letters, ``a, c``, ``ac``, ``(a) (c)``, or in words."""

from __future__ import annotations

import itertools
import re
import string
import unicodedata
from collections.abc import Callable, Iterable, Mapping, Sequence

from reference.language.errors import ReadingError, quoted
from reference.language.names import GREEK
from reference.language.wrapping import unwrapped

MAX_LENGTH = 2000
LETTERS = string.ascii_lowercase
ANDS = frozenset({"and", "und", "et"})
AND = rf"\b(?:{'|'.join(sorted(ANDS))})\b"
APART = re.compile(
    rf"[\s,;]+then\s+(?!then\b)(?=\S)|[\s,;:.&+<>→⇒⟶➔➜∧|·•()\[\]{{}}]+|[-=]>|\\(?:to|rightarrow)(?![a-z])|\\[{{}}]|{AND}"
)
LEAD = re.compile(
    r"""(?:(?:my|the)\ )?(?:(?:final|correct|right)\ )?
        (?:options?|answers?|choices?|letters?|order|solutions?|antwort(?:en)?|l[oö]sung|opci[oó]n(?:es)?|respuestas?)
        (?:\ (?:is|are|ist|sind))?\ (?=.)""",
    re.VERBOSE,
)
BULLET = re.compile(r"^[ \t]*[-*•][ \t]+", re.MULTILINE)
NUMBER = re.compile(r"(?:^|(?<=[\n,;]))[ \t]*([0-9]{1,2})[.):][ \t]*(?=\S)")
ENCLOSED = {  # ⓐ, Ⓐ, ⒜
    first + place: sign for first in (0x24D0, 0x24B6, 0x249C) for place, sign in enumerate(LETTERS)
}
TAIL = re.compile(r"(?<=.) (?:is|are) (?:right|correct|true)[.!]?$")
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
TOLD = {"≤": "\\le", "≥": "\\ge", "≠": "\\ne", "√": "\\sqrt "} | {
    sign: mark + str(digit)
    for mark, signs in (("^", "⁰¹²³⁴⁵⁶⁷⁸⁹"), ("_", "₀₁₂₃₄₅₆₇₈₉"))
    for digit, sign in enumerate(signs)
}
LAYOUT = re.compile(
    r"\\(?:left|right|text\w*|math(?:bf|rm|it|cal|bb)|boldsymbol|operatorname|big\w*)(?![a-z])|\\[^a-z]|[${}]"
)
PIECES = re.compile(rf"[,;\n]|{AND}")
BEHIND = re.compile(r"[(\[]?([a-z])[)\].:]+\s*")  # a letter, before the text of its option
LOOSE = re.compile(r"(?<![^\W_])\s+|\s+(?![^\W_])")  # spaces not between words
JOINTS = re.compile(r"[_^{}\u0300-\u036f]")
# What takes back what it stands before or behind, strikes it out, or is a box without a tick.
NEGATED = re.compile(
    r"^\s*(?:[!¬≠]|~(?=\s*\(?[^\W\d_])|\\l?neg?(?![a-z]))|[✗✘✖❌☐\u0335\u0336]|~~|\[ \]",
    re.IGNORECASE,
)
BRACKETED = re.compile(r"\(([^()\[\]{}]*)\)|\[([^()\[\]{}]*)\]|\{([^()\[\]{}]*)\}")
ITEM = re.compile(r"[^\W_]+")
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
        ReadingError: it is too long, or may say that something is not right.
    """
    if len(text) > MAX_LENGTH:
        raise ReadingError(f"too long: {len(text)} characters, at most {MAX_LENGTH} are read")
    check_negated(text)
    text = unwrapped(text).translate(ENCLOSED).strip(" \t\r\n=")
    return unbulleted(text).casefold()


def unbulleted(text: str) -> str:
    """A list of lines without the bullets before each of them."""
    lines = [line for line in text.splitlines() if line.strip()]
    return BULLET.sub("", text) if len(lines) > 1 and all(map(BULLET.match, lines)) else text


def unnumbered(text: str) -> str:
    """A list without the running numbers before all of what stands in it."""
    numbers = [*map(int, NUMBER.findall(text))]
    if len(numbers) > 1 and numbers == [*range(1, len(numbers) + 1)] and text[:1] == "1":
        return NUMBER.sub(" ", text)
    return text


def in_words(text: str) -> str:
    """A text in small letters with one space between words, without punctuation and what says that it is the answer."""
    words = SPACED.sub(" ", JOINED.sub(" ", text.casefold())).strip()
    return TAIL.sub("", LEAD.sub("", words, count=1))


def check_negated(text: str) -> None:
    """What is struck out, or stands behind a sign for not, may be meant or not.

    Raises:
        ReadingError: there is such a sign.
    """
    found = NEGATED.search(text)
    if found:
        shown = quoted(text)
        raise ReadingError(f"'{shown}' can mean that it is not so: write only what is right")


def check_brackets(text: str, belongs: Callable[[str], bool]) -> None:
    """One or some of several in brackets, beside others without, may be meant or not, or stand in any order.

    Raises:
        ReadingError: there are such brackets.
    """
    found = next((one for one in BRACKETED.finditer(text) if hold(one[0], belongs)), None)
    rest = BRACKETED.sub(" ", text)
    if not found or not set("()[]{}").isdisjoint(rest):  # of a) (b) (c
        return
    if any(map(belongs, ITEM.findall(rest))):
        shown = quoted(found[0])
        what, them = f"does '{shown}' belong", "it"
        if len(ITEM.findall(found[0])) > 1:
            what, them = f"do those in '{shown}' belong", "them"
        raise ReadingError(f"{what}? write {them} without brackets, or leave {them} out")


def hold(text: str, belongs: Callable[[str], bool]) -> bool:
    """Does a text hold what belongs to a list, and nothing else?"""
    items = ITEM.findall(text)
    return bool(items) and all(map(belongs, items))


def own_words(option: str, texts: Texts) -> str:
    """The text of an option in words; nothing where something is to be put into it first."""
    text = texts.get(option, "")
    return "" if "{{" in text else in_words(in_plain_signs(text))


def in_plain_signs(text: str) -> str:
    """A text with one spelling for formulas in LaTeX and in characters: ``p1`` for ``p_1`` and p₁, ``alpha`` for α."""
    text = COMMAND.sub(lambda match: SPOKEN.get(match[1] or "", ""), text)
    text = "".join(GREEK.get(sign, sign) for sign in text)
    return JOINTS.sub("", unicodedata.normalize("NFKD", text).replace("−", "-"))


def tight(text: str) -> str:
    """A text with all that tells formulas apart, ``w^2`` from ``w_2``, without braces, fonts and spaces but those between words."""
    text = "".join(TOLD.get(sign, sign) for sign in LAYOUT.sub(" ", text.casefold()))
    text = "".join(f" {GREEK[sign]} " if sign in GREEK else sign for sign in text)
    text = COMMAND.sub(lambda match: f" {match[1]} " if match[1] in SPOKEN else match[0], text)
    text = unicodedata.normalize("NFC", text.casefold().replace("−", "-"))
    return LOOSE.sub("", " ".join(text.split())).strip().rstrip(".,;:")


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
        and together(words) in {one, *map(together, names[option])}
        and (together(words) != one or in_words(tight(text)) == one or one in names[option])
    ]
    alike = [one for one in exact if tight(texts.get(one, "")) == tight(text)]
    if alike:  # the others only by what is left out of formulas
        exact = [one for one in exact if one in alike or words in (letter(options, one), one)]
    if exact and words not in letters:  # an id that begins the text of another option
        begun = [one for one in options if own_words(one, texts).startswith(f"{words} ")]
        exact = [*dict.fromkeys([*exact, *begun])]
    first, _, rest = words.partition(" ")
    if exact or (not rest and len(words) < 4):
        return exact
    if first in letters:  # d) each of them
        behind = BEHIND.sub("", text, count=1)
        if in_words(in_plain_signs(behind)) != rest:
            behind = rest
        others = meant(behind, options, texts, by_id)
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
    body = TAIL.sub("", unnumbered(plain(text)))
    if RANGE.fullmatch(body):
        raise ReadingError(f"{expected(options)}, found '{quoted(body)}'")
    if DASHED.fullmatch(body) and body not in map(str.casefold, options):
        body = body.replace("-", " ")
    found = in_own_words(body, options, texts)
    if not found:
        check_brackets(body, {*LETTERS[: len(options)]}.issuperset)
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
    shown = {one: tight(texts[one]) for one in options if "{{" not in texts.get(one, "{{")}
    for pieces in ([text], PIECES.split(text)):
        found = list[str]()
        for piece in filter(None, map(str.strip, pieces)):
            found.append(exactly(piece, options, shown))
            if not found[-1]:
                break
        if found and found[-1]:
            return found
    own = {option: together(own_words(option, texts)) for option in options}
    alone = [one for one in options if own[one] and [*own.values()].count(own[one]) == 1]
    words = in_words(in_plain_signs(text)).split()
    for close in (False, True):
        forms = {one: own[one] if close else own_words(one, texts) for one in alone}
        found = one_behind_the_other(words, forms, options, "" if close else " ")
        if found:
            return found
    return []


def exactly(text: str, options: Sequence[str], shown: Texts) -> str:
    """The option that is shown exactly as a text, maybe behind its letter; nothing where there are several."""
    lead = BEHIND.match(text)
    of_letter = options[LETTERS.index(lead[1]) :][:1] if lead else []
    whole, behind = tight(text), tight(text[lead.end() :]) if lead else ""
    found = [
        one
        for one, own in shown.items()
        if own and (own == whole or (own == behind and one in of_letter))
    ]
    return found[0] if len(found) == 1 else ""


def one_behind_the_other(
    words: Sequence[str], own: Texts, options: Sequence[str], space: str
) -> list[str]:
    """The options whose texts make up all words, the longest first, with ``space`` between the words of one."""
    found, place = list[str](), 0
    longest_first = sorted(own, key=lambda one: -len(own[one]))
    while place < len(words):
        for option in longest_first:
            lettered = words[place] == letter(options, option) and own[option] not in LETTERS
            end = next(
                (
                    end
                    for start in ([place, place + 1] if lettered else [place])
                    if (end := end_of(own[option], words, start, space))
                ),
                0,
            )
            if end:
                found.append(option)
                place = end + (words[end : end + 1] != [] and words[end] in ANDS)
                break
        else:
            return []
    return found


def end_of(text: str, words: Sequence[str], start: int, space: str) -> int:
    """The place behind the words from a start on that make up a text; 0 where they do not."""
    made = ""
    for place in range(start, len(words)):
        made += (space if made else "") + words[place]
        if made == text:
            return place + 1
        if not text.startswith(made):
            return 0
    return 0


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
