"""Measurements: ``make bench``. Ratios within one run travel; absolutes belong to the machine."""
