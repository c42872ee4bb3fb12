"""Make the picture of the documentation's front page: the page of ``seqaug demo`` as a browser shows it.

Runs the demonstration, photographs its page with chromium and saves it in few colours, so that it is small:

    python examples/make_demo_picture.py [--report demo-report] [--out docs/_static/demo.png]

With ``--report`` the page is one that `make demo` has written before.
"""

import argparse
import shutil
import subprocess
import tempfile
from pathlib import Path

from PIL import Image

PROGRAMS = ("chromium", "chromium-browser", "google-chrome", "chrome")
STATIC = Path(__file__).resolve().parents[1] / "docs" / "_static"


def photographed(page, picture, *, width, height):
    """Write a picture of a page as a window of this size shows it."""
    program = next(filter(None, map(shutil.which, PROGRAMS)), None)
    if program is None:
        raise SystemExit(f"none of {', '.join(PROGRAMS)} is installed; install chromium")
    options = ["--headless", "--no-sandbox", "--disable-gpu", "--hide-scrollbars", f"--window-size={width},{height}"]
    subprocess.run(
        [program, *options, f"--screenshot={picture}", page.resolve().as_uri()], check=True, stderr=subprocess.DEVNULL
    )


def without_margin(image, margin=24):
    """Cut the paper below the last line of the page."""
    rows = [y for y in range(image.height) if len(image.crop((0, y, image.width, y + 1)).getcolors(9999)) > 1]
    return image.crop((0, 0, image.width, min(image.height, max(rows) + margin)))


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--report", type=Path, help="folder of a page of `seqaug demo`; made anew by default")
    parser.add_argument("--out", type=Path, default=STATIC / "demo.png")
    parser.add_argument("--width", type=int, default=1000)
    parser.add_argument("--height", type=int, default=2190)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        report = options.report
        if report is None:
            from seqaug_sklearn.evaluation import run_demo

            report = run_demo(progress=True).to_html(Path(folder) / "report").parent
        picture = Path(folder) / "page.png"
        photographed(report / "report.html", picture, width=options.width, height=options.height)
        image = without_margin(Image.open(picture).convert("RGB"))
        image.quantize(128, method=Image.Quantize.FASTOCTREE, dither=Image.Dither.NONE).save(options.out, optimize=True)
    print(f"{options.out}: {image.width} x {image.height} pixels, {options.out.stat().st_size / 1000:.0f} kB")


if __name__ == "__main__":
    main()
