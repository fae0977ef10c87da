import pytest

pytest.importorskip("starlette", reason="the page needs gradmark[serve]")
pytest.importorskip("httpx2", reason="with which Starlette tests pages")


@pytest.fixture(scope="session")
def published(tmp_path_factory):
    """A site with a small quiz, which nobody changes."""
    from tests.grader.web.site import Class

    found = Class(tmp_path_factory.mktemp("site"))
    found.site.store.close()
    yield found
    found.site.workers.end()


@pytest.fixture
def small(published, tmp_path):
    """A site with a small quiz that two students have."""
    found = published.copy(tmp_path)
    yield found
    found.site.store.close()
