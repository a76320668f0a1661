"""poses/README.md says what the program does."""

import re

from backstretch.catalogue import CATALOGUE
from tests.pose_readme import PATH, text


def test_the_page_is_that_of_the_code():
    assert PATH.read_text(encoding="utf-8") == text(), "run python -m tests.pose_readme"


def test_every_measure_is_described():
    rows = re.findall(r"^\| `(\w+)` \| (?:deg|ratio) \|", text(), re.MULTILINE)
    assert rows == [measure.name for measure in CATALOGUE]
