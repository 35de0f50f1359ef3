from __future__ import annotations

from pathlib import Path

import pytest

from benchmarks.data import BestKnown, DataFolder, natural_key
from benchmarks.errors import BenchError, MissingDataError
from tests.benchmarks.files import write_data


def test_texts_come_straight_from_the_archive(tmp_path: Path) -> None:
    folder = DataFolder(write_data(tmp_path, "set.tar.xz", {"a_1": "Bahçeci", "b_1": "x"}, []))
    found = folder.texts("set.tar.xz", source="", wanted=lambda name: name.startswith("a"))
    assert list(found) == [("a_1", "Bahçeci")]
    assert sorted(path.name for path in (tmp_path / "instances").iterdir()) == [
        "best_known.csv.gz",
        "set.tar.xz",
    ]


def test_members_are_told_by_their_paths(tmp_path: Path) -> None:
    texts = {"one/a": "x", "two/a": "y", "two/b": "z"}
    folder = DataFolder(write_data(tmp_path, "set.tar.xz", texts, []))
    found = folder.members("set.tar.xz", source="", wanted=lambda path: path.parent.name == "two")
    assert [(str(path), content) for path, content in found] == [
        ("set/two/a.txt", b"y"),
        ("set/two/b.txt", b"z"),
    ]


def test_best_known_values_are_those_of_the_data_set(tmp_path: Path) -> None:
    best = [("ONE", "a", 1.5), ("TWO", "a", 2)]
    folder = DataFolder(write_data(tmp_path, "set.tar.xz", {}, best))
    assert folder.best_known("TWO") == {"a": BestKnown(2, proven=True)}


def test_missing_data_says_what_and_whence(tmp_path: Path) -> None:
    with pytest.raises(MissingDataError, match=r"WAVEPICK_DATA \(from the paper\)"):
        DataFolder.find(None, source="from the paper", environ={})
    with pytest.raises(MissingDataError, match=r"nowhere/instances.*from the paper"):
        DataFolder.find(tmp_path / "nowhere", source="from the paper")
    write_data(tmp_path, "set.tar.xz", {}, [])
    found = DataFolder.find(None, source="", environ={"WAVEPICK_DATA": str(tmp_path)})
    with pytest.raises(MissingDataError, match=r"other\.tar\.xz.*from elsewhere"):
        list(found.texts("other.tar.xz", source="from elsewhere", wanted=lambda _name: True))


def test_a_damaged_archive_is_named(tmp_path: Path) -> None:
    folder = DataFolder(write_data(tmp_path, "set.tar.xz", {"a": "x"}, []))
    (tmp_path / "instances" / "set.tar.xz").write_bytes(b"no archive")
    with pytest.raises(BenchError, match=r"set\.tar\.xz: not a readable archive"):
        list(folder.texts("set.tar.xz", source="", wanted=lambda _name: True))


def test_natural_key_counts() -> None:
    assert sorted(["m10_2", "m5_10", "m5_9"], key=natural_key) == ["m5_9", "m5_10", "m10_2"]
