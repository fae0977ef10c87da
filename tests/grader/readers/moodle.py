"""Moodle XML as Moodle reads and marks it: gaps by the pattern of its question type, answers in order, the first that fits counts."""

import re
from fractions import Fraction
from itertools import combinations
from xml.etree import ElementTree

from tests.grader.readers import (
    LETTERS,
    ChoiceKey,
    MatchKey,
    OrderKey,
    SeveralKey,
    exact,
    numbers,
    shares,
)

FRACTION = r"=|%-?[0-9]+(?:[.,][0-9]*)?%"
ANSWER = r".+?(?<!\\|&)(?=[~#}]|$)"
FEEDBACK = r".*?(?<!\\)(?=[~}]|$)"
ALTERNATIVE = rf"({FRACTION})?({ANSWER})(?:#({FEEDBACK}))?"
INNER = rf"(?:{FRACTION})?(?:{ANSWER})(?:#(?:{FEEDBACK}))?"
GAP = re.compile(
    rf"\{{([0-9]*):(NUMERICAL|NM|MULTICHOICE|MC|SHORTANSWER|SA):({INNER}(?:~{INNER})*)\}}",
    re.DOTALL,
)
NUMBER = r"-?(?:[0-9]+[.,]?[0-9]*|[.,][0-9]+)(?:[eE][-+]?[0-9]+)?"
NUMERICAL = re.compile(rf"^({NUMBER})(?::({NUMBER}))?$")
GRID = [100, 90, 83.33333, 80, 75, 70, 66.66667, 60, 50, 40, 33.33333, 30, 25, 20, 16.66667, 14.28571, 12.5, 11.11111, 10, 5, 0]  # fmt: skip


def read(data):
    """(idnumber → question) of a file; a question is a dictionary of what Moodle keeps."""
    found = {}
    for node in ElementTree.fromstring(data).iter("question"):
        if node.get("type") == "category":
            continue
        text = node.findtext("questiontext/text")
        one = {
            "type": node.get("type"),
            "text": text,
            "mark": float(node.findtext("defaultgrade") or 0),
            "files": {file.get("name") for file in node.iter("file")},
            "answers": [(a.get("fraction"), a.findtext("text")) for a in node.findall("answer")],
            "single": node.findtext("single"),
            "grading": node.findtext("gradingtype"),
            "told": node.findtext("graderinfo/text") or "",
        }
        if one["type"] == "cloze":
            one["gaps"] = [gap(*match) for match in GAP.findall(text)]
            one["mark"] = sum(weight for weight, _, _ in one["gaps"])
        name = node.findtext("idnumber")
        assert name not in found and len(name) <= 100
        found[name] = one
    return found


def gap(weight, kind, alternatives):
    """Weight, kind and [(share, answer, tolerance, feedback)] of a gap."""
    found = []
    for fraction, answer, feedback in re.findall(rf"{ALTERNATIVE}(?:~|$)", alternatives):
        share = 1.0 if fraction == "=" else float(fraction.strip("%") or 0) / 100
        tolerance = None
        if kind == "NUMERICAL":
            answer, within = NUMERICAL.match(answer).groups()
            answer, tolerance = float(answer), float(within or 0)
        found.append((share, answer, tolerance, feedback))
    return int(weight or 1), kind, found


def marked(alternatives, given):
    """The share of a number: that of the first answer within whose distance it is."""
    for share, answer, tolerance, _ in alternatives:
        if abs(given - answer) <= tolerance * (1 + 1e-14):
            return share
    return 0.0


def compare(files, variants, compared):
    """Compare all questions with the keys of the variants."""
    questions = read(files["questions.xml"])
    used = set()
    for code, variant in variants.items():
        cloze = questions.get(code, {"gaps": []})
        used.add(code)
        gaps = iter(cloze["gaps"])
        worth, points = Fraction(0), Fraction(0)
        for address, (blank, key) in variant.keys.items():
            place = f"{variant.exercise.id} {variant.draw.seed} {address}"
            own = questions.get(f"{code}/{address}")
            if own is not None:
                used.add(f"{code}/{address}")
                compared.same(
                    "points", place, exact(own["mark"]), exact(round(float(blank.points), 7))
                )
                alone(own, key, place, compared)
                continue
            weight = sum(
                one_gap(part, next(gaps), variant, blank, key, place, compared)
                for part in parts(key)
            )
            compared.counts["weights"] += 1
            worth, points = worth + weight, points + blank.points
            if exact(worth / points) != exact(weight / blank.points):
                compared.differ.append(f"{place}: weight {weight} for {blank.points}")
        compared.same("gaps", code, [*gaps], [])
        images = re.findall(r"@@PLUGINFILE@@/([\w.-]+)", cloze.get("text", ""))
        compared.same("figures", code, {*images}, cloze.get("files", set()))
    compared.same("questions", "file", used & questions.keys(), {*questions})


