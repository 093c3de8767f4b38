"""The platforms, one package each; the only place that knows their libraries."""
