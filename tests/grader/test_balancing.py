"""Papers that are about as difficult as each other, whoever else is in the class."""

import re
import statistics
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader import bank
from grader.cli import main
from grader.drawing import spread
from grader.papers import blueprint, no_progress, read_manifest
from grader.papers.balancing import draw_papers, typical
from tests.exercises import exercise_text
from tests.grader.rounds import Round

SECRET = bytes(range(32))
CLASS = [f"s{number:02}" for number in range(60)]
SAMPLE = (bank.home() / "quizzes" / "sample-quiz.yaml").read_text()
SLOW = "  - drawn-data-sufficiency\n"  # takes most of the time, and has one seed in any case
NUMBERS = (
    "id: numbers\ntitle: Numbers\npick: [two-layer-numbers, two-two-one, scalar-residual-block]\n"
)


def drawn(quiz, students, known):
    return {one.student: one for one in draw_papers(quiz, students, SECRET, known, no_progress)}


@pytest.fixture(scope="module")
def quiz(shipped, tmp_path_factory):
    """The sample quiz without its slowest exercise."""
    path = tmp_path_factory.mktemp("sample") / "quiz.yaml"
    assert SLOW in SAMPLE
    path.write_text(SAMPLE.replace(SLOW, ""))
    return blueprint.load(path, shipped)


@pytest.fixture(scope="module")
def sample(quiz, shipped):
    return drawn(quiz, CLASS, shipped)


def test_papers_of_the_sample_quiz_are_closer_than_unbalanced_ones(sample):
    balanced = [one.difficulty for one in sample.values()]
    first = [one.unbalanced for one in sample.values()]
    assert statistics.stdev(balanced) < statistics.stdev(first) / 3
    low, high = spread(dict(enumerate(balanced))).quartiles
    other_low, other_high = spread(dict(enumerate(first))).quartiles
    assert high - low < (other_high - other_low) / 10


def test_a_paper_is_the_same_in_any_company(sample, quiz, shipped):
    few = ["newcomer", *(CLASS[number] for number in (41, 3, 17))]
    again = drawn(quiz, few, shipped)
    assert {student: again[student] for student in few[1:]} == {
        student: sample[student] for student in few[1:]
    }
    assert "newcomer" in again


def test_several_seeds_are_drawn_only_where_that_is_worth_while(shipped):
    """Questions on data differ in structure from seed to seed, a choice or a construct is as long as any other."""
    assert {name for name, one in shipped.items() if not typical(one).several} == {
        "broadcast-and-back",
        "data-sufficiency",
        "drawn-data-sufficiency",
        "head-by-design",
        "learning-rate-curves",
        "line-or-shared-point",
        "optimizer-advantages",
        "state-machine",
        "validation-below-training",
        "vanishing-gradients",
    }


def test_papers_that_were_made_stay_and_new_ones_do_not_depend_on_them(tmp_path):
    grown = Round(tmp_path / "grown", NUMBERS, ["ada", "bob"])
    made = grown.manifest.papers
    grown.build(["zoe", "bob", "cyd", "ada"])
    at_once = Round(tmp_path / "at-once", NUMBERS, ["cyd", "zoe", "ada", "bob"])
    assert grown.manifest.papers[:2] == made
    assert {one.student: one for one in grown.manifest.papers} == {
        one.student: one for one in at_once.manifest.papers
    }


def test_the_first_seed_is_the_one_without_balance(shipped, write):
    on = blueprint.load(write(NUMBERS), shipped)
    off = blueprint.load(write(NUMBERS + "balance: false\n"), shipped)
    for student in CLASS[:5]:
        for one in blueprint.assign(on, student, SECRET):
            assert len({*one.seeds}) == blueprint.CANDIDATES
            key = blueprint.keyed(SECRET, "seed", on.id, student, one.exercise)
            assert one.seeds[0] == int.from_bytes(key[:8], "big") >> 1
    balanced, unbalanced = drawn(on, CLASS[:12], shipped), drawn(off, CLASS[:12], shipped)
    for student, one in unbalanced.items():
        assert one.difficulty == one.unbalanced == balanced[student].unbalanced
        firsts = [assigned.seeds[0] for assigned in blueprint.assign(off, student, SECRET)]
        assert [item.draw.seed for item in one.items] == firsts
    taken = [
        item.draw.seed == other.draw.seed
        for student in balanced
        for item, other in zip(balanced[student].items, unbalanced[student].items, strict=True)
    ]
    assert any(taken) and not all(taken)


