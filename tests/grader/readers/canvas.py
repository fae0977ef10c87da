"""Archives for Canvas as its importers read them: by question type, margins as decimals, white space as content."""

import io
import re
import zipfile
from decimal import Decimal
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

NAMES = {
    "q": "http://www.imsglobal.org/xsd/ims_qtiasiv1p2",
    "m": "http://www.imsglobal.org/xsd/imsccv1p1/imscp_v1p1",
}
ALLOWED = re.compile(r"</?(?:p|em|strong|code|pre|ul|ol|li|table|thead|tbody|tr|th|td|small|br|img|h\d|m\w+|math|blockquote|hr|a|annotation|semantics|none)\b")  # fmt: skip


def read(data):
    """(code of an item → item) of an archive; the list of its files must be complete."""
    archive = zipfile.ZipFile(io.BytesIO(data))
    manifest = ElementTree.fromstring(archive.read("imsmanifest.xml"))
    listed = {file.get("href") for file in manifest.iterfind(".//m:file", NAMES)}
    assert listed == {*archive.namelist()} - {"imsmanifest.xml"}
    [path] = [
        one
        for one in listed
        if one.count("/") == 1 and one.split("/")[0] + ".xml" == one.split("/")[1]
    ]
    root = ElementTree.fromstring(archive.read(path))
    assert not any((node.tail or "").strip() or "\n" in (node.tail or "") for node in root.iter())
    found, idents = {}, set()
    for node in root.iterfind(".//q:item", NAMES):
        assert node.get("ident") not in idents
        idents.add(node.get("ident"))
        one = item(node)
        assert {*re.findall(r"FILEBASE%24/([\w./-]+)", one["text"])} <= listed
        assert not re.search(r"<(?!/?[a-z])|<svg|<script", one["text"])
        assert all(ALLOWED.match(tag) for tag in re.findall(r"</?\w+", one["text"])), one["text"]
        if one["question_type"] == "text_only_question":
            continue
        assert one["parent_stimulus_item_ident"] in idents
        [code] = re.findall(r"gradmark:([\w/.:-]+)<", one["text"])
        found[code] = one
    return found


def item(node):
    fields = {
        field.findtext("q:fieldlabel", "", NAMES): field.findtext("q:fieldentry", "", NAMES)
        for field in node.iterfind(".//q:qtimetadatafield", NAMES)
    }
    return fields | {
        "text": node.findtext("q:presentation/q:material/q:mattext", "", NAMES),
        "labels": {
            label.get("ident"): label.findtext(".//q:mattext", "", NAMES)
            for label in node.iterfind(".//q:response_label", NAMES)
        },
        "lids": [lid.get("ident") for lid in node.iterfind(".//q:response_lid", NAMES)],
        "conditions": node.findall(".//q:respcondition", NAMES),
        "ordered": node.find(".//q:response_lid[@rcardinality='Ordered']", NAMES) is not None,
    }


def number(one):
    """Value, margin, least and most of a numerical question."""
    [condition] = one["conditions"]
    equal = condition.find(".//q:varequal", NAMES)
    low, high = (condition.findtext(f".//q:{name}", "", NAMES) for name in ("vargte", "varlte"))
    assert equal.get("margintype") == "absolute" and equal.text not in (low, high)
    ends = [text.replace(".", "").rstrip("0")[-1:] for text in (low, high)]
    assert ends != ["5", "5"]  # would be taken for a precision
    return float(equal.text), float(equal.get("margin")), Decimal(low), Decimal(high)


def letters(one, nodes):
    """The letters of the options that are named."""
    return [re.match(r"\((\w)\)", one["labels"][node.text])[1] for node in nodes]


def compare(files, variants, compared, classic=False):
    items = {
        code: one
        for name, data in files.items()
        if name.endswith(".zip")
        for code, one in read(data).items()
    }
    used = set()
    for code, variant in variants.items():
        for address, (blank, key) in variant.keys.items():
            place = f"{variant.exercise.id} {variant.draw.seed} {address}"
            own = [f"{code}/{address}"]
            if own[0] not in items:
                own = [f"{own[0]}:{entry}" for entry in range(1, len(numbers(key)) + 1)]
            used |= {*own}
            points = sum((Fraction(items[one]["points_possible"]) for one in own), Fraction(0))
            compared.same(
                "points", place, round(float(points), 8), round(float(exact(blank.points)), 8)
            )
            for one, expected in (
                zip(own, numbers(key) or [None], strict=True)
                if len(own) > 1
                else [(own[0], (numbers(key) or [None])[0])]
            ):
                marked(items[one], key, expected, place, compared, classic)
    compared.same("items", "file", used, {*items})


def marked(one, key, expected, place, compared, classic):
    kind = one["question_type"]
    if kind == "essay_question":
        compared.counts["for a person"] += 1
    elif kind == "numerical_question":
        value, margin, low, high = number(one)
        compared.same("values", place, value, expected[0])
        compared.same("tolerances", place, margin, expected[1])
        apart = max(
            abs(high - Decimal(value) - Decimal(margin)),
            abs(Decimal(value) - Decimal(margin) - low),
        )
        compared.same("limits", place, apart < Decimal("1e-9") * (1 + abs(Decimal(value))), True)
        if classic and expected[1] > 1e-6 and key.kind != "count":
            compared.same("decimals", place, abs(round(value, 4) - value) <= expected[1], True)
    elif kind == "multiple_choice_question":
        assert isinstance(key, ChoiceKey)
        compared.same("options", place, len(one["labels"]), len(key.options))
        right = letters(one, one["conditions"][0].iterfind(".//q:varequal", NAMES))
        compared.same("right options", place, right, [key.show()])
    elif kind == "multiple_answers_question":
        chosen(one, key, place, compared, classic)
    elif kind == "matching_question":
        assert isinstance(key, MatchKey)
        right = [letters(one, c.iterfind(".//q:varequal", NAMES))[0] for c in one["conditions"]]
        compared.same("right options", place, "".join(right), key.letters)
        compared.same("options", place, len(one["labels"]), key.shown)
        earned = [Fraction(c.findtext("q:setvar", "", NAMES)) for c in one["conditions"]]
        compared.same(
            "weights", place, {round(float(e), 6) for e in earned}, {round(100 / len(right), 6)}
        )
    elif kind == "ordering_question":
        assert isinstance(key, OrderKey) and one["ordered"]
        right = letters(one, one["conditions"][0].iterfind(".//q:varequal", NAMES))
        compared.same("order", place, " ".join(right), key.show())
    else:
        compared.differ.append(f"{place}: {kind}")


def chosen(one, key, place, compared, classic):
    """New Quizzes: all or nothing. Classic: a share for each right one, less a share of the right ones for each wrong one."""
    assert isinstance(key, SeveralKey)
    every = one["conditions"][0].find(".//q:and", NAMES)
    right = letters(one, every.findall("q:varequal", NAMES))
    wrong = letters(one, every.findall("q:not/q:varequal", NAMES))
    options = LETTERS[: len(key.options)]
    compared.same("options", place, sorted(right + wrong), [*options])
    compared.same("right options", place, [each in right for each in options], key.right_options())
    if classic and len(right) != len(wrong):
        compared.counts["approximated"] += 1
        return
    for size in range(min(len(options), 6) + 1):
        for some in combinations(options, size):
            share = Fraction(int({*some} == {*right}))
            if classic:
                share = max(
                    Fraction(len({*some} & {*right}) - len({*some} & {*wrong}), len(right)),
                    Fraction(0),
                )
            expected = 1 if {*some} == {*right} else shares(key, some)
            compared.same("shares", place, share, expected)
