"""Which orders travel together on one cart."""
