"""What an author writes: the records of an exercise file, with those of ``offers``.

Each line of a docstring that starts with a key is its description, which editors show; see ``schema``.
"""

from __future__ import annotations

import functools
import re
from typing import Annotated, Any

from msgspec import Meta, Struct, field

from grader.answers import Criterion, Form, Scoring, Verdict
from grader.bank.rule import Rule
from grader.bank.tokens import Tokens
from grader.pools import POOLS, Choose, ChooseSeveral, Identifier, Match, Order, Pool
from reference.language.roles import is_derivative, written_parts

Points = Annotated[float, Meta(gt=0, le=1000)]


MAX_STEPS = 60  # of a recurrence
RUNS = re.compile(r"^[^\[\n]*?=.*\bfor\s+(\w+)\s+in\s+1\s*\.\.\s*(\w+)\s*$", re.MULTILINE)
RANGE = r"[0-9]{1,9}(\.\.[0-9]{1,9})?"  # of whole numbers, or one of them

Entries = float | list[float | list[float]]

DOMAINS = ("real", "positive", "probability", "binary", "one-hot", "simplex", "integer")
CONSTRUCTED = (*DOMAINS, "permutation")  # domains of what is constructed


class Quantity(Struct, frozen=True, forbid_unknown_fields=True):
    """A declared quantity with more to say than its shape.

    ``shape``: `h × d`, `d` for a column, `1` for a scalar.
    ``domain``: From which numbers its values come, where formulas are compared.
    """

    shape: int | str
    domain: str = "real"


class Index(Struct, frozen=True, forbid_unknown_fields=True):
    """The place of an entry: the size it runs over, and indices that stand for another place.

    ``size``: The size that the index runs over: a symbol or a number.
    ``not``: Indices that stand for another place, as `[i]`.
    """

    size: int | str
    apart_from: list[str] = field(name="not", default=[])


class LawFile(Struct, frozen=True, forbid_unknown_fields=True):
    """The law of a random quantity, whose entries are independent of each other and of all others.

    ``mean``: Of each entry: a number or an expression.
    ``variance``: Of each entry, as the mean.
    ``bernoulli``: The probability with which an entry is 1, in place of mean and variance; else it is 0.
    """

    mean: float | str | None = None
    variance: float | str | None = None
    bernoulli: float | str | None = None


class NetworkFile(Struct, frozen=True, forbid_unknown_fields=True, dict=True):
    """The network of an exercise as its author writes it.

    ``sizes``: Symbol → number, range such as `2..5`, a rule as in `sample`, or a formula in other sizes, as `floor((n + 2 p - k) / s) + 1`.
    ``inputs``: Name → shape: `h × d` (or `h x d`), `d` for a column, `1` for a scalar, up to four axes; sizes may be formulas, as `d + h`; `{shape: 1, domain: binary}` says more.
    ``parameters``: Name → shape, as of inputs; these are what `parameters: all` counts.
    ``constants``: Further scalars, such as a learning rate.
    ``functions``: Abstract functions: name → number of arguments, as `{g1: 1, Loss: 2}`.
    ``indices``: Places of entries: symbol → the size it runs over, as `{i: K, j: {size: K, not: [i]}}`.
    ``equations``: One `name = expression` a line, in any order; or entry by entry, as `y[i] = sum_j w[j] x[i + j - 1]`; or over steps, as `s_t = tanh(W s_{t-1} + x_t)  for t in 1..T`.
    ``again``: The network once more with other values, as `{ahead: {w: w + beta v}}`: `L_ahead` is then the loss there.
    ``laws``: What is random: name, or names as `q, k` → its law; `E[s]` and `Var[s]` may then be asked for and defined.
    ``define``: Names for expressions, derivatives above all: `{delta: dL/dz2}`; students see them and may use them.
    ``also``: Other names under which students may know a quantity: `{yhat: [a2, p]}`.
    ``layers``: A dense network in one line: `{x: 4, hidden: 8 relu, output: 1}`. Layer k has `Wk`, `bk` and `zk`.
    ``stack``: Layers of any kind, whose sizes and costs are asked for: name → the shape that comes in, then a layer each, as `conv 8, kernel 3`.
    ``units``: A network of single units, for questions on data: `{x: 2, h: 2 relu, y: 1}`.
    ``batch``: The number of columns of the input of `layers`; 1 unless given.
    """

    sizes: dict[str, int | str | Rule] = {}
    inputs: dict[str, int | str | Quantity] = {}
    parameters: dict[str, int | str | Quantity] = {}
    constants: list[str] = []
    functions: dict[str, Annotated[int, Meta(ge=1, le=2)]] = {}
    indices: dict[str, int | str | Index] = {}
    equations: str = ""
    again: dict[str, dict[str, str]] = {}
    laws: dict[str, LawFile] = {}
    define: dict[str, str] = {}
    also: dict[str, list[str]] = {}
    layers: dict[str, int | str] = {}
    stack: dict[Identifier, int | str] = {}
    units: dict[str, int | str] | str = {}
    batch: int | str = 1

    @functools.cached_property
    def runs(self) -> tuple[str, str] | None:
        """The letter of the steps of a recurrence, and their number as it is written; nothing where there is none."""
        found = RUNS.search(self.equations)
        return (found[1], found[2]) if found else None


