// staking 1.0.0: generated from the contract's declaration.

export type Hex = `0x${string}`;
export type Address = `0x${string}`;

export const stakingAddress: Address = "0x0000000000000000000000000000000000001001";

export interface SetMember {
  validator: Address;
  publicKey: Hex;
  power: bigint;
}

export interface VoteData {
  kind: number;
  epoch: bigint;
  view: bigint;
  height: bigint;
  blockHash: Hex;
  signature: Hex;
}

export interface UnbondingInfo {
  validator: Address;
  amount: bigint;
  payableAmount: bigint;
  openedAt: bigint;
  withdrawableAt: bigint;
}

export interface ValidatorInfo {
  validator: Address;
  operator: Address;
  feeRecipient: Address;
  publicKey: Hex;
  name: string;
  commissionBps: number;
  tokens: bigint;
  shares: bigint;
  isCandidate: boolean;
  isTombstoned: boolean;
}

export interface StakingCalls {
  /** view */
  candidates: { args: readonly []; returns: readonly Address[] };
  /** view */
  currentSet: { args: readonly []; returns: readonly SetMember[] };
  /** payable */
  delegate: { args: readonly [validator: Address]; returns: bigint };
  /** view */
  delegation: { args: readonly [validator: Address, delegator: Address]; returns: readonly [bigint, bigint] };
  /** nonpayable */
  edit: { args: readonly [feeRecipient: Address, name: string, commissionBps: number]; returns: void };
  /** view */
  epochRecord: { args: readonly [epoch: bigint]; returns: readonly [Hex, bigint, bigint] };
  /** nonpayable */
  join: { args: readonly []; returns: void };
  /** view */
  nextSetHash: { args: readonly []; returns: Hex };
  /** view */
  parameters: { args: readonly []; returns: readonly [bigint, bigint, bigint] };
  /** payable */
  register: { args: readonly [publicKey: Hex, proof: Hex, feeRecipient: Address, name: string, commissionBps: number]; returns: Address };
  /** nonpayable */
  reportDoubleSign: { args: readonly [validator: Address, first: VoteData, second: VoteData, epochSet: readonly SetMember[]]; returns: bigint };
  /** view */
  supportsInterface: { args: readonly [interfaceId: Hex]; returns: boolean };
  /** view */
  totals: { args: readonly []; returns: readonly [bigint, bigint] };
  /** view */
  unbondings: { args: readonly [delegator: Address]; returns: readonly UnbondingInfo[] };
  /** nonpayable */
  undelegate: { args: readonly [validator: Address, amount: bigint]; returns: bigint };
  /** view */
  validator: { args: readonly [validator: Address]; returns: ValidatorInfo };
  /** view */
  validatorCount: { args: readonly []; returns: bigint };
  /** view */
  validatorOf: { args: readonly [operator: Address]; returns: Address };
  /** view */
  validators: { args: readonly [offset: bigint, limit: number]; returns: readonly ValidatorInfo[] };
  /** nonpayable */
  withdraw: { args: readonly []; returns: bigint };
}

export interface StakingEvents {
  ValidatorRegistered: { validator: Address; operator: Address; publicKey: Hex; name: string };
  ValidatorEdited: { validator: Address; feeRecipient: Address; name: string; commissionBps: number };
  Delegated: { validator: Address; delegator: Address; amount: bigint; shares: bigint };
  Undelegated: { validator: Address; delegator: Address; amount: bigint; shares: bigint; withdrawableAt: bigint };
  Withdrawn: { delegator: Address; amount: bigint };
  Slashed: { validator: Address; reporter: Address; epoch: bigint; bonded: bigint; unbonding: bigint; reward: bigint };
  CandidateLeft: { validator: Address };
  NextSet: { epoch: bigint; setHash: Hex; members: number };
}

