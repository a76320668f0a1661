"""Tables of holds: tidy, with units in their heads, and safe in a spreadsheet."""

import csv
import io
from datetime import date, datetime, time

import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import load_workbook

from backstretch.formats.hold_table import hold_sheet
from backstretch.formats.spreadsheets import Heading, Sheet, csv_text, workbook

PERSON = [Heading("person", "whose it is")]


def hold(**measures):
    return {"pose": "side_bend", "side": "left", "valid_s": 21.0, "score": 90, "complete": True,
            "reasons": ["1.0 s knee", "0.5 s hip"], "measures": measures}  # fmt: skip


def document(*holds, words="sideways lean"):
    check = {"label": "lean", "words": words}
    stretch = {
        "pose": "side_bend",
        "name": "Side bend",
        "asked": 3,
        "asked_s": 20.0,
        "checks": [check],
    }
    return {"holds": list(holds), "stretches": [stretch]}


def rows_of(*entries):
    return list(csv.DictReader(io.StringIO(csv_text(hold_sheet(PERSON, entries)))))


def opened(sheet):
    return load_workbook(io.BytesIO(workbook(sheet)))


LEAN = {"median": 20.5, "best": 24.0, "unit": "deg"}


class TestHolds:
    def test_have_a_column_for_each_angle_with_its_unit(self):
        first, second = rows_of(
            (["Ann"], document(hold(lean=LEAN), hold(sep={"median": 0.4, "unit": "ratio"})))
        )
        assert (first["lean_median_deg"], first["lean_best_deg"]) == ("20.5", "24.0")
        assert (first["sep_median_ratio"], second["sep_median_ratio"]) == ("", "0.4")
        assert second["lean_median_deg"] == ""

    def test_have_the_name_beside_the_id_and_say_whose_they_are(self):
        (row,) = rows_of((["Ann"], document(hold())))
        told = [
            row[name] for name in ("person", "hold", "stretch", "pose", "side", "asked", "asked_s")
        ]
        assert told == ["Ann", "1", "Side bend", "side_bend", "left", "3", "20.0"]
        assert (row["score"], row["reasons"]) == ("90", "1.0 s knee; 0.5 s hip")

    def test_of_several_people_stand_in_one_table(self):
        rows = rows_of((["Ann"], document(hold(lean=LEAN))), (["Ben"], document(hold(), hold())))
        assert [(row["person"], row["hold"]) for row in rows] == [
            ("Ann", "1"),
            ("Ben", "1"),
            ("Ben", "2"),
        ]

    def test_are_explained_in_words_of_each_stretch(self):
        sheet = hold_sheet(PERSON, [(["Ann"], document(hold(lean=LEAN)))])
        about = {each.name: each.about for each in sheet.headings}
        assert about["lean_median_deg"] == "sideways lean: median over the hold, degrees"

    def test_have_estimates_in_centimetres_where_there_are_some(self):
        length = {"median": 12, "best": 10, "unit": "cm", "words": "fingertips to the floor"}
        held = {**hold(lean=LEAN), "lengths": {"fingertip_floor": length}}
        sheet = hold_sheet(PERSON, [(["Ann"], document(held))])
        (row,) = csv.DictReader(io.StringIO(csv_text(sheet)))
        assert (row["fingertip_floor_median_cm"], row["fingertip_floor_best_cm"]) == ("12", "10")
        about = {each.name: each.about for each in sheet.headings}["fingertip_floor_median_cm"]
        assert about.startswith(
            "fingertips to the floor: median over the hold, centimetres, estimated"
        )

    @pytest.mark.parametrize("odd", [None, 3, [3], {"holds": 3}, {"holds": [3, None]}, "x"])
    def test_that_are_odd_are_left_out(self, odd):
        assert rows_of((["Ann"], odd if isinstance(odd, dict) else {"holds": odd})) == []

    @pytest.mark.parametrize(
        "odd", [None, 3, "x", {"lean": 3}, {"lean": {"median": "x", "unit": "deg"}}]
    )
    def test_whose_measures_are_odd_have_none(self, odd):
        (row,) = rows_of((["Ann"], {"holds": [{"pose": 3, "score": "x", "measures": odd}]}))
        assert {row["pose"], row["score"], row.get("lean_median_deg", "")} == {""}


class TestWorkbook:
    def test_has_the_numbers_as_numbers_and_dates_as_dates(self):
        sheet = Sheet(
            "Holds", [Heading(n, "") for n in "abcd"], [[1.5, date(2026, 1, 31), time(9, 5), None]]
        )
        _, row = opened(sheet)["Holds"].iter_rows(values_only=True)
        assert row == (1.5, datetime(2026, 1, 31), time(9, 5), None)  # noqa: DTZ001

    def test_explains_its_columns(self):
        book = opened(hold_sheet(PERSON, [(["Ann"], document(hold(lean=LEAN)))]))
        about = dict(book["Columns"].iter_rows(values_only=True))
        assert about["person"] == "whose it is"
        assert set(about) - {"Column"} == {cell.value for cell in next(book["Holds"].rows)}

    @pytest.mark.parametrize("text", ["=1+1", "+1", "@cmd", "-1"])
    def test_takes_no_text_for_a_formula(self, text):
        book = opened(Sheet("Holds", PERSON, [[text]]))
        cell = book["Holds"]["A2"]
        assert (cell.value, cell.data_type) == (text, "s")

    @given(st.text(st.characters(exclude_categories=[]), max_size=8))
    def test_can_hold_any_text(self, text):
        workbook(Sheet("Holds", PERSON, [[text]]))

    def test_can_be_empty(self):
        assert opened(Sheet("Holds", PERSON, []))["Holds"].max_row == 1