class Tolerance(Struct, frozen=True, forbid_unknown_fields=True):
    """How far a number may be off; one of these. Without any: as far as careful rounding goes, to three decimals and figures.

    ``absolute``: So much either way; beside `relative`, the larger counts.
    ``relative``: Such a share of the key either way; beside `absolute`, the larger counts.
    ``decimals``: Right when rounded to so many decimals.
    ``significant``: Right to so many significant figures.
    ``rounding``: As the default, for so many decimals in place of three.
    ``exact``: No rounding at all.
    """

    absolute: Annotated[float, Meta(ge=0)] | None = None
    relative: Annotated[float, Meta(ge=0)] | None = None
    decimals: Annotated[int, Meta(ge=0, le=12)] | None = None
    significant: Annotated[int, Meta(ge=1, le=12)] | None = None
    rounding: Annotated[int, Meta(ge=1, le=12)] | None = None
    exact: bool = False


class Data(Struct, frozen=True, forbid_unknown_fields=True):
    """Do two items of data, alone or together, determine ``target``?

    ``target``: What is to be worked out: a value, a parameter or a derivative.
    ``first``: The first item: names, or `weights`, `inputs`, `weights from x to h`, `outputs of h`.
    ``second``: The second item, as the first.
    """

    target: str
    first: str | list[str]
    second: str | list[str]


class Text(Struct, frozen=True, forbid_unknown_fields=True):
    """A short text, which staff mark by a rubric.

    ``rubric``: Id → criterion.
    """

    rubric: dict[Identifier, Criterion]


class Table(Struct, frozen=True, forbid_unknown_fields=True):
    """A table in which cells are filled in: a blank for each row and column that asks.

    ``rows``: The rows: a list of names, or name → what is given of the row, a text for each column.
    ``columns``: Name → what each of its cells asks for, in which `{{row}}` is the row and `{{row.name}}` what is given of it.
    """

    rows: list[Identifier] | dict[Identifier, dict[str, str | int | float]]
    columns: Annotated[dict[Identifier, AnswerFile], Meta(min_length=1)]

    @property
    def given(self) -> dict[str, dict[str, str]]:
        """Row → column → what is given there."""
        rows = self.rows if isinstance(self.rows, dict) else {row: {} for row in self.rows}
        return {row: {name: str(one) for name, one in given.items()} for row, given in rows.items()}


class Strings(Struct, frozen=True, forbid_unknown_fields=True):
    """Strings of letters, after each of which something must hold; a letter is a point of `for_every`.

    ``up_to``: The length of the longest string.
    ``next``: Name → what it is at the next letter, as `{h: new}`; all of them begin at 0.
    """

    up_to: Annotated[int, Meta(ge=1, le=12)]
    next: dict[str, str]


Written = str | float  # an expression, or a number
Right = Written | list[Written | list[Written]]


