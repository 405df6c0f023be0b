// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.20;

interface IReceipts {
    struct ReceiptInfo { bytes32 receiptId; bytes32 jobId; bytes32 leaseId; address miner; address client; bytes32 tileRoot; uint8 status; bool isAcknowledged; uint64 height; uint64 windowEnd; uint64 units; uint128 unitPrice; uint32 tilesOpened; }
    struct ReceiptData { bytes32 jobId; bytes32 leaseId; uint64 seq; address miner; address client; bytes32 modelRoot; bytes32 requestHash; bytes32 responseHash; bytes32 traceRoot; bytes32 fingerprint; uint8 unitKind; uint64 units; uint128 unitPrice; uint64 startedAt; uint64 endedAt; bytes32 beacon; bytes32 attestation; uint32 flags; }
    event ReceiptSubmitted(bytes32 indexed receiptId, bytes32 indexed leaseId, address indexed miner, bytes32 tileRoot, uint64 windowEnd);
    event TilesOpened(bytes32 indexed receiptId, uint32 opened, uint32 drawn);
    event TileDisproved(bytes32 indexed receiptId, address indexed challenger, uint32 tile);
    event ReceiptAcknowledged(bytes32 indexed receiptId, address indexed client);
    event ReceiptSettled(bytes32 indexed receiptId, address indexed miner, uint256 paid);
    event ReceiptFailed(bytes32 indexed receiptId, address indexed miner);
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
    error Reentered();
    function acknowledge(bytes32 receiptId, bytes calldata signature) external;
    function beaconAt(uint64 height) external view returns (bytes32);
    function challengeTile(bytes32 receiptId, uint32 tile, bytes32 leaf, bytes32[] calldata path) external returns (uint256);
    function drawnTiles(bytes32 receiptId) external view returns (uint32[] memory);
    function failReceipt(bytes32 receiptId) external;
    function freshBeacon() external view returns (bytes32, uint64);
    function openTiles(bytes32 receiptId, bytes32[][] calldata paths) external returns (uint32);
    function parameters() external view returns (uint64, uint64, uint32);
    function receipt(bytes32 receiptId) external view returns (ReceiptInfo memory);
    function receiptCount() external view returns (uint64);
    function receipts(uint64 offset, uint32 limit) external view returns (ReceiptInfo[] memory);
    function settle(bytes32 receiptId) external returns (uint256);
    function submitReceipt(ReceiptData calldata receipt, bytes calldata signature, bytes32 tileRoot) external returns (bytes32);
    function supportsInterface(bytes4 interfaceId) external view returns (bool);
}
