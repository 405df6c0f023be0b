// marketplace 1.0.0: generated from the contract's declaration.

export type Hex = `0x${string}`;
export type Address = `0x${string}`;

export const marketplaceAddress: Address = "0x0000000000000000000000000000000000001005";

export interface JobInfo {
  jobId: Hex;
  client: Address;
  status: number;
  seed: Hex;
  m: number;
  n: number;
  k: number;
  escrow: bigint;
  unitPrice: bigint;
  deadlineSeconds: bigint;
  windowBlocks: bigint;
  postedAt: bigint;
  postedHeight: bigint;
  leaseId: Hex;
  miner: Address;
  operatorKey: Address;
  takenAt: bigint;
  takenHeight: bigint;
  bondLocked: bigint;
}

export interface MinerInfo {
  operatorKey: Address;
  bond: bigint;
  locked: bigint;
  openLeases: number;
  leavingAt: bigint;
  endpoint: string;
}

export interface MarketplaceCalls {
  /** payable */
  addBond: { args: readonly []; returns: void };
  /** nonpayable */
  cancelJob: { args: readonly [jobId: Hex]; returns: bigint };
  /** nonpayable */
  expireJob: { args: readonly [jobId: Hex]; returns: bigint };
  /** nonpayable */
  failLease: { args: readonly [leaseId: Hex, challenger: Address]; returns: bigint };
  /** view */
  job: { args: readonly [jobId: Hex]; returns: JobInfo };
  /** view */
  jobCount: { args: readonly []; returns: readonly [bigint, bigint] };
  /** view */
  jobOfLease: { args: readonly [leaseId: Hex]; returns: Hex };
  /** view */
  jobs: { args: readonly [status: number, cursor: bigint, limit: number]; returns: readonly [readonly JobInfo[], bigint] };
  /** view */
  miner: { args: readonly [account: Address]; returns: MinerInfo };
  /** nonpayable */
  noteReceipt: { args: readonly [leaseId: Hex]; returns: void };
  /** view */
  openJobs: { args: readonly [cursor: bigint, limit: number]; returns: readonly [readonly JobInfo[], bigint] };
  /** payable */
  postJob: { args: readonly [seed: Hex, m: number, n: number, k: number, deadlineSeconds: bigint, windowBlocks: bigint]; returns: Hex };
  /** payable */
  registerMiner: { args: readonly [operatorKey: Address, endpoint: string]; returns: void };
  /** nonpayable */
  requestWithdrawal: { args: readonly []; returns: void };
  /** nonpayable */
  setEndpoint: { args: readonly [endpoint: string]; returns: void };
  /** nonpayable */
  setOperator: { args: readonly [operatorKey: Address]; returns: void };
  /** nonpayable */
  settleLease: { args: readonly [leaseId: Hex, units: bigint]; returns: bigint };
  /** view */
  supportsInterface: { args: readonly [interfaceId: Hex]; returns: boolean };
  /** nonpayable */
  takeJob: { args: readonly [jobId: Hex]; returns: Hex };
  /** nonpayable */
  withdrawBond: { args: readonly []; returns: bigint };
}

export interface MarketplaceEvents {
  MinerRegistered: { miner: Address; operatorKey: Address; bond: bigint; endpoint: string };
  OperatorChanged: { miner: Address; operatorKey: Address };
  EndpointChanged: { miner: Address; endpoint: string };
  BondChanged: { miner: Address; bond: bigint };
  WithdrawalRequested: { miner: Address; payableAt: bigint };
  JobPosted: { jobId: Hex; client: Address; seed: Hex; m: number; n: number; k: number; escrow: bigint };
  JobTaken: { jobId: Hex; leaseId: Hex; miner: Address; bondLocked: bigint };
  JobSubmitted: { jobId: Hex; leaseId: Hex };
  JobCancelled: { jobId: Hex; refund: bigint };
  JobExpired: { jobId: Hex; refund: bigint; slashed: bigint };
  LeaseSettled: { jobId: Hex; leaseId: Hex; miner: Address; paid: bigint; fee: bigint; burnt: bigint; refund: bigint };
  LeaseFailed: { jobId: Hex; leaseId: Hex; miner: Address; refund: bigint; slashed: bigint; reward: bigint };
}

