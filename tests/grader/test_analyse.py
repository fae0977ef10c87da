"""`gradmark analyse`: from marks to a report, to decisions, and to the next quiz."""

import csv
import json
import re
from pathlib import Path

import msgspec
import pytest

from grader import analysis, papers
from grader.analysis import gathering, limits
from grader.analysis.records import Analysis
from grader.cli import main
from grader.marking import Marks
from tests.grader.browsers import DESK, PHONE, barriers, faults, launched
from tests.sittings import sat

QUIZ = """
id: week-5
title: Numbers by hand
pick: [two-layer-numbers, layer-sizes, {from: [vanishing-gradients, validation-below-training], choose: 1, points: 3}]
"""
FILES = {
    "report.html",
    "items.csv",
    "variants.csv",
    "options.csv",
    "wrong-answers.csv",
    "analysis.json",
}
HARDER = ("two-layer-numbers", "activation", "relu", 2.0)


NAMES = (
    "two-layer-numbers",
    "layer-sizes",
    "vanishing-gradients",
    "validation-below-training",
)


@pytest.fixture(scope="module")
def small(tmp_path_factory, shipped):
    """A bank of the exercises of the quiz, which is read quickly."""
    place = tmp_path_factory.mktemp("bank")
    for name in NAMES:
        (place / f"{name}.yaml").write_text(Path(shipped[name].path).read_text())
    return place


@pytest.fixture(scope="module")
def folder(tmp_path_factory, shipped):
    """A class of 120, for whom one network is harder."""
    place = tmp_path_factory.mktemp("class")
    (place / "quiz.yaml").write_text(QUIZ)
    return sat(place / "week-5", place / "quiz.yaml", 120, shipped, harder=[HARDER])


@pytest.fixture(scope="module")
def cohort(folder, shipped):
    return analysis.gather(folder / "marks.jsonl", shipped, folder)


@pytest.fixture(scope="module")
def found(cohort, folder, shipped):
    return analysis.balanced(analysis.analysed(cohort, shipped, "Numbers by hand"), folder, shipped)


def test_what_is_written(folder, run, tmp_path, small):
    """Six files, the same ones again; the page needs no other file, and all numbers of its tables stand beside it."""
    words = ("analyse", folder, "--bank", small, "--marks", folder / "marks.jsonl", "--cut", 12)
    first, again = tmp_path / "first", tmp_path / "again"
    result = run(main, *words, "--out", first)
    assert result.exit_code == 0, result.output
    assert result.output.startswith("120 students, ")
    assert {one.name for one in first.iterdir()} == FILES
    run(main, *words, "--out", again)
    assert all((first / name).read_bytes() == (again / name).read_bytes() for name in FILES)
    page = (first / "report.html").read_text()
    assert not re.search(
        r'<(?:link|script|iframe)|(?:src|href)="(?!#)|https?://(?!www\.w3\.org)', page
    )
    stored = msgspec.json.decode((first / "analysis.json").read_bytes(), type=Analysis)
    rows = [*csv.DictReader((first / "items.csv").read_text().splitlines())]
    assert [row["number"] for row in rows] == [one.number for one in stored.items]
    for row, one in zip(rows, stored.items, strict=True):
        assert float(row["facility"] or 0) == pytest.approx(one.facility or 0, abs=1e-6)


def test_marks_without_a_quiz_say_the_same_of_items(folder, shipped, found):
    """Variants are drawn again from the seeds; slots and points of the quiz are in the marks themselves."""
    drawn = analysis.analysed(analysis.gather(folder / "marks.jsonl", shipped), shipped)
    assert drawn.items == found.items
    assert drawn.options == found.options
    assert drawn.misconceptions == found.misconceptions


