// receipts 1.0.0: generated from the contract's declaration.

export type Hex = `0x${string}`;
export type Address = `0x${string}`;

export const receiptsAddress: Address = "0x0000000000000000000000000000000000001006";

export interface ReceiptData {
  jobId: Hex;
  leaseId: Hex;
  seq: bigint;
  miner: Address;
  client: Address;
  modelRoot: Hex;
  requestHash: Hex;
  responseHash: Hex;
  traceRoot: Hex;
  fingerprint: Hex;
  unitKind: number;
  units: bigint;
  unitPrice: bigint;
  startedAt: bigint;
  endedAt: bigint;
  beacon: Hex;
  attestation: Hex;
  flags: number;
}

export interface BatchInfo {
  batchId: bigint;
  root: Hex;
  count: number;
  total: bigint;
  poster: Address;
  bond: bigint;
  height: bigint;
  openDemands: number;
  unansweredSamples: number;
  isClosed: boolean;
}

export interface CapacityInfo {
  macsPerSecond: bigint;
  certifiedEpoch: bigint;
  expiresAt: bigint;
  committedEpoch: bigint;
  root: Hex;
  m: number;
  n: number;
  k: number;
  opened: number;
}

export interface CapacityWindow {
  epoch: bigint;
  firstHeight: bigint;
  lastHeight: bigint;
  drawHeight: bigint;
  openUntil: bigint;
}

export interface ClaimInfo {
  leaseId: Hex;
  receiptHash: Hex;
  seq: bigint;
  units: bigint;
  amount: bigint;
  height: bigint;
  windowEnd: bigint;
  batchId: bigint;
  isUnacknowledged: boolean;
  isSettled: boolean;
}

export interface AckData {
  leaseId: Hex;
  seq: bigint;
  receiptHash: Hex;
  cumulativeUnits: bigint;
  cumulativeAmount: bigint;
}

export interface DemandInfo {
  demandId: bigint;
  batchId: bigint;
  place: bigint;
  by: Address;
  status: number;
  isSample: boolean;
  fee: bigint;
  bond: bigint;
  dueAt: bigint;
}

export interface ParameterInfo {
  key: string;
  value: bigint;
  defaultValue: bigint;
  minimum: bigint;
  maximum: bigint;
  stepMax: bigint;
}

export interface ReceiptInfo {
  receiptId: Hex;
  jobId: Hex;
  leaseId: Hex;
  miner: Address;
  client: Address;
  tileRoot: Hex;
  status: number;
  isAcknowledged: boolean;
  height: bigint;
  windowEnd: bigint;
  units: bigint;
  unitPrice: bigint;
  tilesOpened: number;
}

export interface ReceiptsCalls {
  /** nonpayable */
  acknowledge: { args: readonly [receiptId: Hex, signature: Hex]; returns: void };
  /** payable */
  anchorBatch: { args: readonly [root: Hex, count: number, total: bigint]; returns: bigint };
  /** nonpayable */
  answerDemand: { args: readonly [demandId: bigint, index: number, hashes: readonly Hex[], totals: readonly bigint[], receipt: ReceiptData, signature: Hex]; returns: void };
  /** view */
  batch: { args: readonly [batchId: bigint]; returns: BatchInfo };
  /** view */
  batchClosedAt: { args: readonly [batchId: bigint]; returns: bigint };
  /** view */
  batchCount: { args: readonly []; returns: bigint };
  /** view */
  beaconAt: { args: readonly [height: bigint]; returns: Hex };
  /** view */
  capacity: { args: readonly [miner: Address]; returns: CapacityInfo };
  /** view */
  capacitySeed: { args: readonly [miner: Address]; returns: Hex };
  /** view */
  capacityTiles: { args: readonly [miner: Address]; returns: readonly number[] };
  /** view */
  capacityWindow: { args: readonly []; returns: CapacityWindow };
  /** nonpayable */
  challengeTile: { args: readonly [receiptId: Hex, tile: number, leaf: Hex, path: readonly Hex[]]; returns: bigint };
  /** view */
  checkParameters: { args: readonly []; returns: void };
  /** view */
  checkTile: { args: readonly [receiptId: Hex, tile: number, leaf: Hex, path: readonly Hex[]]; returns: void };
  /** view */
  claim: { args: readonly [leaseId: Hex]; returns: ClaimInfo };
  /** nonpayable */
  claimFromBatch: { args: readonly [batchId: bigint, index: number, hashes: readonly Hex[], totals: readonly bigint[], receipt: ReceiptData, signature: Hex, ack: AckData, ackSignature: Hex, stampHeight: bigint]; returns: Hex };
  /** nonpayable */
  claimReceipt: { args: readonly [receipt: ReceiptData, signature: Hex, ack: AckData, ackSignature: Hex, stampHeight: bigint]; returns: Hex };
  /** view */
  claimedAt: { args: readonly [leaseId: Hex, receiptHash: Hex]; returns: bigint };
  /** nonpayable */
  closeDemand: { args: readonly [demandId: bigint]; returns: bigint };
  /** nonpayable */
  commitCapacity: { args: readonly [m: number, n: number, k: number, root: Hex]; returns: void };
  /** view */
  demand: { args: readonly [demandId: bigint]; returns: DemandInfo };
  /** view */
  demandCount: { args: readonly []; returns: bigint };
  /** payable */
  demandLeaf: { args: readonly [batchId: bigint, index: number, leaseId: Hex]; returns: bigint };
  /** payable */
  demandSample: { args: readonly [batchId: bigint, draw: number]; returns: bigint };
  /** view */
  drawnTiles: { args: readonly [receiptId: Hex]; returns: readonly number[] };
  /** nonpayable */
  failReceipt: { args: readonly [receiptId: Hex]; returns: void };
  /** view */
  freshBeacon: { args: readonly []; returns: readonly [Hex, bigint] };
  /** nonpayable */
  openCapacity: { args: readonly [paths: readonly (readonly Hex[])[]]; returns: number };
  /** nonpayable */
  openTiles: { args: readonly [receiptId: Hex, paths: readonly (readonly Hex[])[]]; returns: number };
  /** view */
  parameter: { args: readonly [key: string]; returns: bigint };
  /** view */
  parameterList: { args: readonly []; returns: readonly ParameterInfo[] };
  /** view */
  parameters: { args: readonly []; returns: readonly [bigint, bigint, number] };
  /** nonpayable */
  postResponse: { args: readonly [receipt: ReceiptData, signature: Hex, unitsMax: bigint, requestSignature: Hex, stampHeight: bigint, response: Hex]; returns: Hex };
  /** view */
  receipt: { args: readonly [receiptId: Hex]; returns: ReceiptInfo };
  /** view */
  receiptCount: { args: readonly []; returns: bigint };
  /** view */
  receipts: { args: readonly [offset: bigint, limit: number]; returns: readonly ReceiptInfo[] };
  /** nonpayable */
  releaseBond: { args: readonly [batchId: bigint]; returns: bigint };
  /** view */
  samples: { args: readonly [batchId: bigint]; returns: readonly bigint[] };
  /** nonpayable */
  setParameter: { args: readonly [key: string, value: bigint]; returns: void };
  /** nonpayable */
  settle: { args: readonly [receiptId: Hex]; returns: bigint };
  /** nonpayable */
  settleLease: { args: readonly [leaseId: Hex]; returns: bigint };
  /** nonpayable */
  slashBatch: { args: readonly [batchId: bigint]; returns: bigint };
  /** nonpayable */
  submitReceipt: { args: readonly [receipt: ReceiptData, signature: Hex, tileRoot: Hex]; returns: Hex };
  /** view */
  supportsInterface: { args: readonly [interfaceId: Hex]; returns: boolean };
}

