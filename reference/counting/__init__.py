"""Counts of entries and parameters (``counting``), as exact rational functions of sizes (``polynomial``); whole-number expressions (``exact``)."""
