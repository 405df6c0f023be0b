// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.20;

// Compiled against the generated interfaces, as a user of the chain would write it.
import "IStaking.sol";
import "IMessaging.sol";

/// A Solidity contract that stakes, reads and writes through native contracts.
contract NativeCaller {
    IStaking constant STAKING = IStaking(0x0000000000000000000000000000000000001001);
    IMessaging constant FORUM = IMessaging(0x0000000000000000000000000000000000001004);

    event Staked(address indexed validator, uint256 shares);

    /// Stake the value sent in this contract's own name; a refusal bubbles up.
    function stake(address validator) external payable returns (uint256 shares) {
        shares = STAKING.delegate{value: msg.value}(validator);
        emit Staked(validator, shares);
    }

    /// What a view returns arrives as a struct in memory.
    function tokensOf(address validator) external view returns (uint256 tokens, string memory name) {
        IStaking.ValidatorInfo memory info = STAKING.validator(validator);
        return (info.tokens, info.name);
    }

    /// Dynamic arguments, value, and a refusal caught as a custom error.
    function open(string calldata title, string[] calldata tags)
        external
        payable
        returns (uint64 topic, bytes4 refusal)
    {
        try FORUM.openTopic{value: msg.value}(title, "from Solidity", tags) returns (uint64 made) {
            topic = made;
        } catch (bytes memory reason) {
            refusal = bytes4(reason);
        }
    }

    /// A state-changing call inside a STATICCALL fails.
    function writeInView(address validator) external view returns (bool ok) {
        (ok,) = address(STAKING).staticcall(abi.encodeCall(IStaking.delegate, (validator)));
    }

    /// Running a native contract's code in this account's name fails.
    function delegatecallNative(address validator) external returns (bool ok) {
        (ok,) = address(STAKING).delegatecall(abi.encodeCall(IStaking.delegate, (validator)));
    }

    /// What the chain says of a native account's code.
    function codeOf() external view returns (uint256 size, bytes32 hash, bool isContract) {
        address place = address(STAKING);
        return (place.code.length, place.codehash, STAKING.supportsInterface(0x01ffc9a7));
    }
}
