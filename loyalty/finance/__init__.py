"""The books: what coins were issued, used and lost, month by month, tied out to zero."""
