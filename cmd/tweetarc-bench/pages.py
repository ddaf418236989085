"""The tweets that Tweet-Finder or goose3 finds in the HTML pages of a folder.

python3 pages.py tweetfinder|goose3 FOLDER
"""
import logging
import pathlib
import sys

logging.disable(logging.CRITICAL)
which, folder = sys.argv[1:]
if which == "tweetfinder":
    from tweetfinder import Article

    def count(page):
        return Article(html=page).count_embedded_tweets()
else:
    from goose3 import Goose

    goose = Goose({"enable_image_fetching": False})

    def count(page):
        return len(goose.extract(raw_html=page).tweets)

found = failed = 0
for path in sorted(pathlib.Path(folder).rglob("*.html")):
    try:
        found += count(path.read_text(encoding="utf-8", errors="replace"))
    except Exception:
        failed += 1
print(found, failed)
