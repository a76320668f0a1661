"""The tables of the benchmark of calibration."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from math import isnan

from benchmarks.calibration import (
    COPIES,
    LIBRARY,
    NEW,
    NEW_CLIPS,
    STIFF,
    STIFF_HALF,
    Count,
    Pair,
    Reference,
    elsewhere,
    of_new,
    of_stiff,
    other_takes,
)

TOLD_FROM_S = 0.05
"""Fewer seconds are not told of."""


def print_tables(pairs: Sequence[Pair], refused: Sequence[Reference]) -> None:
    """All of them."""
    print_refused(refused)
    print_other_takes(other_takes(pairs))
    print_elsewhere(elsewhere(pairs))
    print_stiff(of_stiff(pairs))
    print_new(pairs, of_new(pairs))


def print_refused(refused: Iterable[Reference]) -> None:
    print("\nTakes that no reference can be made from")
    for each in refused:
        print(f"  {each.task.kind:10}{each.task.pose_id:26}{each.refusal}")


def print_other_takes(pairs: Sequence[Pair]) -> None:
    print(
        "\nA reference from one take, on other takes of the same stretch: share of the true hold seconds"
    )
    print("that it and the library count, and seconds that they count where it is done wrong")
    print("  (copy: the same footage, degraded; all others are of another person;")
    print(
        "   =: the reference has the library's required ranges, so both are the same by construction)"
    )
    head = f"  {'made from':36}{'tried on':36}{'personal':>9}{'library':>9}"
    print(f"{head}{'wrong':>8}{'library':>9}")
    by_pose = defaultdict(list)
    for each in pairs:
        by_pose[each.task.pose_id].append(each)
    for pose_id, tried in by_pose.items():
        print(f"  {pose_id}")
        for each in tried:
            own, known = each.own, each.by_library
            print(f"  {each.task.source:36}{each.clip:36}{told(own)}{told(known)}", end="")
            marks = (" copy" if each.is_copy else "") + ("" if each.has_own_ranges else " =")
            print(f"{own.wrong_s:8.2f}{known.wrong_s:9.2f}{marks}")
    print("  together")
    groups = {
        **by_pose,
        "all": list(pairs),
        "another person": [each for each in pairs if not each.is_copy],
        "another person, own ranges": [e for e in pairs if e.has_own_ranges and not e.is_copy],
        "a copy of the footage": [each for each in pairs if each.is_copy],
    }
    for name, tried in groups.items():
        true_s = sum(each.own.true_s for each in tried)
        shares = [sum(c.right_s for c in counts) / true_s for counts in both(tried)]
        wrong_s = [sum(c.wrong_s for c in counts) for counts in both(tried)]
        print(f"  {name:36}{len(tried):6} pairs{true_s:22.1f} s ", end="")
        print(f"{shares[0]:9.1%}{shares[1]:9.1%}{wrong_s[0]:8.2f}{wrong_s[1]:9.2f}")


def told(count: Count) -> str:
    return f"{'-':>9}" if isnan(count.share) else f"{count.share:9.1%}"


def both(pairs: Sequence[Pair]) -> tuple[list[Count], list[Count]]:
    """The counts of the references, and those of the library."""
    return [each.own for each in pairs], [each.by_library for each in pairs]


def print_elsewhere(pairs: Sequence[Pair]) -> None:
    print(
        "\nPersonal references on all clips they were not made from: seconds counted outside of what"
    )
    print("a clip shows, and what the library pose counts there")
    own = [each for each in pairs if each.has_own_ranges]
    for name, tried in {"all": pairs, "of these with ranges of their own": own}.items():
        own_s, known_s = (sum(count.outside_s for count in counts) for counts in both(tried))
        length_s = sum(each.length_s for each in tried)
        print(
            f"  {name}: {len({each.task for each in tried})} references, {len(tried)} pairs", end=""
        )
        print(
            f" with a clip, {length_s / 3600:.1f} h: {own_s:.1f} s ({own_s / length_s:.3%})", end=""
        )
        print(f", library {known_s:.1f} s ({known_s / length_s:.3%})")
    print(f"  {'made from':36}{'as':26}{'tried on':36}{'personal':>9}{'library':>9}")
    for each in pairs:
        if abs(each.more_outside_s) >= TOLD_FROM_S:
            print(f"  {each.task.source:36}{each.task.pose_id:26}{each.clip:36}", end="")
            print(f"{each.own.outside_s:9.2f}{each.by_library.outside_s:9.2f}", end="")
            print(" stiff" if each.task.kind == STIFF else "")


def print_stiff(shares: dict[str, dict[str, float]]) -> None:
    print("\nA body that does not come as far as the library asks: share counted of what it holds.")
    print(
        "There is one take of each: the reference is tried on the seconds that it was made from, the"
    )
    print("one from the first half of them on the second half too")
    print(f"  {'clip':36}{'from all':>10}{'from half':>11}{'library':>9}")
    for clip, by in shares.items():
        print(f"  {clip:36}{by[STIFF]:10.1%}{by[STIFF_HALF]:11.1%}{by[LIBRARY]:9.1%}")


def print_new(pairs: Iterable[Pair], shares: dict[str, tuple[float, float]]) -> None:
    print(
        "\nNew poses from one take, as if the library had none of them: share of the true hold seconds"
    )
    print("counted in another take, and share of all clips' time counted where it is not done")
    print(f"  {'made from':36}{'tried on':36}{'counted':>9}{'elsewhere':>11}")
    for source, (share, away) in shares.items():
        copy = " copy" if COPIES.get(NEW_CLIPS[source][1]) == source else ""
        print(f"  {source:36}{NEW_CLIPS[source][1]:36}{share:9.1%}{away:11.2%}{copy}")
        for each in pairs:
            if (each.task.kind, each.task.source) == (
                NEW,
                source,
            ) and each.own.outside_s >= TOLD_FROM_S:
                print(f"    {each.own.outside_s:5.2f} s in {each.clip}")
