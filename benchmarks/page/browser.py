"""A browser on one connection: it sends forms, and reads each answer to its end."""

from __future__ import annotations

import asyncio
import random
import re
from urllib.parse import quote_plus

from grader.web.tokens import form_token

TRIES = 60  # seconds in which an exercise must open
END, LENGTH, PLACE = b"\r\n\r\n", b"\r\ncontent-length: ", b"\r\nlocation: "


class Connection(asyncio.Protocol):
    """What came of a request is the result of ``answer``: head and body."""

    def __init__(self) -> None:
        self.came, self.is_open = b"", True
        self.answer: asyncio.Future[tuple[bytes, bytes]] | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self.transport = transport

    async def ask(self, request: bytes) -> tuple[bytes, bytes]:
        self.answer = asyncio.get_running_loop().create_future()
        self.transport.write(request)
        return await self.answer

    def data_received(self, data: bytes) -> None:
        self.came = self.came + data if self.came else data
        end = self.came.find(END) + len(END)
        if end < len(END):
            return
        place = self.came.find(LENGTH, 0, end) + len(LENGTH)
        all_of_it = end + int(self.came[place : self.came.index(b"\r", place)])
        if len(self.came) >= all_of_it:
            head, body, self.came = self.came[:end], self.came[end:all_of_it], b""
            if self.answer is not None:
                self.answer.set_result((head, body))

    def connection_lost(self, error: Exception | None) -> None:
        self.is_open = False
        if self.answer is not None and not self.answer.done():
            self.answer.set_exception(ConnectionResetError())


class Link:
    """A connection that is opened when it is needed, and again where the server ended what was idle."""

    def __init__(self, port: int) -> None:
        self.port = port
        self.connection: Connection | None = None

    async def ask(self, request: bytes) -> tuple[bytes, bytes]:
        """Head and body of what is said; it is asked again where the server was just ending what was idle."""
        if self.connection is not None and self.connection.is_open:
            try:
                return await self.connection.ask(request)
            except ConnectionResetError:
                pass
        loop = asyncio.get_running_loop()
        _, self.connection = await loop.create_connection(Connection, "127.0.0.1", self.port)
        return await self.connection.ask(request)


class Browser:
    """A student with a session, at an exercise of the quiz."""

    def __init__(self, port: int, token: str, exercise: int = 1) -> None:
        self.typing, self.sending = Link(port), Link(port)  # as a browser has several connections
        self.path = f"/quiz/1/{exercise}".encode()
        self.version, self.boxes = 0, [""]
        self.token = f"form_token={form_token(token)}".encode()
        self.head = f" HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nCookie: gradmark={token}\r\n".encode()

    async def ask(
        self, link: Link, request: bytes, body: bytes = b"", more: bytes = b""
    ) -> tuple[int, bytes, bytes]:
        """Status, head and body of what is said to ``request``."""
        length = b"Content-Length: %d\r\n\r\n" % len(body)
        head, text = await link.ask(b"".join((request, self.head, more, length, body)))
        return int(head[9:12]), head, text

    async def begin(self) -> None:
        """Open the first exercise, again where the server is busy."""
        for _ in range(TRIES):
            await self.ask(self.sending, b"POST /quiz/1/begin", self.token)
            status, _, shown = await self.ask(self.sending, b"GET " + self.path)
            page = shown.decode()
            if found := re.search(r'name="version" value="(\d+)"', page):
                self.boxes = re.findall(r'<input class="box" [^>]*name="([^"]*)"', page)
                self.version = int(found[1])
                return
            print(f"  an exercise was answered with {status} and is opened again", flush=True)
            await asyncio.sleep(1)
        raise RuntimeError(f"no exercise in {TRIES} tries")

    async def preview(self, text: str) -> int:
        """The status of how a text in some box is read; all boxes are sent, as the page's script does."""
        box = random.choice(self.boxes)
        typed = f"&version={self.version}&box={box}{self.filled(box, text)}"
        script = b"X-Requested-With: gradmark\r\n"
        status, _, page = await self.ask(
            self.typing, b"POST " + self.path + b"/read", self.token + typed.encode(), script
        )
        assert status != 200 or b'class="read"' in page or b'class="says"' in page
        return status

    async def submit(self, text: str, form: str) -> tuple[int, bool]:
        """Save and hand in: the status, and is it acknowledged, or is what was typed kept by what is said?

        The page is read anew where another version was saved.
        """
        typed = f"&version={self.version}&token={form}&do=submit{self.filled(self.boxes[0], text)}"
        status, head, page = await self.ask(
            self.sending, b"POST " + self.path, self.token + typed.encode()
        )
        if status in (303, 422):
            self.version += 1
        elif status == 409:
            await self.begin()
        elif status == 503:
            return status, f'value="{text}"'.encode() in page
        return status, status == 303 and b"/feedback/" in head[head.find(PLACE) :]

    def filled(self, box: str, text: str) -> str:
        return "".join(f"&{one}={quote_plus(text) if one == box else ''}" for one in self.boxes)
