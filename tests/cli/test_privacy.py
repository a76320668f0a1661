"""No frame and no figure leaves the machine: the kernel is asked which sockets a run opens."""

import json
import os
import re
import shutil
import signal
import subprocess
import sys
from contextlib import contextmanager
from urllib.request import HTTPCookieProcessor, build_opener, urlopen

import pytest

from backstretch.web.home_network import home_addresses
from tests.browser import watched
from tests.cli.test_app import POSE, SIDE_BEND, environment
from tests.cli.test_live import Home
from tests.places import SAMPLES
from tests.web.phones import trusting
from tests.web.served import SMALL, as_camera, browser, whole_machine

LOCAL = {"AF_UNIX", "AF_LOCAL"}
"""Sockets that cannot leave the machine, and carry no name look-up unless to a daemon on it."""

needs_strace = pytest.mark.skipif(shutil.which("strace") is None, reason="strace is not installed")


def families(tmp_path, *command):
    """Families of all sockets that a command and its children open or are handed.

    Whatever is sent, and DNS too, needs a socket first. A Unix socket is the only kind let pass.
    """
    trace = tmp_path / "trace"
    strace = ["strace", "-f", "-e", "trace=network", "-o", str(trace)]
    done = subprocess.run(
        [*strace, sys.executable, *command], capture_output=True, env=environment(), check=False
    )
    if b"PTRACE" in done.stderr or b"ptrace" in done.stderr:
        pytest.skip("this machine does not let strace watch a process")
    assert done.returncode == 0, done.stderr
    text = trace.read_text(encoding="utf-8", errors="replace")
    assert "+++ exited with 0 +++" in text
    return set(re.findall(r"\b[AP]F_[A-Z0-9]+", text))


@needs_strace
@pytest.mark.model
def test_an_analysis_opens_no_connection(tmp_path):
    out = tmp_path / "out"
    part = ("--start", "0", "--end", "2", "--out", str(out))
    command = ("-m", "backstretch", "analyze", str(SIDE_BEND), *POSE, *part)
    assert families(tmp_path, *command) <= LOCAL
    assert len(list(out.iterdir())) == 5


@needs_strace
def test_a_name_look_up_would_be_seen(tmp_path):
    """The test above can fail: DNS, and a connection to this very machine, are noticed."""
    for call in ("getaddrinfo('example.invalid', 80)", "create_connection(('127.0.0.1', 9))"):
        script = f"import contextlib, socket\nwith contextlib.suppress(OSError): socket.{call}"
        assert not families(tmp_path, "-c", script) <= LOCAL


@contextmanager
def page_under_watch(tmp_path, *options, also=()):
    """The address that lets a browser into the page of a program whose connections are checked in the end.

    It must not have opened any, and have listened at this machine's own address and at ``also`` only.
    """
    trace = tmp_path / "trace"
    strace = ["strace", "-f", "-e", "trace=network", "-o", str(trace)]
    home = Home(tmp_path)
    command = [*strace, sys.executable, "-m", "backstretch", "app", "--no-browser", *options]
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, text=True, env=home.environment(), start_new_session=True
    ) as process:
        line = process.stdout.readline() if process.stdout else ""
        if not line:
            pytest.skip("this machine does not let strace watch a process")
        try:
            yield line.split()[-1]
        finally:
            os.killpg(process.pid, signal.SIGINT)
            process.wait(20)
    text = trace.read_text(encoding="utf-8", errors="replace")
    named = [line for line in text.splitlines() if "sa_family=AF_INET" in line]
    calls = {line.split()[1].partition("(")[0] for line in named}
    assert {"bind"} <= calls <= {"bind", "accept4", "getsockname", "getpeername"}
    own = "|".join(map(re.escape, ("127.0.0.1", "::1", *also)))
    assert [line for line in named if not re.search(f'"({own})"', line)] == []


@needs_strace
def test_the_page_is_on_this_machine_alone_and_asks_nobody(tmp_path):
    with page_under_watch(tmp_path) as address, urlopen(address, timeout=10.0) as answer:
        assert answer.status == 200


@needs_strace
def test_with_a_phone_it_listens_in_the_home_network_and_asks_nobody(tmp_path):
    addresses = home_addresses()
    if not addresses:
        pytest.skip("this machine is in no home network")
    with page_under_watch(tmp_path, "--phone", also=addresses) as address:
        browse = build_opener(HTTPCookieProcessor()).open
        browse(address, timeout=10.0).close()
        with browse(address.partition("/enter")[0] + "/phone-setup/state", timeout=10.0) as answer:
            code = json.loads(answer.read())["address"]
        with urlopen(code, timeout=10.0, context=trusting()) as answer:
            assert answer.status == 200


@needs_strace
@pytest.mark.model
@pytest.mark.realtime
def test_a_session_on_the_page_asks_nobody_either(tmp_path):
    """Neither the program nor what the browser loads; a browser's own errands are its maker's."""
    film = as_camera(tmp_path / "camera.mjpeg", SAMPLES / "chair_twist.mp4")
    with whole_machine(), page_under_watch(tmp_path) as address, browser(film) as opened:
        origin = address.partition("/enter")[0]
        with watched(opened, address, SMALL) as page:
            for path in ("/", "/history", "/calibrate", "/live?stretch=chair_spinal_twist"):
                page.goto(origin + path)
                page.wait_for_load_state("networkidle")
            page.click("#begin")
            page.locator(".word[data-status=in]").wait_for(timeout=90_000)
            page.keyboard.press("q")
            page.locator("#ended h1").wait_for()
            asked = {url for url in page.asked if not url.startswith("blob:")}
            assert {url for url in asked if not url.startswith(origin + "/")} == set()
