"""Scripted histories that reach every method of every release, for ``bench.weights``.

A history builds a chain of its own and does the same in every run, so the n-th call of two runs is
the same call and their times can be compared. It calls each method in its costly cases: first
writes, full lists, the refusals that come last.
"""

from bench.histories.claims import claims_history
from bench.histories.compute import compute_history
from bench.histories.disputes import disputes_history
from bench.histories.forum import forum_history, second_forum_history
from bench.histories.governing import governing_history
from bench.histories.leases import lease_history, second_lease_history
from bench.histories.staking import downtime_history, staking_history
from bench.histories.vaults import vault_history

HISTORIES = {
    "staking": staking_history,
    "downtime": downtime_history,
    "governing": governing_history,
    "vaults": vault_history,
    "forum": forum_history,
    "second forum": second_forum_history,
    "compute": compute_history,
    "claims": claims_history,
    "disputes": disputes_history,
    "leases": lease_history,
    "second leases": second_lease_history,
}
