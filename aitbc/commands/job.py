"""``aitbc job``: jobs of leases (submit, result, ...) and seeded products (post, list, ...)."""

from aitbc.commands.compute import job
from aitbc.commands.job_leases import COMMANDS

__all__ = ["job"]

for command in COMMANDS:
    job.add_command(command)
