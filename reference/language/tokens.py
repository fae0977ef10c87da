"""Text to tokens: plain, Unicode and LaTeX spellings of one sign become the same token."""

from __future__ import annotations

import re
import unicodedata

from msgspec import Struct

from reference.language.errors import ReadingError

MAX_LENGTH = 4000
MAX_TOKENS = 1000


class Token(Struct, frozen=True):
    """``kind``: number, word, operator, command (of LaTeX, with structure) or end."""

    kind: str
    text: str
    column: int


# A word starts with a letter; superscript digits end it, as x² is a square.
LETTER = r"[^\W\d_⁰¹²³⁴-⁹ᵀ]"
PATTERN = re.compile(
    rf"""(?P<space>[\s\u200b\u200c\u2060\ufeff$]+|\\[()\[\],;:!\ ])
      | (?P<row>\\\\)
      | (?P<brace>\\[{{}}|])
      | \\(?P<command>[A-Za-z]+)\*?
      | (?P<number>(?:[0-9]+(?:\.(?!\*)[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]+)?)
      | (?P<total>(?:sum|[Σ∑])(?=_))
      | (?P<word>{LETTER}(?:_\{{\w+\}}|_(?!\{{)|[^\W_⁰¹²³⁴-⁹ᵀ]|[\u0300-\u036f])*)
      | (?P<raised>[⁰¹²³⁴-⁹⁻]+|ᵀ)
      | (?P<operator>\*\*|\.\*|\.T\b|<=|>=|!=|==|:=|<-|[-+*/^@()\[\]{{}},<>'=∂&|_;←])""",
    re.VERBOSE,
)
SIGNS = {
    **dict.fromkeys("−–", "-"),
    **dict.fromkeys("·×⋅", "*"),
    **dict.fromkeys("⊙∘", "⊙"),
    "÷": "/",
    "≥": ">=",
    "≤": "<=",
    "≠": "!=",
    "′": "'",
    "’": "'",
}
SPELLED = {"**": "^", ".*": "⊙", "==": "=", ":=": "←", "<-": "←"}
RAISED = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹⁻", "0123456789-")

SKIPPED = frozenset(
    re.findall(
        r"\w+",
        """
    left right big Big bigg Bigg bigl bigr Bigl Bigr biggl biggr Biggl Biggr displaystyle
    textstyle quad qquad limits nolimits mathstrut
    """,
    )
)
SIGN_COMMANDS = {
    "cdot": "*", "times": "*", "ast": "*", "odot": "⊙", "circ": "⊙", "div": "/", "ge": ">=",
    "geq": ">=", "geqslant": ">=", "le": "<=", "leq": "<=", "leqslant": "<=", "gt": ">", "lt": "<",
    "ne": "!=", "neq": "!=", "partial": "∂", "lbrace": "{", "rbrace": "}", "lvert": "|", "rvert": "|",
    "vert": "|", "mid": "|", "prime": "'", "leftarrow": "←", "gets": "←", "top": "⊤", "intercal": "⊤",
    "lbrack": "[", "rbrack": "]", "colon": ":",
}  # fmt: skip
STRUCTURES = {
    "frac": "frac", "dfrac": "frac", "tfrac": "frac", "sqrt": "sqrt", "hat": "hat", "widehat": "hat",
    "bar": "bar", "overline": "bar", "tilde": "tilde", "begin": "begin", "end": "end", "sum": "sum",
}  # fmt: skip
FONTS = frozenset(
    re.findall(
        r"\w+",
        """
    mathbf mathrm mathit mathsf mathcal boldsymbol bm operatorname text textrm mathbb mathds
    mathbbm pmb
    """,
    )
)
WORDS = frozenset(
    re.findall(
        r"\w+",
        """
    sigma exp log ln tanh max min alpha beta gamma delta epsilon varepsilon zeta eta theta iota
    kappa lambda mu nu xi pi rho tau upsilon phi varphi chi psi omega Gamma Delta Theta Lambda
    Xi Pi Sigma Phi Psi Omega
    """,
    )
)
FONT = re.compile(r"\s*(?:\{\s*([^{}\\]*?)\s*\}|([A-Za-z0-9]))")


