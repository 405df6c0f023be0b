// guardian 1.0.0: generated from the contract's declaration.

export type Hex = `0x${string}`;
export type Address = `0x${string}`;

export const guardianAddress: Address = "0x0000000000000000000000000000000000001003";

export interface SessionAllowance {
  asset: Address;
  transaction: bigint;
  hour: bigint;
  day: bigint;
  week: bigint;
}

export interface ChangeInfo {
  changeId: bigint;
  vault: Address;
  kind: number;
  status: number;
  payload: Hex;
  queuedAt: bigint;
  delaySeconds: bigint;
  isReady: boolean;
}

export interface Limits {
  transaction: bigint;
  hour: bigint;
  day: bigint;
  week: bigint;
  lock: bigint;
}

export interface BudgetInfo {
  isSet: boolean;
  limits: Limits;
  hourSpent: bigint;
  daySpent: bigint;
  weekSpent: bigint;
}

export interface OperationInfo {
  operationId: bigint;
  vault: Address;
  kind: number;
  status: number;
  initiator: Address;
  target: Address;
  value: bigint;
  data: Hex;
  queuedAt: bigint;
  delaySeconds: bigint;
  isReady: boolean;
}

export interface ParameterInfo {
  key: string;
  value: bigint;
  defaultValue: bigint;
  minimum: bigint;
  maximum: bigint;
  stepMax: bigint;
}

export interface RecoveryInfo {
  candidate: Address;
  isFinal: boolean;
  startedAt: bigint;
  delaySeconds: bigint;
  support: number;
  needed: number;
  objectedAt: bigint;
}

export interface RuleInfo {
  isSet: boolean;
  valueMax: bigint;
  amountMax: bigint;
}

export interface SessionInfo {
  isLive: boolean;
  addedAt: bigint;
  lifetimeSeconds: bigint;
}

export interface VaultInfo {
  vault: Address;
  owner: Address;
  agent: Address;
  lockSeconds: bigint;
  guardians: readonly Address[];
  sessionKeys: readonly Address[];
  assets: readonly Address[];
  pendingOperations: readonly bigint[];
  pendingChanges: readonly bigint[];
  pausedBy: Address;
  isPauseConfirmed: boolean;
}

export interface GuardianCalls {
  /** nonpayable */
  addSessionKey: { args: readonly [vault: Address, key: Address, lifetimeSeconds: bigint, allowances: readonly SessionAllowance[]]; returns: bigint };
  /** nonpayable */
  allow: { args: readonly [vault: Address, target: Address, selector: Hex, valueMax: bigint, amountMax: bigint]; returns: bigint };
  /** nonpayable */
  approveHash: { args: readonly [vault: Address, approvedHash: Hex, asset: Address, maximum: bigint]; returns: bigint };
  /** nonpayable */
  cancel: { args: readonly [operationId: bigint]; returns: void };
  /** nonpayable */
  cancelChange: { args: readonly [changeId: bigint]; returns: void };
  /** view */
  change: { args: readonly [changeId: bigint]; returns: ChangeInfo };
  /** view */
  changes: { args: readonly [vault: Address, cursor: bigint, limit: number]; returns: readonly [readonly ChangeInfo[], bigint] };
  /** view */
  checkParameters: { args: readonly []; returns: void };
  /** nonpayable */
  confirmPause: { args: readonly [vault: Address]; returns: void };
  /** nonpayable */
  createVault: { args: readonly [agent: Address, guardians: readonly Address[], limits: Limits, lockSeconds: bigint, salt: Hex]; returns: Address };
  /** nonpayable */
  createVaultFromPreset: { args: readonly [preset: string, agent: Address, guardians: readonly Address[], salt: Hex]; returns: Address };
  /** nonpayable */
  disallow: { args: readonly [vault: Address, target: Address, selector: Hex]; returns: void };
  /** nonpayable */
  execute: { args: readonly [operationId: bigint]; returns: Hex };
  /** nonpayable */
  executeChange: { args: readonly [changeId: bigint]; returns: void };
  /** nonpayable */
  executeRecovery: { args: readonly [vault: Address]; returns: void };
  /** nonpayable */
  expire: { args: readonly [operationId: bigint]; returns: void };
  /** nonpayable */
  expireChange: { args: readonly [changeId: bigint]; returns: void };
  /** nonpayable */
  initiate: { args: readonly [vault: Address, target: Address, value: bigint, data: Hex]; returns: readonly [bigint, Hex] };
  /** view */
  limits: { args: readonly [vault: Address, asset: Address]; returns: BudgetInfo };
  /** nonpayable */
  objectToRecovery: { args: readonly [vault: Address]; returns: void };
  /** view */
  operation: { args: readonly [operationId: bigint]; returns: OperationInfo };
  /** view */
  operations: { args: readonly [vault: Address, cursor: bigint, limit: number]; returns: readonly [readonly OperationInfo[], bigint] };
  /** view */
  parameter: { args: readonly [key: string]; returns: bigint };
  /** view */
  parameterList: { args: readonly []; returns: readonly ParameterInfo[] };
  /** nonpayable */
  pause: { args: readonly [vault: Address]; returns: void };
  /** view */
  predictVault: { args: readonly [owner: Address, salt: Hex]; returns: Address };
  /** view */
  preview: { args: readonly [vault: Address, initiator: Address, target: Address, value: bigint, data: Hex]; returns: boolean };
  /** view */
  recovery: { args: readonly [vault: Address]; returns: RecoveryInfo };
  /** nonpayable */
  removeSessionKey: { args: readonly [vault: Address, key: Address]; returns: void };
  /** nonpayable */
  revokeHash: { args: readonly [vault: Address, approvedHash: Hex]; returns: void };
  /** view */
  role: { args: readonly [vault: Address, account: Address]; returns: number };
  /** nonpayable */
  rotateGuardians: { args: readonly [vault: Address, guardians: readonly Address[]]; returns: bigint };
  /** view */
  rule: { args: readonly [vault: Address, target: Address, selector: Hex]; returns: RuleInfo };
  /** view */
  sessionKey: { args: readonly [vault: Address, key: Address]; returns: SessionInfo };
  /** view */
  sessionLimits: { args: readonly [vault: Address, key: Address, asset: Address]; returns: BudgetInfo };
  /** nonpayable */
  setAgent: { args: readonly [vault: Address, agent: Address]; returns: bigint };
  /** nonpayable */
  setLimits: { args: readonly [vault: Address, asset: Address, limits: Limits]; returns: bigint };
  /** nonpayable */
  setLockSeconds: { args: readonly [vault: Address, seconds: bigint]; returns: bigint };
  /** nonpayable */
  setParameter: { args: readonly [key: string, value: bigint]; returns: void };
  /** view */
  signatureAnswer: { args: readonly [vault: Address, signedHash: Hex]; returns: Hex };
  /** view */
  supportOf: { args: readonly [vault: Address, guardian: Address]; returns: Address };
  /** nonpayable */
  supportRecovery: { args: readonly [vault: Address, candidate: Address]; returns: void };
  /** view */
  supportsInterface: { args: readonly [interfaceId: Hex]; returns: boolean };
  /** nonpayable */
  unpause: { args: readonly [vault: Address]; returns: void };
  /** view */
  vault: { args: readonly [vault: Address]; returns: VaultInfo };
  /** view */
  vaults: { args: readonly [cursor: bigint, limit: number]; returns: readonly [readonly Address[], bigint] };
}

