"""The doors to the outside: exports, settings, rules and keys in; tables, releases and pages out.

Whatever opens a file, a database or a YAML lives here. What the opened thing means does not.
"""
