"""Measures of the programme, one module per question; the docstring of a function is its definition.

Every rate shows what it is a rate of, with a 95 % interval. Nothing here judges an order.
"""
