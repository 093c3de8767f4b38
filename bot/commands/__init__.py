"""What the subcommands of ``insop`` do."""
