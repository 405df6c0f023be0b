"""Every limit of the server by name; reaching one is an error that says which."""

from typing import Final

BODY_BYTES_MAX: Final = 5 * 1024 * 1024
BATCH_CALLS_MAX: Final = 1_000
RESPONSE_BYTES_MAX: Final = 32 * 1024 * 1024
REQUEST_SECONDS_MAX: Final = 30.0
"""From a request's arrival to its answer; a call that is not done by then gets an error."""
CONNECTIONS_MAX: Final = 1_024

BATCH_SLICE_CALLS: Final = 100
"""So many calls of a batch run together; then the event loop gets its turn."""

LOG_RANGE_BLOCKS_MAX: Final = 10_000
LOG_RESULTS_MAX: Final = 20_000
LOG_ADDRESSES_MAX: Final = 1_000
LOG_TOPICS_MAX: Final = 4
LOG_TOPIC_CHOICES_MAX: Final = 1_000

FEE_HISTORY_BLOCKS_MAX: Final = 1_024
FEE_HISTORY_PERCENTILES_MAX: Final = 100
PROOF_SLOTS_MAX: Final = 256
ACCESS_LIST_ENTRIES_MAX: Final = 1_024
OVERRIDE_ACCOUNTS_MAX: Final = 64
OVERRIDE_SLOTS_MAX: Final = 1_024

FILTERS_MAX: Final = 1_024
FILTER_IDLE_SECONDS: Final = 300.0
PENDING_REMEMBERED_MAX: Final = 8_192
"""Hashes of waiting transactions that a pending filter can still be told of."""

SUBSCRIPTIONS_PER_CONNECTION_MAX: Final = 64
QUEUE_MESSAGES_MAX: Final = 4_096
QUEUE_BYTES_MAX: Final = 8 * 1024 * 1024
"""What may wait for one slow WebSocket client; beyond it the connection ends with a reason."""

SEND_SYNC_SECONDS_DEFAULT: Final = 20.0
SEND_SYNC_SECONDS_MAX: Final = 25.0
"""Below ``REQUEST_SECONDS_MAX``, so that the caller hears of the hash."""
PAGE_ROWS_MAX: Final = 100
"""Rows that one call of the compute namespace returns."""
