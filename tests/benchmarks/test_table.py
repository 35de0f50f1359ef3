from __future__ import annotations

from dataclasses import replace

from benchmarks.results import Line
from benchmarks.suite import PeerResult
from benchmarks.table import beaten_sentence, render_run, run_command
from tests.benchmarks.cases import empty_run, line, settings


def rows(text: str) -> list[list[str]]:
    return [
        [cell.strip() for cell in row.strip("|").split("|")]
        for row in text.splitlines()
        if row.startswith("|") and "---" not in row
    ]


def test_command_repeats_the_settings() -> None:
    asked = replace(settings(seeds=3), seconds=0.5, sample=72, instances=500)
    assert run_command(asked) == (
        "wavepick bench run --suite made-up --seconds 0.5 --seeds 3 --sample 72 --instances 500"
    )


def test_own_table_by_group_and_over_all() -> None:
    lines = (
        line("a", 100, group="small", best_known=100, proven=True, figures={"tour_us": 5}),
        line("b", 110, group="small", best_known=100, figures={"tour_us": 7}),
        line("c", 50, group="large", judged=False),
    )
    head, small, large, everything = rows(render_run(replace(empty_run(3), lines=lines)))
    assert head[:5] == ["group", "instances", "best known reached", "proven", "judged"]
    assert head[-2:] == ["tour (µs): median", "tour (µs): max"]
    # Gaps of 0 and 10 %: mean and median 5, at most 10.
    assert small[:8] == ["small", "2", "1 of 2", "1", "2", "5.000", "5.000", "10.000"]
    assert small[-2:] == ["6", "7"]
    assert large[:5] == ["large", "1", "–", "0", "0"]
    assert everything[0] == "all"
    assert everything[1] == "3"


def test_groups_are_added_up_by_what_they_share_before_the_comma() -> None:
    groups = ("10 picks, h=2", "100 picks, h=2", "10 picks, h=3", "100 picks, h=3")
    lines = tuple(line(group, 1, group=group) for group in groups)
    text = render_run(replace(empty_run(4), lines=lines))
    assert [(row[0], row[1]) for row in rows(text)[1:]] == [
        *((group, "1") for group in groups),
        ("10 picks", "2"),
        ("100 picks", "2"),
        ("all", "4"),
    ]


def with_peers(instance: str, objective: float, *peers: PeerResult) -> Line:
    return line(instance, objective, peers=peers, figures={"tour_us": 1_000})


def test_peer_table_has_ratios_times_and_factors() -> None:
    lines = (
        with_peers("a", 100, PeerResult("x", 100, 1, 0.5), PeerResult("y", 104, 1, None)),
        with_peers("b", 100, PeerResult("x", 102, 1, None), PeerResult("y", 101, 1, None)),
        with_peers("c", 100, PeerResult("x", 100, 1, 0.3), PeerResult("y", 100, 1, 0.1)),
        with_peers("d", 100, PeerResult("x", 100, 1, 0.4), PeerResult("z", 120, 0.1, None)),
    )
    text = render_run(replace(empty_run(4), lines=lines))
    found = {row[1]: row[2:] for row in rows(text) if row[0] == "g" and len(row) == 8}
    # Ours takes 1 ms. x: 500, more than 1,000, 300 and 400 times that; ratios 1, 1.02, 1, 1.
    assert found["x"] == ["1.0050", "1.0200", "3 of 4", "400 ms", "400", "300"]
    # y: more than 1 s twice, 0.1 s, no answer at all.
    assert found["y"] == ["1.0167", "1.0400", "1 of 4", "> 1 s", "> 1,000", "100"]
    # z ended by itself, without the target.
    assert found["z"] == ["1.2000", "1.2000", "0 of 4", "never", "never", "never"]
    # The fastest of them: 500, more than 1,000, 100, 400; the best: 1, 1.01, 1, 1.
    assert found["the best of them"] == ["1.0025", "1.0100", "3 of 4", "400 ms", "400", "100"]
    assert "Never beaten by a peer on 4 of 4." in text


def test_being_beaten_is_said() -> None:
    lines = (
        with_peers("a", 100, PeerResult("x", 99, 1, 0.5)),
        with_peers("b", 100, PeerResult("x", None, 1, None)),
    )
    assert beaten_sentence(lines) == "Never beaten by a peer on 1 of 2. Beaten on: a (1)."


def test_notes_are_listed() -> None:
    noted = replace(line("a", 1), note="below the proven optimum 2")
    text = render_run(replace(empty_run(1), lines=(noted,)))
    assert "- a, seed 1: below the proven optimum 2" in text


def test_the_best_peer_has_the_largest_objective_where_it_is_maximised() -> None:
    peers = (PeerResult("one", 9, 1.0, None), PeerResult("other", 12, 1.0, None))
    lines = (with_peers("a", 10, *peers), with_peers("b", 13, *peers))
    assert beaten_sentence(lines, maximise=True).endswith("1 of 2. Beaten on: a (1).")
    text = render_run(replace(empty_run(2), lines=lines, maximise=True))
    assert "objective in metres (maximised), the whole run" in text
    # 12 / 10 and 12 / 13.
    assert ["g", "the best of them", "1.0615", "1.2000"] in [row[:4] for row in rows(text)]
