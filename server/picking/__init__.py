"""The core of PICK/1: what devices report is judged, booked and answered.

From the outside in: ``pick_queue`` lines messages up; ``syncing`` says what is true for a device;
``protocol`` judges the operations of a group of messages, plain picks in memory (``plain_picks``,
``plain_rows``, ``plain_writes``), all others one by one (``judging``, ``goods_facts``,
``list_facts``); ``messages`` and ``operations`` read what came.
"""
