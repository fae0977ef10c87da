"""Names as people write them: all spellings of one name meet under one key."""

from __future__ import annotations

import difflib
import functools
import unicodedata
from collections.abc import Callable, Iterable, Mapping

from msgspec import Struct

from reference.language.errors import Undeclared, quoted
from reference.language.over_time import ABSENT, Time, lagged

MAX_NAME = 60  # characters, with its spelling
MAX_SPLIT = 24  # letters in a run of names
MAX_LETTERS = 64  # of steps, each at one of them, whose names are kept
MARKS = {"\u0302": "hat", "\u0304": "bar", "\u0303": "tilde"}
GREEK = {
    "α": "alpha", "β": "beta", "γ": "gamma", "δ": "delta", "ε": "epsilon", "ϵ": "epsilon", "ζ": "zeta",
    "η": "eta", "θ": "theta", "κ": "kappa", "λ": "lambda", "μ": "mu", "µ": "mu", "ν": "nu", "ξ": "xi",
    "π": "pi", "ρ": "rho", "σ": "sigma", "τ": "tau", "φ": "phi", "ϕ": "phi", "χ": "chi", "ψ": "psi",
    "ω": "omega", "Δ": "Delta", "Σ": "Sigma", "Θ": "Theta", "Λ": "Lambda", "Φ": "Phi", "Ψ": "Psi",
    "Ω": "Omega",
}  # fmt: skip
SUBSCRIPTS = dict(zip("₀₁₂₃₄₅₆₇₈₉ᵢⱼₖₗₘₙₐₑₕₒₚᵣₛₜᵤᵥₓ", "0123456789ijklmnaehoprstuvx", strict=True))
LOWERED = str.maketrans({sign: "_" + plain for sign, plain in SUBSCRIPTS.items()})
JOINTS = str.maketrans(SUBSCRIPTS | dict.fromkeys("_{}[],", ""))


class Vocabulary(Struct, frozen=True, dict=True):
    """What a text may name.

    ``functions``: abstract functions with the number of their arguments. ``indices``: those of
    ``names`` that stand for the place of an entry. ``also``: other names, each with the one that it stands for.
    ``time``: the steps at which ``s_t`` and ``s_{t-1}`` are names. ``sizes``: those of ``names`` of which the place of
    an entry may be made.
    """

    names: tuple[str, ...] = ()
    functions: tuple[tuple[str, int], ...] = ()
    indices: tuple[str, ...] = ()
    also: tuple[tuple[str, str], ...] = ()
    time: Time | None = None
    sizes: tuple[str, ...] = ()

    @functools.cached_property
    def spellings(self) -> dict[str, str]:
        """Key of every spelling → declared name."""
        others = {canonical(other): name for other, name in self.also}
        steps = keys_of(self.time.outside) if self.time else {}
        return steps | others | {canonical(name): name for name in self.names}

    def at_step(self, letter: str, step: int) -> dict[str, str]:
        """Key of every name with a letter for a step in it → the name at that step."""
        assert self.time is not None
        if (letter, step) not in self.at_steps:
            if len(self.at_steps) >= MAX_LETTERS:
                self.at_steps.clear()
            self.at_steps[letter, step] = keys_of(self.time.aliases(letter, step))
        return self.at_steps[letter, step]

    @functools.cached_property
    def at_steps(self) -> dict[tuple[str, int], dict[str, str]]:
        """Those that were asked for."""
        return {}

    @property
    def listed(self) -> list[str]:
        """All that may be named, as it is told to whoever names something else."""
        if self.time is None:
            return [*self.spellings.values()]
        return [name for name in self.spellings.values() if not name.startswith(ABSENT)]

    @functools.cached_property
    def starred(self) -> frozenset[str]:
        """Keys of what stands before the star of a name: y of ``y*``."""
        return frozenset(key[:-4] for key in self.spellings if key.endswith("star") and key[:-4])

    @functools.cached_property
    def plain_spellings(self) -> dict[str, str]:
        """Those of the names that are no functions as well."""
        return {
            key: name for key, name in self.spellings.items() if key not in self.function_spellings
        }

    @functools.cached_property
    def index_spellings(self) -> dict[str, str]:
        """Those of the indices."""
        return {canonical(name): name for name in self.indices}

    @functools.cached_property
    def size_spellings(self) -> frozenset[str]:
        """The keys of the sizes."""
        return frozenset(map(canonical, self.sizes))

    @functools.cached_property
    def function_spellings(self) -> dict[str, tuple[str, int]]:
        """Key of every function → its name, and the number of its arguments."""
        return {canonical(name): (name, count) for name, count in self.functions}