class ConstructFile(Struct, frozen=True, forbid_unknown_fields=True):
    """What a student constructs: any answer of which a property holds is right.

    ``give``: Name → shape of what is to be given, a blank each: `{W: 2 × 2, b: 2}`; `{shape: 4, domain: permutation}` says more. The network can use these names.
    ``holds``: A comparison with `=`, `!=`, `<`, `<=`, `>` or `>=`, or a list of them; each must hold at every point, entry by entry.
    ``for_every``: Name → the values that each of its entries takes, as in `sample`, or the name of a matrix whose columns it takes.
    ``strings``: Strings of the points of `for_every`, after each of which `holds` must hold.
    ``reference``: Name → one right answer: a number, a list, or an expression in what is drawn, also for single entries.
    ``sample``: Name → numbers that show how to write the answer, and are no solution; 1, 2, 3 … unless given.
    ``scoring``: `all` or nothing; `each`: the share of the comparisons that hold, of each entry at each point.
    """

    give: Annotated[dict[Identifier, int | str | Quantity], Meta(min_length=1)]
    holds: str | list[str]
    reference: dict[str, Right]
    for_every: dict[str, Rule | str] = {}
    strings: Strings | None = None
    sample: dict[str, Entries] = {}
    scoring: Scoring = Scoring.ALL

    @property
    def comparisons(self) -> list[str]:
        return [self.holds] if isinstance(self.holds, str) else self.holds

    @property
    def names(self) -> set[str]:
        """The names that it gives values to, or takes them from; with the words of what must hold, names or not."""
        matrices = [one for one in self.for_every.values() if isinstance(one, str)]
        following = self.strings.next if self.strings else ()
        words = re.findall(r"[^\W\d]\w*", " ".join(self.comparisons))
        return {*self.give, *self.for_every, *matrices, *following, *words}


Row = str | float | list[str | float]  # of numbers, by expressions that give them


class AnswerFile(Struct, frozen=True, forbid_unknown_fields=True):
    """What is asked, in one of several ways; see ``docs/authoring/questions.md``.

    ``values``: Values of the network: a name or expression, a list of names, or blank → expression.
    ``gradients_of``: A scalar of which derivatives are asked; it needs `by`.
    ``by``: The quantities by which `gradients_of` is differentiated, a blank for each.
    ``updates``: The quantities that one step of gradient descent changes; it needs `loss` and `rate`.
    ``loss``: The scalar that `updates` descend on.
    ``rate``: The learning rate of `updates`: a number or a name.
    ``parameters``: A number of parameters: `all`, a list of names, or blank → names.
    ``entries``: A number of entries: a name, a list of names, or blank → name.
    ``shapes``: Rows and columns, or all axes: a name, a list of names, or blank → name.
    ``counts``: Whole numbers over sizes and a `stack`: `side of conv1`, `2 * parameters of all`, `smallest m in 1..9 where …`; or blank → such a text.
    ``table``: A table in which cells are filled in.
    ``chain``: A derivative as a product of local derivatives, as `dL/dw1`, or blank → derivative.
    ``choose_one``: One right option, drawn from a pool.
    ``choose_several``: All options that are right, or none.
    ``match``: Numbered items that lettered texts belong to.
    ``order``: Lines to be put in their right order.
    ``literal``: Numbers in a row of any length, as `[n, 1, k]`, or a word in their place; alone, or blank → what is right.
    ``sequence``: Tokens in their order.
    ``set``: Tokens in any order.
    ``text``: A few sentences, which staff mark by a rubric.
    ``sufficiency``: Whether two items of data determine a quantity: one of five standard options.
    ``construct``: Numbers and matrices of which a property must hold.
    ``offer``: So many options in place of a number or a formula; the wrong ones are what misconceptions lead to.
    ``unit``: The unit of numbers under `values`, `counts` or `literal`, as `%` or `MB`, or blank → unit; students may write it, and any other asks unless the ratio of both is exact.
    ``words``: Words that may stand in place of the numbers of a `literal`, as `error` or `not determined`; students read them.
    ``places``: Letters of an entry, one an axis, as `[m]`: the formula of that entry is asked for, as `sum_j g[m - j + 1] w[j]`.
    ``in_terms_of``: The names that a formula may use, `forward` for the inputs and all that is computed from them; without it, numbers are asked for.
    ``either_layout``: Is the transpose right as well?
    ``form``: How a formula must be written: `expanded`, `factored`, `no calls` (without functions), or `any`.
    ``derivation``: May the answer have several lines, each equal to the one before?
    ``because``: Why the answer is what it is, in your words; told with the solution, before its steps.
    ``steps``: Does the solution show the steps of the network? `false` where no person would compute it that way, and `because` says how.
    """

    values: str | list[str] | dict[Identifier, str] | None = None
    gradients_of: str | None = None
    by: list[str] = []
    updates: list[str] | None = None
    loss: str | None = None
    rate: str | float | None = None
    parameters: str | list[str] | dict[Identifier, str | list[str]] | None = None
    entries: str | list[str] | dict[Identifier, str] | None = None
    shapes: str | list[str] | dict[Identifier, str] | None = None
    counts: str | dict[Identifier, str] | None = None
    table: Table | None = None
    chain: str | dict[Identifier, str] | None = None
    choose_one: Choose | None = None
    choose_several: ChooseSeveral | None = None
    match: Match | None = None
    order: Order | None = None
    literal: Row | dict[Identifier, Row] | None = None
    sequence: Tokens | None = None
    set: Tokens | None = None
    text: Text | None = None
    sufficiency: Data | None = None
    construct: ConstructFile | None = None
    offer: Annotated[int, Meta(ge=2, le=8)] | None = None
    unit: str | dict[Identifier, str] = ""
    words: str | list[str] = []
    in_terms_of: str | list[str] | None = None
    places: list[str] = []
    either_layout: bool = False
    form: Form = Form.ANY
    derivation: bool = False
    because: str | None = None
    steps: bool = True


