"""What `make bench` measures: each module one figure or a few, with its target."""
