// messaging 1.0.0: generated from the contract's declaration.

export type Hex = `0x${string}`;
export type Address = `0x${string}`;

export const messagingAddress: Address = "0x0000000000000000000000000000000000001004";

export interface AccountInfo {
  reputation: Hex;
  level: number;
  ups: bigint;
  downs: bigint;
  topics: bigint;
  messages: bigint;
  letters: bigint;
  isModerator: boolean;
  isBanned: boolean;
}

export interface BanInfo {
  isActive: boolean;
  isPermanent: boolean;
  since: bigint;
  sinceHeight: bigint;
  seconds: bigint;
  rank: number;
}

export interface EditInfo {
  contentHash: Hex;
  replacedAt: bigint;
  replacedHeight: bigint;
}

export interface LetterInfo {
  number: bigint;
  sender: Address;
  kind: number;
  sentAt: bigint;
  sentHeight: bigint;
  contentHash: Hex;
}

export interface KeyInfo {
  publicKey: Hex;
  number: number;
  registeredAt: bigint;
  registeredHeight: bigint;
}

export interface MessageInfo {
  messageId: bigint;
  topicId: bigint;
  parentId: bigint;
  author: Address;
  kind: number;
  status: number;
  isPinned: boolean;
  ups: bigint;
  downs: bigint;
  replyCount: bigint;
  editCount: number;
  postedAt: bigint;
  postedHeight: bigint;
  contentHash: Hex;
  text: string;
}

export interface ParameterInfo {
  key: string;
  value: bigint;
  defaultValue: bigint;
  minimum: bigint;
  maximum: bigint;
  stepMax: bigint;
}

export interface TopicInfo {
  topicId: bigint;
  creator: Address;
  isPinned: boolean;
  lockRank: number;
  hideRank: number;
  openedAt: bigint;
  openedHeight: bigint;
  messageCount: bigint;
  title: string;
  description: string;
  tags: readonly string[];
}

export interface MessagingCalls {
  /** view */
  account: { args: readonly [account: Address]; returns: AccountInfo };
  /** nonpayable */
  ban: { args: readonly [account: Address, topicId: bigint, seconds: bigint, isPermanent: boolean]; returns: void };
  /** view */
  banOf: { args: readonly [account: Address, topicId: bigint]; returns: BanInfo };
  /** view */
  checkParameters: { args: readonly []; returns: void };
  /** view */
  counts: { args: readonly []; returns: readonly [bigint, bigint] };
  /** nonpayable */
  deleteMessage: { args: readonly [messageId: bigint]; returns: void };
  /** payable */
  edit: { args: readonly [messageId: bigint, text: string]; returns: void };
  /** view */
  edits: { args: readonly [messageId: bigint, cursor: bigint, limit: number]; returns: readonly [readonly EditInfo[], bigint] };
  /** view */
  feeFor: { args: readonly [size: bigint]; returns: bigint };
  /** nonpayable */
  governedCall: { args: readonly [signature: string, argument: Hex]; returns: void };
  /** nonpayable */
  grantModerator: { args: readonly [account: Address]; returns: void };
  /** nonpayable */
  grantTopicModerator: { args: readonly [topicId: bigint, account: Address]; returns: void };
  /** nonpayable */
  hideMessage: { args: readonly [messageId: bigint, isHidden: boolean]; returns: void };
  /** nonpayable */
  hideTopic: { args: readonly [topicId: bigint, isHidden: boolean]; returns: void };
  /** view */
  inbox: { args: readonly [account: Address, cursor: bigint, limit: number]; returns: readonly [readonly LetterInfo[], bigint] };
  /** view */
  keyOf: { args: readonly [account: Address]; returns: KeyInfo };
  /** nonpayable */
  lockTopic: { args: readonly [topicId: bigint, isLocked: boolean]; returns: void };
  /** view */
  message: { args: readonly [messageId: bigint]; returns: MessageInfo };
  /** view */
  messages: { args: readonly [topicId: bigint, cursor: bigint, limit: number]; returns: readonly [readonly MessageInfo[], bigint] };
  /** view */
  moderators: { args: readonly []; returns: readonly Address[] };
  /** payable */
  openTopic: { args: readonly [title: string, description: string, tags: readonly string[]]; returns: bigint };
  /** view */
  parameter: { args: readonly [key: string]; returns: bigint };
  /** view */
  parameterList: { args: readonly []; returns: readonly ParameterInfo[] };
  /** nonpayable */
  pinMessage: { args: readonly [messageId: bigint, isPinned: boolean]; returns: void };
  /** nonpayable */
  pinTopic: { args: readonly [topicId: bigint, isPinned: boolean]; returns: void };
  /** payable */
  post: { args: readonly [topicId: bigint, kind: number, parentId: bigint, text: string]; returns: bigint };
  /** view */
  rankOf: { args: readonly [account: Address, topicId: bigint]; returns: number };
  /** nonpayable */
  registerKey: { args: readonly [publicKey: Hex]; returns: void };
  /** view */
  replies: { args: readonly [messageId: bigint, cursor: bigint, limit: number]; returns: readonly [readonly MessageInfo[], bigint] };
  /** nonpayable */
  revokeModerator: { args: readonly [account: Address]; returns: void };
  /** nonpayable */
  revokeTopicModerator: { args: readonly [topicId: bigint, account: Address]; returns: void };
  /** payable */
  sendSealed: { args: readonly [to: Address, sealed: Hex]; returns: bigint };
  /** payable */
  sendSealedHash: { args: readonly [to: Address, contentHash: Hex, uri: string]; returns: bigint };
  /** nonpayable */
  setParameter: { args: readonly [key: string, value: bigint]; returns: void };
  /** view */
  storedText: { args: readonly [messageId: bigint]; returns: string };
  /** view */
  supportsInterface: { args: readonly [interfaceId: Hex]; returns: boolean };
  /** view */
  topic: { args: readonly [topicId: bigint]; returns: TopicInfo };
  /** view */
  topicModerators: { args: readonly [topicId: bigint]; returns: readonly Address[] };
  /** view */
  topics: { args: readonly [before: bigint, limit: number]; returns: readonly [readonly TopicInfo[], bigint] };
  /** nonpayable */
  unban: { args: readonly [account: Address, topicId: bigint]; returns: void };
  /** nonpayable */
  vote: { args: readonly [messageId: bigint, vote: Hex]; returns: void };
  /** view */
  voteOf: { args: readonly [messageId: bigint, account: Address]; returns: Hex };
}

