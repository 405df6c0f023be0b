// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.20;

interface ITreasury {
    event Spent(uint64 indexed proposal, address indexed to, uint256 amount);
    error OnlyGovernance();
    error Reentered();
    function spend(uint64 proposal, address to, uint256 amount) external;
    function spent() external view returns (uint256, uint64);
    function supportsInterface(bytes4 interfaceId) external view returns (bool);
}
