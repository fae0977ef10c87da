"""The mathematics font of the pages: STIX Two Math with no more than formulas need.

    pip install fonttools brotli
    npm pack @fontsource/stix-two-math@5.3.0 && tar xzf fontsource-stix-two-math-5.3.0.tgz
    python .packaging/font.py package/files/stix-two-math-latin-400-normal.woff2

The same font and the same version of fonttools give the same bytes. ``OFL.txt`` beside the font is its license.
"""

from __future__ import annotations

import sys
from pathlib import Path

from fontTools.subset import Options, Subsetter, load_font, save_font

TARGET = Path(__file__).parents[1] / "grader" / "sheets" / "style" / "mathematics.woff2"
KEPT = (
    (0x20, 0x7E),  # ASCII
    (0xA0, 0xFF),  # × · ± ¬ and accented letters
    (0x2C6, 0x2DC),  # accents
    (0x300, 0x338),  # combining ones
    (0x391, 0x3F6),  # Greek
    (0x2010, 0x2044),  # dashes, dots, primes
    (0x2061, 0x2064),  # invisible operators
    (0x2102, 0x2135),  # ℎ ℝ ℓ ∂ and other letters that the block below leaves out
    (0x2190, 0x21D4),  # arrows
    (0x2200, 0x22FF),  # operators
    (0x2308, 0x230B),  # ceiling and floor
    (0x23DC, 0x23E1),  # braces above and below
    (0x27E6, 0x27EF),  # further brackets
    (0x2A00, 0x2A06),  # sums and products over sets
    (0x2A7D, 0x2A7E),
    (0x1D400, 0x1D467),  # bold, italic and bold italic letters …
    (0x1D49C, 0x1D4CF),  # … script
    (0x1D538, 0x1D56B),  # … double-struck
    (0x1D6A8, 0x1D755),  # … Greek
    (0x1D7CE, 0x1D7E1),  # bold and double-struck digits
)


def main(source: str) -> None:
    options = Options(flavor="woff2", hinting=False, notdef_outline=True)
    options.layout_features = [
        "ssty",
        "kern",
        "mark",
        "mkmk",
    ]  # smaller forms for sub- and superscripts
    font = load_font(source, options)
    subsetter = Subsetter(options)
    subsetter.populate(unicodes=[one for first, last in KEPT for one in range(first, last + 1)])
    subsetter.subset(font)
    save_font(font, str(TARGET), options)
    print(f"{TARGET.name}: {TARGET.stat().st_size / 1000:.0f} kB")


if __name__ == "__main__":
    main(*sys.argv[1:])