export interface MessagingEvents {
  TopicOpened: { topicId: bigint; creator: Address; title: string; fee: bigint };
  TopicTagged: { tag: string; topicId: bigint; creator: Address; name: string };
  TopicPinned: { topicId: bigint; moderator: Address; isPinned: boolean };
  TopicLocked: { topicId: bigint; moderator: Address; isLocked: boolean };
  TopicHidden: { topicId: bigint; moderator: Address; isHidden: boolean };
  MessagePosted: { author: Address; topicId: bigint; messageId: bigint; kind: number; parentId: bigint; contentHash: Hex; fee: bigint };
  MessageEdited: { author: Address; topicId: bigint; messageId: bigint; oldHash: Hex; newHash: Hex; fee: bigint };
  MessageDeleted: { author: Address; topicId: bigint; messageId: bigint };
  MessageHidden: { moderator: Address; topicId: bigint; messageId: bigint; isHidden: boolean };
  MessagePinned: { moderator: Address; topicId: bigint; messageId: bigint; isPinned: boolean };
  Voted: { voter: Address; author: Address; messageId: bigint; vote: Hex };
  ModeratorGranted: { account: Address; topicId: bigint; grantedBy: Address };
  ModeratorRevoked: { account: Address; topicId: bigint; revokedBy: Address };
  Banned: { account: Address; topicId: bigint; moderator: Address; seconds: bigint; isPermanent: boolean };
  Unbanned: { account: Address; topicId: bigint; moderator: Address };
  KeyRegistered: { account: Address; publicKey: Hex; number: number };
  SealedMessage: { sender: Address; recipient: Address; number: bigint; payload: Hex };
  SealedPointer: { sender: Address; recipient: Address; number: bigint; contentHash: Hex; uri: string };
  ParameterChanged: { key: string; name: string; oldValue: bigint; newValue: bigint };
}

export interface MessagingErrors {
  WrongFee: { given: bigint; needed: bigint };
  EmptyText: {};
  TooLong: { size: bigint; maximum: bigint };
  BadTag: { position: number };
  TooMany: { maximum: number };
  UnknownTopic: { topicId: bigint };
  UnknownMessage: { messageId: bigint };
  TopicIsHidden: { topicId: bigint };
  TopicIsLocked: { topicId: bigint };
  NotVisible: { messageId: bigint; status: number };
  BadKind: { kind: number };
  BadParent: { parentId: bigint };
  BadVote: {};
  OwnMessage: {};
  NoChange: {};
  NotAuthor: {};
  NotCreator: {};
  NotModerator: { rank: number; needed: number };
  IsBanned: { account: Address; topicId: bigint };
  BadDuration: { maximum: bigint };
  BadKey: {};
  NoKey: { recipient: Address };
  NotSealed: { minimum: number };
  BadThresholds: {};
  UnknownParameter: { key: string };
  ParameterOutOfRange: { key: string; minimum: bigint; maximum: bigint; stepMax: bigint };
  OnlyGovernance: {};
  Reentered: {};
}

