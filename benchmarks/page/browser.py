"""A browser on one connection: it sends forms, and reads each answer to its end."""

from __future__ import annotations

import asyncio
import random
import re
from urllib.parse import quote_plus

from grader.web.tokens import form_token

END, LENGTH, PLACE = b"\r\n\r\n", b"\r\ncontent-length: ", b"\r\nlocation: "


class Connection(asyncio.Protocol):
    """What came of a request is the result of ``answer``: head and body."""

    def __init__(self) -> None:
        self.came, self.is_open = b"", True
        self.answer: asyncio.Future[tuple[bytes, bytes]] | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self.transport = transport

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


class Browser:
    """A student with a session, at the first exercise of the quiz."""

    def __init__(self, port: int, token: str) -> None:
        self.port, self.connection = port, Connection()
        self.connection.is_open = False
        self.version, self.boxes = 0, [""]
        self.token = f"form_token={form_token(token)}".encode()
        self.head = f" HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nCookie: gradmark={token}\r\n".encode()

    async def ask(
        self, request: bytes, body: bytes = b"", more: bytes = b""
    ) -> tuple[int, bytes, bytes]:
        """Status, head and body of what is said to ``request``."""
        if not self.connection.is_open:  # the server ends what is idle
            loop = asyncio.get_running_loop()
            _, self.connection = await loop.create_connection(Connection, "127.0.0.1", self.port)
        answer = self.connection.answer = asyncio.get_running_loop().create_future()
        self.connection.transport.write(
            b"%b%b%bContent-Length: %d\r\n\r\n%b" % (request, self.head, more, len(body), body)
        )
        head, text = await answer
        return int(head[9:12]), head, text

    async def begin(self) -> None:
        """Open the first exercise."""
        await self.ask(b"POST /quiz/1/begin", self.token)
        page = (await self.ask(b"GET /quiz/1/1"))[2].decode()
        self.boxes = re.findall(r'<input class="box" [^>]*name="([^"]*)"', page)
        self.version = int(re.search(r'name="version" value="(\d+)"', page)[1])  # type: ignore[index]

    async def preview(self, text: str) -> int:
        """The status of how a text in some box is read."""
        box = random.choice(self.boxes)
        body = f"&box={box}&{box}={quote_plus(text)}".encode()
        script = b"X-Requested-With: gradmark\r\n"
        return (await self.ask(b"POST /quiz/1/1/read", self.token + body, script))[0]

    async def submit(self, text: str, form: str) -> tuple[int, bool]:
        """Save and hand in: the status, and is it acknowledged? The page is read anew where another version was saved."""
        box = f"{self.boxes[0]}={quote_plus(text)}"
        body = f"&version={self.version}&token={form}&do=submit&{box}".encode()
        status, head, _ = await self.ask(b"POST /quiz/1/1", self.token + body)
        if status in (303, 422):
            self.version += 1
        elif status == 409:
            await self.begin()
        return status, status == 303 and b"/feedback/" in head[head.find(PLACE) :]
