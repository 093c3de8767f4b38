"""The clock: what is due by the tables is done, whoever looks first, and once only.

APScheduler ticks; each tick calls a function that does what is due. The tables hold the truth,
so that a tick too many, too late or in another process changes nothing.
"""
