// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.20;

interface IMarketplace {
    struct JobInfo { bytes32 jobId; address client; uint8 status; bytes32 seed; uint32 m; uint32 n; uint32 k; uint128 escrow; uint128 unitPrice; uint64 deadlineSeconds; uint64 windowBlocks; uint64 postedAt; uint64 postedHeight; bytes32 leaseId; address miner; address operatorKey; uint64 takenAt; uint64 takenHeight; uint128 bondLocked; }
    struct MinerInfo { address operatorKey; uint128 bond; uint128 locked; uint32 openLeases; uint64 leavingAt; string endpoint; }
    event MinerRegistered(address indexed miner, address indexed operatorKey, uint256 bond, string endpoint);
    event OperatorChanged(address indexed miner, address indexed operatorKey);
    event EndpointChanged(address indexed miner, string endpoint);
    event BondChanged(address indexed miner, uint256 bond);
    event WithdrawalRequested(address indexed miner, uint64 payableAt);
    event JobPosted(bytes32 indexed jobId, address indexed client, bytes32 seed, uint32 m, uint32 n, uint32 k, uint256 escrow);
    event JobTaken(bytes32 indexed jobId, bytes32 indexed leaseId, address indexed miner, uint256 bondLocked);
    event JobSubmitted(bytes32 indexed jobId, bytes32 indexed leaseId);
    event JobCancelled(bytes32 indexed jobId, uint256 refund);
    event JobExpired(bytes32 indexed jobId, uint256 refund, uint256 slashed);
    event LeaseSettled(bytes32 indexed jobId, bytes32 indexed leaseId, address indexed miner, uint256 paid, uint256 fee, uint256 burnt, uint256 refund);
    event LeaseFailed(bytes32 indexed jobId, bytes32 indexed leaseId, address indexed miner, uint256 refund, uint256 slashed, uint256 reward);
    error BondTooSmall(uint256 given, uint256 minimum);
    error AlreadyMiner();
    error NotMiner(address account);
    error ZeroOperator();
    error EndpointTooLong(uint16 maximum);
    error LeasesOpen(uint32 count);
    error WithdrawalNotDue(uint64 payableAt);
    error BadDimensions();
    error BadDeadline();
    error BadWindow(uint64 minimum, uint64 maximum);
    error PriceTooSmall(uint256 minimum);
    error WrongStatus(uint8 status);
    error NotClient();
    error DeadlinePassed();
    error DeadlineNotPassed();
    error NotReceipts();
    error TooManyUnits();
    error Reentered();
    function addBond() external payable;
    function cancelJob(bytes32 jobId) external returns (uint256);
    function expireJob(bytes32 jobId) external returns (uint256);
    function failLease(bytes32 leaseId, address challenger) external returns (uint256);
    function job(bytes32 jobId) external view returns (JobInfo memory);
    function jobCount() external view returns (uint64, uint64);
    function jobOfLease(bytes32 leaseId) external view returns (bytes32);
    function jobs(uint8 status, uint64 cursor, uint32 limit) external view returns (JobInfo[] memory, uint64);
    function miner(address account) external view returns (MinerInfo memory);
    function noteReceipt(bytes32 leaseId) external;
    function openJobs(uint64 cursor, uint32 limit) external view returns (JobInfo[] memory, uint64);
    function postJob(bytes32 seed, uint32 m, uint32 n, uint32 k, uint64 deadlineSeconds, uint64 windowBlocks) external payable returns (bytes32);
    function registerMiner(address operatorKey, string calldata endpoint) external payable;
    function requestWithdrawal() external;
    function setEndpoint(string calldata endpoint) external;
    function setOperator(address operatorKey) external;
    function settleLease(bytes32 leaseId, uint64 units) external returns (uint256);
    function supportsInterface(bytes4 interfaceId) external view returns (bool);
    function takeJob(bytes32 jobId) external returns (bytes32);
    function withdrawBond() external returns (uint256);
}
