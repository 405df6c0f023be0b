// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.20;

interface IChainRules {
    struct ParameterInfo { string key; uint256 value; uint256 defaultValue; uint256 minimum; uint256 maximum; uint256 stepMax; }
    event ParameterChanged(string indexed key, string name, uint256 oldValue, uint256 newValue);
    error LimitsContradict(uint64 blockGasMax, uint64 transactionGasMax);
    error UnknownParameter(string key);
    error ParameterOutOfRange(string key, uint256 minimum, uint256 maximum, uint256 stepMax);
    error OnlyGovernance();
    error Reentered();
    function checkParameters() external view;
    function parameter(string calldata key) external view returns (uint256);
    function parameterList() external view returns (ParameterInfo[] memory);
    function setParameter(string calldata key, uint256 value) external;
    function supply() external view returns (uint256, uint256);
    function supportsInterface(bytes4 interfaceId) external view returns (bool);
}
