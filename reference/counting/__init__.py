"""Counts of entries and parameters (``counting``), as exact rational functions of sizes (``polynomial``), rounded where a size is (``floors``); whole-number expressions (``exact``)."""
