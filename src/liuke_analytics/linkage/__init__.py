"""Who is whom: records of one person found across typing errors."""
