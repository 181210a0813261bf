"""What runs around the site: the announcement of `make run`, and the smoke test."""
