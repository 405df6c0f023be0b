// governance 1.0.0: generated from the contract's declaration.

export type Hex = `0x${string}`;
export type Address = `0x${string}`;

export const governanceAddress: Address = "0x0000000000000000000000000000000000001002";

export interface ContractVersion {
  contract: Address;
  name: string;
  version: string;
  layoutHash: Hex;
}

export interface ParameterInfo {
  key: string;
  value: bigint;
  defaultValue: bigint;
  minimum: bigint;
  maximum: bigint;
  stepMax: bigint;
}

export interface Change {
  target: Address;
  key: string;
  oldValue: bigint;
  newValue: bigint;
}

export interface ProposalInfo {
  id: bigint;
  proposer: Address;
  kind: number;
  status: number;
  target: Address;
  currentVersion: string;
  newVersion: string;
  codeHash: Hex;
  rollsBack: bigint;
  createdAt: bigint;
  createdHeight: bigint;
  votingEndsAt: bigint;
  executedAt: bigint;
  deposit: bigint;
  yes: bigint;
  no: bigint;
  abstain: bigint;
  bonded: bigint;
  changes: readonly Change[];
  description: string;
  failure: Hex;
}

export interface ReadinessInfo {
  ready: bigint;
  total: bigint;
  isEnough: boolean;
}

export interface Statistics {
  proposals: bigint;
  byStatus: readonly bigint[];
  byKind: readonly bigint[];
  successBps: number;
  participationBpsMean: number;
  executionSecondsMean: bigint;
}

export interface TallyInfo {
  yes: bigint;
  no: bigint;
  abstain: bigint;
  bonded: bigint;
  participationBps: number;
  approvalBps: number;
  isPassing: boolean;
}

export interface VersionInfo {
  version: string;
  codeHash: Hex;
  proposal: bigint;
  activeSince: bigint;
  activeSinceHeight: bigint;
  isRolledBack: boolean;
}

export interface VoteInfo {
  voter: Address;
  choice: number;
  weight: bigint;
}

export interface GovernanceCalls {
  /** view */
  activeVersion: { args: readonly [target: Address]; returns: string };
  /** nonpayable */
  applyChanges: { args: readonly [proposal: bigint, isTrial: boolean]; returns: void };
  /** view */
  checkParameters: { args: readonly []; returns: void };
  /** view */
  contracts: { args: readonly []; returns: readonly ContractVersion[] };
  /** view */
  isReady: { args: readonly [proposal: bigint, validator: Address]; returns: boolean };
  /** view */
  openProposalOf: { args: readonly [target: Address, version: string]; returns: bigint };
  /** view */
  parameter: { args: readonly [key: string]; returns: bigint };
  /** view */
  parameterList: { args: readonly []; returns: readonly ParameterInfo[] };
  /** view */
  proposal: { args: readonly [proposal: bigint]; returns: ProposalInfo };
  /** view */
  proposalCount: { args: readonly []; returns: bigint };
  /** view */
  proposalsByStatus: { args: readonly [status: number, offset: bigint, limit: number]; returns: readonly ProposalInfo[] };
  /** payable */
  propose: { args: readonly [target: Address, currentVersion: string, newVersion: string, kind: number, votingSeconds: bigint, codeHash: Hex, changes: readonly Change[], description: string]; returns: bigint };
  /** payable */
  proposeRollback: { args: readonly [undone: bigint, votingSeconds: bigint, description: string]; returns: bigint };
  /** view */
  readiness: { args: readonly [proposal: bigint]; returns: ReadinessInfo };
  /** nonpayable */
  ready: { args: readonly [target: Address, version: string, codeHash: Hex]; returns: void };
  /** nonpayable */
  setParameter: { args: readonly [key: string, value: bigint]; returns: void };
  /** view */
  statistics: { args: readonly []; returns: Statistics };
  /** view */
  supportsInterface: { args: readonly [interfaceId: Hex]; returns: boolean };
  /** view */
  tally: { args: readonly [proposal: bigint]; returns: TallyInfo };
  /** view */
  versionHistory: { args: readonly [target: Address, offset: bigint, limit: number]; returns: readonly VersionInfo[] };
  /** nonpayable */
  vote: { args: readonly [proposal: bigint, choice: number]; returns: bigint };
  /** view */
  voteOf: { args: readonly [proposal: bigint, voter: Address]; returns: VoteInfo };
  /** view */
  votes: { args: readonly [proposal: bigint, offset: bigint, limit: number]; returns: readonly VoteInfo[] };
}

