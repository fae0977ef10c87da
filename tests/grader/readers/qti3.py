"""QTI 3 packages, whose response processing is carried out here, by the text of the specification."""

import io
import re
import zipfile
from fractions import Fraction
from itertools import combinations
from xml.etree import ElementTree

from tests.grader.readers import (
    LETTERS,
    ChoiceKey,
    MatchKey,
    OrderKey,
    SeveralKey,
    numbers,
    shares,
)

Q = "{http://www.imsglobal.org/xsd/imsqtiasi_v3p0}qti-"
P = "{http://www.imsglobal.org/xsd/qti/qtiv3p0/imscp_v1p1}"


def read(data):
    """Identifier → item of a package, and the sections of its test; all files must be listed."""
    archive = zipfile.ZipFile(io.BytesIO(data))
    manifest = ElementTree.fromstring(archive.read("imsmanifest.xml"))
    listed = {file.get("href") for file in manifest.iter(f"{P}file")}
    assert listed == {*archive.namelist()} - {"imsmanifest.xml"}
    test = ElementTree.fromstring(archive.read("assessment.xml"))
    sections = [
        [ref.get("href") for ref in section.iter(f"{Q}assessment-item-ref")]
        for section in test.iter(f"{Q}assessment-section")
    ]
    items = {}
    for path in (one for section in sections for one in section):
        text = archive.read(path).decode()
        assert {*re.findall(r'"\.\./(images/[^"]+)"', text)} <= listed
        one = Item(ElementTree.fromstring(text))
        items[one.root.get("identifier")] = one
    return items, sections


class Item:
    """One item: declarations, and what a set of responses earns."""

    def __init__(self, root):
        self.root = root
        self.declared = {
            one.get("identifier"): one for one in root.iter(f"{Q}response-declaration")
        }
        body = root.find(f"{Q}item-body")
        used = [
            node.get("response-identifier")
            for node in body.iter()
            if node.get("response-identifier")
        ]
        assert used == [*self.declared]
        self.kinds = {
            node.get("response-identifier"): node.tag.removeprefix(Q)
            for node in body.iter()
            if node.get("response-identifier")
        }
        self.choices = {
            node.get("response-identifier"): [
                one.get("identifier") for one in node if one.get("identifier")
            ]
            for node in body.iter()
            if node.get("response-identifier")
        }

    def right(self, name):
        values = [one.text for one in self.declared[name].iterfind(f"{Q}correct-response/{Q}value")]
        return values if self.declared[name].get("cardinality") != "single" else values[0]

    def score(self, responses):
        """The outcome SCORE and what is told, for responses by identifier; None where nothing was answered."""
        self.responses = {name: responses.get(name) for name in self.declared}
        self.outcomes = {"SCORE": 0.0, "FEEDBACK": []}
        for rule in self.root.find(f"{Q}response-processing"):
            self.carry_out(rule)
        return self.outcomes["SCORE"], self.outcomes["FEEDBACK"]

    def carry_out(self, rule):
        tag = rule.tag.removeprefix(Q)
        if tag == "set-outcome-value":
            self.outcomes[rule.get("identifier")] = self.value(rule[0])
            return
        assert tag == "response-condition"
        for case in rule:
            if self.value(case[0]) is True:
                for each in case[1:]:
                    self.carry_out(each)
                return

    def value(self, node):
        inside = node.tag.removeprefix(Q)
        parts = [self.value(one) for one in node] if inside not in ("base-value",) else []
        match inside:
            case "variable":
                name = node.get("identifier")
                return self.responses[name] if name in self.responses else self.outcomes[name]
            case "base-value":
                return float(node.text) if node.get("base-type") == "float" else node.text
            case "correct":
                return self.right(node.get("identifier"))
            case "and":
                return False if False in parts else None if None in parts else True
            case "not":
                return None if parts[0] is None else not parts[0]
            case "is-null":
                return parts[0] in (None, [])
            case "gte" | "lte":
                if None in parts:
                    return None
                return parts[0] >= parts[1] if inside == "gte" else parts[0] <= parts[1]
            case "match":
                if parts[0] is None:
                    return None
                ordered = (
                    isinstance(parts[0], list)
                    and self.kinds[node[0].get("identifier")] == "order-interaction"
                )
                return (
                    parts[0] == parts[1]
                    if not isinstance(parts[0], list) or ordered
                    else {*parts[0]} == {*parts[1]}
                )
            case "member":
                return None if parts[1] is None else parts[0] in parts[1]
            case "sum":
                return sum(parts)
            case "product":
                return parts[0] * parts[1]
            case "multiple":
                return [*parts[0], parts[1]]
            case "map-response":
                mapping = self.declared[node.get("identifier")].find(f"{Q}mapping")
                rows = {one.get("map-key"): float(one.get("mapped-value")) for one in mapping}
                earned = sum(rows[one] for one in self.responses[node.get("identifier")] or [])
                return min(
                    max(earned, float(mapping.get("lower-bound"))),
                    float(mapping.get("upper-bound")),
                )
        raise AssertionError(inside)


