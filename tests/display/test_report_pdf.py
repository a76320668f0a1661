"""The report as a PDF: everything is on it, on as many sheets as it takes, and the same each time."""

import copy
import re
import zlib

import pytest

from backstretch.display.html.paper import INSIDE_IN, Column, Paper, fitting, on_paper
from backstretch.display.html.report_pdf import write_pdf
from backstretch.errors import InputError
from tests.display.test_report import ODD, kept, sided

__all__ = ["kept"]


def pages_of(content):
    return len(re.findall(rb"/Type /Page\b", content))


def ink_of(content):
    """The drawn parts of a PDF, unpacked."""
    parts = re.findall(rb"stream\r?\n(.*?)\r?\nendstream", content, re.DOTALL)
    unpacked = []
    for part in parts:
        try:
            unpacked.append(zlib.decompress(part))
        except zlib.error:
            continue
    return b"".join(unpacked)


@pytest.fixture
def made(kept, tmp_path):
    """Writes a result, changed if need be, and makes its PDF."""

    def make(change=None):
        import json

        document = copy.deepcopy(kept[0])
        if change:
            change(document)
        (tmp_path / "result.json").write_text(json.dumps(document))
        (tmp_path / "steps.csv").write_text(kept[1])
        return write_pdf(tmp_path, person="Ann Lee").read_bytes()

    return make


@pytest.fixture
def written(monkeypatch):
    """The words that are put on paper, in order."""
    words = []
    write = Paper._write

    def note(self, text, *arguments, **look):
        words.append(text)
        write(self, text, *arguments, **look)

    monkeypatch.setattr(Paper, "_write", note)
    return words


def test_it_says_who_what_and_how_long_and_is_the_same_each_time(made, written, kept, tmp_path):
    content = made()
    text = " ".join(written)
    (hold,) = kept[0]["holds"]
    assert content.startswith(b"%PDF")
    for words in ("Ann Lee", f"{hold['valid_s']:.1f} s held", "Notes", "Score: how close", "Dose"):
        assert words in text
    assert "Move the lamp" in text
    assert "Trunk angle from upright" in text or "lean" in text.lower()
    assert made() == content
    with pytest.raises(InputError, match="cannot be written"):
        write_pdf(tmp_path, tmp_path / "none" / "report.pdf")


def test_many_holds_take_several_sheets_and_odd_words_break_nothing(made, written):
    def change(document):
        document["title"] = ODD
        document["warnings"] = [ODD * 20, "x" * 500, ""]
        sided(document, [20] * 20, [25] * 20)

    content = made(change)
    assert pages_of(content) >= 3
    assert ink_of(content)
    numbers = [words for words in written if re.match(r"\d+ ", words)]
    assert len({words.split()[0] for words in numbers}) >= 40


class TestPaper:
    def test_words_never_reach_beyond_their_width(self):
        lines = fitting("some words and " + "averylongword" * 20, 9.0, 2.0)
        assert "".join("".join(lines).split()) == "somewordsand" + "averylongword" * 20
        assert max(map(len, lines)) < 45

    def test_no_words_are_one_empty_line(self):
        assert fitting("", 9.0, 2.0) == [""]

    def test_a_table_has_its_head_on_every_sheet(self, written):
        with on_paper():
            paper = Paper("foot")
            columns = [Column("Name", 0.5, is_number=False), Column("Value", 0.5)]
            paper.table(columns, [[f"row {number}", "1"] for number in range(110)])
            content = paper.bytes_of()
        assert written.count("Name") == pages_of(content) >= 3
        assert [words for words in written if words.startswith("row ")] == [
            f"row {number}" for number in range(110)
        ]
        assert INSIDE_IN > 0
