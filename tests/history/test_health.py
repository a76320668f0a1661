"""Health: the words are careful, the questions complete, the answers private and never guessed."""

import json
import os
import stat
import sys
from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backstretch.errors import InputError
from backstretch.history import health
from backstretch.history.health import (
    FORMAT,
    VERSION,
    Answers,
    fitting,
    load_answers,
    save_answers,
    unsuitable,
)
from backstretch.poses.pose import NOT_FOR
from tests.library import LIBRARY

DAY = date(2026, 11, 23)


def document_of(answers, asked_on=DAY):
    return Answers(format=FORMAT, version=VERSION, asked_on=asked_on, answers=answers)


def answered(*unfit, skipped=()):
    """Answers, of which all others are no."""
    yes, nothing = dict.fromkeys(unfit, "yes"), dict.fromkeys(skipped, "skipped")
    return document_of(dict.fromkeys(NOT_FOR, "no") | nothing | yes)


HIP = answered("hip_replacement", skipped=["stenosis"])
HEALTHY = answered()
LISTS = (health.RED_FLAGS, health.SEE_SOON, health.STOP_ON, health.PAIN_ADVICE)
INTROS = (health.RED_FLAGS_INTRO, health.SEE_SOON_INTRO, health.STOP_ON_INTRO)
WORDS = "\n".join([health.NOTE, *INTROS, *sum(LISTS, ()), *health.QUESTIONS.values()]).lower()

posix_only = pytest.mark.skipif(sys.platform == "win32", reason="Windows has no file modes")
keys = st.sampled_from(["yes", "no", "skipped"])


@st.composite
def answers(draw):
    return document_of({key: draw(keys) for key in NOT_FOR}, draw(st.dates()))


@pytest.fixture
def path(tmp_path):
    return tmp_path / "data" / "backstretch" / "health.json"


class TestWords:
    @pytest.mark.parametrize(
        "word", ["push", "further into", "posture", "prevent", "fix", "cure", "heal ", "treat"]
    )
    def test_ask_for_no_effort_and_promise_nothing(self, word):
        assert word not in WORDS

    @pytest.mark.parametrize(
        "words", ["not a medical device", "can be wrong", "mild tension", "pain means stop"]
    )
    def test_the_note_says_what_the_program_is_and_how_to_stretch(self, words):
        assert words in health.NOTE

    @pytest.mark.parametrize(
        "sign",
        [
            *("numbness", "urine or stool", "sexual", "legs weak", "both legs", "crash"),
            *("chest pain", "severe headache", "fainting"),
            *("drooping face", "slurred speech", "double vision"),
        ],
    )
    def test_every_emergency_sign_of_the_research_is_named(self, sign):
        assert sign in "\n".join(health.RED_FLAGS)

    def test_pain_is_answered_in_three_short_sentences(self):
        assert len(health.PAIN_ADVICE) == 3
        for sentence in health.PAIN_ADVICE:
            assert sentence.endswith(".")
            assert sentence.count(".") == 1
            assert len(sentence.split()) <= 30

    def test_pain_is_answered_with_coming_out_first_and_the_day_off_last(self):
        assert health.PAIN_ADVICE[0].startswith("Come out of the stretch slowly")
        assert "emergency help" in health.PAIN_ADVICE[1]
        assert health.PAIN_ADVICE[-1] == health.DAY_OFF

    def test_the_lists_read_on_from_their_introductions(self):
        assert all(intro.endswith(":") for intro in INTROS)
        for each in sum(LISTS[:3], ()):
            assert each[0].islower()
            assert not each.endswith(".")


class TestQuestions:
    def test_there_is_one_for_each_thing_that_rules_a_stretch_out(self):
        assert list(health.QUESTIONS) == list(NOT_FOR)

    @pytest.mark.parametrize("question", health.QUESTIONS.values(), ids=health.QUESTIONS)
    def test_each_can_be_answered_with_yes_or_no(self, question):
        assert question.startswith(("Do you ", "Have you ", "Are you "))
        assert question.endswith("?")
        assert question.count("?") == 1


