// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.20;

interface IGuardian {
    struct SessionAllowance { address asset; uint128 transaction; uint128 hour; uint128 day; uint128 week; }
    struct ChangeInfo { uint64 changeId; address vault; uint8 kind; uint8 status; bytes payload; uint64 queuedAt; uint64 delaySeconds; bool isReady; }
    struct Limits { uint128 transaction; uint128 hour; uint128 day; uint128 week; uint128 lock; }
    struct BudgetInfo { bool isSet; Limits limits; uint128 hourSpent; uint128 daySpent; uint128 weekSpent; }
    struct OperationInfo { uint64 operationId; address vault; uint8 kind; uint8 status; address initiator; address target; uint128 value; bytes data; uint64 queuedAt; uint64 delaySeconds; bool isReady; }
    struct ParameterInfo { string key; uint256 value; uint256 defaultValue; uint256 minimum; uint256 maximum; uint256 stepMax; }
    struct RecoveryInfo { address candidate; bool isFinal; uint64 startedAt; uint64 delaySeconds; uint32 support; uint32 needed; uint64 objectedAt; }
    struct RuleInfo { bool isSet; uint128 valueMax; uint128 amountMax; }
    struct SessionInfo { bool isLive; uint64 addedAt; uint64 lifetimeSeconds; }
    struct VaultInfo { address vault; address owner; address agent; uint64 lockSeconds; address[] guardians; address[] sessionKeys; address[] assets; uint64[] pendingOperations; uint64[] pendingChanges; address pausedBy; bool isPauseConfirmed; }
    event VaultCreated(address indexed vault, address indexed owner, address indexed agent, address[] guardians, Limits limits, uint64 lockSeconds);
    event OperationQueued(uint64 indexed operationId, address indexed vault, address indexed initiator, uint8 kind, address target, uint128 value, bytes data, uint64 delaySeconds);
    event OperationExecuted(uint64 indexed operationId, address indexed vault, address indexed initiator, address target, uint128 value, uint256 amount, bytes4 selector);
    event OperationCancelled(uint64 indexed operationId, address indexed vault, address indexed by);
    event OperationExpired(uint64 indexed operationId, address indexed vault);
    event ChangeQueued(uint64 indexed changeId, address indexed vault, uint8 kind, bytes payload, uint64 delaySeconds);
    event ChangeExecuted(uint64 indexed changeId, address indexed vault);
    event ChangeCancelled(uint64 indexed changeId, address indexed vault, address indexed by);
    event ChangeExpired(uint64 indexed changeId, address indexed vault);
    event LimitsChanged(address indexed vault, address indexed asset, Limits limits);
    event LockSecondsChanged(address indexed vault, uint64 lockSeconds);
    event GuardiansChanged(address indexed vault, address[] guardians);
    event AgentChanged(address indexed vault, address indexed agent);
    event RuleChanged(address indexed vault, address indexed target, bytes4 indexed selector, bool isSet, uint128 valueMax, uint128 amountMax);
    event SessionKeyAdded(address indexed vault, address indexed key, uint64 lifetimeSeconds);
    event SessionKeyRemoved(address indexed vault, address indexed key);
    event HashApproved(address indexed vault, bytes32 indexed hash, address indexed asset, uint128 maximum);
    event HashRevoked(address indexed vault, bytes32 indexed hash, address indexed by);
    event Paused(address indexed vault, address indexed guardian);
    event PauseConfirmed(address indexed vault, address indexed guardian, bool isConfirmed);
    event Unpaused(address indexed vault, address indexed guardian, bool isEnded);
    event RecoverySupported(address indexed vault, address indexed guardian, address indexed candidate);
    event RecoveryStarted(address indexed vault, address indexed candidate, bool isFinal, uint64 delaySeconds);
    event RecoveryEnded(address indexed vault, address indexed candidate, address indexed by);
    event OwnerRecovered(address indexed vault, address indexed oldOwner, address indexed newOwner);
    event ParameterChanged(string indexed key, string name, uint256 oldValue, uint256 newValue);
    error UnknownVault(address vault);
    error UnknownPreset(string preset);
    error NotOwner();
    error NotGuardian();
    error NotOwnerOrGuardian();
    error NotInitiator(address account);
    error SessionKeyLimited(address key);
    error BadAccount(address account);
    error BadGuardianCount(uint32 minimum, uint32 maximum);
    error BadLimits();
    error BadLockSeconds(uint64 minimum, uint64 maximum);
    error BadLifetime(uint64 maximum);
    error AllowanceTooLarge(address asset);
    error BadTarget(address target);
    error DataTooLong(uint32 maximum);
    error TooMany(uint32 maximum);
    error LimitExceeded(address asset, uint8 window, uint256 amount, uint256 left);
    error VaultBalanceTooLow(uint256 balance, uint256 needed);
    error WrongStatus(uint8 status);
    error NotReady();
    error TooLate();
    error NotTooLate();
    error StaleChange();
    error OwnRemoval();
    error UnknownRule();
    error UnknownSessionKey(address key);
    error UnknownHash(bytes32 hash);
    error VaultPaused();
    error NotPaused();
    error PauseTooSoon(uint64 seconds_);
    error RecoveryPending();
    error NoRecovery();
    error CannotObject();
    error ParametersContradict(string key);
    error UnknownParameter(string key);
    error ParameterOutOfRange(string key, uint256 minimum, uint256 maximum, uint256 stepMax);
    error OnlyGovernance();
    error Reentered();
    function addSessionKey(address vault, address key, uint64 lifetimeSeconds, SessionAllowance[] calldata allowances) external returns (uint64);
    function allow(address vault, address target, bytes4 selector, uint128 valueMax, uint128 amountMax) external returns (uint64);
    function approveHash(address vault, bytes32 approvedHash, address asset, uint128 maximum) external returns (uint64);
    function cancel(uint64 operationId) external;
    function cancelChange(uint64 changeId) external;
    function change(uint64 changeId) external view returns (ChangeInfo memory);
    function changes(address vault, uint64 cursor, uint32 limit) external view returns (ChangeInfo[] memory, uint64);
    function checkParameters() external view;
    function confirmPause(address vault) external;
    function createVault(address agent, address[] calldata guardians, Limits calldata limits, uint64 lockSeconds, bytes32 salt) external returns (address);
    function createVaultFromPreset(string calldata preset, address agent, address[] calldata guardians, bytes32 salt) external returns (address);
    function disallow(address vault, address target, bytes4 selector) external;
    function execute(uint64 operationId) external returns (bytes memory);
    function executeChange(uint64 changeId) external;
    function executeRecovery(address vault) external;
    function expire(uint64 operationId) external;
    function expireChange(uint64 changeId) external;
    function initiate(address vault, address target, uint128 value, bytes calldata data) external returns (uint64, bytes memory);
    function limits(address vault, address asset) external view returns (BudgetInfo memory);
    function objectToRecovery(address vault) external;
    function operation(uint64 operationId) external view returns (OperationInfo memory);
    function operations(address vault, uint64 cursor, uint32 limit) external view returns (OperationInfo[] memory, uint64);
    function parameter(string calldata key) external view returns (uint256);
    function parameterList() external view returns (ParameterInfo[] memory);
    function pause(address vault) external;
    function predictVault(address owner, bytes32 salt) external view returns (address);
    function preview(address vault, address initiator, address target, uint128 value, bytes calldata data) external view returns (bool);
    function recovery(address vault) external view returns (RecoveryInfo memory);
    function removeSessionKey(address vault, address key) external;
    function revokeHash(address vault, bytes32 approvedHash) external;
    function role(address vault, address account) external view returns (uint8);
    function rotateGuardians(address vault, address[] calldata guardians) external returns (uint64);
    function rule(address vault, address target, bytes4 selector) external view returns (RuleInfo memory);
    function sessionKey(address vault, address key) external view returns (SessionInfo memory);
    function sessionLimits(address vault, address key, address asset) external view returns (BudgetInfo memory);
    function setAgent(address vault, address agent) external returns (uint64);
    function setLimits(address vault, address asset, Limits calldata limits) external returns (uint64);
    function setLockSeconds(address vault, uint64 seconds_) external returns (uint64);
    function setParameter(string calldata key, uint256 value) external;
    function signatureAnswer(address vault, bytes32 signedHash) external view returns (bytes4);
    function supportOf(address vault, address guardian) external view returns (address);
    function supportRecovery(address vault, address candidate) external;
    function supportsInterface(bytes4 interfaceId) external view returns (bool);
    function unpause(address vault) external;
    function vault(address vault) external view returns (VaultInfo memory);
    function vaults(uint64 cursor, uint32 limit) external view returns (address[] memory, uint64);
}
