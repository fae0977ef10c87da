"""Why each option is right or wrong, and each text belongs where it does: what the author says of those shown."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from grader.bank import fill
from grader.pools import Pool, Reason
from grader.sheets.notation import Notation, prose


def of_pool(pool: Pool, order: Sequence[str], words: Mapping[str, str], notation: Notation) -> str:
    """A line for each text that bears a letter; nothing where the author says nothing of any."""
    reasons = pool.reasons(order)
    if not any(one.because for one in reasons):
        return ""
    return "\n".join(written(one, words, notation) for one in reasons)


def written(reason: Reason, words: Mapping[str, str], notation: Notation) -> str:
    because = prose(fill(reason.because, {**words, "sign": reason.letter}), notation)
    return f"- **({reason.letter}) {reason.verdict}.** {because}".rstrip()
