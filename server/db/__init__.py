"""Database plumbing: declarative base, engines, migrations."""
