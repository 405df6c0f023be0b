// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.20;

interface IStaking {
    struct ActivePower { address validator; uint256 power; }
    struct SetMember { address validator; bytes publicKey; uint256 power; }
    struct DelegationInfo { address validator; uint256 shares; uint256 tokens; uint256 arriving; uint256 rewards; }
    struct VoteData { uint8 kind; uint64 epoch; uint64 view_; uint64 height; bytes32 blockHash; bytes signature; }
    struct ParameterInfo { string key; uint256 value; uint256 defaultValue; uint256 minimum; uint256 maximum; uint256 stepMax; }
    struct PresenceInfo { uint64 period; bool isPresent; uint64 memberFrom; uint64 judged; uint32 absent; uint32 window; }
    struct RedelegationInfo { address source; address destination; uint64 epoch; uint256 tokens; uint64 liableUntil; bool isBlocked; }
    struct SlashInfo { address validator; address reporter; uint64 epoch; uint32 ppm; uint64 poolsLeft; uint256 collected; }
    struct StakeAt { address validator; uint256 weight; uint256 validatorTokens; bool isOperator; }
    struct TotalsInfo { uint256 bonded; uint256 unbonding; uint256 rewards; uint256 slashing; uint256 active; uint256 minted; uint256 burnt; }
    struct UnbondingInfo { address validator; uint64 epoch; uint256 amount; uint256 payableAmount; uint64 withdrawableAt; bool isBlocked; }
    struct ValidatorInfo { address validator; address operator; address feeRecipient; bytes publicKey; string name; uint16 commissionBps; uint256 commissionDue; uint256 tokens; uint256 shares; uint256 selfBond; uint256 selfBondMin; bool isCandidate; bool isActive; bool isJailed; bool isTombstoned; uint64 unjailAt; uint32 slashes; uint32 slashesPending; }
    event ValidatorRegistered(address indexed validator, address indexed operator, bytes publicKey, string name);
    event ValidatorEdited(address indexed validator, address feeRecipient, string name, uint16 commissionBps);
    event Delegated(address indexed validator, address indexed delegator, uint256 amount, uint256 shares);
    event Undelegated(address indexed validator, address indexed delegator, uint256 amount, uint256 shares, uint64 epoch);
    event Redelegated(address indexed source, address indexed destination, address indexed delegator, uint256 amount, uint256 shares, uint64 epoch);
    event RedelegationEnded(address indexed source, address indexed destination, address indexed delegator, uint256 shares);
    event RewardsCompounded(address indexed validator, address indexed delegator, uint256 amount, uint256 shares);
    event RewardsPaid(address indexed validator, address indexed delegator, uint256 amount);
    event CommissionPaid(address indexed validator, address indexed operator, uint256 amount);
    event Withdrawn(address indexed delegator, uint256 amount);
    event Slashed(address indexed validator, address indexed reporter, uint64 epoch, uint32 ppm, uint256 bonded, uint256 reward);
    event PoolsSlashed(address indexed validator, address indexed reporter, uint64 epoch, uint256 collected, uint256 reward);
    event Jailed(address indexed validator, bool isTombstoned);
    event Unjailed(address indexed validator);
    event CandidateLeft(address indexed validator);
    event NextSet(uint64 indexed epoch, bytes32 setHash, uint32 members);
    event Inflation(uint256 amount, uint256 treasury);
    event ParameterChanged(string indexed key, string name, uint256 oldValue, uint256 newValue);
    error BondTooSmall(uint256 given, uint256 minimum);
    error BadPublicKey();
    error BadProof();
    error AlreadyRegistered();
    error UnknownValidator(address validator);
    error NotOperator();
    error NameTooLong(uint32 maximum);
    error BadCommission();
    error NoNewDelegation(address validator);
    error InsufficientDelegation(uint256 delegated, uint256 asked);
    error RemainderTooSmall(uint256 left, uint256 minimum);
    error SameValidator();
    error StillLiable(uint64 until);
    error SlashPending(address validator);
    error TooManyUnbondings(uint32 maximum);
    error TooManyRedelegations(uint32 maximum);
    error TooManyValidators(uint32 maximum);
    error NothingToWithdraw();
    error CandidatesFull(uint256 weakest);
    error NotEligible();
    error NotJailed();
    error StillJailed(uint64 until);
    error BadHeartbeat();
    error FutureHeight(uint64 height);
    error ParametersContradict(string rule);
    error EvidenceNotConflicting();
    error EvidenceBadSignature();
    error EvidenceWrongSet();
    error EvidenceTooOld();
    error AlreadySlashed();
    error UnknownParameter(string key);
    error ParameterOutOfRange(string key, uint256 minimum, uint256 maximum, uint256 stepMax);
    error OnlyGovernance();
    error Reentered();
    function activePower() external view returns (ActivePower[] memory);
    function bondedAt(uint64 height) external view returns (uint256);
    function candidates() external view returns (address[] memory);
    function checkParameters() external view;
    function compound(address delegator, address validator) external returns (uint256);
    function currentSet() external view returns (SetMember[] memory);
    function delegate(address validator) external payable returns (uint256);
    function delegation(address validator, address delegator) external view returns (DelegationInfo memory);
    function delegationAt(address validator, address delegator, uint64 height) external view returns (uint256);
    function delegationsOf(address delegator) external view returns (DelegationInfo[] memory);
    function edit(address feeRecipient, string calldata name, uint16 commissionBps) external;
    function epochRecord(uint64 epoch) external view returns (bytes32, uint64, uint64);
    function heartbeat(VoteData calldata vote) external;
    function join() external;
    function nextSetHash() external view returns (bytes32);
    function parameter(string calldata key) external view returns (uint256);
    function parameterList() external view returns (ParameterInfo[] memory);
    function presence(address validator) external view returns (PresenceInfo memory);
    function redelegate(address source, address destination, uint256 amount) external returns (uint256);
    function redelegations(address delegator) external view returns (RedelegationInfo[] memory);
    function register(bytes calldata publicKey, bytes calldata proof, address feeRecipient, string calldata name, uint16 commissionBps) external payable returns (address);
    function reportDoubleSign(address validator, VoteData calldata first, VoteData calldata second, SetMember[] calldata epochSet) external returns (uint256);
    function rewards(address validator, address delegator) external view returns (uint256);
    function setParameter(string calldata key, uint256 value) external;
    function slashQueue(uint64 offset, uint32 limit) external view returns (SlashInfo[] memory);
    function stakesAt(address delegator, uint64 height) external view returns (StakeAt[] memory);
    function supportsInterface(bytes4 interfaceId) external view returns (bool);
    function totals() external view returns (TotalsInfo memory);
    function unbondings(address delegator) external view returns (UnbondingInfo[] memory);
    function undelegate(address validator, uint256 amount) external returns (uint256);
    function unjail() external;
    function validator(address validator) external view returns (ValidatorInfo memory);
    function validatorCount() external view returns (uint64);
    function validatorOf(address operator) external view returns (address);
    function validatorTokensAt(address validator, uint64 height) external view returns (uint256);
    function validators(uint64 offset, uint32 limit) external view returns (ValidatorInfo[] memory);
    function withdraw() external returns (uint256);
    function withdrawCommission() external returns (uint256);
    function withdrawRewards(address validator) external returns (uint256);
}
