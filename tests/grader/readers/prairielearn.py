"""A course as PrairieLearn runs it, by its documentation and source: what the functions of a question get, what they may change, and what becomes of it."""

from __future__ import annotations

import contextlib
import functools
import io
import json
import re
import subprocess
import sys
from html.parser import HTMLParser
from unittest.mock import patch

import grader
from grader import exports
from grader.exports import on_prairielearn

UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
LARGEST = 2**53 - 1
ALWAYS = {"params": dict, "correct_answers": dict, "variant_seed": int, "options": dict, "preferences": dict}  # fmt: skip
ANSWERED = {"submitted_answers": dict, "format_errors": dict, "raw_submitted_answers": dict, "feedback": dict}  # fmt: skip
GRADED = {"partial_scores": dict, "score": (int, float)}
SHOWN = {"editable": bool, "manual_grading": bool, "ai_grading": bool, "panel": str, "correct_answer_shown": bool, "num_valid_submissions": int}  # fmt: skip
# phase → what its data holds, and what of it may change
PHASES = {
    "generate": (ALWAYS, {"params", "correct_answers"}),
    "render": (ALWAYS | ANSWERED | GRADED | SHOWN, set()),
    "parse": (
        ALWAYS | ANSWERED | {"gradable": bool},
        {"params", "correct_answers", "submitted_answers", "format_errors", "feedback"},
    ),
    "grade": (
        ALWAYS | ANSWERED | GRADED | {"gradable": bool},
        {"params", "correct_answers", "submitted_answers", "format_errors", "feedback", *GRADED},
    ),
}


# A process of PrairieLearn, which finds modules where its arguments say.
WORKER = """
import json, sys
sys.path[:0] = sys.argv[1:]
file, phase, data, *more = json.load(sys.stdin)
functions = {"__file__": file}
exec(compile(open(file).read(), file, "exec"), functions)
found = functions[phase](data, *more)
print(json.dumps([data, found]))
"""


class Course:
    """The folder of a course, as it is synchronised; ``worker``: the command of a process for each call, or nothing for none."""

    def __init__(self, folder, worker=()):
        self.folder = folder
        self.questions = {
            path.parent.relative_to(folder / "questions").as_posix(): Question(path.parent, worker)
            for path in sorted((folder / "questions").rglob("info.json"))
        }
        assert len({one.info["uuid"] for one in self.questions.values()}) == len(self.questions)
        [path] = (folder / "assessments").rglob("infoAssessment.json")
        self.assessment = json.loads(path.read_text())
        check_assessment(self.assessment, self.questions)

    def points(self):
        """QID → (points of the machine, points of a person)."""
        return {
            one["id"]: (one.get("autoPoints", 0), one.get("manualPoints", 0))
            for zone in self.assessment["zones"]
            for slot in zone["questions"]
            for one in slot.get("alternatives", [slot])
        }


def check_assessment(found, questions):
    assert UUID.fullmatch(found["uuid"]) and found["type"] in ("Homework", "Exam")
    assert {"uuid", "type", "title", "set", "number", "zones"} == found.keys()
    ids = []
    for zone in found["zones"]:
        for slot in zone["questions"]:
            assert ("id" in slot) != ("alternatives" in slot)
            listed = slot.get("alternatives", [slot])
            assert 1 <= slot.get("numberChoose", 1) <= len(listed)
            ids += [one["id"] for one in listed]
            for one in listed:
                assert one.keys() <= {"id", "autoPoints", "manualPoints"}
                assert one.get("autoPoints", 0) + one.get("manualPoints", 0) > 0
    assert len({*ids}) == len(ids), "a question may stand in an assessment once"
    assert {*ids} == questions.keys()


class Fields(HTMLParser):
    """The fields of a form: name → what is filled in."""

    def __init__(self, page):
        super().__init__(convert_charrefs=True)
        self.filled, self.disabled, self.area = {}, set(), ""
        self.feed(page)

    def handle_starttag(self, tag, attributes):
        given = dict(attributes)
        name = given.get("name")
        if tag not in ("input", "textarea"):
            return
        self.disabled |= {name} if "disabled" in given else set()
        if given.get("type") == "radio":
            self.filled.setdefault(name, "")
            if "checked" in given:
                self.filled[name] = given["value"]
        else:
            assert name not in self.filled
            self.filled[name] = given.get("value", "")
        self.area = name if tag == "textarea" else ""

    def handle_endtag(self, tag):
        self.area = "" if tag == "textarea" else self.area

    def handle_data(self, data):
        if self.area:
            self.filled[self.area] += data.removeprefix("\n")


