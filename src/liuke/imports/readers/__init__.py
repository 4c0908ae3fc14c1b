"""From a file of any kind to judged orders: no models, no requests, only files and DuckDB."""