def compare(files, variants, compared):
    items = {}
    for name, data in files.items():
        if name.endswith(".zip"):
            items |= read(data)[0]
    compared.same("items", "file", {*items}, {f"gm{code}" for code in variants})
    for code, variant in variants.items():
        one = items[f"gm{code}"]
        names = iter(one.declared)
        for address, (blank, key) in variant.keys.items():
            place = f"{variant.exercise.id} {variant.draw.seed} {address}"
            marked(one, names, variant, blank, key, place, compared)
        compared.same("responses", code, [*names], [])


def near(one, other):
    return abs(one - other) < 1e-9


def marked(one, names, variant, blank, key, place, compared):
    points = blank.points
    name = next(names)
    if one.kinds[name] == "extended-text-interaction":
        compared.counts["for a person"] += 1
        scores = [
            o
            for o in one.root.iter(f"{Q}outcome-declaration")
            if o.get("identifier") == f"SCORE_{name}"
        ]
        compared.same("points", place, near(float(scores[0].get("normal-maximum")), points), True)
        return
    if numbers(key):
        own = [name] + [next(names) for _ in numbers(key)[1:]]
        share = points / len(own)
        for response, (value, distance) in zip(own, numbers(key), strict=True):
            compared.same("values", place, float(one.right(response)), value)
            for given, right in (
                (value, 1),
                (value + distance * (1 - 1e-6), 1),
                (value - distance * (1 - 1e-6), 1),
            ):
                compared.same(
                    "bounds", place, near(one.score({response: given})[0], share * right), True
                )
            for given in (value + 1.001 * distance + 1e-15, value - 1.001 * distance - 1e-15):
                if (
                    len(own) > 1
                    or blank.value is None
                    or not known(variant, blank, given, distance)
                ):
                    compared.same("bounds", place, one.score({response: given})[0], 0.0)
        if len(own) == 1 and blank.value is not None:
            misconceptions(one, name, variant, blank, distance, place, compared)
        return
    alternatives(one, name, names, key, points, place, compared)


def known(variant, blank, given, distance):
    found = variant.solved.wrong.get(blank.value.target, ())
    return any(abs(values[variant.row].item() - given) <= distance for _, values in found)


def misconceptions(one, name, variant, blank, distance, place, compared):
    [(value, _)] = numbers(variant.keys[blank.address][1])
    found = [
        (m, v[variant.row].item()) for m, v in variant.solved.wrong.get(blank.value.target, ())
    ]
    for mistake, given in found:
        first = next((m for m, other in found if abs(other - given) <= distance), None)
        if first is mistake and abs(given - value) > distance:
            score, told = one.score({name: given})
            compared.same("credits", place, near(score, float(blank.points * mistake.credit)), True)
            compared.same("told", place, len(told), 1)


def alternatives(one, name, names, key, points, place, compared):
    match key:
        case ChoiceKey():
            earned = {letter: one.score({name: letter})[0] for letter in one.choices[name]}
            expected = {
                letter: float(points) * (letter == key.show())
                for letter in LETTERS[: len(key.options)]
            }
            compared.same("right options", place, earned, expected)
        case MatchKey(letters=letters):
            own = [name] + [next(names) for _ in letters[1:]]
            for response, right in zip(own, letters, strict=True):
                earned = {
                    letter: one.score({response: letter})[0] for letter in one.choices[response]
                }
                expected = {
                    letter: float(points / len(letters)) * (letter == right)
                    for letter in LETTERS[: key.shown]
                }
                compared.same("right options", place, earned, expected)
        case SeveralKey():
            options = one.choices[name]
            compared.same("options", place, options, [*LETTERS[: len(key.options)]])
            for size in range(1, min(len(options), 6) + 1):
                for some in combinations(options, size):
                    right = {*some} == {
                        o for o, r in zip(options, key.right_options(), strict=True) if r
                    }
                    share = Fraction(1) if right else shares(key, some)
                    earned = one.score({name: [*some]})[0]
                    compared.same("shares", place, near(earned, float(points * share)), True)
        case OrderKey():
            right = key.show().split()
            compared.same("order", place, near(one.score({name: right})[0], float(points)), True)
            compared.same("order", place, one.score({name: right[::-1]})[0], 0.0)
        case _:
            compared.differ.append(f"{place}: {type(key).__name__}")