def parts(key):
    """What has a gap of its own: entries, options, items, or the blank."""
    match key:
        case ChoiceKey():
            return [key.show()]
        case SeveralKey(scoring="each"):
            return [option in key.right for option in key.options]
        case MatchKey(letters=letters):
            return [*letters]
    return numbers(key)


def one_gap(part, found, variant, blank, key, place, compared):
    """Compare one gap; its weight."""
    weight, kind, alternatives = found
    right = [(answer, tolerance) for share, answer, tolerance, _ in alternatives if share == 1]
    if kind == "NUMERICAL":
        value, distance = part
        compared.same("values", place, right[0][0], value)
        compared.same("tolerances", place, right[0][1], distance)
        if len(parts(key)) == 1 and blank.value is not None:
            misconceptions(alternatives, variant, blank, place, compared)
        return weight
    letters = [answer for _, answer, _, _ in alternatives]
    match key:
        case ChoiceKey():
            compared.same("options", place, letters, [*LETTERS[: len(key.options)]])
            compared.same("right options", place, right, [(part, None)])
        case MatchKey():
            compared.same("options", place, letters, [*LETTERS[: key.shown]])
            compared.same("right options", place, right, [(part, None)])
        case SeveralKey():
            compared.same("right options", place, right, [("right" if part else "wrong", None)])
    return weight


def misconceptions(alternatives, variant, blank, place, compared):
    """What a wrong solver gives earns what gradmark gives for it, and hears what gradmark says."""
    key = variant.keys[blank.address][1]
    [(value, distance)] = numbers(key)
    for mistake, values in variant.solved.wrong.get(blank.value.target, ()):
        given = values[variant.row].item()
        first = next(
            (
                one
                for one, others in variant.solved.wrong[blank.value.target]
                if abs(others[variant.row].item() - given) <= distance
            ),
            mistake,
        )
        if abs(given - value) > distance and first is mistake:
            compared.same(
                "credits",
                place,
                marked(alternatives, given),
                float(max(g for g in GRID if g <= float(mistake.credit) * 100 + 1e-4)) / 100,
            )


def alone(own, key, place, compared):
    """Compare a question of its own."""
    match own["type"]:
        case "essay":
            compared.counts["for a person"] += 1
        case "multichoice":
            found = [float(fraction) for fraction, _ in own["answers"]]
            compared.same("right options", place, [one > 0 for one in found], key.right_options())
            compared.same(
                "on the grid", place, [abs(one) in GRID for one in found], [True] * len(found)
            )
            letters = LETTERS[: len(found)]
            for size in range(len(letters) + 1) if len(letters) < 7 else (0, 1, 2, len(letters)):
                for chosen in combinations(letters, size):
                    share = min(max(sum(found[letters.index(one)] for one in chosen) / 100, 0), 1)
                    compared.same(
                        "shares", place, round(share, 4), round(float(shares(key, chosen)), 4)
                    )
        case "ordering":
            compared.same("lines", place, len(own["answers"]), len(key.right))
            expected = "ALL_OR_NOTHING" if key.part == "nothing" else "LONGEST_ORDERED_SUBSET"
            compared.same("grading", place, own["grading"], expected)
            assert isinstance(key, OrderKey)
            texts = [re.sub(r"^\(\w\)|<[^>]*>|\W", "", text) for _, text in own["answers"]]
            right = [re.sub(r"\W", "", key.texts[one]) for one in key.right]
            if not any("$" in key.texts[one] or "{" in key.texts[one] for one in key.right):
                compared.same("order", place, texts, right)
