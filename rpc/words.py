"""Numbers of the contracts in words, and the bodies of their errors: what answers say to people."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from contracts.framework.contract import Contract
from contracts.framework.messages import message_codec
from contracts.framework.types import camel
from contracts.marketplace.v1.records import Exclusion
from primitives.abi import decode_exactly, revert_reason
from primitives.errors import DecodeError
from rpc.remedies import REMEDIES, REMEDIES_OF

EXCLUSIONS: Final[Mapping[Exclusion, str]] = {
    Exclusion.FITS: "fit",
    Exclusion.EXPIRED: "have expired",
    Exclusion.KIND: "do other kinds of jobs",
    Exclusion.MODEL: "do not serve the model",
    Exclusion.CLASSES: "do not offer the verification class",
    Exclusion.PRICE: "ask a higher price",
    Exclusion.VRAM: "have too little memory",
    Exclusion.GPU_CLASS: "have another GPU class",
    Exclusion.REGION: "are in another region",
    Exclusion.CAPACITY: "have no certificate for that rate",
    Exclusion.BUSY: "have no free lease",
    Exclusion.BOND: "have too little free bond for the escrow",
    Exclusion.LEAVING: "are leaving",
    Exclusion.OWN: "are the client's own",
    Exclusion.LATENCY: "have a higher latency",
    Exclusion.SERVICE: "do not promise the service levels",
}
"""Why offers do not fit an order, to be read behind their number."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reason:
    """Why a contract refuses: its error's name, what that says, and what to do."""

    code: str
    text: str
    remedy: str


def reason_of(data: bytes, contract: type[Contract]) -> Reason:
    """Return the reason in the revert data of a contract's call."""
    for error in contract.errors:
        codec = message_codec(error)
        if data[:4] != codec.hash[:4]:
            continue
        try:
            values = decode_exactly(codec.body, data[4:])
        except DecodeError:
            break
        text = " ".join((error.__doc__ or codec.name).split())
        for name, value in zip(codec.data_names, values, strict=True):
            text = text.replace(f"``{name}``", str(value))
        shown = ", ".join(f"{camel(n)}={v}" for n, v in zip(codec.data_names, values, strict=True))
        remedy = REMEDIES_OF.get(contract.name, {}).get(codec.name) or REMEDIES.get(codec.name, "")
        return Reason(
            code=codec.name,
            text=text.replace("``", "") + (f" ({shown})" if shown else ""),
            remedy=remedy,
        )
    return Reason(code="Reverted", text=revert_reason(data) or "no reason given", remedy="")