def test_marks_of_older_versions_are_read(folder, shipped, tmp_path, found):
    """They have neither slots nor options nor classes, and the same points."""
    lines = (folder / "marks.jsonl").read_text().splitlines()
    old = []
    for line in lines:
        data = json.loads(line)
        for name in ("slot", "difficulty", "choices", "columns", "version"):
            data.pop(name, None)
        for mark in data["marks"].values():
            for name in ("kind", "chosen", "alike", "notes"):
                mark.pop(name, None)
        old.append(json.dumps(data))
    (tmp_path / "old.jsonl").write_text("\n".join(old) + "\n{broken\n")
    cohort = analysis.gather(tmp_path / "old.jsonl", shipped)
    assert cohort.unread == 1
    assert analysis.analysed(cohort, shipped).scores == found.scores


def test_what_is_missing_is_not_wrong(cohort, shipped, folder, tmp_path):
    """An answer that waits changes neither facility nor totals, as if it had not been asked."""
    place = next(at for at, one in enumerate(cohort.columns) if one.kind == "number")
    column = cohort.columns[place]
    lines = [
        msgspec.json.decode(one, type=Marks)
        for one in (folder / "marks.jsonl").read_bytes().splitlines()
    ]
    waiting = []
    for one in lines:
        mark = one.marks.get(column.address)
        if one.exercise == column.exercise and one.student < "s00060":
            mark = msgspec.structs.replace(mark, verdict="waiting", points=0)
            one = msgspec.structs.replace(one, marks={**one.marks, column.address: mark})
        waiting.append(msgspec.json.encode(one))
    (tmp_path / "marks.jsonl").write_bytes(b"\n".join(waiting))
    found = analysis.analysed(analysis.gather(tmp_path / "marks.jsonl", shipped, folder), shipped)
    [item] = [
        one
        for one in found.items
        if one.blank == column.address and one.exercise == column.exercise
    ]
    later = [at for at, student in enumerate(cohort.students) if student >= "s00060"]
    share = cohort.earned[later, place] / cohort.out_of[later, place]
    assert item.count == 60
    assert item.facility == pytest.approx(share.mean())
    assert found.missing == {"waiting": 60}
    assert found.todo[0].kind == "missing"


def test_the_harder_network_is_found(found):
    flagged = {(one.factor, one.value): one.flag for one in found.groups if one.flag}
    assert flagged["activation", "relu"] == "harder"
    assert any(one.kind == "variant" and "relu" in one.what for one in found.todo)


def test_nothing_tells_of_fewer_than_five(found):
    counts = [one.count for one in (*found.groups, *found.misconceptions, *found.wrong_answers)]
    counts += [bar.count for bar in found.scores.bars if bar.count]
    counts += [one.chosen for one in found.options if one.chosen]
    counts += [one.count for one in found.items if one.count is not None]
    assert min(counts) >= limits.CELL


def test_numbers_are_told_by_their_place_among_the_quantities(cohort):
    """A student who writes what another unit gives is told by that, whatever the numbers are."""
    variant = next(one for (name, _), one in cohort.samples.items() if name == "two-layer-numbers")
    blank, _ = variant.keys["forward.h1"]
    value = variant.solved.everything["h2"][variant.row].item()
    texts = [repr(value), "12345.678", "long ago"]
    told = gathering.recognised(variant.solved, blank, [variant.row] * 3, texts)
    assert told == ["h2", "", ""]


def test_a_wrong_answer_is_decided_for_all_who_gave_it(found, folder, run, tmp_path, cohort, small):
    """And for nobody else; an older decision on the same answer gives way, others stay."""
    one = found.wrong_answers[0]
    file = tmp_path / "decisions.csv"
    file.write_text("student,blank,code,answer,decision\nada,week/x,,7,1\n")
    words = (
        "analyse",
        folder,
        "--bank",
        small,
        "--marks",
        folder / "marks.jsonl",
        "--out",
        tmp_path / "report",
    )
    for share in ("50 %", "25 %"):
        result = run(main, *words, "--accept", f"{one.code}={share}", "--decisions", file)
        assert result.exit_code == 0, result.output
    decided = papers.decision_sheet.read(file).decisions
    assert len(decided) == len(one.rows) + 1
    held = papers.decisions.Decisions(decided.values())
    blank = f"{one.exercise}/{one.blank}"
    place = next(at for at, column in enumerate(cohort.columns) if column.name == blank)
    table, met = cohort.response_tables[place], 0
    for student, code in zip(cohort.students, cohort.responses[:, place], strict=True):
        about = held.about(student, blank, table[code].text) if code >= 0 else None
        met += about is not None
        assert about is None or (about.share == 0.25 and table[code].is_wrong)
    assert met == one.count


