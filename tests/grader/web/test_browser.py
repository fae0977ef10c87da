"""The student's way in Chromium: with script and without, on a phone and on a desk; what axe finds, and what is too wide."""

import threading
import time
from contextlib import contextmanager

import pytest
import uvicorn
from msgspec.structs import replace

from grader.web import application
from grader.web.dates import MINUTE, now
from tests.grader.browsers import DESK, PHONE, barriers, faults, launched

pytestmark = [pytest.mark.slow, pytest.mark.in_a_file]


@contextmanager
def serving(small):
    """The site at an address that a browser reaches."""
    settings = small.site.settings
    server = uvicorn.Server(
        uvicorn.Config(application(small.site), port=0, log_level="error", proxy_headers=False)
    )
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.02)
    port = server.servers[0].sockets[0].getsockname()[1]
    small.site.settings = replace(settings, address=f"http://127.0.0.1:{port}")
    try:
        yield small.site.settings.address
    finally:
        server.should_exit = True
        thread.join()


@pytest.fixture(scope="module")
def browser():
    with launched() as found:
        yield found


@contextmanager
def without_script(browser, address):
    """A page that shows what another one got, without the site's script; axe needs script of its own."""
    context = browser.new_context()
    context.route("**/*.js", lambda route: route.abort())
    page = context.new_page()
    page.goto(address)
    yield page
    context.close()


def looked_at(page, what, bare=None):
    """Nothing keeps anybody from a page, at either width; ``bare``: where one without script is looked at."""
    for width in (PHONE, DESK):
        assert faults(page, width) == [], (what, width)
    if bare:
        bare.set_content(page.content())
    widths = (DESK, PHONE) if bare else (PHONE, DESK)  # so that both are looked at in both ways
    assert barriers(bare or page, *widths) == [], what
    page.emulate_media(color_scheme="light")


@pytest.mark.parametrize("scripts", [True, False], ids=["with script", "without"])
def test_a_students_whole_way(small, browser, scripts):
    small.publish(attempts=3, minutes=30, closes=now() + 90 * MINUTE)
    with serving(small) as address, without_script(browser, address) as bare:
        bare = None if scripts else bare
        context = browser.new_context(java_script_enabled=scripts)
        page = context.new_page()
        seen = []
        page.on("console", lambda message: seen.append(message.text))
        page.goto(small.links["ann"].replace("http://testserver", address))
        page.get_by_role("button", name="Enter as ann").click()
        page.get_by_role("link", name="Begin").click()
        page.get_by_role("button", name="Begin").click()
        box = page.locator(".box").first
        box.fill("see my notes")
        if scripts:
            page.locator(".blank .says").first.wait_for()
            page.get_by_text("Saved").wait_for()
        page.get_by_role("button", name="Submit for marking").click()
        page.get_by_role("alert").first.wait_for()
        looked_at(page, "refused", bare)
        page.get_by_role("link", name="1.1").first.click()
        assert page.locator(":focus").get_attribute("class") == "box" or not scripts
        page.locator(".box").first.fill("3,141")
        if not scripts:
            page.locator(".box").first.press("Enter")  # which saves, and hands nothing in
        page.get_by_role("button", name="Use 3.141").click()
        page.locator(".read", has_text="read as").first.wait_for()
        assert page.locator(".box").first.input_value() == "3.141"
        page.locator(".box").first.fill("-7")
        page.get_by_role("button", name="Submit for marking").click()
        page.get_by_text("First attempt of 3").wait_for()
        page.locator("summary", has_text="Ask about this mark").first.click()
        page.locator("textarea").first.fill("Is it not right?")
        page.get_by_role("button", name="Ask", exact=True).first.click()
        page.get_by_text("Take it back").wait_for()
        for path in ("/", "/quiz/1/2", "/quiz/1/4", "/quiz/1/feedback/1", "/practice"):
            page.goto(f"{address}{path}")
            looked_at(page, path, bare)
        assert [one for one in seen if "422" not in one] == []  # which a refusal is
        context.close()