export interface GuardianEvents {
  VaultCreated: { vault: Address; owner: Address; agent: Address; guardians: readonly Address[]; limits: Limits; lockSeconds: bigint };
  OperationQueued: { operationId: bigint; vault: Address; initiator: Address; kind: number; target: Address; value: bigint; data: Hex; delaySeconds: bigint };
  OperationExecuted: { operationId: bigint; vault: Address; initiator: Address; target: Address; value: bigint; amount: bigint; selector: Hex };
  OperationCancelled: { operationId: bigint; vault: Address; by: Address };
  OperationExpired: { operationId: bigint; vault: Address };
  ChangeQueued: { changeId: bigint; vault: Address; kind: number; payload: Hex; delaySeconds: bigint };
  ChangeExecuted: { changeId: bigint; vault: Address };
  ChangeCancelled: { changeId: bigint; vault: Address; by: Address };
  ChangeExpired: { changeId: bigint; vault: Address };
  LimitsChanged: { vault: Address; asset: Address; limits: Limits };
  LockSecondsChanged: { vault: Address; lockSeconds: bigint };
  GuardiansChanged: { vault: Address; guardians: readonly Address[] };
  AgentChanged: { vault: Address; agent: Address };
  RuleChanged: { vault: Address; target: Address; selector: Hex; isSet: boolean; valueMax: bigint; amountMax: bigint };
  SessionKeyAdded: { vault: Address; key: Address; lifetimeSeconds: bigint };
  SessionKeyRemoved: { vault: Address; key: Address };
  HashApproved: { vault: Address; hash: Hex; asset: Address; maximum: bigint };
  HashRevoked: { vault: Address; hash: Hex; by: Address };
  Paused: { vault: Address; guardian: Address };
  PauseConfirmed: { vault: Address; guardian: Address; isConfirmed: boolean };
  Unpaused: { vault: Address; guardian: Address; isEnded: boolean };
  RecoverySupported: { vault: Address; guardian: Address; candidate: Address };
  RecoveryStarted: { vault: Address; candidate: Address; isFinal: boolean; delaySeconds: bigint };
  RecoveryEnded: { vault: Address; candidate: Address; by: Address };
  OwnerRecovered: { vault: Address; oldOwner: Address; newOwner: Address };
  ParameterChanged: { key: string; name: string; oldValue: bigint; newValue: bigint };
}

export interface GuardianErrors {
  UnknownVault: { vault: Address };
  UnknownPreset: { preset: string };
  NotOwner: {};
  NotGuardian: {};
  NotOwnerOrGuardian: {};
  NotInitiator: { account: Address };
  SessionKeyLimited: { key: Address };
  BadAccount: { account: Address };
  BadGuardianCount: { minimum: number; maximum: number };
  BadLimits: {};
  BadLockSeconds: { minimum: bigint; maximum: bigint };
  BadLifetime: { maximum: bigint };
  AllowanceTooLarge: { asset: Address };
  BadTarget: { target: Address };
  DataTooLong: { maximum: number };
  TooMany: { maximum: number };
  LimitExceeded: { asset: Address; window: number; amount: bigint; left: bigint };
  VaultBalanceTooLow: { balance: bigint; needed: bigint };
  WrongStatus: { status: number };
  NotReady: {};
  TooLate: {};
  NotTooLate: {};
  StaleChange: {};
  OwnRemoval: {};
  UnknownRule: {};
  UnknownSessionKey: { key: Address };
  UnknownHash: { hash: Hex };
  VaultPaused: {};
  NotPaused: {};
  PauseTooSoon: { seconds: bigint };
  RecoveryPending: {};
  NoRecovery: {};
  CannotObject: {};
  ParametersContradict: { key: string };
  UnknownParameter: { key: string };
  ParameterOutOfRange: { key: string; minimum: bigint; maximum: bigint; stepMax: bigint };
  OnlyGovernance: {};
  Reentered: {};
}

