"""Pure planning core: dataclasses in, dataclasses out."""
