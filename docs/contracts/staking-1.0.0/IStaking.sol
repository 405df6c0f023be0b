// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.20;

interface IStaking {
    struct SetMember { address validator; bytes publicKey; uint256 power; }
    struct VoteData { uint8 kind; uint64 epoch; uint64 view; uint64 height; bytes32 blockHash; bytes signature; }
    struct UnbondingInfo { address validator; uint256 amount; uint256 payableAmount; uint64 openedAt; uint64 withdrawableAt; }
    struct ValidatorInfo { address validator; address operator; address feeRecipient; bytes publicKey; string name; uint16 commissionBps; uint256 tokens; uint256 shares; bool isCandidate; bool isTombstoned; }
    event ValidatorRegistered(address indexed validator, address indexed operator, bytes publicKey, string name);
    event ValidatorEdited(address indexed validator, address feeRecipient, string name, uint16 commissionBps);
    event Delegated(address indexed validator, address indexed delegator, uint256 amount, uint256 shares);
    event Undelegated(address indexed validator, address indexed delegator, uint256 amount, uint256 shares, uint64 withdrawableAt);
    event Withdrawn(address indexed delegator, uint256 amount);
    event Slashed(address indexed validator, address indexed reporter, uint64 epoch, uint256 bonded, uint256 unbonding, uint256 reward);
    event CandidateLeft(address indexed validator);
    event NextSet(uint64 indexed epoch, bytes32 setHash, uint32 members);
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
    error TooManyUnbondings(uint32 maximum);
    error NothingToWithdraw();
    error CandidatesFull(uint256 weakest);
    error NotEligible();
    error EvidenceNotConflicting();
    error EvidenceBadSignature();
    error EvidenceWrongSet();
    error EvidenceTooOld();
    error AlreadySlashed();
    error Reentered();
    function candidates() external view returns (address[] memory);
    function currentSet() external view returns (SetMember[] memory);
    function delegate(address validator) external payable returns (uint256);
    function delegation(address validator, address delegator) external view returns (uint256, uint256);
    function edit(address feeRecipient, string calldata name, uint16 commissionBps) external;
    function epochRecord(uint64 epoch) external view returns (bytes32, uint64, uint64);
    function join() external;
    function nextSetHash() external view returns (bytes32);
    function parameters() external view returns (uint64, uint64, uint64);
    function register(bytes calldata publicKey, bytes calldata proof, address feeRecipient, string calldata name, uint16 commissionBps) external payable returns (address);
    function reportDoubleSign(address validator, VoteData calldata first, VoteData calldata second, SetMember[] calldata epochSet) external returns (uint256);
    function supportsInterface(bytes4 interfaceId) external view returns (bool);
    function totals() external view returns (uint256, uint256);
    function unbondings(address delegator) external view returns (UnbondingInfo[] memory);
    function undelegate(address validator, uint256 amount) external returns (uint256);
    function validator(address validator) external view returns (ValidatorInfo memory);
    function validatorCount() external view returns (uint64);
    function validatorOf(address operator) external view returns (address);
    function validators(uint64 offset, uint32 limit) external view returns (ValidatorInfo[] memory);
    function withdraw() external returns (uint256);
}
