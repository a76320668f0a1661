"""Opening the page: the server in its thread, and the desk on the main thread."""

from collections.abc import Callable

from backstretch.files import open_private
from backstretch.history.profile import data_folder
from backstretch.web.desk import Desk
from backstretch.web.recording_pages import RecordingPages
from backstretch.web.recordings import Uploads
from backstretch.web.server import Server
from backstretch.web.site import Site
from backstretch.web.visit import Visit

DOOR = "app.html"
"""A file of the user's own that leads a browser in, so that no token is in a list of processes."""


def open_page(
    port: int, say: Callable[[str], object], open_browser: Callable[[str], object] | None
) -> None:
    """Serve the page until Ctrl-C.

    Args:
        port: Where; 0 for any port that is free.
        say: Called with what the person should read, a line each.
        open_browser: Opens an address in a browser; None to leave that to the person.

    Raises:
        KeyboardInterrupt: Ctrl-C was pressed.
        InputError: The data folder cannot be written.
        SetupError: The port cannot be used.
    """
    desk = Desk()
    with (
        Uploads(desk) as uploads,
        Server(Site(desk, Visit(), RecordingPages(uploads).routes).app, port) as server,
    ):
        if open_browser is None:
            say(f"Open this address within two minutes: {server.invitation()}")
        else:
            door = data_folder() / DOOR
            door.parent.mkdir(parents=True, exist_ok=True)
            door.unlink(missing_ok=True)
            with open(door, "x", encoding="utf-8", opener=open_private) as file:
                file.write(
                    f'<!doctype html><meta http-equiv="refresh" content="0;url={server.invitation()}">'
                )
            say(f"The page is at {server.url} and opens in your browser. Ctrl-C ends it.")
            open_browser(door.absolute().as_uri())
        desk.run()
