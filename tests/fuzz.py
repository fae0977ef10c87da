"""Mark a million hostile texts: ``python -m tests.fuzz [inputs]``, or ``--monsters`` for the named ones.

``--ways`` marks so many random texts, none led by coverage, by the short way and by the long way, which must agree.

An input's first byte chooses the key, the second one how the rest becomes a text: as it is decoded, as
tokens of the language, as expressions of a grammar, or as edits of a right answer. So an input stays
alike where a few of its bytes change, which is what the fuzzer goes by. A fault does not end the run: it
is made small, kept, and printed at the end.
"""

from __future__ import annotations

import argparse
import contextlib
import cProfile
import functools
import gc
import importlib
import multiprocessing
import os
import pstats
import random
import resource
import shutil
import signal
import sys
import tempfile
import time
import traceback
import warnings
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from multiprocessing.pool import Pool
from pathlib import Path
from types import ModuleType
from typing import Any

BOUND = 0.05  # seconds for one text
GROWTH = 10_000  # blocks of memory that may be held once all tables are empty, and were not at the start: 1 MB
FULL = 1_000  # MB that the process may take at most, its corpus and full tables included
PATIENCE = 2  # seconds of work after which a text is given up
STUCK = 60  # seconds after which the fuzzer gives up on one that does not even let go
LONGEST = 30_000  # characters of a text; longer ones are the monsters' matter
INPUT = 1_500  # bytes of an input at most
SHRINKING = 5  # seconds for making a fault small
EVERY = 20_000  # inputs after which the memory is told
ROOM = 6_000  # MB of address space, so that no text takes the machine down

ROOT = Path(__file__).parents[1]
Texts = Callable[[Iterator[int], str], str]


# Inputs to texts


def words(text: str) -> list[str]:
    return text.split()


NAMES = words("""
    x X y t W1 b1 W2 A B C z1 a1 z2 yhat L s v E N d h K n m i j k g1 Loss pi e delta_ij dL/dW1 dE/ds
""")
PIECES = words(r"""
    0 1 2 3 9 0.5 1e3 1e-9 12 000 . , ; : + - * / ^ ** @ ⊙ ∘ .* · × ÷ − ' ! ? = == != < > <= >= ← := _ | & # $ % ~
    ( ) [ ] { } ^T .T ^2 ^{ _{ } ^{[1]} [k] [1,2] _k _1 1{ > ² ⁻ ⁻¹ ᵀ ₁ ᵢ ∂ Σ_ ∑ σ ŷ δ α ∞ ½ ５ ٣ а
    relu( leaky_relu( sigmoid( tanh( softmax( exp( log( sqrt( abs( max( min( sum( mean( sign( g1( g1'( Loss( sigmoid'(
    sum_i sum_j sum_{k!=i} sum_{i=1}^{K} if else dL/d ∂L/∂ \frac{ }{ \sqrt{ \hat{ \bar{ \sum_{ \cdot \odot \left( \right)
    \partial \begin{cases} \end{cases} \text{otherwise} \mathbf{ \operatorname{ \top \lambda \alpha \\ \{ \} \, \in R^
    by x X T factorial( __class__ lambda <b>
    np. torch. F. .dot( .sum( .t() .mT .float() diag( np.outer( np.where( einsum('ij,j->i', axis=0 dim=-1 sin( sech^2( log_2( softplus( H(
    in .. floor( Θ( 1_{>0}( for when otherwise where with and then ⟦ ⟧ \boldsymbol{\hat{
""")
BLANKS = [" ", "\n", "\0", "\u200b", "\u0302", "\ud800", "\u202e"]
TOKENS = [*NAMES, *PIECES, *BLANKS]
REPEATS = 240  # bytes from here on repeat what stands before them

