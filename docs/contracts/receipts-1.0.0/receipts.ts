// receipts 1.0.0: generated from the contract's declaration.

export type Hex = `0x${string}`;
export type Address = `0x${string}`;

export const receiptsAddress: Address = "0x0000000000000000000000000000000000001006";

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

export interface ReceiptsCalls {
  /** nonpayable */
  acknowledge: { args: readonly [receiptId: Hex, signature: Hex]; returns: void };
  /** view */
  beaconAt: { args: readonly [height: bigint]; returns: Hex };
  /** nonpayable */
  challengeTile: { args: readonly [receiptId: Hex, tile: number, leaf: Hex, path: readonly Hex[]]; returns: bigint };
  /** view */
  drawnTiles: { args: readonly [receiptId: Hex]; returns: readonly number[] };
  /** nonpayable */
  failReceipt: { args: readonly [receiptId: Hex]; returns: void };
  /** view */
  freshBeacon: { args: readonly []; returns: readonly [Hex, bigint] };
  /** nonpayable */
  openTiles: { args: readonly [receiptId: Hex, paths: readonly (readonly Hex[])[]]; returns: number };
  /** view */
  parameters: { args: readonly []; returns: readonly [bigint, bigint, number] };
  /** view */
  receipt: { args: readonly [receiptId: Hex]; returns: ReceiptInfo };
  /** view */
  receiptCount: { args: readonly []; returns: bigint };
  /** view */
  receipts: { args: readonly [offset: bigint, limit: number]; returns: readonly ReceiptInfo[] };
  /** nonpayable */
  settle: { args: readonly [receiptId: Hex]; returns: bigint };
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
    "name": "Reentered",
    "inputs": []
  }
] as const;
