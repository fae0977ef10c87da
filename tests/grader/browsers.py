"""What a browser makes of a page: what is too wide, too small, or kept from some readers."""

import shutil
from contextlib import contextmanager

import pytest

CHROMIUM = next(
    filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), ""
)
PHONE, DESK = 390, 1200  # pixels
LEAST_LETTER = 10  # pixels, of a figure
FLAT = "document.querySelectorAll('math').forEach(one => one.replaceChildren(one.textContent))"
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
COLOURS = {"type": "rule", "values": ["color-contrast"]}
# A character that the fonts lack looks like one that no font has.
MISSING = """
() => {
  const canvas = document.createElement("canvas"); canvas.width = canvas.height = 40;
  const pen = canvas.getContext("2d", {willReadFrequently: true});
  const drawn = (one, font) => {
    pen.clearRect(0, 0, 40, 40); pen.font = "24px " + font; pen.fillText(one, 4, 30);
    return pen.getImageData(0, 0, 40, 40).data.join();
  };
  const found = new Set();
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const font = getComputedStyle(walker.currentNode.parentElement).fontFamily;
    const none = drawn("\\u{10fffe}", font);
    for (const one of walker.currentNode.data)
      if (one.trim() && !/\\p{Cf}/u.test(one) && drawn(one, font) === none) found.add(one);
  }
  return [...found];
}
"""
OPEN = "document.querySelectorAll('details').forEach(one => one.open = true)"
FAULTS = """
least => {
  const found = [];
  if (document.scrollingElement.scrollWidth > innerWidth) found.push("the page scrolls sideways");
  for (const one of document.querySelectorAll("body *:not(svg *, math *)")) {
    const scrolls = /auto|scroll/.test(getComputedStyle(one).overflowX) && one.scrollWidth > one.clientWidth;
    if (scrolls && !(one.hasAttribute("tabindex") && one.hasAttribute("role") && one.ariaLabel))
      found.push("no keyboard reaches what scrolls: " + one.outerHTML.slice(0, 200));
  }
  for (const one of document.querySelectorAll("svg text, svg tspan")) {
    const size = parseFloat(getComputedStyle(one).fontSize) * (one.closest("text")).getScreenCTM().a;
    if (size < least) found.push(`letters of ${size.toFixed(1)} pixels: ${one.textContent}`);
  }
  return found;
}
"""


@contextmanager
def launched():
    """Chromium; the test is skipped where there is none."""
    playwright = pytest.importorskip("playwright.sync_api", reason="Playwright is not installed")
    if not CHROMIUM:
        pytest.skip("no Chromium on this machine")
    with playwright.sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield browser
        browser.close()


def faults(page, width=PHONE):
    """What is wrong with the page at a width, with all of it opened."""
    page.set_viewport_size({"width": width, "height": 800})
    page.evaluate(OPEN)
    return page.evaluate(FAULTS, LEAST_LETTER)


def barriers(page, light=None, dark=None):
    """What axe finds at A and AA with all of the page opened: every rule in light, and in dark those of colours, each at a width.

    Formulas are made plain text first, as axe takes long over thousands of elements that have no rules.
    """
    axe = pytest.importorskip(
        "axe_playwright_python.sync_playwright", reason="axe is not installed"
    )
    page.evaluate(OPEN)
    page.evaluate(FLAT)
    found = []
    for scheme, rules, width in (("light", RULES, light), ("dark", COLOURS, dark)):
        page.emulate_media(color_scheme=scheme)
        if width:
            page.set_viewport_size({"width": width, "height": 800})
        options = {"runOnly": rules, "resultTypes": ["violations"]}
        report = axe.Axe().run(page, {"exclude": [["svg *"]]}, options).response
        found += [
            (scheme, one["id"], node["html"][:200])
            for one in report["violations"]
            for node in one["nodes"]
        ]
    return found
