"""Do two versions print the same, byte by byte? ``make same-as REV=…``"""
