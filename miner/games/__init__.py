"""The programs that play disputes: a miner's defender, a challenger, and an auditor that watches.

``moves`` decides, purely, from what views of the chain say; ``knowledge`` is what a side knows of
an execution; ``record`` reads games off the chain; the shells send through ``MinerAccount``.
"""
