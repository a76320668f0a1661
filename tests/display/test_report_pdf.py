"""The report as a PDF: everything is on it, on as many sheets as it takes, and the same each time."""

import copy
import re
import zlib

import pytest

from backstretch.display.html.paper import Column, Paper, fitting, on_paper
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

    def make(change=None, steps=kept[1]):
        import json

        document = copy.deepcopy(kept[0])
        if change:
            change(document)
        (tmp_path / "result.json").write_text(json.dumps(document))
        if steps:
            (tmp_path / "steps.csv").write_text(steps)
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


def test_it_says_who_what_and_how_long(made, written, kept, tmp_path):
    content = made()
    text = " ".join(written)
    (hold,) = kept[0]["holds"]
    assert content.startswith(b"%PDF")
    for words in ("Ann Lee", f"{hold['valid_s']:.1f} s held", "Notes", "Score: how close", "Dose"):
        assert words in text
    assert "Move the lamp" in text
    assert "Trunk angle from upright" in text or "lean" in text.lower()
    with pytest.raises(InputError, match="cannot be written"):
        write_pdf(tmp_path, tmp_path / "none" / "report.pdf")


def test_many_holds_take_several_sheets_and_odd_words_break_nothing(made, written):
    def change(document):
        document["title"] = ODD
        document["warnings"] = [ODD * 20, "x" * 500, ""]
        sided(document, [20] * 20, [25] * 20)

    content = made(change, steps="")
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

    def test_a_table_has_its_head_on_every_sheet_and_a_pdf_is_the_same_each_time(self, written):
        def content():
            with on_paper():
                paper = Paper("foot")
                columns = [Column("Name", 0.5, is_number=False), Column("Value", 0.5)]
                paper.table(columns, [[f"row {number}", "1"] for number in range(110)])
                return paper.bytes_of()

        first = content()
        assert written.count("Name") == pages_of(first) >= 3
        assert [words for words in written if words.startswith("row ")] == [
            f"row {number}" for number in range(110)
        ]
        assert content() == first
