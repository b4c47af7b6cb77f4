"""Ready for customers: surfaces that promise the same, questions that orders answer, carts that still need placing."""