SCORES = st.lists(st.lists(st.integers(0, 40), min_size=1, max_size=4), min_size=1, max_size=5)


@given(SCORES, st.integers(0, 120))
def test_no_single_change_brings_a_paper_nearer(scores, aim):
    taken = blueprint.balanced(scores, aim)
    off = abs(sum(own[at] for own, at in zip(scores, taken, strict=True)) - aim)
    assert off <= abs(sum(own[0] for own in scores) - aim)
    for other in product(*(range(len(own)) for own in scores)):
        if sum(one != at for one, at in zip(other, taken, strict=True)) == 1:
            total = sum(own[at] for own, at in zip(scores, other, strict=True))
            assert abs(total - aim) >= off


def test_where_a_pick_chooses_its_candidates_count_by_their_mean():
    picks = (blueprint.Picked(("a",)), blueprint.Picked(("b", "c", "d"), 2))
    quiz = blueprint.Quiz("q", "Q", "", picks)
    assert blueprint.goal(quiz, {"a": 10, "b": 1, "c": 2, "d": 6}) == 10 + 2 * 3


@pytest.fixture
def make(tmp_path, run, write):
    """What ``gradmark quiz`` prints of the papers of a class, and the folder that it writes."""

    def made(more=""):
        folder = tmp_path / "bank"
        folder.mkdir()
        (folder / "uneven.yaml").write_text(exercise_text("uneven"))
        quiz = write("id: q\ntitle: Q\npick: [uneven]\n" + more, "quiz.yaml")
        roster = write("\n".join(["student", *CLASS[:40]]), "class.csv")
        secret, out = write("ab" * 32, "secret"), tmp_path / "out"
        words = ["--roster", roster, "--out", out, "--secret", secret, "--bank", folder]
        result = run(main, "quiz", quiz, *words)
        assert result.exit_code == 0
        return result.stdout.splitlines()[1:], out

    return made


FIGURE = r"[0-9]+\.[0-9]"
RANGE = rf"{FIGURE} to {FIGURE}"


def test_papers_far_out_are_named(make):
    [line, far], out = make("balance: false\n")
    said = rf"predicted difficulty: median {FIGURE}, half of the papers {RANGE}, all {RANGE}"
    assert re.fullmatch(said, line)
    made = read_manifest(out).papers
    long = {one.student for one in made if "/" in one.items[0].draw.choices["sum"]}
    assert {*re.findall(r"(s\d\d) \(", far)} == long != set()
    assert far.startswith("far from the others: ")


def test_balanced_papers_are_compared_with_unbalanced_ones(make):
    [line], out = make()
    both = rf"{RANGE} \(unbalanced {RANGE}\)"
    said = rf"predicted difficulty: median {FIGURE}, half of the papers {both}, all {both}"
    assert re.fullmatch(said, line)
    made = read_manifest(out).papers
    ends = min(one.difficulty for one in made), max(one.difficulty for one in made)
    first = min(one.unbalanced for one in made), max(one.unbalanced for one in made)
    told = f"all {ends[0]:.1f} to {ends[1]:.1f} (unbalanced {first[0]:.1f} to {first[1]:.1f})"
    assert line.endswith(told)
    assert first[1] > 1.5 * ends[1]


def test_students_files_hold_no_prediction(make):
    _, out = make()
    papers_made = [path.read_text() for path in (out / "papers").iterdir()]
    assert len(papers_made) == 40
    assert not any("difficulty" in text or "unbalanced" in text for text in papers_made)
