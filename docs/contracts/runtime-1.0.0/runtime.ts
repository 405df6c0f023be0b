// runtime 1.0.0: generated from the contract's declaration.

export type Hex = `0x${string}`;
export type Address = `0x${string}`;

export const chainRulesAddress: Address = "0x0000000000000000000000000000000000001000";

export interface ParameterInfo {
  key: string;
  value: bigint;
  defaultValue: bigint;
  minimum: bigint;
  maximum: bigint;
  stepMax: bigint;
}

export interface ChainRulesCalls {
  /** view */
  checkParameters: { args: readonly []; returns: void };
  /** view */
  parameter: { args: readonly [key: string]; returns: bigint };
  /** view */
  parameterList: { args: readonly []; returns: readonly ParameterInfo[] };
  /** nonpayable */
  setParameter: { args: readonly [key: string, value: bigint]; returns: void };
  /** view */
  supply: { args: readonly []; returns: readonly [bigint, bigint] };
  /** view */
  supportsInterface: { args: readonly [interfaceId: Hex]; returns: boolean };
}

export interface ChainRulesEvents {
  ParameterChanged: { key: string; name: string; oldValue: bigint; newValue: bigint };
}

export interface ChainRulesErrors {
  LimitsContradict: { blockGasMax: bigint; transactionGasMax: bigint };
  UnknownParameter: { key: string };
  ParameterOutOfRange: { key: string; minimum: bigint; maximum: bigint; stepMax: bigint };
  OnlyGovernance: {};
  Reentered: {};
}

export const chainRulesAbi = [
  {
    "type": "function",
    "name": "checkParameters",
    "stateMutability": "view",
    "inputs": [],
    "outputs": []
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
    "name": "supply",
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
    "name": "LimitsContradict",
    "inputs": [
      {
        "name": "blockGasMax",
        "type": "uint64",
        "internalType": "uint64"
      },
      {
        "name": "transactionGasMax",
        "type": "uint64",
        "internalType": "uint64"
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
