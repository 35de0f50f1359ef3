"""The picking methods: how orders become pick lists."""
