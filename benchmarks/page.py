"""The page under load: ``make bench-page`` prints how long students wait, with attackers beside them, and what twenty kills lose."""

from __future__ import annotations

import asyncio
import os
import random
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Awaitable, Iterable
from pathlib import Path
from tempfile import TemporaryDirectory
from urllib.parse import urlencode

from sqlalchemy import func, select

from grader import bank
from grader.web import Rules, Store, publish, schema
from grader.web.dates import now
from grader.web.store import people, work
from grader.web.tokens import form_token, hashed, new

PICKS = ("two-two-one", "layer-sizes", "softmax-cross-entropy")
PREVIEW, SUBMIT = 2.0, 30.0  # seconds between those of a student
ATTACKERS, KILLS = 6, 20
SLOW = ("(" * 50 + "x" + ")^2" * 50, "(x if x > 0 else x) = " * 40 + "x", "np.where(" * 40 + "x")
GRADMARK = Path(sys.executable).parent / "gradmark"


class Class:
    """A published quiz, and students with sessions."""

    def __init__(self, folder: Path, students: int) -> None:
        self.data = folder / "page.sqlite"
        self.store = Store(f"sqlite:///{self.data}")
        self.store.migrate()
        quiz, roster = folder / "load.yaml", folder / "class.csv"
        quiz.write_text(f"id: load\ntitle: Load\npick: [{', '.join(PICKS)}]\n")
        names = [f"s{number:04}" for number in range(students)]
        roster.write_text("student\n" + "\n".join(names) + "\n")
        publish(self.store, quiz, roster, bank.load_folder(), "load", Rules())
        self.tokens = {name: new() for name in names}
        with self.store.write() as tx:
            for name, token in self.tokens.items():
                who = people.known_as(tx, people.ROSTER, name)
                assert who is not None
                people.open_session(tx, who.id, hashed(token), now(), now() + 10**8)

    def counts(self) -> tuple[int, int, int]:
        """Submissions, those without marks, and papers with two of the same token."""
        with self.store.read() as tx:
            stored = tx.execute(select(func.count()).select_from(schema.submission)).scalar_one()
            return stored, len(work.unmarked(tx)), stored - len({*self.acknowledged(tx)})

    def acknowledged(self, tx: object) -> Iterable[tuple[int, str]]:
        found = select(schema.submission.c.paper, schema.submission.c.token)
        return ((paper, token) for paper, token in tx.execute(found))  # type: ignore[attr-defined]


class Served:
    """A server in a process of its own."""

    def __init__(self, data: Path) -> None:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        start = time.perf_counter()
        arguments = [GRADMARK, "serve", "--data", data, "--port", str(self.port)]
        self.process = subprocess.Popen(
            arguments, stdout=subprocess.DEVNULL, start_new_session=True
        )
        while True:
            with socket.socket() as tried:
                if tried.connect_ex(("127.0.0.1", self.port)) == 0:
                    break
            time.sleep(0.02)
        self.started = time.perf_counter() - start

    def end(self, how: signal.Signals = signal.SIGTERM) -> None:
        os.killpg(self.process.pid, how)
        self.process.wait()


class Student:
    """A browser on one connection."""

    def __init__(self, port: int, token: str) -> None:
        self.port, self.token = port, token
        self.versions, self.page = [0] * len(PICKS), 1
        self.link: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None

    async def ask(self, path: str, form: dict[str, str] | None = None) -> tuple[int, str, str]:
        """Status, place to go on to, and text."""
        if self.link is None or self.link[0].at_eof():  # the server ends what is idle
            self.link = await asyncio.open_connection("127.0.0.1", self.port)
        reader, writer = self.link
        body = urlencode({**form, "form_token": form_token(self.token)}) if form is not None else ""
        head = f"{'GET' if form is None else 'POST'} {path} HTTP/1.1\r\nHost: 127.0.0.1:{self.port}\r\n"
        head += f"Cookie: gradmark={self.token}\r\nX-Requested-With: {'no' if form and form.get('do') == 'submit' else 'gradmark'}\r\n"
        writer.write(f"{head}Content-Length: {len(body)}\r\n\r\n{body}".encode())
        top = (await reader.readuntil(b"\r\n\r\n")).decode()
        length = int(re.search(r"content-length: (\d+)", top, re.I)[1])  # type: ignore[index]
        text = (await reader.readexactly(length)).decode()
        place = re.search(r"location: (\S+)", top, re.I)
        return int(top.split()[1]), place[1] if place else "", text

    async def begin(self) -> None:
        await self.ask("/quiz/1/begin", {})
        _, _, page = await self.ask("/quiz/1/1")
        self.boxes = re.findall(r'<input class="box" [^>]*name="([^"]*)"', page)
        self.version = int(re.search(r'name="version" value="(\d+)"', page)[1])  # type: ignore[index]

    async def preview(self, text: str) -> int:
        box = random.choice(self.boxes)
        return (await self.ask("/quiz/1/1/read", {"box": box, box: text}))[0]

    async def submit(self, text: str, token: str) -> tuple[int, str]:
        """Save and hand in; the page is read anew where another version was saved."""
        form = {"version": str(self.version), "token": token, "do": "submit", self.boxes[0]: text}
        status, place, _ = await self.ask("/quiz/1/1", form)
        if status in (303, 422):
            self.version += 1
        elif status == 409:
            await self.begin()
        return status, place