class FigureFile(Struct, frozen=True, forbid_unknown_fields=True):
    """Loss curves, each at its rate, on a problem that the rate ``suited`` suits; or what the network has, as a plot.

    ``loss_curves``: Curve → learning rate; a curve gets the letter of the option with the same name.
    ``suited``: The learning rate that learns the problem well in the steps that are drawn.
    ``curves``: Curve → the vector whose entries it shows over 1, 2, 3 …; it gets a letter likewise.
    ``points``: Group of points → a matrix of two rows with a point in each column, or a vector of two entries.
    ``borders``: Border → the number that is 0 on it, for values of `over`; it gets a letter likewise.
    ``over``: The input of two entries that stands for the points of the plane.
    ``across``: What the axis across shows.
    ``up``: What the axis upwards shows.
    """

    loss_curves: dict[Identifier, float | str] = {}
    suited: float | str | None = None
    curves: dict[Identifier, str] = {}
    points: dict[str, str] = {}
    borders: dict[Identifier, str] = {}
    over: str = ""
    across: str = ""
    up: str = ""

    @property
    def formulas(self) -> list[str]:
        """All that a plot shows of the network."""
        return [*self.curves.values(), *self.points.values(), *self.borders.values(), self.over]


class Mistake(Struct, frozen=True, forbid_unknown_fields=True):
    """A misconception that an author adds: the value it gives to a blank, and what to say of it.

    ``value``: What it gives: an expression over the network, and where no number is asked for, the answer that it leads to.
    ``says``: Continues the message "it looks like …".
    ``blank``: The name of the blank, if the question has several.
    ``credit``: The share of the points that it earns; 0 unless given.
    """

    value: str
    says: str
    blank: str = ""
    credit: Annotated[float, Meta(ge=0, le=1)] = 0


class QuestionFile(Struct, frozen=True, forbid_unknown_fields=True):
    """One question of an exercise as its author writes it.

    ``id``: TokenPart of the address of its blanks: letters, digits, `-` and `_`, a letter first.
    ``points``: Shared equally by its blanks.
    ``ask``: The question: Markdown with LaTeX between `$`; `{{name}}` stands for what is drawn.
    ``answer``: One kind of answer, or a list of them.
    ``equations``: Equations in place of those of the same names, for this question alone.
    ``tolerance``: How far numbers may be off, for this question.
    ``may_be_trivial``: Blanks whose answer may be 0, a given value, or in the text: `true`, or a list of them.
    ``figure``: What is drawn under the question: `network`, loss curves, or a plot.
    ``misconceptions``: Further wrong answers, and what is said of them.
    ``credit``: Name of a misconception, or `not_as_asked` → the share of the points that it earns.
    """

    id: Identifier
    points: Points
    ask: str
    answer: AnswerFile | list[AnswerFile]
    equations: str = ""
    tolerance: Tolerance | None = None
    may_be_trivial: bool | list[str] = False
    figure: str | FigureFile | None = None
    misconceptions: list[Mistake] = []
    credit: dict[str, Annotated[float, Meta(ge=0, le=1)]] = {}

    @property
    def answers(self) -> list[AnswerFile]:
        return self.answer if isinstance(self.answer, list) else [self.answer]

    def allows_trivial(self, blank: str) -> bool:
        """May the answer of a blank of this name be 0, given or written in the text?"""
        allowed = self.may_be_trivial
        return allowed if isinstance(allowed, bool) else blank in allowed


ALL = "all"  # that can be hidden
EVERY, PRINTED = "every", "printed"  # seeds of an example: all that are drawn, and the pinned one
Texts = str | int | float | list[str | int | float]