export interface MarketplaceErrors {
  BondTooSmall: { given: bigint; minimum: bigint };
  AlreadyMiner: {};
  NotMiner: { account: Address };
  ZeroOperator: {};
  EndpointTooLong: { maximum: number };
  LeasesOpen: { count: number };
  WithdrawalNotDue: { payableAt: bigint };
  BadDimensions: {};
  BadDeadline: {};
  BadWindow: { minimum: bigint; maximum: bigint };
  PriceTooSmall: { minimum: bigint };
  WrongStatus: { status: number };
  NotClient: {};
  DeadlinePassed: {};
  DeadlineNotPassed: {};
  NotReceipts: {};
  TooManyUnits: {};
  Reentered: {};
}

export const marketplaceAbi = [
  {
    "type": "function",
    "name": "addBond",
    "stateMutability": "payable",
    "inputs": [],
    "outputs": []
  },
  {
    "type": "function",
    "name": "cancelJob",
    "stateMutability": "nonpayable",
    "inputs": [
      {
        "name": "jobId",
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
    "name": "expireJob",
    "stateMutability": "nonpayable",
    "inputs": [
      {
        "name": "jobId",
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
    "name": "failLease",
    "stateMutability": "nonpayable",
    "inputs": [
      {
        "name": "leaseId",
        "type": "bytes32",
        "internalType": "bytes32"
      },
      {
        "name": "challenger",
        "type": "address",
        "internalType": "address"
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
    "name": "job",
    "stateMutability": "view",
    "inputs": [
      {
        "name": "jobId",
        "type": "bytes32",
        "internalType": "bytes32"
      }
    ],
    "outputs": [
      {
        "name": "",
        "type": "tuple",
        "internalType": "struct JobInfo",
        "components": [
          {
            "name": "jobId",
            "type": "bytes32",
            "internalType": "bytes32"
          },
          {
            "name": "client",
            "type": "address",
            "internalType": "address"
          },
          {
            "name": "status",
            "type": "uint8",
            "internalType": "uint8"
          },
          {
            "name": "seed",
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
            "name": "escrow",
            "type": "uint128",
            "internalType": "uint128"
          },
          {
            "name": "unitPrice",
            "type": "uint128",
            "internalType": "uint128"
          },
          {
            "name": "deadlineSeconds",
            "type": "uint64",
            "internalType": "uint64"
          },
          {
            "name": "windowBlocks",
            "type": "uint64",
            "internalType": "uint64"
          },
          {
            "name": "postedAt",
            "type": "uint64",
            "internalType": "uint64"
          },
          {
            "name": "postedHeight",
            "type": "uint64",
            "internalType": "uint64"
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
            "name": "operatorKey",
            "type": "address",
            "internalType": "address"
          },
          {
            "name": "takenAt",
            "type": "uint64",
            "internalType": "uint64"
          },
          {
            "name": "takenHeight",
            "type": "uint64",
            "internalType": "uint64"
          },
          {
            "name": "bondLocked",
            "type": "uint128",
            "internalType": "uint128"
          }
        ]
      }
    ]
  },
  {
    "type": "function",
    "name": "jobCount",
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
      }
    ]
  },
  {
    "type": "function",
    "name": "jobOfLease",
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
        "type": "bytes32",
        "internalType": "bytes32"
      }
    ]
  },
  {
    "type": "function",
    "name": "jobs",
    "stateMutability": "view",
    "inputs": [
      {
        "name": "status",
        "type": "uint8",
        "internalType": "uint8"
      },
      {
        "name": "cursor",
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
        "internalType": "struct JobInfo[]",
        "components": [
          {
            "name": "jobId",
            "type": "bytes32",
            "internalType": "bytes32"
          },
          {
            "name": "client",
            "type": "address",
            "internalType": "address"
          },
          {
            "name": "status",
            "type": "uint8",
            "internalType": "uint8"
          },
          {
            "name": "seed",
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
            "name": "escrow",
            "type": "uint128",
            "internalType": "uint128"
          },
          {
            "name": "unitPrice",
            "type": "uint128",
            "internalType": "uint128"
          },
          {
            "name": "deadlineSeconds",
            "type": "uint64",
            "internalType": "uint64"
          },
          {
            "name": "windowBlocks",
            "type": "uint64",
            "internalType": "uint64"
          },
          {
            "name": "postedAt",
            "type": "uint64",
            "internalType": "uint64"
          },
          {
            "name": "postedHeight",
            "type": "uint64",
            "internalType": "uint64"
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
            "name": "operatorKey",
            "type": "address",
            "internalType": "address"
          },
          {
            "name": "takenAt",
            "type": "uint64",
            "internalType": "uint64"
          },
          {
            "name": "takenHeight",
            "type": "uint64",
            "internalType": "uint64"
          },
          {
            "name": "bondLocked",
            "type": "uint128",
            "internalType": "uint128"
          }
        ]
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
    "name": "miner",
    "stateMutability": "view",
    "inputs": [
      {
        "name": "account",
        "type": "address",
        "internalType": "address"
      }
    ],
    "outputs": [
      {
        "name": "",
        "type": "tuple",
        "internalType": "struct MinerInfo",
        "components": [
          {
            "name": "operatorKey",
            "type": "address",
            "internalType": "address"
          },
          {
            "name": "bond",
            "type": "uint128",
            "internalType": "uint128"
          },
          {
            "name": "locked",
            "type": "uint128",
            "internalType": "uint128"
          },
          {
            "name": "openLeases",
            "type": "uint32",
            "internalType": "uint32"
          },
          {
            "name": "leavingAt",
            "type": "uint64",
            "internalType": "uint64"
          },
          {
            "name": "endpoint",
            "type": "string",
            "internalType": "string"
          }
        ]
      }
    ]
  },
  {
    "type": "function",
    "name": "noteReceipt",
    "stateMutability": "nonpayable",
    "inputs": [
      {
        "name": "leaseId",
        "type": "bytes32",
        "internalType": "bytes32"
      }
    ],
    "outputs": []
  },
  {
    "type": "function",
    "name": "openJobs",
    "stateMutability": "view",
    "inputs": [
      {
        "name": "cursor",
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
        "internalType": "struct JobInfo[]",
        "components": [
          {
            "name": "jobId",
            "type": "bytes32",
            "internalType": "bytes32"
          },
          {
            "name": "client",
            "type": "address",
            "internalType": "address"
          },
          {
            "name": "status",
            "type": "uint8",
            "internalType": "uint8"
          },
          {
            "name": "seed",
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
            "name": "escrow",
            "type": "uint128",
            "internalType": "uint128"
          },
          {
            "name": "unitPrice",
            "type": "uint128",
            "internalType": "uint128"
          },
          {
            "name": "deadlineSeconds",
            "type": "uint64",
            "internalType": "uint64"
          },
          {
            "name": "windowBlocks",
            "type": "uint64",
            "internalType": "uint64"
          },
          {
            "name": "postedAt",
            "type": "uint64",
            "internalType": "uint64"
          },
          {
            "name": "postedHeight",
            "type": "uint64",
            "internalType": "uint64"
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
            "name": "operatorKey",
            "type": "address",
            "internalType": "address"
          },
          {
            "name": "takenAt",
            "type": "uint64",
            "internalType": "uint64"
          },
          {
            "name": "takenHeight",
            "type": "uint64",
            "internalType": "uint64"
          },
          {
            "name": "bondLocked",
            "type": "uint128",
            "internalType": "uint128"
          }
        ]
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
    "name": "postJob",
    "stateMutability": "payable",
    "inputs": [
      {
        "name": "seed",
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
        "name": "deadlineSeconds",
        "type": "uint64",
        "internalType": "uint64"
      },
      {
        "name": "windowBlocks",
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
    "name": "registerMiner",
    "stateMutability": "payable",
    "inputs": [
      {
        "name": "operatorKey",
        "type": "address",
        "internalType": "address"
      },
      {
        "name": "endpoint",
        "type": "string",
        "internalType": "string"
      }
    ],
    "outputs": []
  },
  {
    "type": "function",
    "name": "requestWithdrawal",
    "stateMutability": "nonpayable",
    "inputs": [],
    "outputs": []
  },
  {
    "type": "function",
    "name": "setEndpoint",
    "stateMutability": "nonpayable",
    "inputs": [
      {
        "name": "endpoint",
        "type": "string",
        "internalType": "string"
      }
    ],
    "outputs": []
  },
  {
    "type": "function",
    "name": "setOperator",
    "stateMutability": "nonpayable",
    "inputs": [
      {
        "name": "operatorKey",
        "type": "address",
        "internalType": "address"
      }
    ],
    "outputs": []
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
      },
      {
        "name": "units",
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
    "type": "function",
    "name": "takeJob",
    "stateMutability": "nonpayable",
    "inputs": [
      {
        "name": "jobId",
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
    "name": "withdrawBond",
    "stateMutability": "nonpayable",
    "inputs": [],
    "outputs": [
      {
        "name": "",
        "type": "uint256",
        "internalType": "uint256"
      }
    ]
  },
  {
    "type": "event",
    "name": "MinerRegistered",
    "anonymous": false,
    "inputs": [
      {
        "name": "miner",
        "type": "address",
        "internalType": "address",
        "indexed": true
      },
      {
        "name": "operatorKey",
        "type": "address",
        "internalType": "address",
        "indexed": true
      },
      {
        "name": "bond",
        "type": "uint256",
        "internalType": "uint256",
        "indexed": false
      },
      {
        "name": "endpoint",
        "type": "string",
        "internalType": "string",
        "indexed": false
      }
    ]
  },
  {
    "type": "event",
    "name": "OperatorChanged",
    "anonymous": false,
    "inputs": [
      {
        "name": "miner",
        "type": "address",
        "internalType": "address",
        "indexed": true
      },
      {
        "name": "operatorKey",
        "type": "address",
        "internalType": "address",
        "indexed": true
      }
    ]
  },
  {
    "type": "event",
    "name": "EndpointChanged",
    "anonymous": false,
    "inputs": [
      {
        "name": "miner",
        "type": "address",
        "internalType": "address",
        "indexed": true
      },
      {
        "name": "endpoint",
        "type": "string",
        "internalType": "string",
        "indexed": false
      }
    ]
  },
  {
    "type": "event",
    "name": "BondChanged",
    "anonymous": false,
    "inputs": [
      {
        "name": "miner",
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
    "name": "WithdrawalRequested",
    "anonymous": false,
    "inputs": [
      {
        "name": "miner",
        "type": "address",
        "internalType": "address",
        "indexed": true
      },
      {
        "name": "payableAt",
        "type": "uint64",
        "internalType": "uint64",
        "indexed": false
      }
    ]
  },
  {
    "type": "event",
    "name": "JobPosted",
    "anonymous": false,
    "inputs": [
      {
        "name": "jobId",
        "type": "bytes32",
        "internalType": "bytes32",
        "indexed": true
      },
      {
        "name": "client",
        "type": "address",
        "internalType": "address",
        "indexed": true
      },
      {
        "name": "seed",
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
      },
      {
        "name": "escrow",
        "type": "uint256",
        "internalType": "uint256",
        "indexed": false
      }
    ]
  },
  {
    "type": "event",
    "name": "JobTaken",
    "anonymous": false,
    "inputs": [
      {
        "name": "jobId",
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
        "name": "bondLocked",
        "type": "uint256",
        "internalType": "uint256",
        "indexed": false
      }
    ]
  },
  {
    "type": "event",
    "name": "JobSubmitted",
    "anonymous": false,
    "inputs": [
      {
        "name": "jobId",
        "type": "bytes32",
        "internalType": "bytes32",
        "indexed": true
      },
      {
        "name": "leaseId",
        "type": "bytes32",
        "internalType": "bytes32",
        "indexed": true
      }
    ]
  },
  {
    "type": "event",
    "name": "JobCancelled",
    "anonymous": false,
    "inputs": [
      {
        "name": "jobId",
        "type": "bytes32",
        "internalType": "bytes32",
        "indexed": true
      },
      {
        "name": "refund",
        "type": "uint256",
        "internalType": "uint256",
        "indexed": false
      }
    ]
  },
  {
    "type": "event",
    "name": "JobExpired",
    "anonymous": false,
    "inputs": [
      {
        "name": "jobId",
        "type": "bytes32",
        "internalType": "bytes32",
        "indexed": true
      },
      {
        "name": "refund",
        "type": "uint256",
        "internalType": "uint256",
        "indexed": false
      },
      {
        "name": "slashed",
        "type": "uint256",
        "internalType": "uint256",
        "indexed": false
      }
    ]
  },
  {
    "type": "event",
    "name": "LeaseSettled",
    "anonymous": false,
    "inputs": [
      {
        "name": "jobId",
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
        "name": "paid",
        "type": "uint256",
        "internalType": "uint256",
        "indexed": false
      },
      {
        "name": "fee",
        "type": "uint256",
        "internalType": "uint256",
        "indexed": false
      },
      {
        "name": "burnt",
        "type": "uint256",
        "internalType": "uint256",
        "indexed": false
      },
      {
        "name": "refund",
        "type": "uint256",
        "internalType": "uint256",
        "indexed": false
      }
    ]
  },
  {
    "type": "event",
    "name": "LeaseFailed",
    "anonymous": false,
    "inputs": [
      {
        "name": "jobId",
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
        "name": "refund",
        "type": "uint256",
        "internalType": "uint256",
        "indexed": false
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
    "type": "error",
    "name": "BondTooSmall",
    "inputs": [
      {
        "name": "given",
        "type": "uint256",
        "internalType": "uint256"
      },
      {
        "name": "minimum",
        "type": "uint256",
        "internalType": "uint256"
      }
    ]
  },
  {
    "type": "error",
    "name": "AlreadyMiner",
    "inputs": []
  },
  {
    "type": "error",
    "name": "NotMiner",
    "inputs": [
      {
        "name": "account",
        "type": "address",
        "internalType": "address"
      }
    ]
  },
  {
    "type": "error",
    "name": "ZeroOperator",
    "inputs": []
  },
  {
    "type": "error",
    "name": "EndpointTooLong",
    "inputs": [
      {
        "name": "maximum",
        "type": "uint16",
        "internalType": "uint16"
      }
    ]
  },
  {
    "type": "error",
    "name": "LeasesOpen",
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
    "name": "WithdrawalNotDue",
    "inputs": [
      {
        "name": "payableAt",
        "type": "uint64",
        "internalType": "uint64"
      }
    ]
  },
  {
    "type": "error",
    "name": "BadDimensions",
    "inputs": []
  },
  {
    "type": "error",
    "name": "BadDeadline",
    "inputs": []
  },
  {
    "type": "error",
    "name": "BadWindow",
    "inputs": [
      {
        "name": "minimum",
        "type": "uint64",
        "internalType": "uint64"
      },
      {
        "name": "maximum",
        "type": "uint64",
        "internalType": "uint64"
      }
    ]
  },
  {
    "type": "error",
    "name": "PriceTooSmall",
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
    "name": "NotClient",
    "inputs": []
  },
  {
    "type": "error",
    "name": "DeadlinePassed",
    "inputs": []
  },
  {
    "type": "error",
    "name": "DeadlineNotPassed",
    "inputs": []
  },
  {
    "type": "error",
    "name": "NotReceipts",
    "inputs": []
  },
  {
    "type": "error",
    "name": "TooManyUnits",
    "inputs": []
  },
  {
    "type": "error",
    "name": "Reentered",
    "inputs": []
  }
] as const;
