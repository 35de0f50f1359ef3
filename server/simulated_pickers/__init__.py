"""Simulated pickers: clients that work pick lists through the real protocol PICK/1.

They sign in over REST, open a WebSocket like a handheld, keep an outbox, go offline, send things
twice, scan wrong items and find shelves empty; seeded, so that a run can be repeated. They import
nothing of the server: what they know is what the wire says. Begin with
:class:`server.simulated_pickers.crew.Crew` and :class:`server.simulated_pickers.lead.Lead`.
"""
