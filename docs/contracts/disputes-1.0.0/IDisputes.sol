// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.20;

interface IDisputes {
    struct ReceiptData { bytes32 jobId; bytes32 leaseId; uint64 seq; address miner; address client; bytes32 modelRoot; bytes32 requestHash; bytes32 responseHash; bytes32 traceRoot; bytes32 fingerprint; uint8 unitKind; uint64 units; uint128 unitPrice; uint64 startedAt; uint64 endedAt; bytes32 beacon; bytes32 attestation; uint32 flags; }
    struct ArbitrationInfo { uint64 arbitrationId; bytes32 leaseId; address opener; address client; address miner; uint8 status; uint8 round; uint64 openedHeight; uint64 drawHeight; uint128 bond; uint128 fee; uint128 seatStake; uint128 escrow; uint32 commitSeconds; uint32 revealSeconds; uint64 votingSince; uint32 seats; uint16 outcomeBps; bytes32 evidenceHash; }
    struct ArbitratorInfo { address arbitrator; uint128 bond; uint128 locked; bool isActive; uint64 leftAt; }
    struct CaseInfo { bytes32 caseId; uint64[] openIds; bool isDecided; uint64 cutoffHeight; uint64 decidedAt; uint32 shareSeconds; uint32 sharesLeft; uint256 rewardLeft; }
    struct ChallengeInfo { uint64 challengeId; address challenger; uint8 status; uint8 fault; bytes32 commitment; uint128 bond; uint64 committedAt; uint64 committedHeight; uint32 revealSeconds; bytes32 caseId; bytes32 receiptHash; }
    struct GameInfo { uint64 challengeId; bytes32 caseId; bytes32 receiptHash; address miner; address challenger; uint8 phase; uint8 stage; address turn; uint64 until; uint64 untilHeight; uint32 adjudicator; uint8 level; uint64 index; uint64 leaves; bytes32 node; uint64 leaf; bytes32 leafHash; bytes32 microRoot; }
    struct SeatInfo { address arbitrator; uint8 status; bytes32 commitment; uint16 valueBps; }
    struct ParameterInfo { string key; uint256 value; uint256 defaultValue; uint256 minimum; uint256 maximum; uint256 stepMax; }
    struct LeafOpening { uint64 index; bytes32 leaseId; uint64 seq; bytes32 receiptHash; uint128 amount; bytes32[] hashes; uint128[] totals; }
    event ChallengeCommitted(uint64 indexed challengeId, address indexed challenger, bytes32 commitment, uint128 bond);
    event ChallengeRevealed(uint64 indexed challengeId, bytes32 indexed caseId, address indexed challenger, uint8 fault, bytes32 receiptHash);
    event ChallengeExpired(uint64 indexed challengeId, uint128 bond);
    event ChallengeLost(uint64 indexed challengeId, bytes32 indexed caseId, address indexed accused, uint128 paid, uint128 burnt);
    event CaseDecided(bytes32 indexed caseId, uint64 indexed challengeId, address indexed accused, uint8 fault, uint256 reward);
    event ChallengePaid(uint64 indexed challengeId, address indexed challenger, uint128 bond, uint256 share);
    event GameMove(bytes32 indexed caseId, address indexed turn, uint64 indexed challengeId, uint8 phase, uint8 stage, uint8 level, uint64 index, bytes32 node, uint64 until);
    event NodesRevealed(bytes32 indexed caseId, address indexed challenger, uint64 indexed challengeId, bytes32[] nodes);
    event GameOver(bytes32 indexed caseId, address indexed winner, uint64 indexed challengeId, bool byTimeout);
    event ArbitratorBonded(address indexed arbitrator, uint128 bond);
    event ArbitratorLeft(address indexed arbitrator);
    event ArbitrationOpened(uint64 indexed arbitrationId, bytes32 indexed leaseId, address indexed opener, uint64 drawHeight, bytes32 evidenceHash);
    event EvidenceAdded(uint64 indexed arbitrationId, address indexed party, bytes32 evidenceHash);
    event ArbitratorDrawn(uint64 indexed arbitrationId, address indexed arbitrator, uint32 seat);
    event PanelAimed(uint64 indexed arbitrationId, uint64 drawHeight);
    event VoteCommitted(uint64 indexed arbitrationId, address indexed arbitrator, bytes32 commitment);
    event VoteRevealed(uint64 indexed arbitrationId, address indexed arbitrator, uint16 valueBps);
    event ArbitratorSlashed(uint64 indexed arbitrationId, address indexed arbitrator, uint128 amount);
    event ArbitrationDecided(uint64 indexed arbitrationId, bytes32 indexed leaseId, uint16 outcomeBps, uint256 minerAmount);
    event ArbitrationVoid(uint64 indexed arbitrationId, bytes32 indexed leaseId);
    event ParameterChanged(string indexed key, string name, uint256 oldValue, uint256 newValue);
    error BondTooSmall(uint128 bond, uint128 needed);
    error WrongStatus(uint8 status);
    error NotChallenger();
    error WrongReveal();
    error SameBlock();
    error RevealPeriodOver();
    error RevealPeriodOpen();
    error SharePeriodOpen(uint64 until);
    error CommittedTooLate(uint64 cutoffHeight);
    error LeaseNotOpen(uint8 status);
    error WindowClosed(uint64 windowEnd);
    error OwnLease();
    error NotSigned();
    error NothingWrong();
    error NoSuchBatch();
    error LeafNotCommitted();
    error WrongReceipt();
    error WrongFault();
    error UnknownAdjudicator(uint32 adjudicator);
    error TooManyGames(uint32 maximum);
    error NotYourTurn(uint8 phase);
    error TooLate();
    error TimeLeft(uint64 until);
    error TooLong(uint32 maximum);
    error BadWitness(string reason);
    error WrongNodes();
    error NoSuchNode(uint32 count);
    error AlreadyArbitrator();
    error NotArbitrator(address account);
    error ArbitratorsFull(uint128 weakest);
    error SeatsOpen(uint128 locked);
    error WithdrawalNotDue(uint64 due);
    error NotParty();
    error NotArbitrable(uint8 kind);
    error AlreadyOpen(uint64 arbitrationId);
    error NotDrawnYet(uint64 height);
    error NoSeat();
    error WrongPeriod();
    error BadValue();
    error GamesOpen(uint32 count);
    error PanelEven();
    error UnknownParameter(string key);
    error ParameterOutOfRange(string key, uint256 minimum, uint256 maximum, uint256 stepMax);
    error OnlyGovernance();
    error Reentered();
    function addArbitratorBond() external payable;
    function addEvidence(uint64 arbitrationId, bytes32 evidenceHash) external;
    function answerSignature(uint64 challengeId, ReceiptData calldata receipt, bytes calldata signature) external;
    function arbitration(uint64 arbitrationId) external view returns (ArbitrationInfo memory);
    function arbitrationCount() external view returns (uint64);
    function arbitrationOf(bytes32 leaseId) external view returns (uint64);
    function arbitrator(address account) external view returns (ArbitratorInfo memory);
    function arbitrators(uint64 cursor, uint32 limit) external view returns (ArbitratorInfo[] memory, uint64);
    function bondFor(bytes32 leaseId) external view returns (uint128);
    function case(bytes32 caseId) external view returns (CaseInfo memory);
    function challenge(uint64 challengeId) external view returns (ChallengeInfo memory);
    function challengeCount() external view returns (uint64);
    function checkParameters() external view;
    function choose(uint64 challengeId, bytes32[] calldata nodes, uint32 place) external;
    function claimReward(uint64 challengeId) external returns (uint256);
    function claimTimeout(uint64 challengeId) external;
    function closeArbitration(uint64 arbitrationId) external;
    function commitChallenge(bytes32 commitment) external payable returns (uint64);
    function commitVote(uint64 arbitrationId, bytes32 commitment) external;
    function commitmentFor(bytes32 subject, address challenger, uint8 fault, bytes32 evidence, bytes32 salt) external view returns (bytes32);
    function drawPanel(uint64 arbitrationId) external;
    function expireChallenge(uint64 challengeId) external;
    function game(uint64 challengeId) external view returns (GameInfo memory);
    function games(bytes32 receiptHash, uint64 cursor, uint32 limit) external view returns (GameInfo[] memory, uint64);
    function leaveArbitration() external;
    function oneStep(uint64 challengeId, ReceiptData calldata receipt, bytes calldata opening, bytes calldata witness) external returns (bool);
    function openArbitration(bytes32 leaseId, bytes32 evidenceHash) external payable returns (uint64);
    function openChallenges(bytes32 caseId) external view returns (uint32);
    function openTrace(uint64 challengeId, ReceiptData calldata receipt, bytes calldata opening) external;
    function panel(uint64 arbitrationId) external view returns (SeatInfo[] memory);
    function parameter(string calldata key) external view returns (uint256);
    function parameterList() external view returns (ParameterInfo[] memory);
    function postMicroRoot(uint64 challengeId, ReceiptData calldata receipt, bytes calldata opening, bytes32 microRoot, bytes calldata witness) external;
    function registerArbitrator() external payable;
    function revealBadSignature(uint64 challengeId, bytes32 salt, uint64 batchId, LeafOpening calldata leaf) external payable;
    function revealDoubleSigning(uint64 challengeId, bytes32 salt, ReceiptData calldata receipt, bytes calldata signature, ReceiptData calldata other, bytes calldata otherSignature) external;
    function revealDuplicateLeaf(uint64 challengeId, bytes32 salt, uint64 batchId, LeafOpening calldata left, LeafOpening calldata right) external;
    function revealGame(uint64 challengeId, bytes32 salt, uint8 fault, ReceiptData calldata receipt, bytes calldata signature) external payable;
    function revealNodes(uint64 challengeId, bytes32[] calldata nodes) external;
    function revealOverclaim(uint64 challengeId, bytes32 salt, ReceiptData calldata receipt, bytes calldata signature) external;
    function revealVote(uint64 arbitrationId, uint16 valueBps, bytes32 salt) external;
    function revealWrongSum(uint64 challengeId, bytes32 salt, uint64 batchId, LeafOpening calldata leaf, ReceiptData calldata receipt) external;
    function setParameter(string calldata key, uint256 value) external;
    function supportsInterface(bytes4 interfaceId) external view returns (bool);
    function voteCommitment(uint64 arbitrationId, address voter, uint16 valueBps, bytes32 salt) external view returns (bytes32);
    function withdrawArbitratorBond() external returns (uint256);
}
