"""The delivery core on a clock that is moved by hand, and on real databases."""
