"""Staff's whole way in Chromium: publish, watch, decide, extend, mark again, gradebook."""

import re

import pytest

from grader.web import appointed
from tests.grader.browsers import launched
from tests.grader.web.test_browser import looked_at, serving, without_script
from tests.grader.web.test_staff import answered, desk, number, own_bank

pytestmark = [pytest.mark.slow, pytest.mark.in_a_file]


DESK_PAGES = (
    "/answers",
    "/appeals",
    "/decisions",
    "/dates",
    "/gradebook",
    "/regrade",
    "/report",
)


@pytest.fixture(scope="module")
def browser():
    with launched() as found:
        yield found


@pytest.mark.parametrize("scripts", [True, False], ids=["with script", "without"])
def test_staffs_whole_way(small, browser, scripts, tmp_path):
    own_bank(small, tmp_path / "bank")
    answered(small, "ann", "see my notes")
    answered(small, "bob", "0.12")
    link = appointed(small.site, "the-instructor", "dl", "instructor")
    with serving(small) as address, without_script(browser, address) as bare:
        context = browser.new_context(java_script_enabled=scripts)
        page = context.new_page()
        seen = []
        page.on("console", lambda message: seen.append(message.text))
        page.goto(link.replace("http://testserver", address))
        page.get_by_role("button", name="Enter as").click()
        page.get_by_role("link", name="To the pages of staff").click()
        # publish
        page.get_by_role("link", name="Publish a quiz").click()
        page.get_by_label("Quiz file").fill(
            "id: second\ntitle: A second quiz\npick: [read-the-line]"
        )
        page.get_by_label("Attempts").fill("2")
        page.get_by_role("button", name="Draw the papers").click()
        page.get_by_role("heading", name="A second quiz").wait_for()
        # watch
        page.goto(f"{address}{desk(small)}")
        page.get_by_role("region", name="Students").get_by_role(
            "link", name="ann", exact=True
        ).wait_for()
        # decide
        page.get_by_role("link", name="Answers", exact=True).first.click()
        page.get_by_role("radio", name=re.compile("^Right")).check()
        page.get_by_label("Reason").fill("It is right on paper.")
        page.get_by_role("button", name=re.compile("^Decide")).first.click()
        page.get_by_role("heading", name="Decided for").wait_for()
        # extend
        page.get_by_role("link", name="Dates and rules").click()
        page.locator("select[name=who]").select_option("person:" + str(number(small, "ann")))
        page.get_by_label("Attempts", exact=True).fill("5")
        page.get_by_label("Reason").fill("Ill for a week.")
        page.get_by_role("button", name="Change", exact=True).click()
        page.get_by_role("cell", name="Ill for a week.").wait_for()
        # mark again
        page.get_by_role("link", name="Mark again").click()
        page.get_by_role("button", name="Look at the difference").click()
        page.get_by_role("button", name="Let the new marks stand").click()
        # gradebook
        page.get_by_role("link", name="Gradebook").click()
        with page.expect_download() as download:
            page.get_by_role("link", name="Gradebook as CSV").click()
        assert "ann" in download.value.path().read_text()
        course, person = f"/course/{small.published.course.id}", f"/person/{number(small, 'ann')}"
        paths = [course, f"{course}/publish", f"{course}/people", f"{course}/events?verify=1"]
        paths += [desk(small, path) for path in ("", person, *DESK_PAGES)]
        for path in paths:
            page.goto(f"{address}{path}")
            looked_at(page, path, None if scripts else bare)
        assert seen == []
        context.close()


def test_hostile_texts_run_nothing_on_staffs_pages(small, browser):
    """Of students in their answers, of staff in their reasons; on every page that shows them."""
    text = "\"'><script>document.title='run'</script><img src=x onerror=document.title='run'>"
    answered(small, "ann", text)
    link = appointed(small.site, "the-instructor", "dl", "instructor")
    with serving(small) as address:
        page = browser.new_page()
        page.goto(link.replace("http://testserver", address))
        page.get_by_role("button", name="Enter as").click()
        page.goto(f"{address}{desk(small, '/answers')}")
        page.get_by_role("radio", name=re.compile("^Right")).check()
        page.get_by_label("Reason").fill(text)
        page.get_by_role("button", name=re.compile("^Decide")).first.click()
        page.get_by_role("heading", name="Decided for").wait_for()
        course = f"/course/{small.published.course.id}"
        for path in ("/answers", "/decisions", "/report", f"/person/{number(small, 'ann')}"):
            page.goto(f"{address}{desk(small, path)}")
            assert page.title() != "run", path
        page.goto(f"{address}{course}/events")
        assert page.title() != "run" and "document.title" in page.content()
        page.close()