class TestAnswers:
    @given(said=answers())
    def test_are_equal_when_they_are_read_again(self, tmp_path_factory, said):
        path = tmp_path_factory.mktemp("answers") / "health.json"
        save_answers(path, said)
        assert load_answers(path) == said

    def test_that_were_never_given_are_none(self, path):
        assert load_answers(path) is None
        assert not path.parent.exists()

    def test_replace_the_older_ones_and_leave_nothing_else(self, path):
        save_answers(path, HIP)
        save_answers(path, HEALTHY)
        assert load_answers(path) == HEALTHY
        assert [each.name for each in path.parent.iterdir()] == ["health.json"]

    def test_stand_in_a_file_of_this_form(self, path):
        save_answers(path, answered("hip_replacement", skipped=["stenosis"]))
        answers = dict.fromkeys(NOT_FOR, "no") | {"hip_replacement": "yes", "stenosis": "skipped"}
        head = {"format": "backstretch health answers", "version": 1, "asked_on": "2026-11-23"}
        assert path.read_text() == json.dumps(head | {"answers": answers}, indent=2) + "\n"

    def test_can_be_read_by_a_person(self, path):
        save_answers(path, HIP)
        told = json.loads(path.read_text())["answers"]
        assert (told["hip_replacement"], told["stenosis"]) == ("yes", "skipped")
        assert told["leg_pain"] == "no"

    def test_count_a_question_that_is_new_as_skipped(self, path):
        save_answers(path, HEALTHY)
        document = json.loads(path.read_text())
        del document["answers"]["head_down"]
        path.write_text(json.dumps(document))
        assert load_answers(path) == answered(skipped=["head_down"])

    @pytest.mark.parametrize(
        ("said", "day"),
        [({"gout": "yes"}, DAY), ({"stenosis": "maybe"}, DAY), ({}, "yesterday")],
    )
    def test_that_make_no_sense_cannot_be_made(self, said, day):
        with pytest.raises(ValueError, match=r"."):
            document_of(said, day)

    @posix_only
    def test_are_for_their_owner_only_whatever_the_umask(self, path):
        before = os.umask(0)
        try:
            save_answers(path, HIP)
        finally:
            os.umask(before)
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
        for folder in (path.parent, path.parent.parent):
            assert stat.S_IMODE(folder.stat().st_mode) == 0o700

    @posix_only
    def test_are_private_even_if_a_readable_part_was_left_behind(self, path):
        path.parent.mkdir(parents=True)
        part = path.with_name("health.json.part")
        part.write_text("half")
        part.chmod(0o644)
        save_answers(path, HIP)
        assert stat.S_IMODE(path.stat().st_mode) == 0o600


class TestDamagedFile:
    @pytest.mark.parametrize(
        "data",
        [b"", b"{", b"[]", b"null", b"3", b"\xff\xfe", b"[" * 100_000, b"{}", b'{"answers": {}}'],
    )
    def test_is_put_aside_and_not_believed(self, path, data):
        path.parent.mkdir(parents=True)
        path.write_bytes(data)
        assert load_answers(path) is None
        assert not path.exists()
        assert path.with_name("health.json.damaged").read_bytes() == data

    @pytest.mark.parametrize(
        "change",
        [
            {"format": "something else"},
            {"version": 2},
            {"asked_on": "a day"},
            {"asked_on": 20261123},
            {"answers": []},
            {"answers": {"hip_replacment": "yes"}},
            {"answers": {"hip_replacment": "no"}},
            {"answers": {"hip_replacement": "maybe"}},
            {"answers": {"hip_replacement": ["yes"]}},
        ],
    )
    def test_with_an_entry_that_makes_no_sense_is_not_believed(self, path, change):
        save_answers(path, HIP)
        path.write_text(json.dumps({**json.loads(path.read_text()), **change}))
        assert load_answers(path) is None
        assert path.with_name("health.json.damaged").exists()

    @pytest.mark.parametrize("entry", ["format", "version", "asked_on", "answers"])
    def test_without_an_entry_is_not_believed(self, path, entry):
        save_answers(path, HIP)
        document = json.loads(path.read_text())
        del document[entry]
        path.write_text(json.dumps(document))
        assert load_answers(path) is None

    def test_cut_anywhere_is_whole_or_not_believed(self, path):
        save_answers(path, HIP)
        data = path.read_bytes()
        for length in range(len(data)):
            path.write_bytes(data[:length])
            whole = data[:length].rstrip() == data.rstrip()
            assert load_answers(path) == (HIP if whole else None)

    def test_that_is_a_folder_only_means_to_ask(self, path):
        path.mkdir(parents=True)
        assert load_answers(path) is None
        assert path.is_dir()


