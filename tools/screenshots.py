"""Take the pictures of the public page for the documentation, from any running node.

`python tools/screenshots.py URL [FOLDER]` opens the page in English, Korean and Arabic at 1440 and 390
pixels in a Chromium found on the PATH and writes one PNG each. It changes nothing on the node.
"""

from __future__ import annotations

import argparse
import shutil
from pathlib import Path

from playwright.sync_api import sync_playwright

CHROMIUM = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
FLAGS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
SIZES = {1440: 1800, 390: 1688}


def chromium() -> str | None:
    """The path of a Chromium on this machine, or None."""
    return next((path for name in CHROMIUM if (path := shutil.which(name))), None)


def main() -> None:
    """Parse the command line and take the pictures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("url", help="address of a node, for example http://127.0.0.1:8080")
    parser.add_argument("folder", nargs="?", default="docs/screenshots", type=Path)
    parser.add_argument("--whole", action="store_true", help="the whole page, not only its head")
    parser.add_argument("--dark", action="store_true", help="in the dark theme")
    parser.add_argument("--at", default="", help="fragment to scroll to, for example timeline")
    asked = parser.parse_args()
    path = chromium()
    if path is None:
        raise SystemExit("No Chromium on the PATH: install Debian's package chromium and try again.")
    asked.folder.mkdir(parents=True, exist_ok=True)
    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path=path, args=FLAGS)
        for lang in ("en", "ko", "ar"):
            for width, height in SIZES.items():
                page = browser.new_page(
                    viewport={"width": width, "height": height},
                    color_scheme="dark" if asked.dark else "light",
                    reduced_motion="reduce",
                )
                page.goto(f"{asked.url.rstrip('/')}/{lang}/" + (f"#{asked.at}" if asked.at else ""))
                stem = "-".join(
                    filter(None, ("public", asked.at, "dark" if asked.dark else "", lang, str(width)))
                )
                page.screenshot(path=asked.folder / f"{stem}.png", full_page=asked.whole)
                page.close()
        browser.close()


if __name__ == "__main__":
    main()
