"""Malformed Engine.IO and Socket.IO frames, made from sound ones: wrong in one place or in many."""

from __future__ import annotations

import json
import random
from collections.abc import Callable
from typing import Any, Final

STREAM: Final = "5" * 32

OPS: Final[tuple[dict[str, Any], ...]] = (
    {"kind": "bind", "tote": "T-0001", "slot": 0},
    {
        "kind": "pick",
        "task": "a" * 32,
        "location": "A-01",
        "sku": "SKU-00",
        "qty": 1,
        "tote": "T-0001",
        "code": "SKU-00",
    },
    {"kind": "short", "task": "a" * 32, "qty": 1, "reason": "empty", "counted": 0},
    {"kind": "skip", "task": "a" * 32},
    {"kind": "undo", "op": 1},
    {"kind": "drop", "tote": "T-0001", "station": "pack-1"},
    {"kind": "put", "tote": "T-0001", "sku": "SKU-00", "qty": 1, "wall_slot": "W-1", "order": 1},
    {"kind": "report", "reason": "help", "text": "?"},
    {"kind": "count", "location": "A-01", "sku": "SKU-00", "qty": 3},
    {"kind": "done"},
    {"kind": "hand_back"},
    {"kind": "move", "sku": "SKU-00", "qty": 1},
)

NASTY: Final[tuple[Any, ...]] = (
    None,
    True,
    False,
    0,
    -1,
    1,
    2**31,
    2**53 + 1,
    -(2**63),
    10**40,
    0.5,
    1e308,
    "",
    " ",
    "x" * 200,
    "x" * 5_000,
    "\x00",
    "\ud800",
    "‮\u200b",
    "'; DROP TABLE op; --",
    "<script>alert(1)</script>",
    "=cmd|' /C calc'!A0",
    "../../etc/passwd",
    "%s%n",
    "a" * 32,
    "0" * 32,
    [],
    {},
    [[]],
    {"": {}},
    [None] * 60,
    {"__proto__": {"x": 1}},
    {"_placeholder": True, "num": 0},
)

RAW: Final[tuple[str, ...]] = (
    "",
    "0",
    "0{}",
    "1",
    "2",
    "2probe",
    "3",
    "3probe",
    "4",
    "40",
    "41",
    "42",
    "42[]",
    "42/handheld",
    "42/handheld,",
    "42/handheld,1",
    "42/handheld,1[",
    '42/handheld,1["sync"',
    '42/handheld,1["sync",NaN]',
    '42/handheld,1["sync",Infinity]',
    '42/handheld,1["sync",1e999]',
    '42/handheld,1["sync",{"a":1,"a":2}]',
    '42/handheld,99999999999999999999999999["sync",{}]',
    '42/handheld,-1["sync",{}]',
    "43/handheld,1[]",
    "43/handheld,99[1]",
    "44/handheld,{}",
    "45",
    "451-/handheld,1[]",
    '451-["sync",{"_placeholder":true,"num":0}]',
    "4599999999-/handheld,1[]",
    "46",
    "47",
    "4a",
    "5",
    "6",
    "7",
    "9",
    "bAAAA",
    "b",
    "\x1e4",
    "42/" + "x" * 1_000 + ",[]",
    "42/handheld?token=x,[]",
    '42/lead,1["sync",{}]',
    '42/,1["sync",{}]',
    '42/handheld,1["connect",{}]',
    '42/handheld,1["disconnect"]',
    '42/handheld,1["trigger_event",{}]',
    '42/handheld,1["__class__",{}]',
    '42/handheld,1["sync",{},{},{}]',
    '42/handheld,1["ops"]',
    '42/handheld,1["ops",' + "[" * 900 + "]" * 900 + "]",
    '42/handheld,1["ops",' + '{"a":' * 500 + "1" + "}" * 500 + "]",
    '40/handheld,{"token":"x"}',
    "40/handheld,[]",
    '40/handheld,"x"',
    '40/nowhere,{"token":"x"}',
)

NAMES: Final = ("sync", "ops", "poke", "bye", "", "on_sync", "_own", "a b", "é", "x" * 300)


def frame(rng: random.Random, sign_in: str, next_seq: Callable[[], int]) -> str:
    """One malformed frame.

    Parameters
    ----------
    rng
        Decides what is wrong.
    sign_in
        The session that sound operations name.
    next_seq
        Number of the next operation in the stream; some operations shall be reached by what is
        wrong in them, and not fail because of their number.
    """
    if rng.random() < 0.03:
        return _scrambled(rng, rng.choice(RAW)) if rng.random() < 0.5 else rng.choice(RAW)
    name, body = _sound(rng, sign_in, next_seq)
    for _ in range(rng.choice((1, 1, 1, 2, 3, 6))):
        body = _spoiled(rng, body)
    if rng.random() < 0.1:
        name = rng.choice(NAMES)
    number = rng.choice(("", str(rng.randrange(10)), str(rng.randrange(10**9))))
    text = f"42/handheld,{number}{json.dumps([name, body])}"
    return _scrambled(rng, text) if rng.random() < 0.03 else text


def _sound(rng: random.Random, sign_in: str, next_seq: Callable[[], int]) -> tuple[str, Any]:
    if rng.random() < 0.3:
        have = rng.choice((None, {"list": "a" * 32, "ver": 1}))
        return "sync", {
            "stream": STREAM,
            "acked": 0,
            "have": have,
            "want": rng.choice((None, "work")),
            "rid": "r",
        }
    ops = []
    for _ in range(rng.choice((1, 1, 2, 5))):
        header = {"seq": next_seq(), "list": "b" * 32, "lease": 1, "by": sign_in, "dt": 10}
        ops.append({**header, **rng.choice(OPS)})
    return "ops", {"stream": STREAM, "ops": ops}


def _spoiled(rng: random.Random, body: Any) -> Any:
    """The body with one thing changed, somewhere in it."""
    if isinstance(body, dict) and body and rng.random() < 0.9:
        name = rng.choice(sorted(body))
        match rng.randrange(5):
            case 0:
                return {key: value for key, value in body.items() if key != name}
            case 1:
                return {**body, rng.choice(("extra", "", "seq ", "__proto__")): rng.choice(NASTY)}
            case 2:
                return {**body, name: rng.choice(NASTY)}
            case _:
                return {**body, name: _spoiled(rng, body[name])}
    if isinstance(body, list) and body and rng.random() < 0.9:
        index = rng.randrange(len(body))
        changed = list(body)
        if rng.random() < 0.2:
            return changed * 30
        changed[index] = _spoiled(rng, changed[index])
        return changed
    if isinstance(body, str) and body and rng.random() < 0.3:
        return _scrambled(rng, body)
    return rng.choice(NASTY)


def _scrambled(rng: random.Random, text: str) -> str:
    """The text with some characters changed, doubled or cut off."""
    letters = list(text)
    for _ in range(rng.randrange(1, 4)):
        if not letters:
            break
        index = rng.randrange(len(letters))
        match rng.randrange(4):
            case 0:
                del letters[index]
            case 1:
                letters.insert(index, chr(rng.choice((0, 10, 34, 91, 123, 0x2028, 0x1F600))))
            case 2:
                letters[index] = chr(rng.randrange(32, 127))
            case _:
                letters = letters[:index]
    return "".join(letters)
