// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.20;

interface IReceipts {
    struct ReceiptData { bytes32 jobId; bytes32 leaseId; uint64 seq; address miner; address client; bytes32 modelRoot; bytes32 requestHash; bytes32 responseHash; bytes32 traceRoot; bytes32 fingerprint; uint8 unitKind; uint64 units; uint128 unitPrice; uint64 startedAt; uint64 endedAt; bytes32 beacon; bytes32 attestation; uint32 flags; }
    struct BatchInfo { uint64 batchId; bytes32 root; uint32 count; uint128 total; address poster; uint128 bond; uint64 height; uint8 openDemands; uint8 unansweredSamples; bool isClosed; }
    struct CapacityInfo { uint64 macsPerSecond; uint64 certifiedEpoch; uint64 expiresAt; uint64 committedEpoch; bytes32 root; uint32 m; uint32 n; uint32 k; uint32 opened; }
    struct CapacityWindow { uint64 epoch; uint64 firstHeight; uint64 lastHeight; uint64 drawHeight; uint64 openUntil; }
    struct ClaimInfo { bytes32 leaseId; bytes32 receiptHash; uint64 seq; uint64 units; uint128 amount; uint64 height; uint64 windowEnd; uint64 batchId; bool isUnacknowledged; bool isSettled; }
    struct AckData { bytes32 leaseId; uint64 seq; bytes32 receiptHash; uint64 cumulativeUnits; uint256 cumulativeAmount; }
    struct DemandInfo { uint64 demandId; uint64 batchId; uint128 place; address by; uint8 status; bool isSample; uint128 fee; uint128 bond; uint64 dueAt; }
    struct ParameterInfo { string key; uint256 value; uint256 defaultValue; uint256 minimum; uint256 maximum; uint256 stepMax; }
    struct ReceiptInfo { bytes32 receiptId; bytes32 jobId; bytes32 leaseId; address miner; address client; bytes32 tileRoot; uint8 status; bool isAcknowledged; uint64 height; uint64 windowEnd; uint64 units; uint128 unitPrice; uint32 tilesOpened; }
    event ReceiptSubmitted(bytes32 indexed receiptId, bytes32 indexed leaseId, address indexed miner, bytes32 tileRoot, uint64 windowEnd);
    event TilesOpened(bytes32 indexed receiptId, uint32 opened, uint32 drawn);
    event TileDisproved(bytes32 indexed receiptId, address indexed challenger, uint32 tile);
    event ReceiptAcknowledged(bytes32 indexed receiptId, address indexed client);
    event ReceiptSettled(bytes32 indexed receiptId, address indexed miner, uint256 paid);
    event ReceiptFailed(bytes32 indexed receiptId, address indexed miner);
    event ClaimRaised(bytes32 indexed leaseId, bytes32 indexed receiptHash, address indexed miner, uint64 seq, uint256 amount, uint64 windowEnd);
    event ResponsePosted(bytes32 indexed leaseId, bytes32 indexed receiptHash, bytes32 responseHash);
    event LeaseClaimSettled(bytes32 indexed leaseId, bytes32 indexed receiptHash, uint64 units, uint256 paid);
    event BatchAnchored(uint64 indexed batchId, address indexed poster, bytes32 root, uint32 count, uint128 total);
    event BondReleased(uint64 indexed batchId, address indexed poster, uint256 bond);
    event BatchSlashed(uint64 indexed batchId, uint256 slashed, uint256 reward);
    event DemandMade(uint64 indexed demandId, uint64 indexed batchId, address indexed by, uint128 place, bool isSample);
    event DemandAnswered(uint64 indexed demandId, uint64 indexed batchId, uint32 index, address by);
    event DemandUnanswered(uint64 indexed demandId, uint64 indexed batchId, uint256 compensation, bool isClosed);
    event CapacityCommitted(address indexed miner, uint64 indexed epoch, bytes32 root, uint32 m, uint32 n, uint32 k);
    event CapacityCertified(address indexed miner, uint64 indexed epoch, uint64 macsPerSecond, uint64 expiresAt);
    event ParameterChanged(string indexed key, string name, uint256 oldValue, uint256 newValue);
    error JobNotLeased(uint8 status);
    error WrongLease();
    error WrongParty();
    error WrongUnits();
    error WrongTimes();
    error WrongRequest();
    error WrongResponse();
    error UnusedFieldSet();
    error StaleBeacon();
    error Replayed();
    error WrongSignature();
    error WrongStatus(uint8 status);
    error NotDrawnYet(uint64 height);
    error WindowClosed(uint64 end);
    error WindowOpen(uint64 end);
    error NotMiner();
    error WrongPathCount();
    error WrongTile(uint32 tile);
    error NoSuchTile();
    error LeafNotCommitted();
    error TileIsRight();
    error LeaseNotActive(uint8 status);
    error EmptyField();
    error NotQuorumAnswer();
    error WrongAcknowledgement();
    error ClaimNotHigher(uint64 seq, uint64 units, uint256 amount);
    error NoClaim();
    error AuditFailed();
    error MinersTime(uint64 until);
    error AlreadySettled();
    error ResponseNotAllowed();
    error NotAsked();
    error MoreThanAsked(uint64 maximum);
    error ResponseTooLong(uint32 maximum);
    error EmptyBatch(uint32 maximum);
    error BatchBondTooSmall(uint256 minimum);
    error UnknownBatch();
    error BatchClosed();
    error BatchHeld(uint64 until, uint8 openDemands);
    error BatchDisputed();
    error NotPoster();
    error NotDisputes();
    error NotInBatch();
    error LeafIsVoid();
    error NoSuchLeaf(uint32 count);
    error WrongValue(uint256 needed);
    error TooManyDemands(uint8 maximum);
    error AlreadyDemanded(uint64 demandId);
    error ShadowLeaf();
    error DemandNotOpen(uint8 status);
    error DemandNotDue(uint64 dueAt);
    error NotCapacityMiner();
    error CapacityWindowClosed(uint64 end);
    error AlreadyCommitted();
    error WrongDimensions();
    error UnknownParameter(string key);
    error ParameterOutOfRange(string key, uint256 minimum, uint256 maximum, uint256 stepMax);
    error OnlyGovernance();
    error Reentered();
    function acknowledge(bytes32 receiptId, bytes calldata signature) external;
    function anchorBatch(bytes32 root, uint32 count, uint128 total) external payable returns (uint64);
    function answerDemand(uint64 demandId, uint32 index, bytes32[] calldata hashes, uint128[] calldata totals, ReceiptData calldata receipt, bytes calldata signature) external;
    function batch(uint64 batchId) external view returns (BatchInfo memory);
    function batchClosedAt(uint64 batchId) external view returns (uint64);
    function batchCount() external view returns (uint64);
    function beaconAt(uint64 height) external view returns (bytes32);
    function capacity(address miner) external view returns (CapacityInfo memory);
    function capacitySeed(address miner) external view returns (bytes32);
    function capacityTiles(address miner) external view returns (uint32[] memory);
    function capacityWindow() external view returns (CapacityWindow memory);
    function challengeTile(bytes32 receiptId, uint32 tile, bytes32 leaf, bytes32[] calldata path) external returns (uint256);
    function checkParameters() external view;
    function checkTile(bytes32 receiptId, uint32 tile, bytes32 leaf, bytes32[] calldata path) external view;
    function claim(bytes32 leaseId) external view returns (ClaimInfo memory);
    function claimFromBatch(uint64 batchId, uint32 index, bytes32[] calldata hashes, uint128[] calldata totals, ReceiptData calldata receipt, bytes calldata signature, AckData calldata ack, bytes calldata ackSignature, uint64 stampHeight) external returns (bytes32);
    function claimReceipt(ReceiptData calldata receipt, bytes calldata signature, AckData calldata ack, bytes calldata ackSignature, uint64 stampHeight) external returns (bytes32);
    function claimedAt(bytes32 leaseId, bytes32 receiptHash) external view returns (uint64);
    function closeDemand(uint64 demandId) external returns (uint256);
    function commitCapacity(uint32 m, uint32 n, uint32 k, bytes32 root) external;
    function demand(uint64 demandId) external view returns (DemandInfo memory);
    function demandCount() external view returns (uint64);
    function demandLeaf(uint64 batchId, uint32 index, bytes32 leaseId) external payable returns (uint64);
    function demandSample(uint64 batchId, uint16 draw) external payable returns (uint64);
    function drawnTiles(bytes32 receiptId) external view returns (uint32[] memory);
    function failReceipt(bytes32 receiptId) external;
    function freshBeacon() external view returns (bytes32, uint64);
    function openCapacity(bytes32[][] calldata paths) external returns (uint32);
    function openTiles(bytes32 receiptId, bytes32[][] calldata paths) external returns (uint32);
    function parameter(string calldata key) external view returns (uint256);
    function parameterList() external view returns (ParameterInfo[] memory);
    function parameters() external view returns (uint64, uint64, uint32);
    function postResponse(ReceiptData calldata receipt, bytes calldata signature, uint64 unitsMax, bytes calldata requestSignature, uint64 stampHeight, bytes calldata response) external returns (bytes32);
    function receipt(bytes32 receiptId) external view returns (ReceiptInfo memory);
    function receiptCount() external view returns (uint64);
    function receipts(uint64 offset, uint32 limit) external view returns (ReceiptInfo[] memory);
    function releaseBond(uint64 batchId) external returns (uint256);
    function samples(uint64 batchId) external view returns (uint128[] memory);
    function setParameter(string calldata key, uint256 value) external;
    function settle(bytes32 receiptId) external returns (uint256);
    function settleLease(bytes32 leaseId) external returns (uint256);
    function slashBatch(uint64 batchId) external returns (uint256);
    function submitReceipt(ReceiptData calldata receipt, bytes calldata signature, bytes32 tileRoot) external returns (bytes32);
    function supportsInterface(bytes4 interfaceId) external view returns (bool);
}
