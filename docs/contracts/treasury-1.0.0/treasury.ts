// treasury 1.0.0: generated from the contract's declaration.

export type Hex = `0x${string}`;
export type Address = `0x${string}`;

export const treasuryAddress: Address = "0x000000000000000000000000000000000000100f";

export interface TreasuryCalls {
  /** nonpayable */
  spend: { args: readonly [proposal: bigint, to: Address, amount: bigint]; returns: void };
  /** view */
  spent: { args: readonly []; returns: readonly [bigint, bigint] };
  /** view */
  supportsInterface: { args: readonly [interfaceId: Hex]; returns: boolean };
}

export interface TreasuryEvents {
  Spent: { proposal: bigint; to: Address; amount: bigint };
}

export interface TreasuryErrors {
  OnlyGovernance: {};
  Reentered: {};
}

export const treasuryAbi = [
  {
    "type": "function",
    "name": "spend",
    "stateMutability": "nonpayable",
    "inputs": [
      {
        "name": "proposal",
        "type": "uint64",
        "internalType": "uint64"
      },
      {
        "name": "to",
        "type": "address",
        "internalType": "address"
      },
      {
        "name": "amount",
        "type": "uint256",
        "internalType": "uint256"
      }
    ],
    "outputs": []
  },
  {
    "type": "function",
    "name": "spent",
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
        "type": "uint64",
        "internalType": "uint64"
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
    "name": "Spent",
    "anonymous": false,
    "inputs": [
      {
        "name": "proposal",
        "type": "uint64",
        "internalType": "uint64",
        "indexed": true
      },
      {
        "name": "to",
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