export interface StakingErrors {
  BondTooSmall: { given: bigint; minimum: bigint };
  BadPublicKey: {};
  BadProof: {};
  AlreadyRegistered: {};
  UnknownValidator: { validator: Address };
  NotOperator: {};
  NameTooLong: { maximum: number };
  BadCommission: {};
  NoNewDelegation: { validator: Address };
  InsufficientDelegation: { delegated: bigint; asked: bigint };
  TooManyUnbondings: { maximum: number };
  NothingToWithdraw: {};
  CandidatesFull: { weakest: bigint };
  NotEligible: {};
  EvidenceNotConflicting: {};
  EvidenceBadSignature: {};
  EvidenceWrongSet: {};
  EvidenceTooOld: {};
  AlreadySlashed: {};
  Reentered: {};
}

export const stakingAbi = [
  {
    "type": "function",
    "name": "candidates",
    "stateMutability": "view",
    "inputs": [],
    "outputs": [
      {
        "name": "",
        "type": "address[]",
        "internalType": "address[]"
      }
    ]
  },
  {
    "type": "function",
    "name": "currentSet",
    "stateMutability": "view",
    "inputs": [],
    "outputs": [
      {
        "name": "",
        "type": "tuple[]",
        "internalType": "struct SetMember[]",
        "components": [
          {
            "name": "validator",
            "type": "address",
            "internalType": "address"
          },
          {
            "name": "publicKey",
            "type": "bytes",
            "internalType": "bytes"
          },
          {
            "name": "power",
            "type": "uint256",
            "internalType": "uint256"
          }
        ]
      }
    ]
  },
  {
    "type": "function",
    "name": "delegate",
    "stateMutability": "payable",
    "inputs": [
      {
        "name": "validator",
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
    "name": "delegation",
    "stateMutability": "view",
    "inputs": [
      {
        "name": "validator",
        "type": "address",
        "internalType": "address"
      },
      {
        "name": "delegator",
        "type": "address",
        "internalType": "address"
      }
    ],
    "outputs": [
      {
        "name": "",
        "type": "uint256",
        "internalType": "uint256"
      },
      {
        "name": "",
        "type": "uint256",
        "internalType": "uint256"
      }
    ]
  },
  {
    "type": "function",
    "name": "edit",
    "stateMutability": "nonpayable",
    "inputs": [
      {
        "name": "feeRecipient",
        "type": "address",
        "internalType": "address"
      },
      {
        "name": "name",
        "type": "string",
        "internalType": "string"
      },
      {
        "name": "commissionBps",
        "type": "uint16",
        "internalType": "uint16"
      }
    ],
    "outputs": []
  },
  {
    "type": "function",
    "name": "epochRecord",
    "stateMutability": "view",
    "inputs": [
      {
        "name": "epoch",
        "type": "uint64",
        "internalType": "uint64"
      }
    ],
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
    "name": "join",
    "stateMutability": "nonpayable",
    "inputs": [],
    "outputs": []
  },
  {
    "type": "function",
    "name": "nextSetHash",
    "stateMutability": "view",
    "inputs": [],
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
        "type": "uint64",
        "internalType": "uint64"
      }
    ]
  },
  {
    "type": "function",
    "name": "register",
    "stateMutability": "payable",
    "inputs": [
      {
        "name": "publicKey",
        "type": "bytes",
        "internalType": "bytes"
      },
      {
        "name": "proof",
        "type": "bytes",
        "internalType": "bytes"
      },
      {
        "name": "feeRecipient",
        "type": "address",
        "internalType": "address"
      },
      {
        "name": "name",
        "type": "string",
        "internalType": "string"
      },
      {
        "name": "commissionBps",
        "type": "uint16",
        "internalType": "uint16"
      }
    ],
    "outputs": [
      {
        "name": "",
        "type": "address",
        "internalType": "address"
      }
    ]
  },
  {
    "type": "function",
    "name": "reportDoubleSign",
    "stateMutability": "nonpayable",
    "inputs": [
      {
        "name": "validator",
        "type": "address",
        "internalType": "address"
      },
      {
        "name": "first",
        "type": "tuple",
        "internalType": "struct VoteData",
        "components": [
          {
            "name": "kind",
            "type": "uint8",
            "internalType": "uint8"
          },
          {
            "name": "epoch",
            "type": "uint64",
            "internalType": "uint64"
          },
          {
            "name": "view",
            "type": "uint64",
            "internalType": "uint64"
          },
          {
            "name": "height",
            "type": "uint64",
            "internalType": "uint64"
          },
          {
            "name": "blockHash",
            "type": "bytes32",
            "internalType": "bytes32"
          },
          {
            "name": "signature",
            "type": "bytes",
            "internalType": "bytes"
          }
        ]
      },
      {
        "name": "second",
        "type": "tuple",
        "internalType": "struct VoteData",
        "components": [
          {
            "name": "kind",
            "type": "uint8",
            "internalType": "uint8"
          },
          {
            "name": "epoch",
            "type": "uint64",
            "internalType": "uint64"
          },
          {
            "name": "view",
            "type": "uint64",
            "internalType": "uint64"
          },
          {
            "name": "height",
            "type": "uint64",
            "internalType": "uint64"
          },
          {
            "name": "blockHash",
            "type": "bytes32",
            "internalType": "bytes32"
          },
          {
            "name": "signature",
            "type": "bytes",
            "internalType": "bytes"
          }
        ]
      },
      {
        "name": "epochSet",
        "type": "tuple[]",
        "internalType": "struct SetMember[]",
        "components": [
          {
            "name": "validator",
            "type": "address",
            "internalType": "address"
          },
          {
            "name": "publicKey",
            "type": "bytes",
            "internalType": "bytes"
          },
          {
            "name": "power",
            "type": "uint256",
            "internalType": "uint256"
          }
        ]
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
    "name": "totals",
    "stateMutability": "view",
    "inputs": [],
    "outputs": [
      {
        "name": "",
        "type": "uint256",
        "internalType": "uint256"
      },
      {
        "name": "",
        "type": "uint256",
        "internalType": "uint256"
      }
    ]
  },
  {
    "type": "function",
    "name": "unbondings",
    "stateMutability": "view",
    "inputs": [
      {
        "name": "delegator",
        "type": "address",
        "internalType": "address"
      }
    ],
    "outputs": [
      {
        "name": "",
        "type": "tuple[]",
        "internalType": "struct UnbondingInfo[]",
        "components": [
          {
            "name": "validator",
            "type": "address",
            "internalType": "address"
          },
          {
            "name": "amount",
            "type": "uint256",
            "internalType": "uint256"
          },
          {
            "name": "payableAmount",
            "type": "uint256",
            "internalType": "uint256"
          },
          {
            "name": "openedAt",
            "type": "uint64",
            "internalType": "uint64"
          },
          {
            "name": "withdrawableAt",
            "type": "uint64",
            "internalType": "uint64"
          }
        ]
      }
    ]
  },
  {
    "type": "function",
    "name": "undelegate",
    "stateMutability": "nonpayable",
    "inputs": [
      {
        "name": "validator",
        "type": "address",
        "internalType": "address"
      },
      {
        "name": "amount",
        "type": "uint256",
        "internalType": "uint256"
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
    "name": "validator",
    "stateMutability": "view",
    "inputs": [
      {
        "name": "validator",
        "type": "address",
        "internalType": "address"
      }
    ],
    "outputs": [
      {
        "name": "",
        "type": "tuple",
        "internalType": "struct ValidatorInfo",
        "components": [
          {
            "name": "validator",
            "type": "address",
            "internalType": "address"
          },
          {
            "name": "operator",
            "type": "address",
            "internalType": "address"
          },
          {
            "name": "feeRecipient",
            "type": "address",
            "internalType": "address"
          },
          {
            "name": "publicKey",
            "type": "bytes",
            "internalType": "bytes"
          },
          {
            "name": "name",
            "type": "string",
            "internalType": "string"
          },
          {
            "name": "commissionBps",
            "type": "uint16",
            "internalType": "uint16"
          },
          {
            "name": "tokens",
            "type": "uint256",
            "internalType": "uint256"
          },
          {
            "name": "shares",
            "type": "uint256",
            "internalType": "uint256"
          },
          {
            "name": "isCandidate",
            "type": "bool",
            "internalType": "bool"
          },
          {
            "name": "isTombstoned",
            "type": "bool",
            "internalType": "bool"
          }
        ]
      }
    ]
  },
  {
    "type": "function",
    "name": "validatorCount",
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
    "name": "validatorOf",
    "stateMutability": "view",
    "inputs": [
      {
        "name": "operator",
        "type": "address",
        "internalType": "address"
      }
    ],
    "outputs": [
      {
        "name": "",
        "type": "address",
        "internalType": "address"
      }
    ]
  },
  {
    "type": "function",
    "name": "validators",
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
        "internalType": "struct ValidatorInfo[]",
        "components": [
          {
            "name": "validator",
            "type": "address",
            "internalType": "address"
          },
          {
            "name": "operator",
            "type": "address",
            "internalType": "address"
          },
          {
            "name": "feeRecipient",
            "type": "address",
            "internalType": "address"
          },
          {
            "name": "publicKey",
            "type": "bytes",
            "internalType": "bytes"
          },
          {
            "name": "name",
            "type": "string",
            "internalType": "string"
          },
          {
            "name": "commissionBps",
            "type": "uint16",
            "internalType": "uint16"
          },
          {
            "name": "tokens",
            "type": "uint256",
            "internalType": "uint256"
          },
          {
            "name": "shares",
            "type": "uint256",
            "internalType": "uint256"
          },
          {
            "name": "isCandidate",
            "type": "bool",
            "internalType": "bool"
          },
          {
            "name": "isTombstoned",
            "type": "bool",
            "internalType": "bool"
          }
        ]
      }
    ]
  },
  {
    "type": "function",
    "name": "withdraw",
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
    "name": "ValidatorRegistered",
    "anonymous": false,
    "inputs": [
      {
        "name": "validator",
        "type": "address",
        "internalType": "address",
        "indexed": true
      },
      {
        "name": "operator",
        "type": "address",
        "internalType": "address",
        "indexed": true
      },
      {
        "name": "publicKey",
        "type": "bytes",
        "internalType": "bytes",
        "indexed": false
      },
      {
        "name": "name",
        "type": "string",
        "internalType": "string",
        "indexed": false
      }
    ]
  },
  {
    "type": "event",
    "name": "ValidatorEdited",
    "anonymous": false,
    "inputs": [
      {
        "name": "validator",
        "type": "address",
        "internalType": "address",
        "indexed": true
      },
      {
        "name": "feeRecipient",
        "type": "address",
        "internalType": "address",
        "indexed": false
      },
      {
        "name": "name",
        "type": "string",
        "internalType": "string",
        "indexed": false
      },
      {
        "name": "commissionBps",
        "type": "uint16",
        "internalType": "uint16",
        "indexed": false
      }
    ]
  },
  {
    "type": "event",
    "name": "Delegated",
    "anonymous": false,
    "inputs": [
      {
        "name": "validator",
        "type": "address",
        "internalType": "address",
        "indexed": true
      },
      {
        "name": "delegator",
        "type": "address",
        "internalType": "address",
        "indexed": true
      },
      {
        "name": "amount",
        "type": "uint256",
        "internalType": "uint256",
        "indexed": false
      },
      {
        "name": "shares",
        "type": "uint256",
        "internalType": "uint256",
        "indexed": false
      }
    ]
  },
  {
    "type": "event",
    "name": "Undelegated",
    "anonymous": false,
    "inputs": [
      {
        "name": "validator",
        "type": "address",
        "internalType": "address",
        "indexed": true
      },
      {
        "name": "delegator",
        "type": "address",
        "internalType": "address",
        "indexed": true
      },
      {
        "name": "amount",
        "type": "uint256",
        "internalType": "uint256",
        "indexed": false
      },
      {
        "name": "shares",
        "type": "uint256",
        "internalType": "uint256",
        "indexed": false
      },
      {
        "name": "withdrawableAt",
        "type": "uint64",
        "internalType": "uint64",
        "indexed": false
      }
    ]
  },
  {
    "type": "event",
    "name": "Withdrawn",
    "anonymous": false,
    "inputs": [
      {
        "name": "delegator",
        "type": "address",
        "internalType": "address",
        "indexed": true
      },
      {
        "name": "amount",
        "type": "uint256",
        "internalType": "uint256",
        "indexed": false
      }
    ]
  },
  {
    "type": "event",
    "name": "Slashed",
    "anonymous": false,
    "inputs": [
      {
        "name": "validator",
        "type": "address",
        "internalType": "address",
        "indexed": true
      },
      {
        "name": "reporter",
        "type": "address",
        "internalType": "address",
        "indexed": true
      },
      {
        "name": "epoch",
        "type": "uint64",
        "internalType": "uint64",
        "indexed": false
      },
      {
        "name": "bonded",
        "type": "uint256",
        "internalType": "uint256",
        "indexed": false
      },
      {
        "name": "unbonding",
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
    "name": "CandidateLeft",
    "anonymous": false,
    "inputs": [
      {
        "name": "validator",
        "type": "address",
        "internalType": "address",
        "indexed": true
      }
    ]
  },
  {
    "type": "event",
    "name": "NextSet",
    "anonymous": false,
    "inputs": [
      {
        "name": "epoch",
        "type": "uint64",
        "internalType": "uint64",
        "indexed": true
      },
      {
        "name": "setHash",
        "type": "bytes32",
        "internalType": "bytes32",
        "indexed": false
      },
      {
        "name": "members",
        "type": "uint32",
        "internalType": "uint32",
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
    "name": "BadPublicKey",
    "inputs": []
  },
  {
    "type": "error",
    "name": "BadProof",
    "inputs": []
  },
  {
    "type": "error",
    "name": "AlreadyRegistered",
    "inputs": []
  },
  {
    "type": "error",
    "name": "UnknownValidator",
    "inputs": [
      {
        "name": "validator",
        "type": "address",
        "internalType": "address"
      }
    ]
  },
  {
    "type": "error",
    "name": "NotOperator",
    "inputs": []
  },
  {
    "type": "error",
    "name": "NameTooLong",
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
    "name": "BadCommission",
    "inputs": []
  },
  {
    "type": "error",
    "name": "NoNewDelegation",
    "inputs": [
      {
        "name": "validator",
        "type": "address",
        "internalType": "address"
      }
    ]
  },
  {
    "type": "error",
    "name": "InsufficientDelegation",
    "inputs": [
      {
        "name": "delegated",
        "type": "uint256",
        "internalType": "uint256"
      },
      {
        "name": "asked",
        "type": "uint256",
        "internalType": "uint256"
      }
    ]
  },
  {
    "type": "error",
    "name": "TooManyUnbondings",
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
    "name": "NothingToWithdraw",
    "inputs": []
  },
  {
    "type": "error",
    "name": "CandidatesFull",
    "inputs": [
      {
        "name": "weakest",
        "type": "uint256",
        "internalType": "uint256"
      }
    ]
  },
  {
    "type": "error",
    "name": "NotEligible",
    "inputs": []
  },
  {
    "type": "error",
    "name": "EvidenceNotConflicting",
    "inputs": []
  },
  {
    "type": "error",
    "name": "EvidenceBadSignature",
    "inputs": []
  },
  {
    "type": "error",
    "name": "EvidenceWrongSet",
    "inputs": []
  },
  {
    "type": "error",
    "name": "EvidenceTooOld",
    "inputs": []
  },
  {
    "type": "error",
    "name": "AlreadySlashed",
    "inputs": []
  },
  {
    "type": "error",
    "name": "Reentered",
    "inputs": []
  }
] as const;
