"""The neutral vocabulary: events, messages, forms, the turn, ports and errors.

It knows no platform, no database and no handler; everything else may use it.
"""
