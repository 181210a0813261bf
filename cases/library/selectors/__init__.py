"""What pages, the API and tasks read of requests, jobs and cases."""