def test_an_option_is_accepted_for_all_who_chose_it(cohort, found):
    row = next(one for one in found.options if not one.right and one.chosen)
    name = f"{row.exercise}/{row.blank}:{row.option}"
    rows = analysis.decided(cohort, found, {name: "100 %"})
    assert len(rows) >= row.chosen
    assert {one["decision"] for one in rows} == {"100 %"}


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["--accept", "w123456=50 %"], "--accept and --decisions go together"),
        (["--accept", "w123456=50 %", "--decisions", "d.csv"], "no wrong answer of that name"),
        (["--accept", "w123456=half", "--decisions", "d.csv"], "expected points or a share"),
        (["--borderline", "group"], "expected a name, an equality sign and a value"),
        (["--borderline", "group=B"], "nobody of this class stands in the borderline group"),
    ],
)
def test_what_cannot_be_done_is_refused(words, message, folder, run, tmp_path, small):
    place = ["--marks", folder / "marks.jsonl", "--out", tmp_path / "report"]
    words = [tmp_path / "d.csv" if one == "d.csv" else one for one in words]
    result = run(main, "analyse", folder, "--bank", small, *place, *words)
    assert result.exit_code == 2
    assert message in result.output


def test_judges_say_where_the_cut_lies(folder, run, tmp_path, small):
    file = tmp_path / "angoff.csv"
    items = ["1", "2", "3.1", "3.2"]
    file.write_text("item,judge,p\n" + "".join(f"{one},a,0.5\n" for one in items))
    words = ["analyse", folder, "--bank", small, "--marks", folder / "marks.jsonl"]
    words += ["--out", tmp_path / "report"]
    assert run(main, *words, "--angoff", file).exit_code == 0
    assert "Cut by Angoff" in (tmp_path / "report" / "report.html").read_text()
    file.write_text("item,judge,p\n1,a,0.5\n")
    assert "'a' says nothing of 2" in run(main, *words, "--angoff", file).output


def test_the_next_papers_are_balanced_by_what_was_observed(found, folder, run, tmp_path, small):
    """Papers let expect losses that are nearer to each other than those of the first seeds."""
    (tmp_path / "analysis.json").write_bytes(msgspec.json.encode(found))
    (tmp_path / "roster.csv").write_text("student\n" + "".join(f"n{one}\n" for one in range(12)))
    words = [
        "quiz",
        folder.parent / "quiz.yaml",
        "--bank",
        small,
        "--roster",
        tmp_path / "roster.csv",
    ]
    result = run(
        main, *words, "--out", tmp_path / "next", "--difficulty", tmp_path / "analysis.json"
    )
    assert result.exit_code == 0, result.output
    assert "expected loss of points: median" in result.output
    made = papers.read_manifest(tmp_path / "next").papers
    spreads = [
        max(values) - min(values)
        for values in ([one.difficulty for one in made], [one.unbalanced for one in made])
    ]
    assert spreads[0] < spreads[1]
    spread = found.calibration.balancing
    assert spread.with_observed < spread.as_handed_out
    (tmp_path / "roster.json").write_text("{}")
    result = run(main, *words, "--out", tmp_path / "none", "--difficulty", tmp_path / "roster.json")
    assert (result.exit_code, "expected an analysis.json" in result.output) == (2, True)


def test_everyone_can_read_the_report(found):
    with launched() as browser:
        page = browser.new_page()
        page.set_content(analysis.document(found))
        assert faults(page, PHONE) == []
        assert faults(page, DESK) == []
        assert barriers(page) == []
        page.close()
