"""Opening the page: the server in its thread, and the desk on the main thread."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager

from backstretch.history.profile import data_folder
from backstretch.vision.capture import check_source
from backstretch.web.desk import Desk
from backstretch.web.door import Door
from backstretch.web.phone import Phone
from backstretch.web.phone_setup import PhoneSetup
from backstretch.web.recording_pages import RecordingPages
from backstretch.web.recordings import Uploads
from backstretch.web.server import Server
from backstretch.web.site import Site
from backstretch.web.visit import Visit


def open_page(
    port: int,
    camera: str,
    say: Callable[[str], object],
    open_browser: Callable[[str], object] | None,
    *,
    with_phone: bool = False,
) -> None:
    """Serve the page until Ctrl-C; where another program serves it already, open that one's and return.

    Args:
        port: Where; 0 for any port that is free.
        camera: The program's own camera, as of `vision.capture.open_capture`; empty for none.
        say: Called with what the person should read, a line each.
        open_browser: Opens an address in a browser; None to leave that to the person.
        with_phone: Whether a phone in the home network may be the camera.

    Raises:
        InputError: The camera cannot be opened, or the data folder not be written.
        KeyboardInterrupt: Ctrl-C was pressed.
        SetupError: The port cannot be used, or there is no home network for the phone.
    """
    door = Door(data_folder())

    def invite(url: str, invitation: str, where: str) -> None:
        """Have a browser opened, or say by which address one gets in."""
        if open_browser is None:
            say(f"Open this address within two minutes: {invitation}")
        else:
            say(f"{where} {url} and opens in your browser. Ctrl-C ends it.")
            open_browser(door.opener(invitation))

    with ExitStack() as stack, door.only_one() as is_only:
        if not is_only:
            invite(*door.invitation_to_other(), "The page is open already, at")
            if port or camera or with_phone:
                say(
                    "It keeps its settings; to change them, end it first with Ctrl-C in its terminal."
                )
            return
        if camera:
            check_source(camera)
        desk, visit = Desk(), Visit(camera)
        with _phone_setup(visit, with_phone=with_phone) as phone, Uploads(desk) as uploads:
            site = Site(desk, visit, [*RecordingPages(uploads).routes, *phone.routes])
            stack.callback(site.end)
            with Server(site.app, port, door.takes) as server:
                door.is_at(server.url)
                invite(server.url, server.invitation(), "The page is at")
                desk.run()


@contextmanager
def _phone_setup(visit: Visit, *, with_phone: bool) -> Iterator[PhoneSetup]:
    """What lets a phone in, whose page is served meanwhile; or says how one can be."""
    if not with_phone:
        yield PhoneSetup()
        return
    from backstretch.web.phone_site import phone_server  # noqa: PLC0415 - most pages need no certificate

    phone = Phone(visit)
    with phone_server(phone, data_folder()) as server:
        yield PhoneSetup(phone, server.invitation)
