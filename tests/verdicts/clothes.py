"""What people, pages and programs put around and between what they answer, over the whole bank: it stays right or wrong as it was."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from grader.answers import (
    ChoiceKey,
    CountKey,
    ExpressionKey,
    Key,
    LiteralKey,
    MatchKey,
    MatrixKey,
    NumberKey,
    OrderKey,
    SequenceKey,
    SetKey,
    SeveralKey,
    ShapeKey,
)
from grader.drawing import Variant

Found = Iterator[tuple[str, str, bool]]  # kind, text, is it right?
Texts = Sequence[str]
ALL = 2  # of each kind of clothes for an answer

# Around any answer; ``{}`` is the answer itself.
AROUND = [
    "\u00a0{}\u00a0", "\ufeff{}", "{}\u200b", "\t{}\r\n", "\n\n{}\n", "${}$", "$${}$$", r"\({}\)", r"\[{}\]", "```\n{}\n```", "**{}**", "`{}`", '"{}"', "“{}”", "{}.",
    "{}  # as in the lecture", ">>> {}", "Out[3]: {}", "= {}", "=> {}", "⇒ {}", "∴ {}", "Answer: {}", "**Answer:** {}", "answer: **{}**", "The answer is {}", "My answer is {}",
    "Final answer: {}", "Antwort: {}", "Lösung: {}", "Respuesta: {}", "Resultado: {}",
]  # fmt: skip
NUMBERS = [
    "ca. {}", "approx. {}", "approximately {}", "about {}", "exactly {}", "etwa {}", "≈ {}", "~{}", r"\approx {}", r"\doteq {}", "~= {}", "{} (rounded)", "{},", "{};", r"\boxed{{{}}}", r"$\boxed{{{}}}$",
    r"\mathbf{{{}}}", r"\textbf{{{}}}", r"\left({}\right)", "print({})", "np.float64({})", "tensor({})", "tensor({}, dtype=torch.float64)", "array({})", "float({})", "({})", "0 + {}", "{} * 1", "{} + 0", "{}/1",
    r"\frac{{{}}}{{1}}", "_{}_", "ans = {}", "ans =\n\n   {}\n", "1 + {} - 1", "√1 * {}", "2 * {} / 2", "{}e0", "{}·10^0", "{} × 10⁰",
]  # fmt: skip
FORMULAS = [
    "-(-({}))", "2*({})/2", "({}) + 0*({})", "{},", "{};", r"\boxed{{{}}}", r"\frac{{{}}}{{1}}", r"\tfrac12 \left( {} + {} \right)", "({}) - 1 + 1", "({}) * 3 / 3",
]  # fmt: skip
ONE = [
    "{})", "({})", "[{}]", "{}.", "Option {}", "option {}:", "choice {}", "{} is correct", "the correct answer is {}", "Antwort {}", "opción {}", "-> {}", "{}!", r"\text{{({})}}", "letter {}",
]  # fmt: skip


def digits(text: str) -> Iterator[str]:
    """A number in other signs."""
    yield text.replace("-", "−")
    yield text.replace("-", "–")
    yield text.replace("-", "﹣")
    yield "".join(chr(ord(sign) + 0xFEE0) if sign in "0123456789.-" else sign for sign in text)
    yield text[:1] + "\u200b" + text[1:]
    yield text[:-1] + "\u00ad" + text[-1:]
    yield "\u200e" + text + "\u200f"
    whole, point, behind = text.partition(".")
    if point and len(behind) != 3:
        yield f"{whole},{behind}"
        yield f"{whole}{{,}}{behind}"
    if not point and len(whole.lstrip("-")) > 3:
        grouped = f"{int(text):,}"
        yield from (grouped.replace(",", sign) for sign in "\u202f\u00a0'’ ")


def lists(entries: Texts) -> Iterator[str]:
    """A list of numbers, as programs and people write a column or a row."""
    joined, commas = ", ".join(entries), [one.replace(".", ",") for one in entries]
    for opening, closing in ("[]", "()", "{}", "⟨⟩", ("", ""), ("［", "］"), ("np.array([", "])"), ("tensor([", "])"), ("torch.tensor([", "], dtype=torch.float64)"), ("≈ [", "]"), ("[", "] (rounded)"), ("**[", "]**"), (r"\langle ", r" \rangle"), ("[", ",]")):  # fmt: skip
        yield f"{opening}{joined}{closing}"
    yield f"[{'  '.join(entries)}]"
    yield ", ".join(entries[:-1]) + f" and {entries[-1]}"
    yield "\t".join(entries)
    yield "\n".join(entries)
    yield "[\u200b" + ",\u200b ".join(entries) + "]"
    if all(len(one.partition(",")[2]) != 3 for one in commas):
        yield f"({' | '.join(commas)})"
        if any("," in one for one in commas):
            yield f"({'; '.join(commas)})"


def tables(rows: Sequence[Texts]) -> Iterator[str]:
    """A matrix, as programs and people write it."""
    commas = [[one.replace(".", ",") for one in row] for row in rows]
    yield "[" + ", ".join(f"[{', '.join(row)}]" for row in rows) + "]"
    yield "[" + "\n ".join(f"[{' '.join(row)}]" for row in rows) + "]"
    yield "[" + "; ".join(" ".join(row) for row in rows) + "]"
    yield "\n".join(" ".join(row) for row in rows)
    yield "\n".join(f"[{' '.join(row)}]" for row in rows)
    yield "\n".join("\t".join(row) for row in rows)
    yield "| " + " |\n| ".join(" | ".join(row) for row in rows) + " |"
    yield (
        f"|{'  |' * len(rows[0])}\n|{'---|' * len(rows[0])}\n| "
        + " |\n| ".join(" | ".join(row) for row in rows)
        + " |"
    )
    yield r"\begin{pmatrix}" + r" \\ ".join(" & ".join(row) for row in rows) + r"\end{pmatrix}"
    yield "■(" + "@".join("&".join(row) for row in rows) + ")"
    yield "{" + ",".join("{" + ",".join(row) + "}" for row in rows) + "}"
    yield "Matrix([" + ", ".join(f"[{', '.join(row)}]" for row in rows) + "])"
    if all(len(one.partition(",")[2]) != 3 for row in commas for one in row):
        yield "\n".join("\t".join(row) for row in commas)
        yield "\n".join(";".join(row) for row in commas)


def some(letters: Texts) -> Iterator[str]:
    """Several letters in any order."""
    for between in (", ", " ", "; ", " and ", " und ", " & ", " + ", " | ", " ∧ ", "，", "\n", ",\u00a0"):  # fmt: skip
        yield between.join(letters)
    yield ", ".join(f"({one})" for one in letters)
    yield "\n".join(f"- {one}" for one in letters) if len(letters) > 1 else letters[0]
    yield "\n".join(f"* {one})" for one in letters) if len(letters) > 1 else f"{letters[0]})"
    yield "\n".join(f"{n}. {one}" for n, one in enumerate(letters, 1)) if letters[1:] else "".join(letters)  # fmt: skip
    yield r"\{" + ", ".join(letters) + r"\}"
    yield "Options " + " and ".join(letters)
    yield ", ".join(letters) + (" are true" if letters[1:] else " is true")


def ordered(letters: Texts) -> Iterator[str]:
    """Letters in their order."""
    for between in (", ", " ", "", " → ", " -> ", " => ", " ⟶ ", " ➔ ", r" \to ", " > ", " – ", " then ", ", then ", " | ", " · ", "\n"):  # fmt: skip
        yield between.join(letters)
    yield "\n".join(f"{n}. {one}" for n, one in enumerate(letters, 1))
    yield ", ".join(f"{n}: {one}" for n, one in enumerate(letters, 1))
    yield "\n".join(f"- {one}" for one in letters)


def decimal(value: float, places: int = 9) -> str:
    text = f"{value:.{places}f}".rstrip("0").rstrip(".")
    return "0" if text in ("-0", "") else text


def dressed(kind: str, texts: Sequence[str], clothes: Texts, right: bool, chance: random.Random) -> Found:  # fmt: skip
    """Some of the texts of an answer as they are, and one in other clothes of every kind."""
    for text in chance.sample(texts, min(ALL, len(texts))):
        yield kind, text, right
    text = chance.choice(texts)
    for around in (AROUND, clothes):
        yield from (
            (kind, one.replace("{}", text) if "{{" not in one else one.format(text), right)
            for one in chance.sample(around, min(ALL, len(around)))
        )


def of_number(key: NumberKey, chance: random.Random) -> Found:
    value = key.value
    yield from dressed("a number", [*digits(decimal(value))], NUMBERS, True, chance)
    slips = [-value, 2 * value, value / 2, value + 1, 1.05 * value, value * 10, value + 3 * key.within + 0.001]  # fmt: skip
    wrong = [one for one in slips if abs(one - value) > 1.1 * key.within + 1e-6]
    yield from dressed("another number", [decimal(chance.choice(wrong))], NUMBERS, False, chance)


def of_count(key: CountKey, chance: random.Random) -> Found:
    if key.names:
        return
    value = int(key.show())
    yield from dressed("a whole number", [*digits(str(value))], NUMBERS, True, chance)
    other = chance.choice([value + 1, 2 * value + 1, 10 * value + 1, value + 100])
    yield from dressed("another whole number", [str(other)], NUMBERS, False, chance)


def of_matrix(key: MatrixKey, chance: random.Random) -> Found:
    rows = [[float(one) for one in row] for row in key.values]
    if len(rows) == len(rows[0]) == 1:
        return
    write: Callable[[Any], Iterator[str]] = tables if min(len(rows), len(rows[0])) > 1 else lists

    def texts(values: list[list[float]]) -> list[str]:
        shown = [[decimal(one, 7) for one in row] for row in values]
        return [*write(shown if write is tables else [one for row in shown for one in row])]

    yield from ((f"{write.__name__} of numbers", text, True) for text in chance.sample(texts(rows), 5))  # fmt: skip
    row, column = chance.randrange(len(rows)), chance.randrange(len(rows[0]))
    far = 3 * key.within[row][column] + 0.01
    slip = chance.choice([far, -far, 1.0])
    wrong = [[*one] for one in rows]
    wrong[row][column] += slip
    yield from ((f"other {write.__name__} of numbers", text, False) for text in chance.sample(texts(wrong), 3))  # fmt: skip


def of_letters(key: Any, chance: random.Random) -> Found:
    letters = "abcdefghijklmnopqrstuvwxyz"
    right = key.show().replace(",", " ").split()
    others = [one for one in letters[: len(key.options)] if one not in right]
    if isinstance(key, ChoiceKey):
        yield from dressed("a letter", [right[0], right[0].upper()], ONE, True, chance)
        yield from dressed("another letter", [chance.choice(others)], ONE, False, chance)
    elif right != ["none"]:
        write = ordered if isinstance(key, OrderKey) else some
        yield from dressed("several letters", [*write(right)], ["{}"], True, chance)
        wrong = right[1:] if right[1:] else right + others[:1]
        yield from dressed("other letters", [*write(wrong)], ["{}"], False, chance)


def of_tokens(key: SequenceKey | SetKey, chance: random.Random) -> Found:
    right = key.show().split(", ")
    forms = [", ", " ", "; ", " | ", ",\u200b "]
    forms += [" → ", " then "] if isinstance(key, SequenceKey) else [" & "]
    texts = [between.join(right) for between in forms] + [str(right), f"[{', '.join(right)}]"]
    yield from dressed("tokens", texts, ["[{}]", "({})"], True, chance)
    if right[1:]:
        wrong = [", ".join(right[1:]), ", ".join(right[:-1])]
        yield from dressed("other tokens", wrong, ["[{}]", "({})"], False, chance)


def of_literal(key: LiteralKey | ShapeKey | MatchKey, chance: random.Random) -> Found:
    yield from dressed("as it is written", [key.show()], ["{}", "{} "], True, chance)
    misses = key.near_misses()
    if misses:
        yield from dressed("as another is written", [chance.choice(misses)], ["{}"], False, chance)


def of_formula(key: ExpressionKey, chance: random.Random) -> Found:
    text = key.show()
    texts = [text, text.replace("-", "−"), text.replace(" * ", " · "), text.replace(" * ", " "), text.replace("^T", ".T"), text.replace("^T", "^⊤"), text.replace("(", r"\left(").replace(")", r"\right)"), text.replace(" ", "\u00a0")]  # fmt: skip
    yield from dressed("a formula", texts, FORMULAS, True, chance)


KINDS: Mapping[type[Key], Callable[[Any, random.Random], Found]] = {
    NumberKey: of_number,
    CountKey: of_count,
    MatrixKey: of_matrix,
    ChoiceKey: of_letters,
    SeveralKey: of_letters,
    OrderKey: of_letters,
    SequenceKey: of_tokens,
    SetKey: of_tokens,
    LiteralKey: of_literal,
    ShapeKey: of_literal,
    MatchKey: of_literal,
    ExpressionKey: of_formula,
}


def texts(variant: Variant, chance: random.Random) -> Iterator[tuple[str, str, str, bool]]:
    """Blank, kind, text, and whether it is right, of every blank that is judged by itself."""
    for blank, (_, key) in variant.keys.items():
        if type(key) in KINDS:
            for kind, text, right in KINDS[type(key)](key, chance):
                yield blank, f"clothes for {kind}", text, right
