"""Discord's wire on the loopback: enough of REST and of the gateway, with faults on demand."""