def reach(page, what):
    """Go on by Tab until what has the focus says ``what``, or is of that class."""
    for _ in range(80):
        page.keyboard.press("Tab")
        here = "(e => [e.innerText, e.className])(document.activeElement)"
        if any(str(one).strip().startswith(what) for one in page.evaluate(here)):
            return
    raise AssertionError(f"no way to {what} by Tab")


def test_keys_alone_suffice(small, browser):
    """Enter, begin, be refused, go to the box, and submit."""
    small.publish(attempts=3, closes=now() + 90 * MINUTE)
    with serving(small) as address:
        page = browser.new_page()
        page.goto(small.links["ann"].replace("http://testserver", address))
        for what in ("Enter as ann", "Begin", "Begin"):
            reach(page, what)
            with page.expect_navigation():
                page.keyboard.press("Enter")
        reach(page, "box")
        page.keyboard.type("see my notes")
        reach(page, "Submit for marking")
        page.keyboard.press("Enter")
        page.get_by_role("alert").first.wait_for()
        reach(page, "1.1")
        page.keyboard.press("Enter")
        assert page.locator(":focus").input_value() == "see my notes"
        page.keyboard.press("Control+A")
        page.keyboard.type("-7")
        reach(page, "Submit for marking")
        page.keyboard.press("Enter")
        page.get_by_text("First attempt of 3").wait_for()
        reach(page, "Ask about this mark")
        page.keyboard.press("Enter")
        assert page.locator("textarea").first.is_visible()
        page.close()


def test_hostile_texts_run_nothing(small, browser):
    """In every box of a paper, shown again when it is refused, and in what is asked about a mark."""
    texts = (
        "<img src=x onerror=document.title='run'>",
        "javascript:document.title='run'",
        "\"'><script>document.title='run'</script>",
    )
    with serving(small) as address:
        page = browser.new_page()
        page.goto(small.links["ann"].replace("http://testserver", address))
        page.get_by_role("button", name="Enter as ann").click()
        page.get_by_role("link", name="Begin").click()
        page.get_by_role("button", name="Begin").click()
        for text in texts:
            for box in page.locator(".box").all():
                box.fill(text)
            page.locator(".blank .says").first.wait_for()
            page.get_by_role("button", name="Submit for marking").click()
            page.get_by_role("alert").first.wait_for()
            assert page.title() != "run"
        page.close()


@pytest.mark.parametrize("scripts", [True, False], ids=["with script", "without"])
def test_an_exercise_is_practised_with_hints_and_part_by_part(small, browser, scripts, monkeypatch):
    monkeypatch.setattr("grader.web.practice.secrets.randbits", lambda _: 4)  # a sum of two terms
    small.publish(practice=True, closes=now() - MINUTE)
    with serving(small) as address, without_script(browser, address) as bare:
        context = browser.new_context(java_script_enabled=scripts)
        page = context.new_page()
        page.goto(small.links["ann"].replace("http://testserver", address))
        page.get_by_role("button", name="Enter as ann").click()
        page.goto(f"{address}/practice/1/two-two-one")
        page.get_by_role("button", name="Begin").click()
        box = page.locator(".box").last
        box.fill("0.5")
        page.locator("summary", has_text="Hints").last.click()
        page.get_by_role("button", name="Show hint 1").last.click()
        page.get_by_role("button", name="Show hint 2").wait_for()
        assert box.input_value() == "0.5"  # which a hint does not lose
        box.press("Enter")  # which checks, and opens no hint
        page.get_by_role("button", name="Show hint 2").wait_for()
        page.goto(f"{address}/practice/1/linear-layers-collapse")
        page.get_by_role("button", name="Begin").click()
        page.locator('.box[name="b"]').fill("W2 @ (b1 .* b1) + b2")
        page.locator('.box[name="b"]').press("Enter")
        page.locator("summary", has_text="Part by part").click()
        page.get_by_text("differs first here").wait_for()
        page.get_by_role("button", name="Show the solution").first.click()
        page.get_by_text("differs first here").wait_for()
        looked_at(page, "practice", None if scripts else bare)
        context.close()