export interface ReceiptsEvents {
  ReceiptSubmitted: { receiptId: Hex; leaseId: Hex; miner: Address; tileRoot: Hex; windowEnd: bigint };
  TilesOpened: { receiptId: Hex; opened: number; drawn: number };
  TileDisproved: { receiptId: Hex; challenger: Address; tile: number };
  ReceiptAcknowledged: { receiptId: Hex; client: Address };
  ReceiptSettled: { receiptId: Hex; miner: Address; paid: bigint };
  ReceiptFailed: { receiptId: Hex; miner: Address };
  ClaimRaised: { leaseId: Hex; receiptHash: Hex; miner: Address; seq: bigint; amount: bigint; windowEnd: bigint };
  ResponsePosted: { leaseId: Hex; receiptHash: Hex; responseHash: Hex };
  LeaseClaimSettled: { leaseId: Hex; receiptHash: Hex; units: bigint; paid: bigint };
  BatchAnchored: { batchId: bigint; poster: Address; root: Hex; count: number; total: bigint };
  BondReleased: { batchId: bigint; poster: Address; bond: bigint };
  BatchSlashed: { batchId: bigint; slashed: bigint; reward: bigint };
  DemandMade: { demandId: bigint; batchId: bigint; by: Address; place: bigint; isSample: boolean };
  DemandAnswered: { demandId: bigint; batchId: bigint; index: number; by: Address };
  DemandUnanswered: { demandId: bigint; batchId: bigint; compensation: bigint; isClosed: boolean };
  CapacityCommitted: { miner: Address; epoch: bigint; root: Hex; m: number; n: number; k: number };
  CapacityCertified: { miner: Address; epoch: bigint; macsPerSecond: bigint; expiresAt: bigint };
  ParameterChanged: { key: string; name: string; oldValue: bigint; newValue: bigint };
}

export interface ReceiptsErrors {
  JobNotLeased: { status: number };
  WrongLease: {};
  WrongParty: {};
  WrongUnits: {};
  WrongTimes: {};
  WrongRequest: {};
  WrongResponse: {};
  UnusedFieldSet: {};
  StaleBeacon: {};
  Replayed: {};
  WrongSignature: {};
  WrongStatus: { status: number };
  NotDrawnYet: { height: bigint };
  WindowClosed: { end: bigint };
  WindowOpen: { end: bigint };
  NotMiner: {};
  WrongPathCount: {};
  WrongTile: { tile: number };
  NoSuchTile: {};
  LeafNotCommitted: {};
  TileIsRight: {};
  LeaseNotActive: { status: number };
  EmptyField: {};
  NotQuorumAnswer: {};
  WrongAcknowledgement: {};
  ClaimNotHigher: { seq: bigint; units: bigint; amount: bigint };
  NoClaim: {};
  AuditFailed: {};
  MinersTime: { until: bigint };
  AlreadySettled: {};
  ResponseNotAllowed: {};
  NotAsked: {};
  MoreThanAsked: { maximum: bigint };
  ResponseTooLong: { maximum: number };
  EmptyBatch: { maximum: number };
  BatchBondTooSmall: { minimum: bigint };
  UnknownBatch: {};
  BatchClosed: {};
  BatchHeld: { until: bigint; openDemands: number };
  BatchDisputed: {};
  NotPoster: {};
  NotDisputes: {};
  NotInBatch: {};
  LeafIsVoid: {};
  NoSuchLeaf: { count: number };
  WrongValue: { needed: bigint };
  TooManyDemands: { maximum: number };
  AlreadyDemanded: { demandId: bigint };
  ShadowLeaf: {};
  DemandNotOpen: { status: number };
  DemandNotDue: { dueAt: bigint };
  NotCapacityMiner: {};
  CapacityWindowClosed: { end: bigint };
  AlreadyCommitted: {};
  WrongDimensions: {};
  UnknownParameter: { key: string };
  ParameterOutOfRange: { key: string; minimum: bigint; maximum: bigint; stepMax: bigint };
  OnlyGovernance: {};
  Reentered: {};
}

