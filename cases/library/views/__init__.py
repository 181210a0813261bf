"""The pages of this room: requests, jobs, cases, and the cases' files."""
