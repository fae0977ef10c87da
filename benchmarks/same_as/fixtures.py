"""The marked answers of ``tests/fixtures/marking`` as exercise files, so that any version can mark them.

An exercise file has no question whose key is a given shape or input; those stay with the tests.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
import yaml

from benchmarks.timing import ROOT
from grader.bank import DOMAINS
from grader.marking import Answers

FOLDER = ROOT / "tests" / "fixtures" / "marking"
LONGEST = 60  # signs of an id
GIVEN = ("right", "wrong", "not_as_asked", "unreadable", "undecided")

OVER = frozenset(
    {"key", "chain", "shape", "count"}
)  # kinds of keys over a network; others stay with the tests
Record = dict[str, Any]


def write(folder: Path) -> tuple[int, int]:
    """Write an exercise for every group of keys, and beside it its answers as lines; how many answers, and of how many."""
    written = known = 0
    for path in sorted(FOLDER.glob("*.yaml")):
        for group in yaml.safe_load(path.read_text(encoding="utf-8")):
            over = [key for key in group["keys"] if not OVER.isdisjoint(key)]
            known += sum(1 for key in over for _ in texts(key))
            asked = {
                f"q{place}": key for place, key in enumerate(group["keys"]) if asks(key, group)
            }
            if not asked:
                continue
            name = re.sub(r"[^a-z0-9]+", "-", group["title"].lower())[:LONGEST].strip("-")
            exercise = {
                "id": name,
                "title": group["title"],
                "network": network(group),
                "questions": [question(one, key, group) for one, key in asked.items()],
            }
            (folder / f"{name}.yaml").write_text(yaml.safe_dump(exercise, allow_unicode=True))
            lines = [
                msgspec.json.encode(Answers(name, 0, {f"{one}.a": text}, text)) + b"\n"
                for one, key in asked.items()
                for text in texts(key)
            ]
            (folder / f"{name}.jsonl").write_bytes(b"".join(lines))
            written += len(lines)
    return written, known


def asks(key: Record, group: Record) -> bool:
    return (
        "count" in key
        or "chain" in key
        or ("key" in key and key["key"] not in group.get("inputs", ()))
    )


def texts(key: Record) -> Iterator[str]:
    for kind in GIVEN:
        for case in key.get(kind, ()):
            yield case["text"] if isinstance(case, dict) else case


def network(group: Record) -> Record:
    """The network of a group in the words of an exercise file."""
    found = {
        key: group[key] for key in ("constants", "functions", "define", "equations") if key in group
    }
    for kind in ("inputs", "parameters"):
        found[kind] = {name: quantity(str(text)) for name, text in group.get(kind, {}).items()}
    found["sizes"] = {name: place for place, name in enumerate(group.get("sizes", ()), start=3)}
    found["indices"] = {name: index(str(text)) for name, text in group.get("indices", {}).items()}
    return found


def quantity(text: str) -> Record:
    *shape, last = text.split()
    if last in DOMAINS:
        return {"shape": " ".join(shape) or "1", "domain": last}
    return {"shape": text}


def index(text: str) -> Record:
    size, *apart = text.split()
    return {"size": size, "not": apart[1:]}


def question(name: str, key: Record, group: Record) -> Record:
    if "chain" in key:
        answer: Record = {"chain": {"a": key["chain"]}}
    elif "count" in key:
        answer = {"counts": {"a": str(key["count"])}}
        answer |= {"in_terms_of": list(group["sizes"])} if group.get("sizes") else {}
        answer |= {"unit": key["unit"]} if "unit" in key else {}
    else:
        answer = {"values": {"a": key["key"]}, "in_terms_of": allowed(key, group)}
        answer |= {"derivation": True} if key.get("derivation") else {}
    return {"id": name, "points": 1, "ask": "What is it?", "answer": answer}


def allowed(key: Record, group: Record) -> list[str]:
    """The names that an answer may use: those stated, or all."""
    stated = key.get("allowed") or group.get("allowed")
    if stated:
        return list(stated)
    equations = [line.partition("=")[0].strip() for line in group.get("equations", "").splitlines()]
    kinds = ("sizes", "inputs", "parameters", "constants", "define")
    return [*(name for kind in kinds for name in group.get(kind, ())), *filter(None, equations)]
