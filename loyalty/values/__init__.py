"""The ground: money, ratios, Indian time and errors, on which every other room stands.

Nothing here knows of an order, a coin rule or a table.
"""
