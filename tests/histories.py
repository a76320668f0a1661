"""What a history keeps: a session's document, its entry, and years of them."""

import json
import sqlite3
from datetime import UTC, datetime, timedelta

from backstretch.history.history import History
from backstretch.history.rows import ANALYZED, LIVE, Entry

NOW = datetime(2026, 11, 29, 10, 0, tzinfo=UTC)


def document(valid_s=20.0, pose="childs_pose", best=30.0):
    hold = {"pose": pose, "side": None, "valid_s": valid_s, "complete": True, "score": 90}
    hold["measures"] = {
        "knee": {"median": 31.0, "best": best, "unit": "deg"},
        "trunk": {"median": 5.0, "unit": "deg"},
    }
    totals = {"valid_s": valid_s, "wrong_s": 1.0, "unseen_s": 0.5}
    return {
        "schema": 1,
        "holds": [hold],
        "totals": totals,
        "view": {"azimuth_deg": 90, "elevation_deg": 5},
    }


def entry(began=NOW, **said):
    return Entry(said.pop("document", document()), began, ANALYZED, **said)


def filled(path, count):
    """A history of five years, written at once; five holds a session, four measures a hold."""
    with History(path, NOW):
        pass
    text = json.dumps(document())
    db = sqlite3.connect(path)
    days = [NOW - timedelta(hours=4.38 * number) for number in range(count)]
    rows = [
        (
            n + 1,
            "",
            at.isoformat(),
            at.timestamp(),
            LIVE,
            "Set",
            f"r{n}",
            100.0,
            1.0,
            1.0,
            0,
            None,
            text,
        )
        for n, at in enumerate(days)
    ]
    columns = "id, profile, began, epoch_s, kind, title, record, valid_s, wrong_s, unseen_s, pain, soreness"
    query = f"INSERT INTO sitting ({columns}, document, number) VALUES ({','.join('?' * 14)})"
    db.executemany(query, [(*row, row[0]) for row in rows])
    db.execute("INSERT INTO person VALUES ('', ?)", (count,))
    holds = [
        (5 * n + k + 1, n + 1, f"pose{k}" if k else "childs_pose", None, 20.0, 1, 90.0, 0.0)
        for n in range(count)
        for k in range(5)
    ]
    db.executemany("INSERT INTO hold VALUES (?,?,?,?,?,?,?,?)", holds)
    reach = [(hold[0], f"m{k}", 30.0, "deg") for hold in holds for k in range(4)]
    db.executemany("INSERT INTO reach VALUES (?,?,?,?)", reach)
    db.commit()
    db.close()
