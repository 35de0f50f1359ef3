from __future__ import annotations

import json
from pathlib import Path

import pytest

from server.cli import main
from server.db import migrate


def run(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str]:
    with pytest.raises(SystemExit) as ended:
        main(list(arguments))
    assert isinstance(ended.value.code, int)
    return ended.value.code, capsys.readouterr().out


def test_carts_and_totes_are_added_once(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("WAVEPICK_DATABASE_URL", raising=False)
    migrate.upgrade(f"sqlite:///{tmp_path / 'wavepick.db'}")
    data = ("--data", str(tmp_path))
    cart = ("carts", "add", "--code", "cart-8", "--slots", "8", "--tote-kg", "15")
    assert run(capsys, *cart, "--tote-litres", "40", *data)[0] == 0
    assert run(capsys, *cart, "--tote-litres", "50", *data)[0] == 0
    assert "20 new totes" in run(capsys, "carts", "totes", "--count", "20", *data)[1]
    assert "5 new totes" in run(capsys, "carts", "totes", "--count", "25", *data)[1]
    code, out = run(capsys, "carts", "list", "--json", *data)
    assert code == 0
    assert json.loads(out) == {
        "carts": [{"code": "cart-8", "name": "cart-8", "slots": 8}],
        "totes": 25,
    }


def test_a_cart_without_slots_is_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    refused = ("carts", "add", "--code", "c", "--slots", "0", "--tote-kg", "1", "--tote-litres")
    assert run(capsys, *refused, "1", "--data", str(tmp_path))[0] == 2
