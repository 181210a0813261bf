"""What people and workers do to requests, jobs and cases. One module per thing that is done."""
