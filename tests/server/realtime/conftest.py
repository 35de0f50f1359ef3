"""A real web process in each async mode, and real Socket.IO clients."""

from __future__ import annotations

import itertools
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
import socketio

from server.simulated_pickers.rest import Rest
from tests.server import processes, small_site
from tests.server.processes import Server, wait_until

_streams = itertools.count(1)


@pytest.fixture(scope="package", params=["gevent", "threading"])
def server(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Server]:
    """``wavepick serve`` on a small warehouse."""
    folder: Path = tmp_path_factory.mktemp(str(request.param))
    site = small_site.fill(small_site.sqlite_url(folder))
    settings = {"WAVEPICK_DATABASE_URL": site.url, "WAVEPICK_ASYNC_MODE": str(request.param)}
    with processes.web_server(settings, folder) as running:
        yield running
        assert running.terminate() == 0, running.output
        assert "Traceback" not in running.output, running.output


def stream() -> str:
    """Return a stream that no test has used."""
    return f"{next(_streams):032x}"


@dataclass(slots=True)
class Client:
    """One Socket.IO connection to one namespace, and what it heard."""

    url: str
    namespace: str
    auth: dict[str, Any]
    heard: list[tuple[str, Any]] = field(default_factory=list)
    socket: Any = None

    def connect(self) -> Client:
        """Connect; raises when the server refuses."""
        self.socket = socketio.Client(reconnection=False, handle_sigint=False)
        for event in ("poke", "bye"):
            self.socket.on(event, self._hear(event), namespace=self.namespace)
        self.socket.on("disconnect", self._hear("disconnect"), namespace=self.namespace)
        self.socket.on("connect_error", self._hear("refused"), namespace=self.namespace)
        self.socket.connect(
            self.url,
            auth=self.auth,
            namespaces=[self.namespace],
            transports=["websocket"],
            wait_timeout=2,
        )
        return self

    def call(self, event: str, body: Any) -> dict[str, Any]:
        """Send an event and return its answer."""
        answer: dict[str, Any] = self.socket.call(event, body, namespace=self.namespace, timeout=5)
        return answer

    def all(self, event: str) -> list[Any]:
        """Return the bodies heard of one event."""
        return [body for name, body in self.heard if name == event]

    def wait_for(self, event: str, within_s: float = 5.0) -> Any:
        """Return the first body of an event, waiting for it."""
        wait_until(lambda: bool(self.all(event)), within_s=within_s, what=f"{event} heard")
        return self.all(event)[0]

    def forget(self) -> None:
        """Forget what was heard, after what is on its way has arrived."""
        time.sleep(0.4)
        self.heard.clear()

    def close(self) -> None:
        """Disconnect."""
        if self.socket is not None:
            self.socket.disconnect()

    def _hear(self, event: str) -> Callable[..., None]:
        return lambda *body: self.heard.append((event, body[0] if body else None))


@dataclass(slots=True)
class Floor:
    """Makes clients of one server and closes them at the end."""

    url: str
    clients: list[Client] = field(default_factory=list)

    def rest(self, badge: str, client: str = "console") -> Rest:
        """Return a signed-in REST client."""
        rest = Rest(self.url)
        rest.sign_in(badge=badge, pin=small_site.PIN, client=client)
        return rest

    def handheld(self, rest: Rest, **auth: Any) -> Client:
        """Return an unconnected handheld of a signed-in picker."""
        body = {"token": rest.token, "proto": 1, "app": "test", "stream": stream(), **auth}
        return self._keep(Client(self.url, "/handheld", body))

    def console(self, rest: Rest) -> Client:
        """Return an unconnected console."""
        return self._keep(Client(self.url, "/lead", {"token": rest.token}))

    def _keep(self, client: Client) -> Client:
        self.clients.append(client)
        return client


@pytest.fixture
def floor(server: Server) -> Iterator[Floor]:
    """Clients of the running server."""
    found = Floor(server.url)
    yield found
    for client in found.clients:
        client.close()
