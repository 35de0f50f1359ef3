"""Which orders form the best wave: as many units as possible per aisle that must be visited."""
