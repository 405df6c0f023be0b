"""A whole network on one machine: layout, processes, supervision."""
