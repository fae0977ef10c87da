"""Filled answer sheets, tilted, blurred and noisy, are read back: every row is right or given to a person."""

import csv
import json

import pytest
from click.testing import CliRunner

from grader import pdf
from grader.cli import main
from tests.grader.rounds import Round

for needed in ("typst", "segno", "pypdfium2", "zxingcpp", "PIL"):
    pytest.importorskip(needed)

QUIZ = """
id: marks-on-paper
title: Marks
pick: [validation-below-training, optimizer-advantages, data-sufficiency, two-layer-numbers, shortcut-network]
"""


@pytest.fixture(scope="module")
def quiz(tmp_path_factory):
    return Round(tmp_path_factory.mktemp("scanned"), QUIZ, ["ada", "ben", "cem"])


@pytest.fixture(scope="module")
def stack(quiz):
    """(page, what was filled in) of each page of each student but the last."""
    from tests.scans import scans

    class_ = pdf.all_printed(quiz.manifest, quiz.manifest.papers[:2], quiz.bank)
    sheets = {one.student: one.answer_sheet for one in class_}
    filled = [
        (one.student, *page)
        for seed, one in enumerate(class_)
        for page in scans(
            pdf.compiled(pdf.of_answers(one, pdf.LABELS["en"])), one.answer_sheet, seed
        )
    ]
    return sheets, filled


def scanned(quiz, folder, pictures, *more):
    """The lines that come of pages, and what the door says."""
    from tests.scans import as_pdf

    (folder / "scan.pdf").write_bytes(as_pdf(pictures))
    words = ["scan", str(folder / "scan.pdf"), "--quiz", str(quiz.folder)]
    words += ["--out", str(folder / "lines.jsonl"), "--crops", str(folder / "crops"), *more]
    told = CliRunner().invoke(main, words)
    return [json.loads(line) for line in (folder / "lines.jsonl").read_text().splitlines()], told


def test_every_blank_is_right_or_given_to_a_person(quiz, stack, tmp_path):
    from grader.pdf.scanning.marks import Found
    from tests.scans import verdict

    _, filled = stack
    lines, told = scanned(quiz, tmp_path, [picture for _, picture, _ in reversed(filled)])
    assert told.exit_code == 1
    read = {
        (line["student"], f"{line['exercise']}/{address}"): Found(
            text, line.get("unreadable", {}).get(address, "")
        )
        for line in lines
        for address, text in line["answers"].items()
    }
    verdicts = [
        verdict(there, read[student, blank])
        for student, _, page in filled
        for blank, there in page.items()
    ]
    assert len(verdicts) == len(read) > 40
    assert "WRONG" not in verdicts and "doubt of a plain mark" not in verdicts
    plain = sum(
        there.plain and not there.by_hand for _, _, page in filled for there in page.values()
    )
    assert verdicts.count("right") >= plain > 10


