"""Files that are written whole or not at all."""

import os
from threading import Thread

import pytest

from backstretch.files import free_path, silent_stderr, write_whole


def test_what_cannot_be_written_leaves_the_old_file_and_nothing_else(tmp_path, monkeypatch):
    path = tmp_path / "a.trc"
    path.write_text("old")

    def full(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("pathlib.Path.replace", full)
    with pytest.raises(OSError, match="No space"):
        write_whole(path, b"new")
    assert [each.name for each in tmp_path.iterdir()] == ["a.trc"]
    assert path.read_text() == "old"


def test_a_pipe_is_written_to_and_not_replaced(tmp_path):
    pipe, read = tmp_path / "pipe", []
    os.mkfifo(pipe)
    reader = Thread(target=lambda: read.append(pipe.read_bytes()))
    reader.start()
    write_whole(pipe, b"new")
    reader.join(5.0)
    assert read == [b"new"]
    assert pipe.is_fifo()


def test_a_link_that_leads_to_itself_is_an_error_of_the_disk(tmp_path):
    link = tmp_path / "link"
    link.symlink_to(link)
    with pytest.raises(OSError, match=str(link)):
        write_whole(link, b"new")


def test_a_taken_name_gets_a_number(tmp_path):
    path = tmp_path / "a"
    assert free_path(path) == path
    path.touch()
    (tmp_path / "a-2").touch()
    assert free_path(path) == tmp_path / "a-3"


def test_what_a_library_writes_to_stderr_while_it_starts_goes_nowhere(capfd):
    os.write(2, b"before\n")
    with silent_stderr():
        os.write(2, b"ALSA lib pcm.c: underrun occurred\n")
    os.write(2, b"after\n")
    assert capfd.readouterr().err == "before\nafter\n"


def test_stderr_comes_back_after_an_error(capfd):
    with pytest.raises(OSError, match="no device"), silent_stderr():
        raise OSError("no device")
    os.write(2, b"after\n")
    assert capfd.readouterr().err == "after\n"
