"""The web process never loads the optimizer or its engines, whatever it is asked."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.server import small_site

pytestmark = pytest.mark.process

EXERCISE = """
import json, sys
import server.cli.serve
from server.app import create_app
from server.config import from_environment
from server.installation import open_database

settings = from_environment({"WAVEPICK_DATABASE_URL": sys.argv[1]})
app = create_app(settings, open_database(settings), publish=False)
client = app.test_client()

def call(method, path, body=None, token=None):
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    answer = client.open(f"/api/v1{path}", method=method, json=body, headers=headers)
    assert answer.status_code < 300, (path, answer.get_data(as_text=True))
    return answer.json

def token(badge, kind):
    return call("POST", "/session", {"badge": badge, "pin": sys.argv[2], "client": kind})["token"]

lead, picker = token("B-1001", "console"), token("B-2001", "handheld")
admin = token("B-9001", "console")
layout = call("GET", "/layouts/active", token=lead)["document"]
call("POST", "/layouts", layout, token=admin)
wave = call("POST", "/waves", {"name": "a", "cart_type": "cart-4", "filter": {}}, token=lead)
run = call("POST", f"/waves/{wave['id']}/plan", {"seconds": 1, "seed": 1}, token=lead)
for path in ("/orders", "/stock", "/board", "/waves", f"/waves/{wave['id']}",
             f"/waves/{wave['id']}/plan-sheet", f"/waves/{wave['id']}/report",
             f"/runs/{run['id']}", "/exceptions", "/openapi.json"):
    call("GET", path, token=lead)
sync = {"stream": "0" * 32, "acked": 0, "have": None, "want": "work", "rid": "r"}
call("POST", "/pick/sync", sync, token=picker)
call("POST", "/pick/ops", {"stream": "0" * 32, "ops": []}, token=picker)
call("GET", "/pick/directory", token=picker)
print(json.dumps(sorted({name.split(".")[0] for name in sys.modules})))
"""


def test_web_process_imports_no_engine(tmp_path: Path) -> None:
    site = small_site.fill(small_site.sqlite_url(tmp_path))
    done = subprocess.run(
        [sys.executable, "-c", EXERCISE, site.url, small_site.PIN],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    loaded = set(json.loads(done.stdout.splitlines()[-1]))
    assert "flask" in loaded
    assert loaded & {"optimizer", "ortools", "numba", "numpy", "scipy", "llvmlite"} == set()
