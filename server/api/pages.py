"""The built pages of picker and lead, with the security headers of every answer."""

from __future__ import annotations

import mimetypes
from pathlib import Path
from typing import Final

from apiflask import APIBlueprint, APIFlask
from flask import Response, request, send_from_directory

import handheld_ui
from server.auth import public
from server.errors import NotFound, Unavailable

blueprint = APIBlueprint("pages", __name__, enable_openapi=False)

LONG = "public, max-age=31536000, immutable"
"""Files under /assets carry a hash in their name."""

FRESH = "no-cache"

SECURITY_HEADERS: Final = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(self), microphone=(), geolocation=()",
}

LANDING: Final = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Wavepick</title>
<link rel="stylesheet" href="/landing.css">
</head>
<body>
<main>
<h1>Wavepick</h1>
<p>Choose your page.</p>
<p><a href="/pick">Handheld <span>for pickers</span></a></p>
<p><a href="/lead">Console <span>for leads</span></a></p>
</main>
</body>
</html>
"""

LANDING_CSS: Final = """
body { margin: 0; min-height: 100vh; display: grid; place-items: center;
  font: 18px/1.5 system-ui, sans-serif; background: #10202c; color: #f2f6f8; }
main { width: min(92vw, 420px); }
h1 { font-size: 2.25rem; margin: 0; }
a { display: block; padding: 20px 24px; border-radius: 12px; background: #f2f6f8; color: #10202c;
  font-size: 1.5rem; font-weight: 700; text-decoration: none; }
a span { display: block; font-size: 1rem; font-weight: 400; }
a:focus-visible { outline: 4px solid #ffb703; outline-offset: 3px; }
"""


@blueprint.get("/")
@public
def landing() -> Response:
    """Link both pages."""
    return _text(LANDING, "text/html; charset=utf-8")


@blueprint.get("/landing.css")
@public
def landing_style() -> Response:
    """Style of the landing page: the policy allows no inline style."""
    return _text(LANDING_CSS, "text/css; charset=utf-8")


@blueprint.get("/pick")
@public
def picker_page() -> Response:
    """Serve the handheld page."""
    return _built("pick.html", FRESH)


@blueprint.get("/lead")
@public
def lead_page() -> Response:
    """Serve the console."""
    return _built("lead.html", FRESH)


@blueprint.get("/assets/<path:name>")
@public
def asset(name: str) -> Response:
    """Serve a script, style or font of the pages."""
    return _built(f"assets/{name}", LONG)


@blueprint.get("/<path:name>")
@public
def root_file(name: str) -> Response:
    """Serve the service worker, manifest and icons, which live at the root of the build."""
    return _built(name, FRESH)


def protect(app: APIFlask) -> None:
    """Put security headers on every answer of ``app``."""

    @app.after_request
    def _headers(response: Response) -> Response:
        for name, value in SECURITY_HEADERS.items():
            response.headers.setdefault(name, value)
        response.headers.setdefault("Content-Security-Policy", content_policy(request.host))
        if request.is_secure:
            response.headers.setdefault("Strict-Transport-Security", "max-age=31536000")
        if request.path.startswith("/api/"):
            response.headers.setdefault("Cache-Control", "no-store")
        return response


def content_policy(host: str) -> str:
    """Return the content policy: own files only, nothing inline, no frames.

    The WebSocket origin is named because not every browser counts it under ``'self'``; a host
    with other characters than a name and port has is left out.
    """
    sockets = f" ws://{host} wss://{host}" if _is_plain_host(host) else ""
    return "; ".join(
        (
            "default-src 'none'",
            "script-src 'self'",
            "style-src 'self'",
            "img-src 'self' data: blob:",
            "font-src 'self'",
            "media-src 'self' data: blob:",
            "manifest-src 'self'",
            "worker-src 'self'",
            f"connect-src 'self'{sockets}",
            "object-src 'none'",
            "base-uri 'none'",
            "form-action 'self'",
            "frame-ancestors 'none'",
        )
    )


def _is_plain_host(host: str) -> bool:
    return bool(host) and all(c.isascii() and (c.isalnum() or c in ".-:[]") for c in host)


def _built(name: str, caching: str) -> Response:
    try:
        folder = Path(str(handheld_ui.dist()))
    except handheld_ui.PagesMissing as error:
        raise Unavailable(str(error), code="pages-missing") from None
    if not (folder / name).is_file() or any(part.startswith(".") for part in Path(name).parts):
        raise NotFound(f"there is no page /{name}", code="page-not-found")
    guessed = "text/javascript" if name.endswith(".js") else mimetypes.guess_type(name)[0]
    response = send_from_directory(folder, name, mimetype=guessed, max_age=None)
    response.headers["Cache-Control"] = caching
    return response


def _text(body: str, content_type: str) -> Response:
    response = Response(body, content_type=content_type)
    response.headers["Cache-Control"] = FRESH
    return response
