// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.20;

interface IGovernance {
    struct ContractVersion { address contract_; string name; string version; bytes32 layoutHash; }
    struct ParameterInfo { string key; uint256 value; uint256 defaultValue; uint256 minimum; uint256 maximum; uint256 stepMax; }
    struct Change { address target; string key; uint256 oldValue; uint256 newValue; }
    struct ProposalInfo { uint64 id; address proposer; uint8 kind; uint8 status; address target; string currentVersion; string newVersion; bytes32 codeHash; uint64 rollsBack; uint64 createdAt; uint64 createdHeight; uint64 votingEndsAt; uint64 executedAt; uint256 deposit; uint256 yes; uint256 no; uint256 abstain; uint256 bonded; Change[] changes; string description; bytes failure; }
    struct ReadinessInfo { uint256 ready; uint256 total; bool isEnough; }
    struct Statistics { uint64 proposals; uint64[] byStatus; uint64[] byKind; uint16 successBps; uint16 participationBpsMean; uint64 executionSecondsMean; }
    struct TallyInfo { uint256 yes; uint256 no; uint256 abstain; uint256 bonded; uint16 participationBps; uint16 approvalBps; bool isPassing; }
    struct VersionInfo { string version; bytes32 codeHash; uint64 proposal; uint64 activeSince; uint64 activeSinceHeight; bool isRolledBack; }
    struct VoteInfo { address voter; uint8 choice; uint256 weight; }
    event Proposed(uint64 indexed proposal, address indexed proposer, address indexed target, uint8 kind, string newVersion, bytes32 codeHash, uint64 votingEndsAt);
    event Voted(uint64 indexed proposal, address indexed voter, uint8 choice, uint256 weight);
    event StatusChanged(uint64 indexed proposal, uint8 indexed status, uint8 previous);
    event DepositReturned(uint64 indexed proposal, uint256 amount);
    event DepositBurnt(uint64 indexed proposal, uint256 amount);
    event ReadyAnnounced(uint64 indexed proposal, address indexed validator, bytes32 codeHash);
    event VersionActivated(address indexed target, uint64 indexed proposal, string version, string previous);
    event ParameterChanged(string indexed key, string name, uint256 oldValue, uint256 newValue);
    error EmptyField(string field);
    error BadKind(uint8 kind);
    error BadVersion(string version);
    error NotActiveVersion(string active);
    error UnknownContract(address target);
    error ProposalOpen(uint64 proposal);
    error TooManyOpen(uint64 maximum);
    error BadVotingPeriod(uint64 minimum, uint64 maximum);
    error VersionNotGreater(string highest);
    error CodeHashBound(bytes32 codeHash);
    error StakeTooSmall(uint256 bonded, uint256 minimum);
    error WrongDeposit(uint256 deposit);
    error OldValueDiffers(address target, string key, uint256 value);
    error ChangeRefused(address target, string key, bytes reason);
    error TooManyChanges(uint64 maximum);
    error TextTooLong(uint64 maximum);
    error UnknownProposal(uint64 proposal);
    error VotingEnded(uint64 endedAt);
    error BadChoice(uint8 choice);
    error NoVotingPower(uint64 snapshotHeight);
    error NotValidator();
    error NothingToBeReadyFor();
    error NotReversible(uint8 status);
    error RollbackTooLate(uint64 decidedBy);
    error ValueMovedOn(address target, string key, uint256 value);
    error OnlySelf();
    error TrialPassed();
    error RulesContradict(string rule);
    error UnknownParameter(string key);
    error ParameterOutOfRange(string key, uint256 minimum, uint256 maximum, uint256 stepMax);
    error OnlyGovernance();
    error Reentered();
    function activeVersion(address target) external view returns (string memory);
    function applyChanges(uint64 proposal, bool isTrial) external;
    function checkParameters() external view;
    function contracts() external view returns (ContractVersion[] memory);
    function isReady(uint64 proposal, address validator) external view returns (bool);
    function openProposalOf(address target, string calldata version) external view returns (uint64);
    function parameter(string calldata key) external view returns (uint256);
    function parameterList() external view returns (ParameterInfo[] memory);
    function proposal(uint64 proposal) external view returns (ProposalInfo memory);
    function proposalCount() external view returns (uint64);
    function proposalsByStatus(uint8 status, uint64 offset, uint32 limit) external view returns (ProposalInfo[] memory);
    function propose(address target, string calldata currentVersion, string calldata newVersion, uint8 kind, uint64 votingSeconds, bytes32 codeHash, Change[] calldata changes, string calldata description) external payable returns (uint64);
    function proposeRollback(uint64 undone, uint64 votingSeconds, string calldata description) external payable returns (uint64);
    function readiness(uint64 proposal) external view returns (ReadinessInfo memory);
    function ready(address target, string calldata version, bytes32 codeHash) external;
    function setParameter(string calldata key, uint256 value) external;
    function statistics() external view returns (Statistics memory);
    function supportsInterface(bytes4 interfaceId) external view returns (bool);
    function tally(uint64 proposal) external view returns (TallyInfo memory);
    function versionHistory(address target, uint64 offset, uint32 limit) external view returns (VersionInfo[] memory);
    function vote(uint64 proposal, uint8 choice) external returns (uint64);
    function voteOf(uint64 proposal, address voter) external view returns (VoteInfo memory);
    function votes(uint64 proposal, uint64 offset, uint32 limit) external view returns (VoteInfo[] memory);
}
