// staking 1.0.0: generated from the contract's declaration.

export type Hex = `0x${string}`;
export type Address = `0x${string}`;

export const stakingAddress: Address = "0x0000000000000000000000000000000000001001";

export interface ActivePower {
  validator: Address;
  power: bigint;
}

export interface SetMember {
  validator: Address;
  publicKey: Hex;
  power: bigint;
}

export interface DelegationInfo {
  validator: Address;
  shares: bigint;
  tokens: bigint;
  arriving: bigint;
  rewards: bigint;
}

export interface VoteData {
  kind: number;
  epoch: bigint;
  view: bigint;
  height: bigint;
  blockHash: Hex;
  signature: Hex;
}

export interface ParameterInfo {
  key: string;
  value: bigint;
  defaultValue: bigint;
  minimum: bigint;
  maximum: bigint;
  stepMax: bigint;
}

export interface PresenceInfo {
  period: bigint;
  isPresent: boolean;
  memberFrom: bigint;
  judged: bigint;
  absent: number;
  window: number;
}

export interface RedelegationInfo {
  source: Address;
  destination: Address;
  epoch: bigint;
  tokens: bigint;
  liableUntil: bigint;
  isBlocked: boolean;
}

export interface SlashInfo {
  validator: Address;
  reporter: Address;
  epoch: bigint;
  ppm: number;
  poolsLeft: bigint;
  collected: bigint;
}

export interface StakeAt {
  validator: Address;
  weight: bigint;
  validatorTokens: bigint;
  isOperator: boolean;
}

export interface TotalsInfo {
  bonded: bigint;
  unbonding: bigint;
  rewards: bigint;
  slashing: bigint;
  active: bigint;
  minted: bigint;
  burnt: bigint;
}

export interface UnbondingInfo {
  validator: Address;
  epoch: bigint;
  amount: bigint;
  payableAmount: bigint;
  withdrawableAt: bigint;
  isBlocked: boolean;
}

export interface ValidatorInfo {
  validator: Address;
  operator: Address;
  feeRecipient: Address;
  publicKey: Hex;
  name: string;
  commissionBps: number;
  commissionDue: bigint;
  tokens: bigint;
  shares: bigint;
  selfBond: bigint;
  selfBondMin: bigint;
  isCandidate: boolean;
  isActive: boolean;
  isJailed: boolean;
  isTombstoned: boolean;
  unjailAt: bigint;
  slashes: number;
  slashesPending: number;
}

