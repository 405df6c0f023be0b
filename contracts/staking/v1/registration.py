"""The proof that a validator key agrees to be registered by an operator."""

from contracts.framework.messages import revert
from contracts.staking.v1.messages import BadProof, BadPublicKey
from primitives.abi import encode
from primitives.errors import InvalidSignatureError
from primitives.keccak import keccak256
from primitives.keys import PUBLIC_KEY_BYTES, Signature, is_signed_by, public_key_to_address
from primitives.types import Hash32


def registration_digest(chain_id: int, contract: bytes, operator: bytes) -> Hash32:
    """Return what a validator key signs to be registered by ``operator``."""
    types = ("uint256", "address", "address")
    return keccak256(encode(types, (chain_id, contract, operator)))


def check_proof(public_key: bytes, proof: bytes, digest: Hash32) -> bytes:
    """Return the validator's address when its key made ``proof`` over ``digest``.

    Raises:
        Revert: BadPublicKey, BadProof.
    """
    if len(public_key) != PUBLIC_KEY_BYTES:
        raise revert(BadPublicKey())
    try:
        validator = public_key_to_address(public_key)
    except InvalidSignatureError as error:
        raise revert(BadPublicKey()) from error
    try:
        signature = Signature.from_bytes(proof)
    except InvalidSignatureError as error:
        raise revert(BadProof()) from error
    if not is_signed_by(public_key, digest, signature):
        raise revert(BadProof())
    return validator
