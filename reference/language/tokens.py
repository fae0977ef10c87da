"""Text to tokens: plain, Unicode and LaTeX spellings of one sign become the same token."""

from __future__ import annotations

import re
import unicodedata

from msgspec import Struct

from reference.language.errors import ReadingError
from reference.language.programs import without_libraries

MAX_LENGTH = 4000
MAX_TOKENS = 600


class Token(Struct, frozen=True, gc=False):
    """``kind``: number, word, operator, command (of LaTeX, with structure) or end."""

    kind: str
    text: str
    column: int


SIGNS = {
    **dict.fromkeys("−–", "-"),
    **dict.fromkeys("·×⋅∗•∙", "*"),
    **dict.fromkeys("⊙∘", "⊙"),
    **dict.fromkeys("÷⁄∕", "/"),
    "≥": ">=",
    "≤": "<=",
    "≠": "!=",
    "≔": "←",
    "…": "..",
    "′": "'",
    **dict.fromkeys("’´ʹ", "'"),
    "**": "^",
    ".^": "^",
    ".*": "⊙",
    ":=": "←",
    "<-": "←",
    **dict.fromkeys((".mT", ".t()", ".transpose()"), ".T"),
    "⟦": "[",
    "⟧": "]",
}
LOWERED = "ᵢⱼₖₗₘₙₐₑₕₒₚᵣₛₜᵤᵥₓ"
# A word starts with a letter; superscript digits end it, as x² is a square.
LETTER = rf"[^\W\d_ʹ⁰¹²³⁴-⁹ᵀ¼-¾⅐-⅟↉{LOWERED}]"
# The most common words and signs come first, and take the blanks behind them along: each match counts.
WORD = rf"""(?:[A-Za-z][A-Za-z0-9]*(?![\w\u0300-\u036f])
    |(?!sum_|[Σ∑][_{LOWERED}]){LETTER}(?:_(?=[^\W_])|[^\W_ʹ⁰¹²³⁴-⁹ᵀ]|[\u0300-\u036f])*(?:_\{{\w+\}})?)"""
NUMBER = r"(?:[0-9]+(?:\.(?![*^]|\.\s*[\w(\\])[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]+)?"
RAISED_SIGNS = "(?:[⁰¹²³⁴-⁹⁻]+|ᵀ)"
SINGLE = "-+*/^@()[]{},<>'=∂∇&|‖_;.←⊤⌊⌋⌈⌉" + "".join(sign for sign in SIGNS if len(sign) == 1)
TRANSPOSES = r"\.m?T\b|\.t\(\)|\.transpose\(\)"
OPERATOR = (
    rf"(?:\*\*|//|\.\*|\.\^|\.\.(?=\s*[\w(\\])|{TRANSPOSES}|[-+*/<>!=:]=|<-|[{re.escape(SINGLE)}])"
)
PATTERN = re.compile(
    rf"""(?P<word>{WORD})\ *
      | (?P<number>{NUMBER})\ *
      | (?P<operator>{OPERATOR})\ *
      | (?P<space>[\s\u200b\u200c\u2060-\u2064\ufeff$~]+|\\[()\[\],;:!\ ])
      | (?P<row>\\\\)
      | (?P<escaped>\\[{{}}|_])
      | \\(?P<command>[A-Za-z]+)(?:(?<=operatorname)\*)?
      | (?P<total>sum|[Σ∑])
      | (?P<raised>{RAISED_SIGNS})
      | (?P<lowered>[{LOWERED}]+)
      | (?P<other>.)""",
    re.VERBOSE,
)
CONDITIONS = frozenset({"if", "for", "when", "begin"})
FEW = 100  # tokens, by which it is told what an arrow is
PLAIN_KINDS = frozenset({"word", "number", "operator"})
# Letters and digits of mathematical Unicode, but for the 1 of indicators.
STYLED = re.compile("[\u2100-\u214f\U0001d400-\U0001d7d8\U0001d7da-\U0001d7ff]")
COMMANDS = {"√": "sqrt", "𝟙": "indicator"}
ROOTS = {"∛": "3", "∜": "4"}
RAISED = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹⁻", "0123456789-")

