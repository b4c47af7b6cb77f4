"""Believable brands whose faults are known: the demo, property tests, benchmarks.

An oracle must not be wrong in the same way as what it judges: nothing here uses intake, ledger, expected,
reconcile or the rulebook's timeline. The arithmetic is written again, one order at a time, from the contract.
"""

from loyalty.worlds.planner import KINDS
from loyalty.worlds.records import Planted
from loyalty.worlds.styles import DEMO, MITHAI, STEPS, STYLES, Drift, WorldStyle
from loyalty.worlds.world import World, build, demo

__all__ = [
    "DEMO",
    "KINDS",
    "MITHAI",
    "STEPS",
    "STYLES",
    "Drift",
    "Planted",
    "World",
    "WorldStyle",
    "build",
    "demo",
]
