"""Whole frames to slow readers, one writer at a time."""

from __future__ import annotations

import socket

import gevent
import gevent.lock
import gevent.socket

from server.realtime.websocket import WholeSends

FRAME = bytes(range(256)) * 2_000
"""Half a megabyte: more than the buffers of the connection take at once."""


def slow_pair() -> tuple[gevent.socket.socket, gevent.socket.socket]:
    writer, reader = gevent.socket.socketpair()
    writer.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 4_096)
    return writer, reader


def whole_sends(writer: gevent.socket.socket) -> WholeSends:
    return WholeSends(writer, gevent.lock.BoundedSemaphore())


def read(reader: gevent.socket.socket, size: int) -> bytes:
    found = b""
    while len(found) < size:
        gevent.sleep(0)
        found += reader.recv(10_000)
    return found


def test_a_plain_send_loses_the_rest_of_a_large_frame() -> None:
    writer, _reader = slow_pair()
    assert writer.send(FRAME) < len(FRAME)


def test_a_slow_reader_gets_the_whole_frame() -> None:
    writer, reader = slow_pair()
    sending = gevent.spawn(whole_sends(writer).send, FRAME)
    assert read(reader, len(FRAME)) == FRAME
    assert sending.get(timeout=5) == len(FRAME)


def test_frames_of_two_writers_are_not_mixed() -> None:
    writer, reader = slow_pair()
    whole = whole_sends(writer)
    frames = [b"a" * 300_000, b"b" * 300_000]
    sending = [gevent.spawn(whole.send, frame) for frame in frames]
    assert read(reader, 600_000) == b"".join(frames)
    gevent.joinall(sending, timeout=5, raise_error=True)


def test_ending_tells_the_peer_and_may_be_repeated() -> None:
    writer, reader = slow_pair()
    whole = whole_sends(writer)
    whole.send(b"bye")
    whole.end()
    assert read(reader, 3) == b"bye"
    assert reader.recv(10) == b""
    whole.end()
    whole.close()
