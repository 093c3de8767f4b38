"""Questions between askers and contacts: who answers, what goes where, and what falls due.

Everything here works inside a unit of work; what must be sent becomes rows of the outbox.
"""
