"""The page under load: a published class, a server, browsers, and what goes wrong."""