export interface GovernanceEvents {
  Proposed: { proposal: bigint; proposer: Address; target: Address; kind: number; newVersion: string; codeHash: Hex; votingEndsAt: bigint };
  Voted: { proposal: bigint; voter: Address; choice: number; weight: bigint };
  StatusChanged: { proposal: bigint; status: number; previous: number };
  DepositReturned: { proposal: bigint; amount: bigint };
  DepositBurnt: { proposal: bigint; amount: bigint };
  ReadyAnnounced: { proposal: bigint; validator: Address; codeHash: Hex };
  VersionActivated: { target: Address; proposal: bigint; version: string; previous: string };
  ParameterChanged: { key: string; name: string; oldValue: bigint; newValue: bigint };
}

export interface GovernanceErrors {
  EmptyField: { field: string };
  BadKind: { kind: number };
  BadVersion: { version: string };
  NotActiveVersion: { active: string };
  UnknownContract: { target: Address };
  ProposalOpen: { proposal: bigint };
  TooManyOpen: { maximum: bigint };
  BadVotingPeriod: { minimum: bigint; maximum: bigint };
  VersionNotGreater: { highest: string };
  CodeHashBound: { codeHash: Hex };
  StakeTooSmall: { bonded: bigint; minimum: bigint };
  WrongDeposit: { deposit: bigint };
  OldValueDiffers: { target: Address; key: string; value: bigint };
  ChangeRefused: { target: Address; key: string; reason: Hex };
  TooManyChanges: { maximum: bigint };
  TextTooLong: { maximum: bigint };
  UnknownProposal: { proposal: bigint };
  VotingEnded: { endedAt: bigint };
  BadChoice: { choice: number };
  NoVotingPower: { snapshotHeight: bigint };
  NotValidator: {};
  NothingToBeReadyFor: {};
  NotReversible: { status: number };
  RollbackTooLate: { decidedBy: bigint };
  ValueMovedOn: { target: Address; key: string; value: bigint };
  OnlySelf: {};
  TrialPassed: {};
  RulesContradict: { rule: string };
  UnknownParameter: { key: string };
  ParameterOutOfRange: { key: string; minimum: bigint; maximum: bigint; stepMax: bigint };
  OnlyGovernance: {};
  Reentered: {};
}