class Example(Struct, frozen=True, forbid_unknown_fields=True):
    """Answers and the verdict on them, which `check` compares with the marks.

    ``answers``: Blank → answer, given together; where one is a list, each answer is given by itself.
    ``verdict``: How they are marked: one verdict for all, or blank → verdict.
    ``seed``: A seed, `printed`, or `every`.
    ``says``: What each message contains.
    """

    answers: Annotated[dict[str, Texts], Meta(min_length=1)]
    verdict: Verdict | dict[str, Verdict]
    seed: int | str = EVERY
    says: str = ""


class ExerciseFile(Struct, frozen=True, forbid_unknown_fields=True, dict=True):
    """An exercise as its author writes it.

    ``id``: The name under which the exercise is known: letters, digits, `-` and `_`; best that of its file.
    ``title``: A heading.
    ``source``: Where the exercise comes from.
    ``topics``: Words; a quiz can pick by topic.
    ``text``: What stands above the equations: Markdown with LaTeX between `$`.
    ``choose``: Structure that is drawn: choice → its options; or `sufficiency`, for a question on data.
    ``network``: Sizes, quantities, equations.
    ``sample``: What is drawn: name, or names as `w, b` → rule; a number or list is a constant.
    ``evenly``: What is drawn first, each value equally often, and then numbers that give it: expression → its values.
    ``require``: Conditions on a draw, such as `abs(z) > 0.05`.
    ``printed``: The values of the pinned variant, shown with `--printed`.
    ``tolerance``: How far numbers may be off, for all questions, where the default does not suit.
    ``figure``: What is drawn under the equations: `network`, loss curves, or a plot.
    ``given``: What is computed and told on the sheet all the same: names of equations or definitions, as where the values that lead there are hidden.
    ``hidden``: What the network computes and the sheet leaves out: names of equations, definitions or drawn values, or `stack` for the list of layers; `all` of them where the figure shows everything.
    ``questions``: What is asked.
    ``points``: The total, which `check` compares with that of the questions.
    ``examples``: Answers and how they are marked, which `check` compares.
    ``accept``: Findings that are intended: code → the reason, as `{few-variants: 'the source has two cases'}`; or a list of codes.
    """

    id: Identifier
    title: str
    questions: Annotated[list[QuestionFile], Meta(min_length=1)]
    source: str = ""
    topics: list[str] = []
    text: str = ""
    choose: dict[Identifier, list[str] | dict[str, str | dict[str, str]] | str] = {}
    network: NetworkFile = NetworkFile()
    sample: dict[str, Entries | Rule] = {}
    evenly: dict[str, Annotated[list[float], Meta(min_length=1)]] = {}
    require: list[str] = []
    tolerance: Tolerance = Tolerance()
    printed: dict[str, Any] = {}
    figure: str | FigureFile | None = None
    given: list[str] = []
    hidden: str | list[str] = []
    points: Points | None = None
    examples: list[Example] = []
    accept: list[str] | dict[str, str] = []

    @property
    def accepted(self) -> dict[str, str]:
        """Code of a finding that is intended → the reason, empty where none is stated."""
        return self.accept if isinstance(self.accept, dict) else dict.fromkeys(self.accept, "")

    @functools.cached_property
    def unseen(self) -> frozenset[str]:
        """The hidden names, which stand nowhere on the sheet; with ``all``, the figure still shows every name."""
        listed = [self.hidden] if isinstance(self.hidden, str) else self.hidden
        if self.hidden == ALL:
            return frozenset()
        ending = f"_{self.network.runs[0]}" if self.network.runs else " "
        steps = [name[: -len(ending)] for name in listed if name.endswith(ending)]
        return frozenset(listed).union(
            f"{one}_{step}" for one in steps for step in range(1, MAX_STEPS + 1)
        )

    def hides(self, name: str) -> bool:
        """Is a name hidden, or what it is a derivative of or by, be it by a subscript?"""
        again = {one for one in self.network.again if one in self.unseen}
        parts = written_parts(name) if is_derivative(name) else (name,)
        return any(one in self.unseen or one.rpartition("_")[2] in again for one in parts)

    def states(self, name: str) -> bool:
        """Does the sheet say what a name is, by its equation, value or shape?"""
        return self.hidden != ALL and name not in self.unseen


def pool_of(answer: AnswerFile) -> tuple[str, Pool] | None:
    """The kind of an answer that draws from a pool, and the pool."""
    for kind, pool in POOLS.items():
        given = getattr(answer, kind)
        if given is not None:
            return kind, pool(given)
    return None