LEAVES = [
    *NAMES,
    "0",
    "1",
    "2",
    "0.5",
    "3/4",
    "10^9",
    "y_k",
    "yhat[i]",
    "W1[j,1]",
    "w[j]",
    "x[m - j + 1]",
    "dL/dy[m]",
    "dL/dyhat",
    "dv/ds",
]
FORMS = words(r"""
    ({}) -{} {}^T {}^2 {}^{{{}}} {}+{} {}-{} {}*{} {}@{} {}⊙{} {}/{} ({}+{}) ({}-{}) ({})/({}) ({})^12 ({})^(-3) ({}>{})
    1{{{}>{}}} relu({}) sigmoid({}) tanh'({}) softmax({}) exp({}) log({}) sqrt({}) |{}| sum({}) mean({}) max({},{}) max({})
    g1({}) g1'({}) Loss({},{}) Loss'1({},{}) \frac{{{}}}{{{}}} \sqrt{{{}}} ({})[1] ({})[i] [{},{}] [[{},{}],[{},{}]]
    diag({}) np.dot({},{}) {}.sum(axis=1) np.multiply({},{}) einsum('ij,jk->ik',{},{}) max({},{},{}) np.where({}>{},{},{})
    ({},{}) {}={} \begin{{cases}}{}&{}>{}\\{}&\text{{otherwise}}\end{{cases}}
""")
FORMS += [
    "{} {}",
    "sum_i {}",
    "(sum_j {})",
    "sum_{{k!=i}} {}",
    "({} if {} > 0 else {})",
    "{}\n= {}",
    "{} for {}<0, {} for {}>0",
    "s x where s = {}, r = {}",
    "sum_{{j in 1..k, j <= m}} {}",
    "({} else {})",
    "{}[{}]",
    "max_{{a in 1..n}} {}",
    "floor({}/2)",
    "[[{}],[{}]]",
]
DEEPEST = 60


def raw(source: Iterator[int], right: str) -> str:
    """The bytes themselves; what is no UTF-8 becomes surrogates."""
    return bytes(source).decode("utf-8", "surrogateescape")


def tokens(source: Iterator[int], right: str) -> str:
    """A token a byte; some bytes repeat the last tokens up to so many times."""
    pieces: list[str] = []
    length = 0
    for byte in source:
        if byte < REPEATS:
            added = [TOKENS[byte % len(TOKENS)]]
        else:
            added = pieces[REPEATS - 1 - byte :] * next(source, 1)
        length += sum(map(len, added))
        if length > LONGEST:
            break
        pieces += added
    return "".join(pieces)


def grammar(source: Iterator[int], right: str, leaves: Sequence[str] = LEAVES) -> str:
    """An expression that can mostly be read, whether its shapes fit or not."""

    def expression(depth: int) -> str:
        byte = next(source, 0)
        if byte < 96 or depth > DEEPEST:
            return leaves[byte % len(leaves)]
        form = FORMS[byte % len(FORMS)]
        count = form.replace("{{", "").replace("}}", "").count("{}")
        return form.format(*(expression(depth + 1) for _ in range(count)))

    return expression(0)


def edits(source: Iterator[int], right: str) -> str:
    """A right answer with parts of it cut out, put in or repeated."""
    text = right
    for byte in source:
        place = next(source, 0) % (len(text) + 1)
        more = next(source, 0)
        if byte < 64:
            text = text[:place] + text[place + more % 16 :]
        elif byte < 224:
            text = text[:place] + TOKENS[(byte << 8 | more) % len(TOKENS)] + text[place:]
        else:
            text = text[:place] + text[place : place + byte - 223] * more + text[place:]
        if len(text) > LONGEST:
            break
    return text


MODES: list[Texts] = [raw, tokens, grammar, edits]


# Faults


class Endless(BaseException):
    """A text has taken all the patience that there is; nothing catches it but we."""


def give_up(*_: object) -> None:
    raise Endless


def marked(hostile: ModuleType, name: str, text: str) -> object:
    """The outcome of a text; patience is counted in work, whatever else the machine does."""
    signal.signal(signal.SIGPROF, give_up)
    signal.setitimer(signal.ITIMER_PROF, PATIENCE)
    try:
        return hostile.keys()[name].mark(text)
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)


def timed(name: str, text: str) -> float:
    """The work of the fastest of three runs, each as if the text were new."""
    hostile = importlib.import_module("tests.hostile")
    times = []
    for _ in range(3):
        hostile.forget()
        start = time.process_time()
        try:
            marked(hostile, name, text)
        except Exception:
            return 0.0  # a fault of another kind
        except Endless:
            return PATIENCE
        times.append(time.process_time() - start)
    return min(times)


