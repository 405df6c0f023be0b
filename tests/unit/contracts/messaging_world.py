"""A governed chain with the messaging contract, and its parties."""

from contracts.framework.contract import Contract
from contracts.framework.messages import message_codec
from contracts.framework.version import pack_version
from contracts.messaging.v1.contract import Messaging
from contracts.messaging.v2.contract import Messaging as MessagingV2
from contracts.places import GOVERNANCE_ADDRESS, MESSAGING_ADDRESS
from contracts.runtime import Registry, active_version_slot
from primitives.abi import decode, decode_exactly, encode_call
from primitives.types import WEI_PER_AIT
from tests.unit.contracts.memory_context import MemoryChain
from tests.unit.contracts.staking_world import account

AIT = WEI_PER_AIT
FEE = 10**9
CREATOR, AUTHOR, READER, DEPUTY, MODERATOR, STRANGER = (account(n) for n in range(1, 7))
PARTIES = (CREATOR, AUTHOR, READER, DEPUTY, MODERATOR, STRANGER)
POST, REPLY, ANNOUNCEMENT, QUESTION, ANSWER = range(1, 6)
MIGRATION_GAS = 10_000_000
V1, V2 = "1.0.0", "2.0.0"


class Governance(Contract):
    """Stands where governance lives, so that the registry asks its record of versions."""

    index = 2
    name = "governance"


def forum_chain(*releases: type[Contract]) -> MemoryChain:
    """Return a chain that runs version one, with ``releases`` beside it (version two if none)."""
    chain = MemoryChain(Registry((Governance, Messaging, *(releases or (MessagingV2,)))))
    chain.registry.genesis(chain.hook, {})
    activate(chain, V1)
    for party in PARTIES:
        chain.balances[party] = 1_000 * AIT
    return chain


def activate(chain: MemoryChain, version: str) -> None:
    slot = active_version_slot(MESSAGING_ADDRESS)
    chain.storage[GOVERNANCE_ADDRESS, slot] = pack_version(version)
    chain.active.forget()


def migrate(chain: MemoryChain, current: str, target: str, gas: int = MIGRATION_GAS) -> bool:
    """Convert as governance's hook does, and answer whether it succeeded."""
    hook = chain.hook(GOVERNANCE_ADDRESS)
    values = (pack_version(current), pack_version(target))
    result = hook.migrate(MESSAGING_ADDRESS, *values, gas)
    if result.success:
        activate(chain, target)
    return result.success


def send(chain: MemoryChain, sender: bytes, signature: str, *values, value=0, gas=30_000_000):
    """Call; returns the first result of the method, None where it has none."""
    output = chain.transact(sender, MESSAGING_ADDRESS, encode_call(signature, *values), value, gas)
    return int.from_bytes(output, "big") if output else None


def ask(chain: MemoryChain, name: str, *values):
    """Read a view by name; a single result comes alone."""
    methods = chain.active.at(MESSAGING_ADDRESS).methods.values()
    method = next(m for m in methods if m.name == name)
    data = method.selector + method.arguments.write(values)
    results = decode(method.outputs, chain.read(MESSAGING_ADDRESS, data))
    return results[0] if len(results) == 1 else results


def open_topic(chain, sender=CREATOR, title="Topic", description="", tags=(), rate=FEE) -> int:
    size = len((title + description + "".join(tags)).encode())
    signature = "openTopic(string,string,string[])"
    return send(chain, sender, signature, title, description, tags, value=size * rate)


def post(chain, sender=AUTHOR, topic=1, kind=POST, parent=0, text="hello", rate=FEE) -> int:
    signature = "post(uint64,uint8,uint64,string)"
    value = len(text.encode()) * rate
    return send(chain, sender, signature, topic, kind, parent, text, value=value)


def edit(chain, message, text, sender=AUTHOR, rate=FEE) -> None:
    value = len(text.encode()) * rate
    send(chain, sender, "edit(uint64,string)", message, text, value=value)


def vote(chain, sender, message, choice) -> None:
    send(chain, sender, "vote(uint64,int8)", message, choice)


def delete(chain, message, sender=AUTHOR) -> None:
    send(chain, sender, "deleteMessage(uint64)", message)


def flag(chain, sender, name, number, is_set=True) -> None:
    """Pin, lock or hide by the method's name."""
    send(chain, sender, f"{name}(uint64,bool)", number, is_set)


def ban(chain, sender, whom, topic=0, seconds=100, permanent=False) -> None:
    signature = "ban(address,uint64,uint64,bool)"
    send(chain, sender, signature, whom, topic, seconds, permanent)


def unban(chain, sender, whom, topic=0) -> None:
    send(chain, sender, "unban(address,uint64)", whom, topic)


def grant(chain, who=MODERATOR, sender=GOVERNANCE_ADDRESS) -> None:
    send(chain, sender, "grantModerator(address)", who)


def deputize(chain, who=DEPUTY, topic=1, sender=CREATOR) -> None:
    send(chain, sender, "grantTopicModerator(uint64,address)", topic, who)


def set_parameter(chain, key, value) -> None:
    send(chain, GOVERNANCE_ADDRESS, "setParameter(string,uint256)", key, value)


def numbers(rows, name) -> list[int]:
    return [getattr(row, name) for row in rows]


def events(chain: MemoryChain, event: type) -> list[dict]:
    """Return the logs of an event, each as its fields; indexed texts as their hash."""
    codec = message_codec(event)
    found = []
    for address, topics, data in chain.logs:
        if address != MESSAGING_ADDRESS or topics[0] != codec.hash:
            continue
        values = dict(zip(codec.data_names, decode_exactly(codec.body, data), strict=True))
        indexed = [(name, kind) for name, kind, is_indexed in codec.fields if is_indexed]
        for (name, kind), topic in zip(indexed, topics[1:], strict=True):
            values[name] = topic if kind.is_dynamic else decode_exactly(kind, topic)
        found.append(values)
    return found


def held(chain: MemoryChain) -> int:
    return chain.balances.get(MESSAGING_ADDRESS, 0)
