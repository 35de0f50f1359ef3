"""A crew: one thread per simulated person."""

from __future__ import annotations

import logging
import random
import threading
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from server.simulated_pickers.behaviour import Behaviour
from server.simulated_pickers.device import Device, Stopped
from server.simulated_pickers.link import Link, SocketLink
from server.simulated_pickers.outbox import Outbox
from server.simulated_pickers.picker import Picker
from server.simulated_pickers.rest import Rest, RestError, SignedIn, Unreachable
from server.simulated_pickers.sorter import Sorter
from server.simulated_pickers.tally import Tally
from server.simulated_pickers.warehouse import Shelves, ToteRack, WallQueue

logger = logging.getLogger(__name__)

_SIGN_IN_TRIES = 20
_SIGN_IN_PAUSE_S = 0.5


@dataclass(frozen=True, slots=True)
class Credentials:
    """Badge and PIN of one person."""

    badge: str
    pin: str


class Crew:
    """Simulated pickers, and a sorter when the warehouse has a put wall.

    Parameters
    ----------
    base_url
        The server, e.g. ``http://127.0.0.1:8080``.
    pickers
        One thread is started for each.
    sorter
        Who stands at the put wall; None leaves dropped totes there.
    totes
        Codes of the totes the crew may use, in the order they are taken.
    seed
        Each person's chances depend on it and on their number only.
    """

    def __init__(
        self,
        base_url: str,
        *,
        pickers: Sequence[Credentials],
        sorter: Credentials | None,
        totes: Iterable[str],
        behaviour: Behaviour,
        seed: int,
    ) -> None:
        self._base_url = base_url
        self._pickers = tuple(pickers)
        self._sorter = sorter
        self._behaviour = behaviour
        self._seed = seed
        self._stop = threading.Event()
        self._threads: list[threading.Thread] = []
        self._shelves = Shelves()
        self._rack = ToteRack(totes)
        self._wall = WallQueue()
        self.tally = Tally()

    def start(self) -> None:
        """Start everybody; returns at once."""
        for number, credentials in enumerate(self._pickers):
            self._spawn(f"picker-{number + 1}", self._pick, credentials, number)
        if self._sorter is not None:
            self._spawn("sorter", self._sort, self._sorter, len(self._pickers))

    def stop(self, *, timeout_s: float = 30.0) -> bool:
        """Let everybody finish the task at hand and send what they have.

        Returns
        -------
        bool
            False when somebody was still busy after ``timeout_s`` seconds.
        """
        self._stop.set()
        deadline = time.monotonic() + timeout_s
        for thread in self._threads:
            thread.join(max(0.0, deadline - time.monotonic()))
        return not any(thread.is_alive() for thread in self._threads)

    @property
    def n_to_sort(self) -> int:
        """Lists whose goods stand at the put wall and are not sorted yet."""
        return self._wall.n_waiting

    @property
    def working(self) -> bool:
        """Whether somebody is still at work; False when all threads have ended."""
        return any(thread.is_alive() for thread in self._threads)

    def _spawn(
        self,
        name: str,
        job: Callable[[Credentials, int], None],
        credentials: Credentials,
        number: int,
    ) -> None:
        def supervised() -> None:
            try:
                job(credentials, number)
            except Stopped as error:
                logger.info("%s stopped without an answer: %s", name, error)
                self.tally.add("stopped-without-answer")
            except Exception as error:
                logger.exception("%s failed", name)
                self.tally.violation(f"{name} failed: {type(error).__name__}: {error}")

        thread = threading.Thread(target=supervised, name=name, daemon=True)
        self._threads.append(thread)
        thread.start()

    def _pick(self, credentials: Credentials, number: int) -> None:
        rest, signed_in = self._sign_in(credentials)
        device = self._device(signed_in, number)
        try:
            Picker(
                device,
                behaviour=self._behaviour,
                rng=random.Random(f"{self._seed}:{number}"),
                tally=self.tally,
                stop=self._stop,
                shelves=self._shelves,
                rack=self._rack,
                wall=self._wall,
                stations=rest.get("/pick/directory")["stations"],
            ).work()
        finally:
            device.close()

    def _sort(self, credentials: Credentials, number: int) -> None:
        _, signed_in = self._sign_in(credentials)
        device = self._device(signed_in, number)
        try:
            Sorter(
                device, wall=self._wall, rack=self._rack, tally=self.tally, stop=self._stop
            ).work()
        finally:
            device.close()

    def _device(self, signed_in: SignedIn, number: int) -> Device:
        outbox = Outbox()
        link: Link = SocketLink(self._base_url, token=signed_in.token, stream=outbox.stream)
        return Device(
            link,
            outbox=outbox,
            sign_in=signed_in.sign_in,
            duplicate=self._behaviour.duplicate,
            rng=random.Random(f"{self._seed}:device:{number}"),
            tally=self.tally,
            stop=self._stop,
        )

    def _sign_in(self, credentials: Credentials) -> tuple[Rest, SignedIn]:
        """Sign in, waiting for a server that is busy or starting."""
        rest = Rest(self._base_url)
        for attempt in range(1, _SIGN_IN_TRIES + 1):
            try:
                signed_in = rest.sign_in(
                    badge=credentials.badge, pin=credentials.pin, client="handheld"
                )
            except (Unreachable, RestError) as error:
                refused = isinstance(error, RestError) and error.status < 500
                if refused or attempt == _SIGN_IN_TRIES:
                    raise
                if self._stop.wait(_SIGN_IN_PAUSE_S):
                    raise Stopped(f"sign-in: {error}") from error
                continue
            return rest, signed_in
        raise AssertionError("the loop returns or raises")
