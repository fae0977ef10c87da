"""A term of three quizzes, from the platforms' lists to the platforms' gradebooks."""

import csv
import io
import json
import random
from collections import Counter
from collections.abc import Sequence
from fractions import Fraction
from pathlib import Path

from tests.term import deciding, exercises, running
from tests.term import ledger as books
from tests.term.handing_in import Pile, filled, hand_in, one_more
from tests.term.ledger import OUT_OF, TEXT, Ledger, Z
from tests.term.people import PLATFORMS, Person, export, people, points_in

ROSTERS = ("canvas", "moodle", "gradescope")  # of the three quizzes
SECRET = "ab" * 32
SMALL = 2_000  # bytes, of what a full disk still takes
KILLS = {"quiz": 4, "grade": 3, "regrade": 9}  # in each quiz; a regrade comes once in a term


class Term:
    """A class, and what became of it; ``found``: differences from the ledger."""

    def __init__(
        self, base: Path, count: int, kills: int = 9, numbers: Sequence[int] = (1, 2, 3)
    ) -> None:
        self.rng = random.Random(f"term {count}")
        self.moments = random.Random("moments")  # of kills, as many as it takes to hit a run
        self.base, self.kills, self.numbers = base, kills, numbers
        everyone = people(count + max(1, count // 20) * len(numbers), self.rng)
        self.enrolled, self.later = everyone[:count], everyone[count:]
        self.joining = max(1, count // 20)
        self.counts: Counter[str] = Counter()
        self.found: list[str] = []
        self.told: list[str] = []
        (base / "secret").write_text(SECRET)

    def run(self) -> list[str]:
        """The whole term; the differences."""
        for number in self.numbers:
            exercises.write(self.base / "bank")
            Quiz(self, number).run()
        self.told += [f"{count:7,} {what}" for what, count in self.counts.items()]
        return self.found

    def killed(self, words: list[running.Word], whole: "Whole") -> None:
        """Runs of a command that are killed."""
        times = min(KILLS[str(words[0])], self.kills)
        self.counts["runs killed"] += running.killed(words, self.base, times, whole, self.moments)


class Whole:
    """What a run that was killed may leave: files that are whole, old or new."""

    def __init__(self, *paths: Path) -> None:
        self.paths = paths

    def __call__(self) -> None:
        for path in self.paths:
            for one in sorted(path.glob("*.ipynb")) if path.is_dir() else [path]:
                if one.exists():
                    self.look(one)

    def look(self, path: Path) -> None:
        text = path.read_text("utf-8-sig")
        if path.suffix in (".json", ".ipynb"):
            json.loads(text)
        elif not text.endswith("\n"):
            raise running.Unexpected(f"{path}: half a file is left")


class Quiz:
    """One quiz: its folder, what is handed in, and its ledger."""

    def __init__(self, term: Term, number: int) -> None:
        self.term, self.number, self.rng = term, number, term.rng
        self.name = f"week-{number}"
        self.folder = term.base / self.name
        self.roster = term.base / "class.csv"
        self.staff = term.base / f"{self.name}-staff"
        self.staff.mkdir()
        self.marks, self.details = self.staff / "marks.csv", self.staff / "marks.jsonl"
        self.decisions, self.pages = self.staff / "decisions.csv", self.staff / "pages"
        self.ledger = Ledger()
        self.retired = 0
        (term.base / "quiz.yaml").write_text(exercises.QUIZ.format(name=self.name))

    def run(self) -> None:
        self.make()
        self.left = self.somebody_leaves()
        pile = self.hand_in(self.left)
        self.grade_first()
        deciding.decide(self.decisions, self.ledger, self.number == 3, self.rng)
        self.grade("decided")
        self.change(pile)
        self.grade("changed and withdrawn")
        if self.number == 2:
            self.mend(pile)
            self.grade("regraded, and graded again")
            self.withdraw()
            self.grade("withdrawn after a regrade")
        self.give_back()
        self.sum_up()

    # Papers

    def make(self) -> None:
        """Papers for the class as a platform lists it, by runs that break off."""
        self.list_class()
        words = self.quiz_words()
        whole = Whole(self.folder / "papers", self.folder / "staff" / "manifest.json")
        running.run_out_of_space(words, self.term.base, SMALL)
        self.term.counts["full disks"] += 1
        self.term.killed(words, whole)
        self.term.counts["runs refused beside another"] += running.at_once(
            words, words, self.term.base, 0
        )
        running.run(words, self.term.base)

    def list_class(self) -> None:
        """The roster, which is the same from every platform."""
        logins = {one.login for one in self.term.enrolled}
        for platform in (
            *(one for one in PLATFORMS if one != "moodle-assign"),
            ROSTERS[self.number - 1],
        ):
            given = export(platform, self.term.enrolled, self.term.base / "export.csv")
            running.run(["roster", given, "--out", self.roster], self.term.base)
            listed = [row["student"] for row in read_table(self.roster)]
            self.say(sorted(logins ^ {*listed}), f"not on the roster of {platform}")
            self.say([one for one, times in Counter(listed).items() if times > 1], "twice")

    def quiz_words(self) -> list[running.Word]:
        secret = ["--secret", self.term.base / "secret"]
        return [
            "quiz",
            "quiz.yaml",
            "--roster",
            self.roster,
            "--out",
            self.folder,
            "--bank",
            "bank",
            *secret,
        ]

    def somebody_leaves(self) -> list[Person]:
        """Students leave and others come; the papers of the rest stay as they are."""
        before = self.papers()
        term, count = self.term, self.term.joining
        left = self.rng.sample(term.enrolled, count)
        new, term.later = term.later[:count], term.later[count:]
        term.enrolled = [one for one in term.enrolled if one not in left] + new
        self.list_class()
        said = running.run(self.quiz_words(), term.base)
        now = self.papers()
        self.say(
            [name for name in before if now.get(name) != before[name]], "the paper has changed"
        )
        self.say([one.login for one in new if one.login not in now], "came, and has no paper")
        if "no longer on the roster" not in said:
            self.say([self.name], "nobody was told who left")
        term.counts["students left"] += len(left)
        term.counts["students came"] += len(new)
        return left

    def papers(self) -> dict[str, bytes]:
        return {path.stem: path.read_bytes() for path in (self.folder / "papers").glob("*.ipynb")}

    # Submissions

    def hand_in(self, left: list[Person]) -> Pile:
        """The class, and one who has left, hand in."""
        keys: dict[str, dict[str, str]] = {}
        for row in read_table(self.folder / "staff" / "key.csv"):
            keys.setdefault(row["student"], {})[f"{row['exercise']}/{row['blank']}"] = row["key"]
        pile = Pile(self.term.base / f"{self.name}-in", self.name)
        one = left[0]
        self.ledger.pages[one.login] = page = books.Page(keys[one.login], dict(keys[one.login]))
        page.answers[TEXT], page.odd = "", "no longer on the roster"
        text = filled(
            (self.folder / "papers" / f"{one.login}.ipynb").read_text("utf-8"), page.answers
        )
        pile.put(one, "folder", text)
        hand_in(self.term.enrolled, keys, self.folder / "papers", pile, self.ledger, self.rng)
        return pile

    def change(self, pile: Pile) -> None:
        """Some hand in another text, so what was decided on theirs holds no more; decisions are withdrawn."""
        for one in self.untroubled(pile)[: self.term.joining]:
            page = self.ledger.pages[one.login]
            self.retired += page.decided.pop(TEXT, None) is not None
            page.answers[TEXT] = f"On second thoughts, {one.number}"
            self.rewrite(one, pile.files[one.login][0])
        self.withdraw()
        self.term.counts["decisions on answers that changed"] += self.retired

    def withdraw(self) -> None:
        gone = deciding.withdraw(self.decisions, self.ledger, self.term.joining, self.rng)
        self.term.counts["decisions withdrawn"] += gone

    def untroubled(self, pile: Pile) -> list[Person]:
        """Students with one file and nothing odd about it."""
        pages = self.ledger.pages
        friends = {name.partition("/")[0] for name in self.ledger.strays}  # have another's paper
        return [
            one
            for one in self.term.enrolled
            if len(pile.files.get(one.login, ())) == 1
            and one.login not in friends
            and pages[one.login].is_there
            and not pages[one.login].odd
        ]

    def rewrite(self, one: Person, path: Path, **other: str) -> None:
        paper = (self.folder / "papers" / f"{one.login}.ipynb").read_text("utf-8")
        given = {**self.ledger.pages[one.login].answers, **other}
        path.write_text(filled(paper, given), encoding="utf-8")

    # Marks

    def grade_words(self) -> list[running.Word]:
        outputs = [
            "--out",
            self.marks,
            "--details",
            self.details,
            "--decisions",
            self.decisions,
            "--feedback",
            self.pages,
        ]
        return [
            "grade",
            f"{self.name}-in",
            "--quiz",
            self.folder,
            "--bank",
            "bank",
            "--take",
            "newest",
            *outputs,
        ]

    def grade_first(self) -> None:
        words = self.grade_words()
        whole = Whole(self.marks, self.details, self.decisions)
        running.run_out_of_space(words, self.term.base, SMALL)
        self.term.counts["full disks"] += 1
        self.term.killed(words, whole)
        self.term.counts["runs refused beside another"] += running.at_once(
            words, words, self.term.base, 1
        )
        self.grade("first")

    def grade(self, when: str) -> None:
        said = running.run(self.grade_words(), self.term.base, 1)
        self.compare(when)
        self.compare_pages(when)
        self.term.counts["papers marked"] += int(said.partition(" paper")[0].replace(",", ""))

    def compare(self, when: str) -> None:
        """Gradebook, file of decisions and feedback say what the ledger says."""
        rows = read_table(self.marks)
        names = [row["student"] or row["file"] for row in rows]
        self.say([one for one, times in Counter(names).items() if times > 1], f"{when}: twice")
        by_name = dict(zip(names, rows, strict=True))
        self.say(books.differences(self.ledger, by_name), when)
        self.say(deciding.differences(self.decisions, self.ledger, self.retired), when)
        self.term.counts["rows compared"] += len(rows)
        self.term.counts["doubts, each with a row"] += len(self.ledger.doubts())

    def compare_pages(self, when: str) -> None:
        """Feedback says to each student what the ledger says, and there is none for anybody else."""
        pages = {one for one, page in self.ledger.pages.items() if page.is_there}
        there = {path.stem for path in self.pages.glob("*.md")}
        self.say(sorted(there - pages), f"{when}: a page for one who handed in nothing")
        for student in sorted(pages):
            due = self.ledger.owed(self.ledger.pages[student])
            if due.points is None or due.waiting:
                continue
            told = (self.pages / f"{student}.md").read_text("utf-8")
            if f"**{shown(due.points)} of {shown(due.out_of)} points" not in told:
                self.say([f"{student}: owed {due}"], f"{when}: a page says something else")
            self.term.counts["pages compared"] += 1

    def mend(self, pile: Pile) -> None:
        """An exercise is mended; meanwhile submissions were lost, damaged and doubled."""
        bank = self.term.base / "bank" / "line.yaml"
        bank.write_text(exercises.MENDED)
        troubled = self.rng.sample(self.untroubled(pile), 3 * max(1, self.term.joining // 4))
        for place, one in enumerate(troubled):
            path = pile.files[one.login][0]
            match place % 3:
                case 0:
                    path.unlink()
                case 1:
                    path.write_text(path.read_text("utf-8")[:300])
                    if one.login not in str(path):
                        self.ledger.strays.add(str(path.relative_to(pile.folder)))
                case _:
                    self.rewrite(one, path.parent / f"{one.login} again.ipynb", **{Z: "0.5"})
            self.ledger.pages[one.login].odd = "the marks from before stand"
        hit = {one.login for one in troubled}
        for student, page in self.ledger.pages.items():
            if page.is_there and not page.unread and student not in hit:
                page.kept = {Z: books.own(page, Z)}
                page.key = {**page.key, Z: one_more(page.key[Z])}
        new = self.staff / "new.jsonl"
        words: list[running.Word] = [
            "regrade", f"{self.name}-in", "--quiz", self.folder, "--bank", "bank", "--marks", self.details, "--out", new, "--take", "newest",
            "--gradebook", self.marks, "--decisions", self.decisions, "--never-lower", "--yes",
        ]  # fmt: skip
        running.run_out_of_space(words, self.term.base, SMALL)
        self.term.counts["full disks"] += 1
        self.term.killed(words, Whole(self.marks, new, self.decisions))
        self.term.counts["runs refused beside another"] += running.at_once(
            words, words, self.term.base, 0
        )
        running.run(words, self.term.base)
        self.compare("regraded")
        new.replace(self.details)
        self.term.counts["submissions lost, damaged or doubled before a regrade"] += len(troubled)

    # Back

    def give_back(self) -> None:
        """The points of every student, in the export of every platform that lists them."""
        owed = {student: self.ledger.owed(page) for student, page in self.ledger.pages.items()}
        known = [one for one in [*self.term.enrolled, *self.left] if one.login in owed]
        for platform, how in PLATFORMS.items():
            if platform == "moodle-assign" and ROSTERS[self.number - 1] == "canvas":
                continue  # this roster has no e-mail, by which alone the worksheet knows them
            template = export(platform, known, self.staff / f"{platform}.csv")
            out = self.staff / f"{platform}-upload.csv"
            words = [
                "gradebook",
                self.marks,
                "--to",
                platform,
                "--template",
                template,
                "--out",
                out,
                "--column",
                how.column,
            ]
            running.run(
                [*words, "--scale"] if platform in ("moodle-assign", "gradescope") else words,
                self.term.base,
            )
            for student, cell in points_in(platform, known, out).items():
                due = owed[student]
                counts = due.points is not None and not due.waiting
                most = (
                    OUT_OF / due.out_of
                    if platform in ("moodle-assign", "gradescope") and due.out_of
                    else 1
                )
                if cell != (shown(due.points * most) if counts and due.points is not None else ""):
                    self.say([f"{student}: owed {due}, {platform} has '{cell}'"], "given back")
                self.term.counts["cells of platforms compared"] += 1

    def sum_up(self) -> None:
        pages = self.ledger.pages.values()
        due = [self.ledger.owed(page) for page in pages]
        points = sum(float(one.points) for one in due if one.points is not None)
        decided = sum(
            len(page.decided) + (page.whole is not None) + page.settled + (page.late < 1)
            for page in pages
        )
        self.term.counts["decisions in force"] += decided + len(self.ledger.for_all)
        self.term.told.append(
            f"{self.name}: {len(due)} students, {points:,.2f} points, {sum(one.waiting for one in due)} answers waiting, "
            f"{sum(one.points is None for one in due)} without points"
        )

    def say(self, found: list[str], what: str) -> None:
        self.term.found += [f"{self.name}, {what}: {one}" for one in found]


def shown(points: Fraction) -> str:
    return f"{round(float(points), 2):g}"


def read_table(path: Path) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(path.read_text("utf-8-sig"), newline="")))
