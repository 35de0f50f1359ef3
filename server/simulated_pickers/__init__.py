"""Simulated pickers: clients that work pick lists through the real protocol PICK/1.

They sign in over REST, open a WebSocket like a handheld, keep an outbox, go offline, send things
twice, scan wrong items and find shelves empty; seeded, so that a run can be repeated. They import
nothing of the server: what they know is what the wire says.
"""

from server.simulated_pickers.behaviour import Behaviour
from server.simulated_pickers.crew import Credentials, Crew
from server.simulated_pickers.rest import Rest, RestError, Unreachable
from server.simulated_pickers.tally import Tally

__all__ = ["Behaviour", "Credentials", "Crew", "Rest", "RestError", "Tally", "Unreachable"]
