"""A fleet of handhelds in one process: light asyncio clients for chaos and load.

Begin with :class:`tests.fleet.client.Handheld`; :mod:`tests.fleet.site` makes the work,
:mod:`tests.fleet.picker` does it, :mod:`tests.fleet.proxy` breaks the network in between.
"""