class Question:
    """The folder of a question."""

    def __init__(self, folder, worker=()):
        self.folder, self.worker = folder, worker
        self.info = json.loads((folder / "info.json").read_text())
        assert {"uuid", "type", "title", "topic"} <= self.info.keys()
        assert self.info.keys() <= {
            "uuid", "type", "title", "topic", "tags", "gradingMethod", "showCorrectAnswer",
        }  # fmt: skip
        assert UUID.fullmatch(self.info["uuid"]) and self.info["type"] == "v3"
        assert (folder / "question.html").read_text().strip()

    def options(self):
        return {"question_path": str(self.folder), "user": None, "group": None}

    def call(self, phase, data, *more):
        """What a function makes of its data, and what it returns; PrairieLearn reports what it may not do."""
        there, changed = PHASES[phase]
        assert data.keys() == there.keys()
        own = transported(data)
        own, found = (self.elsewhere if self.worker else self.here)(phase, own, *more)
        own = transported(own)
        assert own.keys() == there.keys()
        for name, kind in there.items():
            assert isinstance(own[name], kind), name
            assert name in changed or own[name] == transported(data)[name], name
        return own, found

    def here(self, phase, data, *more):
        """A call in this process."""
        said = io.StringIO()
        with contextlib.redirect_stdout(said), contextlib.redirect_stderr(said):
            found = self.functions[phase](data, *more)
        assert not said.getvalue(), "what is printed is reported as an issue"
        return data, found

    @functools.cached_property
    def functions(self):
        """What ``server.py`` defines, with this gradmark in the place of an installed one."""
        ours = {
            "gradmark": grader,
            "gradmark.exports": exports,
            "gradmark.exports.on_prairielearn": on_prairielearn,
        }
        found = {"__file__": str(self.folder / "server.py")}
        with patch.dict(sys.modules, ours):
            exec(compile((self.folder / "server.py").read_text(), "server.py", "exec"), found)
        return found

    def elsewhere(self, phase, data, *more):
        """A call in a process of its own."""
        call = json.dumps([str(self.folder / "server.py"), phase, data, *more])
        done = subprocess.run(
            self.worker, input=call, capture_output=True, text=True, cwd=self.folder, timeout=120
        )
        assert not done.stderr, done.stderr
        return json.loads(done.stdout)

    def variant(self, seed):
        data = {
            "params": {},
            "correct_answers": {},
            "variant_seed": seed,
            "options": self.options(),
            "preferences": {},
        }
        made, _ = self.call("generate", data)
        return Variant(self, made)


class Variant:
    """A variant as it is stored."""

    def __init__(self, question, made):
        self.question, self.made = question, made

    @functools.cached_property
    def fields(self):
        return Fields(self.shown()[1]).filled

    def shown(self, submission=None, **how):
        """All that a panel is made from, and the panel."""
        data = {
            **self.made,
            "submitted_answers": {},
            "format_errors": {},
            "raw_submitted_answers": {},
            "feedback": {},
            "partial_scores": {},
            "score": 0,
            **(submission.stored if submission else {}),
            "editable": True,
            "manual_grading": False,
            "ai_grading": False,
            "panel": "question",
            "correct_answer_shown": False,
            "num_valid_submissions": 0,
            **how,
        }
        _, page = self.question.call("render", data, "<div></div>")
        return data, page

    def submit(self, answers):
        """What becomes of a form that is sent."""
        assert answers.keys() <= self.fields.keys()
        sent = self.fields | answers
        data = {
            **self.made,
            "submitted_answers": dict(sent),
            "raw_submitted_answers": dict(sent),
            "format_errors": {},
            "feedback": {},
            "gradable": True,
        }
        parsed, _ = self.question.call("parse", data)
        parsed["gradable"] = not parsed["format_errors"]
        if not parsed["gradable"]:
            return Submission(parsed)
        data = {**parsed, "partial_scores": {}, "score": 0}
        try:
            graded, _ = self.question.call("grade", data)
        except RuntimeError as error:
            return Submission(data, str(error))
        graded["gradable"] = not graded["format_errors"]
        return Submission(graded)


class Submission:
    """A submission as it is stored: ``gradable`` where it counts as an attempt, ``issue`` where staff are told that it broke."""

    def __init__(self, data, issue=""):
        self.gradable = data.pop("gradable") and not issue
        self.issue = issue
        self.errors = data["format_errors"]
        self.score = None if issue else data.get("score")
        self.parts = data.get("partial_scores", {})
        self.feedback = data["feedback"]
        self.stored = data
        assert all(0 <= one["score"] <= 1 and one["weight"] >= 0 for one in self.parts.values())


def transported(data):
    """Data as they come back through JSON and JavaScript, which has one kind of number."""
    return as_javascript(json.loads(json.dumps(data, allow_nan=False)))


def as_javascript(found):
    if isinstance(found, dict):
        return {name: as_javascript(one) for name, one in found.items()}
    if isinstance(found, list):
        return [as_javascript(one) for one in found]
    if isinstance(found, float) and found == int(found):
        return int(found)
    if isinstance(found, int):
        assert abs(found) <= LARGEST
    return found
