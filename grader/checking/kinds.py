"""The kinds of findings: what each code means, and how to mend the fault.

A code never changes its meaning. ``docs/checks.md`` has a section for each.
"""

from __future__ import annotations

from msgspec import Struct


class Kind(Struct, frozen=True):
    """A kind of finding: the group that looks for it, what it is, and how to mend it.

    ``matter_of_taste``: may an author accept it?
    """

    group: str
    what: str
    mend: str
    matter_of_taste: bool = False


KINDS = {
    "unreadable": Kind(
        "file",
        "the file is not YAML that gradmark can read",
        "save the file as UTF-8, write every key once, and use no anchors, aliases or tags",
    ),
    "schema": Kind(
        "file",
        "a key or value is not what the format expects",
        "see the keys in docs/authoring/keys.md, or let an editor check them by `gradmark schema`",
    ),
    "names": Kind(
        "file",
        "a name is unknown, declared twice, unused, or cannot be asked for",
        "declare the name, spell it as it is declared, or remove it",
    ),
    "shapes": Kind(
        "file",
        "shapes do not fit together",
        "compare the shapes in the message with those declared; a transpose may be missing",
    ),
    "options": Kind(
        "file",
        "a choice, matching or order has no right answer, or more than one",
        "mark one option `right: true`, or say how many options of the pool are shown",
    ),
    "figure": Kind(
        "file",
        "a figure cannot be drawn",
        "ask for `network`, or for loss curves at rates that are numbers",
    ),
    "undecided": Kind(
        "file",
        "gradmark cannot decide whether data determine a quantity",
        "ask for another quantity, or give other data",
    ),
    "unsolvable": Kind(
        "draws",
        "some seeds have no good draw",
        "widen `sample`, or loosen `require`",
    ),
    "rarely-solvable": Kind(
        "draws",
        "nearly all draws are rejected",
        "widen `sample`, or loosen `require`",
        matter_of_taste=True,
    ),
    "kink": Kind(
        "draws",
        "values lie so near a kink that rounding decides the answer",
        "sample from a grid that keeps away from the kink, or require a distance from it",
    ),
    "delicate": Kind(
        "draws",
        "rounding of intermediate values can change much of an answer",
        "sample values that do not nearly cancel, require a larger answer, or state a `tolerance`",
    ),
    "trivial": Kind(
        "draws",
        "an answer that takes no work, such as 0 or a given value, is marked right",
        "narrow the tolerance, sample other values, or say `may_be_trivial`",
    ),
    "misconception": Kind(
        "draws",
        "the value that a misconception gives is marked right",
        "narrow the tolerance, or sample values for which the right and the wrong value differ",
    ),
    "printed": Kind(
        "draws",
        "the printed variant does not fit the exercise",
        "under `printed`, give each drawn value in its shape",
    ),
    "few-variants": Kind(
        "draws",
        "there are too few variants to give neighbours different ones, or one answer is right in too many of them",
        "sample more values, or let structure be drawn with `choose`",
        matter_of_taste=True,
    ),
    "repeated-variants": Kind(
        "draws",
        "seeds give the same variant far more often than chance would",
        "loosen `require`, so that more of the declared variants are good",
        matter_of_taste=True,
    ),
    "gradient": Kind(
        "gradients",
        "a gradient does not agree with finite differences or with SymPy",
        "keep values away from where the function is steep or undefined; otherwise gradmark is at fault: report it",
    ),
    "key-rejected": Kind(
        "keys",
        "the key, written as gradmark shows it, is not marked correct",
        "widen the tolerance until the key can be written down; otherwise gradmark is at fault: report it",
    ),
    "near-miss": Kind(
        "keys",
        "an answer just outside the tolerance, or with the other sign, is marked correct",
        "narrow the tolerance",
    ),
    "construct": Kind(
        "keys",
        "the reference of what is constructed is not marked correct, or its sample is",
        "mend `reference` or `holds`, or give another `sample`",
    ),
    "wide-tolerance": Kind(
        "keys",
        "a tolerance is wide against the key",
        "narrow the `tolerance`, or sample larger values",
        matter_of_taste=True,
    ),
    "fractional-count": Kind(
        "keys",
        "a question asks how many, and the key is not a whole number",
        "sample values that make it whole, or ask for a number that need not be whole",
        matter_of_taste=True,
    ),
    "equal-options": Kind(
        "choices",
        "two options say the same",
        "remove one, or say what is different",
    ),
    "position": Kind(
        "choices",
        "the right option stands too often in the same place",
        "remove `shuffle: false`",
        matter_of_taste=True,
    ),
    "length": Kind(
        "choices",
        "the length of the right option gives it away",
        "write options of similar length, or a wrong one as long as the right one",
        matter_of_taste=True,
    ),
    "part-for-nothing": Kind(
        "choices",
        "who ticks every option, or none, earns part of the points",
        "write `scoring: penalised` or `scoring: all`",
        matter_of_taste=True,
    ),
    "false-claim": Kind(
        "claims",
        "a right option claims what does not hold in every variant, or a wrong one what holds in some",
        "mend the option, or what it claims under `holds`, or `sample` values for which it is always as it should be",
    ),
    "unproved-claim": Kind(
        "claims",
        "an option speaks of the drawn network, and nothing proves it",
        "state what it claims under `holds`, as a comparison",
        matter_of_taste=True,
    ),
    "no-because": Kind(
        "reasons",
        "a text to be chosen, matched or put in order, or an answer to which no steps lead, does not say why",
        "write under `because` why it is right, or where the thought that leads to it goes wrong",
        matter_of_taste=True,
    ),
    "placeholder": Kind(
        "texts",
        "a placeholder has no value",
        "spell it like a choice, a size or a sampled scalar",
    ),
    "prompt-name": Kind(
        "texts",
        "the text names a quantity that the exercise does not have",
        "spell it as it is declared, or declare it",
        matter_of_taste=True,
    ),
    "unexplained": Kind(
        "texts",
        "nobody says what a letter of a formula is",
        "write what it is, with the letter in a formula of its own, or declare it",
        matter_of_taste=True,
    ),
    "unnamed": Kind(
        "texts",
        "the sheet does not say what a given symbol is",
        "say what it is in the text, as in 'the weight $w$', or give it a value",
        matter_of_taste=True,
    ),
    "leak": Kind(
        "texts",
        "the text contains the answer",
        "remove it from the text, or say `may_be_trivial`",
        matter_of_taste=True,
    ),
    "copied": Kind(
        "texts",
        "what stands on the sheet is the answer",
        "hide it, ask for something else, or say `may_be_trivial`",
        matter_of_taste=True,
    ),
    "latex": Kind(
        "texts",
        "a formula cannot be rendered",
        "mend the LaTeX; the message says what is not understood",
    ),
    "image-text": Kind(
        "texts",
        "an image has no text for readers who cannot see it",
        "describe the image between the brackets, as in `![a loss curve](figure.png)`",
    ),
    "proof": Kind(
        "data",
        "the independent check refuses a proof about data",
        "gradmark is at fault: report it",
    ),
    "example": Kind(
        "examples",
        "an example is not marked as the file says",
        "mend the example, or the fault that it shows",
    ),
    "printed-answer": Kind(
        "examples",
        "a stated answer to the printed variant is not marked as stated",
        "compare with the source: mend the printed values, the equations, or the stated answer",
    ),
    "points": Kind(
        "points",
        "points do not add up to what is stated, or differ between students",
        "mend the total, or give each pick its `points`",
    ),
    "uneven-variants": Kind(
        "fairness",
        "some variants are predicted to be much harder or easier than the rest",
        "narrow `sample`, or require what makes the variants alike",
        matter_of_taste=True,
    ),
    "quiz": Kind(
        "quiz",
        "a quiz names something that does not exist, or cannot be dealt out",
        "spell the exercise or topic as in the bank, or choose fewer",
    ),
}

GROUPS = tuple(dict.fromkeys(kind.group for kind in KINDS.values()))