def keys_of(aliases: Mapping[str, str]) -> dict[str, str]:
    """The keys of names with a letter for a step in them, with what they stand for."""
    return {canonical(other): name for other, name in aliases.items()}


def canonical(name: str) -> str:
    """The key of a name: ``w_{21}``, ``w₂₁`` and ``w21`` have one, as ``ŷ`` and ``yhat`` have."""
    return keyed(name) if len(name) <= MAX_NAME else name


@functools.lru_cache(maxsize=10_000)
def keyed(name: str) -> str:
    text = name.translate(JOINTS)
    if text.isascii():
        return text
    signs = unicodedata.normalize("NFD", text)
    return "".join(MARKS.get(sign, GREEK.get(sign, sign)) for sign in signs)


def nearest(name: str, known: Iterable[str]) -> list[str]:
    """The name that is most like one that is not declared, if one is."""
    known, shown = sorted({*known}), quoted(name)
    lowered = {one.lower(): one for one in reversed(known)}
    close = difflib.get_close_matches(shown, known, n=1)
    return close or [lowered[one] for one in difflib.get_close_matches(shown.lower(), lowered, n=1)]


def undeclared(name: str, known: Iterable[str], column: int) -> Undeclared:
    """The error for a name that is not declared."""
    error = Undeclared(name, unknown(name, known), column)
    return error.instead(name, *nearest(name, known), column=column)


def relist(error: Undeclared, known: Iterable[str], time: Time | None = None) -> None:
    """Let an error say which names there are where fewer are allowed than are declared, at the steps that there are."""
    error.message = unknown(error.name, known, time)
    error.instead(error.name, *nearest(error.name, known), column=error.column)


def unknown(name: str, known: Iterable[str], time: Time | None = None) -> str:
    """What to say of a name that is not declared; c of ``c_{t-1}`` has a value at each step."""
    known, shown = sorted({*known}), quoted(name)
    whole = {canonical(shown)}
    if time is not None and not time.at:
        whole.add(canonical(lagged(shown, time.letter, 0)))
    at_steps = next((one for one in known if canonical(one) in whole), "")
    if at_steps:
        letter = at_steps.rpartition("_")[2]
        return (
            f"'{shown}' is not said to be at one step: sum over it, as in sum_{letter} {at_steps}"
        )
    close = nearest(name, known)
    hint = f"; did you mean '{close[0]}'?" if close else ""
    foreign = [sign for sign in shown if not sign.isascii() and canonical(sign) == sign]
    if foreign and foreign[0].isalpha():
        hint += f"; '{foreign[0]}' is {unicodedata.name(foreign[0], 'unknown').lower()}"
    if not known:
        return f"unknown name '{shown}', expected a number"
    allowed = ", ".join(known[:20])
    return f"unknown name '{shown}'{hint} (names here: {allowed})"


def cuts(
    text: str,
    is_name: Callable[[str], bool],
    is_last: Callable[[str], bool] = lambda _: False,
) -> list[list[str]]:
    """All ways to cut a run of letters into names, two at the most.

    Args:
        is_last: what may stand at the end besides a name.
    """
    if len(text) > MAX_SPLIT:
        return []
    ways: list[list[list[str]]] = [[[]]]
    for end in range(1, len(text) + 1):
        found = [
            [*way, text[start:end]]
            for start in range(end)
            if text[start].isalpha()
            and text[start] not in SUBSCRIPTS  # nor the rest of one
            and text[end - 1] not in "_{"
            and ways[start]
            and (is_name(text[start:end]) or (end == len(text) and is_last(text[start:end])))
            for way in ways[start]
        ]
        ways.append(found[:2])
    return ways[-1]