class TestSavingThatFails:
    def test_is_told_in_one_line(self, tmp_path):
        (tmp_path / "data").write_text("a file where the folder should be")
        path = tmp_path / "data" / "health.json"
        with pytest.raises(InputError, match=r"health\.json: cannot be written \(.+\)") as caught:
            save_answers(path, HIP)
        assert "\n" not in str(caught.value)

    def test_leaves_the_older_answers_as_they_were(self, path, monkeypatch):
        save_answers(path, HIP)

        def full(_):
            raise OSError(28, "No space left on device")

        monkeypatch.setattr(os, "fsync", full)
        with pytest.raises(InputError, match="No space left on device"):
            save_answers(path, HEALTHY)
        assert load_answers(path) == HIP
        assert [each.name for each in path.parent.iterdir()] == ["health.json"]


class TestUnsuitable:
    def test_names_what_was_said_in_plain_words(self):
        assert unsuitable(LIBRARY.poses["frog_stretch"], HIP) == ("a hip replacement",)

    @pytest.mark.parametrize("given", [None, HEALTHY])
    def test_is_nothing_while_nothing_is_known(self, given):
        assert all(unsuitable(pose, given) == () for pose in LIBRARY.poses.values())

    def test_is_nothing_for_a_question_that_was_skipped(self):
        skipped = answered(skipped=NOT_FOR)
        assert all(unsuitable(pose, skipped) == () for pose in LIBRARY.poses.values())


class TestFitting:
    @pytest.mark.parametrize("each", LIBRARY.sets.values(), ids=LIBRARY.sets)
    def test_leaves_a_set_as_it_is_for_the_healthy(self, each):
        assert fitting(each, LIBRARY.poses, HEALTHY) == (each, ())

    @given(each=st.sampled_from(list(LIBRARY.sets.values())), said=answers())
    def test_keeps_just_what_suits_in_its_order(self, each, said):
        def suits(stretch):
            return not said.unfit & {*LIBRARY.poses[stretch.pose].not_for}

        asked = {s.pose for s in each.stretches}
        chosen = [s if suits(s) else s.instead for s in each.stretches]
        wanted = [
            s for s, own in zip(chosen, each.stretches, strict=True)
            if s and suits(s) and (s is own or s.pose not in asked)
        ]  # fmt: skip
        if wanted:
            found, lines = fitting(each, LIBRARY.poses, said)
            assert list(found.stretches) == wanted
            assert len(lines) == sum(not suits(s) for s in each.stretches)
            assert replace(found, stretches=each.stretches) == each
        else:
            with pytest.raises(InputError):
                fitting(each, LIBRARY.poses, said)

    def test_says_why_a_stretch_is_left_out(self):
        brittle = answered("osteoporosis")
        chosen = LIBRARY.find_set("back_pain")
        (line,) = fitting(chosen, LIBRARY.poses, brittle)[1]
        assert line == (
            "Child's pose is left out: you said osteoporosis or a vertebral fracture. "
            "Ask a clinician before doing it."
        )

    def test_puts_a_gentler_stretch_in_its_place(self):
        chosen = LIBRARY.find_set("lower_back")
        found, lines = fitting(chosen, LIBRARY.poses, answered("osteoporosis"))
        assert "supine_twist" in [each.pose for each in found.stretches]
        assert [each for each in lines if each.endswith("Supine spinal twist takes its place.")]

    def test_says_all_reasons(self):
        chosen = LIBRARY.find_set("back_pain")
        two = answered("leg_pain", "hip_replacement")
        (line,) = (x for x in fitting(chosen, LIBRARY.poses, two)[1] if "knee to chest" in x)
        assert "a hip replacement and acute pain that shoots into a leg. Ask" in line

    def test_says_what_to_do_when_nothing_is_left(self):
        chosen = LIBRARY.find_set("back_pain")
        only = [each for each in chosen.stretches if each.pose == "childs_pose"]
        brittle = answered("osteoporosis")
        with pytest.raises(InputError, match="choose another set, or ask a clinician") as caught:
            fitting(replace(chosen, stretches=tuple(only)), LIBRARY.poses, brittle)
        assert "\n" not in str(caught.value)