def kept(folder: str) -> int:
    """The blocks that are held once the inputs in a folder were marked, and all tables are empty: these would grow for ever."""
    findings = Findings(importlib.import_module("tests.hostile"))
    findings.hostile.forget()
    before = held()
    for path in sorted(Path(folder).iterdir()):
        with contextlib.suppress(Exception, Endless):
            marked(findings.hostile, *findings.text(path.read_bytes()))
    findings.hostile.forget()
    return held() - before


class Findings:
    """What was found in a run: each fault once, and figures of all."""

    def __init__(self, hostile: ModuleType) -> None:
        self.hostile = hostile
        self.keys = list(hostile.keys().items())
        self.faults: dict[str, tuple[str, str]] = {}
        self.verdicts: Counter[str] = Counter()
        self.slowest = (0.0, "", "")
        self.start = time.perf_counter()

    @functools.cached_property
    def clock(self) -> Pool:
        """A process of its own, as watching the code takes time."""
        return multiprocessing.get_context("spawn").Pool(1)

    def close(self) -> None:
        if "clock" in vars(self):
            self.clock.terminate()
            self.clock.join()

    @property
    def count(self) -> int:
        return self.verdicts.total()

    def take(self, data: bytes) -> None:
        """Mark the text of one input."""
        name, text = self.text(data)
        start = time.perf_counter()
        found, verdict = self.judged(name, text)
        spent = time.perf_counter() - start
        if spent > BOUND:
            spent = min(spent, self.timed(name, text))
        if spent > self.slowest[0]:
            self.slowest = spent, name, text
        self.verdicts[verdict] += 1
        for problem in found:
            self.keep(problem, name, text, lambda part, p=problem: p in self.judged(name, part)[0])
        if spent > BOUND:
            fault = f"more than {1000 * BOUND:.0f} ms: {self.busiest(name, text)}"
            self.keep(fault, name, text, lambda part: self.timed(name, part) > BOUND)

    def text(self, data: bytes) -> tuple[str, str]:
        """The name of a key and the text for it that an input stands for."""
        source = iter(data)
        name, key = self.keys[next(source, 0) % len(self.keys)]
        return name, MODES[next(source, 0) % len(MODES)](source, key.show())

    def judged(self, name: str, text: str) -> tuple[list[str], str]:
        """The problems of one mark, and its verdict."""
        try:
            outcome = marked(self.hostile, name, text)
        except Endless:
            return [], "endless"  # which is too slow, and told as that
        except Exception as failure:
            return [f"{type(failure).__name__}: {place(failure)}"], "exception"
        problems = self.hostile.problems(outcome) + self.hostile.told_apart(name, text, outcome)
        found = [f"{problem}, {name}" for problem in problems]
        return found, str(outcome.verdict)

    def timed(self, name: str, text: str) -> float:
        """The time of a text in a process that watches nothing and has not seen it."""
        return float(self.clock.apply(timed, (name, text)))

    def busiest(self, name: str, text: str) -> str:
        """The function of the project in which most of the time goes, with all that it calls from outside."""
        profile = cProfile.Profile()
        with contextlib.suppress(Exception, Endless):
            profile.runcall(marked, self.hostile, name, text)
        own = [
            (spent, f"{Path(file).relative_to(ROOT)} {function}")
            for (file, _, function), (_, _, spent, _, _) in pstats.Stats(profile).stats.items()
            if of_project(file)
        ]
        return max(own)[1]

    def keep(self, fault: str, name: str, text: str, holds: Callable[[str], bool]) -> None:
        if fault not in self.faults:
            self.faults[fault] = name, text
            self.faults[fault] = name, shrunk(text, holds)
            print(f"{self.count:>9} {fault}\n{'':>9} {name}: {shown(self.faults[fault][1])}")
            sys.stdout.flush()

    def kept(self, folder: Path) -> int:
        """As :func:`kept`; what watches the code keeps some blocks for every text itself."""
        return int(self.clock.apply(kept, (str(folder),)))

    def report(self, grown: int = 0) -> bool:
        """Print the figures; is everything as it must be? ``grown``: blocks that are held once all tables are empty."""
        spent = time.perf_counter() - self.start
        verdicts = ", ".join(f"{count:,} {name}" for name, count in self.verdicts.most_common())
        seconds, name, text = self.slowest
        print(f"\n{self.count:,} inputs in {spent:.0f} s, {self.count / spent:,.0f}/s: {verdicts}")
        print(f"slowest: {1000 * seconds:.1f} ms, {name}: {shown(text)}")
        print(
            f"memory: {peak():.0f} MB at the peak, corpus included; {grown:,} blocks are held by no table"
        )
        for fault, (name, text) in self.faults.items():
            print(f"fault: {fault}; {name}: {shown(text)}")
        if grown > GROWTH:
            print(f"fault: more than {GROWTH:,} blocks are held by no table")
        if peak() > FULL:
            print(f"fault: more than {FULL:,} MB are taken")
        sys.stdout.flush()
        return not self.faults and grown <= GROWTH and peak() <= FULL


