"""The pages on which somebody fits stretches to themselves: what to make, the takes, and a stretch's words."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from backstretch.display.html.app_pages import REGION_WORDS, LiveOffer, film_address
from backstretch.display.html.page import html_page
from backstretch.history.profile import whose
from backstretch.poses.library import Library
from backstretch.poses.pose import Pose, measure_words

SIDE_WORDS = {
    "both": "both",
    "left": "left, mirrored for the right",
    "right": "right, mirrored for the left",
}
NEW_SIDE_WORDS = {
    "both": "it is the same on both sides",
    "left": "I show the left side",
    "right": "I show the right side",
}


@dataclass(frozen=True)
class Takes:
    """Guided takes, as a page offers them.

    Attributes:
        makes: ``own``, ``new`` or ``neutral``.
        camera: Where the camera belongs.
        count: How many takes of each side.
        name: The id of the stretch, or the name of a new one; empty for the neutral.
        region, side: As the person has chosen.
        pose: The stretch to fit; None for the others.
    """

    makes: str
    camera: str
    count: int
    name: str = ""
    region: str = ""
    side: str = "both"
    pose: Pose | None = None

    @property
    def title(self) -> str:
        """What they are for, in a few words."""
        if self.pose is not None:
            return f"{self.pose.name}: fit it to you"
        return self.name or "How you hold yourself at rest"

    @property
    def lines(self) -> tuple[str, ...]:
        """What is going to happen, a sentence each."""
        if self.makes == "neutral":
            return ("One short take of you sitting or standing straight, looking ahead.",)
        sides = (
            " of each side"
            if self.pose and self.pose.sides == "each" and self.side == "both"
            else ""
        )
        return (
            f"{self.count} short takes{sides}, each a few seconds without movement, and a check at the end.",
            "Come in slowly, only as far as is comfortable, and out again between the takes.",
        )


def making_page(library: Library, neutral_date: str, who: str) -> str:
    """The page on which is chosen what to make, with what the person has made already.

    Args:
        library: With the person's own poses.
        neutral_date: When their neutral was taken, as year-month-day; empty where there is none.
        who: Their profile; empty for `profile.YOU`.
    """
    by_name = sorted(library.poses.values(), key=lambda pose: pose.name)
    return html_page(
        "app_making.html",
        title="Fit it to you",
        who=who,
        name=whose(who),
        stretches=[each for each in by_name if each.id not in library.own_ids or each.refines],
        fitted=[each for each in by_name if each.id in library.own_ids and each.refines],
        made=[each for each in by_name if each.id in library.own_ids and not each.refines],
        neutral_date=neutral_date,
        regions=REGION_WORDS,
        sides=SIDE_WORDS,
        new_sides=NEW_SIDE_WORDS,
        day=_day,
    )


def takes_page(takes: Takes, who: str, offer: LiveOffer, advice: Sequence[str] = ()) -> str:
    """The page on which somebody is led through takes; that of a session, with other words."""
    return html_page(
        "app_live.html",
        title=takes.title,
        who=who,
        id=takes.name,
        takes=takes,
        film=film_address(takes.pose) if takes.pose else "",
        camera=takes.camera,
        has_sides=False,
        advice=advice,
        asks_soreness=False,
        is_going_on=offer.is_going_on,
        eyes=offer.eyes,
        eye=offer.eye,
    )


def words_page(pose: Pose, who: str) -> str:
    """The page on which the words of a stretch of the person's own are changed."""
    return html_page(
        "app_words.html",
        title=f"{pose.name}: its words",
        who=who,
        name=whose(who),
        pose=pose,
        regions=REGION_WORDS,
        cues=[
            (f"{number}.{end}", f"When the {measure_words(check)} is too {words}", text)
            for number, check in enumerate(pose.checks)
            for end, words, text in (
                ("below", "small", check.below),
                ("above", "large", check.above),
            )
            if text
        ],
    )


def _day(date: str) -> str:
    """A date in words: ``1 December 2026``."""
    return f"{datetime.fromisoformat(date):%-d %B %Y}"
