"""Questions on data: do two items, alone or together, determine a quantity?"""
