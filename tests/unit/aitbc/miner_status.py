"""What the status page of a miner at work says."""

STATUS = {
    "address": "0x00", "chain_id": 1, "draining": False, "bond_wei": "0", "head_height": 7,
    "leases": [{"job_id": "0x" + "01" * 32, "state": "taken", "macs": "5", "escrow_wei": "9"}],
    "settled": 1, "failed": 0, "lost": 0, "paid_wei": "0", "fees_wei": "0",
    "accepted_macs_per_second": 5, "jobs_per_hour": 1, "local_macs_per_second": 7, "computed": 2,
    "uptime_seconds": 3, "refusals": [],
    "deals": [{"lease_id": "0x" + "02" * 32, "model": "small", "status": "active", "holds": 1,
               "units": 3, "units_max": 9, "acknowledged": 1, "seq": 2,
               "acknowledged_wei": "70"}],
    "leases_settled": 4, "leases_paid_wei": "8", "receipts": 2, "units": 3, "offers": [],
    "request_refusals": {"busy": 2}, "devices": [
        {"device": "cpu", "running": 1, "slots": 1, "waiting": 2}],
    "backends": [{"model": "small", "devices": ["cpu"], "fault": ""}],
    "lease_refusals": [
        {"height": 5, "code": "WindowOpen", "reason": "[bold]too early", "remedy": "wait"}],
    "capacity": {"certified_macs_per_second": 10**9, "local_macs_per_second": 2 * 10**9},
}  # fmt: skip
