"""Scans that nobody should make: more than 200, the same for server and handheld.

``handheld_ui/protocol/hostile_scans.json`` is written by ``python -m tests.security.barcodes``.
"""

from __future__ import annotations

import json
from pathlib import Path

FILE = Path(__file__).parents[2] / "handheld_ui" / "protocol" / "hostile_scans.json"

GS = "\x1d"
"""Group separator of GS1."""


def hostile() -> list[str]:
    """All of them, each once, in a fixed order."""
    found = [
        *(chr(code) for code in range(0x20)),
        *(chr(code) for code in range(0x7F, 0xA0)),
        *(f"SKU{chr(code)}-00" for code in (0, 8, 9, 10, 13, 27, 0x1C, 0x1D, 0x1E, 0x85, 0x2028)),
        *_gs1(),
        *_look_alikes(),
        *_injections(),
        *_programming(),
        *_long(),
        *_numbers(),
        *_marks(),
    ]
    return list(dict.fromkeys(found))


def _gs1() -> list[str]:
    return [
        "]C1",
        "]C101",
        "]d2",
        "]Q3" + GS,
        GS,
        GS * 40,
        "01",
        "0109521234543213",
        "01095212345432139" + GS,
        "]C10109521234543213" + GS + "10",
        "]C1011" + "0" * 60,
        "10" + "A" * 60 + GS + "21",
        "(01)09521234543213(10)ABC",
        "]C117999999" + GS + "10X",
        "]C117000000",
        "]C1370000000000",
        "]C13799999999999",
        "https://example.com/01/09521234543213/10/ABC?17=999999",
        "https://example.com/01/0",
        "00" + "9" * 18,
        "]C1" + "91" + "x" * 90,
        GS + "01" + GS + "01" + GS,
    ]


def _look_alikes() -> list[str]:
    return [
        "ЅKU-00",
        "SKU‐00",
        "SKU–00",
        "SKU−00",
        "ＳＫＵ－００",
        "S\u200bKU-00",
        "SKU-\u200d00",
        "\ufeffSKU-00",
        "SKU-00\u00a0",
        " SKU-00 ",
        "sku-00",
        "SKU-O0",
        "SKU-0O",
        "SKU-٠٠",
        "SKU-०0",
        "SKU-0\u0301",
        "S\u0323\u0307KU-00",
        "S\u0307\u0323KU-00",
        "SKU_00",
        "SKU-00 ",
        "SKU-00\u2060",
        "ﬁSKU",
        "ẞ",
        "İ",
        "ı",
    ]


def _injections() -> list[str]:
    return [
        "' OR 1=1 --",
        "'; DROP TABLE op; --",
        '"; DELETE FROM audit; --',
        "1); UPDATE person SET role='admin'; --",
        "%27%20OR%201=1",
        "<script>alert(1)</script>",
        "<img src=x onerror=alert(1)>",
        "<svg/onload=alert(1)>",
        "javascript:alert(1)",
        "data:text/html,<script>alert(1)</script>",
        "&lt;b&gt;",
        "{{7*7}}",
        "${7*7}",
        "#{7*7}",
        "=1+1",
        "+1+1",
        "-1+1",
        "@SUM(A1)",
        "=cmd|' /C calc'!A0",
        '=HYPERLINK("http://example.com")',
        "\t=1+1",
        "\r=1+1",
        "../../etc/passwd",
        "..\\..\\windows\\system32",
        "file:///etc/passwd",
        "http://example.com/",
        "https://example.com/pick#enrol=AAAAAAAAAAAAAAAAAAAAAA&x=1",
        "//example.com",
        "chrome://settings",
        "intent://scan/#Intent;scheme=zxing;end",
        "market://details?id=x",
        "tel:112",
        "sms:112",
        "mailto:a@example.com",
        "WIFI:S:net;T:WPA;P:pass;;",
        "BEGIN:VCARD\nFN:x\nEND:VCARD",
        "%00",
        "%s%s%s%n",
        "$(reboot)",
        "`reboot`",
        "| reboot",
        "; reboot",
        "\\x00",
        "\\u0000",
        "null",
        "undefined",
        "NaN",
        "true",
        "[object Object]",
        "__proto__",
        "constructor",
        "prototype",
        "toString",
        "hasOwnProperty",
        '{"code":"SKU-00"}',
        '["SKU-00"]',
    ]


def _programming() -> list[str]:
    """Codes with which scanners are set up, keys that a wedge would press, our command cards."""
    return [
        "\x1b[2J",
        "\x1b]0;x\x07",
        "\x16M\r",
        "$$SETUP",
        "@FACDEF",
        "$%BCODE",
        "{F1}",
        "^[[A",
        "\x03",
        "\x04",
        "\x1a",
        "SKU-00\n135790\n",
        "SKU-00\r\n9999\r\n",
        "9999\n",
        "1\t2\t3\t",
        "WP:done",
        "WP:short",
        "WP:undo",
        "WP:nothing",
        "wp:done ",
        "WP:DONE\n",
    ]


def _long() -> list[str]:
    return [
        "A" * 128,
        "A" * 129,
        "9" * 129,
        "9" * 4_296,
        "A" * 10_000,
        "\u0301" * 200,
        "é" * 128,
        "😀" * 64,
        "😀" * 65,
        " " * 128,
        "-" * 500,
        ("SKU-00 " * 50).strip(),
        "SKU-00" * 30,
        "0" * 14,
        "0" * 13,
        "0" * 8,
        "9" * 20,
    ]


def _numbers() -> list[str]:
    return [
        "0",
        "-1",
        "-0",
        "1e9",
        "1e309",
        "0x10",
        "0b1",
        "1_000",
        "1.5",
        "1,5",
        "٣",
        "Ⅷ",
        "½",
        "²",
        "10000",
        "2147483648",
        "9007199254740993",
        "∞",
    ]


def _marks() -> list[str]:
    return [
        "\u202e00-UKS",
        "\u202dSKU-00\u202c",
        "\u2066SKU-00\u2069",
        "\u200f",
        "\u200eSKU-00",
        "😀",
        "👩‍👩‍👧‍👦",
        "🇪🇺",
        "\ud800".encode("utf-8", "replace").decode(),
        "\uffff",
        "\ufffd",
        "\ue000",
        "\U0010ffff",
        "\u2028",
        "\u2029",
        "\u061c",
        "\u180e",
        "\u3164",
        "\u115f",
        "ﷺ",
    ]


def main() -> None:
    """Write the file that the handheld's tests read."""
    FILE.write_text(json.dumps(hostile(), ensure_ascii=True, indent=1) + "\n")


if __name__ == "__main__":
    main()
