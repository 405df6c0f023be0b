# pragma version ^0.4.0
# A plain ERC-20 with reasons, strict about the length of its calldata as native contracts are.
# bench/erc20_native.py is the same contract, byte for byte in what it returns, logs, reverts with
# and stores.

event Transfer:
    sender: indexed(address)
    receiver: indexed(address)
    value: uint256

event Approval:
    owner: indexed(address)
    spender: indexed(address)
    value: uint256

_name: String[32]
_symbol: String[8]
_decimals: uint8
_supply: uint256
_balances: HashMap[address, uint256]
_allowances: HashMap[address, HashMap[address, uint256]]

@deploy
def __init__(name_: String[32], symbol_: String[8], supply_: uint256):
    self._name = name_
    self._symbol = symbol_
    self._decimals = 18
    self._supply = supply_
    self._balances[msg.sender] = supply_
    log Transfer(sender=empty(address), receiver=msg.sender, value=supply_)

@internal
def _move(_from: address, _to: address, _value: uint256):
    held: uint256 = self._balances[_from]
    assert held >= _value, "balance too low"
    self._balances[_from] = unsafe_sub(held, _value)
    self._balances[_to] = unsafe_add(self._balances[_to], _value)
    log Transfer(sender=_from, receiver=_to, value=_value)

@external
def transfer(_to: address, _value: uint256) -> bool:
    assert len(msg.data) == 68
    self._move(msg.sender, _to, _value)
    return True

@external
def approve(_spender: address, _value: uint256) -> bool:
    assert len(msg.data) == 68
    self._allowances[msg.sender][_spender] = _value
    log Approval(owner=msg.sender, spender=_spender, value=_value)
    return True

@external
def transferFrom(_from: address, _to: address, _value: uint256) -> bool:
    assert len(msg.data) == 100
    allowed: uint256 = self._allowances[_from][msg.sender]
    assert allowed >= _value, "allowance too low"
    self._allowances[_from][msg.sender] = unsafe_sub(allowed, _value)
    self._move(_from, _to, _value)
    return True

@external
@view
def name() -> String[32]:
    assert len(msg.data) == 4
    return self._name

@external
@view
def symbol() -> String[8]:
    assert len(msg.data) == 4
    return self._symbol

@external
@view
def decimals() -> uint8:
    assert len(msg.data) == 4
    return self._decimals

@external
@view
def totalSupply() -> uint256:
    assert len(msg.data) == 4
    return self._supply

@external
@view
def balanceOf(_owner: address) -> uint256:
    assert len(msg.data) == 36
    return self._balances[_owner]

@external
@view
def allowance(_owner: address, _spender: address) -> uint256:
    assert len(msg.data) == 68
    return self._allowances[_owner][_spender]
