"""The shell door: what the commands print, and their exit codes."""

import csv
import json

import pytest
import yaml
from markdown_it import MarkdownIt

from grader import bank
from grader.checking.running import digest
from grader.cli import demo, main
from grader.drawing import variants
from grader.marking import mark
from grader.sheets import document, in_print
from tests.grader.test_ledger import SOURCES
from tests.shipped import BANK, drawn, in_turn, one_of_each_chapter


def test_list_shows_every_exercise(run, shipped):
    result = run(main, "list")
    assert result.exit_code == 0
    for exercise in shipped.values():
        assert f"{exercise.id}: {exercise.file.title}" in result.stdout


@pytest.mark.parametrize(("name", "form"), in_turn(["text", "markdown", "html", "json"]))
def test_show_in_every_format(run, name, form):
    result = run(main, "show", name, "--seed", 5, "--solution", "--format", form)
    assert result.exit_code == 0
    assert "{{" not in result.stdout
    if form == "json":
        record = json.loads(result.stdout)
        assert record["draw"]["exercise"] == name
        assert record["solution"]
    if form == "html":
        assert "<script" not in result.stdout
        assert "$" not in result.stdout


def test_html_has_mathematics(run):
    page = run(main, "show", "two-layer-numbers", "--printed", "--format", "html").stdout
    assert page.startswith("<!DOCTYPE html>")
    assert page.count("<math") > 10
    assert "\\frac" not in page


def test_show_hides_the_solution_unless_asked(run):
    plain = run(main, "show", "two-layer-numbers", "--printed", "--format", "json").stdout
    assert "solution" not in json.loads(plain)
    text = run(main, "show", "two-two-one", "--printed").stdout
    assert "0.768" not in text


def test_the_solution_is_marked_correct(run):
    for name in one_of_each_chapter():
        shown = json.loads(
            run(main, "show", name, "--seed", 8, "--solution", "--format", "json").stdout
        )
        answers = [f"{address}={key}" for address, key in shown["solution"].items()]
        result = json.loads(run(main, "mark", name, "--seed", 8, "--json", *answers).stdout)
        assert result["points"] == result["out_of"] > 0