export const receiptsAbi = [
  {
    "type": "function",
    "name": "acknowledge",
    "stateMutability": "nonpayable",
    "inputs": [
      {
        "name": "receiptId",
        "type": "bytes32",
        "internalType": "bytes32"
      },
      {
        "name": "signature",
        "type": "bytes",
        "internalType": "bytes"
      }
    ],
    "outputs": []
  },
  {
    "type": "function",
    "name": "anchorBatch",
    "stateMutability": "payable",
    "inputs": [
      {
        "name": "root",
        "type": "bytes32",
        "internalType": "bytes32"
      },
      {
        "name": "count",
        "type": "uint32",
        "internalType": "uint32"
      },
      {
        "name": "total",
        "type": "uint128",
        "internalType": "uint128"
      }
    ],
    "outputs": [
      {
        "name": "",
        "type": "uint64",
        "internalType": "uint64"
      }
    ]
  },
  {
    "type": "function",
    "name": "answerDemand",
    "stateMutability": "nonpayable",
    "inputs": [
      {
        "name": "demandId",
        "type": "uint64",
        "internalType": "uint64"
      },
      {
        "name": "index",
        "type": "uint32",
        "internalType": "uint32"
      },
      {
        "name": "hashes",
        "type": "bytes32[]",
        "internalType": "bytes32[]"
      },
      {
        "name": "totals",
        "type": "uint128[]",
        "internalType": "uint128[]"
      },
      {
        "name": "receipt",
        "type": "tuple",
        "internalType": "struct ReceiptData",
        "components": [
          {
            "name": "jobId",
            "type": "bytes32",
            "internalType": "bytes32"
          },
          {
            "name": "leaseId",
            "type": "bytes32",
            "internalType": "bytes32"
          },
          {
            "name": "seq",
            "type": "uint64",
            "internalType": "uint64"
          },
          {
            "name": "miner",
            "type": "address",
            "internalType": "address"
          },
          {
            "name": "client",
            "type": "address",
            "internalType": "address"
          },
          {
            "name": "modelRoot",
            "type": "bytes32",
            "internalType": "bytes32"
          },
          {
            "name": "requestHash",
            "type": "bytes32",
            "internalType": "bytes32"
          },
          {
            "name": "responseHash",
            "type": "bytes32",
            "internalType": "bytes32"
          },
          {
            "name": "traceRoot",
            "type": "bytes32",
            "internalType": "bytes32"
          },
          {
            "name": "fingerprint",
            "type": "bytes32",
            "internalType": "bytes32"
          },
          {
            "name": "unitKind",
            "type": "uint8",
            "internalType": "uint8"
          },
          {
            "name": "units",
            "type": "uint64",
            "internalType": "uint64"
          },
          {
            "name": "unitPrice",
            "type": "uint128",
            "internalType": "uint128"
          },
          {
            "name": "startedAt",
            "type": "uint64",
            "internalType": "uint64"
          },
          {
            "name": "endedAt",
            "type": "uint64",
            "internalType": "uint64"
          },
          {
            "name": "beacon",
            "type": "bytes32",
            "internalType": "bytes32"
          },
          {
            "name": "attestation",
            "type": "bytes32",
            "internalType": "bytes32"
          },
          {
            "name": "flags",
            "type": "uint32",
            "internalType": "uint32"
          }
        ]
      },
      {
        "name": "signature",
        "type": "bytes",
        "internalType": "bytes"
      }
    ],
    "outputs": []
  },
  {
    "type": "function",
    "name": "batch",
    "stateMutability": "view",
    "inputs": [
      {
        "name": "batchId",
        "type": "uint64",
        "internalType": "uint64"
      }
    ],
    "outputs": [
      {
        "name": "",
        "type": "tuple",
        "internalType": "struct BatchInfo",
        "components": [
          {
            "name": "batchId",
            "type": "uint64",
            "internalType": "uint64"
          },
          {
            "name": "root",
            "type": "bytes32",
            "internalType": "bytes32"
          },
          {
            "name": "count",
            "type": "uint32",
            "internalType": "uint32"
          },
          {
            "name": "total",
            "type": "uint128",
            "internalType": "uint128"
          },
          {
            "name": "poster",
            "type": "address",
            "internalType": "address"
          },
          {
            "name": "bond",
            "type": "uint128",
            "internalType": "uint128"
          },
          {
            "name": "height",
            "type": "uint64",
            "internalType": "uint64"
          },
          {
            "name": "openDemands",
            "type": "uint8",
            "internalType": "uint8"
          },
          {
            "name": "unansweredSamples",
            "type": "uint8",
            "internalType": "uint8"
          },
          {
            "name": "isClosed",
            "type": "bool",
            "internalType": "bool"
          }
        ]
      }
    ]
  },
  {
    "type": "function",
    "name": "batchClosedAt",
    "stateMutability": "view",
    "inputs": [
      {
        "name": "batchId",
        "type": "uint64",
        "internalType": "uint64"
      }
    ],
    "outputs": [
      {
        "name": "",
        "type": "uint64",
        "internalType": "uint64"
      }
    ]
  },
  {
    "type": "function",
    "name": "batchCount",
    "stateMutability": "view",
    "inputs": [],
    "outputs": [
      {
        "name": "",
        "type": "uint64",
        "internalType": "uint64"
      }
    ]
  },
  {
    "type": "function",
    "name": "beaconAt",
    "stateMutability": "view",
    "inputs": [
      {
        "name": "height",
        "type": "uint64",
        "internalType": "uint64"
      }
    ],
    "outputs": [
      {
        "name": "",
        "type": "bytes32",
        "internalType": "bytes32"
      }
    ]
  },
  {
    "type": "function",
    "name": "capacity",
    "stateMutability": "view",
    "inputs": [
      {
        "name": "miner",
        "type": "address",
        "internalType": "address"
      }
    ],
    "outputs": [
      {
        "name": "",
        "type": "tuple",
        "internalType": "struct CapacityInfo",
        "components": [
          {
            "name": "macsPerSecond",
            "type": "uint64",
            "internalType": "uint64"
          },
          {
            "name": "certifiedEpoch",
            "type": "uint64",
            "internalType": "uint64"
          },
          {
            "name": "expiresAt",
            "type": "uint64",
            "internalType": "uint64"
          },
          {
            "name": "committedEpoch",
            "type": "uint64",
            "internalType": "uint64"
          },
          {
            "name": "root",
            "type": "bytes32",
            "internalType": "bytes32"
          },
          {
            "name": "m",
            "type": "uint32",
            "internalType": "uint32"
          },
          {
            "name": "n",
            "type": "uint32",
            "internalType": "uint32"
          },
          {
            "name": "k",
            "type": "uint32",
            "internalType": "uint32"
          },
          {
            "name": "opened",
            "type": "uint32",
            "internalType": "uint32"
          }
        ]
      }
    ]
  },
  {
    "type": "function",
    "name": "capacitySeed",
    "stateMutability": "view",
    "inputs": [
      {
        "name": "miner",
        "type": "address",
        "internalType": "address"
      }
    ],
    "outputs": [
      {
        "name": "",
        "type": "bytes32",
        "internalType": "bytes32"
      }
    ]
  },
  {
    "type": "function",
    "name": "capacityTiles",
    "stateMutability": "view",
    "inputs": [
      {
        "name": "miner",
        "type": "address",
        "internalType": "address"
      }
    ],
    "outputs": [
      {
        "name": "",
        "type": "uint32[]",
        "internalType": "uint32[]"
      }
    ]
  },
  {
    "type": "function",
    "name": "capacityWindow",
    "stateMutability": "view",
    "inputs": [],
    "outputs": [
      {
        "name": "",
        "type": "tuple",
        "internalType": "struct CapacityWindow",
        "components": [
          {
            "name": "epoch",
            "type": "uint64",
            "internalType": "uint64"
          },
          {
            "name": "firstHeight",
            "type": "uint64",
            "internalType": "uint64"
          },
          {
            "name": "lastHeight",
            "type": "uint64",
            "internalType": "uint64"
          },
          {
            "name": "drawHeight",
            "type": "uint64",
            "internalType": "uint64"
          },
          {
            "name": "openUntil",
            "type": "uint64",
            "internalType": "uint64"
          }
        ]
      }
    ]
  },
  {
    "type": "function",
    "name": "challengeTile",
    "stateMutability": "nonpayable",
    "inputs": [
      {
        "name": "receiptId",
        "type": "bytes32",
        "internalType": "bytes32"
      },
      {
        "name": "tile",
        "type": "uint32",
        "internalType": "uint32"
      },
      {
        "name": "leaf",
        "type": "bytes32",
        "internalType": "bytes32"
      },
      {
        "name": "path",
        "type": "bytes32[]",
        "internalType": "bytes32[]"
      }
    ],
    "outputs": [
      {
        "name": "",
        "type": "uint256",
        "internalType": "uint256"
      }
    ]
  },
  {
    "type": "function",
    "name": "checkParameters",
    "stateMutability": "view",
    "inputs": [],
    "outputs": []
  },
  {
    "type": "function",
    "name": "checkTile",
    "stateMutability": "view",
    "inputs": [
      {
        "name": "receiptId",
        "type": "bytes32",
        "internalType": "bytes32"
      },
      {
        "name": "tile",
        "type": "uint32",
        "internalType": "uint32"
      },
      {
        "name": "leaf",
        "type": "bytes32",
        "internalType": "bytes32"
      },
      {
        "name": "path",
        "type": "bytes32[]",
        "internalType": "bytes32[]"
      }
    ],
    "outputs": []
  },
  {
    "type": "function",
    "name": "claim",
    "stateMutability": "view",
    "inputs": [
      {
        "name": "leaseId",
        "type": "bytes32",
        "internalType": "bytes32"
      }
    ],
    "outputs": [
      {
        "name": "",
        "type": "tuple",
        "internalType": "struct ClaimInfo",
        "components": [
          {
            "name": "leaseId",
            "type": "bytes32",
            "internalType": "bytes32"
          },
          {
            "name": "receiptHash",
            "type": "bytes32",
            "internalType": "bytes32"
          },
          {
            "name": "seq",
            "type": "uint64",
            "internalType": "uint64"
          },
          {
            "name": "units",
            "type": "uint64",
            "internalType": "uint64"
          },
          {
            "name": "amount",
            "type": "uint128",
            "internalType": "uint128"
          },
          {
            "name": "height",
            "type": "uint64",
            "internalType": "uint64"
          },
          {
            "name": "windowEnd",
            "type": "uint64",
            "internalType": "uint64"
          },
          {
            "name": "batchId",
            "type": "uint64",
            "internalType": "uint64"
          },
          {
            "name": "isUnacknowledged",
            "type": "bool",
            "internalType": "bool"
          },
          {
            "name": "isSettled",
            "type": "bool",
            "internalType": "bool"
          }
        ]
      }
    ]
  },
  {
    "type": "function",
    "name": "claimFromBatch",
    "stateMutability": "nonpayable",
    "inputs": [
      {
        "name": "batchId",
        "type": "uint64",
        "internalType": "uint64"
      },
      {
        "name": "index",
        "type": "uint32",
        "internalType": "uint32"
      },
      {
        "name": "hashes",
        "type": "bytes32[]",
        "internalType": "bytes32[]"
      },
      {
        "name": "totals",
        "type": "uint128[]",
        "internalType": "uint128[]"
      },
      {
        "name": "receipt",
        "type": "tuple",
        "internalType": "struct ReceiptData",
        "components": [
          {
            "name": "jobId",
            "type": "bytes32",
            "internalType": "bytes32"
          },
          {
            "name": "leaseId",
            "type": "bytes32",
            "internalType": "bytes32"
          },
          {
            "name": "seq",
            "type": "uint64",
            "internalType": "uint64"
          },
          {
            "name": "miner",
            "type": "address",
            "internalType": "address"
          },
          {
            "name": "client",
            "type": "address",
            "internalType": "address"
          },
          {
            "name": "modelRoot",
            "type": "bytes32",
            "internalType": "bytes32"
          },
          {
            "name": "requestHash",
            "type": "bytes32",
            "internalType": "bytes32"
          },
          {
            "name": "responseHash",
            "type": "bytes32",
            "internalType": "bytes32"
          },
          {
            "name": "traceRoot",
            "type": "bytes32",
            "internalType": "bytes32"
          },
          {
            "name": "fingerprint",
            "type": "bytes32",
            "internalType": "bytes32"
          },
          {
            "name": "unitKind",
            "type": "uint8",
            "internalType": "uint8"
          },
          {
            "name": "units",
            "type": "uint64",
            "internalType": "uint64"
          },
          {
            "name": "unitPrice",
            "type": "uint128",
            "internalType": "uint128"
          },
          {
            "name": "startedAt",
            "type": "uint64",
            "internalType": "uint64"
          },
          {
            "name": "endedAt",
            "type": "uint64",
            "internalType": "uint64"
          },
          {
            "name": "beacon",
            "type": "bytes32",
            "internalType": "bytes32"
          },
          {
            "name": "attestation",
            "type": "bytes32",
            "internalType": "bytes32"
          },
          {
            "name": "flags",
            "type": "uint32",
            "internalType": "uint32"
          }
        ]
      },
      {
        "name": "signature",
        "type": "bytes",
        "internalType": "bytes"
      },
      {
        "name": "ack",
        "type": "tuple",
        "internalType": "struct AckData",
        "components": [
          {
            "name": "leaseId",
            "type": "bytes32",
            "internalType": "bytes32"
          },
          {
            "name": "seq",
            "type": "uint64",
            "internalType": "uint64"
          },
          {
            "name": "receiptHash",
            "type": "bytes32",
            "internalType": "bytes32"
          },
          {
            "name": "cumulativeUnits",
            "type": "uint64",
            "internalType": "uint64"
          },
          {
            "name": "cumulativeAmount",
            "type": "uint256",
            "internalType": "uint256"
          }
        ]
      },
      {
        "name": "ackSignature",
        "type": "bytes",
        "internalType": "bytes"
      },
      {
        "name": "stampHeight",
        "type": "uint64",
        "internalType": "uint64"
      }
    ],
    "outputs": [
      {
        "name": "",
        "type": "bytes32",
        "internalType": "bytes32"
      }
    ]
  },
  {
    "type": "function",
    "name": "claimReceipt",
    "stateMutability": "nonpayable",
    "inputs": [
      {
        "name": "receipt",
        "type": "tuple",
        "internalType": "struct ReceiptData",
        "components": [
          {
            "name": "jobId",
            "type": "bytes32",
            "internalType": "bytes32"
          },
          {
            "name": "leaseId",
            "type": "bytes32",
            "internalType": "bytes32"
          },
          {
            "name": "seq",
            "type": "uint64",
            "internalType": "uint64"
          },
          {
            "name": "miner",
            "type": "address",
            "internalType": "address"
          },
          {
            "name": "client",
            "type": "address",
            "internalType": "address"
          },
          {
            "name": "modelRoot",
            "type": "bytes32",
            "internalType": "bytes32"
          },
          {
            "name": "requestHash",
            "type": "bytes32",
            "internalType": "bytes32"
          },
          {
            "name": "responseHash",
            "type": "bytes32",
            "internalType": "bytes32"
          },
          {
            "name": "traceRoot",
            "type": "bytes32",
            "internalType": "bytes32"
          },
          {
            "name": "fingerprint",
            "type": "bytes32",
            "internalType": "bytes32"
          },
          {
            "name": "unitKind",
            "type": "uint8",
            "internalType": "uint8"
          },
          {
            "name": "units",
            "type": "uint64",
            "internalType": "uint64"
          },
          {
            "name": "unitPrice",
            "type": "uint128",
            "internalType": "uint128"
          },
          {
            "name": "startedAt",
            "type": "uint64",
            "internalType": "uint64"
          },
          {
            "name": "endedAt",
            "type": "uint64",
            "internalType": "uint64"
          },
          {
            "name": "beacon",
            "type": "bytes32",
            "internalType": "bytes32"
          },
          {
            "name": "attestation",
            "type": "bytes32",
            "internalType": "bytes32"
          },
          {
            "name": "flags",
            "type": "uint32",
            "internalType": "uint32"
          }
        ]
      },
      {
        "name": "signature",
        "type": "bytes",
        "internalType": "bytes"
      },
      {
        "name": "ack",
        "type": "tuple",
        "internalType": "struct AckData",
        "components": [
          {
            "name": "leaseId",
            "type": "bytes32",
            "internalType": "bytes32"
          },
          {
            "name": "seq",
            "type": "uint64",
            "internalType": "uint64"
          },
          {
            "name": "receiptHash",
            "type": "bytes32",
            "internalType": "bytes32"
          },
          {
            "name": "cumulativeUnits",
            "type": "uint64",
            "internalType": "uint64"
          },
          {
            "name": "cumulativeAmount",
            "type": "uint256",
            "internalType": "uint256"
          }
        ]
      },
      {
        "name": "ackSignature",
        "type": "bytes",
        "internalType": "bytes"
      },
      {
        "name": "stampHeight",
        "type": "uint64",
        "internalType": "uint64"
      }
    ],
    "outputs": [
      {
        "name": "",
        "type": "bytes32",
        "internalType": "bytes32"
      }
    ]
  },
  {
    "type": "function",
    "name": "claimedAt",
    "stateMutability": "view",
    "inputs": [
      {
        "name": "leaseId",
        "type": "bytes32",
        "internalType": "bytes32"
      },
      {
        "name": "receiptHash",
        "type": "bytes32",
        "internalType": "bytes32"
      }
    ],
    "outputs": [
      {
        "name": "",
        "type": "uint64",
        "internalType": "uint64"
      }
    ]
  },
  {
    "type": "function",
    "name": "closeDemand",
    "stateMutability": "nonpayable",
    "inputs": [
      {
        "name": "demandId",
        "type": "uint64",
        "internalType": "uint64"
      }
    ],
    "outputs": [
      {
        "name": "",
        "type": "uint256",
        "internalType": "uint256"
      }
    ]
  },
  {
    "type": "function",
    "name": "commitCapacity",
    "stateMutability": "nonpayable",
    "inputs": [
      {
        "name": "m",
        "type": "uint32",
        "internalType": "uint32"
      },
      {
        "name": "n",
        "type": "uint32",
        "internalType": "uint32"
      },
      {
        "name": "k",
        "type": "uint32",
        "internalType": "uint32"
      },
      {
        "name": "root",
        "type": "bytes32",
        "internalType": "bytes32"
      }
    ],
    "outputs": []
  },
  {
    "type": "function",
    "name": "demand",
    "stateMutability": "view",
    "inputs": [
      {
        "name": "demandId",
        "type": "uint64",
        "internalType": "uint64"
      }
    ],
    "outputs": [
      {
        "name": "",
        "type": "tuple",
        "internalType": "struct DemandInfo",
        "components": [
          {
            "name": "demandId",
            "type": "uint64",
            "internalType": "uint64"
          },
          {
            "name": "batchId",
            "type": "uint64",
            "internalType": "uint64"
          },
          {
            "name": "place",
            "type": "uint128",
            "internalType": "uint128"
          },
          {
            "name": "by",
            "type": "address",
            "internalType": "address"
          },
          {
            "name": "status",
            "type": "uint8",
            "internalType": "uint8"
          },
          {
            "name": "isSample",
            "type": "bool",
            "internalType": "bool"
          },
          {
            "name": "fee",
            "type": "uint128",
            "internalType": "uint128"
          },
          {
            "name": "bond",
            "type": "uint128",
            "internalType": "uint128"
          },
          {
            "name": "dueAt",
            "type": "uint64",
            "internalType": "uint64"
          }
        ]
      }
    ]
  },
  {
    "type": "function",
    "name": "demandCount",
    "stateMutability": "view",
    "inputs": [],
    "outputs": [
      {
        "name": "",
        "type": "uint64",
        "internalType": "uint64"
      }
    ]
  },
  {
    "type": "function",
    "name": "demandLeaf",
    "stateMutability": "payable",
    "inputs": [
      {
        "name": "batchId",
        "type": "uint64",
        "internalType": "uint64"
      },
      {
        "name": "index",
        "type": "uint32",
        "internalType": "uint32"
      },
      {
        "name": "leaseId",
        "type": "bytes32",
        "internalType": "bytes32"
      }
    ],
    "outputs": [
      {
        "name": "",
        "type": "uint64",
        "internalType": "uint64"
      }
    ]
  },
  {
    "type": "function",
    "name": "demandSample",
    "stateMutability": "payable",
    "inputs": [
      {
        "name": "batchId",
        "type": "uint64",
        "internalType": "uint64"
      },
      {
        "name": "draw",
        "type": "uint16",
        "internalType": "uint16"
      }
    ],
    "outputs": [
      {
        "name": "",
        "type": "uint64",
        "internalType": "uint64"
      }
    ]
  },
  {
    "type": "function",
    "name": "drawnTiles",
    "stateMutability": "view",
    "inputs": [
      {
        "name": "receiptId",
        "type": "bytes32",
        "internalType": "bytes32"
      }
    ],
    "outputs": [
      {
        "name": "",
        "type": "uint32[]",
        "internalType": "uint32[]"
      }
    ]
  },
  {
    "type": "function",
    "name": "failReceipt",
    "stateMutability": "nonpayable",
    "inputs": [
      {
        "name": "receiptId",
        "type": "bytes32",
        "internalType": "bytes32"
      }
    ],
    "outputs": []
  },
  {
    "type": "function",
    "name": "freshBeacon",
    "stateMutability": "view",
    "inputs": [],
    "outputs": [
      {
        "name": "",
        "type": "bytes32",
        "internalType": "bytes32"
      },
      {
        "name": "",
        "type": "uint64",
        "internalType": "uint64"
      }
    ]
  },
  {
    "type": "function",
    "name": "openCapacity",
    "stateMutability": "nonpayable",
    "inputs": [
      {
        "name": "paths",
        "type": "bytes32[][]",
        "internalType": "bytes32[][]"
      }
    ],
    "outputs": [
      {
        "name": "",
        "type": "uint32",
        "internalType": "uint32"
      }
    ]
  },
  {
    "type": "function",
    "name": "openTiles",
    "stateMutability": "nonpayable",
    "inputs": [
      {
        "name": "receiptId",
        "type": "bytes32",
        "internalType": "bytes32"
      },
      {
        "name": "paths",
        "type": "bytes32[][]",
        "internalType": "bytes32[][]"
      }
    ],
    "outputs": [
      {
        "name": "",
        "type": "uint32",
        "internalType": "uint32"
      }
    ]
  },
  {
    "type": "function",
    "name": "parameter",
    "stateMutability": "view",
    "inputs": [
      {
        "name": "key",
        "type": "string",
        "internalType": "string"
      }
    ],
    "outputs": [
      {
        "name": "",
        "type": "uint256",
        "internalType": "uint256"
      }
    ]
  },
  {
    "type": "function",
    "name": "parameterList",
    "stateMutability": "view",
    "inputs": [],
    "outputs": [
      {
        "name": "",
        "type": "tuple[]",
        "internalType": "struct ParameterInfo[]",
        "components": [
          {
            "name": "key",
            "type": "string",
            "internalType": "string"
          },
          {
            "name": "value",
            "type": "uint256",
            "internalType": "uint256"
          },
          {
            "name": "defaultValue",
            "type": "uint256",
            "internalType": "uint256"
          },
          {
            "name": "minimum",
            "type": "uint256",
            "internalType": "uint256"
          },
          {
            "name": "maximum",
            "type": "uint256",
            "internalType": "uint256"
          },
          {
            "name": "stepMax",
            "type": "uint256",
            "internalType": "uint256"
          }
        ]
      }
    ]
  },
  {
    "type": "function",
    "name": "parameters",
    "stateMutability": "view",
    "inputs": [],
    "outputs": [
      {
        "name": "",
        "type": "uint64",
        "internalType": "uint64"
      },
      {
        "name": "",
        "type": "uint64",
        "internalType": "uint64"
      },
      {
        "name": "",
        "type": "uint32",
        "internalType": "uint32"
      }
    ]
  },
  {
    "type": "function",
    "name": "postResponse",
    "stateMutability": "nonpayable",
    "inputs": [
      {
        "name": "receipt",
        "type": "tuple",
        "internalType": "struct ReceiptData",
        "components": [
          {
            "name": "jobId",
            "type": "bytes32",
            "internalType": "bytes32"
          },
          {
            "name": "leaseId",
            "type": "bytes32",
            "internalType": "bytes32"
          },
          {
            "name": "seq",
            "type": "uint64",
            "internalType": "uint64"
          },
          {
            "name": "miner",
            "type": "address",
            "internalType": "address"
          },
          {
            "name": "client",
            "type": "address",
            "internalType": "address"
          },
          {
            "name": "modelRoot",
            "type": "bytes32",
            "internalType": "bytes32"
          },
          {
            "name": "requestHash",
            "type": "bytes32",
            "internalType": "bytes32"
          },
          {
            "name": "responseHash",
            "type": "bytes32",
            "internalType": "bytes32"
          },
          {
            "name": "traceRoot",
            "type": "bytes32",
            "internalType": "bytes32"
          },
          {
            "name": "fingerprint",
            "type": "bytes32",
            "internalType": "bytes32"
          },
          {
            "name": "unitKind",
            "type": "uint8",
            "internalType": "uint8"
          },
          {
            "name": "units",
            "type": "uint64",
            "internalType": "uint64"
          },
          {
            "name": "unitPrice",
            "type": "uint128",
            "internalType": "uint128"
          },
          {
            "name": "startedAt",
            "type": "uint64",
            "internalType": "uint64"
          },
          {
            "name": "endedAt",
            "type": "uint64",
            "internalType": "uint64"
          },
          {
            "name": "beacon",
            "type": "bytes32",
            "internalType": "bytes32"
          },
          {
            "name": "attestation",
            "type": "bytes32",
            "internalType": "bytes32"
          },
          {
            "name": "flags",
            "type": "uint32",
            "internalType": "uint32"
          }
        ]
      },
      {
        "name": "signature",
        "type": "bytes",
        "internalType": "bytes"
      },
      {
        "name": "unitsMax",
        "type": "uint64",
        "internalType": "uint64"
      },
      {
        "name": "requestSignature",
        "type": "bytes",
        "internalType": "bytes"
      },
      {
        "name": "stampHeight",
        "type": "uint64",
        "internalType": "uint64"
      },
      {
        "name": "response",
        "type": "bytes",
        "internalType": "bytes"
      }
    ],
    "outputs": [
      {
        "name": "",
        "type": "bytes32",
        "internalType": "bytes32"
      }
    ]
  },
  {
    "type": "function",
    "name": "receipt",
    "stateMutability": "view",
    "inputs": [
      {
        "name": "receiptId",
        "type": "bytes32",
        "internalType": "bytes32"
      }
    ],
    "outputs": [
      {
        "name": "",
        "type": "tuple",
        "internalType": "struct ReceiptInfo",
        "components": [
          {
            "name": "receiptId",
            "type": "bytes32",
            "internalType": "bytes32"
          },
          {
            "name": "jobId",
            "type": "bytes32",
            "internalType": "bytes32"
          },
          {
            "name": "leaseId",
            "type": "bytes32",
            "internalType": "bytes32"
          },
          {
            "name": "miner",
            "type": "address",
            "internalType": "address"
          },
          {
            "name": "client",
            "type": "address",
            "internalType": "address"
          },
          {
            "name": "tileRoot",
            "type": "bytes32",
            "internalType": "bytes32"
          },
          {
            "name": "status",
            "type": "uint8",
            "internalType": "uint8"
          },
          {
            "name": "isAcknowledged",
            "type": "bool",
            "internalType": "bool"
          },
          {
            "name": "height",
            "type": "uint64",
            "internalType": "uint64"
          },
          {
            "name": "windowEnd",
            "type": "uint64",
            "internalType": "uint64"
          },
          {
            "name": "units",
            "type": "uint64",
            "internalType": "uint64"
          },
          {
            "name": "unitPrice",
            "type": "uint128",
            "internalType": "uint128"
          },
          {
            "name": "tilesOpened",
            "type": "uint32",
            "internalType": "uint32"
          }
        ]
      }
    ]
  },
  {
    "type": "function",
    "name": "receiptCount",
    "stateMutability": "view",
    "inputs": [],
    "outputs": [
      {
        "name": "",
        "type": "uint64",
        "internalType": "uint64"
      }
    ]
  },
  {
    "type": "function",
    "name": "receipts",
    "stateMutability": "view",
    "inputs": [
      {
        "name": "offset",
        "type": "uint64",
        "internalType": "uint64"
      },
      {
        "name": "limit",
        "type": "uint32",
        "internalType": "uint32"
      }
    ],
    "outputs": [
      {
        "name": "",
        "type": "tuple[]",
        "internalType": "struct ReceiptInfo[]",
        "components": [
          {
            "name": "receiptId",
            "type": "bytes32",
            "internalType": "bytes32"
          },
          {
            "name": "jobId",
            "type": "bytes32",
            "internalType": "bytes32"
          },
          {
            "name": "leaseId",
            "type": "bytes32",
            "internalType": "bytes32"
          },
          {
            "name": "miner",
            "type": "address",
            "internalType": "address"
          },
          {
            "name": "client",
            "type": "address",
            "internalType": "address"
          },
          {
            "name": "tileRoot",
            "type": "bytes32",
            "internalType": "bytes32"
          },
          {
            "name": "status",
            "type": "uint8",
            "internalType": "uint8"
          },
          {
            "name": "isAcknowledged",
            "type": "bool",
            "internalType": "bool"
          },
          {
            "name": "height",
            "type": "uint64",
            "internalType": "uint64"
          },
          {
            "name": "windowEnd",
            "type": "uint64",
            "internalType": "uint64"
          },
          {
            "name": "units",
            "type": "uint64",
            "internalType": "uint64"
          },
          {
            "name": "unitPrice",
            "type": "uint128",
            "internalType": "uint128"
          },
          {
            "name": "tilesOpened",
            "type": "uint32",
            "internalType": "uint32"
          }
        ]
      }
    ]
  },
  {
    "type": "function",
    "name": "releaseBond",
    "stateMutability": "nonpayable",
    "inputs": [
      {
        "name": "batchId",
        "type": "uint64",
        "internalType": "uint64"
      }
    ],
    "outputs": [
      {
        "name": "",
        "type": "uint256",
        "internalType": "uint256"
      }
    ]
  },
  {
    "type": "function",
    "name": "samples",
    "stateMutability": "view",
    "inputs": [
      {
        "name": "batchId",
        "type": "uint64",
        "internalType": "uint64"
      }
    ],
    "outputs": [
      {
        "name": "",
        "type": "uint128[]",
        "internalType": "uint128[]"
      }
    ]
  },
  {
    "type": "function",
    "name": "setParameter",
    "stateMutability": "nonpayable",
    "inputs": [
      {
        "name": "key",
        "type": "string",
        "internalType": "string"
      },
      {
        "name": "value",
        "type": "uint256",
        "internalType": "uint256"
      }
    ],
    "outputs": []
  },
  {
    "type": "function",
    "name": "settle",
    "stateMutability": "nonpayable",
    "inputs": [
      {
        "name": "receiptId",
        "type": "bytes32",
        "internalType": "bytes32"
      }
    ],
    "outputs": [
      {
        "name": "",
        "type": "uint256",
        "internalType": "uint256"
      }
    ]
  },
  {
    "type": "function",
    "name": "settleLease",
    "stateMutability": "nonpayable",
    "inputs": [
      {
        "name": "leaseId",
        "type": "bytes32",
        "internalType": "bytes32"
      }
    ],
    "outputs": [
      {
        "name": "",
        "type": "uint256",
        "internalType": "uint256"
      }
    ]
  },
  {
    "type": "function",
    "name": "slashBatch",
    "stateMutability": "nonpayable",
    "inputs": [
      {
        "name": "batchId",
        "type": "uint64",
        "internalType": "uint64"
      }
    ],
    "outputs": [
      {
        "name": "",
        "type": "uint256",
        "internalType": "uint256"
      }
    ]
  },
  {
    "type": "function",
    "name": "submitReceipt",
    "stateMutability": "nonpayable",
    "inputs": [
      {
        "name": "receipt",
        "type": "tuple",
        "internalType": "struct ReceiptData",
        "components": [
          {
            "name": "jobId",
            "type": "bytes32",
            "internalType": "bytes32"
          },
          {
            "name": "leaseId",
            "type": "bytes32",
            "internalType": "bytes32"
          },
          {
            "name": "seq",
            "type": "uint64",
            "internalType": "uint64"
          },
          {
            "name": "miner",
            "type": "address",
            "internalType": "address"
          },
          {
            "name": "client",
            "type": "address",
            "internalType": "address"
          },
          {
            "name": "modelRoot",
            "type": "bytes32",
            "internalType": "bytes32"
          },
          {
            "name": "requestHash",
            "type": "bytes32",
            "internalType": "bytes32"
          },
          {
            "name": "responseHash",
            "type": "bytes32",
            "internalType": "bytes32"
          },
          {
            "name": "traceRoot",
            "type": "bytes32",
            "internalType": "bytes32"
          },
          {
            "name": "fingerprint",
            "type": "bytes32",
            "internalType": "bytes32"
          },
          {
            "name": "unitKind",
            "type": "uint8",
            "internalType": "uint8"
          },
          {
            "name": "units",
            "type": "uint64",
            "internalType": "uint64"
          },
          {
            "name": "unitPrice",
            "type": "uint128",
            "internalType": "uint128"
          },
          {
            "name": "startedAt",
            "type": "uint64",
            "internalType": "uint64"
          },
          {
            "name": "endedAt",
            "type": "uint64",
            "internalType": "uint64"
          },
          {
            "name": "beacon",
            "type": "bytes32",
            "internalType": "bytes32"
          },
          {
            "name": "attestation",
            "type": "bytes32",
            "internalType": "bytes32"
          },
          {
            "name": "flags",
            "type": "uint32",
            "internalType": "uint32"
          }
        ]
      },
      {
        "name": "signature",
        "type": "bytes",
        "internalType": "bytes"
      },
      {
        "name": "tileRoot",
        "type": "bytes32",
        "internalType": "bytes32"
      }
    ],
    "outputs": [
      {
        "name": "",
        "type": "bytes32",
        "internalType": "bytes32"
      }
    ]
  },
  {
    "type": "function",
    "name": "supportsInterface",
    "stateMutability": "view",
    "inputs": [
      {
        "name": "interfaceId",
        "type": "bytes4",
        "internalType": "bytes4"
      }
    ],
    "outputs": [
      {
        "name": "",
        "type": "bool",
        "internalType": "bool"
      }
    ]
  },
  {
    "type": "event",
    "name": "ReceiptSubmitted",
    "anonymous": false,
    "inputs": [
      {
        "name": "receiptId",
        "type": "bytes32",
        "internalType": "bytes32",
        "indexed": true
      },
      {
        "name": "leaseId",
        "type": "bytes32",
        "internalType": "bytes32",
        "indexed": true
      },
      {
        "name": "miner",
        "type": "address",
        "internalType": "address",
        "indexed": true
      },
      {
        "name": "tileRoot",
        "type": "bytes32",
        "internalType": "bytes32",
        "indexed": false
      },
      {
        "name": "windowEnd",
        "type": "uint64",
        "internalType": "uint64",
        "indexed": false
      }
    ]
  },
  {
    "type": "event",
    "name": "TilesOpened",
    "anonymous": false,
    "inputs": [
      {
        "name": "receiptId",
        "type": "bytes32",
        "internalType": "bytes32",
        "indexed": true
      },
      {
        "name": "opened",
        "type": "uint32",
        "internalType": "uint32",
        "indexed": false
      },
      {
        "name": "drawn",
        "type": "uint32",
        "internalType": "uint32",
        "indexed": false
      }
    ]
  },
  {
    "type": "event",
    "name": "TileDisproved",
    "anonymous": false,
    "inputs": [
      {
        "name": "receiptId",
        "type": "bytes32",
        "internalType": "bytes32",
        "indexed": true
      },
      {
        "name": "challenger",
        "type": "address",
        "internalType": "address",
        "indexed": true
      },
      {
        "name": "tile",
        "type": "uint32",
        "internalType": "uint32",
        "indexed": false
      }
    ]
  },
  {
    "type": "event",
    "name": "ReceiptAcknowledged",
    "anonymous": false,
    "inputs": [
      {
        "name": "receiptId",
        "type": "bytes32",
        "internalType": "bytes32",
        "indexed": true
      },
      {
        "name": "client",
        "type": "address",
        "internalType": "address",
        "indexed": true
      }
    ]
  },
  {
    "type": "event",
    "name": "ReceiptSettled",
    "anonymous": false,
    "inputs": [
      {
        "name": "receiptId",
        "type": "bytes32",
        "internalType": "bytes32",
        "indexed": true
      },
      {
        "name": "miner",
        "type": "address",
        "internalType": "address",
        "indexed": true
      },
      {
        "name": "paid",
        "type": "uint256",
        "internalType": "uint256",
        "indexed": false
      }
    ]
  },
  {
    "type": "event",
    "name": "ReceiptFailed",
    "anonymous": false,
    "inputs": [
      {
        "name": "receiptId",
        "type": "bytes32",
        "internalType": "bytes32",
        "indexed": true
      },
      {
        "name": "miner",
        "type": "address",
        "internalType": "address",
        "indexed": true
      }
    ]
  },
  {
    "type": "event",
    "name": "ClaimRaised",
    "anonymous": false,
    "inputs": [
      {
        "name": "leaseId",
        "type": "bytes32",
        "internalType": "bytes32",
        "indexed": true
      },
      {
        "name": "receiptHash",
        "type": "bytes32",
        "internalType": "bytes32",
        "indexed": true
      },
      {
        "name": "miner",
        "type": "address",
        "internalType": "address",
        "indexed": true
      },
      {
        "name": "seq",
        "type": "uint64",
        "internalType": "uint64",
        "indexed": false
      },
      {
        "name": "amount",
        "type": "uint256",
        "internalType": "uint256",
        "indexed": false
      },
      {
        "name": "windowEnd",
        "type": "uint64",
        "internalType": "uint64",
        "indexed": false
      }
    ]
  },
  {
    "type": "event",
    "name": "ResponsePosted",
    "anonymous": false,
    "inputs": [
      {
        "name": "leaseId",
        "type": "bytes32",
        "internalType": "bytes32",
        "indexed": true
      },
      {
        "name": "receiptHash",
        "type": "bytes32",
        "internalType": "bytes32",
        "indexed": true
      },
      {
        "name": "responseHash",
        "type": "bytes32",
        "internalType": "bytes32",
        "indexed": false
      }
    ]
  },
  {
    "type": "event",
    "name": "LeaseClaimSettled",
    "anonymous": false,
    "inputs": [
      {
        "name": "leaseId",
        "type": "bytes32",
        "internalType": "bytes32",
        "indexed": true
      },
      {
        "name": "receiptHash",
        "type": "bytes32",
        "internalType": "bytes32",
        "indexed": true
      },
      {
        "name": "units",
        "type": "uint64",
        "internalType": "uint64",
        "indexed": false
      },
      {
        "name": "paid",
        "type": "uint256",
        "internalType": "uint256",
        "indexed": false
      }
    ]
  },
  {
    "type": "event",
    "name": "BatchAnchored",
    "anonymous": false,
    "inputs": [
      {
        "name": "batchId",
        "type": "uint64",
        "internalType": "uint64",
        "indexed": true
      },
      {
        "name": "poster",
        "type": "address",
        "internalType": "address",
        "indexed": true
      },
      {
        "name": "root",
        "type": "bytes32",
        "internalType": "bytes32",
        "indexed": false
      },
      {
        "name": "count",
        "type": "uint32",
        "internalType": "uint32",
        "indexed": false
      },
      {
        "name": "total",
        "type": "uint128",
        "internalType": "uint128",
        "indexed": false
      }
    ]
  },
  {
    "type": "event",
    "name": "BondReleased",
    "anonymous": false,
    "inputs": [
      {
        "name": "batchId",
        "type": "uint64",
        "internalType": "uint64",
        "indexed": true
      },
      {
        "name": "poster",
        "type": "address",
        "internalType": "address",
        "indexed": true
      },
      {
        "name": "bond",
        "type": "uint256",
        "internalType": "uint256",
        "indexed": false
      }
    ]
  },
  {
    "type": "event",
    "name": "BatchSlashed",
    "anonymous": false,
    "inputs": [
      {
        "name": "batchId",
        "type": "uint64",
        "internalType": "uint64",
        "indexed": true
      },
      {
        "name": "slashed",
        "type": "uint256",
        "internalType": "uint256",
        "indexed": false
      },
      {
        "name": "reward",
        "type": "uint256",
        "internalType": "uint256",
        "indexed": false
      }
    ]
  },
  {
    "type": "event",
    "name": "DemandMade",
    "anonymous": false,
    "inputs": [
      {
        "name": "demandId",
        "type": "uint64",
        "internalType": "uint64",
        "indexed": true
      },
      {
        "name": "batchId",
        "type": "uint64",
        "internalType": "uint64",
        "indexed": true
      },
      {
        "name": "by",
        "type": "address",
        "internalType": "address",
        "indexed": true
      },
      {
        "name": "place",
        "type": "uint128",
        "internalType": "uint128",
        "indexed": false
      },
      {
        "name": "isSample",
        "type": "bool",
        "internalType": "bool",
        "indexed": false
      }
    ]
  },
  {
    "type": "event",
    "name": "DemandAnswered",
    "anonymous": false,
    "inputs": [
      {
        "name": "demandId",
        "type": "uint64",
        "internalType": "uint64",
        "indexed": true
      },
      {
        "name": "batchId",
        "type": "uint64",
        "internalType": "uint64",
        "indexed": true
      },
      {
        "name": "index",
        "type": "uint32",
        "internalType": "uint32",
        "indexed": false
      },
      {
        "name": "by",
        "type": "address",
        "internalType": "address",
        "indexed": false
      }
    ]
  },
  {
    "type": "event",
    "name": "DemandUnanswered",
    "anonymous": false,
    "inputs": [
      {
        "name": "demandId",
        "type": "uint64",
        "internalType": "uint64",
        "indexed": true
      },
      {
        "name": "batchId",
        "type": "uint64",
        "internalType": "uint64",
        "indexed": true
      },
      {
        "name": "compensation",
        "type": "uint256",
        "internalType": "uint256",
        "indexed": false
      },
      {
        "name": "isClosed",
        "type": "bool",
        "internalType": "bool",
        "indexed": false
      }
    ]
  },
  {
    "type": "event",
    "name": "CapacityCommitted",
    "anonymous": false,
    "inputs": [
      {
        "name": "miner",
        "type": "address",
        "internalType": "address",
        "indexed": true
      },
      {
        "name": "epoch",
        "type": "uint64",
        "internalType": "uint64",
        "indexed": true
      },
      {
        "name": "root",
        "type": "bytes32",
        "internalType": "bytes32",
        "indexed": false
      },
      {
        "name": "m",
        "type": "uint32",
        "internalType": "uint32",
        "indexed": false
      },
      {
        "name": "n",
        "type": "uint32",
        "internalType": "uint32",
        "indexed": false
      },
      {
        "name": "k",
        "type": "uint32",
        "internalType": "uint32",
        "indexed": false
      }
    ]
  },
  {
    "type": "event",
    "name": "CapacityCertified",
    "anonymous": false,
    "inputs": [
      {
        "name": "miner",
        "type": "address",
        "internalType": "address",
        "indexed": true
      },
      {
        "name": "epoch",
        "type": "uint64",
        "internalType": "uint64",
        "indexed": true
      },
      {
        "name": "macsPerSecond",
        "type": "uint64",
        "internalType": "uint64",
        "indexed": false
      },
      {
        "name": "expiresAt",
        "type": "uint64",
        "internalType": "uint64",
        "indexed": false
      }
    ]
  },
  {
    "type": "event",
    "name": "ParameterChanged",
    "anonymous": false,
    "inputs": [
      {
        "name": "key",
        "type": "string",
        "internalType": "string",
        "indexed": true
      },
      {
        "name": "name",
        "type": "string",
        "internalType": "string",
        "indexed": false
      },
      {
        "name": "oldValue",
        "type": "uint256",
        "internalType": "uint256",
        "indexed": false
      },
      {
        "name": "newValue",
        "type": "uint256",
        "internalType": "uint256",
        "indexed": false
      }
    ]
  },
  {
    "type": "error",
    "name": "JobNotLeased",
    "inputs": [
      {
        "name": "status",
        "type": "uint8",
        "internalType": "uint8"
      }
    ]
  },
  {
    "type": "error",
    "name": "WrongLease",
    "inputs": []
  },
  {
    "type": "error",
    "name": "WrongParty",
    "inputs": []
  },
  {
    "type": "error",
    "name": "WrongUnits",
    "inputs": []
  },
  {
    "type": "error",
    "name": "WrongTimes",
    "inputs": []
  },
  {
    "type": "error",
    "name": "WrongRequest",
    "inputs": []
  },
  {
    "type": "error",
    "name": "WrongResponse",
    "inputs": []
  },
  {
    "type": "error",
    "name": "UnusedFieldSet",
    "inputs": []
  },
  {
    "type": "error",
    "name": "StaleBeacon",
    "inputs": []
  },
  {
    "type": "error",
    "name": "Replayed",
    "inputs": []
  },
  {
    "type": "error",
    "name": "WrongSignature",
    "inputs": []
  },
  {
    "type": "error",
    "name": "WrongStatus",
    "inputs": [
      {
        "name": "status",
        "type": "uint8",
        "internalType": "uint8"
      }
    ]
  },
  {
    "type": "error",
    "name": "NotDrawnYet",
    "inputs": [
      {
        "name": "height",
        "type": "uint64",
        "internalType": "uint64"
      }
    ]
  },
  {
    "type": "error",
    "name": "WindowClosed",
    "inputs": [
      {
        "name": "end",
        "type": "uint64",
        "internalType": "uint64"
      }
    ]
  },
  {
    "type": "error",
    "name": "WindowOpen",
    "inputs": [
      {
        "name": "end",
        "type": "uint64",
        "internalType": "uint64"
      }
    ]
  },
  {
    "type": "error",
    "name": "NotMiner",
    "inputs": []
  },
  {
    "type": "error",
    "name": "WrongPathCount",
    "inputs": []
  },
  {
    "type": "error",
    "name": "WrongTile",
    "inputs": [
      {
        "name": "tile",
        "type": "uint32",
        "internalType": "uint32"
      }
    ]
  },
  {
    "type": "error",
    "name": "NoSuchTile",
    "inputs": []
  },
  {
    "type": "error",
    "name": "LeafNotCommitted",
    "inputs": []
  },
  {
    "type": "error",
    "name": "TileIsRight",
    "inputs": []
  },
  {
    "type": "error",
    "name": "LeaseNotActive",
    "inputs": [
      {
        "name": "status",
        "type": "uint8",
        "internalType": "uint8"
      }
    ]
  },
  {
    "type": "error",
    "name": "EmptyField",
    "inputs": []
  },
  {
    "type": "error",
    "name": "NotQuorumAnswer",
    "inputs": []
  },
  {
    "type": "error",
    "name": "WrongAcknowledgement",
    "inputs": []
  },
  {
    "type": "error",
    "name": "ClaimNotHigher",
    "inputs": [
      {
        "name": "seq",
        "type": "uint64",
        "internalType": "uint64"
      },
      {
        "name": "units",
        "type": "uint64",
        "internalType": "uint64"
      },
      {
        "name": "amount",
        "type": "uint256",
        "internalType": "uint256"
      }
    ]
  },
  {
    "type": "error",
    "name": "NoClaim",
    "inputs": []
  },
  {
    "type": "error",
    "name": "AuditFailed",
    "inputs": []
  },
  {
    "type": "error",
    "name": "MinersTime",
    "inputs": [
      {
        "name": "until",
        "type": "uint64",
        "internalType": "uint64"
      }
    ]
  },
  {
    "type": "error",
    "name": "AlreadySettled",
    "inputs": []
  },
  {
    "type": "error",
    "name": "ResponseNotAllowed",
    "inputs": []
  },
  {
    "type": "error",
    "name": "NotAsked",
    "inputs": []
  },
  {
    "type": "error",
    "name": "MoreThanAsked",
    "inputs": [
      {
        "name": "maximum",
        "type": "uint64",
        "internalType": "uint64"
      }
    ]
  },
  {
    "type": "error",
    "name": "ResponseTooLong",
    "inputs": [
      {
        "name": "maximum",
        "type": "uint32",
        "internalType": "uint32"
      }
    ]
  },
  {
    "type": "error",
    "name": "EmptyBatch",
    "inputs": [
      {
        "name": "maximum",
        "type": "uint32",
        "internalType": "uint32"
      }
    ]
  },
  {
    "type": "error",
    "name": "BatchBondTooSmall",
    "inputs": [
      {
        "name": "minimum",
        "type": "uint256",
        "internalType": "uint256"
      }
    ]
  },
  {
    "type": "error",
    "name": "UnknownBatch",
    "inputs": []
  },
  {
    "type": "error",
    "name": "BatchClosed",
    "inputs": []
  },
  {
    "type": "error",
    "name": "BatchHeld",
    "inputs": [
      {
        "name": "until",
        "type": "uint64",
        "internalType": "uint64"
      },
      {
        "name": "openDemands",
        "type": "uint8",
        "internalType": "uint8"
      }
    ]
  },
  {
    "type": "error",
    "name": "BatchDisputed",
    "inputs": []
  },
  {
    "type": "error",
    "name": "NotPoster",
    "inputs": []
  },
  {
    "type": "error",
    "name": "NotDisputes",
    "inputs": []
  },
  {
    "type": "error",
    "name": "NotInBatch",
    "inputs": []
  },
  {
    "type": "error",
    "name": "LeafIsVoid",
    "inputs": []
  },
  {
    "type": "error",
    "name": "NoSuchLeaf",
    "inputs": [
      {
        "name": "count",
        "type": "uint32",
        "internalType": "uint32"
      }
    ]
  },
  {
    "type": "error",
    "name": "WrongValue",
    "inputs": [
      {
        "name": "needed",
        "type": "uint256",
        "internalType": "uint256"
      }
    ]
  },
  {
    "type": "error",
    "name": "TooManyDemands",
    "inputs": [
      {
        "name": "maximum",
        "type": "uint8",
        "internalType": "uint8"
      }
    ]
  },
  {
    "type": "error",
    "name": "AlreadyDemanded",
    "inputs": [
      {
        "name": "demandId",
        "type": "uint64",
        "internalType": "uint64"
      }
    ]
  },
  {
    "type": "error",
    "name": "ShadowLeaf",
    "inputs": []
  },
  {
    "type": "error",
    "name": "DemandNotOpen",
    "inputs": [
      {
        "name": "status",
        "type": "uint8",
        "internalType": "uint8"
      }
    ]
  },
  {
    "type": "error",
    "name": "DemandNotDue",
    "inputs": [
      {
        "name": "dueAt",
        "type": "uint64",
        "internalType": "uint64"
      }
    ]
  },
  {
    "type": "error",
    "name": "NotCapacityMiner",
    "inputs": []
  },
  {
    "type": "error",
    "name": "CapacityWindowClosed",
    "inputs": [
      {
        "name": "end",
        "type": "uint64",
        "internalType": "uint64"
      }
    ]
  },
  {
    "type": "error",
    "name": "AlreadyCommitted",
    "inputs": []
  },
  {
    "type": "error",
    "name": "WrongDimensions",
    "inputs": []
  },
  {
    "type": "error",
    "name": "UnknownParameter",
    "inputs": [
      {
        "name": "key",
        "type": "string",
        "internalType": "string"
      }
    ]
  },
  {
    "type": "error",
    "name": "ParameterOutOfRange",
    "inputs": [
      {
        "name": "key",
        "type": "string",
        "internalType": "string"
      },
      {
        "name": "minimum",
        "type": "uint256",
        "internalType": "uint256"
      },
      {
        "name": "maximum",
        "type": "uint256",
        "internalType": "uint256"
      },
      {
        "name": "stepMax",
        "type": "uint256",
        "internalType": "uint256"
      }
    ]
  },
  {
    "type": "error",
    "name": "OnlyGovernance",
    "inputs": []
  },
  {
    "type": "error",
    "name": "Reentered",
    "inputs": []
  }
] as const;