async def timed(times: list[float], errors: list[int], what: Awaitable[object]) -> None:
    start = time.perf_counter()
    found = await what
    times.append(time.perf_counter() - start)
    status = found[0] if isinstance(found, tuple) else found
    if status not in (200, 303):
        errors.append(int(str(status)))


async def minute(served: Served, tokens: list[str], seconds: float, attackers: int) -> None:
    """Students for a while, and attackers beside them who send the slowest texts as fast as they can."""
    everyone = [Student(served.port, token) for token in tokens]
    for start in range(0, len(everyone), 20):
        await asyncio.gather(*(one.begin() for one in everyone[start : start + 20]))
    previews: list[float] = []
    submits: list[float] = []
    errors: list[int] = []
    until = time.perf_counter() + seconds

    async def student(one: Student) -> None:
        await asyncio.sleep(random.random() * PREVIEW)
        last = time.perf_counter() - random.random() * SUBMIT
        while time.perf_counter() < until:
            await timed(previews, errors, one.preview(f"{random.random():.3f}"))
            if time.perf_counter() - last > SUBMIT:
                last = time.perf_counter()
                await timed(submits, errors, one.submit(f"{random.random():.6f}", new()))
            await asyncio.sleep(PREVIEW)

    async def attacker(one: Student) -> None:
        while time.perf_counter() < until:
            await one.preview(random.choice(SLOW))
            await one.submit(random.choice(SLOW), new())

    mean, slow = everyone[attackers:], everyone[:attackers]
    await asyncio.gather(*map(student, mean), *map(attacker, slow))
    print(f"{len(mean)} students, {attackers} attackers, {seconds:g} s: {len(errors)} errors")
    for name, times in (("preview", previews), ("submission", submits)):
        print(f"  {name}: {len(times)}, {told(times)}")


def told(times: list[float]) -> str:
    """Median and 99th percentile."""
    ordered = [1000 * one for one in sorted(times)] or [0.0]
    median, p99 = (ordered[int(share * (len(ordered) - 1))] for share in (0.5, 0.99))
    return f"median {median:.1f} ms, p99 {p99:.1f} ms"


async def until_killed(served: Served, tokens: list[str], kept: dict[str, str]) -> None:
    """Submissions as fast as they go, until the server is gone; those acknowledged are kept."""

    async def student(token: str) -> None:
        one = Student(served.port, token)
        try:
            await one.begin()
            while True:
                form = new()
                status, place = await one.submit(f"{random.random():.6f}", form)
                if status == 303 and "feedback" in place:
                    kept[form] = place
        except (OSError, asyncio.IncompleteReadError):
            return

    tasks = [asyncio.create_task(student(token)) for token in tokens]
    before = len(kept)
    while len(kept) == before:
        await asyncio.sleep(0.05)
    await asyncio.sleep(random.random())
    served.end(signal.SIGKILL)
    await asyncio.gather(*tasks)


def killed(of: Class, tokens: list[str]) -> None:
    """Twenty kills under load: what was acknowledged is there, once, and marked after the next start."""
    kept: dict[str, str] = {}
    for _ in range(KILLS):
        asyncio.run(until_killed(Served(of.data), tokens, kept))
    served = Served(of.data)
    while of.counts()[1]:
        time.sleep(0.2)
    served.end()
    with of.store.read() as tx:
        stored = [token for _, token in of.acknowledged(tx)]
    lost, twice = kept.keys() - {*stored}, len(stored) - len({*stored})
    print(f"{KILLS} kills: {len(kept)} acknowledged, {len(lost)} lost, {twice} twice, 0 unmarked")


def main(students: int, seconds: float) -> None:
    with TemporaryDirectory() as folder:
        of = Class(Path(folder), students + ATTACKERS)
        tokens = [*of.tokens.values()]
        served = Served(of.data)
        print(f"start to the first page: {served.started:.2f} s")
        asyncio.run(minute(served, tokens[ATTACKERS:], seconds, 0))
        asyncio.run(minute(served, tokens, seconds, ATTACKERS))
        served.end()
        killed(of, tokens[:8])


if __name__ == "__main__":
    main(int(sys.argv[1]), float(sys.argv[2]))