def test_mark_json_is_a_line_of_a_marks_file(run, tmp_path):
    answers = {"update.w21": "0.65", "error": "2.4"}
    words = [f"{address}={text}" for address, text in answers.items()]
    marked = json.loads(
        run(main, "mark", "two-layer-numbers", "--printed", "--json", *words).stdout
    )
    line = {"exercise": "two-layer-numbers", "seed": "printed", "answers": answers}
    (tmp_path / "a.jsonl").write_text(json.dumps(line) + "\n")
    run(main, "grade", tmp_path / "a.jsonl", "--out", tmp_path / "m.jsonl")
    assert json.loads((tmp_path / "m.jsonl").read_text()) == marked
    assert marked["marks"]["update.w21"]["verdict"] == "correct"
    assert marked["marks"]["error"]["verdict"] == "incorrect"


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["show", "nothing"], "no exercise 'nothing' in the bank"),
        (["show", "layer-sizes", "--printed", "--seed", "1"], "exclude each other"),
        (
            ["mark", "layer-sizes", "outputs.A"],
            "expected QUESTION[.BLANK]=ANSWER, found 'outputs.A'",
        ),
        (["mark", "layer-sizes", "outputs.Q=1"], "no blank 'outputs.Q' in layer-sizes"),
        (["grade", "missing.jsonl", "--out", "m.jsonl"], "no such file: missing.jsonl"),
        (["grade", ".", "--quiz", ".", "--out", "../m.csv"], "no quiz was made here"),
        (["grade", ".", "--quiz", ".", "--out", "m.csv"], "which is read: choose another place"),
        (["check", "missing.yaml"], "no such file or folder: missing.yaml"),
    ],
)
def test_unusable_words(run, words, says, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    result = run(main, *words)
    assert result.exit_code == 2
    assert says in result.stderr


def test_check_of_the_bank(run, tmp_path):
    """Without paths, all of it; most of its files have passed, and test_checking looks at each."""
    looked_at = ("vanishing-gradients", "scalar-residual-block")
    passed = [path for path in bank.files([bank.home()]) if path.stem not in looked_at]
    notes = tmp_path / "passed.json"
    notes.write_text(json.dumps({str(path): digest(path, 6) for path in passed}))
    result = run(main, "check", "--seeds", 6, "--jobs", 1, "--skip-unchanged", notes)
    assert result.exit_code == 0
    files = len(BANK) + len([*(bank.home() / "quizzes").glob("*.yaml")])
    assert f"{files} files checked over 6 seeds: 0 findings" in result.stdout
    assert "the printed variant would not be drawn: trivial" in result.stdout
    assert {*json.loads(notes.read_text())} == {str(path) for path in bank.files([bank.home()])}


def test_help_teaches_by_example(run):
    assert "gradmark quiz quiz.yaml --roster class.csv --out week-5" in run(main, "--help").stdout
    for name in main.commands:
        assert run(main, name, "--help").exit_code == 0


def test_json_lines_keep_their_order_and_lose_nothing(run, tmp_path):
    seeds = [3, "printed", 3, 2**60, "text"]
    lines, expected = [], []
    for name in one_of_each_chapter():
        for seed in seeds:
            lines.append(
                {"student": f"s{len(lines)}", "exercise": name, "seed": seed, "answers": {}}
            )
            expected.append((name, seed))
        keys = drawn(name, [3])[0].keys
        lines[-5]["answers"] = {address: key.show() for address, (_, key) in keys.items()}
    broken = [
        "{",
        '{"exercise": "x", "seed": 1, "answers": {}}',
        '{"exercise": 3}',
        "\xff",
        '{"seed": 1.5}',
    ]
    text = "\n".join([*map(json.dumps, lines), "", *broken, json.dumps(lines[0])])
    path, out = tmp_path / "answers.jsonl", tmp_path / "marks.jsonl"
    path.write_bytes(text.encode("latin-1"))
    result = run(main, "grade", path, "--out", out)
    assert result.exit_code == 1
    marks = [json.loads(line) for line in out.read_text().splitlines()]
    assert len(marks) == len(lines) + len(broken) + 1
    assert [(m["exercise"], m["seed"]) for m in marks[: len(lines)]] == expected
    first_bad = len(lines) + 2  # a line number of the file, in which one line is empty
    assert [m["line"] for m in marks[len(lines) : -1]] == list(range(first_bad, first_bad + 5))
    assert all(m["error"] for m in marks[len(lines) : -1])
    assert marks[-1] == marks[0]
    assert all(m["points"] > 0 for m in marks[: len(lines) : 5])


def test_json_lines_from_and_to_standard_streams(run):
    line = {"exercise": "two-layer-numbers", "seed": "printed", "answers": {"error": "5/2"}}
    result = run(main, "grade", "-", "--out", "-", text=json.dumps(line) + "\n")
    assert json.loads(result.stdout)["marks"]["error"]["verdict"] == "correct"


def test_bulk_marks_are_those_of_one_by_one(run, tmp_path, shipped):
    lines = []
    for seed, name in enumerate(one_of_each_chapter()):
        keys = drawn(name, [seed])[0].keys
        answers = {
            address: key.show() if (seed + index) % 3 else (key.near_misses() or ["?"])[0]
            for index, (address, (_, key)) in enumerate(keys.items())
        }
        lines.append({"exercise": name, "seed": seed, "answers": answers})
    path, out = tmp_path / "answers.jsonl", tmp_path / "marks.jsonl"
    path.write_text("\n".join(map(json.dumps, lines)))
    run(main, "grade", path, "--out", out)
    for line, marked in zip(lines, out.read_text().splitlines(), strict=True):
        alone = mark(variants(shipped[line["exercise"]], [line["seed"]])[0], line["answers"])
        assert json.loads(marked)["points"] == alone.points


BAD_ROSTERS = {
    "a repeated student": ("student\ns1\ns2\nS1\n", "4:1: 'S1' differs from 's1' in case only"),
    "no column": ("name\ns1\n", "1:1: expected one column 'student', found name"),
    "nothing": ("", "1:1: expected one column 'student', found nothing"),
    "nobody": ("student\n", "1:1: expected at least one student"),
    "a path": ("student\n../x\n", "2:1: expected an id of letters"),
    "a formula": ("group,student\nA,=1+1\n", "2:2: expected an id of letters"),
    "an empty id": ("student,group\n,A\n", "2:1: expected an id of letters"),
}


@pytest.mark.parametrize("name", BAD_ROSTERS)
def test_rosters_that_cannot_be_used(run, write, tmp_path, name):
    text, says = BAD_ROSTERS[name]
    quiz = write("id: q\ntitle: Q\npick: [layer-sizes]\n", "quiz.yaml")
    roster = tmp_path / "roster.csv"
    roster.write_text(text)
    result = run(main, "quiz", quiz, "--roster", roster, "--out", tmp_path / "out")
    assert result.exit_code == 2
    assert f"{roster}:{says}" in result.stderr
    assert not (tmp_path / "out").exists()


BAD_QUIZZES = {
    "pick: [nothing]": "3:8: no exercise 'nothing' in the bank",
    "pick: [layer-sizes, layer-sizes]": "3:7: 'layer-sizes' is picked twice",
    "pick: [{from: [layer-sizes], choose: 2}]": "3:8: 1 exercise to choose from, expected at least 2",
    "pick: [{topic: gardening}]": "3:8: no exercise has the topic 'gardening'",
    "pick: [{choose: 1}]": "3:8: expected one of 'exercise', 'from' and 'topic'",
    "pick: []": "3:7: expected",
    "pick: [{exercise: layer-sizes, point: 3}]": "3:32: unknown key 'point'; did you mean 'points'?",
}


@pytest.mark.parametrize("pick", BAD_QUIZZES)
def test_quizzes_that_cannot_be_used(run, write, tmp_path, pick):
    quiz = write(f"id: q\ntitle: Q\n{pick}\n", "quiz.yaml")
    roster = write("student\ns1\n", "roster.csv")
    result = run(main, "quiz", quiz, "--roster", roster, "--out", tmp_path / "out")
    assert result.exit_code == 2
    assert f"{quiz}:{BAD_QUIZZES[pick]}" in result.stderr


def test_another_quiz_does_not_overwrite_papers(run, write, tmp_path):
    roster = write("student\ns1\n", "roster.csv")
    first = write("id: q\ntitle: Q\npick: [layer-sizes]\n", "a.yaml")
    second = write("id: r\ntitle: R\npick: [layer-sizes]\n", "b.yaml")
    assert run(main, "quiz", first, "--roster", roster, "--out", tmp_path / "o").exit_code == 0
    result = run(main, "quiz", second, "--roster", roster, "--out", tmp_path / "o")
    assert result.exit_code == 2
    assert "holds the papers of the quiz 'q'" in result.stderr


def test_another_secret_is_refused(run, write, tmp_path):
    roster = write("student\ns1\n", "roster.csv")
    quiz = write("id: q\ntitle: Q\npick: [layer-sizes]\n", "a.yaml")
    run(main, "quiz", quiz, "--roster", roster, "--out", tmp_path / "o")
    for text, says in (
        ("ab" * 16, "another secret"),
        ("xyz", "hexadecimal"),
        ("ab", "at least 32"),
    ):
        secret = write(text, "secret")
        words = ("--roster", roster, "--out", tmp_path / "o", "--secret", secret)
        result = run(main, "quiz", quiz, *words)
        assert (result.exit_code, says in result.stderr) == (2, True)


def test_points_of_a_pick_scale(run, write, tmp_path):
    roster = write("student\ns1\n", "roster.csv")
    quiz = write("id: q\ntitle: Q\npick: [{exercise: layer-sizes, points: 21}]\n", "a.yaml")
    run(main, "quiz", quiz, "--roster", roster, "--out", tmp_path / "o")
    run(
        main,
        "grade",
        tmp_path / "o" / "papers",
        "--quiz",
        tmp_path / "o",
        "--out",
        tmp_path / "m.csv",
    )
    row = next(csv.DictReader((tmp_path / "m.csv").read_text().splitlines()))
    assert (row["points"], row["out_of"]) == ("0", "21")


def test_topics_choose_for_each_student(run, write, tmp_path):
    students = [f"s{i}" for i in range(30)]
    roster = write("student\n" + "\n".join(students), "roster.csv")
    quiz = write("id: q\ntitle: Q\npick: [{topic: forward pass, choose: 2}]\n", "a.yaml")
    run(main, "quiz", quiz, "--roster", roster, "--out", tmp_path / "o")
    manifest = json.loads((tmp_path / "o" / "staff" / "manifest.json").read_text())
    picked = [
        tuple(item["draw"]["exercise"] for item in paper["items"]) for paper in manifest["papers"]
    ]
    assert all(len(set(pair)) == 2 for pair in picked)
    assert len({frozenset(pair) for pair in picked}) > 5


def test_the_demo_is_a_whole_round(run, tmp_path):
    shown = run(main, "demo", "--out", tmp_path / "demo").stdout
    assert len((tmp_path / "demo" / "marks.csv").read_text().splitlines()) == 13
    assert "nothing handed in" in shown
    again = demo.run(tmp_path / "again")
    assert again.replace("again", "demo") == shown
    for name in ("marks.csv", "marks.jsonl", "staff/manifest.json", "papers/s01.ipynb"):
        assert (tmp_path / "demo" / name).read_bytes() == (tmp_path / "again" / name).read_bytes()


def test_formulas_are_inert_in_the_gradebook(run, write, tmp_path):
    roster = write("student\ns1\n", "roster.csv")
    quiz = write("id: q\ntitle: Q\npick: [layer-sizes]\n", "a.yaml")
    run(main, "quiz", quiz, "--roster", roster, "--out", tmp_path / "o")
    folder = tmp_path / "in"
    folder.mkdir()
    (folder / "=cmd|calc.ipynb").write_text("{")
    run(main, "grade", folder, "--quiz", tmp_path / "o", "--out", tmp_path / "m.csv")
    rows = list(csv.reader((tmp_path / "m.csv").read_text().splitlines()))
    assert "'=cmd|calc.ipynb" in rows[2]
    assert not [cell for row in rows for cell in row if cell[:1] in ("=", "+", "-", "@")]


def test_markup_in_an_exercise_is_shown_not_obeyed(run, write):
    path = write(
        """
        id: sly
        title: "<script>alert(1)</script>"
        text: "<img src=x onerror=alert(1)> and $\\\\notacommand{x}$ and [x](javascript:alert(1))"
        questions:
          - {id: q, points: 1, ask: "<b>?</b>", answer: {choose_one: {options: {aa: {text: x}, bb: {text: y, right: true}}}}}
        """
    )
    page = run(main, "show", path, "--format", "html").stdout
    assert "<script" not in page
    assert "<img" not in page
    assert "<b>" not in page
    assert 'href="javascript' not in page


def test_the_sample_quiz_is_that_of_the_bank():
    folder = bank.home() / "quizzes"
    quiz = yaml.safe_load((folder / "sample-quiz.yaml").read_text())
    picked = {
        name for one in quiz["pick"] for name in ([one] if isinstance(one, str) else one["from"])
    }
    of_sources = {address.partition("/")[0] for one in SOURCES.values() for address in one}
    assert picked == of_sources | {"drawn-data-sufficiency"} < set(BANK)
    assert len((folder / "sample-roster.csv").read_text().split()) == 13


def test_markdown_of_every_sheet_parses():
    for name in BANK:
        text = document(in_print(*drawn(name, [0])))
        assert MarkdownIt().parse(text)
        assert text.count("$$") % 2 == 0