export interface StakingCalls {
  /** view */
  activePower: { args: readonly []; returns: readonly ActivePower[] };
  /** view */
  bondedAt: { args: readonly [height: bigint]; returns: bigint };
  /** view */
  candidates: { args: readonly []; returns: readonly Address[] };
  /** view */
  checkParameters: { args: readonly []; returns: void };
  /** nonpayable */
  compound: { args: readonly [delegator: Address, validator: Address]; returns: bigint };
  /** view */
  currentSet: { args: readonly []; returns: readonly SetMember[] };
  /** payable */
  delegate: { args: readonly [validator: Address]; returns: bigint };
  /** view */
  delegation: { args: readonly [validator: Address, delegator: Address]; returns: DelegationInfo };
  /** view */
  delegationAt: { args: readonly [validator: Address, delegator: Address, height: bigint]; returns: bigint };
  /** view */
  delegationsOf: { args: readonly [delegator: Address]; returns: readonly DelegationInfo[] };
  /** nonpayable */
  edit: { args: readonly [feeRecipient: Address, name: string, commissionBps: number]; returns: void };
  /** view */
  epochRecord: { args: readonly [epoch: bigint]; returns: readonly [Hex, bigint, bigint] };
  /** nonpayable */
  heartbeat: { args: readonly [vote: VoteData]; returns: void };
  /** nonpayable */
  join: { args: readonly []; returns: void };
  /** view */
  nextSetHash: { args: readonly []; returns: Hex };
  /** view */
  parameter: { args: readonly [key: string]; returns: bigint };
  /** view */
  parameterList: { args: readonly []; returns: readonly ParameterInfo[] };
  /** view */
  presence: { args: readonly [validator: Address]; returns: PresenceInfo };
  /** nonpayable */
  redelegate: { args: readonly [source: Address, destination: Address, amount: bigint]; returns: bigint };
  /** view */
  redelegations: { args: readonly [delegator: Address]; returns: readonly RedelegationInfo[] };
  /** payable */
  register: { args: readonly [publicKey: Hex, proof: Hex, feeRecipient: Address, name: string, commissionBps: number]; returns: Address };
  /** nonpayable */
  reportDoubleSign: { args: readonly [validator: Address, first: VoteData, second: VoteData, epochSet: readonly SetMember[]]; returns: bigint };
  /** view */
  rewards: { args: readonly [validator: Address, delegator: Address]; returns: bigint };
  /** nonpayable */
  setParameter: { args: readonly [key: string, value: bigint]; returns: void };
  /** view */
  slashQueue: { args: readonly [offset: bigint, limit: number]; returns: readonly SlashInfo[] };
  /** view */
  stakesAt: { args: readonly [delegator: Address, height: bigint]; returns: readonly StakeAt[] };
  /** view */
  supportsInterface: { args: readonly [interfaceId: Hex]; returns: boolean };
  /** view */
  totals: { args: readonly []; returns: TotalsInfo };
  /** view */
  unbondings: { args: readonly [delegator: Address]; returns: readonly UnbondingInfo[] };
  /** nonpayable */
  undelegate: { args: readonly [validator: Address, amount: bigint]; returns: bigint };
  /** nonpayable */
  unjail: { args: readonly []; returns: void };
  /** view */
  validator: { args: readonly [validator: Address]; returns: ValidatorInfo };
  /** view */
  validatorCount: { args: readonly []; returns: bigint };
  /** view */
  validatorOf: { args: readonly [operator: Address]; returns: Address };
  /** view */
  validatorTokensAt: { args: readonly [validator: Address, height: bigint]; returns: bigint };
  /** view */
  validators: { args: readonly [offset: bigint, limit: number]; returns: readonly ValidatorInfo[] };
  /** nonpayable */
  withdraw: { args: readonly []; returns: bigint };
  /** nonpayable */
  withdrawCommission: { args: readonly []; returns: bigint };
  /** nonpayable */
  withdrawRewards: { args: readonly [validator: Address]; returns: bigint };
}

export interface StakingEvents {
  ValidatorRegistered: { validator: Address; operator: Address; publicKey: Hex; name: string };
  ValidatorEdited: { validator: Address; feeRecipient: Address; name: string; commissionBps: number };
  Delegated: { validator: Address; delegator: Address; amount: bigint; shares: bigint };
  Undelegated: { validator: Address; delegator: Address; amount: bigint; shares: bigint; epoch: bigint };
  Redelegated: { source: Address; destination: Address; delegator: Address; amount: bigint; shares: bigint; epoch: bigint };
  RedelegationEnded: { source: Address; destination: Address; delegator: Address; shares: bigint };
  RewardsCompounded: { validator: Address; delegator: Address; amount: bigint; shares: bigint };
  RewardsPaid: { validator: Address; delegator: Address; amount: bigint };
  CommissionPaid: { validator: Address; operator: Address; amount: bigint };
  Withdrawn: { delegator: Address; amount: bigint };
  Slashed: { validator: Address; reporter: Address; epoch: bigint; ppm: number; bonded: bigint; reward: bigint };
  PoolsSlashed: { validator: Address; reporter: Address; epoch: bigint; collected: bigint; reward: bigint };
  Jailed: { validator: Address; isTombstoned: boolean };
  Unjailed: { validator: Address };
  CandidateLeft: { validator: Address };
  NextSet: { epoch: bigint; setHash: Hex; members: number };
  Inflation: { amount: bigint; treasury: bigint };
  ParameterChanged: { key: string; name: string; oldValue: bigint; newValue: bigint };
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
  RemainderTooSmall: { left: bigint; minimum: bigint };
  SameValidator: {};
  StillLiable: { until: bigint };
  SlashPending: { validator: Address };
  TooManyUnbondings: { maximum: number };
  TooManyRedelegations: { maximum: number };
  TooManyValidators: { maximum: number };
  NothingToWithdraw: {};
  CandidatesFull: { weakest: bigint };
  NotEligible: {};
  NotJailed: {};
  StillJailed: { until: bigint };
  BadHeartbeat: {};
  FutureHeight: { height: bigint };
  ParametersContradict: { rule: string };
  EvidenceNotConflicting: {};
  EvidenceBadSignature: {};
  EvidenceWrongSet: {};
  EvidenceTooOld: {};
  AlreadySlashed: {};
  UnknownParameter: { key: string };
  ParameterOutOfRange: { key: string; minimum: bigint; maximum: bigint; stepMax: bigint };
  OnlyGovernance: {};
  Reentered: {};
}

