"""What earlier sessions of a person mean for one that begins now."""

from datetime import datetime

from backstretch.formats.session_log import PastSession
from backstretch.history.health import Advice, advice, past_sessions
from backstretch.history.profile import SESSIONS, data_folder, profile_key
from backstretch.history.saving import session_owners


def advice_today(profile: str) -> tuple[Advice, tuple[str, ...]]:
    """Advice from a person's earlier sessions, and notices about the history."""
    now = datetime.now().astimezone()
    owners, notices = session_owners()

    def is_own(folder: str, session: PastSession) -> bool:
        owner = owners.get(folder, str(session.about.get("profile") or ""))
        return profile_key(owner) == profile_key(profile)

    return advice(now, past_sessions(data_folder() / SESSIONS, now=now, is_own=is_own)), notices
