"""What several rooms of the tests share: stand-ins, samples, desks and child processes."""
