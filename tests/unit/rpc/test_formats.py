"""JSON of values that the small chain does not hold: legacy, access list, set code; EIP-55."""

from primitives.keys import secret_to_address
from primitives.transaction import (
    ACCESS_LIST,
    DYNAMIC_FEE,
    LEGACY,
    SET_CODE,
    Authorization,
    Transaction,
    sign_transaction,
)
from primitives.types import Address
from rpc import formats
from rpc.backend import PoolView

SECRET = bytes([7]) * 32


def signed(kind: int, **changes: object) -> Transaction:
    fields: dict[str, object] = {
        "kind": kind,
        "chain_id": 5,
        "nonce": 1,
        "max_priority_fee_per_gas": 10,
        "max_fee_per_gas": 10 if kind in (LEGACY, ACCESS_LIST) else 20,
        "gas_limit": 100_000,
        "to": Address(b"\1" * 20),
        "value": 3,
        "data": b"\xff",
    }
    return sign_transaction(Transaction(**(fields | changes)), SECRET)  # type: ignore[arg-type]


def test_checksummed_address_is_that_of_eip_55() -> None:
    for text in (
        "0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed",
        "0xfB6916095ca1df60bB79Ce92cE3Ea74c37c5d359",
        "0xdbF03B407c01E7cD3CBea99509d93f8DDDC8C6FB",
        "0xD1220A0cf47c7B9Be7A2E6BA89F429762e7b9aDb",
    ):
        assert formats.checksummed(bytes.fromhex(text[2:])) == text


def test_legacy_transaction_has_v_of_eip_155_and_no_parity() -> None:
    transaction = signed(LEGACY)
    shown = formats.transaction_json(transaction)
    assert int(shown["v"], 16) == 35 + 2 * 5 + transaction.y_parity
    assert "yParity" not in shown
    assert "accessList" not in shown
    assert shown["chainId"] == "0x5"
    unprotected = formats.transaction_json(signed(LEGACY, chain_id=None))
    assert unprotected["v"] in ("0x1b", "0x1c")
    assert "chainId" not in unprotected


def test_typed_transactions_have_their_own_members() -> None:
    listed = formats.transaction_json(
        signed(ACCESS_LIST, access_list=((Address(b"\2" * 20), (5,)),))
    )
    assert listed["accessList"] == [{"address": "0x" + "02" * 20, "storageKeys": [f"0x{5:064x}"]}]
    assert listed["v"] == listed["yParity"]
    assert "maxFeePerGas" not in listed
    dynamic = formats.transaction_json(signed(DYNAMIC_FEE))
    assert (dynamic["maxFeePerGas"], dynamic["maxPriorityFeePerGas"]) == ("0x14", "0xa")
    assert dynamic["gasPrice"] == "0x14"
    assert dynamic["from"] == "0x" + secret_to_address(SECRET).hex()
    entry = Authorization(chain_id=5, address=Address(b"\3" * 20), nonce=2, y_parity=1, r=8, s=9)
    shown = formats.transaction_json(signed(SET_CODE, authorizations=(entry,)))
    assert shown["authorizationList"] == [
        {
            "chainId": "0x5",
            "address": "0x" + "03" * 20,
            "nonce": "0x2",
            "yParity": "0x1",
            "r": "0x8",
            "s": "0x9",
        }
    ]


def test_contract_creation_has_no_recipient() -> None:
    assert formats.transaction_json(signed(DYNAMIC_FEE, to=None))["to"] is None


def test_pool_is_split_at_the_first_gap() -> None:
    sender = Address(b"\5" * 20)
    queue = {nonce: signed(DYNAMIC_FEE, nonce=nonce) for nonce in (4, 5, 7)}
    pending, queued = formats.pool_groups(PoolView(queues={sender: queue}, nonces={sender: 4}))
    assert [t.nonce for t in pending[sender]] == [4, 5]
    assert [t.nonce for t in queued[sender]] == [7]
