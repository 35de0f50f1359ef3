"""REST: blueprints under /api/v1 and their schemas."""
