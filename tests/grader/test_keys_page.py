"""The page of all keys is in step with the records."""

from pathlib import Path

import pytest

from grader.bank import keys_page, schema

PAGE = Path(__file__).parents[2] / "docs" / "authoring" / "keys.md"


def test_the_page_is_what_is_written_of_the_records():
    """``make keys`` writes it anew."""
    assert PAGE.read_text() == keys_page.written()


@pytest.mark.parametrize("kind", schema.KINDS)
def test_every_key_has_a_row(kind):
    page = keys_page.written()
    for part in schema.schema(kind)["$defs"].values():
        for key, value in part.get("properties", {}).items():
            assert f"| `{key}`" in page and value["description"] in page


def test_a_new_key_has_a_row_as_well(monkeypatch):
    described = schema.described

    def with_a_key(name, part):
        found = described(name, part)
        if name == "NetworkFile":
            found["properties"]["planted"] = {"type": "integer", "description": "New."}
        return found

    monkeypatch.setattr(schema, "described", with_a_key)
    assert "| `planted` | whole number | New. |" in keys_page.written()
    assert PAGE.read_text() != keys_page.written()