SKIPPED = frozenset(
    re.findall(
        r"\w+",
        """
    left right big Big bigg Bigg bigl bigr Bigl Bigr biggl biggr Biggl Biggr displaystyle
    textstyle quad qquad limits nolimits mathstrut boxed substack
    """,
    )
)
SIDED = {"left": "|(", "right": ")|"}  # bars that say on which side they stand
SIGN_COMMANDS = {
    "cdot": "*", "times": "*", "ast": "*", "odot": "⊙", "circ": "⊙", "div": "/", "ge": ">=",
    "geq": ">=", "geqslant": ">=", "le": "<=", "leq": "<=", "leqslant": "<=", "gt": ">", "lt": "<",
    "ne": "!=", "neq": "!=", "partial": "∂", "lbrace": "{", "rbrace": "}", "lvert": "|", "rvert": "|",
    "vert": "|", "mid": "|", "Vert": "‖", "lVert": "‖", "rVert": "‖", "nabla": "∇", "prime": "'", "leftarrow": "←", "gets": "←", "top": "⊤", "intercal": "⊤",
    "lbrack": "[", "rbrack": "]", "colon": ":", "llbracket": "[", "rrbracket": "]", "coloneqq": "←",
    "dots": "..", "ldots": "..", "lfloor": "⌊", "rfloor": "⌋", "lceil": "⌈", "rceil": "⌉",
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
    mathbbm pmb vec
    """,
    )
)
WORDS = frozenset(
    re.findall(
        r"\w+",
        """
    sigma exp log ln sin cos tan sec csc cot sinh cosh tanh arcsin arccos arctan max min det alpha beta gamma delta epsilon varepsilon zeta eta theta iota
    kappa lambda mu nu xi pi rho tau upsilon phi varphi chi psi omega Gamma Delta Theta Lambda
    Xi Pi Sigma Phi Psi Omega vartheta varrho varkappa star
    """,
    )
)
FONT = re.compile(r"\s*(?:\{([^{}\\]*)\}|([A-Za-z0-9]))")
INNER_NAME = (
    re.compile(  # \mathbf{\hat{y}_1} and \boldsymbol{\delta}: a command and what belongs to it
        r"\s*\{(\s*\\[A-Za-z]+(?:\s*\{\w+\}|\s+[A-Za-z])?(?:_(?:\w|\{[\w,]+\}))?)\s*\}"
    )
)


def tokenize(text: str) -> list[Token]:
    """Cut a text into tokens, the last of kind ``end``.

    Raises:
        ReadingError: the text is too long, or holds a character or command that we do not read.
    """
    if len(text) > MAX_LENGTH:
        raise ReadingError(f"too long: {len(text)} characters, at most {MAX_LENGTH} are read")
    text = unletter(without_libraries(text))
    tokens = cut(text)
    if len(tokens) > MAX_TOKENS:
        raise ReadingError(f"too long: more than {MAX_TOKENS} symbols")
    tokens.append(Token("end", "", len(text) + 1))
    return tokens


def cut(text: str) -> list[Token]:
    """The tokens of a text, but for its end."""
    tokens: list[Token] = []
    position = 0
    while position < len(text):
        for found in PATTERN.finditer(text, position):
            kind = found.lastgroup
            if kind in PLAIN_KINDS:
                spelled = found[kind]
                if spelled == "<-" and in_condition(tokens):
                    tokens.append(Token(kind, "<", found.start() + 1))
                    position = found.start() + 1
                    break
                tokens.append(Token(kind, SIGNS.get(spelled, spelled), found.start() + 1))
            elif kind == "command":  # which may take along what follows
                position = command(text, found, tokens)
                break
            elif kind != "space":
                special(found, tokens)
        else:
            break
    return tokens


def in_condition(tokens: list[Token]) -> bool:
    """Is a value compared with what follows, behind *if* or in a bracket, where nothing is assigned?"""
    signs = [one.text for one in tokens[:FEW]]
    opened = sum(map(signs.count, "([{")) - sum(map(signs.count, ")]}"))
    return opened > 0 or not CONDITIONS.isdisjoint(signs)


def unletter(text: str) -> str:
    """The italic and bold letters of mathematical Unicode as plain ones, in their places."""
    if text.isascii():
        return text
    return STYLED.sub(
        lambda match: unicodedata.normalize("NFKC", match.group()),
        unicodedata.normalize("NFC", text),
    )


def special(match: re.Match[str], tokens: list[Token]) -> None:
    """Read what is more than a word, a number, a plain sign or a command."""
    found, column = match.group(), match.start() + 1
    match match.lastgroup:
        case "row":
            tokens.append(Token("operator", "\\\\", column))
        case "escaped":
            tokens.append(Token("operator", "‖" if found == "\\|" else found[1:], column))
        case "total":
            tokens.append(Token("command", "sum", column))
        case "lowered":
            index = unicodedata.normalize("NFKC", found)
            tokens += [Token("operator", "_", column), Token("word", index, column)]
        case "raised":
            tokens += raised(found, column, tokens)
        case _ if found in COMMANDS:
            tokens.append(Token("command", COMMANDS[found], column))
        case _ if found in ROOTS:
            signs = (
                ("command", "sqrt"),
                ("operator", "["),
                ("number", ROOTS[found]),
                ("operator", "]"),
            )
            tokens += [Token(kind, text, column) for kind, text in signs]
        case _ if found == ":" and within_call(tokens):
            tokens.append(Token("operator", found, column))  # of a setting, as in stride: 2
        case _ if unicodedata.decomposition(found).startswith("<fraction>"):
            if tokens and tokens[-1].kind == "number":
                raise mixed(tokens[-1].text, found, tokens[-1].column)
            tokens += vulgar(found, column)
        case _:
            raise ReadingError(f"unexpected character {shown(found)}", column)


def within_call(tokens: list[Token]) -> bool:
    """Is the last of some tokens a word within brackets?"""
    signs = [one.text for one in tokens]
    return signs.count("(") > signs.count(")") and tokens[-1].kind == "word"


def vulgar(sign: str, column: int) -> list[Token]:
    """A fraction of one character, ``½``, in brackets."""
    upper, _, lower = unicodedata.normalize("NFKC", sign).partition("\u2044")
    parts = (("operator", "("), ("number", upper), ("operator", "/"), ("number", lower or "1"))
    return [Token(kind, text, column) for kind, text in (*parts, ("operator", ")"))]


def mixed(whole: str, sign: str, column: int) -> ReadingError:
    """What to ask of ``2½``, which is a number to some and a product to others."""
    message = f"{whole}{sign} can be {whole} + {sign} or a product: write + or * between them"
    found = ReadingError(message, column)
    return found.instead(f"{whole}{sign}", f"({whole} + {sign})", f"{whole} * {sign}")


def raised(found: str, column: int, before: list[Token]) -> list[Token]:
    """Superscripts: a power, or the transpose."""
    text = "⊤" if found == "ᵀ" else found.translate(RAISED)
    sign, digits = text[: text.startswith("-")], text[text.startswith("-") :]
    if not digits or "-" in digits:
        raise ReadingError(f"expected digits in the superscript '{found[:20]}'", column)
    tokens = [Token("operator", "^", column)] * (not (before and before[-1].text == "^"))
    tokens += [Token("operator", "-", column)] * bool(sign)
    return [*tokens, Token("operator" if digits == "⊤" else "number", digits, column)]


def shown(sign: str) -> str:
    """A character as a message can name it, however it looks or does not."""
    name = unicodedata.name(sign, "an invisible one").lower()
    return f"'{sign}' ({name})" if sign.isprintable() else f"U+{ord(sign):04X} ({name})"


def raised_here(tokens: list[Token]) -> bool:
    """Does an exponent begin behind some tokens?"""
    before = [one.text for one in tokens[-2:]]
    return before[-1:] == ["^"] or before == ["^", "{"]


def command(text: str, match: re.Match[str], tokens: list[Token]) -> int:
    """Read one LaTeX command; the position after it and what it takes along."""
    name, column, end = match.group("command"), match.start() + 1, match.end()
    if name in FONTS:
        nested = INNER_NAME.match(text, end)
        if nested is not None:
            tokens += [
                Token(one.kind, one.text, one.column + nested.start(1)) for one in cut(nested[1])
            ]
            return nested.end()
        inner = FONT.match(text, end)
        word = "" if inner is None else (inner[1] or inner[2] or "").strip()
        if inner is None or not (word or name == "text"):
            raise ReadingError(f"expected a name in braces after \\{name}", column)
        word = word.strip(" .,;:") if name == "text" else word
        if name == "text" and not word.isidentifier():
            return inner.end()  # words between formulas, such as "otherwise"
        if word in ("1", "𝟙"):
            tokens.append(Token("command", "indicator", column))
        else:
            kind = (
                "number"
                if word.isdecimal() and word.isascii()
                else "operator"
                if word == "T" and raised_here(tokens)
                else "word"
            )
            tokens.append(Token(kind, "⊤" if kind == "operator" else word, column))
        return inner.end()
    if name in SKIPPED:
        if text[end : end + 1] == ".":  # \right. closes what has no bracket
            return end + 1
        if name in SIDED and text[end : end + 1] == "|":
            tokens.append(Token("operator", SIDED[name], column))
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
