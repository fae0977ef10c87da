"""The page is tested on SQLite and on PostgreSQL, where there is one."""

import pytest

pytest.importorskip("starlette", reason="the page needs gradmark[serve]")
pytest.importorskip("httpx2", reason="with which Starlette tests pages")

from tests.grader.web import server


def pytest_generate_tests(metafunc):
    if "published" in metafunc.fixturenames:
        alone = metafunc.definition.get_closest_marker("in_a_file")
        kinds = ["sqlite"] if alone else ["sqlite", "postgresql"]
        metafunc.parametrize("published", kinds, indirect=True, scope="session")


@pytest.fixture(scope="session")
def databases():
    """A running server."""
    if not server.program("initdb"):
        pytest.skip("no PostgreSQL: the page is tested on SQLite alone")
    with server.served() as address:
        yield address


@pytest.fixture(scope="session")
def published(request, tmp_path_factory):
    """A site with a small quiz, which nobody changes."""
    from tests.grader.web.site import Class

    folder = tmp_path_factory.mktemp("site")
    served = request.getfixturevalue("databases") if request.param == "postgresql" else ""
    found = Class(folder, served)
    found.site.store.close()
    yield found
    found.site.workers.end()
    found.site.store.close()


@pytest.fixture
def small(published, tmp_path):
    """A site with a small quiz that two students have."""
    found = published.copy(tmp_path)
    yield found
    found.site.store.close()