export const messagingAbi = [
  {
    "type": "function",
    "name": "account",
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
        "internalType": "struct AccountInfo",
        "components": [
          {
            "name": "reputation",
            "type": "int256",
            "internalType": "int256"
          },
          {
            "name": "level",
            "type": "uint8",
            "internalType": "uint8"
          },
          {
            "name": "ups",
            "type": "uint64",
            "internalType": "uint64"
          },
          {
            "name": "downs",
            "type": "uint64",
            "internalType": "uint64"
          },
          {
            "name": "topics",
            "type": "uint64",
            "internalType": "uint64"
          },
          {
            "name": "messages",
            "type": "uint64",
            "internalType": "uint64"
          },
          {
            "name": "letters",
            "type": "uint64",
            "internalType": "uint64"
          },
          {
            "name": "isModerator",
            "type": "bool",
            "internalType": "bool"
          },
          {
            "name": "isBanned",
            "type": "bool",
            "internalType": "bool"
          }
        ]
      }
    ]
  },
  {
    "type": "function",
    "name": "ban",
    "stateMutability": "nonpayable",
    "inputs": [
      {
        "name": "account",
        "type": "address",
        "internalType": "address"
      },
      {
        "name": "topicId",
        "type": "uint64",
        "internalType": "uint64"
      },
      {
        "name": "seconds",
        "type": "uint64",
        "internalType": "uint64"
      },
      {
        "name": "isPermanent",
        "type": "bool",
        "internalType": "bool"
      }
    ],
    "outputs": []
  },
  {
    "type": "function",
    "name": "banOf",
    "stateMutability": "view",
    "inputs": [
      {
        "name": "account",
        "type": "address",
        "internalType": "address"
      },
      {
        "name": "topicId",
        "type": "uint64",
        "internalType": "uint64"
      }
    ],
    "outputs": [
      {
        "name": "",
        "type": "tuple",
        "internalType": "struct BanInfo",
        "components": [
          {
            "name": "isActive",
            "type": "bool",
            "internalType": "bool"
          },
          {
            "name": "isPermanent",
            "type": "bool",
            "internalType": "bool"
          },
          {
            "name": "since",
            "type": "uint64",
            "internalType": "uint64"
          },
          {
            "name": "sinceHeight",
            "type": "uint64",
            "internalType": "uint64"
          },
          {
            "name": "seconds",
            "type": "uint64",
            "internalType": "uint64"
          },
          {
            "name": "rank",
            "type": "uint8",
            "internalType": "uint8"
          }
        ]
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
    "name": "counts",
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
    "name": "deleteMessage",
    "stateMutability": "nonpayable",
    "inputs": [
      {
        "name": "messageId",
        "type": "uint64",
        "internalType": "uint64"
      }
    ],
    "outputs": []
  },
  {
    "type": "function",
    "name": "edit",
    "stateMutability": "payable",
    "inputs": [
      {
        "name": "messageId",
        "type": "uint64",
        "internalType": "uint64"
      },
      {
        "name": "text",
        "type": "string",
        "internalType": "string"
      }
    ],
    "outputs": []
  },
  {
    "type": "function",
    "name": "edits",
    "stateMutability": "view",
    "inputs": [
      {
        "name": "messageId",
        "type": "uint64",
        "internalType": "uint64"
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
        "internalType": "struct EditInfo[]",
        "components": [
          {
            "name": "contentHash",
            "type": "bytes32",
            "internalType": "bytes32"
          },
          {
            "name": "replacedAt",
            "type": "uint64",
            "internalType": "uint64"
          },
          {
            "name": "replacedHeight",
            "type": "uint64",
            "internalType": "uint64"
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
    "name": "feeFor",
    "stateMutability": "view",
    "inputs": [
      {
        "name": "size",
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
    "name": "governedCall",
    "stateMutability": "nonpayable",
    "inputs": [
      {
        "name": "signature",
        "type": "string",
        "internalType": "string"
      },
      {
        "name": "argument",
        "type": "bytes32",
        "internalType": "bytes32"
      }
    ],
    "outputs": []
  },
  {
    "type": "function",
    "name": "grantModerator",
    "stateMutability": "nonpayable",
    "inputs": [
      {
        "name": "account",
        "type": "address",
        "internalType": "address"
      }
    ],
    "outputs": []
  },
  {
    "type": "function",
    "name": "grantTopicModerator",
    "stateMutability": "nonpayable",
    "inputs": [
      {
        "name": "topicId",
        "type": "uint64",
        "internalType": "uint64"
      },
      {
        "name": "account",
        "type": "address",
        "internalType": "address"
      }
    ],
    "outputs": []
  },
  {
    "type": "function",
    "name": "hideMessage",
    "stateMutability": "nonpayable",
    "inputs": [
      {
        "name": "messageId",
        "type": "uint64",
        "internalType": "uint64"
      },
      {
        "name": "isHidden",
        "type": "bool",
        "internalType": "bool"
      }
    ],
    "outputs": []
  },
  {
    "type": "function",
    "name": "hideTopic",
    "stateMutability": "nonpayable",
    "inputs": [
      {
        "name": "topicId",
        "type": "uint64",
        "internalType": "uint64"
      },
      {
        "name": "isHidden",
        "type": "bool",
        "internalType": "bool"
      }
    ],
    "outputs": []
  },
  {
    "type": "function",
    "name": "inbox",
    "stateMutability": "view",
    "inputs": [
      {
        "name": "account",
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
        "internalType": "struct LetterInfo[]",
        "components": [
          {
            "name": "number",
            "type": "uint64",
            "internalType": "uint64"
          },
          {
            "name": "sender",
            "type": "address",
            "internalType": "address"
          },
          {
            "name": "kind",
            "type": "uint8",
            "internalType": "uint8"
          },
          {
            "name": "sentAt",
            "type": "uint64",
            "internalType": "uint64"
          },
          {
            "name": "sentHeight",
            "type": "uint64",
            "internalType": "uint64"
          },
          {
            "name": "contentHash",
            "type": "bytes32",
            "internalType": "bytes32"
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
    "name": "keyOf",
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
        "internalType": "struct KeyInfo",
        "components": [
          {
            "name": "publicKey",
            "type": "bytes32",
            "internalType": "bytes32"
          },
          {
            "name": "number",
            "type": "uint32",
            "internalType": "uint32"
          },
          {
            "name": "registeredAt",
            "type": "uint64",
            "internalType": "uint64"
          },
          {
            "name": "registeredHeight",
            "type": "uint64",
            "internalType": "uint64"
          }
        ]
      }
    ]
  },
  {
    "type": "function",
    "name": "lockTopic",
    "stateMutability": "nonpayable",
    "inputs": [
      {
        "name": "topicId",
        "type": "uint64",
        "internalType": "uint64"
      },
      {
        "name": "isLocked",
        "type": "bool",
        "internalType": "bool"
      }
    ],
    "outputs": []
  },
  {
    "type": "function",
    "name": "message",
    "stateMutability": "view",
    "inputs": [
      {
        "name": "messageId",
        "type": "uint64",
        "internalType": "uint64"
      }
    ],
    "outputs": [
      {
        "name": "",
        "type": "tuple",
        "internalType": "struct MessageInfo",
        "components": [
          {
            "name": "messageId",
            "type": "uint64",
            "internalType": "uint64"
          },
          {
            "name": "topicId",
            "type": "uint64",
            "internalType": "uint64"
          },
          {
            "name": "parentId",
            "type": "uint64",
            "internalType": "uint64"
          },
          {
            "name": "author",
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
            "name": "isPinned",
            "type": "bool",
            "internalType": "bool"
          },
          {
            "name": "ups",
            "type": "uint64",
            "internalType": "uint64"
          },
          {
            "name": "downs",
            "type": "uint64",
            "internalType": "uint64"
          },
          {
            "name": "replyCount",
            "type": "uint64",
            "internalType": "uint64"
          },
          {
            "name": "editCount",
            "type": "uint32",
            "internalType": "uint32"
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
            "name": "contentHash",
            "type": "bytes32",
            "internalType": "bytes32"
          },
          {
            "name": "text",
            "type": "string",
            "internalType": "string"
          }
        ]
      }
    ]
  },
  {
    "type": "function",
    "name": "messages",
    "stateMutability": "view",
    "inputs": [
      {
        "name": "topicId",
        "type": "uint64",
        "internalType": "uint64"
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
        "internalType": "struct MessageInfo[]",
        "components": [
          {
            "name": "messageId",
            "type": "uint64",
            "internalType": "uint64"
          },
          {
            "name": "topicId",
            "type": "uint64",
            "internalType": "uint64"
          },
          {
            "name": "parentId",
            "type": "uint64",
            "internalType": "uint64"
          },
          {
            "name": "author",
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
            "name": "isPinned",
            "type": "bool",
            "internalType": "bool"
          },
          {
            "name": "ups",
            "type": "uint64",
            "internalType": "uint64"
          },
          {
            "name": "downs",
            "type": "uint64",
            "internalType": "uint64"
          },
          {
            "name": "replyCount",
            "type": "uint64",
            "internalType": "uint64"
          },
          {
            "name": "editCount",
            "type": "uint32",
            "internalType": "uint32"
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
            "name": "contentHash",
            "type": "bytes32",
            "internalType": "bytes32"
          },
          {
            "name": "text",
            "type": "string",
            "internalType": "string"
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
    "name": "moderators",
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
    "name": "openTopic",
    "stateMutability": "payable",
    "inputs": [
      {
        "name": "title",
        "type": "string",
        "internalType": "string"
      },
      {
        "name": "description",
        "type": "string",
        "internalType": "string"
      },
      {
        "name": "tags",
        "type": "string[]",
        "internalType": "string[]"
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
    "name": "pinMessage",
    "stateMutability": "nonpayable",
    "inputs": [
      {
        "name": "messageId",
        "type": "uint64",
        "internalType": "uint64"
      },
      {
        "name": "isPinned",
        "type": "bool",
        "internalType": "bool"
      }
    ],
    "outputs": []
  },
  {
    "type": "function",
    "name": "pinTopic",
    "stateMutability": "nonpayable",
    "inputs": [
      {
        "name": "topicId",
        "type": "uint64",
        "internalType": "uint64"
      },
      {
        "name": "isPinned",
        "type": "bool",
        "internalType": "bool"
      }
    ],
    "outputs": []
  },
  {
    "type": "function",
    "name": "post",
    "stateMutability": "payable",
    "inputs": [
      {
        "name": "topicId",
        "type": "uint64",
        "internalType": "uint64"
      },
      {
        "name": "kind",
        "type": "uint8",
        "internalType": "uint8"
      },
      {
        "name": "parentId",
        "type": "uint64",
        "internalType": "uint64"
      },
      {
        "name": "text",
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
    "name": "rankOf",
    "stateMutability": "view",
    "inputs": [
      {
        "name": "account",
        "type": "address",
        "internalType": "address"
      },
      {
        "name": "topicId",
        "type": "uint64",
        "internalType": "uint64"
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
    "name": "registerKey",
    "stateMutability": "nonpayable",
    "inputs": [
      {
        "name": "publicKey",
        "type": "bytes32",
        "internalType": "bytes32"
      }
    ],
    "outputs": []
  },
  {
    "type": "function",
    "name": "replies",
    "stateMutability": "view",
    "inputs": [
      {
        "name": "messageId",
        "type": "uint64",
        "internalType": "uint64"
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
        "internalType": "struct MessageInfo[]",
        "components": [
          {
            "name": "messageId",
            "type": "uint64",
            "internalType": "uint64"
          },
          {
            "name": "topicId",
            "type": "uint64",
            "internalType": "uint64"
          },
          {
            "name": "parentId",
            "type": "uint64",
            "internalType": "uint64"
          },
          {
            "name": "author",
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
            "name": "isPinned",
            "type": "bool",
            "internalType": "bool"
          },
          {
            "name": "ups",
            "type": "uint64",
            "internalType": "uint64"
          },
          {
            "name": "downs",
            "type": "uint64",
            "internalType": "uint64"
          },
          {
            "name": "replyCount",
            "type": "uint64",
            "internalType": "uint64"
          },
          {
            "name": "editCount",
            "type": "uint32",
            "internalType": "uint32"
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
            "name": "contentHash",
            "type": "bytes32",
            "internalType": "bytes32"
          },
          {
            "name": "text",
            "type": "string",
            "internalType": "string"
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
    "name": "revokeModerator",
    "stateMutability": "nonpayable",
    "inputs": [
      {
        "name": "account",
        "type": "address",
        "internalType": "address"
      }
    ],
    "outputs": []
  },
  {
    "type": "function",
    "name": "revokeTopicModerator",
    "stateMutability": "nonpayable",
    "inputs": [
      {
        "name": "topicId",
        "type": "uint64",
        "internalType": "uint64"
      },
      {
        "name": "account",
        "type": "address",
        "internalType": "address"
      }
    ],
    "outputs": []
  },
  {
    "type": "function",
    "name": "sendSealed",
    "stateMutability": "payable",
    "inputs": [
      {
        "name": "to",
        "type": "address",
        "internalType": "address"
      },
      {
        "name": "sealed",
        "type": "bytes",
        "internalType": "bytes"
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
    "name": "sendSealedHash",
    "stateMutability": "payable",
    "inputs": [
      {
        "name": "to",
        "type": "address",
        "internalType": "address"
      },
      {
        "name": "contentHash",
        "type": "bytes32",
        "internalType": "bytes32"
      },
      {
        "name": "uri",
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
    "name": "storedText",
    "stateMutability": "view",
    "inputs": [
      {
        "name": "messageId",
        "type": "uint64",
        "internalType": "uint64"
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
    "name": "topic",
    "stateMutability": "view",
    "inputs": [
      {
        "name": "topicId",
        "type": "uint64",
        "internalType": "uint64"
      }
    ],
    "outputs": [
      {
        "name": "",
        "type": "tuple",
        "internalType": "struct TopicInfo",
        "components": [
          {
            "name": "topicId",
            "type": "uint64",
            "internalType": "uint64"
          },
          {
            "name": "creator",
            "type": "address",
            "internalType": "address"
          },
          {
            "name": "isPinned",
            "type": "bool",
            "internalType": "bool"
          },
          {
            "name": "lockRank",
            "type": "uint8",
            "internalType": "uint8"
          },
          {
            "name": "hideRank",
            "type": "uint8",
            "internalType": "uint8"
          },
          {
            "name": "openedAt",
            "type": "uint64",
            "internalType": "uint64"
          },
          {
            "name": "openedHeight",
            "type": "uint64",
            "internalType": "uint64"
          },
          {
            "name": "messageCount",
            "type": "uint64",
            "internalType": "uint64"
          },
          {
            "name": "title",
            "type": "string",
            "internalType": "string"
          },
          {
            "name": "description",
            "type": "string",
            "internalType": "string"
          },
          {
            "name": "tags",
            "type": "string[]",
            "internalType": "string[]"
          }
        ]
      }
    ]
  },
  {
    "type": "function",
    "name": "topicModerators",
    "stateMutability": "view",
    "inputs": [
      {
        "name": "topicId",
        "type": "uint64",
        "internalType": "uint64"
      }
    ],
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
    "name": "topics",
    "stateMutability": "view",
    "inputs": [
      {
        "name": "before",
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
        "internalType": "struct TopicInfo[]",
        "components": [
          {
            "name": "topicId",
            "type": "uint64",
            "internalType": "uint64"
          },
          {
            "name": "creator",
            "type": "address",
            "internalType": "address"
          },
          {
            "name": "isPinned",
            "type": "bool",
            "internalType": "bool"
          },
          {
            "name": "lockRank",
            "type": "uint8",
            "internalType": "uint8"
          },
          {
            "name": "hideRank",
            "type": "uint8",
            "internalType": "uint8"
          },
          {
            "name": "openedAt",
            "type": "uint64",
            "internalType": "uint64"
          },
          {
            "name": "openedHeight",
            "type": "uint64",
            "internalType": "uint64"
          },
          {
            "name": "messageCount",
            "type": "uint64",
            "internalType": "uint64"
          },
          {
            "name": "title",
            "type": "string",
            "internalType": "string"
          },
          {
            "name": "description",
            "type": "string",
            "internalType": "string"
          },
          {
            "name": "tags",
            "type": "string[]",
            "internalType": "string[]"
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
    "name": "unban",
    "stateMutability": "nonpayable",
    "inputs": [
      {
        "name": "account",
        "type": "address",
        "internalType": "address"
      },
      {
        "name": "topicId",
        "type": "uint64",
        "internalType": "uint64"
      }
    ],
    "outputs": []
  },
  {
    "type": "function",
    "name": "vote",
    "stateMutability": "nonpayable",
    "inputs": [
      {
        "name": "messageId",
        "type": "uint64",
        "internalType": "uint64"
      },
      {
        "name": "vote",
        "type": "int8",
        "internalType": "int8"
      }
    ],
    "outputs": []
  },
  {
    "type": "function",
    "name": "voteOf",
    "stateMutability": "view",
    "inputs": [
      {
        "name": "messageId",
        "type": "uint64",
        "internalType": "uint64"
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
        "type": "int8",
        "internalType": "int8"
      }
    ]
  },
  {
    "type": "event",
    "name": "TopicOpened",
    "anonymous": false,
    "inputs": [
      {
        "name": "topicId",
        "type": "uint64",
        "internalType": "uint64",
        "indexed": true
      },
      {
        "name": "creator",
        "type": "address",
        "internalType": "address",
        "indexed": true
      },
      {
        "name": "title",
        "type": "string",
        "internalType": "string",
        "indexed": false
      },
      {
        "name": "fee",
        "type": "uint256",
        "internalType": "uint256",
        "indexed": false
      }
    ]
  },
  {
    "type": "event",
    "name": "TopicTagged",
    "anonymous": false,
    "inputs": [
      {
        "name": "tag",
        "type": "string",
        "internalType": "string",
        "indexed": true
      },
      {
        "name": "topicId",
        "type": "uint64",
        "internalType": "uint64",
        "indexed": true
      },
      {
        "name": "creator",
        "type": "address",
        "internalType": "address",
        "indexed": true
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
    "name": "TopicPinned",
    "anonymous": false,
    "inputs": [
      {
        "name": "topicId",
        "type": "uint64",
        "internalType": "uint64",
        "indexed": true
      },
      {
        "name": "moderator",
        "type": "address",
        "internalType": "address",
        "indexed": true
      },
      {
        "name": "isPinned",
        "type": "bool",
        "internalType": "bool",
        "indexed": false
      }
    ]
  },
  {
    "type": "event",
    "name": "TopicLocked",
    "anonymous": false,
    "inputs": [
      {
        "name": "topicId",
        "type": "uint64",
        "internalType": "uint64",
        "indexed": true
      },
      {
        "name": "moderator",
        "type": "address",
        "internalType": "address",
        "indexed": true
      },
      {
        "name": "isLocked",
        "type": "bool",
        "internalType": "bool",
        "indexed": false
      }
    ]
  },
  {
    "type": "event",
    "name": "TopicHidden",
    "anonymous": false,
    "inputs": [
      {
        "name": "topicId",
        "type": "uint64",
        "internalType": "uint64",
        "indexed": true
      },
      {
        "name": "moderator",
        "type": "address",
        "internalType": "address",
        "indexed": true
      },
      {
        "name": "isHidden",
        "type": "bool",
        "internalType": "bool",
        "indexed": false
      }
    ]
  },
  {
    "type": "event",
    "name": "MessagePosted",
    "anonymous": false,
    "inputs": [
      {
        "name": "author",
        "type": "address",
        "internalType": "address",
        "indexed": true
      },
      {
        "name": "topicId",
        "type": "uint64",
        "internalType": "uint64",
        "indexed": true
      },
      {
        "name": "messageId",
        "type": "uint64",
        "internalType": "uint64",
        "indexed": true
      },
      {
        "name": "kind",
        "type": "uint8",
        "internalType": "uint8",
        "indexed": false
      },
      {
        "name": "parentId",
        "type": "uint64",
        "internalType": "uint64",
        "indexed": false
      },
      {
        "name": "contentHash",
        "type": "bytes32",
        "internalType": "bytes32",
        "indexed": false
      },
      {
        "name": "fee",
        "type": "uint256",
        "internalType": "uint256",
        "indexed": false
      }
    ]
  },
  {
    "type": "event",
    "name": "MessageEdited",
    "anonymous": false,
    "inputs": [
      {
        "name": "author",
        "type": "address",
        "internalType": "address",
        "indexed": true
      },
      {
        "name": "topicId",
        "type": "uint64",
        "internalType": "uint64",
        "indexed": true
      },
      {
        "name": "messageId",
        "type": "uint64",
        "internalType": "uint64",
        "indexed": true
      },
      {
        "name": "oldHash",
        "type": "bytes32",
        "internalType": "bytes32",
        "indexed": false
      },
      {
        "name": "newHash",
        "type": "bytes32",
        "internalType": "bytes32",
        "indexed": false
      },
      {
        "name": "fee",
        "type": "uint256",
        "internalType": "uint256",
        "indexed": false
      }
    ]
  },
  {
    "type": "event",
    "name": "MessageDeleted",
    "anonymous": false,
    "inputs": [
      {
        "name": "author",
        "type": "address",
        "internalType": "address",
        "indexed": true
      },
      {
        "name": "topicId",
        "type": "uint64",
        "internalType": "uint64",
        "indexed": true
      },
      {
        "name": "messageId",
        "type": "uint64",
        "internalType": "uint64",
        "indexed": true
      }
    ]
  },
  {
    "type": "event",
    "name": "MessageHidden",
    "anonymous": false,
    "inputs": [
      {
        "name": "moderator",
        "type": "address",
        "internalType": "address",
        "indexed": true
      },
      {
        "name": "topicId",
        "type": "uint64",
        "internalType": "uint64",
        "indexed": true
      },
      {
        "name": "messageId",
        "type": "uint64",
        "internalType": "uint64",
        "indexed": true
      },
      {
        "name": "isHidden",
        "type": "bool",
        "internalType": "bool",
        "indexed": false
      }
    ]
  },
  {
    "type": "event",
    "name": "MessagePinned",
    "anonymous": false,
    "inputs": [
      {
        "name": "moderator",
        "type": "address",
        "internalType": "address",
        "indexed": true
      },
      {
        "name": "topicId",
        "type": "uint64",
        "internalType": "uint64",
        "indexed": true
      },
      {
        "name": "messageId",
        "type": "uint64",
        "internalType": "uint64",
        "indexed": true
      },
      {
        "name": "isPinned",
        "type": "bool",
        "internalType": "bool",
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
        "name": "voter",
        "type": "address",
        "internalType": "address",
        "indexed": true
      },
      {
        "name": "author",
        "type": "address",
        "internalType": "address",
        "indexed": true
      },
      {
        "name": "messageId",
        "type": "uint64",
        "internalType": "uint64",
        "indexed": true
      },
      {
        "name": "vote",
        "type": "int8",
        "internalType": "int8",
        "indexed": false
      }
    ]
  },
  {
    "type": "event",
    "name": "ModeratorGranted",
    "anonymous": false,
    "inputs": [
      {
        "name": "account",
        "type": "address",
        "internalType": "address",
        "indexed": true
      },
      {
        "name": "topicId",
        "type": "uint64",
        "internalType": "uint64",
        "indexed": true
      },
      {
        "name": "grantedBy",
        "type": "address",
        "internalType": "address",
        "indexed": true
      }
    ]
  },
  {
    "type": "event",
    "name": "ModeratorRevoked",
    "anonymous": false,
    "inputs": [
      {
        "name": "account",
        "type": "address",
        "internalType": "address",
        "indexed": true
      },
      {
        "name": "topicId",
        "type": "uint64",
        "internalType": "uint64",
        "indexed": true
      },
      {
        "name": "revokedBy",
        "type": "address",
        "internalType": "address",
        "indexed": true
      }
    ]
  },
  {
    "type": "event",
    "name": "Banned",
    "anonymous": false,
    "inputs": [
      {
        "name": "account",
        "type": "address",
        "internalType": "address",
        "indexed": true
      },
      {
        "name": "topicId",
        "type": "uint64",
        "internalType": "uint64",
        "indexed": true
      },
      {
        "name": "moderator",
        "type": "address",
        "internalType": "address",
        "indexed": true
      },
      {
        "name": "seconds",
        "type": "uint64",
        "internalType": "uint64",
        "indexed": false
      },
      {
        "name": "isPermanent",
        "type": "bool",
        "internalType": "bool",
        "indexed": false
      }
    ]
  },
  {
    "type": "event",
    "name": "Unbanned",
    "anonymous": false,
    "inputs": [
      {
        "name": "account",
        "type": "address",
        "internalType": "address",
        "indexed": true
      },
      {
        "name": "topicId",
        "type": "uint64",
        "internalType": "uint64",
        "indexed": true
      },
      {
        "name": "moderator",
        "type": "address",
        "internalType": "address",
        "indexed": true
      }
    ]
  },
  {
    "type": "event",
    "name": "KeyRegistered",
    "anonymous": false,
    "inputs": [
      {
        "name": "account",
        "type": "address",
        "internalType": "address",
        "indexed": true
      },
      {
        "name": "publicKey",
        "type": "bytes32",
        "internalType": "bytes32",
        "indexed": false
      },
      {
        "name": "number",
        "type": "uint32",
        "internalType": "uint32",
        "indexed": false
      }
    ]
  },
  {
    "type": "event",
    "name": "SealedMessage",
    "anonymous": false,
    "inputs": [
      {
        "name": "sender",
        "type": "address",
        "internalType": "address",
        "indexed": true
      },
      {
        "name": "recipient",
        "type": "address",
        "internalType": "address",
        "indexed": true
      },
      {
        "name": "number",
        "type": "uint64",
        "internalType": "uint64",
        "indexed": false
      },
      {
        "name": "payload",
        "type": "bytes",
        "internalType": "bytes",
        "indexed": false
      }
    ]
  },
  {
    "type": "event",
    "name": "SealedPointer",
    "anonymous": false,
    "inputs": [
      {
        "name": "sender",
        "type": "address",
        "internalType": "address",
        "indexed": true
      },
      {
        "name": "recipient",
        "type": "address",
        "internalType": "address",
        "indexed": true
      },
      {
        "name": "number",
        "type": "uint64",
        "internalType": "uint64",
        "indexed": false
      },
      {
        "name": "contentHash",
        "type": "bytes32",
        "internalType": "bytes32",
        "indexed": false
      },
      {
        "name": "uri",
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
    "name": "WrongFee",
    "inputs": [
      {
        "name": "given",
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
    "name": "EmptyText",
    "inputs": []
  },
  {
    "type": "error",
    "name": "TooLong",
    "inputs": [
      {
        "name": "size",
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
    "name": "BadTag",
    "inputs": [
      {
        "name": "position",
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
    "name": "UnknownTopic",
    "inputs": [
      {
        "name": "topicId",
        "type": "uint64",
        "internalType": "uint64"
      }
    ]
  },
  {
    "type": "error",
    "name": "UnknownMessage",
    "inputs": [
      {
        "name": "messageId",
        "type": "uint64",
        "internalType": "uint64"
      }
    ]
  },
  {
    "type": "error",
    "name": "TopicIsHidden",
    "inputs": [
      {
        "name": "topicId",
        "type": "uint64",
        "internalType": "uint64"
      }
    ]
  },
  {
    "type": "error",
    "name": "TopicIsLocked",
    "inputs": [
      {
        "name": "topicId",
        "type": "uint64",
        "internalType": "uint64"
      }
    ]
  },
  {
    "type": "error",
    "name": "NotVisible",
    "inputs": [
      {
        "name": "messageId",
        "type": "uint64",
        "internalType": "uint64"
      },
      {
        "name": "status",
        "type": "uint8",
        "internalType": "uint8"
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
    "name": "BadParent",
    "inputs": [
      {
        "name": "parentId",
        "type": "uint64",
        "internalType": "uint64"
      }
    ]
  },
  {
    "type": "error",
    "name": "BadVote",
    "inputs": []
  },
  {
    "type": "error",
    "name": "OwnMessage",
    "inputs": []
  },
  {
    "type": "error",
    "name": "NoChange",
    "inputs": []
  },
  {
    "type": "error",
    "name": "NotAuthor",
    "inputs": []
  },
  {
    "type": "error",
    "name": "NotCreator",
    "inputs": []
  },
  {
    "type": "error",
    "name": "NotModerator",
    "inputs": [
      {
        "name": "rank",
        "type": "uint8",
        "internalType": "uint8"
      },
      {
        "name": "needed",
        "type": "uint8",
        "internalType": "uint8"
      }
    ]
  },
  {
    "type": "error",
    "name": "IsBanned",
    "inputs": [
      {
        "name": "account",
        "type": "address",
        "internalType": "address"
      },
      {
        "name": "topicId",
        "type": "uint64",
        "internalType": "uint64"
      }
    ]
  },
  {
    "type": "error",
    "name": "BadDuration",
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
    "name": "BadKey",
    "inputs": []
  },
  {
    "type": "error",
    "name": "NoKey",
    "inputs": [
      {
        "name": "recipient",
        "type": "address",
        "internalType": "address"
      }
    ]
  },
  {
    "type": "error",
    "name": "NotSealed",
    "inputs": [
      {
        "name": "minimum",
        "type": "uint32",
        "internalType": "uint32"
      }
    ]
  },
  {
    "type": "error",
    "name": "BadThresholds",
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