export const guardianAbi = [
  {
    "type": "function",
    "name": "addSessionKey",
    "stateMutability": "nonpayable",
    "inputs": [
      {
        "name": "vault",
        "type": "address",
        "internalType": "address"
      },
      {
        "name": "key",
        "type": "address",
        "internalType": "address"
      },
      {
        "name": "lifetimeSeconds",
        "type": "uint64",
        "internalType": "uint64"
      },
      {
        "name": "allowances",
        "type": "tuple[]",
        "internalType": "struct SessionAllowance[]",
        "components": [
          {
            "name": "asset",
            "type": "address",
            "internalType": "address"
          },
          {
            "name": "transaction",
            "type": "uint128",
            "internalType": "uint128"
          },
          {
            "name": "hour",
            "type": "uint128",
            "internalType": "uint128"
          },
          {
            "name": "day",
            "type": "uint128",
            "internalType": "uint128"
          },
          {
            "name": "week",
            "type": "uint128",
            "internalType": "uint128"
          }
        ]
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
    "name": "allow",
    "stateMutability": "nonpayable",
    "inputs": [
      {
        "name": "vault",
        "type": "address",
        "internalType": "address"
      },
      {
        "name": "target",
        "type": "address",
        "internalType": "address"
      },
      {
        "name": "selector",
        "type": "bytes4",
        "internalType": "bytes4"
      },
      {
        "name": "valueMax",
        "type": "uint128",
        "internalType": "uint128"
      },
      {
        "name": "amountMax",
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
    "name": "approveHash",
    "stateMutability": "nonpayable",
    "inputs": [
      {
        "name": "vault",
        "type": "address",
        "internalType": "address"
      },
      {
        "name": "approvedHash",
        "type": "bytes32",
        "internalType": "bytes32"
      },
      {
        "name": "asset",
        "type": "address",
        "internalType": "address"
      },
      {
        "name": "maximum",
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
    "name": "cancel",
    "stateMutability": "nonpayable",
    "inputs": [
      {
        "name": "operationId",
        "type": "uint64",
        "internalType": "uint64"
      }
    ],
    "outputs": []
  },
  {
    "type": "function",
    "name": "cancelChange",
    "stateMutability": "nonpayable",
    "inputs": [
      {
        "name": "changeId",
        "type": "uint64",
        "internalType": "uint64"
      }
    ],
    "outputs": []
  },
  {
    "type": "function",
    "name": "change",
    "stateMutability": "view",
    "inputs": [
      {
        "name": "changeId",
        "type": "uint64",
        "internalType": "uint64"
      }
    ],
    "outputs": [
      {
        "name": "",
        "type": "tuple",
        "internalType": "struct ChangeInfo",
        "components": [
          {
            "name": "changeId",
            "type": "uint64",
            "internalType": "uint64"
          },
          {
            "name": "vault",
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
            "name": "payload",
            "type": "bytes",
            "internalType": "bytes"
          },
          {
            "name": "queuedAt",
            "type": "uint64",
            "internalType": "uint64"
          },
          {
            "name": "delaySeconds",
            "type": "uint64",
            "internalType": "uint64"
          },
          {
            "name": "isReady",
            "type": "bool",
            "internalType": "bool"
          }
        ]
      }
    ]
  },
  {
    "type": "function",
    "name": "changes",
    "stateMutability": "view",
    "inputs": [
      {
        "name": "vault",
        "type": "address",
        "internalType": "address"
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
        "internalType": "struct ChangeInfo[]",
        "components": [
          {
            "name": "changeId",
            "type": "uint64",
            "internalType": "uint64"
          },
          {
            "name": "vault",
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
            "name": "payload",
            "type": "bytes",
            "internalType": "bytes"
          },
          {
            "name": "queuedAt",
            "type": "uint64",
            "internalType": "uint64"
          },
          {
            "name": "delaySeconds",
            "type": "uint64",
            "internalType": "uint64"
          },
          {
            "name": "isReady",
            "type": "bool",
            "internalType": "bool"
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
    "name": "checkParameters",
    "stateMutability": "view",
    "inputs": [],
    "outputs": []
  },
  {
    "type": "function",
    "name": "confirmPause",
    "stateMutability": "nonpayable",
    "inputs": [
      {
        "name": "vault",
        "type": "address",
        "internalType": "address"
      }
    ],
    "outputs": []
  },
  {
    "type": "function",
    "name": "createVault",
    "stateMutability": "nonpayable",
    "inputs": [
      {
        "name": "agent",
        "type": "address",
        "internalType": "address"
      },
      {
        "name": "guardians",
        "type": "address[]",
        "internalType": "address[]"
      },
      {
        "name": "limits",
        "type": "tuple",
        "internalType": "struct Limits",
        "components": [
          {
            "name": "transaction",
            "type": "uint128",
            "internalType": "uint128"
          },
          {
            "name": "hour",
            "type": "uint128",
            "internalType": "uint128"
          },
          {
            "name": "day",
            "type": "uint128",
            "internalType": "uint128"
          },
          {
            "name": "week",
            "type": "uint128",
            "internalType": "uint128"
          },
          {
            "name": "lock",
            "type": "uint128",
            "internalType": "uint128"
          }
        ]
      },
      {
        "name": "lockSeconds",
        "type": "uint64",
        "internalType": "uint64"
      },
      {
        "name": "salt",
        "type": "bytes32",
        "internalType": "bytes32"
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
    "name": "createVaultFromPreset",
    "stateMutability": "nonpayable",
    "inputs": [
      {
        "name": "preset",
        "type": "string",
        "internalType": "string"
      },
      {
        "name": "agent",
        "type": "address",
        "internalType": "address"
      },
      {
        "name": "guardians",
        "type": "address[]",
        "internalType": "address[]"
      },
      {
        "name": "salt",
        "type": "bytes32",
        "internalType": "bytes32"
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
    "name": "disallow",
    "stateMutability": "nonpayable",
    "inputs": [
      {
        "name": "vault",
        "type": "address",
        "internalType": "address"
      },
      {
        "name": "target",
        "type": "address",
        "internalType": "address"
      },
      {
        "name": "selector",
        "type": "bytes4",
        "internalType": "bytes4"
      }
    ],
    "outputs": []
  },
  {
    "type": "function",
    "name": "execute",
    "stateMutability": "nonpayable",
    "inputs": [
      {
        "name": "operationId",
        "type": "uint64",
        "internalType": "uint64"
      }
    ],
    "outputs": [
      {
        "name": "",
        "type": "bytes",
        "internalType": "bytes"
      }
    ]
  },
  {
    "type": "function",
    "name": "executeChange",
    "stateMutability": "nonpayable",
    "inputs": [
      {
        "name": "changeId",
        "type": "uint64",
        "internalType": "uint64"
      }
    ],
    "outputs": []
  },
  {
    "type": "function",
    "name": "executeRecovery",
    "stateMutability": "nonpayable",
    "inputs": [
      {
        "name": "vault",
        "type": "address",
        "internalType": "address"
      }
    ],
    "outputs": []
  },
  {
    "type": "function",
    "name": "expire",
    "stateMutability": "nonpayable",
    "inputs": [
      {
        "name": "operationId",
        "type": "uint64",
        "internalType": "uint64"
      }
    ],
    "outputs": []
  },
  {
    "type": "function",
    "name": "expireChange",
    "stateMutability": "nonpayable",
    "inputs": [
      {
        "name": "changeId",
        "type": "uint64",
        "internalType": "uint64"
      }
    ],
    "outputs": []
  },
  {
    "type": "function",
    "name": "initiate",
    "stateMutability": "nonpayable",
    "inputs": [
      {
        "name": "vault",
        "type": "address",
        "internalType": "address"
      },
      {
        "name": "target",
        "type": "address",
        "internalType": "address"
      },
      {
        "name": "value",
        "type": "uint128",
        "internalType": "uint128"
      },
      {
        "name": "data",
        "type": "bytes",
        "internalType": "bytes"
      }
    ],
    "outputs": [
      {
        "name": "",
        "type": "uint64",
        "internalType": "uint64"
      },
      {
        "name": "",
        "type": "bytes",
        "internalType": "bytes"
      }
    ]
  },
  {
    "type": "function",
    "name": "limits",
    "stateMutability": "view",
    "inputs": [
      {
        "name": "vault",
        "type": "address",
        "internalType": "address"
      },
      {
        "name": "asset",
        "type": "address",
        "internalType": "address"
      }
    ],
    "outputs": [
      {
        "name": "",
        "type": "tuple",
        "internalType": "struct BudgetInfo",
        "components": [
          {
            "name": "isSet",
            "type": "bool",
            "internalType": "bool"
          },
          {
            "name": "limits",
            "type": "tuple",
            "internalType": "struct Limits",
            "components": [
              {
                "name": "transaction",
                "type": "uint128",
                "internalType": "uint128"
              },
              {
                "name": "hour",
                "type": "uint128",
                "internalType": "uint128"
              },
              {
                "name": "day",
                "type": "uint128",
                "internalType": "uint128"
              },
              {
                "name": "week",
                "type": "uint128",
                "internalType": "uint128"
              },
              {
                "name": "lock",
                "type": "uint128",
                "internalType": "uint128"
              }
            ]
          },
          {
            "name": "hourSpent",
            "type": "uint128",
            "internalType": "uint128"
          },
          {
            "name": "daySpent",
            "type": "uint128",
            "internalType": "uint128"
          },
          {
            "name": "weekSpent",
            "type": "uint128",
            "internalType": "uint128"
          }
        ]
      }
    ]
  },
  {
    "type": "function",
    "name": "objectToRecovery",
    "stateMutability": "nonpayable",
    "inputs": [
      {
        "name": "vault",
        "type": "address",
        "internalType": "address"
      }
    ],
    "outputs": []
  },
  {
    "type": "function",
    "name": "operation",
    "stateMutability": "view",
    "inputs": [
      {
        "name": "operationId",
        "type": "uint64",
        "internalType": "uint64"
      }
    ],
    "outputs": [
      {
        "name": "",
        "type": "tuple",
        "internalType": "struct OperationInfo",
        "components": [
          {
            "name": "operationId",
            "type": "uint64",
            "internalType": "uint64"
          },
          {
            "name": "vault",
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
            "name": "initiator",
            "type": "address",
            "internalType": "address"
          },
          {
            "name": "target",
            "type": "address",
            "internalType": "address"
          },
          {
            "name": "value",
            "type": "uint128",
            "internalType": "uint128"
          },
          {
            "name": "data",
            "type": "bytes",
            "internalType": "bytes"
          },
          {
            "name": "queuedAt",
            "type": "uint64",
            "internalType": "uint64"
          },
          {
            "name": "delaySeconds",
            "type": "uint64",
            "internalType": "uint64"
          },
          {
            "name": "isReady",
            "type": "bool",
            "internalType": "bool"
          }
        ]
      }
    ]
  },
  {
    "type": "function",
    "name": "operations",
    "stateMutability": "view",
    "inputs": [
      {
        "name": "vault",
        "type": "address",
        "internalType": "address"
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
        "internalType": "struct OperationInfo[]",
        "components": [
          {
            "name": "operationId",
            "type": "uint64",
            "internalType": "uint64"
          },
          {
            "name": "vault",
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
            "name": "initiator",
            "type": "address",
            "internalType": "address"
          },
          {
            "name": "target",
            "type": "address",
            "internalType": "address"
          },
          {
            "name": "value",
            "type": "uint128",
            "internalType": "uint128"
          },
          {
            "name": "data",
            "type": "bytes",
            "internalType": "bytes"
          },
          {
            "name": "queuedAt",
            "type": "uint64",
            "internalType": "uint64"
          },
          {
            "name": "delaySeconds",
            "type": "uint64",
            "internalType": "uint64"
          },
          {
            "name": "isReady",
            "type": "bool",
            "internalType": "bool"
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
    "name": "pause",
    "stateMutability": "nonpayable",
    "inputs": [
      {
        "name": "vault",
        "type": "address",
        "internalType": "address"
      }
    ],
    "outputs": []
  },
  {
    "type": "function",
    "name": "predictVault",
    "stateMutability": "view",
    "inputs": [
      {
        "name": "owner",
        "type": "address",
        "internalType": "address"
      },
      {
        "name": "salt",
        "type": "bytes32",
        "internalType": "bytes32"
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
    "name": "preview",
    "stateMutability": "view",
    "inputs": [
      {
        "name": "vault",
        "type": "address",
        "internalType": "address"
      },
      {
        "name": "initiator",
        "type": "address",
        "internalType": "address"
      },
      {
        "name": "target",
        "type": "address",
        "internalType": "address"
      },
      {
        "name": "value",
        "type": "uint128",
        "internalType": "uint128"
      },
      {
        "name": "data",
        "type": "bytes",
        "internalType": "bytes"
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
    "name": "recovery",
    "stateMutability": "view",
    "inputs": [
      {
        "name": "vault",
        "type": "address",
        "internalType": "address"
      }
    ],
    "outputs": [
      {
        "name": "",
        "type": "tuple",
        "internalType": "struct RecoveryInfo",
        "components": [
          {
            "name": "candidate",
            "type": "address",
            "internalType": "address"
          },
          {
            "name": "isFinal",
            "type": "bool",
            "internalType": "bool"
          },
          {
            "name": "startedAt",
            "type": "uint64",
            "internalType": "uint64"
          },
          {
            "name": "delaySeconds",
            "type": "uint64",
            "internalType": "uint64"
          },
          {
            "name": "support",
            "type": "uint32",
            "internalType": "uint32"
          },
          {
            "name": "needed",
            "type": "uint32",
            "internalType": "uint32"
          },
          {
            "name": "objectedAt",
            "type": "uint64",
            "internalType": "uint64"
          }
        ]
      }
    ]
  },
  {
    "type": "function",
    "name": "removeSessionKey",
    "stateMutability": "nonpayable",
    "inputs": [
      {
        "name": "vault",
        "type": "address",
        "internalType": "address"
      },
      {
        "name": "key",
        "type": "address",
        "internalType": "address"
      }
    ],
    "outputs": []
  },
  {
    "type": "function",
    "name": "revokeHash",
    "stateMutability": "nonpayable",
    "inputs": [
      {
        "name": "vault",
        "type": "address",
        "internalType": "address"
      },
      {
        "name": "approvedHash",
        "type": "bytes32",
        "internalType": "bytes32"
      }
    ],
    "outputs": []
  },
  {
    "type": "function",
    "name": "role",
    "stateMutability": "view",
    "inputs": [
      {
        "name": "vault",
        "type": "address",
        "internalType": "address"
      },
      {
        "name": "account",
        "type": "address",
        "internalType": "address"
      }
    ],
    "outputs": [
      {
        "name": "",
        "type": "uint8",
        "internalType": "uint8"
      }
    ]
  },
  {
    "type": "function",
    "name": "rotateGuardians",
    "stateMutability": "nonpayable",
    "inputs": [
      {
        "name": "vault",
        "type": "address",
        "internalType": "address"
      },
      {
        "name": "guardians",
        "type": "address[]",
        "internalType": "address[]"
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
    "name": "rule",
    "stateMutability": "view",
    "inputs": [
      {
        "name": "vault",
        "type": "address",
        "internalType": "address"
      },
      {
        "name": "target",
        "type": "address",
        "internalType": "address"
      },
      {
        "name": "selector",
        "type": "bytes4",
        "internalType": "bytes4"
      }
    ],
    "outputs": [
      {
        "name": "",
        "type": "tuple",
        "internalType": "struct RuleInfo",
        "components": [
          {
            "name": "isSet",
            "type": "bool",
            "internalType": "bool"
          },
          {
            "name": "valueMax",
            "type": "uint128",
            "internalType": "uint128"
          },
          {
            "name": "amountMax",
            "type": "uint128",
            "internalType": "uint128"
          }
        ]
      }
    ]
  },
  {
    "type": "function",
    "name": "sessionKey",
    "stateMutability": "view",
    "inputs": [
      {
        "name": "vault",
        "type": "address",
        "internalType": "address"
      },
      {
        "name": "key",
        "type": "address",
        "internalType": "address"
      }
    ],
    "outputs": [
      {
        "name": "",
        "type": "tuple",
        "internalType": "struct SessionInfo",
        "components": [
          {
            "name": "isLive",
            "type": "bool",
            "internalType": "bool"
          },
          {
            "name": "addedAt",
            "type": "uint64",
            "internalType": "uint64"
          },
          {
            "name": "lifetimeSeconds",
            "type": "uint64",
            "internalType": "uint64"
          }
        ]
      }
    ]
  },
  {
    "type": "function",
    "name": "sessionLimits",
    "stateMutability": "view",
    "inputs": [
      {
        "name": "vault",
        "type": "address",
        "internalType": "address"
      },
      {
        "name": "key",
        "type": "address",
        "internalType": "address"
      },
      {
        "name": "asset",
        "type": "address",
        "internalType": "address"
      }
    ],
    "outputs": [
      {
        "name": "",
        "type": "tuple",
        "internalType": "struct BudgetInfo",
        "components": [
          {
            "name": "isSet",
            "type": "bool",
            "internalType": "bool"
          },
          {
            "name": "limits",
            "type": "tuple",
            "internalType": "struct Limits",
            "components": [
              {
                "name": "transaction",
                "type": "uint128",
                "internalType": "uint128"
              },
              {
                "name": "hour",
                "type": "uint128",
                "internalType": "uint128"
              },
              {
                "name": "day",
                "type": "uint128",
                "internalType": "uint128"
              },
              {
                "name": "week",
                "type": "uint128",
                "internalType": "uint128"
              },
              {
                "name": "lock",
                "type": "uint128",
                "internalType": "uint128"
              }
            ]
          },
          {
            "name": "hourSpent",
            "type": "uint128",
            "internalType": "uint128"
          },
          {
            "name": "daySpent",
            "type": "uint128",
            "internalType": "uint128"
          },
          {
            "name": "weekSpent",
            "type": "uint128",
            "internalType": "uint128"
          }
        ]
      }
    ]
  },
  {
    "type": "function",
    "name": "setAgent",
    "stateMutability": "nonpayable",
    "inputs": [
      {
        "name": "vault",
        "type": "address",
        "internalType": "address"
      },
      {
        "name": "agent",
        "type": "address",
        "internalType": "address"
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
    "name": "setLimits",
    "stateMutability": "nonpayable",
    "inputs": [
      {
        "name": "vault",
        "type": "address",
        "internalType": "address"
      },
      {
        "name": "asset",
        "type": "address",
        "internalType": "address"
      },
      {
        "name": "limits",
        "type": "tuple",
        "internalType": "struct Limits",
        "components": [
          {
            "name": "transaction",
            "type": "uint128",
            "internalType": "uint128"
          },
          {
            "name": "hour",
            "type": "uint128",
            "internalType": "uint128"
          },
          {
            "name": "day",
            "type": "uint128",
            "internalType": "uint128"
          },
          {
            "name": "week",
            "type": "uint128",
            "internalType": "uint128"
          },
          {
            "name": "lock",
            "type": "uint128",
            "internalType": "uint128"
          }
        ]
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
    "name": "setLockSeconds",
    "stateMutability": "nonpayable",
    "inputs": [
      {
        "name": "vault",
        "type": "address",
        "internalType": "address"
      },
      {
        "name": "seconds",
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
    "name": "signatureAnswer",
    "stateMutability": "view",
    "inputs": [
      {
        "name": "vault",
        "type": "address",
        "internalType": "address"
      },
      {
        "name": "signedHash",
        "type": "bytes32",
        "internalType": "bytes32"
      }
    ],
    "outputs": [
      {
        "name": "",
        "type": "bytes4",
        "internalType": "bytes4"
      }
    ]
  },
  {
    "type": "function",
    "name": "supportOf",
    "stateMutability": "view",
    "inputs": [
      {
        "name": "vault",
        "type": "address",
        "internalType": "address"
      },
      {
        "name": "guardian",
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
    "name": "supportRecovery",
    "stateMutability": "nonpayable",
    "inputs": [
      {
        "name": "vault",
        "type": "address",
        "internalType": "address"
      },
      {
        "name": "candidate",
        "type": "address",
        "internalType": "address"
      }
    ],
    "outputs": []
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
    "name": "unpause",
    "stateMutability": "nonpayable",
    "inputs": [
      {
        "name": "vault",
        "type": "address",
        "internalType": "address"
      }
    ],
    "outputs": []
  },
  {
    "type": "function",
    "name": "vault",
    "stateMutability": "view",
    "inputs": [
      {
        "name": "vault",
        "type": "address",
        "internalType": "address"
      }
    ],
    "outputs": [
      {
        "name": "",
        "type": "tuple",
        "internalType": "struct VaultInfo",
        "components": [
          {
            "name": "vault",
            "type": "address",
            "internalType": "address"
          },
          {
            "name": "owner",
            "type": "address",
            "internalType": "address"
          },
          {
            "name": "agent",
            "type": "address",
            "internalType": "address"
          },
          {
            "name": "lockSeconds",
            "type": "uint64",
            "internalType": "uint64"
          },
          {
            "name": "guardians",
            "type": "address[]",
            "internalType": "address[]"
          },
          {
            "name": "sessionKeys",
            "type": "address[]",
            "internalType": "address[]"
          },
          {
            "name": "assets",
            "type": "address[]",
            "internalType": "address[]"
          },
          {
            "name": "pendingOperations",
            "type": "uint64[]",
            "internalType": "uint64[]"
          },
          {
            "name": "pendingChanges",
            "type": "uint64[]",
            "internalType": "uint64[]"
          },
          {
            "name": "pausedBy",
            "type": "address",
            "internalType": "address"
          },
          {
            "name": "isPauseConfirmed",
            "type": "bool",
            "internalType": "bool"
          }
        ]
      }
    ]
  },
  {
    "type": "function",
    "name": "vaults",
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
        "type": "address[]",
        "internalType": "address[]"
      },
      {
        "name": "",
        "type": "uint64",
        "internalType": "uint64"
      }
    ]
  },
  {
    "type": "event",
    "name": "VaultCreated",
    "anonymous": false,
    "inputs": [
      {
        "name": "vault",
        "type": "address",
        "internalType": "address",
        "indexed": true
      },
      {
        "name": "owner",
        "type": "address",
        "internalType": "address",
        "indexed": true
      },
      {
        "name": "agent",
        "type": "address",
        "internalType": "address",
        "indexed": true
      },
      {
        "name": "guardians",
        "type": "address[]",
        "internalType": "address[]",
        "indexed": false
      },
      {
        "name": "limits",
        "type": "tuple",
        "internalType": "struct Limits",
        "components": [
          {
            "name": "transaction",
            "type": "uint128",
            "internalType": "uint128"
          },
          {
            "name": "hour",
            "type": "uint128",
            "internalType": "uint128"
          },
          {
            "name": "day",
            "type": "uint128",
            "internalType": "uint128"
          },
          {
            "name": "week",
            "type": "uint128",
            "internalType": "uint128"
          },
          {
            "name": "lock",
            "type": "uint128",
            "internalType": "uint128"
          }
        ],
        "indexed": false
      },
      {
        "name": "lockSeconds",
        "type": "uint64",
        "internalType": "uint64",
        "indexed": false
      }
    ]
  },
  {
    "type": "event",
    "name": "OperationQueued",
    "anonymous": false,
    "inputs": [
      {
        "name": "operationId",
        "type": "uint64",
        "internalType": "uint64",
        "indexed": true
      },
      {
        "name": "vault",
        "type": "address",
        "internalType": "address",
        "indexed": true
      },
      {
        "name": "initiator",
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
        "name": "target",
        "type": "address",
        "internalType": "address",
        "indexed": false
      },
      {
        "name": "value",
        "type": "uint128",
        "internalType": "uint128",
        "indexed": false
      },
      {
        "name": "data",
        "type": "bytes",
        "internalType": "bytes",
        "indexed": false
      },
      {
        "name": "delaySeconds",
        "type": "uint64",
        "internalType": "uint64",
        "indexed": false
      }
    ]
  },
  {
    "type": "event",
    "name": "OperationExecuted",
    "anonymous": false,
    "inputs": [
      {
        "name": "operationId",
        "type": "uint64",
        "internalType": "uint64",
        "indexed": true
      },
      {
        "name": "vault",
        "type": "address",
        "internalType": "address",
        "indexed": true
      },
      {
        "name": "initiator",
        "type": "address",
        "internalType": "address",
        "indexed": true
      },
      {
        "name": "target",
        "type": "address",
        "internalType": "address",
        "indexed": false
      },
      {
        "name": "value",
        "type": "uint128",
        "internalType": "uint128",
        "indexed": false
      },
      {
        "name": "amount",
        "type": "uint256",
        "internalType": "uint256",
        "indexed": false
      },
      {
        "name": "selector",
        "type": "bytes4",
        "internalType": "bytes4",
        "indexed": false
      }
    ]
  },
  {
    "type": "event",
    "name": "OperationCancelled",
    "anonymous": false,
    "inputs": [
      {
        "name": "operationId",
        "type": "uint64",
        "internalType": "uint64",
        "indexed": true
      },
      {
        "name": "vault",
        "type": "address",
        "internalType": "address",
        "indexed": true
      },
      {
        "name": "by",
        "type": "address",
        "internalType": "address",
        "indexed": true
      }
    ]
  },
  {
    "type": "event",
    "name": "OperationExpired",
    "anonymous": false,
    "inputs": [
      {
        "name": "operationId",
        "type": "uint64",
        "internalType": "uint64",
        "indexed": true
      },
      {
        "name": "vault",
        "type": "address",
        "internalType": "address",
        "indexed": true
      }
    ]
  },
  {
    "type": "event",
    "name": "ChangeQueued",
    "anonymous": false,
    "inputs": [
      {
        "name": "changeId",
        "type": "uint64",
        "internalType": "uint64",
        "indexed": true
      },
      {
        "name": "vault",
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
        "name": "payload",
        "type": "bytes",
        "internalType": "bytes",
        "indexed": false
      },
      {
        "name": "delaySeconds",
        "type": "uint64",
        "internalType": "uint64",
        "indexed": false
      }
    ]
  },
  {
    "type": "event",
    "name": "ChangeExecuted",
    "anonymous": false,
    "inputs": [
      {
        "name": "changeId",
        "type": "uint64",
        "internalType": "uint64",
        "indexed": true
      },
      {
        "name": "vault",
        "type": "address",
        "internalType": "address",
        "indexed": true
      }
    ]
  },
  {
    "type": "event",
    "name": "ChangeCancelled",
    "anonymous": false,
    "inputs": [
      {
        "name": "changeId",
        "type": "uint64",
        "internalType": "uint64",
        "indexed": true
      },
      {
        "name": "vault",
        "type": "address",
        "internalType": "address",
        "indexed": true
      },
      {
        "name": "by",
        "type": "address",
        "internalType": "address",
        "indexed": true
      }
    ]
  },
  {
    "type": "event",
    "name": "ChangeExpired",
    "anonymous": false,
    "inputs": [
      {
        "name": "changeId",
        "type": "uint64",
        "internalType": "uint64",
        "indexed": true
      },
      {
        "name": "vault",
        "type": "address",
        "internalType": "address",
        "indexed": true
      }
    ]
  },
  {
    "type": "event",
    "name": "LimitsChanged",
    "anonymous": false,
    "inputs": [
      {
        "name": "vault",
        "type": "address",
        "internalType": "address",
        "indexed": true
      },
      {
        "name": "asset",
        "type": "address",
        "internalType": "address",
        "indexed": true
      },
      {
        "name": "limits",
        "type": "tuple",
        "internalType": "struct Limits",
        "components": [
          {
            "name": "transaction",
            "type": "uint128",
            "internalType": "uint128"
          },
          {
            "name": "hour",
            "type": "uint128",
            "internalType": "uint128"
          },
          {
            "name": "day",
            "type": "uint128",
            "internalType": "uint128"
          },
          {
            "name": "week",
            "type": "uint128",
            "internalType": "uint128"
          },
          {
            "name": "lock",
            "type": "uint128",
            "internalType": "uint128"
          }
        ],
        "indexed": false
      }
    ]
  },
  {
    "type": "event",
    "name": "LockSecondsChanged",
    "anonymous": false,
    "inputs": [
      {
        "name": "vault",
        "type": "address",
        "internalType": "address",
        "indexed": true
      },
      {
        "name": "lockSeconds",
        "type": "uint64",
        "internalType": "uint64",
        "indexed": false
      }
    ]
  },
  {
    "type": "event",
    "name": "GuardiansChanged",
    "anonymous": false,
    "inputs": [
      {
        "name": "vault",
        "type": "address",
        "internalType": "address",
        "indexed": true
      },
      {
        "name": "guardians",
        "type": "address[]",
        "internalType": "address[]",
        "indexed": false
      }
    ]
  },
  {
    "type": "event",
    "name": "AgentChanged",
    "anonymous": false,
    "inputs": [
      {
        "name": "vault",
        "type": "address",
        "internalType": "address",
        "indexed": true
      },
      {
        "name": "agent",
        "type": "address",
        "internalType": "address",
        "indexed": true
      }
    ]
  },
  {
    "type": "event",
    "name": "RuleChanged",
    "anonymous": false,
    "inputs": [
      {
        "name": "vault",
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
        "name": "selector",
        "type": "bytes4",
        "internalType": "bytes4",
        "indexed": true
      },
      {
        "name": "isSet",
        "type": "bool",
        "internalType": "bool",
        "indexed": false
      },
      {
        "name": "valueMax",
        "type": "uint128",
        "internalType": "uint128",
        "indexed": false
      },
      {
        "name": "amountMax",
        "type": "uint128",
        "internalType": "uint128",
        "indexed": false
      }
    ]
  },
  {
    "type": "event",
    "name": "SessionKeyAdded",
    "anonymous": false,
    "inputs": [
      {
        "name": "vault",
        "type": "address",
        "internalType": "address",
        "indexed": true
      },
      {
        "name": "key",
        "type": "address",
        "internalType": "address",
        "indexed": true
      },
      {
        "name": "lifetimeSeconds",
        "type": "uint64",
        "internalType": "uint64",
        "indexed": false
      }
    ]
  },
  {
    "type": "event",
    "name": "SessionKeyRemoved",
    "anonymous": false,
    "inputs": [
      {
        "name": "vault",
        "type": "address",
        "internalType": "address",
        "indexed": true
      },
      {
        "name": "key",
        "type": "address",
        "internalType": "address",
        "indexed": true
      }
    ]
  },
  {
    "type": "event",
    "name": "HashApproved",
    "anonymous": false,
    "inputs": [
      {
        "name": "vault",
        "type": "address",
        "internalType": "address",
        "indexed": true
      },
      {
        "name": "hash",
        "type": "bytes32",
        "internalType": "bytes32",
        "indexed": true
      },
      {
        "name": "asset",
        "type": "address",
        "internalType": "address",
        "indexed": true
      },
      {
        "name": "maximum",
        "type": "uint128",
        "internalType": "uint128",
        "indexed": false
      }
    ]
  },
  {
    "type": "event",
    "name": "HashRevoked",
    "anonymous": false,
    "inputs": [
      {
        "name": "vault",
        "type": "address",
        "internalType": "address",
        "indexed": true
      },
      {
        "name": "hash",
        "type": "bytes32",
        "internalType": "bytes32",
        "indexed": true
      },
      {
        "name": "by",
        "type": "address",
        "internalType": "address",
        "indexed": true
      }
    ]
  },
  {
    "type": "event",
    "name": "Paused",
    "anonymous": false,
    "inputs": [
      {
        "name": "vault",
        "type": "address",
        "internalType": "address",
        "indexed": true
      },
      {
        "name": "guardian",
        "type": "address",
        "internalType": "address",
        "indexed": true
      }
    ]
  },
  {
    "type": "event",
    "name": "PauseConfirmed",
    "anonymous": false,
    "inputs": [
      {
        "name": "vault",
        "type": "address",
        "internalType": "address",
        "indexed": true
      },
      {
        "name": "guardian",
        "type": "address",
        "internalType": "address",
        "indexed": true
      },
      {
        "name": "isConfirmed",
        "type": "bool",
        "internalType": "bool",
        "indexed": false
      }
    ]
  },
  {
    "type": "event",
    "name": "Unpaused",
    "anonymous": false,
    "inputs": [
      {
        "name": "vault",
        "type": "address",
        "internalType": "address",
        "indexed": true
      },
      {
        "name": "guardian",
        "type": "address",
        "internalType": "address",
        "indexed": true
      },
      {
        "name": "isEnded",
        "type": "bool",
        "internalType": "bool",
        "indexed": false
      }
    ]
  },
  {
    "type": "event",
    "name": "RecoverySupported",
    "anonymous": false,
    "inputs": [
      {
        "name": "vault",
        "type": "address",
        "internalType": "address",
        "indexed": true
      },
      {
        "name": "guardian",
        "type": "address",
        "internalType": "address",
        "indexed": true
      },
      {
        "name": "candidate",
        "type": "address",
        "internalType": "address",
        "indexed": true
      }
    ]
  },
  {
    "type": "event",
    "name": "RecoveryStarted",
    "anonymous": false,
    "inputs": [
      {
        "name": "vault",
        "type": "address",
        "internalType": "address",
        "indexed": true
      },
      {
        "name": "candidate",
        "type": "address",
        "internalType": "address",
        "indexed": true
      },
      {
        "name": "isFinal",
        "type": "bool",
        "internalType": "bool",
        "indexed": false
      },
      {
        "name": "delaySeconds",
        "type": "uint64",
        "internalType": "uint64",
        "indexed": false
      }
    ]
  },
  {
    "type": "event",
    "name": "RecoveryEnded",
    "anonymous": false,
    "inputs": [
      {
        "name": "vault",
        "type": "address",
        "internalType": "address",
        "indexed": true
      },
      {
        "name": "candidate",
        "type": "address",
        "internalType": "address",
        "indexed": true
      },
      {
        "name": "by",
        "type": "address",
        "internalType": "address",
        "indexed": true
      }
    ]
  },
  {
    "type": "event",
    "name": "OwnerRecovered",
    "anonymous": false,
    "inputs": [
      {
        "name": "vault",
        "type": "address",
        "internalType": "address",
        "indexed": true
      },
      {
        "name": "oldOwner",
        "type": "address",
        "internalType": "address",
        "indexed": true
      },
      {
        "name": "newOwner",
        "type": "address",
        "internalType": "address",
        "indexed": true
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
    "name": "UnknownVault",
    "inputs": [
      {
        "name": "vault",
        "type": "address",
        "internalType": "address"
      }
    ]
  },
  {
    "type": "error",
    "name": "UnknownPreset",
    "inputs": [
      {
        "name": "preset",
        "type": "string",
        "internalType": "string"
      }
    ]
  },
  {
    "type": "error",
    "name": "NotOwner",
    "inputs": []
  },
  {
    "type": "error",
    "name": "NotGuardian",
    "inputs": []
  },
  {
    "type": "error",
    "name": "NotOwnerOrGuardian",
    "inputs": []
  },
  {
    "type": "error",
    "name": "NotInitiator",
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
    "name": "SessionKeyLimited",
    "inputs": [
      {
        "name": "key",
        "type": "address",
        "internalType": "address"
      }
    ]
  },
  {
    "type": "error",
    "name": "BadAccount",
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
    "name": "BadGuardianCount",
    "inputs": [
      {
        "name": "minimum",
        "type": "uint32",
        "internalType": "uint32"
      },
      {
        "name": "maximum",
        "type": "uint32",
        "internalType": "uint32"
      }
    ]
  },
  {
    "type": "error",
    "name": "BadLimits",
    "inputs": []
  },
  {
    "type": "error",
    "name": "BadLockSeconds",
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
    "name": "BadLifetime",
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
    "name": "AllowanceTooLarge",
    "inputs": [
      {
        "name": "asset",
        "type": "address",
        "internalType": "address"
      }
    ]
  },
  {
    "type": "error",
    "name": "BadTarget",
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
    "name": "DataTooLong",
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
    "name": "TooMany",
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
    "name": "LimitExceeded",
    "inputs": [
      {
        "name": "asset",
        "type": "address",
        "internalType": "address"
      },
      {
        "name": "window",
        "type": "uint8",
        "internalType": "uint8"
      },
      {
        "name": "amount",
        "type": "uint256",
        "internalType": "uint256"
      },
      {
        "name": "left",
        "type": "uint256",
        "internalType": "uint256"
      }
    ]
  },
  {
    "type": "error",
    "name": "VaultBalanceTooLow",
    "inputs": [
      {
        "name": "balance",
        "type": "uint256",
        "internalType": "uint256"
      },
      {
        "name": "needed",
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
    "name": "NotReady",
    "inputs": []
  },
  {
    "type": "error",
    "name": "TooLate",
    "inputs": []
  },
  {
    "type": "error",
    "name": "NotTooLate",
    "inputs": []
  },
  {
    "type": "error",
    "name": "StaleChange",
    "inputs": []
  },
  {
    "type": "error",
    "name": "OwnRemoval",
    "inputs": []
  },
  {
    "type": "error",
    "name": "UnknownRule",
    "inputs": []
  },
  {
    "type": "error",
    "name": "UnknownSessionKey",
    "inputs": [
      {
        "name": "key",
        "type": "address",
        "internalType": "address"
      }
    ]
  },
  {
    "type": "error",
    "name": "UnknownHash",
    "inputs": [
      {
        "name": "hash",
        "type": "bytes32",
        "internalType": "bytes32"
      }
    ]
  },
  {
    "type": "error",
    "name": "VaultPaused",
    "inputs": []
  },
  {
    "type": "error",
    "name": "NotPaused",
    "inputs": []
  },
  {
    "type": "error",
    "name": "PauseTooSoon",
    "inputs": [
      {
        "name": "seconds",
        "type": "uint64",
        "internalType": "uint64"
      }
    ]
  },
  {
    "type": "error",
    "name": "RecoveryPending",
    "inputs": []
  },
  {
    "type": "error",
    "name": "NoRecovery",
    "inputs": []
  },
  {
    "type": "error",
    "name": "CannotObject",
    "inputs": []
  },
  {
    "type": "error",
    "name": "ParametersContradict",
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
