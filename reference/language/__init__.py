"""The language in which exercises and students write: expressions over oriented matrices."""
