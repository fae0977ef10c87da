"""How fast gradmark is, measured in one run: ``make bench``."""
