"""Secrets that people carry: sessions and links, of which the store holds hashes, and what forms send back."""

from __future__ import annotations

import hashlib
import hmac
import secrets

COOKIE = "gradmark"
FORM = "form_token"  # the field of a form


def new() -> str:
    return secrets.token_urlsafe(32)


def hashed(token: str) -> str:
    """What is stored of a token."""
    return hashlib.blake2b(token.encode(), digest_size=32, person=b"stored").hexdigest()


def form_token(session: str) -> str:
    """What the forms of a session send back, which nobody can know who does not have its token."""
    return hashlib.blake2b(session.encode(), digest_size=16, person=b"form").hexdigest()


def is_form_token(given: str, session: str) -> bool:
    return hmac.compare_digest(given.encode(), form_token(session).encode())
