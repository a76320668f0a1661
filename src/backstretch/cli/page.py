"""The command `app`: the page in a browser."""

import webbrowser
from functools import partial
from typing import Annotated

import typer


def app(
    port: Annotated[
        int, typer.Option(min=0, max=65535, help="The port of the page; 0 for any that is free.")
    ] = 0,
    camera: Annotated[
        str,
        typer.Option(
            help="A camera of the program, in place of the browser's: its number, a stream's URL, or a video "
            "played as a camera."
        ),
    ] = "",
    no_browser: Annotated[
        bool, typer.Option("--no-browser", help="Only print the address, and open no browser.")
    ] = False,
) -> None:
    """Open the page in your browser: choose a stretch by its picture, and be coached through your camera.

    The page is on this machine only. Ctrl-C in the terminal ends it. Started once more, it opens the same page.

    Example: backstretch app
    """
    from backstretch.web.run import open_page

    try:
        open_page(
            port,
            camera,
            say=partial(print, flush=True),
            open_browser=None if no_browser else webbrowser.open,
        )
    except KeyboardInterrupt:
        raise typer.Exit(0) from None
