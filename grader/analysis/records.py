"""What an analysis finds: records, as they stand in analysis.json. Nothing in them tells of fewer than five students."""

from __future__ import annotations

from msgspec import Struct

from grader.analysis.cuts import Cut
from grader.analysis.intervals import Interval


class Bar(Struct, frozen=True):
    """Students with points from one number to another; bars of fewer than five are joined."""

    low: float
    high: float
    count: int


class Scores(Struct, frozen=True):
    """Totals: ``floor`` and ``ceiling``: the share of students with nothing, or everything."""

    out_of: float
    mean: float | None = None
    deviation: float | None = None
    quantiles: dict[str, float] = {}
    floor: float | None = None
    ceiling: float | None = None
    bars: tuple[Bar, ...] = ()


class Reliability(Struct, frozen=True):
    """Over the slots of the quiz, of students who have marks in all of them."""

    count: int = 0
    alpha: float | None = None
    interval: Interval | None = None
    kr20: float | None = None
    error: float | None = None
    firm: bool = False


class Band(Struct, frozen=True):
    """A cut, and how many papers lie within one standard error of it."""

    cut: Cut
    within: int | None
    below: int | None


class Item(Struct, frozen=True):
    """An exercise, or one blank of it; ``number``: as it stands in the report.

    ``count``: of students who have it, nothing where these are fewer than five. ``weight``: the share of the points; ``effective``:
    of what moves the total, of the slot. ``possible``: the largest correlation that its points allow; ``usual``: the one that it had if it
    told as much as the others do.
    """

    number: str
    slot: int
    exercise: str
    blank: str
    name: str
    points: float
    count: int | None
    facility: float | None = None
    facility_interval: Interval | None = None
    facility_firm: bool = False
    discrimination: float | None = None
    discrimination_interval: Interval | None = None
    discrimination_firm: bool = False
    efficiency: float | None = None
    weight: float | None = None
    effective: float | None = None
    curve: tuple[float | None, ...] = ()
    flag: str = ""
    possible: float | None = None
    usual: float | None = None


class Group(Struct, frozen=True):
    """Students with one draw: ``raw`` and ``shrunk`` in points above what the rest of their papers lets expect.

    ``factor``: what was drawn, ``value``: how; ``adjusted``: the probability over all groups. ``predicted``: mean difficulty;
    ``lost``: mean share of the points that was not reached.
    """

    number: str
    slot: int
    exercise: str
    factor: str
    value: str
    count: int
    raw: float
    shrunk: float
    interval: Interval
    probability: float
    points: float
    adjusted: float | None = None
    predicted: float | None = None
    lost: float | None = None
    firm: bool = False
    flag: str = ""


class OptionRow(Struct, frozen=True):
    """One option of a choice: how many were shown it, how often it was chosen, by all and by thirds, the best first."""

    number: str
    exercise: str
    blank: str
    option: str
    text: str
    right: bool
    shown: int
    chosen: int | None = None
    share: float | None = None
    thirds: tuple[float | None, ...] = ()
    correlation: float | None = None
    interval: Interval | None = None
    firm: bool = False
    flag: str = ""


class Misconception(Struct, frozen=True):
    """How many show it, of those whose variant can."""

    id: str
    says: str
    items: tuple[str, ...]
    count: int
    of: int
    share: float
    interval: Interval


class WrongAnswer(Struct, frozen=True):
    """A wrong answer that many gave: ``code`` names it, ``what`` says what it is. ``misconception``: what explains it, if anything does.

    ``rows``: of a file of decisions, for all who wrote it. ``yaml``: to paste into the exercise, where nothing explains it.
    """

    code: str
    number: str
    exercise: str
    blank: str
    what: str
    understood: str
    misconception: str
    count: int
    of: int
    lost: float
    ways: tuple[str, ...] = ()
    rows: tuple[dict[str, str], ...] = ()
    yaml: str = ""


class Observed(Struct, frozen=True):
    """How much of an exercise was lost: by all, or with one draw; ``predicted``: what it takes, in steps.

    ``choices``: what was drawn, nothing for all. ``lost``: a share of the points, shrunk.
    """

    exercise: str
    count: int
    lost: float
    predicted: float | None = None
    choices: dict[str, str] = {}


class Spread(Struct, frozen=True):
    """Expected losses of papers, in points: their standard deviation."""

    papers: int
    as_handed_out: float
    with_observed: float


class Calibration(Struct, frozen=True):
    """Predicted against observed difficulty; ``correlation``: over exercises; ``within``: over draws of one exercise."""

    observed: tuple[Observed, ...] = ()
    correlation: float | None = None
    within: float | None = None
    balancing: Spread | None = None


class Copied(Struct, frozen=True):
    """Two papers that are more alike than chance explains."""

    students: tuple[str, str]
    shared: int
    of: int
    expected: float
    probability: float


class Likeness(Struct, frozen=True):
    """All pairs of papers; ``identical`` ones on all that both had, beside how many chance lets expect."""

    pairs: int
    identical: int
    by_chance: float
    named: tuple[Copied, ...] = ()


class Advice(Struct, frozen=True):
    """What to do: in bold, then why; ``command``: to do it by."""

    what: str
    why: str
    kind: str
    command: str = ""


class Analysis(Struct, frozen=True):
    """All of it. ``missing``: why answers are missing, which are not wrong."""

    title: str
    count: int
    absent: int
    answers: int
    missing: dict[str, int]
    scores: Scores
    reliability: Reliability
    cuts: tuple[Band, ...] = ()
    items: tuple[Item, ...] = ()
    groups: tuple[Group, ...] = ()
    options: tuple[OptionRow, ...] = ()
    misconceptions: tuple[Misconception, ...] = ()
    wrong_answers: tuple[WrongAnswer, ...] = ()
    calibration: Calibration = Calibration()
    likeness: Likeness | None = None
    todo: tuple[Advice, ...] = ()
    version: int = 1
