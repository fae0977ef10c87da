"""What is refused before a page is asked: forged forms, strange hosts, long bodies; and what every answer says to browsers."""

from __future__ import annotations

from urllib.parse import parse_qs, urlsplit

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from grader.web.tokens import FORM, is_form_token

MAX_BODY = 2**20 - 1  # bytes
MAX_FIELDS = 2000
READS = ("GET", "HEAD")
POLICY = "; ".join(
    [
        "default-src 'none'",
        *(f"{kind}-src 'self'" for kind in ("script", "style", "font", "connect")),
        "img-src 'self' data:",
        "form-action 'self'",
        "frame-ancestors 'none'",
        "base-uri 'none'",
    ]
)
HEADERS = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cache-Control": "no-store",
}


def protected(response: Response) -> Response:
    """A response with what it says to browsers."""
    for name, value in HEADERS.items():
        response.headers.setdefault(name, value)
    return response


def check_host(request: Request, known: str) -> None:
    """The site was asked under its own name.

    Raises:
        HTTPException: 400, it was not.
    """
    if request.headers.get("host", "").lower() != known.lower():
        raise HTTPException(400)


def check_origin(request: Request, known: str) -> None:
    """A form was sent from a page of this site, as far as the browser says.

    Raises:
        HTTPException: 403, it was not.
    """
    origin = request.headers.get("origin")
    site = request.headers.get("sec-fetch-site", "same-origin")
    if origin is not None and urlsplit(origin).netloc.lower() != known.lower():
        raise HTTPException(403)
    if site not in ("same-origin", "none"):
        raise HTTPException(403)


def check_form(form: dict[str, list[str]], token: str) -> None:
    """A form was made for this session.

    Raises:
        HTTPException: 403, it was not.
    """
    if not is_form_token(form.get(FORM, [""])[0], token):
        raise HTTPException(403)


async def form_of(request: Request) -> dict[str, list[str]]:
    """The fields of a form.

    Raises:
        HTTPException: 413, it is too long; 400, it is none.
    """
    body = b""
    async for part in request.stream():
        body += part
        if len(body) > MAX_BODY:
            raise HTTPException(413)
    try:
        text = body.decode("ascii")
        return parse_qs(text, keep_blank_values=True, max_num_fields=MAX_FIELDS, errors="replace")
    except ValueError:
        raise HTTPException(400) from None
