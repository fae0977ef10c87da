"""LaTeX → the mathematics of Typst: what this project and its authors write, by one table; anything else is refused.

Signs become characters and not the names that Typst has for them, as names change from version to version.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Iterator

from msgspec import Struct

MAX_DEPTH = 60
TOKEN = re.compile(r"\\(?:[A-Za-z]+|.|$)|[0-9]+(?:\.[0-9]+)?|\s+|.", re.DOTALL)
OPEN, CLOSED = 'class("opening", {})', 'class("closing", {})'  # a bar has no side of its own
SIGNS = {
    "alpha": "α", "beta": "β", "gamma": "γ", "delta": "δ", "epsilon": "ϵ", "varepsilon": "ε", "zeta": "ζ",
    "eta": "η", "theta": "θ", "vartheta": "ϑ", "iota": "ι", "kappa": "κ", "lambda": "λ", "mu": "μ", "nu": "ν", "xi": "ξ",
    "pi": "π", "rho": "ρ", "varrho": "ϱ", "sigma": "σ", "tau": "τ", "upsilon": "υ", "phi": "ϕ", "varphi": "φ", "chi": "χ",
    "psi": "ψ", "omega": "ω", "Gamma": "Γ", "Delta": "Δ", "Theta": "Θ", "Lambda": "Λ", "Xi": "Ξ", "Pi": "Π", "Sigma": "Σ",
    "Phi": "Φ", "Psi": "Ψ", "Omega": "Ω", "partial": "∂", "nabla": "∇", "infty": "∞", "ell": "ℓ", "top": "⊤", "circ": "∘",
    "cdot": "⋅", "times": "×", "odot": "⊙", "otimes": "⊗", "oplus": "⊕", "ast": "∗", "pm": "±", "in": "∈", "notin": "∉",
    "subset": "⊂", "le": "≤", "leq": "≤", "ge": "≥", "geq": "≥", "ne": "≠", "neq": "≠", "ll": "≪", "gg": "≫", "approx": "≈",
    "sim": "∼", "propto": "∝", "equiv": "≡", "to": "→", "rightarrow": "→", "leftarrow": "←", "gets": "←", "mapsto": "↦",
    "Rightarrow": "⇒", "iff": "⇔", "dots": "…", "ldots": "…", "cdots": "⋯", "vdots": "⋮", "ddots": "⋱", "mid": "∣",
    "sum": "∑", "prod": "∏", "int": "∫", "lVert": OPEN.format("‖"), "rVert": CLOSED.format("‖"), "Vert": "‖",
    "lvert": OPEN.format(r"\|"), "rvert": CLOSED.format(r"\|"),
    "lfloor": "⌊", "rfloor": "⌋", "lceil": "⌈", "rceil": "⌉", "langle": "⟨", "rangle": "⟩", "prime": "′", "forall": "∀",
    "exists": "∃", "cup": "∪", "cap": "∩", "setminus": "∖", "lbrace": r"\{", "rbrace": r"\}",
    "{": r"\{", "}": r"\}", "|": "‖", "%": r"\%", "#": r"\#", "$": r"\$", "&": r"\&", "_": r"\_",
    ",": "thin", ":": "med", ";": "thick", " ": "space.nobreak", "!": "", "quad": "quad", "qquad": "wide",
}  # fmt: skip
NAMED = [
    "log",
    "ln",
    "exp",
    "sin",
    "cos",
    "tan",
    "sinh",
    "cosh",
    "tanh",
    "arctan",
    "arg",
    "det",
    "dim",
    "ker",
    "rank",
    "max",
    "min",
    "sup",
    "inf",
    "lim",
]
BELOW = {"max", "min", "sup", "inf", "lim", "det"}  # an index stands below them
OF_ONE = {  # commands with an argument
    "hat": "hat({})", "widehat": "hat({})", "bar": "macron({})", "overline": "overline({})", "tilde": "tilde({})",
    "vec": "arrow({})", "dot": "dot({})", "mathbb": "bb({})", "mathbf": "upright(bold({}))", "boldsymbol": "bold({})",
    "mathcal": "cal({})", "mathrm": "upright({})",
}  # fmt: skip
WORDS = {  # commands whose argument is a word
    "mathit": "italic({})", "operatorname": "op({})", "text": "{}", "textrm": "{}", "textit": "italic({})",
    "textbf": "bold({})", "texttt": "mono({})",
}  # fmt: skip
OF_TWO = {"frac": "frac({}, {})", "dfrac": "display(frac({}, {}))", "tfrac": "inline(frac({}, {}))"}
MATRICES = {
    "matrix": "#none", "bmatrix": '"["', "pmatrix": '"("', "vmatrix": '"|"', "Bmatrix": '"{"',
}  # fmt: skip
PLAIN = {  # characters that mean something to Typst
    **{sign: "\\" + sign for sign in "()[]|/,;\"'#$@~`\\*:"},
    "~": "space.nobreak", "*": "∗",
}  # fmt: skip
ROW = "\\\\"


class FormulaError(Exception):
    """What cannot be printed: ``sign`` in ``formula``, at a place counted from 0."""

    def __init__(self, message: str, place: int, formula: str = "") -> None:
        super().__init__(message)
        self.message, self.place, self.formula = message, place, formula

    @property
    def sign(self) -> str:
        """The command at the place; where there is none, the whole formula."""
        found = TOKEN.match(self.formula, self.place)
        return found[0] if found and found[0][0] == "\\" else self.formula


class Token(Struct, frozen=True):
    """A command with its backslash, a number, white space or one character."""

    text: str
    place: int

    @property
    def command(self) -> str:
        """Its name, where it is a command."""
        return self.text[1:] if self.text[0] == "\\" else ""


@functools.lru_cache(maxsize=20_000)
def typeset(latex: str) -> str:
    """A formula for Typst, without the signs around it.

    >>> typeset(r"\\\\frac{\\\\partial L}{\\\\partial w_{21}} = \\\\hat{y}^{2}")
    'frac(∂ L, ∂ w_(21)) = hat(y)^(2)'

    Raises:
        FormulaError: a command that is not in the tables, or braces that do not match.
    """
    reader = Reader([Token(one[0], one.start()) for one in TOKEN.finditer(latex)], len(latex))
    try:
        return " ".join(reader.until(None))
    except FormulaError as error:
        raise FormulaError(error.message, error.place, latex) from None


class Reader:
    """Reads tokens once, from left to right."""

    def __init__(self, tokens: list[Token], length: int) -> None:
        self.tokens = [one for one in tokens if one.text.strip() or one.text == "\\ "]
        self.every, self.end, self.at, self.depth = tokens, Token(" ", length), 0, 0

    @property
    def here(self) -> Token:
        return self.tokens[self.at] if self.at < len(self.tokens) else self.end

    def take(self) -> Token:
        token = self.here
        if token is self.end:
            raise FormulaError("something is missing at the end of the formula", token.place)
        self.at += 1
        return token

    def until(self, *ends: str | None) -> Iterator[str]:
        """What stands before one of some tokens, which is taken too; ``None`` is the end of the formula."""
        self.depth += 1
        if self.depth > MAX_DEPTH:
            raise FormulaError("nested too deeply", self.here.place)
        while True:
            if self.here is self.end and None in ends:
                break
            if self.here.text in ends:
                self.take()
                break
            yield self.with_scripts()
        self.depth -= 1

    def with_scripts(self) -> str:
        """One part with its primes, index and power."""
        grouped = self.here.text == "{"
        base = '""' if self.here.text in ("_", "^", "'") else self.part()
        primes, scripts = 0, dict[str, str]()
        while self.here.text in ("_", "^", "'"):
            token = self.take()
            if token.text == "'":
                primes += 1
            elif token.text in scripts:
                raise FormulaError(f"a second '{token.text}' at one sign", token.place)
            else:
                scripts[token.text] = self.part()
        if not (primes or scripts):
            return base
        power = " ".join(["′"] * primes + [scripts[one] for one in "^" if one in scripts])
        if grouped:
            above = {"t": power, "b": scripts.get("_", "")}
            given = "".join(f", {where}: {what}" for where, what in above.items() if what)
            return f"attach({base}{given})"
        below = f"_({scripts['_']})" if "_" in scripts else ""
        return base + below + (f"^({power})" if power else "")

    def part(self) -> str:
        """A group, a command with what it takes, or one sign."""
        token = self.take()
        if token.text == "{":
            return " ".join(self.until("}"))
        if token.text == "}":
            raise FormulaError("a brace that closes nothing", token.place)
        if not token.command:
            if token.text in "&%#$":
                raise FormulaError(f"'{token.text}' has no place here", token.place)
            return PLAIN.get(token.text, token.text)
        return self.command(token)

    def command(self, token: Token) -> str:
        name = token.command
        if name in SIGNS:
            return SIGNS[name]
        if name in NAMED:
            return f'op("{name}", limits: #true)' if name in BELOW else f'op("{name}")'
        if name in OF_ONE:
            return OF_ONE[name].format(self.part())
        if name in WORDS:
            return WORDS[name].format(quoted(self.word()))
        if name in OF_TWO:
            return OF_TWO[name].format(self.part(), self.part())
        if name == "sqrt":
            return self.root()
        if name == "left":
            return self.fenced()
        if name == "begin":
            return self.environment(token)
        raise FormulaError(
            f"'{token.text}' is not among the commands that can be printed", token.place
        )

    def root(self) -> str:
        if self.here.text != "[":
            return f"sqrt({self.part()})"
        self.take()
        return f"root({' '.join(self.until(']'))}, {self.part()})"

    def word(self) -> str:
        """The text in braces as it stands."""
        opening = self.take()
        if opening.text != "{":
            raise FormulaError("expected a word in braces", opening.place)
        text, start = "", self.every.index(opening) + 1
        for one in self.every[start:]:
            if one.text == "}":
                while self.take() is not one:
                    pass
                return text
            if one.command and one.command not in SIGNS:
                raise FormulaError(f"'{one.text}' cannot stand in a word", one.place)
            text += one.command or one.text
        raise FormulaError("a brace that nothing closes", opening.place)

    def fenced(self) -> str:
        """What stands between brackets that grow with it."""
        left = self.delimiter()
        inside = " ".join(self.until("\\right"))
        return f"lr({left} {inside} {self.delimiter()})"

    def delimiter(self) -> str:
        token = self.take()
        if token.command and token.command not in SIGNS:
            raise FormulaError("expected a bracket", token.place)
        shown = SIGNS.get(token.command) or PLAIN.get(token.text, token.text)
        return "" if token.text == "." else shown

    def environment(self, token: Token) -> str:
        name = self.word()
        rows = self.rows(name)
        if name in MATRICES:
            body = "; ".join(", ".join(row) for row in rows)
            return (
                f"display(mat(delim: {MATRICES[name]}, {body}))"  # as large in a line as elsewhere
            )
        if name == "cases":
            return f"cases({', '.join(' & quad '.join(row) for row in rows)})"
        if name in ("aligned", "align*", "gathered"):
            return " \\ ".join(" & ".join(row) for row in rows)
        raise FormulaError(f"'\\begin{{{name}}}' cannot be printed", token.place)

    def rows(self, name: str) -> list[list[str]]:
        """The cells of an environment, row by row, to its end."""
        rows: list[list[str]] = [[""]]
        while self.here.text != "\\end":
            if self.here.text == "&":
                self.take()
                rows[-1].append("")
            elif self.here.text == ROW:
                self.take()
                rows.append([""])
            else:
                rows[-1][-1] = f"{rows[-1][-1]} {self.with_scripts()}".strip()
        token = self.take()
        if self.word() != name:
            raise FormulaError(f"expected '\\end{{{name}}}'", token.place)
        return rows if rows[-1] != [""] else rows[:-1]


def quoted(text: str) -> str:
    """A text as a string of Typst.

    >>> quoted('a "b"')
    '"a \\\\\\\\"b\\\\\\\\""'
    """
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return '"' + escaped.replace("\n", "\\n").replace("\r", "") + '"'