def of_project(file: str) -> bool:
    return any(Path(file).is_relative_to(ROOT / folder) for folder in ("grader", "reference"))


def place(failure: BaseException) -> str:
    """The last place of the project in a traceback."""
    frames = traceback.extract_tb(failure.__traceback__)
    last = [frame for frame in frames if of_project(frame.filename)][-1]
    return f"{Path(last.filename).relative_to(ROOT)}:{last.lineno} {last.name}"


def shrunk(text: str, holds: Callable[[str], bool]) -> str:
    """A shorter text of which the same holds: parts are left out, ever smaller ones."""
    until, size = time.perf_counter() + SHRINKING, len(text) // 2
    while size and time.perf_counter() < until:
        start, before = 0, len(text)
        while start < len(text) and time.perf_counter() < until:
            shorter = text[:start] + text[start + size :]
            if holds(shorter):
                text = shorter
            else:
                start += size
        if len(text) == before:
            size //= 2
    return text


def shown(text: str) -> str:
    """A text as Python writes it, its middle left out where it is long."""
    whole = ascii(text)
    return whole if len(whole) <= 500 else f"{whole[:400]} … {whole[-80:]} ({len(text)} characters)"


def peak() -> float:
    """The most memory that the process had so far, in MB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def held() -> int:
    """The blocks of memory that Python holds: whatever the project keeps, and nothing of the fuzzer's corpus."""
    gc.collect()
    return sys.getallocatedblocks()


# Runs


def fuzz(inputs: int) -> None:
    """Mark so many inputs, led by the coverage of the project's code."""
    atheris = importlib.import_module("atheris")
    with atheris.instrument_imports(include=["grader", "reference"]):
        hostile = importlib.import_module("tests.hostile")
    warnings.simplefilter("error")
    hostile.forget()
    findings = Findings(hostile)

    folder = Path(tempfile.mkdtemp(prefix="gradmark-fuzz-"))
    seeds(folder, hostile)

    def one(data: bytes) -> None:
        findings.take(data)
        if findings.count % EVERY == 0:
            print(f"{findings.count:>9} {peak():.0f} MB", flush=True)
        if findings.count >= inputs:
            good = findings.report(findings.kept(folder))
            findings.close()
            shutil.rmtree(folder)
            os._exit(not good)  # the fuzzer itself never returns

    options = [f"-max_len={INPUT}", f"-timeout={STUCK}", f"-artifact_prefix={folder}/"]
    options += ["-rss_limit_mb=0", "-print_final_stats=0", "-verbosity=0"]
    atheris.Setup([sys.argv[0], *options, str(folder)], one)
    atheris.Fuzz()


def seeds(folder: Path, hostile: ModuleType) -> None:
    """First inputs: every monster raw for every key, and bytes for every other mode."""
    for number, text in enumerate(hostile.monsters().values()):
        for key in range(len(hostile.keys())):
            body = text.encode("utf-8", "surrogatepass")[: INPUT - 2]
            (folder / f"{number}-{key}").write_bytes(bytes([key, 0]) + body)
    for key in range(len(hostile.keys())):
        for mode in range(1, len(MODES)):
            for start in range(0, 256, 16):
                body = bytes((start + 37 * step) % 256 for step in range(48))
                (folder / f"mode-{mode}-{key}-{start}").write_bytes(bytes([key, mode]) + body)


