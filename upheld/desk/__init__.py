"""What staff see, job by job: queues, cases, and as much of a person as the case in front of them needs."""
