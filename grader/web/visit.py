"""One request: who asks what, of which site. Pages are functions of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from msgspec import Struct
from starlette.exceptions import HTTPException
from starlette.responses import HTMLResponse, RedirectResponse, Response

from grader.web.records import Person, Session
from grader.web.tokens import form_token

if TYPE_CHECKING:
    from grader.web.site import Site


class Visit(Struct, frozen=True):
    """A request that was let in; ``token`` of its session, ``given`` by its path, ``peer``: the address that it came from.

    ``by_script``: does a script ask, which wants a part of a page? ``named``: whom a reverse proxy names.
    """

    site: Site
    method: str
    path: str
    given: Mapping[str, str]
    query: Mapping[str, str]
    form: Mapping[str, Sequence[str]]
    session: Session | None
    token: str
    at: int
    peer: str = ""
    by_script: bool = False
    named: str = ""

    @property
    def known(self) -> Session:
        """The session of who must have one.

        Raises:
            HTTPException: 401, there is none.
        """
        if self.session is None:
            raise HTTPException(401)
        return self.session

    @property
    def actor(self) -> Person:
        """Who does something."""
        return self.known.person

    @property
    def person(self) -> Person:
        """Whose pages are shown: staff may look at those of a student."""
        return self.known.acting_as or self.known.person

    def text(self, name: str) -> str:
        """A field of the form; empty where there is none. No database keeps the sign 0."""
        return self.form.get(name, [""])[0].replace("\0", "")

    def number(self, name: str) -> int:
        """A number in the path.

        Raises:
            HTTPException: 404, it is none.
        """
        text = self.given[name]
        if not text.isascii() or not text.isdecimal() or len(text) > 9:
            raise HTTPException(404)
        return int(text)

    def page(self, template: str, status: int = 200, **about: Any) -> Response:
        """A page of a template, which knows the visit and what every form must send."""
        about |= {"visit": self, "form_token": form_token(self.token) if self.token else ""}
        return HTMLResponse(self.site.render(template, **about), status)

    def to(self, path: str) -> Response:
        """On to another page, which is read by GET."""
        return RedirectResponse(path, 303)