export const governanceAbi = [
  {
    "type": "function",
    "name": "activeVersion",
    "stateMutability": "view",
    "inputs": [
      {
        "name": "target",
        "type": "address",
        "internalType": "address"
      }
    ],
    "outputs": [
      {
        "name": "",
        "type": "string",
        "internalType": "string"
      }
    ]
  },
  {
    "type": "function",
    "name": "applyChanges",
    "stateMutability": "nonpayable",
    "inputs": [
      {
        "name": "proposal",
        "type": "uint64",
        "internalType": "uint64"
      },
      {
        "name": "isTrial",
        "type": "bool",
        "internalType": "bool"
      }
    ],
    "outputs": []
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
    "name": "contracts",
    "stateMutability": "view",
    "inputs": [],
    "outputs": [
      {
        "name": "",
        "type": "tuple[]",
        "internalType": "struct ContractVersion[]",
        "components": [
          {
            "name": "contract",
            "type": "address",
            "internalType": "address"
          },
          {
            "name": "name",
            "type": "string",
            "internalType": "string"
          },
          {
            "name": "version",
            "type": "string",
            "internalType": "string"
          },
          {
            "name": "layoutHash",
            "type": "bytes32",
            "internalType": "bytes32"
          }
        ]
      }
    ]
  },
  {
    "type": "function",
    "name": "isReady",
    "stateMutability": "view",
    "inputs": [
      {
        "name": "proposal",
        "type": "uint64",
        "internalType": "uint64"
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
        "type": "bool",
        "internalType": "bool"
      }
    ]
  },
  {
    "type": "function",
    "name": "openProposalOf",
    "stateMutability": "view",
    "inputs": [
      {
        "name": "target",
        "type": "address",
        "internalType": "address"
      },
      {
        "name": "version",
        "type": "string",
        "internalType": "string"
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
    "name": "proposal",
    "stateMutability": "view",
    "inputs": [
      {
        "name": "proposal",
        "type": "uint64",
        "internalType": "uint64"
      }
    ],
    "outputs": [
      {
        "name": "",
        "type": "tuple",
        "internalType": "struct ProposalInfo",
        "components": [
          {
            "name": "id",
            "type": "uint64",
            "internalType": "uint64"
          },
          {
            "name": "proposer",
            "type": "address",
            "internalType": "address"
          },
          {
            "name": "kind",
            "type": "uint8",
            "internalType": "uint8"
          },
          {
            "name": "status",
            "type": "uint8",
            "internalType": "uint8"
          },
          {
            "name": "target",
            "type": "address",
            "internalType": "address"
          },
          {
            "name": "currentVersion",
            "type": "string",
            "internalType": "string"
          },
          {
            "name": "newVersion",
            "type": "string",
            "internalType": "string"
          },
          {
            "name": "codeHash",
            "type": "bytes32",
            "internalType": "bytes32"
          },
          {
            "name": "rollsBack",
            "type": "uint64",
            "internalType": "uint64"
          },
          {
            "name": "createdAt",
            "type": "uint64",
            "internalType": "uint64"
          },
          {
            "name": "createdHeight",
            "type": "uint64",
            "internalType": "uint64"
          },
          {
            "name": "votingEndsAt",
            "type": "uint64",
            "internalType": "uint64"
          },
          {
            "name": "executedAt",
            "type": "uint64",
            "internalType": "uint64"
          },
          {
            "name": "deposit",
            "type": "uint256",
            "internalType": "uint256"
          },
          {
            "name": "yes",
            "type": "uint256",
            "internalType": "uint256"
          },
          {
            "name": "no",
            "type": "uint256",
            "internalType": "uint256"
          },
          {
            "name": "abstain",
            "type": "uint256",
            "internalType": "uint256"
          },
          {
            "name": "bonded",
            "type": "uint256",
            "internalType": "uint256"
          },
          {
            "name": "changes",
            "type": "tuple[]",
            "internalType": "struct Change[]",
            "components": [
              {
                "name": "target",
                "type": "address",
                "internalType": "address"
              },
              {
                "name": "key",
                "type": "string",
                "internalType": "string"
              },
              {
                "name": "oldValue",
                "type": "uint256",
                "internalType": "uint256"
              },
              {
                "name": "newValue",
                "type": "uint256",
                "internalType": "uint256"
              }
            ]
          },
          {
            "name": "description",
            "type": "string",
            "internalType": "string"
          },
          {
            "name": "failure",
            "type": "bytes",
            "internalType": "bytes"
          }
        ]
      }
    ]
  },
  {
    "type": "function",
    "name": "proposalCount",
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
    "name": "proposalsByStatus",
    "stateMutability": "view",
    "inputs": [
      {
        "name": "status",
        "type": "uint8",
        "internalType": "uint8"
      },
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
        "internalType": "struct ProposalInfo[]",
        "components": [
          {
            "name": "id",
            "type": "uint64",
            "internalType": "uint64"
          },
          {
            "name": "proposer",
            "type": "address",
            "internalType": "address"
          },
          {
            "name": "kind",
            "type": "uint8",
            "internalType": "uint8"
          },
          {
            "name": "status",
            "type": "uint8",
            "internalType": "uint8"
          },
          {
            "name": "target",
            "type": "address",
            "internalType": "address"
          },
          {
            "name": "currentVersion",
            "type": "string",
            "internalType": "string"
          },
          {
            "name": "newVersion",
            "type": "string",
            "internalType": "string"
          },
          {
            "name": "codeHash",
            "type": "bytes32",
            "internalType": "bytes32"
          },
          {
            "name": "rollsBack",
            "type": "uint64",
            "internalType": "uint64"
          },
          {
            "name": "createdAt",
            "type": "uint64",
            "internalType": "uint64"
          },
          {
            "name": "createdHeight",
            "type": "uint64",
            "internalType": "uint64"
          },
          {
            "name": "votingEndsAt",
            "type": "uint64",
            "internalType": "uint64"
          },
          {
            "name": "executedAt",
            "type": "uint64",
            "internalType": "uint64"
          },
          {
            "name": "deposit",
            "type": "uint256",
            "internalType": "uint256"
          },
          {
            "name": "yes",
            "type": "uint256",
            "internalType": "uint256"
          },
          {
            "name": "no",
            "type": "uint256",
            "internalType": "uint256"
          },
          {
            "name": "abstain",
            "type": "uint256",
            "internalType": "uint256"
          },
          {
            "name": "bonded",
            "type": "uint256",
            "internalType": "uint256"
          },
          {
            "name": "changes",
            "type": "tuple[]",
            "internalType": "struct Change[]",
            "components": [
              {
                "name": "target",
                "type": "address",
                "internalType": "address"
              },
              {
                "name": "key",
                "type": "string",
                "internalType": "string"
              },
              {
                "name": "oldValue",
                "type": "uint256",
                "internalType": "uint256"
              },
              {
                "name": "newValue",
                "type": "uint256",
                "internalType": "uint256"
              }
            ]
          },
          {
            "name": "description",
            "type": "string",
            "internalType": "string"
          },
          {
            "name": "failure",
            "type": "bytes",
            "internalType": "bytes"
          }
        ]
      }
    ]
  },
  {
    "type": "function",
    "name": "propose",
    "stateMutability": "payable",
    "inputs": [
      {
        "name": "target",
        "type": "address",
        "internalType": "address"
      },
      {
        "name": "currentVersion",
        "type": "string",
        "internalType": "string"
      },
      {
        "name": "newVersion",
        "type": "string",
        "internalType": "string"
      },
      {
        "name": "kind",
        "type": "uint8",
        "internalType": "uint8"
      },
      {
        "name": "votingSeconds",
        "type": "uint64",
        "internalType": "uint64"
      },
      {
        "name": "codeHash",
        "type": "bytes32",
        "internalType": "bytes32"
      },
      {
        "name": "changes",
        "type": "tuple[]",
        "internalType": "struct Change[]",
        "components": [
          {
            "name": "target",
            "type": "address",
            "internalType": "address"
          },
          {
            "name": "key",
            "type": "string",
            "internalType": "string"
          },
          {
            "name": "oldValue",
            "type": "uint256",
            "internalType": "uint256"
          },
          {
            "name": "newValue",
            "type": "uint256",
            "internalType": "uint256"
          }
        ]
      },
      {
        "name": "description",
        "type": "string",
        "internalType": "string"
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
    "name": "proposeRollback",
    "stateMutability": "payable",
    "inputs": [
      {
        "name": "undone",
        "type": "uint64",
        "internalType": "uint64"
      },
      {
        "name": "votingSeconds",
        "type": "uint64",
        "internalType": "uint64"
      },
      {
        "name": "description",
        "type": "string",
        "internalType": "string"
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
    "name": "readiness",
    "stateMutability": "view",
    "inputs": [
      {
        "name": "proposal",
        "type": "uint64",
        "internalType": "uint64"
      }
    ],
    "outputs": [
      {
        "name": "",
        "type": "tuple",
        "internalType": "struct ReadinessInfo",
        "components": [
          {
            "name": "ready",
            "type": "uint256",
            "internalType": "uint256"
          },
          {
            "name": "total",
            "type": "uint256",
            "internalType": "uint256"
          },
          {
            "name": "isEnough",
            "type": "bool",
            "internalType": "bool"
          }
        ]
      }
    ]
  },
  {
    "type": "function",
    "name": "ready",
    "stateMutability": "nonpayable",
    "inputs": [
      {
        "name": "target",
        "type": "address",
        "internalType": "address"
      },
      {
        "name": "version",
        "type": "string",
        "internalType": "string"
      },
      {
        "name": "codeHash",
        "type": "bytes32",
        "internalType": "bytes32"
      }
    ],
    "outputs": []
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
    "name": "statistics",
    "stateMutability": "view",
    "inputs": [],
    "outputs": [
      {
        "name": "",
        "type": "tuple",
        "internalType": "struct Statistics",
        "components": [
          {
            "name": "proposals",
            "type": "uint64",
            "internalType": "uint64"
          },
          {
            "name": "byStatus",
            "type": "uint64[]",
            "internalType": "uint64[]"
          },
          {
            "name": "byKind",
            "type": "uint64[]",
            "internalType": "uint64[]"
          },
          {
            "name": "successBps",
            "type": "uint16",
            "internalType": "uint16"
          },
          {
            "name": "participationBpsMean",
            "type": "uint16",
            "internalType": "uint16"
          },
          {
            "name": "executionSecondsMean",
            "type": "uint64",
            "internalType": "uint64"
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
    "name": "tally",
    "stateMutability": "view",
    "inputs": [
      {
        "name": "proposal",
        "type": "uint64",
        "internalType": "uint64"
      }
    ],
    "outputs": [
      {
        "name": "",
        "type": "tuple",
        "internalType": "struct TallyInfo",
        "components": [
          {
            "name": "yes",
            "type": "uint256",
            "internalType": "uint256"
          },
          {
            "name": "no",
            "type": "uint256",
            "internalType": "uint256"
          },
          {
            "name": "abstain",
            "type": "uint256",
            "internalType": "uint256"
          },
          {
            "name": "bonded",
            "type": "uint256",
            "internalType": "uint256"
          },
          {
            "name": "participationBps",
            "type": "uint16",
            "internalType": "uint16"
          },
          {
            "name": "approvalBps",
            "type": "uint16",
            "internalType": "uint16"
          },
          {
            "name": "isPassing",
            "type": "bool",
            "internalType": "bool"
          }
        ]
      }
    ]
  },
  {
    "type": "function",
    "name": "versionHistory",
    "stateMutability": "view",
    "inputs": [
      {
        "name": "target",
        "type": "address",
        "internalType": "address"
      },
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
        "internalType": "struct VersionInfo[]",
        "components": [
          {
            "name": "version",
            "type": "string",
            "internalType": "string"
          },
          {
            "name": "codeHash",
            "type": "bytes32",
            "internalType": "bytes32"
          },
          {
            "name": "proposal",
            "type": "uint64",
            "internalType": "uint64"
          },
          {
            "name": "activeSince",
            "type": "uint64",
            "internalType": "uint64"
          },
          {
            "name": "activeSinceHeight",
            "type": "uint64",
            "internalType": "uint64"
          },
          {
            "name": "isRolledBack",
            "type": "bool",
            "internalType": "bool"
          }
        ]
      }
    ]
  },
  {
    "type": "function",
    "name": "vote",
    "stateMutability": "nonpayable",
    "inputs": [
      {
        "name": "proposal",
        "type": "uint64",
        "internalType": "uint64"
      },
      {
        "name": "choice",
        "type": "uint8",
        "internalType": "uint8"
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
    "name": "voteOf",
    "stateMutability": "view",
    "inputs": [
      {
        "name": "proposal",
        "type": "uint64",
        "internalType": "uint64"
      },
      {
        "name": "voter",
        "type": "address",
        "internalType": "address"
      }
    ],
    "outputs": [
      {
        "name": "",
        "type": "tuple",
        "internalType": "struct VoteInfo",
        "components": [
          {
            "name": "voter",
            "type": "address",
            "internalType": "address"
          },
          {
            "name": "choice",
            "type": "uint8",
            "internalType": "uint8"
          },
          {
            "name": "weight",
            "type": "uint256",
            "internalType": "uint256"
          }
        ]
      }
    ]
  },
  {
    "type": "function",
    "name": "votes",
    "stateMutability": "view",
    "inputs": [
      {
        "name": "proposal",
        "type": "uint64",
        "internalType": "uint64"
      },
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
        "internalType": "struct VoteInfo[]",
        "components": [
          {
            "name": "voter",
            "type": "address",
            "internalType": "address"
          },
          {
            "name": "choice",
            "type": "uint8",
            "internalType": "uint8"
          },
          {
            "name": "weight",
            "type": "uint256",
            "internalType": "uint256"
          }
        ]
      }
    ]
  },
  {
    "type": "event",
    "name": "Proposed",
    "anonymous": false,
    "inputs": [
      {
        "name": "proposal",
        "type": "uint64",
        "internalType": "uint64",
        "indexed": true
      },
      {
        "name": "proposer",
        "type": "address",
        "internalType": "address",
        "indexed": true
      },
      {
        "name": "target",
        "type": "address",
        "internalType": "address",
        "indexed": true
      },
      {
        "name": "kind",
        "type": "uint8",
        "internalType": "uint8",
        "indexed": false
      },
      {
        "name": "newVersion",
        "type": "string",
        "internalType": "string",
        "indexed": false
      },
      {
        "name": "codeHash",
        "type": "bytes32",
        "internalType": "bytes32",
        "indexed": false
      },
      {
        "name": "votingEndsAt",
        "type": "uint64",
        "internalType": "uint64",
        "indexed": false
      }
    ]
  },
  {
    "type": "event",
    "name": "Voted",
    "anonymous": false,
    "inputs": [
      {
        "name": "proposal",
        "type": "uint64",
        "internalType": "uint64",
        "indexed": true
      },
      {
        "name": "voter",
        "type": "address",
        "internalType": "address",
        "indexed": true
      },
      {
        "name": "choice",
        "type": "uint8",
        "internalType": "uint8",
        "indexed": false
      },
      {
        "name": "weight",
        "type": "uint256",
        "internalType": "uint256",
        "indexed": false
      }
    ]
  },
  {
    "type": "event",
    "name": "StatusChanged",
    "anonymous": false,
    "inputs": [
      {
        "name": "proposal",
        "type": "uint64",
        "internalType": "uint64",
        "indexed": true
      },
      {
        "name": "status",
        "type": "uint8",
        "internalType": "uint8",
        "indexed": true
      },
      {
        "name": "previous",
        "type": "uint8",
        "internalType": "uint8",
        "indexed": false
      }
    ]
  },
  {
    "type": "event",
    "name": "DepositReturned",
    "anonymous": false,
    "inputs": [
      {
        "name": "proposal",
        "type": "uint64",
        "internalType": "uint64",
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
    "name": "DepositBurnt",
    "anonymous": false,
    "inputs": [
      {
        "name": "proposal",
        "type": "uint64",
        "internalType": "uint64",
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
    "name": "ReadyAnnounced",
    "anonymous": false,
    "inputs": [
      {
        "name": "proposal",
        "type": "uint64",
        "internalType": "uint64",
        "indexed": true
      },
      {
        "name": "validator",
        "type": "address",
        "internalType": "address",
        "indexed": true
      },
      {
        "name": "codeHash",
        "type": "bytes32",
        "internalType": "bytes32",
        "indexed": false
      }
    ]
  },
  {
    "type": "event",
    "name": "VersionActivated",
    "anonymous": false,
    "inputs": [
      {
        "name": "target",
        "type": "address",
        "internalType": "address",
        "indexed": true
      },
      {
        "name": "proposal",
        "type": "uint64",
        "internalType": "uint64",
        "indexed": true
      },
      {
        "name": "version",
        "type": "string",
        "internalType": "string",
        "indexed": false
      },
      {
        "name": "previous",
        "type": "string",
        "internalType": "string",
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
    "name": "EmptyField",
    "inputs": [
      {
        "name": "field",
        "type": "string",
        "internalType": "string"
      }
    ]
  },
  {
    "type": "error",
    "name": "BadKind",
    "inputs": [
      {
        "name": "kind",
        "type": "uint8",
        "internalType": "uint8"
      }
    ]
  },
  {
    "type": "error",
    "name": "BadVersion",
    "inputs": [
      {
        "name": "version",
        "type": "string",
        "internalType": "string"
      }
    ]
  },
  {
    "type": "error",
    "name": "NotActiveVersion",
    "inputs": [
      {
        "name": "active",
        "type": "string",
        "internalType": "string"
      }
    ]
  },
  {
    "type": "error",
    "name": "UnknownContract",
    "inputs": [
      {
        "name": "target",
        "type": "address",
        "internalType": "address"
      }
    ]
  },
  {
    "type": "error",
    "name": "ProposalOpen",
    "inputs": [
      {
        "name": "proposal",
        "type": "uint64",
        "internalType": "uint64"
      }
    ]
  },
  {
    "type": "error",
    "name": "TooManyOpen",
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
    "name": "BadVotingPeriod",
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
    "name": "VersionNotGreater",
    "inputs": [
      {
        "name": "highest",
        "type": "string",
        "internalType": "string"
      }
    ]
  },
  {
    "type": "error",
    "name": "CodeHashBound",
    "inputs": [
      {
        "name": "codeHash",
        "type": "bytes32",
        "internalType": "bytes32"
      }
    ]
  },
  {
    "type": "error",
    "name": "StakeTooSmall",
    "inputs": [
      {
        "name": "bonded",
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
    "name": "WrongDeposit",
    "inputs": [
      {
        "name": "deposit",
        "type": "uint256",
        "internalType": "uint256"
      }
    ]
  },
  {
    "type": "error",
    "name": "OldValueDiffers",
    "inputs": [
      {
        "name": "target",
        "type": "address",
        "internalType": "address"
      },
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
    ]
  },
  {
    "type": "error",
    "name": "ChangeRefused",
    "inputs": [
      {
        "name": "target",
        "type": "address",
        "internalType": "address"
      },
      {
        "name": "key",
        "type": "string",
        "internalType": "string"
      },
      {
        "name": "reason",
        "type": "bytes",
        "internalType": "bytes"
      }
    ]
  },
  {
    "type": "error",
    "name": "TooManyChanges",
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
    "name": "TextTooLong",
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
    "name": "UnknownProposal",
    "inputs": [
      {
        "name": "proposal",
        "type": "uint64",
        "internalType": "uint64"
      }
    ]
  },
  {
    "type": "error",
    "name": "VotingEnded",
    "inputs": [
      {
        "name": "endedAt",
        "type": "uint64",
        "internalType": "uint64"
      }
    ]
  },
  {
    "type": "error",
    "name": "BadChoice",
    "inputs": [
      {
        "name": "choice",
        "type": "uint8",
        "internalType": "uint8"
      }
    ]
  },
  {
    "type": "error",
    "name": "NoVotingPower",
    "inputs": [
      {
        "name": "snapshotHeight",
        "type": "uint64",
        "internalType": "uint64"
      }
    ]
  },
  {
    "type": "error",
    "name": "NotValidator",
    "inputs": []
  },
  {
    "type": "error",
    "name": "NothingToBeReadyFor",
    "inputs": []
  },
  {
    "type": "error",
    "name": "NotReversible",
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
    "name": "RollbackTooLate",
    "inputs": [
      {
        "name": "decidedBy",
        "type": "uint64",
        "internalType": "uint64"
      }
    ]
  },
  {
    "type": "error",
    "name": "ValueMovedOn",
    "inputs": [
      {
        "name": "target",
        "type": "address",
        "internalType": "address"
      },
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
    ]
  },
  {
    "type": "error",
    "name": "OnlySelf",
    "inputs": []
  },
  {
    "type": "error",
    "name": "TrialPassed",
    "inputs": []
  },
  {
    "type": "error",
    "name": "RulesContradict",
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