def tokenize(text: str) -> list[Token]:
    """Cut a text into tokens, the last of kind ``end``.

    Raises:
        ReadingError: the text is too long, or holds a character or command that we do not read.
    """
    if len(text) > MAX_LENGTH:
        raise ReadingError(f"too long: {len(text)} characters, at most {MAX_LENGTH} are read")
    text = unletter(text)
    tokens: list[Token] = []
    position = 0
    while position < len(text):
        position = step(text, position, tokens)
        if len(tokens) > MAX_TOKENS:
            raise ReadingError(f"too long: more than {MAX_TOKENS} symbols")
    tokens.append(Token("end", "", len(text) + 1))
    return tokens


def unletter(text: str) -> str:
    """The italic and bold letters of mathematical Unicode as plain ones, in their places."""
    if text.isascii():
        return text
    return "".join(
        unicodedata.normalize("NFKC", sign) if "\U0001d400" <= sign <= "\U0001d7ff" else sign
        for sign in unicodedata.normalize("NFC", text)
    )


def step(text: str, position: int, tokens: list[Token]) -> int:
    """Read one token at a position; the position after it."""
    column = position + 1
    if text[position] in SIGNS:
        tokens.append(Token("operator", SIGNS[text[position]], column))
        return position + 1
    match = PATTERN.match(text, position)
    if match is None:
        raise ReadingError(f"unexpected character {shown(text[position])}", column)
    kind, found = str(match.lastgroup), match.group()
    if kind == "command":
        return command(text, match, tokens)
    if kind == "row":
        tokens.append(Token("operator", "\\\\", column))
    elif kind == "brace":
        tokens.append(Token("operator", found[1:], column))
    elif kind == "total":
        tokens.append(Token("command", "sum", column))
    elif kind == "raised":
        tokens.append(Token("operator", "^", column))
        raised = "⊤" if found == "ᵀ" else found.translate(RAISED)
        sign, digits = raised[: raised.startswith("-")], raised.lstrip("-")
        tokens += [Token("operator", "-", column)] * bool(sign)
        tokens.append(Token("operator" if digits == "⊤" else "number", digits, column))
    elif kind != "space":
        tokens.append(Token(kind, SPELLED.get(found, found), column))
    return match.end()


def shown(sign: str) -> str:
    """A character as a message can name it, however it looks or does not."""
    name = unicodedata.name(sign, "without a name").lower()
    return f"'{sign}' ({name})" if sign.isprintable() else f"U+{ord(sign):04X} ({name})"


def command(text: str, match: re.Match[str], tokens: list[Token]) -> int:
    """Read one LaTeX command; the position after it and what it takes along."""
    name, column, end = match.group("command"), match.start() + 1, match.end()
    if name in FONTS:
        inner = FONT.match(text, end)
        if inner is None:
            raise ReadingError(f"expected a name in braces after \\{name}", column)
        word = inner.group(1) if inner.group(1) is not None else inner.group(2)
        if name == "text" and not word.isidentifier():
            return inner.end()  # words between formulas, such as "otherwise"
        kind = "number" if word.isdigit() else "operator" if word == "T" else "word"
        tokens.append(Token(kind, "⊤" if word == "T" else word, column))
        return inner.end()
    if name in SKIPPED:
        if text[end : end + 1] == ".":  # \right. closes what has no bracket
            return end + 1
        return end
    if name in SIGN_COMMANDS:
        tokens.append(Token("operator", SIGN_COMMANDS[name], column))
    elif name in STRUCTURES:
        tokens.append(Token("command", STRUCTURES[name], column))
    elif name in WORDS:
        tokens.append(Token("word", name.removeprefix("var"), column))
    else:
        raise ReadingError(f"unknown LaTeX command \\{name[:30]}", column)
    return end
