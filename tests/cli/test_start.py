"""What `backstretch` alone does: at a terminal it asks, elsewhere it shows the help."""

import builtins

import pytest

from backstretch.cli import start
from backstretch.cli.start import HELP, first_arguments
from tests.library import LIBRARY


@pytest.fixture
def typed(monkeypatch, capsys):
    """The arguments after these lines are typed, and what was shown."""

    def ask(*lines):
        waiting = list(lines)

        def read():
            if not waiting:
                raise EOFError
            return waiting.pop(0)

        monkeypatch.setattr(start, "can_ask", lambda: True)
        monkeypatch.setattr(builtins, "input", read)
        return first_arguments(), capsys.readouterr().out

    return ask


def test_the_help_is_shown_where_nobody_can_be_asked(monkeypatch):
    monkeypatch.setattr(start, "can_ask", lambda: False)
    assert first_arguments() == HELP


def test_being_coached_through_the_lower_back_comes_first(typed):
    arguments, shown = typed("")
    assert arguments == ["live", "lower_back"]
    assert "Be coached: Lower back, about" in shown


def test_all_sets_can_be_chosen_by_their_numbers(typed):
    for number, set_id in enumerate(LIBRARY.sets, start=1):
        assert typed("2", str(number))[0] == ["live", set_id]


def test_a_stretch_can_be_chosen_by_its_name(typed):
    assert typed("2", "Child's pose")[0] == ["live", "Child's pose"]


def test_a_recording_may_be_dropped_with_its_quotes(typed):
    assert typed("3", "'/my videos/a.mp4'")[0] == ["analyze", "/my videos/a.mp4"]


@pytest.mark.parametrize(("number", "command"), [("4", "progress"), ("5", "app")])
def test_progress_and_the_page_can_be_chosen(typed, number, command):
    assert typed(number)[0] == [command]


@pytest.mark.parametrize("lines", [("6",), ("q",), ("2", ""), ("3", ""), ("nonsense",), ("2",), ()])
def test_whatever_else_is_typed_shows_the_commands(typed, lines):
    assert typed(*lines)[0] == HELP