def test_pages_that_are_missing_doubled_or_strange_wait_for_a_person(quiz, stack, tmp_path):
    from PIL import Image

    _, filled = stack
    pictures = [picture for student, picture, _ in filled if student == "ada"]
    blank = Image.new("L", pictures[0].size, 255)
    torn = pictures[0].copy()
    torn.paste(255, (0, 0, torn.width, torn.height // 2))
    lines, _ = scanned(quiz, tmp_path, [*pictures[1:], pictures[1], blank, torn])
    assert {line.get("student", "") for line in lines} == {"ada", ""}
    odd = [one for line in lines for one in line.get("odd", [])]
    assert odd == [
        "page 2 was scanned 2 times",
        "no scan of page 1 of the answer sheet",
        f"scan.pdf, page {len(pictures) + 1}: no code of an answer sheet can be read on it",
        f"scan.pdf, page {len(pictures) + 2}: only 2 of its four corners can be read",
    ]
    words = ["grade", str(tmp_path / "lines.jsonl"), "--quiz", str(quiz.folder)]
    words += ["--out", str(tmp_path / "marks.csv"), "--decisions", str(tmp_path / "decisions.csv")]
    told = CliRunner().invoke(main, words)
    assert told.exit_code == 1, told.output
    decisions = (tmp_path / "decisions.csv").read_text("utf-8-sig")
    for one in ("page 1 is missing", "page 2 was scanned 2 times", *odd[2:]):
        assert one in decisions


def test_what_is_marked_beside_the_circles_waits_for_a_person(quiz, tmp_path):
    import numpy as np
    import pypdfium2
    from PIL import Image

    from grader.pdf.scanning.marks import found
    from grader.pdf.scanning.pages import pages
    from tests import photographs

    [one] = pdf.all_printed(quiz.manifest, quiz.manifest.papers[:1], quiz.bank)
    [first, *_] = pypdfium2.PdfDocument(pdf.compiled(pdf.of_answers(one, pdf.LABELS["en"])))
    pen = photographs.Pen(np.random.default_rng(1))
    fields = [field for field in one.answer_sheet.fields if field.circles and field.page == 1]
    styles = ["ringed", "letter", "beside", "disc"]
    for field, style in zip(fields, styles, strict=False):
        pen.mark(style, field.circles[1])
    print_ = first.render(scale=photographs.DOTS * photographs.INCH / 72, grayscale=True).to_numpy()
    height, width = pen.ink.shape
    sheet = np.minimum(print_.reshape(print_.shape[:2])[:height, :width], 255 * (1 - pen.ink))
    path = tmp_path / "page.pdf"
    path.write_bytes(photographs.as_pdf(Image.fromarray(sheet.astype(np.uint8)), 96, pen.random))
    [page] = pages(path)  # of a size that is none of paper
    read = [found(page, field) for field in fields]
    assert all(one.doubt for one in read[:3])
    assert read[2].doubt == "something is written beside the circles"
    assert [one.answer for one in read[3:]] == ["b"] * len(read[3:4]) + [""] * len(read[4:])
    assert not any(one.doubt for one in read[3:])


def test_a_sheet_of_another_quiz_is_not_read(quiz, stack, tmp_path):
    _, filled = stack
    other = Round(tmp_path / "other", QUIZ.replace("marks-on", "more-on"), ["ada"])
    lines, _ = scanned(other, tmp_path, [filled[0][1]])
    assert lines == [
        {
            "exercise": "",
            "seed": 0,
            "answers": {},
            "odd": [
                "scan.pdf, page 1: it is a page of the quiz 'marks-on-paper', expected 'more-on-paper'"
            ],
        }
    ]


def test_what_a_person_types_is_marked_like_any_answer(quiz, stack, tmp_path):
    _, filled = stack
    pictures = [picture for student, picture, _ in filled if student == "ada"][1:2]
    typed = tmp_path / "typed.csv"
    scanned(quiz, tmp_path, pictures, "--typed", str(typed))
    rows = list(csv.DictReader(typed.read_text("utf-8-sig").splitlines()))
    by_hand = [row for row in rows if row["why"] == "written by hand"]
    assert len(by_hand) >= 3
    keys = {
        f"{name}/{at}": key
        for (who, name), of in quiz.solved.items()
        if who == "ada"
        for at, (_, key) in of.keys.items()
    }
    text = "student,blank,answer\n" + "".join(
        f'ada,{row["blank"]},"{keys[row["blank"]].show()}"\n' for row in by_hand
    )
    typed.write_text(text)
    lines, _ = scanned(quiz, tmp_path, pictures, "--typed", str(typed))
    answers = {
        f"{line['exercise']}/{at}": text for line in lines for at, text in line["answers"].items()
    }
    for row in by_hand:
        assert keys[row["blank"]].mark(answers[row["blank"]]).verdict == "correct"
    again = list(csv.DictReader(typed.read_text("utf-8-sig").splitlines()))
    assert {row["blank"] for row in again} == {row["blank"] for row in rows}
    assert not any(row["answer"] for row in again if row["why"] != "written by hand")
