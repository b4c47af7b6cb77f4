"""Expected against recorded: what matches, what does not, what it cost and which line explains it."""
