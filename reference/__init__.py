"""Mathematics of networks written as equations; it has never heard of students, points or files."""
