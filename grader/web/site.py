"""What all requests share: settings, store, workers, templates, and who is being served just now."""

from __future__ import annotations

import functools
import hashlib
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec
from jinja2 import Environment
from msgspec import Struct
from starlette.exceptions import HTTPException

from grader import sheets
from grader.papers import Item
from grader.web import rendering
from grader.web.jobs import Printed, Read
from grader.web.pacing import Pace
from grader.web.previews import UNREAD, Previews, unread
from grader.web.recent import Recent
from grader.web.store import Store, quizzes
from grader.web.tasks import Task
from grader.web.workers import Undone, Workers

if TYPE_CHECKING:
    from grader.web.paper import Readable
    from grader.web.staff.regrading import Again

HERE = Path(__file__).parent
WAITING = 2  # requests of one person that wait for each other
LOST = 2  # answers that cannot be read, behind which the others of a form are not tried any more
SHEETS = 2000  # that are kept
RECENT = 30.0, 5000  # seconds that it is believed who may have what read, and of how many
REGRADES = (
    3600.0,
    4,
)  # the same of quizzes that are marked again, until somebody lets the marks stand
FORMS, TYPED = (
    (0.5, 10),
    (0.2, 5),
)  # how fast one visitor may send forms, and have read what they type
DAY = 24 * 60 * 60 * 1000


class Settings(Struct, frozen=True):
    """How a site is served.

    ``address``: where people reach it, as ``https://exam.example.org``. ``proxy``: the address of a reverse proxy that names the
    person in the header ``user_header``. ``bank``: folders of exercises, in place of those that come with gradmark. ``login``: may anybody on this machine be anybody, for development?
    """

    database: str
    address: str = "http://127.0.0.1:8000"
    proxy: str = ""
    user_header: str = ""
    login: bool = False
    workers: int = 0
    session_days: float = 1.0
    link_days: float = 14.0
    bank: tuple[str, ...] = ()

    @property
    def is_secure(self) -> bool:
        return self.address.startswith("https:")

    @property
    def host(self) -> str:
        return self.address.partition("://")[2].rstrip("/")


class Turn:
    """Who holds the lock is served; ``count`` them and those who wait."""

    def __init__(self) -> None:
        self.lock, self.count = threading.Lock(), 0


class Site:
    """A site that is being served."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.store = Store(settings.database)
        self.workers = Workers(self.files, settings.workers)
        self.served: dict[int, Turn] = {}
        self.guard = threading.Lock()
        self.readable: Recent[Readable] = Recent(*RECENT)
        self.regrades: Recent[Task[Again]] = Recent(*REGRADES)
        self.forms, self.typed = Pace(*FORMS), Pace(*TYPED)
        self.sheets: dict[tuple[int, bytes], Printed] = {}

    def files(self, bank: int) -> tuple[str, dict[str, str]]:
        with self.store.read() as tx:
            return quizzes.files_of(tx, bank)

    def printed(self, bank: int, item: Item) -> Printed:
        """An exercise of a paper as it is shown; what was shown last is kept."""
        place = bank, msgspec.json.encode(item)
        with self.guard:
            found = self.sheets.get(place)
        if found is None:
            found = self.workers.marks.run("printed", bank, item)
            with self.guard:
                self.sheets[place] = found
                if len(self.sheets) > SHEETS:
                    self.sheets.pop(next(iter(self.sheets)))
        return found

    def read(
        self, bank: int, item: Item, answers: Mapping[str, str], person: int
    ) -> Mapping[str, Read]:
        """How answers are read, or why they are not; where it fails for all of them, each by itself."""
        try:
            return self.workers.read(bank, item, answers, person) if answers else {}
        except Undone as failure:
            lost = unread(failure)
        if len(answers) == 1:
            return dict.fromkeys(answers, lost)
        found: dict[str, Read] = {}
        for address, text in answers.items():
            if sum(one in UNREAD for one in found.values()) < LOST:
                found |= self.read(bank, item, {address: text}, person)
        return dict.fromkeys(answers, lost) | found

    @cached_property
    def previews(self) -> Previews:
        return Previews(self.workers)

    @cached_property
    def templates(self) -> Environment:
        found = rendering.environment(HERE / "templates")
        found.globals |= {"static": static, "site": self}
        return found

    def render(self, template: str, **about: Any) -> str:
        return self.templates.get_template(template).render(about)

    @contextmanager
    def one_at_a_time(self, person: int) -> Iterator[None]:
        """One submission of a person is taken at a time; the next ones wait, and not many of them.

        Raises:
            HTTPException: 429, too many wait.
        """
        with self.guard:
            turn = self.served.setdefault(person, Turn())
            if turn.count > WAITING:
                raise HTTPException(429)
            turn.count += 1
        try:
            with turn.lock:
                yield
        finally:
            with self.guard:
                turn.count -= 1
                if not turn.count:
                    del self.served[person]

    def end(self) -> None:
        self.workers.end()
        self.store.close()


FILES = {
    **{name: HERE / "static" / name for name in ("site.css", "gradmark.js")},
    **{
        name: sheets.FONT.with_name(name) for name in ("shared.css", "report.css", sheets.FONT.name)
    },
}


@functools.cache
def digest() -> str:
    return hashlib.blake2b(
        b"".join(path.read_bytes() for path in FILES.values()), digest_size=6
    ).hexdigest()


def static(name: str) -> str:
    """The path of a file that is served as it is; it changes with the files, so that a browser may keep them for good."""
    return f"/static/{digest()}/{name}"