def monsters() -> bool:
    """Print the time of every named monster with the key that takes longest; are all within the bound?"""
    hostile = importlib.import_module("tests.hostile")
    warnings.simplefilter("error")
    findings = Findings(hostile)
    hostile.forget()
    gc.collect()
    rows: list[tuple[float, str, str, str]] = []
    for title, text in hostile.monsters().items():
        times = []
        for name, _ in findings.keys:
            start = time.perf_counter()
            found, verdict = findings.judged(name, text)
            spent = time.perf_counter() - start
            if spent > BOUND:
                spent = min(spent, findings.timed(name, text))
            faults = [*found, *["too slow"] * (spent > BOUND), *["right"] * (verdict == "correct")]
            times.append((spent, title, name, "; ".join(faults)))
        rows += [row for row in times if row[3]] or [max(times)]
    findings.close()
    print(f"| {'ms':>7} | monster | key | fault |\n|---:|---|---|---|")
    for spent, title, name, fault in sorted(rows, reverse=True):
        print(f"| {1000 * spent:7.1f} | {title} | {name} | {fault} |")
    faulty = sum(bool(row[3]) for row in rows)
    print(f"\n{len(hostile.monsters())} monsters, {faulty} faults; {peak():.0f} MB at the peak")
    return not faulty


def ways(inputs: int, seed: int = 0) -> bool:
    """Mark so many random texts of expressions by both ways; do they say the same of each?"""
    hostile = importlib.import_module("tests.hostile")
    reading = importlib.import_module("reference.equivalence.resolver")
    tables = importlib.import_module("grader.answers.expression")
    warnings.simplefilter("error")
    found = [*hostile.keys().values(), *bank_keys()]
    keys = [key for key in found if isinstance(key, tables.ExpressionKey)]
    generator = random.Random(seed)
    verdicts: Counter[str] = Counter()
    faults = short = 0
    for _ in range(inputs):
        key = generator.choice(keys)
        source = iter(generator.randbytes(generator.choice((6, 12, 24, 48))))
        leaves = [*key.points.network.vocabulary.names, "2", "0.5", "e"]
        own = functools.partial(grammar, leaves=leaves)
        text = generator.choice([own, own, *MODES])(source, key.show())
        outcome = key.mark(text)
        verdicts[outcome.verdict] += 1
        short += reading.read_part(text, tables.parts_of(key)) is not None
        if apart(hostile.the_long_way(key, text)) != apart(outcome):
            faults += 1
            print(f"fault: {key.show()}: {shown(text)}")
    counts = ", ".join(f"{count:,} {name}" for name, count in verdicts.most_common())
    print(f"{inputs:,} texts, {short:,} of them by the short way: {counts}; {faults} faults")
    return not faults


def apart(outcome: Any) -> tuple[object, ...]:
    """All that an outcome says, but for the formula itself, which may nest too deep to be compared: its LaTeX is there."""
    return tuple(getattr(outcome, name) for name in outcome.__struct_fields__ if name != "given")


def bank_keys() -> Iterator[object]:
    """The keys of the printed variants of the bank."""
    bank = importlib.import_module("grader.bank")
    drawing = importlib.import_module("grader.drawing")
    for exercise in bank.load_folder().values():
        if exercise.file.printed is not None:
            for _, key in drawing.printed_variant(exercise).keys.values():
                yield key


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.fuzz")
    parser.add_argument("inputs", nargs="?", type=int, default=1_000_000)
    parser.add_argument("--monsters", action="store_true", help="time the named ones instead")
    parser.add_argument("--ways", action="store_true", help="the short way and the long way")
    chosen = parser.parse_args()
    resource.setrlimit(resource.RLIMIT_AS, (ROOM * 2**20, ROOM * 2**20))
    if chosen.ways:
        sys.exit(not ways(chosen.inputs))
    if chosen.monsters:
        sys.exit(not monsters())
    fuzz(chosen.inputs)


if __name__ == "__main__":
    main()
