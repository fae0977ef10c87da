"""The kinds of findings: what each code stands for, and how what it finds is mended.

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
        "the file is not YAML as it is read here",
        "mend the YAML: save it as UTF-8, write every key once, use neither anchors nor tags",
    ),
    "schema": Kind(
        "file",
        "a key or value is not what the format expects",
        "see the keys in docs/authoring/keys.md, or let an editor check them by `gradmark schema`",
    ),
    "names": Kind(
        "file",
        "a name is unknown, declared twice, unused or cannot be what is asked for",
        "declare the name, spell it as it is declared, or take it out",
    ),
    "shapes": Kind(
        "file",
        "shapes do not fit together",
        "compare the shapes in the message with those declared; a transpose may be missing",
    ),
    "options": Kind(
        "file",
        "what is chosen from, matched or put in order has no right answer, or two",
        "mark one option `right: true`, or say how many are shown of a pool",
    ),
    "figure": Kind(
        "file",
        "a figure that cannot be drawn",
        "ask for `network`, or for loss curves at rates that are numbers",
    ),
    "undecided": Kind(
        "file",
        "it is not decided whether data determine a quantity",
        "ask for another quantity, or give other data",
    ),
    "unsolvable": Kind(
        "draws",
        "some seeds have no good draw at all",
        "widen `sample`, or loosen `require`",
    ),
    "rarely-solvable": Kind(
        "draws",
        "nearly all draws are thrown away",
        "widen `sample`, or loosen `require`",
        matter_of_taste=True,
    ),
    "kink": Kind(
        "draws",
        "values lie so near a kink that rounding decides",
        "sample from a grid that keeps away from the kink, or require a distance from it",
    ),
    "delicate": Kind(
        "draws",
        "rounding on the way may leave little of an answer",
        "require that the answer is not small beside what it is the difference of, or state a `tolerance`",
    ),
    "trivial": Kind(
        "draws",
        "an answer that takes no work, such as 0 or a given value, is marked right",
        "narrow the tolerance, sample other values, or say `may_be_trivial`",
    ),
    "misconception": Kind(
        "draws",
        "what a misconception gives is marked right",
        "narrow the tolerance, or sample values for which the two differ",
    ),
    "printed": Kind(
        "draws",
        "the printed variant does not fit the exercise",
        "give each drawn value under `printed`, in the shape it has",
    ),
    "few-variants": Kind(
        "draws",
        "there are too few variants to give neighbours different ones",
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
        "keep values away from where the function is steep or not defined; else it is our fault: report it",
    ),
    "key-rejected": Kind(
        "keys",
        "the key is not marked correct as it is shown",
        "widen the tolerance to what can be written down; else it is our fault: report it",
    ),
    "near-miss": Kind(
        "keys",
        "an answer just outside the tolerance, or with the other sign, is marked correct",
        "narrow the tolerance",
    ),
    "equal-options": Kind(
        "choices",
        "two options say the same",
        "take one out, or say what is different",
    ),
    "position": Kind(
        "choices",
        "the right option stands in the same place in nearly all variants",
        "take `shuffle: false` out",
        matter_of_taste=True,
    ),
    "length": Kind(
        "choices",
        "the right option is told by its length",
        "write options of like length, or a wrong one as long as the right one",
        matter_of_taste=True,
    ),
    "placeholder": Kind(
        "texts",
        "nothing fills a placeholder",
        "spell it as a choice, a size or a sampled scalar",
    ),
    "prompt-name": Kind(
        "texts",
        "the text names a quantity that the exercise does not have",
        "spell it as it is declared, or declare it",
        matter_of_taste=True,
    ),
    "leak": Kind(
        "texts",
        "the text contains the answer",
        "take it out, or say `may_be_trivial`",
        matter_of_taste=True,
    ),
    "latex": Kind(
        "texts",
        "a formula is not rendered",
        "mend the LaTeX; see the message for what is not understood",
    ),
    "image-text": Kind(
        "texts",
        "an image without words for those who do not see it",
        "write them between the brackets: as in `![words](figure.png)`",
    ),
    "proof": Kind(
        "data",
        "a proof about data is refused by the independent check",
        "this is our fault: report it",
    ),
    "example": Kind(
        "examples",
        "an example is not marked as the file says",
        "mend the example, or what it shows to be wrong",
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
        "a quiz names what is not there, or cannot be dealt out",
        "spell the exercise or topic as the bank does, or choose fewer",
    ),
}

GROUPS = tuple(dict.fromkeys(kind.group for kind in KINDS.values()))