export const stakingAbi = [
  {
    "type": "function",
    "name": "activePower",
    "stateMutability": "view",
    "inputs": [],
    "outputs": [
      {
        "name": "",
        "type": "tuple[]",
        "internalType": "struct ActivePower[]",
        "components": [
          {
            "name": "validator",
            "type": "address",
            "internalType": "address"
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
    "name": "bondedAt",
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
        "type": "uint256",
        "internalType": "uint256"
      }
    ]
  },
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
    "name": "checkParameters",
    "stateMutability": "view",
    "inputs": [],
    "outputs": []
  },
  {
    "type": "function",
    "name": "compound",
    "stateMutability": "nonpayable",
    "inputs": [
      {
        "name": "delegator",
        "type": "address",
        "internalType": "address"
      },
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
        "type": "tuple",
        "internalType": "struct DelegationInfo",
        "components": [
          {
            "name": "validator",
            "type": "address",
            "internalType": "address"
          },
          {
            "name": "shares",
            "type": "uint256",
            "internalType": "uint256"
          },
          {
            "name": "tokens",
            "type": "uint256",
            "internalType": "uint256"
          },
          {
            "name": "arriving",
            "type": "uint256",
            "internalType": "uint256"
          },
          {
            "name": "rewards",
            "type": "uint256",
            "internalType": "uint256"
          }
        ]
      }
    ]
  },
  {
    "type": "function",
    "name": "delegationAt",
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
      },
      {
        "name": "height",
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
    "name": "delegationsOf",
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
        "internalType": "struct DelegationInfo[]",
        "components": [
          {
            "name": "validator",
            "type": "address",
            "internalType": "address"
          },
          {
            "name": "shares",
            "type": "uint256",
            "internalType": "uint256"
          },
          {
            "name": "tokens",
            "type": "uint256",
            "internalType": "uint256"
          },
          {
            "name": "arriving",
            "type": "uint256",
            "internalType": "uint256"
          },
          {
            "name": "rewards",
            "type": "uint256",
            "internalType": "uint256"
          }
        ]
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
    "name": "heartbeat",
    "stateMutability": "nonpayable",
    "inputs": [
      {
        "name": "vote",
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
      }
    ],
    "outputs": []
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
    "name": "presence",
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
        "internalType": "struct PresenceInfo",
        "components": [
          {
            "name": "period",
            "type": "uint64",
            "internalType": "uint64"
          },
          {
            "name": "isPresent",
            "type": "bool",
            "internalType": "bool"
          },
          {
            "name": "memberFrom",
            "type": "uint64",
            "internalType": "uint64"
          },
          {
            "name": "judged",
            "type": "uint64",
            "internalType": "uint64"
          },
          {
            "name": "absent",
            "type": "uint32",
            "internalType": "uint32"
          },
          {
            "name": "window",
            "type": "uint32",
            "internalType": "uint32"
          }
        ]
      }
    ]
  },
  {
    "type": "function",
    "name": "redelegate",
    "stateMutability": "nonpayable",
    "inputs": [
      {
        "name": "source",
        "type": "address",
        "internalType": "address"
      },
      {
        "name": "destination",
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
    "name": "redelegations",
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
        "internalType": "struct RedelegationInfo[]",
        "components": [
          {
            "name": "source",
            "type": "address",
            "internalType": "address"
          },
          {
            "name": "destination",
            "type": "address",
            "internalType": "address"
          },
          {
            "name": "epoch",
            "type": "uint64",
            "internalType": "uint64"
          },
          {
            "name": "tokens",
            "type": "uint256",
            "internalType": "uint256"
          },
          {
            "name": "liableUntil",
            "type": "uint64",
            "internalType": "uint64"
          },
          {
            "name": "isBlocked",
            "type": "bool",
            "internalType": "bool"
          }
        ]
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
    "name": "rewards",
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
    "name": "slashQueue",
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
        "internalType": "struct SlashInfo[]",
        "components": [
          {
            "name": "validator",
            "type": "address",
            "internalType": "address"
          },
          {
            "name": "reporter",
            "type": "address",
            "internalType": "address"
          },
          {
            "name": "epoch",
            "type": "uint64",
            "internalType": "uint64"
          },
          {
            "name": "ppm",
            "type": "uint32",
            "internalType": "uint32"
          },
          {
            "name": "poolsLeft",
            "type": "uint64",
            "internalType": "uint64"
          },
          {
            "name": "collected",
            "type": "uint256",
            "internalType": "uint256"
          }
        ]
      }
    ]
  },
  {
    "type": "function",
    "name": "stakesAt",
    "stateMutability": "view",
    "inputs": [
      {
        "name": "delegator",
        "type": "address",
        "internalType": "address"
      },
      {
        "name": "height",
        "type": "uint64",
        "internalType": "uint64"
      }
    ],
    "outputs": [
      {
        "name": "",
        "type": "tuple[]",
        "internalType": "struct StakeAt[]",
        "components": [
          {
            "name": "validator",
            "type": "address",
            "internalType": "address"
          },
          {
            "name": "weight",
            "type": "uint256",
            "internalType": "uint256"
          },
          {
            "name": "validatorTokens",
            "type": "uint256",
            "internalType": "uint256"
          },
          {
            "name": "isOperator",
            "type": "bool",
            "internalType": "bool"
          }
        ]
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
        "type": "tuple",
        "internalType": "struct TotalsInfo",
        "components": [
          {
            "name": "bonded",
            "type": "uint256",
            "internalType": "uint256"
          },
          {
            "name": "unbonding",
            "type": "uint256",
            "internalType": "uint256"
          },
          {
            "name": "rewards",
            "type": "uint256",
            "internalType": "uint256"
          },
          {
            "name": "slashing",
            "type": "uint256",
            "internalType": "uint256"
          },
          {
            "name": "active",
            "type": "uint256",
            "internalType": "uint256"
          },
          {
            "name": "minted",
            "type": "uint256",
            "internalType": "uint256"
          },
          {
            "name": "burnt",
            "type": "uint256",
            "internalType": "uint256"
          }
        ]
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
            "name": "epoch",
            "type": "uint64",
            "internalType": "uint64"
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
            "name": "withdrawableAt",
            "type": "uint64",
            "internalType": "uint64"
          },
          {
            "name": "isBlocked",
            "type": "bool",
            "internalType": "bool"
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
    "name": "unjail",
    "stateMutability": "nonpayable",
    "inputs": [],
    "outputs": []
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
            "name": "commissionDue",
            "type": "uint256",
            "internalType": "uint256"
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
            "name": "selfBond",
            "type": "uint256",
            "internalType": "uint256"
          },
          {
            "name": "selfBondMin",
            "type": "uint256",
            "internalType": "uint256"
          },
          {
            "name": "isCandidate",
            "type": "bool",
            "internalType": "bool"
          },
          {
            "name": "isActive",
            "type": "bool",
            "internalType": "bool"
          },
          {
            "name": "isJailed",
            "type": "bool",
            "internalType": "bool"
          },
          {
            "name": "isTombstoned",
            "type": "bool",
            "internalType": "bool"
          },
          {
            "name": "unjailAt",
            "type": "uint64",
            "internalType": "uint64"
          },
          {
            "name": "slashes",
            "type": "uint32",
            "internalType": "uint32"
          },
          {
            "name": "slashesPending",
            "type": "uint32",
            "internalType": "uint32"
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
    "name": "validatorTokensAt",
    "stateMutability": "view",
    "inputs": [
      {
        "name": "validator",
        "type": "address",
        "internalType": "address"
      },
      {
        "name": "height",
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
            "name": "commissionDue",
            "type": "uint256",
            "internalType": "uint256"
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
            "name": "selfBond",
            "type": "uint256",
            "internalType": "uint256"
          },
          {
            "name": "selfBondMin",
            "type": "uint256",
            "internalType": "uint256"
          },
          {
            "name": "isCandidate",
            "type": "bool",
            "internalType": "bool"
          },
          {
            "name": "isActive",
            "type": "bool",
            "internalType": "bool"
          },
          {
            "name": "isJailed",
            "type": "bool",
            "internalType": "bool"
          },
          {
            "name": "isTombstoned",
            "type": "bool",
            "internalType": "bool"
          },
          {
            "name": "unjailAt",
            "type": "uint64",
            "internalType": "uint64"
          },
          {
            "name": "slashes",
            "type": "uint32",
            "internalType": "uint32"
          },
          {
            "name": "slashesPending",
            "type": "uint32",
            "internalType": "uint32"
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
    "type": "function",
    "name": "withdrawCommission",
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
    "type": "function",
    "name": "withdrawRewards",
    "stateMutability": "nonpayable",
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
        "name": "epoch",
        "type": "uint64",
        "internalType": "uint64",
        "indexed": false
      }
    ]
  },
  {
    "type": "event",
    "name": "Redelegated",
    "anonymous": false,
    "inputs": [
      {
        "name": "source",
        "type": "address",
        "internalType": "address",
        "indexed": true
      },
      {
        "name": "destination",
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
        "name": "epoch",
        "type": "uint64",
        "internalType": "uint64",
        "indexed": false
      }
    ]
  },
  {
    "type": "event",
    "name": "RedelegationEnded",
    "anonymous": false,
    "inputs": [
      {
        "name": "source",
        "type": "address",
        "internalType": "address",
        "indexed": true
      },
      {
        "name": "destination",
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
        "name": "shares",
        "type": "uint256",
        "internalType": "uint256",
        "indexed": false
      }
    ]
  },
  {
    "type": "event",
    "name": "RewardsCompounded",
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
    "name": "RewardsPaid",
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
      }
    ]
  },
  {
    "type": "event",
    "name": "CommissionPaid",
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
        "name": "amount",
        "type": "uint256",
        "internalType": "uint256",
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
        "name": "ppm",
        "type": "uint32",
        "internalType": "uint32",
        "indexed": false
      },
      {
        "name": "bonded",
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
    "name": "PoolsSlashed",
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
        "name": "collected",
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
    "name": "Jailed",
    "anonymous": false,
    "inputs": [
      {
        "name": "validator",
        "type": "address",
        "internalType": "address",
        "indexed": true
      },
      {
        "name": "isTombstoned",
        "type": "bool",
        "internalType": "bool",
        "indexed": false
      }
    ]
  },
  {
    "type": "event",
    "name": "Unjailed",
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
    "type": "event",
    "name": "Inflation",
    "anonymous": false,
    "inputs": [
      {
        "name": "amount",
        "type": "uint256",
        "internalType": "uint256",
        "indexed": false
      },
      {
        "name": "treasury",
        "type": "uint256",
        "internalType": "uint256",
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
    "name": "RemainderTooSmall",
    "inputs": [
      {
        "name": "left",
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
    "name": "SameValidator",
    "inputs": []
  },
  {
    "type": "error",
    "name": "StillLiable",
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
    "name": "SlashPending",
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
    "name": "TooManyRedelegations",
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
    "name": "TooManyValidators",
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
    "name": "NotJailed",
    "inputs": []
  },
  {
    "type": "error",
    "name": "StillJailed",
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
    "name": "BadHeartbeat",
    "inputs": []
  },
  {
    "type": "error",
    "name": "FutureHeight",
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
    "name": "ParametersContradict",
    "inputs": [
      {
        "name": "rule",
        "type": "string",
        "internalType": "string"
      }
    ]
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
