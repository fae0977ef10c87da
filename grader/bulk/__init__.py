"""Marking in bulk: bytes of whole lines → bytes of marks, whoever calls it with which lines."""
