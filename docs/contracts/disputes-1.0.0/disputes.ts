// disputes 1.0.0: generated from the contract's declaration.

export type Hex = `0x${string}`;
export type Address = `0x${string}`;

export const disputesAddress: Address = "0x0000000000000000000000000000000000001007";

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

export interface ArbitrationInfo {
  arbitrationId: bigint;
  leaseId: Hex;
  opener: Address;
  client: Address;
  miner: Address;
  status: number;
  round: number;
  openedHeight: bigint;
  drawHeight: bigint;
  bond: bigint;
  fee: bigint;
  seatStake: bigint;
  escrow: bigint;
  commitSeconds: number;
  revealSeconds: number;
  votingSince: bigint;
  seats: number;
  outcomeBps: number;
  evidenceHash: Hex;
}

export interface ArbitratorInfo {
  arbitrator: Address;
  bond: bigint;
  locked: bigint;
  isActive: boolean;
  leftAt: bigint;
}

export interface AuditInfo {
  auditId: bigint;
  leaseId: Hex;
  receiptHash: Hex;
  miner: Address;
  status: number;
  outcome: number;
  isCanary: boolean;
  fee: bigint;
  stake: bigint;
  commitUntil: bigint;
  revealUntil: bigint;
}

export interface SeatInfo {
  arbitrator: Address;
  status: number;
  commitment: Hex;
  valueBps: number;
}

export interface CaseInfo {
  caseId: Hex;
  openIds: readonly bigint[];
  isDecided: boolean;
  cutoffHeight: bigint;
  decidedAt: bigint;
  shareSeconds: number;
  sharesLeft: number;
  rewardLeft: bigint;
}

export interface ChallengeInfo {
  challengeId: bigint;
  challenger: Address;
  status: number;
  fault: number;
  commitment: Hex;
  bond: bigint;
  committedAt: bigint;
  committedHeight: bigint;
  revealSeconds: number;
  caseId: Hex;
  receiptHash: Hex;
}

export interface GameInfo {
  challengeId: bigint;
  caseId: Hex;
  receiptHash: Hex;
  miner: Address;
  challenger: Address;
  phase: number;
  stage: number;
  turn: Address;
  until: bigint;
  untilHeight: bigint;
  adjudicator: number;
  level: number;
  index: bigint;
  leaves: bigint;
  node: Hex;
  leaf: bigint;
  leafHash: Hex;
  microRoot: Hex;
}

export interface ParameterInfo {
  key: string;
  value: bigint;
  defaultValue: bigint;
  minimum: bigint;
  maximum: bigint;
  stepMax: bigint;
}

export interface QuorumInfo {
  quorumId: bigint;
  client: Address;
  requestHash: Hex;
  status: number;
  size: number;
  drawHeight: bigint;
  commitUntil: bigint;
  revealUntil: bigint;
  answer: Hex;
}

export interface QuorumMemberInfo {
  orderId: Hex;
  leaseId: Hex;
  miner: Address;
  status: number;
  responseHash: Hex;
}

export interface LeafOpening {
  index: bigint;
  leaseId: Hex;
  seq: bigint;
  receiptHash: Hex;
  amount: bigint;
  hashes: readonly Hex[];
  totals: readonly bigint[];
}

export interface DisputesCalls {
  /** payable */
  addArbitratorBond: { args: readonly []; returns: void };
  /** nonpayable */
  addEvidence: { args: readonly [arbitrationId: bigint, evidenceHash: Hex]; returns: void };
  /** nonpayable */
  answerSignature: { args: readonly [challengeId: bigint, receipt: ReceiptData, signature: Hex]; returns: void };
  /** nonpayable */
  appointDesk: { args: readonly [account: Address]; returns: void };
  /** view */
  arbitration: { args: readonly [arbitrationId: bigint]; returns: ArbitrationInfo };
  /** view */
  arbitrationCount: { args: readonly []; returns: bigint };
  /** view */
  arbitrationOf: { args: readonly [leaseId: Hex]; returns: bigint };
  /** view */
  arbitrator: { args: readonly [account: Address]; returns: ArbitratorInfo };
  /** view */
  arbitrators: { args: readonly [cursor: bigint, limit: number]; returns: readonly [readonly ArbitratorInfo[], bigint] };
  /** view */
  audit: { args: readonly [auditId: bigint]; returns: AuditInfo };
  /** view */
  auditCommitment: { args: readonly [auditId: bigint, auditor: Address, verdict: number, salt: Hex]; returns: Hex };
  /** view */
  auditFailures: { args: readonly [miner: Address]; returns: readonly [number, bigint] };
  /** view */
  auditOf: { args: readonly [receiptHash: Hex]; returns: bigint };
  /** view */
  auditSeats: { args: readonly [auditId: bigint]; returns: readonly SeatInfo[] };
  /** view */
  auditTotals: { args: readonly []; returns: readonly [bigint, bigint, bigint] };
  /** view */
  bondFor: { args: readonly [leaseId: Hex]; returns: bigint };
  /** view */
  canaryCommitment: { args: readonly [receiptHash: Hex, desk: Address, verdict: number, salt: Hex]; returns: Hex };
  /** view */
  caseOf: { args: readonly [caseId: Hex]; returns: CaseInfo };
  /** view */
  challenge: { args: readonly [challengeId: bigint]; returns: ChallengeInfo };
  /** view */
  challengeCount: { args: readonly []; returns: bigint };
  /** view */
  checkParameters: { args: readonly []; returns: void };
  /** nonpayable */
  choose: { args: readonly [challengeId: bigint, nodes: readonly Hex[], place: number]; returns: void };
  /** nonpayable */
  claimReward: { args: readonly [challengeId: bigint]; returns: bigint };
  /** nonpayable */
  claimTimeout: { args: readonly [challengeId: bigint]; returns: void };
  /** nonpayable */
  closeArbitration: { args: readonly [arbitrationId: bigint]; returns: void };
  /** nonpayable */
  closeAudit: { args: readonly [auditId: bigint]; returns: number };
  /** nonpayable */
  closeFailed: { args: readonly [leaseId: Hex]; returns: void };
  /** nonpayable */
  closeQuorum: { args: readonly [quorumId: bigint]; returns: Hex };
  /** nonpayable */
  commitAudit: { args: readonly [auditId: bigint, commitment: Hex]; returns: void };
  /** nonpayable */
  commitCanary: { args: readonly [subject: Hex]; returns: void };
  /** payable */
  commitChallenge: { args: readonly [commitment: Hex]; returns: bigint };
  /** nonpayable */
  commitOutput: { args: readonly [quorumId: bigint, commitment: Hex]; returns: void };
  /** nonpayable */
  commitVote: { args: readonly [arbitrationId: bigint, commitment: Hex]; returns: void };
  /** view */
  commitmentFor: { args: readonly [subject: Hex, challenger: Address, fault: number, evidence: Hex, salt: Hex]; returns: Hex };
  /** nonpayable */
  dismissDesk: { args: readonly [account: Address]; returns: void };
  /** nonpayable */
  drawPanel: { args: readonly [arbitrationId: bigint]; returns: void };
  /** nonpayable */
  drawQuorum: { args: readonly [quorumId: bigint]; returns: void };
  /** nonpayable */
  expireChallenge: { args: readonly [challengeId: bigint]; returns: void };
  /** payable */
  fundAudits: { args: readonly []; returns: void };
  /** view */
  game: { args: readonly [challengeId: bigint]; returns: GameInfo };
  /** view */
  games: { args: readonly [receiptHash: Hex, cursor: bigint, limit: number]; returns: readonly [readonly GameInfo[], bigint] };
  /** nonpayable */
  governedCall: { args: readonly [signature: string, argument: Hex]; returns: void };
  /** view */
  isFailed: { args: readonly [leaseId: Hex]; returns: boolean };
  /** nonpayable */
  leaveArbitration: { args: readonly []; returns: void };
  /** nonpayable */
  noteProductFailed: { args: readonly [receiptId: Hex, reward: bigint]; returns: void };
  /** nonpayable */
  oneStep: { args: readonly [challengeId: bigint, receipt: ReceiptData, opening: Hex, witness: Hex]; returns: boolean };
  /** payable */
  openArbitration: { args: readonly [leaseId: Hex, evidenceHash: Hex]; returns: bigint };
  /** nonpayable */
  openAudit: { args: readonly [leaseId: Hex, receiptHash: Hex]; returns: bigint };
  /** view */
  openChallenges: { args: readonly [caseId: Hex]; returns: number };
  /** nonpayable */
  openQuorum: { args: readonly [orderIds: readonly Hex[], requestHash: Hex]; returns: bigint };
  /** nonpayable */
  openTrace: { args: readonly [challengeId: bigint, receipt: ReceiptData, opening: Hex]; returns: void };
  /** view */
  outputCommitment: { args: readonly [quorumId: bigint, miner: Address, responseHash: Hex, salt: Hex]; returns: Hex };
  /** view */
  panel: { args: readonly [arbitrationId: bigint]; returns: readonly SeatInfo[] };
  /** view */
  parameter: { args: readonly [key: string]; returns: bigint };
  /** view */
  parameterList: { args: readonly []; returns: readonly ParameterInfo[] };
  /** nonpayable */
  postMicroRoot: { args: readonly [challengeId: bigint, receipt: ReceiptData, opening: Hex, microRoot: Hex, witness: Hex]; returns: void };
  /** view */
  quorum: { args: readonly [quorumId: bigint]; returns: QuorumInfo };
  /** view */
  quorumAnswer: { args: readonly [leaseId: Hex]; returns: Hex };
  /** view */
  quorumCount: { args: readonly []; returns: bigint };
  /** view */
  quorumMembers: { args: readonly [quorumId: bigint]; returns: readonly QuorumMemberInfo[] };
  /** view */
  quorumOf: { args: readonly [leaseId: Hex]; returns: bigint };
  /** payable */
  registerArbitrator: { args: readonly []; returns: void };
  /** nonpayable */
  releaseQuorum: { args: readonly [quorumId: bigint]; returns: void };
  /** nonpayable */
  revealAudit: { args: readonly [auditId: bigint, verdict: number, salt: Hex]; returns: void };
  /** payable */
  revealBadSignature: { args: readonly [challengeId: bigint, salt: Hex, batchId: bigint, leaf: LeafOpening]; returns: void };
  /** nonpayable */
  revealDoubleSigning: { args: readonly [challengeId: bigint, salt: Hex, receipt: ReceiptData, signature: Hex, other: ReceiptData, otherSignature: Hex]; returns: void };
  /** nonpayable */
  revealDuplicateLeaf: { args: readonly [challengeId: bigint, salt: Hex, batchId: bigint, left: LeafOpening, right: LeafOpening]; returns: void };
  /** payable */
  revealGame: { args: readonly [challengeId: bigint, salt: Hex, fault: number, receipt: ReceiptData, signature: Hex]; returns: void };
  /** nonpayable */
  revealNodes: { args: readonly [challengeId: bigint, nodes: readonly Hex[]]; returns: void };
  /** nonpayable */
  revealOutput: { args: readonly [quorumId: bigint, responseHash: Hex, salt: Hex]; returns: void };
  /** nonpayable */
  revealOverclaim: { args: readonly [challengeId: bigint, salt: Hex, receipt: ReceiptData, signature: Hex]; returns: void };
  /** nonpayable */
  revealTile: { args: readonly [challengeId: bigint, salt: Hex, receiptId: Hex, tile: number, leaf: Hex, path: readonly Hex[]]; returns: void };
  /** nonpayable */
  revealVote: { args: readonly [arbitrationId: bigint, valueBps: number, salt: Hex]; returns: void };
  /** nonpayable */
  revealWrongSum: { args: readonly [challengeId: bigint, salt: Hex, batchId: bigint, leaf: LeafOpening, receipt: ReceiptData]; returns: void };
  /** nonpayable */
  setParameter: { args: readonly [key: string, value: bigint]; returns: void };
  /** nonpayable */
  showCanary: { args: readonly [auditId: bigint, verdict: number, salt: Hex]; returns: void };
  /** view */
  supportsInterface: { args: readonly [interfaceId: Hex]; returns: boolean };
  /** nonpayable */
  sweepReward: { args: readonly [caseId: Hex]; returns: bigint };
  /** view */
  voteCommitment: { args: readonly [arbitrationId: bigint, voter: Address, valueBps: number, salt: Hex]; returns: Hex };
  /** nonpayable */
  withdrawArbitratorBond: { args: readonly []; returns: bigint };
  /** nonpayable */
  withdrawBatchChallenge: { args: readonly [challengeId: bigint, salt: Hex, fault: number, evidence: Hex, batchId: bigint]; returns: bigint };
  /** nonpayable */
  withdrawChallenge: { args: readonly [challengeId: bigint, salt: Hex, fault: number, evidence: Hex, receipt: ReceiptData, signature: Hex]; returns: bigint };
  /** nonpayable */
  withdrawTileChallenge: { args: readonly [challengeId: bigint, salt: Hex, receiptId: Hex, tile: number]; returns: bigint };
}

export interface DisputesEvents {
  ChallengeCommitted: { challengeId: bigint; challenger: Address; commitment: Hex; bond: bigint };
  ChallengeRevealed: { challengeId: bigint; caseId: Hex; challenger: Address; fault: number; receiptHash: Hex };
  ChallengeExpired: { challengeId: bigint; bond: bigint };
  ChallengeLost: { challengeId: bigint; caseId: Hex; accused: Address; paid: bigint; burnt: bigint };
  CaseDecided: { caseId: Hex; challengeId: bigint; accused: Address; fault: number; reward: bigint };
  ChallengePaid: { challengeId: bigint; challenger: Address; bond: bigint; share: bigint };
  GameMove: { caseId: Hex; turn: Address; challengeId: bigint; phase: number; stage: number; level: number; index: bigint; node: Hex; until: bigint };
  NodesRevealed: { caseId: Hex; challenger: Address; challengeId: bigint; nodes: readonly Hex[] };
  GameOver: { caseId: Hex; winner: Address; challengeId: bigint; byTimeout: boolean };
  ArbitratorBonded: { arbitrator: Address; bond: bigint };
  ArbitratorLeft: { arbitrator: Address };
  ArbitrationOpened: { arbitrationId: bigint; leaseId: Hex; opener: Address; drawHeight: bigint; evidenceHash: Hex };
  EvidenceAdded: { arbitrationId: bigint; party: Address; evidenceHash: Hex };
  ArbitratorDrawn: { arbitrationId: bigint; arbitrator: Address; seat: number };
  PanelAimed: { arbitrationId: bigint; drawHeight: bigint };
  VoteCommitted: { arbitrationId: bigint; arbitrator: Address; commitment: Hex };
  VoteRevealed: { arbitrationId: bigint; arbitrator: Address; valueBps: number };
  ArbitratorSlashed: { arbitrationId: bigint; arbitrator: Address; amount: bigint };
  ArbitrationDecided: { arbitrationId: bigint; leaseId: Hex; outcomeBps: number; minerAmount: bigint };
  ArbitrationVoid: { arbitrationId: bigint; leaseId: Hex };
  AuditOpened: { auditId: bigint; leaseId: Hex; miner: Address; receiptHash: Hex };
  AuditorDrawn: { auditId: bigint; auditor: Address };
  AuditVoteCommitted: { auditId: bigint; auditor: Address };
  AuditVoteRevealed: { auditId: bigint; auditor: Address; verdict: number };
  AuditorSlashed: { auditId: bigint; auditor: Address; amount: bigint };
  AuditClosed: { auditId: bigint; leaseId: Hex; miner: Address; outcome: number };
  CanaryDeskChanged: { desk: Address; isAppointed: boolean };
  CanaryCommitted: { subject: Hex; desk: Address };
  CanaryShown: { auditId: bigint; verdict: number };
  QuorumOpened: { quorumId: bigint; client: Address; size: number };
  QuorumAimed: { quorumId: bigint; height: bigint };
  QuorumDrawn: { quorumId: bigint; leaseId: Hex; miner: Address };
  OutputCommitted: { quorumId: bigint; miner: Address };
  OutputRevealed: { quorumId: bigint; miner: Address; responseHash: Hex };
  QuorumClosed: { quorumId: bigint; answer: Hex; votes: number };
  ParameterChanged: { key: string; name: string; oldValue: bigint; newValue: bigint };
}

export interface DisputesErrors {
  BondTooSmall: { bond: bigint; needed: bigint };
  WrongStatus: { status: number };
  NotChallenger: {};
  WrongReveal: {};
  SameBlock: {};
  RevealPeriodOver: {};
  RevealPeriodOpen: {};
  MayBeRevealed: {};
  NotReceipts: {};
  NotDecided: {};
  SharePeriodOpen: { until: bigint };
  CommittedTooLate: { cutoffHeight: bigint };
  LeaseNotOpen: { status: number };
  WindowClosed: { windowEnd: bigint };
  OwnLease: {};
  NotSigned: {};
  NothingWrong: {};
  NoSuchBatch: {};
  LeafNotCommitted: {};
  WrongReceipt: {};
  WrongFault: {};
  UnknownAdjudicator: { adjudicator: number };
  TooManyGames: { maximum: number };
  NotYourTurn: { phase: number };
  TooLate: {};
  TimeLeft: { until: bigint };
  TooLong: { maximum: number };
  BadWitness: { reason: string };
  WrongNodes: {};
  NoSuchNode: { count: number };
  AlreadyArbitrator: {};
  NotArbitrator: { account: Address };
  ArbitratorsFull: { weakest: bigint };
  SeatsOpen: { locked: bigint };
  WithdrawalNotDue: { due: bigint };
  NotParty: {};
  NotArbitrable: { kind: number };
  AlreadyOpen: { arbitrationId: bigint };
  NotDrawnYet: { height: bigint };
  NoSeat: {};
  WrongPeriod: {};
  BadValue: {};
  GamesOpen: { count: number };
  PanelEven: {};
  NotSampled: {};
  AlreadyAudited: { auditId: bigint };
  NotClaimed: {};
  NotDrawn: {};
  NotFailed: {};
  NoAuditors: {};
  NotCanaryDesk: {};
  TooLateForCanary: {};
  BadQuorum: {};
  OrderTaken: {};
  NoQuorumMiners: { count: bigint };
  UnknownParameter: { key: string };
  ParameterOutOfRange: { key: string; minimum: bigint; maximum: bigint; stepMax: bigint };
  OnlyGovernance: {};
  Reentered: {};
}

export const disputesAbi = [
  {
    "type": "function",
    "name": "addArbitratorBond",
    "stateMutability": "payable",
    "inputs": [],
    "outputs": []
  },
  {
    "type": "function",
    "name": "addEvidence",
    "stateMutability": "nonpayable",
    "inputs": [
      {
        "name": "arbitrationId",
        "type": "uint64",
        "internalType": "uint64"
      },
      {
        "name": "evidenceHash",
        "type": "bytes32",
        "internalType": "bytes32"
      }
    ],
    "outputs": []
  },
  {
    "type": "function",
    "name": "answerSignature",
    "stateMutability": "nonpayable",
    "inputs": [
      {
        "name": "challengeId",
        "type": "uint64",
        "internalType": "uint64"
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
    "name": "appointDesk",
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
    "name": "arbitration",
    "stateMutability": "view",
    "inputs": [
      {
        "name": "arbitrationId",
        "type": "uint64",
        "internalType": "uint64"
      }
    ],
    "outputs": [
      {
        "name": "",
        "type": "tuple",
        "internalType": "struct ArbitrationInfo",
        "components": [
          {
            "name": "arbitrationId",
            "type": "uint64",
            "internalType": "uint64"
          },
          {
            "name": "leaseId",
            "type": "bytes32",
            "internalType": "bytes32"
          },
          {
            "name": "opener",
            "type": "address",
            "internalType": "address"
          },
          {
            "name": "client",
            "type": "address",
            "internalType": "address"
          },
          {
            "name": "miner",
            "type": "address",
            "internalType": "address"
          },
          {
            "name": "status",
            "type": "uint8",
            "internalType": "uint8"
          },
          {
            "name": "round",
            "type": "uint8",
            "internalType": "uint8"
          },
          {
            "name": "openedHeight",
            "type": "uint64",
            "internalType": "uint64"
          },
          {
            "name": "drawHeight",
            "type": "uint64",
            "internalType": "uint64"
          },
          {
            "name": "bond",
            "type": "uint128",
            "internalType": "uint128"
          },
          {
            "name": "fee",
            "type": "uint128",
            "internalType": "uint128"
          },
          {
            "name": "seatStake",
            "type": "uint128",
            "internalType": "uint128"
          },
          {
            "name": "escrow",
            "type": "uint128",
            "internalType": "uint128"
          },
          {
            "name": "commitSeconds",
            "type": "uint32",
            "internalType": "uint32"
          },
          {
            "name": "revealSeconds",
            "type": "uint32",
            "internalType": "uint32"
          },
          {
            "name": "votingSince",
            "type": "uint64",
            "internalType": "uint64"
          },
          {
            "name": "seats",
            "type": "uint32",
            "internalType": "uint32"
          },
          {
            "name": "outcomeBps",
            "type": "uint16",
            "internalType": "uint16"
          },
          {
            "name": "evidenceHash",
            "type": "bytes32",
            "internalType": "bytes32"
          }
        ]
      }
    ]
  },
  {
    "type": "function",
    "name": "arbitrationCount",
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
    "name": "arbitrationOf",
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
        "type": "uint64",
        "internalType": "uint64"
      }
    ]
  },
  {
    "type": "function",
    "name": "arbitrator",
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
        "internalType": "struct ArbitratorInfo",
        "components": [
          {
            "name": "arbitrator",
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
            "name": "isActive",
            "type": "bool",
            "internalType": "bool"
          },
          {
            "name": "leftAt",
            "type": "uint64",
            "internalType": "uint64"
          }
        ]
      }
    ]
  },
  {
    "type": "function",
    "name": "arbitrators",
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
        "internalType": "struct ArbitratorInfo[]",
        "components": [
          {
            "name": "arbitrator",
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
            "name": "isActive",
            "type": "bool",
            "internalType": "bool"
          },
          {
            "name": "leftAt",
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
    "name": "audit",
    "stateMutability": "view",
    "inputs": [
      {
        "name": "auditId",
        "type": "uint64",
        "internalType": "uint64"
      }
    ],
    "outputs": [
      {
        "name": "",
        "type": "tuple",
        "internalType": "struct AuditInfo",
        "components": [
          {
            "name": "auditId",
            "type": "uint64",
            "internalType": "uint64"
          },
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
            "name": "miner",
            "type": "address",
            "internalType": "address"
          },
          {
            "name": "status",
            "type": "uint8",
            "internalType": "uint8"
          },
          {
            "name": "outcome",
            "type": "uint8",
            "internalType": "uint8"
          },
          {
            "name": "isCanary",
            "type": "bool",
            "internalType": "bool"
          },
          {
            "name": "fee",
            "type": "uint128",
            "internalType": "uint128"
          },
          {
            "name": "stake",
            "type": "uint128",
            "internalType": "uint128"
          },
          {
            "name": "commitUntil",
            "type": "uint64",
            "internalType": "uint64"
          },
          {
            "name": "revealUntil",
            "type": "uint64",
            "internalType": "uint64"
          }
        ]
      }
    ]
  },
  {
    "type": "function",
    "name": "auditCommitment",
    "stateMutability": "view",
    "inputs": [
      {
        "name": "auditId",
        "type": "uint64",
        "internalType": "uint64"
      },
      {
        "name": "auditor",
        "type": "address",
        "internalType": "address"
      },
      {
        "name": "verdict",
        "type": "uint8",
        "internalType": "uint8"
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
        "type": "bytes32",
        "internalType": "bytes32"
      }
    ]
  },
  {
    "type": "function",
    "name": "auditFailures",
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
        "type": "uint8",
        "internalType": "uint8"
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
    "name": "auditOf",
    "stateMutability": "view",
    "inputs": [
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
    "name": "auditSeats",
    "stateMutability": "view",
    "inputs": [
      {
        "name": "auditId",
        "type": "uint64",
        "internalType": "uint64"
      }
    ],
    "outputs": [
      {
        "name": "",
        "type": "tuple[]",
        "internalType": "struct SeatInfo[]",
        "components": [
          {
            "name": "arbitrator",
            "type": "address",
            "internalType": "address"
          },
          {
            "name": "status",
            "type": "uint8",
            "internalType": "uint8"
          },
          {
            "name": "commitment",
            "type": "bytes32",
            "internalType": "bytes32"
          },
          {
            "name": "valueBps",
            "type": "uint16",
            "internalType": "uint16"
          }
        ]
      }
    ]
  },
  {
    "type": "function",
    "name": "auditTotals",
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
        "type": "uint128",
        "internalType": "uint128"
      }
    ]
  },
  {
    "type": "function",
    "name": "bondFor",
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
        "type": "uint128",
        "internalType": "uint128"
      }
    ]
  },
  {
    "type": "function",
    "name": "canaryCommitment",
    "stateMutability": "view",
    "inputs": [
      {
        "name": "receiptHash",
        "type": "bytes32",
        "internalType": "bytes32"
      },
      {
        "name": "desk",
        "type": "address",
        "internalType": "address"
      },
      {
        "name": "verdict",
        "type": "uint8",
        "internalType": "uint8"
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
        "type": "bytes32",
        "internalType": "bytes32"
      }
    ]
  },
  {
    "type": "function",
    "name": "caseOf",
    "stateMutability": "view",
    "inputs": [
      {
        "name": "caseId",
        "type": "bytes32",
        "internalType": "bytes32"
      }
    ],
    "outputs": [
      {
        "name": "",
        "type": "tuple",
        "internalType": "struct CaseInfo",
        "components": [
          {
            "name": "caseId",
            "type": "bytes32",
            "internalType": "bytes32"
          },
          {
            "name": "openIds",
            "type": "uint64[]",
            "internalType": "uint64[]"
          },
          {
            "name": "isDecided",
            "type": "bool",
            "internalType": "bool"
          },
          {
            "name": "cutoffHeight",
            "type": "uint64",
            "internalType": "uint64"
          },
          {
            "name": "decidedAt",
            "type": "uint64",
            "internalType": "uint64"
          },
          {
            "name": "shareSeconds",
            "type": "uint32",
            "internalType": "uint32"
          },
          {
            "name": "sharesLeft",
            "type": "uint32",
            "internalType": "uint32"
          },
          {
            "name": "rewardLeft",
            "type": "uint256",
            "internalType": "uint256"
          }
        ]
      }
    ]
  },
  {
    "type": "function",
    "name": "challenge",
    "stateMutability": "view",
    "inputs": [
      {
        "name": "challengeId",
        "type": "uint64",
        "internalType": "uint64"
      }
    ],
    "outputs": [
      {
        "name": "",
        "type": "tuple",
        "internalType": "struct ChallengeInfo",
        "components": [
          {
            "name": "challengeId",
            "type": "uint64",
            "internalType": "uint64"
          },
          {
            "name": "challenger",
            "type": "address",
            "internalType": "address"
          },
          {
            "name": "status",
            "type": "uint8",
            "internalType": "uint8"
          },
          {
            "name": "fault",
            "type": "uint8",
            "internalType": "uint8"
          },
          {
            "name": "commitment",
            "type": "bytes32",
            "internalType": "bytes32"
          },
          {
            "name": "bond",
            "type": "uint128",
            "internalType": "uint128"
          },
          {
            "name": "committedAt",
            "type": "uint64",
            "internalType": "uint64"
          },
          {
            "name": "committedHeight",
            "type": "uint64",
            "internalType": "uint64"
          },
          {
            "name": "revealSeconds",
            "type": "uint32",
            "internalType": "uint32"
          },
          {
            "name": "caseId",
            "type": "bytes32",
            "internalType": "bytes32"
          },
          {
            "name": "receiptHash",
            "type": "bytes32",
            "internalType": "bytes32"
          }
        ]
      }
    ]
  },
  {
    "type": "function",
    "name": "challengeCount",
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
    "name": "checkParameters",
    "stateMutability": "view",
    "inputs": [],
    "outputs": []
  },
  {
    "type": "function",
    "name": "choose",
    "stateMutability": "nonpayable",
    "inputs": [
      {
        "name": "challengeId",
        "type": "uint64",
        "internalType": "uint64"
      },
      {
        "name": "nodes",
        "type": "bytes32[]",
        "internalType": "bytes32[]"
      },
      {
        "name": "place",
        "type": "uint32",
        "internalType": "uint32"
      }
    ],
    "outputs": []
  },
  {
    "type": "function",
    "name": "claimReward",
    "stateMutability": "nonpayable",
    "inputs": [
      {
        "name": "challengeId",
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
    "name": "claimTimeout",
    "stateMutability": "nonpayable",
    "inputs": [
      {
        "name": "challengeId",
        "type": "uint64",
        "internalType": "uint64"
      }
    ],
    "outputs": []
  },
  {
    "type": "function",
    "name": "closeArbitration",
    "stateMutability": "nonpayable",
    "inputs": [
      {
        "name": "arbitrationId",
        "type": "uint64",
        "internalType": "uint64"
      }
    ],
    "outputs": []
  },
  {
    "type": "function",
    "name": "closeAudit",
    "stateMutability": "nonpayable",
    "inputs": [
      {
        "name": "auditId",
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
    "name": "closeFailed",
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
    "name": "closeQuorum",
    "stateMutability": "nonpayable",
    "inputs": [
      {
        "name": "quorumId",
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
    "name": "commitAudit",
    "stateMutability": "nonpayable",
    "inputs": [
      {
        "name": "auditId",
        "type": "uint64",
        "internalType": "uint64"
      },
      {
        "name": "commitment",
        "type": "bytes32",
        "internalType": "bytes32"
      }
    ],
    "outputs": []
  },
  {
    "type": "function",
    "name": "commitCanary",
    "stateMutability": "nonpayable",
    "inputs": [
      {
        "name": "subject",
        "type": "bytes32",
        "internalType": "bytes32"
      }
    ],
    "outputs": []
  },
  {
    "type": "function",
    "name": "commitChallenge",
    "stateMutability": "payable",
    "inputs": [
      {
        "name": "commitment",
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
    "name": "commitOutput",
    "stateMutability": "nonpayable",
    "inputs": [
      {
        "name": "quorumId",
        "type": "uint64",
        "internalType": "uint64"
      },
      {
        "name": "commitment",
        "type": "bytes32",
        "internalType": "bytes32"
      }
    ],
    "outputs": []
  },
  {
    "type": "function",
    "name": "commitVote",
    "stateMutability": "nonpayable",
    "inputs": [
      {
        "name": "arbitrationId",
        "type": "uint64",
        "internalType": "uint64"
      },
      {
        "name": "commitment",
        "type": "bytes32",
        "internalType": "bytes32"
      }
    ],
    "outputs": []
  },
  {
    "type": "function",
    "name": "commitmentFor",
    "stateMutability": "view",
    "inputs": [
      {
        "name": "subject",
        "type": "bytes32",
        "internalType": "bytes32"
      },
      {
        "name": "challenger",
        "type": "address",
        "internalType": "address"
      },
      {
        "name": "fault",
        "type": "uint8",
        "internalType": "uint8"
      },
      {
        "name": "evidence",
        "type": "bytes32",
        "internalType": "bytes32"
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
        "type": "bytes32",
        "internalType": "bytes32"
      }
    ]
  },
  {
    "type": "function",
    "name": "dismissDesk",
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
    "name": "drawPanel",
    "stateMutability": "nonpayable",
    "inputs": [
      {
        "name": "arbitrationId",
        "type": "uint64",
        "internalType": "uint64"
      }
    ],
    "outputs": []
  },
  {
    "type": "function",
    "name": "drawQuorum",
    "stateMutability": "nonpayable",
    "inputs": [
      {
        "name": "quorumId",
        "type": "uint64",
        "internalType": "uint64"
      }
    ],
    "outputs": []
  },
  {
    "type": "function",
    "name": "expireChallenge",
    "stateMutability": "nonpayable",
    "inputs": [
      {
        "name": "challengeId",
        "type": "uint64",
        "internalType": "uint64"
      }
    ],
    "outputs": []
  },
  {
    "type": "function",
    "name": "fundAudits",
    "stateMutability": "payable",
    "inputs": [],
    "outputs": []
  },
  {
    "type": "function",
    "name": "game",
    "stateMutability": "view",
    "inputs": [
      {
        "name": "challengeId",
        "type": "uint64",
        "internalType": "uint64"
      }
    ],
    "outputs": [
      {
        "name": "",
        "type": "tuple",
        "internalType": "struct GameInfo",
        "components": [
          {
            "name": "challengeId",
            "type": "uint64",
            "internalType": "uint64"
          },
          {
            "name": "caseId",
            "type": "bytes32",
            "internalType": "bytes32"
          },
          {
            "name": "receiptHash",
            "type": "bytes32",
            "internalType": "bytes32"
          },
          {
            "name": "miner",
            "type": "address",
            "internalType": "address"
          },
          {
            "name": "challenger",
            "type": "address",
            "internalType": "address"
          },
          {
            "name": "phase",
            "type": "uint8",
            "internalType": "uint8"
          },
          {
            "name": "stage",
            "type": "uint8",
            "internalType": "uint8"
          },
          {
            "name": "turn",
            "type": "address",
            "internalType": "address"
          },
          {
            "name": "until",
            "type": "uint64",
            "internalType": "uint64"
          },
          {
            "name": "untilHeight",
            "type": "uint64",
            "internalType": "uint64"
          },
          {
            "name": "adjudicator",
            "type": "uint32",
            "internalType": "uint32"
          },
          {
            "name": "level",
            "type": "uint8",
            "internalType": "uint8"
          },
          {
            "name": "index",
            "type": "uint64",
            "internalType": "uint64"
          },
          {
            "name": "leaves",
            "type": "uint64",
            "internalType": "uint64"
          },
          {
            "name": "node",
            "type": "bytes32",
            "internalType": "bytes32"
          },
          {
            "name": "leaf",
            "type": "uint64",
            "internalType": "uint64"
          },
          {
            "name": "leafHash",
            "type": "bytes32",
            "internalType": "bytes32"
          },
          {
            "name": "microRoot",
            "type": "bytes32",
            "internalType": "bytes32"
          }
        ]
      }
    ]
  },
  {
    "type": "function",
    "name": "games",
    "stateMutability": "view",
    "inputs": [
      {
        "name": "receiptHash",
        "type": "bytes32",
        "internalType": "bytes32"
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
        "internalType": "struct GameInfo[]",
        "components": [
          {
            "name": "challengeId",
            "type": "uint64",
            "internalType": "uint64"
          },
          {
            "name": "caseId",
            "type": "bytes32",
            "internalType": "bytes32"
          },
          {
            "name": "receiptHash",
            "type": "bytes32",
            "internalType": "bytes32"
          },
          {
            "name": "miner",
            "type": "address",
            "internalType": "address"
          },
          {
            "name": "challenger",
            "type": "address",
            "internalType": "address"
          },
          {
            "name": "phase",
            "type": "uint8",
            "internalType": "uint8"
          },
          {
            "name": "stage",
            "type": "uint8",
            "internalType": "uint8"
          },
          {
            "name": "turn",
            "type": "address",
            "internalType": "address"
          },
          {
            "name": "until",
            "type": "uint64",
            "internalType": "uint64"
          },
          {
            "name": "untilHeight",
            "type": "uint64",
            "internalType": "uint64"
          },
          {
            "name": "adjudicator",
            "type": "uint32",
            "internalType": "uint32"
          },
          {
            "name": "level",
            "type": "uint8",
            "internalType": "uint8"
          },
          {
            "name": "index",
            "type": "uint64",
            "internalType": "uint64"
          },
          {
            "name": "leaves",
            "type": "uint64",
            "internalType": "uint64"
          },
          {
            "name": "node",
            "type": "bytes32",
            "internalType": "bytes32"
          },
          {
            "name": "leaf",
            "type": "uint64",
            "internalType": "uint64"
          },
          {
            "name": "leafHash",
            "type": "bytes32",
            "internalType": "bytes32"
          },
          {
            "name": "microRoot",
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
    "name": "isFailed",
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
        "type": "bool",
        "internalType": "bool"
      }
    ]
  },
  {
    "type": "function",
    "name": "leaveArbitration",
    "stateMutability": "nonpayable",
    "inputs": [],
    "outputs": []
  },
  {
    "type": "function",
    "name": "noteProductFailed",
    "stateMutability": "nonpayable",
    "inputs": [
      {
        "name": "receiptId",
        "type": "bytes32",
        "internalType": "bytes32"
      },
      {
        "name": "reward",
        "type": "uint256",
        "internalType": "uint256"
      }
    ],
    "outputs": []
  },
  {
    "type": "function",
    "name": "oneStep",
    "stateMutability": "nonpayable",
    "inputs": [
      {
        "name": "challengeId",
        "type": "uint64",
        "internalType": "uint64"
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
        "name": "opening",
        "type": "bytes",
        "internalType": "bytes"
      },
      {
        "name": "witness",
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
    "name": "openArbitration",
    "stateMutability": "payable",
    "inputs": [
      {
        "name": "leaseId",
        "type": "bytes32",
        "internalType": "bytes32"
      },
      {
        "name": "evidenceHash",
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
    "name": "openAudit",
    "stateMutability": "nonpayable",
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
    "name": "openChallenges",
    "stateMutability": "view",
    "inputs": [
      {
        "name": "caseId",
        "type": "bytes32",
        "internalType": "bytes32"
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
    "name": "openQuorum",
    "stateMutability": "nonpayable",
    "inputs": [
      {
        "name": "orderIds",
        "type": "bytes32[]",
        "internalType": "bytes32[]"
      },
      {
        "name": "requestHash",
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
    "name": "openTrace",
    "stateMutability": "nonpayable",
    "inputs": [
      {
        "name": "challengeId",
        "type": "uint64",
        "internalType": "uint64"
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
        "name": "opening",
        "type": "bytes",
        "internalType": "bytes"
      }
    ],
    "outputs": []
  },
  {
    "type": "function",
    "name": "outputCommitment",
    "stateMutability": "view",
    "inputs": [
      {
        "name": "quorumId",
        "type": "uint64",
        "internalType": "uint64"
      },
      {
        "name": "miner",
        "type": "address",
        "internalType": "address"
      },
      {
        "name": "responseHash",
        "type": "bytes32",
        "internalType": "bytes32"
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
        "type": "bytes32",
        "internalType": "bytes32"
      }
    ]
  },
  {
    "type": "function",
    "name": "panel",
    "stateMutability": "view",
    "inputs": [
      {
        "name": "arbitrationId",
        "type": "uint64",
        "internalType": "uint64"
      }
    ],
    "outputs": [
      {
        "name": "",
        "type": "tuple[]",
        "internalType": "struct SeatInfo[]",
        "components": [
          {
            "name": "arbitrator",
            "type": "address",
            "internalType": "address"
          },
          {
            "name": "status",
            "type": "uint8",
            "internalType": "uint8"
          },
          {
            "name": "commitment",
            "type": "bytes32",
            "internalType": "bytes32"
          },
          {
            "name": "valueBps",
            "type": "uint16",
            "internalType": "uint16"
          }
        ]
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
    "name": "postMicroRoot",
    "stateMutability": "nonpayable",
    "inputs": [
      {
        "name": "challengeId",
        "type": "uint64",
        "internalType": "uint64"
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
        "name": "opening",
        "type": "bytes",
        "internalType": "bytes"
      },
      {
        "name": "microRoot",
        "type": "bytes32",
        "internalType": "bytes32"
      },
      {
        "name": "witness",
        "type": "bytes",
        "internalType": "bytes"
      }
    ],
    "outputs": []
  },
  {
    "type": "function",
    "name": "quorum",
    "stateMutability": "view",
    "inputs": [
      {
        "name": "quorumId",
        "type": "uint64",
        "internalType": "uint64"
      }
    ],
    "outputs": [
      {
        "name": "",
        "type": "tuple",
        "internalType": "struct QuorumInfo",
        "components": [
          {
            "name": "quorumId",
            "type": "uint64",
            "internalType": "uint64"
          },
          {
            "name": "client",
            "type": "address",
            "internalType": "address"
          },
          {
            "name": "requestHash",
            "type": "bytes32",
            "internalType": "bytes32"
          },
          {
            "name": "status",
            "type": "uint8",
            "internalType": "uint8"
          },
          {
            "name": "size",
            "type": "uint8",
            "internalType": "uint8"
          },
          {
            "name": "drawHeight",
            "type": "uint64",
            "internalType": "uint64"
          },
          {
            "name": "commitUntil",
            "type": "uint64",
            "internalType": "uint64"
          },
          {
            "name": "revealUntil",
            "type": "uint64",
            "internalType": "uint64"
          },
          {
            "name": "answer",
            "type": "bytes32",
            "internalType": "bytes32"
          }
        ]
      }
    ]
  },
  {
    "type": "function",
    "name": "quorumAnswer",
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
    "name": "quorumCount",
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
    "name": "quorumMembers",
    "stateMutability": "view",
    "inputs": [
      {
        "name": "quorumId",
        "type": "uint64",
        "internalType": "uint64"
      }
    ],
    "outputs": [
      {
        "name": "",
        "type": "tuple[]",
        "internalType": "struct QuorumMemberInfo[]",
        "components": [
          {
            "name": "orderId",
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
            "name": "status",
            "type": "uint8",
            "internalType": "uint8"
          },
          {
            "name": "responseHash",
            "type": "bytes32",
            "internalType": "bytes32"
          }
        ]
      }
    ]
  },
  {
    "type": "function",
    "name": "quorumOf",
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
        "type": "uint64",
        "internalType": "uint64"
      }
    ]
  },
  {
    "type": "function",
    "name": "registerArbitrator",
    "stateMutability": "payable",
    "inputs": [],
    "outputs": []
  },
  {
    "type": "function",
    "name": "releaseQuorum",
    "stateMutability": "nonpayable",
    "inputs": [
      {
        "name": "quorumId",
        "type": "uint64",
        "internalType": "uint64"
      }
    ],
    "outputs": []
  },
  {
    "type": "function",
    "name": "revealAudit",
    "stateMutability": "nonpayable",
    "inputs": [
      {
        "name": "auditId",
        "type": "uint64",
        "internalType": "uint64"
      },
      {
        "name": "verdict",
        "type": "uint8",
        "internalType": "uint8"
      },
      {
        "name": "salt",
        "type": "bytes32",
        "internalType": "bytes32"
      }
    ],
    "outputs": []
  },
  {
    "type": "function",
    "name": "revealBadSignature",
    "stateMutability": "payable",
    "inputs": [
      {
        "name": "challengeId",
        "type": "uint64",
        "internalType": "uint64"
      },
      {
        "name": "salt",
        "type": "bytes32",
        "internalType": "bytes32"
      },
      {
        "name": "batchId",
        "type": "uint64",
        "internalType": "uint64"
      },
      {
        "name": "leaf",
        "type": "tuple",
        "internalType": "struct LeafOpening",
        "components": [
          {
            "name": "index",
            "type": "uint64",
            "internalType": "uint64"
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
            "name": "receiptHash",
            "type": "bytes32",
            "internalType": "bytes32"
          },
          {
            "name": "amount",
            "type": "uint128",
            "internalType": "uint128"
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
          }
        ]
      }
    ],
    "outputs": []
  },
  {
    "type": "function",
    "name": "revealDoubleSigning",
    "stateMutability": "nonpayable",
    "inputs": [
      {
        "name": "challengeId",
        "type": "uint64",
        "internalType": "uint64"
      },
      {
        "name": "salt",
        "type": "bytes32",
        "internalType": "bytes32"
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
        "name": "other",
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
        "name": "otherSignature",
        "type": "bytes",
        "internalType": "bytes"
      }
    ],
    "outputs": []
  },
  {
    "type": "function",
    "name": "revealDuplicateLeaf",
    "stateMutability": "nonpayable",
    "inputs": [
      {
        "name": "challengeId",
        "type": "uint64",
        "internalType": "uint64"
      },
      {
        "name": "salt",
        "type": "bytes32",
        "internalType": "bytes32"
      },
      {
        "name": "batchId",
        "type": "uint64",
        "internalType": "uint64"
      },
      {
        "name": "left",
        "type": "tuple",
        "internalType": "struct LeafOpening",
        "components": [
          {
            "name": "index",
            "type": "uint64",
            "internalType": "uint64"
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
            "name": "receiptHash",
            "type": "bytes32",
            "internalType": "bytes32"
          },
          {
            "name": "amount",
            "type": "uint128",
            "internalType": "uint128"
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
          }
        ]
      },
      {
        "name": "right",
        "type": "tuple",
        "internalType": "struct LeafOpening",
        "components": [
          {
            "name": "index",
            "type": "uint64",
            "internalType": "uint64"
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
            "name": "receiptHash",
            "type": "bytes32",
            "internalType": "bytes32"
          },
          {
            "name": "amount",
            "type": "uint128",
            "internalType": "uint128"
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
          }
        ]
      }
    ],
    "outputs": []
  },
  {
    "type": "function",
    "name": "revealGame",
    "stateMutability": "payable",
    "inputs": [
      {
        "name": "challengeId",
        "type": "uint64",
        "internalType": "uint64"
      },
      {
        "name": "salt",
        "type": "bytes32",
        "internalType": "bytes32"
      },
      {
        "name": "fault",
        "type": "uint8",
        "internalType": "uint8"
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
    "name": "revealNodes",
    "stateMutability": "nonpayable",
    "inputs": [
      {
        "name": "challengeId",
        "type": "uint64",
        "internalType": "uint64"
      },
      {
        "name": "nodes",
        "type": "bytes32[]",
        "internalType": "bytes32[]"
      }
    ],
    "outputs": []
  },
  {
    "type": "function",
    "name": "revealOutput",
    "stateMutability": "nonpayable",
    "inputs": [
      {
        "name": "quorumId",
        "type": "uint64",
        "internalType": "uint64"
      },
      {
        "name": "responseHash",
        "type": "bytes32",
        "internalType": "bytes32"
      },
      {
        "name": "salt",
        "type": "bytes32",
        "internalType": "bytes32"
      }
    ],
    "outputs": []
  },
  {
    "type": "function",
    "name": "revealOverclaim",
    "stateMutability": "nonpayable",
    "inputs": [
      {
        "name": "challengeId",
        "type": "uint64",
        "internalType": "uint64"
      },
      {
        "name": "salt",
        "type": "bytes32",
        "internalType": "bytes32"
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
    "name": "revealTile",
    "stateMutability": "nonpayable",
    "inputs": [
      {
        "name": "challengeId",
        "type": "uint64",
        "internalType": "uint64"
      },
      {
        "name": "salt",
        "type": "bytes32",
        "internalType": "bytes32"
      },
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
    "name": "revealVote",
    "stateMutability": "nonpayable",
    "inputs": [
      {
        "name": "arbitrationId",
        "type": "uint64",
        "internalType": "uint64"
      },
      {
        "name": "valueBps",
        "type": "uint16",
        "internalType": "uint16"
      },
      {
        "name": "salt",
        "type": "bytes32",
        "internalType": "bytes32"
      }
    ],
    "outputs": []
  },
  {
    "type": "function",
    "name": "revealWrongSum",
    "stateMutability": "nonpayable",
    "inputs": [
      {
        "name": "challengeId",
        "type": "uint64",
        "internalType": "uint64"
      },
      {
        "name": "salt",
        "type": "bytes32",
        "internalType": "bytes32"
      },
      {
        "name": "batchId",
        "type": "uint64",
        "internalType": "uint64"
      },
      {
        "name": "leaf",
        "type": "tuple",
        "internalType": "struct LeafOpening",
        "components": [
          {
            "name": "index",
            "type": "uint64",
            "internalType": "uint64"
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
            "name": "receiptHash",
            "type": "bytes32",
            "internalType": "bytes32"
          },
          {
            "name": "amount",
            "type": "uint128",
            "internalType": "uint128"
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
          }
        ]
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
    "name": "showCanary",
    "stateMutability": "nonpayable",
    "inputs": [
      {
        "name": "auditId",
        "type": "uint64",
        "internalType": "uint64"
      },
      {
        "name": "verdict",
        "type": "uint8",
        "internalType": "uint8"
      },
      {
        "name": "salt",
        "type": "bytes32",
        "internalType": "bytes32"
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
    "name": "sweepReward",
    "stateMutability": "nonpayable",
    "inputs": [
      {
        "name": "caseId",
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
    "name": "voteCommitment",
    "stateMutability": "view",
    "inputs": [
      {
        "name": "arbitrationId",
        "type": "uint64",
        "internalType": "uint64"
      },
      {
        "name": "voter",
        "type": "address",
        "internalType": "address"
      },
      {
        "name": "valueBps",
        "type": "uint16",
        "internalType": "uint16"
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
        "type": "bytes32",
        "internalType": "bytes32"
      }
    ]
  },
  {
    "type": "function",
    "name": "withdrawArbitratorBond",
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
    "name": "withdrawBatchChallenge",
    "stateMutability": "nonpayable",
    "inputs": [
      {
        "name": "challengeId",
        "type": "uint64",
        "internalType": "uint64"
      },
      {
        "name": "salt",
        "type": "bytes32",
        "internalType": "bytes32"
      },
      {
        "name": "fault",
        "type": "uint8",
        "internalType": "uint8"
      },
      {
        "name": "evidence",
        "type": "bytes32",
        "internalType": "bytes32"
      },
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
    "name": "withdrawChallenge",
    "stateMutability": "nonpayable",
    "inputs": [
      {
        "name": "challengeId",
        "type": "uint64",
        "internalType": "uint64"
      },
      {
        "name": "salt",
        "type": "bytes32",
        "internalType": "bytes32"
      },
      {
        "name": "fault",
        "type": "uint8",
        "internalType": "uint8"
      },
      {
        "name": "evidence",
        "type": "bytes32",
        "internalType": "bytes32"
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
    "name": "withdrawTileChallenge",
    "stateMutability": "nonpayable",
    "inputs": [
      {
        "name": "challengeId",
        "type": "uint64",
        "internalType": "uint64"
      },
      {
        "name": "salt",
        "type": "bytes32",
        "internalType": "bytes32"
      },
      {
        "name": "receiptId",
        "type": "bytes32",
        "internalType": "bytes32"
      },
      {
        "name": "tile",
        "type": "uint32",
        "internalType": "uint32"
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
    "name": "ChallengeCommitted",
    "anonymous": false,
    "inputs": [
      {
        "name": "challengeId",
        "type": "uint64",
        "internalType": "uint64",
        "indexed": true
      },
      {
        "name": "challenger",
        "type": "address",
        "internalType": "address",
        "indexed": true
      },
      {
        "name": "commitment",
        "type": "bytes32",
        "internalType": "bytes32",
        "indexed": false
      },
      {
        "name": "bond",
        "type": "uint128",
        "internalType": "uint128",
        "indexed": false
      }
    ]
  },
  {
    "type": "event",
    "name": "ChallengeRevealed",
    "anonymous": false,
    "inputs": [
      {
        "name": "challengeId",
        "type": "uint64",
        "internalType": "uint64",
        "indexed": true
      },
      {
        "name": "caseId",
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
        "name": "fault",
        "type": "uint8",
        "internalType": "uint8",
        "indexed": false
      },
      {
        "name": "receiptHash",
        "type": "bytes32",
        "internalType": "bytes32",
        "indexed": false
      }
    ]
  },
  {
    "type": "event",
    "name": "ChallengeExpired",
    "anonymous": false,
    "inputs": [
      {
        "name": "challengeId",
        "type": "uint64",
        "internalType": "uint64",
        "indexed": true
      },
      {
        "name": "bond",
        "type": "uint128",
        "internalType": "uint128",
        "indexed": false
      }
    ]
  },
  {
    "type": "event",
    "name": "ChallengeLost",
    "anonymous": false,
    "inputs": [
      {
        "name": "challengeId",
        "type": "uint64",
        "internalType": "uint64",
        "indexed": true
      },
      {
        "name": "caseId",
        "type": "bytes32",
        "internalType": "bytes32",
        "indexed": true
      },
      {
        "name": "accused",
        "type": "address",
        "internalType": "address",
        "indexed": true
      },
      {
        "name": "paid",
        "type": "uint128",
        "internalType": "uint128",
        "indexed": false
      },
      {
        "name": "burnt",
        "type": "uint128",
        "internalType": "uint128",
        "indexed": false
      }
    ]
  },
  {
    "type": "event",
    "name": "CaseDecided",
    "anonymous": false,
    "inputs": [
      {
        "name": "caseId",
        "type": "bytes32",
        "internalType": "bytes32",
        "indexed": true
      },
      {
        "name": "challengeId",
        "type": "uint64",
        "internalType": "uint64",
        "indexed": true
      },
      {
        "name": "accused",
        "type": "address",
        "internalType": "address",
        "indexed": true
      },
      {
        "name": "fault",
        "type": "uint8",
        "internalType": "uint8",
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
    "name": "ChallengePaid",
    "anonymous": false,
    "inputs": [
      {
        "name": "challengeId",
        "type": "uint64",
        "internalType": "uint64",
        "indexed": true
      },
      {
        "name": "challenger",
        "type": "address",
        "internalType": "address",
        "indexed": true
      },
      {
        "name": "bond",
        "type": "uint128",
        "internalType": "uint128",
        "indexed": false
      },
      {
        "name": "share",
        "type": "uint256",
        "internalType": "uint256",
        "indexed": false
      }
    ]
  },
  {
    "type": "event",
    "name": "GameMove",
    "anonymous": false,
    "inputs": [
      {
        "name": "caseId",
        "type": "bytes32",
        "internalType": "bytes32",
        "indexed": true
      },
      {
        "name": "turn",
        "type": "address",
        "internalType": "address",
        "indexed": true
      },
      {
        "name": "challengeId",
        "type": "uint64",
        "internalType": "uint64",
        "indexed": true
      },
      {
        "name": "phase",
        "type": "uint8",
        "internalType": "uint8",
        "indexed": false
      },
      {
        "name": "stage",
        "type": "uint8",
        "internalType": "uint8",
        "indexed": false
      },
      {
        "name": "level",
        "type": "uint8",
        "internalType": "uint8",
        "indexed": false
      },
      {
        "name": "index",
        "type": "uint64",
        "internalType": "uint64",
        "indexed": false
      },
      {
        "name": "node",
        "type": "bytes32",
        "internalType": "bytes32",
        "indexed": false
      },
      {
        "name": "until",
        "type": "uint64",
        "internalType": "uint64",
        "indexed": false
      }
    ]
  },
  {
    "type": "event",
    "name": "NodesRevealed",
    "anonymous": false,
    "inputs": [
      {
        "name": "caseId",
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
        "name": "challengeId",
        "type": "uint64",
        "internalType": "uint64",
        "indexed": true
      },
      {
        "name": "nodes",
        "type": "bytes32[]",
        "internalType": "bytes32[]",
        "indexed": false
      }
    ]
  },
  {
    "type": "event",
    "name": "GameOver",
    "anonymous": false,
    "inputs": [
      {
        "name": "caseId",
        "type": "bytes32",
        "internalType": "bytes32",
        "indexed": true
      },
      {
        "name": "winner",
        "type": "address",
        "internalType": "address",
        "indexed": true
      },
      {
        "name": "challengeId",
        "type": "uint64",
        "internalType": "uint64",
        "indexed": true
      },
      {
        "name": "byTimeout",
        "type": "bool",
        "internalType": "bool",
        "indexed": false
      }
    ]
  },
  {
    "type": "event",
    "name": "ArbitratorBonded",
    "anonymous": false,
    "inputs": [
      {
        "name": "arbitrator",
        "type": "address",
        "internalType": "address",
        "indexed": true
      },
      {
        "name": "bond",
        "type": "uint128",
        "internalType": "uint128",
        "indexed": false
      }
    ]
  },
  {
    "type": "event",
    "name": "ArbitratorLeft",
    "anonymous": false,
    "inputs": [
      {
        "name": "arbitrator",
        "type": "address",
        "internalType": "address",
        "indexed": true
      }
    ]
  },
  {
    "type": "event",
    "name": "ArbitrationOpened",
    "anonymous": false,
    "inputs": [
      {
        "name": "arbitrationId",
        "type": "uint64",
        "internalType": "uint64",
        "indexed": true
      },
      {
        "name": "leaseId",
        "type": "bytes32",
        "internalType": "bytes32",
        "indexed": true
      },
      {
        "name": "opener",
        "type": "address",
        "internalType": "address",
        "indexed": true
      },
      {
        "name": "drawHeight",
        "type": "uint64",
        "internalType": "uint64",
        "indexed": false
      },
      {
        "name": "evidenceHash",
        "type": "bytes32",
        "internalType": "bytes32",
        "indexed": false
      }
    ]
  },
  {
    "type": "event",
    "name": "EvidenceAdded",
    "anonymous": false,
    "inputs": [
      {
        "name": "arbitrationId",
        "type": "uint64",
        "internalType": "uint64",
        "indexed": true
      },
      {
        "name": "party",
        "type": "address",
        "internalType": "address",
        "indexed": true
      },
      {
        "name": "evidenceHash",
        "type": "bytes32",
        "internalType": "bytes32",
        "indexed": false
      }
    ]
  },
  {
    "type": "event",
    "name": "ArbitratorDrawn",
    "anonymous": false,
    "inputs": [
      {
        "name": "arbitrationId",
        "type": "uint64",
        "internalType": "uint64",
        "indexed": true
      },
      {
        "name": "arbitrator",
        "type": "address",
        "internalType": "address",
        "indexed": true
      },
      {
        "name": "seat",
        "type": "uint32",
        "internalType": "uint32",
        "indexed": false
      }
    ]
  },
  {
    "type": "event",
    "name": "PanelAimed",
    "anonymous": false,
    "inputs": [
      {
        "name": "arbitrationId",
        "type": "uint64",
        "internalType": "uint64",
        "indexed": true
      },
      {
        "name": "drawHeight",
        "type": "uint64",
        "internalType": "uint64",
        "indexed": false
      }
    ]
  },
  {
    "type": "event",
    "name": "VoteCommitted",
    "anonymous": false,
    "inputs": [
      {
        "name": "arbitrationId",
        "type": "uint64",
        "internalType": "uint64",
        "indexed": true
      },
      {
        "name": "arbitrator",
        "type": "address",
        "internalType": "address",
        "indexed": true
      },
      {
        "name": "commitment",
        "type": "bytes32",
        "internalType": "bytes32",
        "indexed": false
      }
    ]
  },
  {
    "type": "event",
    "name": "VoteRevealed",
    "anonymous": false,
    "inputs": [
      {
        "name": "arbitrationId",
        "type": "uint64",
        "internalType": "uint64",
        "indexed": true
      },
      {
        "name": "arbitrator",
        "type": "address",
        "internalType": "address",
        "indexed": true
      },
      {
        "name": "valueBps",
        "type": "uint16",
        "internalType": "uint16",
        "indexed": false
      }
    ]
  },
  {
    "type": "event",
    "name": "ArbitratorSlashed",
    "anonymous": false,
    "inputs": [
      {
        "name": "arbitrationId",
        "type": "uint64",
        "internalType": "uint64",
        "indexed": true
      },
      {
        "name": "arbitrator",
        "type": "address",
        "internalType": "address",
        "indexed": true
      },
      {
        "name": "amount",
        "type": "uint128",
        "internalType": "uint128",
        "indexed": false
      }
    ]
  },
  {
    "type": "event",
    "name": "ArbitrationDecided",
    "anonymous": false,
    "inputs": [
      {
        "name": "arbitrationId",
        "type": "uint64",
        "internalType": "uint64",
        "indexed": true
      },
      {
        "name": "leaseId",
        "type": "bytes32",
        "internalType": "bytes32",
        "indexed": true
      },
      {
        "name": "outcomeBps",
        "type": "uint16",
        "internalType": "uint16",
        "indexed": false
      },
      {
        "name": "minerAmount",
        "type": "uint256",
        "internalType": "uint256",
        "indexed": false
      }
    ]
  },
  {
    "type": "event",
    "name": "ArbitrationVoid",
    "anonymous": false,
    "inputs": [
      {
        "name": "arbitrationId",
        "type": "uint64",
        "internalType": "uint64",
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
    "name": "AuditOpened",
    "anonymous": false,
    "inputs": [
      {
        "name": "auditId",
        "type": "uint64",
        "internalType": "uint64",
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
        "name": "receiptHash",
        "type": "bytes32",
        "internalType": "bytes32",
        "indexed": false
      }
    ]
  },
  {
    "type": "event",
    "name": "AuditorDrawn",
    "anonymous": false,
    "inputs": [
      {
        "name": "auditId",
        "type": "uint64",
        "internalType": "uint64",
        "indexed": true
      },
      {
        "name": "auditor",
        "type": "address",
        "internalType": "address",
        "indexed": true
      }
    ]
  },
  {
    "type": "event",
    "name": "AuditVoteCommitted",
    "anonymous": false,
    "inputs": [
      {
        "name": "auditId",
        "type": "uint64",
        "internalType": "uint64",
        "indexed": true
      },
      {
        "name": "auditor",
        "type": "address",
        "internalType": "address",
        "indexed": true
      }
    ]
  },
  {
    "type": "event",
    "name": "AuditVoteRevealed",
    "anonymous": false,
    "inputs": [
      {
        "name": "auditId",
        "type": "uint64",
        "internalType": "uint64",
        "indexed": true
      },
      {
        "name": "auditor",
        "type": "address",
        "internalType": "address",
        "indexed": true
      },
      {
        "name": "verdict",
        "type": "uint8",
        "internalType": "uint8",
        "indexed": false
      }
    ]
  },
  {
    "type": "event",
    "name": "AuditorSlashed",
    "anonymous": false,
    "inputs": [
      {
        "name": "auditId",
        "type": "uint64",
        "internalType": "uint64",
        "indexed": true
      },
      {
        "name": "auditor",
        "type": "address",
        "internalType": "address",
        "indexed": true
      },
      {
        "name": "amount",
        "type": "uint128",
        "internalType": "uint128",
        "indexed": false
      }
    ]
  },
  {
    "type": "event",
    "name": "AuditClosed",
    "anonymous": false,
    "inputs": [
      {
        "name": "auditId",
        "type": "uint64",
        "internalType": "uint64",
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
        "name": "outcome",
        "type": "uint8",
        "internalType": "uint8",
        "indexed": false
      }
    ]
  },
  {
    "type": "event",
    "name": "CanaryDeskChanged",
    "anonymous": false,
    "inputs": [
      {
        "name": "desk",
        "type": "address",
        "internalType": "address",
        "indexed": true
      },
      {
        "name": "isAppointed",
        "type": "bool",
        "internalType": "bool",
        "indexed": false
      }
    ]
  },
  {
    "type": "event",
    "name": "CanaryCommitted",
    "anonymous": false,
    "inputs": [
      {
        "name": "subject",
        "type": "bytes32",
        "internalType": "bytes32",
        "indexed": true
      },
      {
        "name": "desk",
        "type": "address",
        "internalType": "address",
        "indexed": true
      }
    ]
  },
  {
    "type": "event",
    "name": "CanaryShown",
    "anonymous": false,
    "inputs": [
      {
        "name": "auditId",
        "type": "uint64",
        "internalType": "uint64",
        "indexed": true
      },
      {
        "name": "verdict",
        "type": "uint8",
        "internalType": "uint8",
        "indexed": false
      }
    ]
  },
  {
    "type": "event",
    "name": "QuorumOpened",
    "anonymous": false,
    "inputs": [
      {
        "name": "quorumId",
        "type": "uint64",
        "internalType": "uint64",
        "indexed": true
      },
      {
        "name": "client",
        "type": "address",
        "internalType": "address",
        "indexed": true
      },
      {
        "name": "size",
        "type": "uint8",
        "internalType": "uint8",
        "indexed": false
      }
    ]
  },
  {
    "type": "event",
    "name": "QuorumAimed",
    "anonymous": false,
    "inputs": [
      {
        "name": "quorumId",
        "type": "uint64",
        "internalType": "uint64",
        "indexed": true
      },
      {
        "name": "height",
        "type": "uint64",
        "internalType": "uint64",
        "indexed": false
      }
    ]
  },
  {
    "type": "event",
    "name": "QuorumDrawn",
    "anonymous": false,
    "inputs": [
      {
        "name": "quorumId",
        "type": "uint64",
        "internalType": "uint64",
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
      }
    ]
  },
  {
    "type": "event",
    "name": "OutputCommitted",
    "anonymous": false,
    "inputs": [
      {
        "name": "quorumId",
        "type": "uint64",
        "internalType": "uint64",
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
    "name": "OutputRevealed",
    "anonymous": false,
    "inputs": [
      {
        "name": "quorumId",
        "type": "uint64",
        "internalType": "uint64",
        "indexed": true
      },
      {
        "name": "miner",
        "type": "address",
        "internalType": "address",
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
    "name": "QuorumClosed",
    "anonymous": false,
    "inputs": [
      {
        "name": "quorumId",
        "type": "uint64",
        "internalType": "uint64",
        "indexed": true
      },
      {
        "name": "answer",
        "type": "bytes32",
        "internalType": "bytes32",
        "indexed": false
      },
      {
        "name": "votes",
        "type": "uint8",
        "internalType": "uint8",
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
        "name": "bond",
        "type": "uint128",
        "internalType": "uint128"
      },
      {
        "name": "needed",
        "type": "uint128",
        "internalType": "uint128"
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
    "name": "NotChallenger",
    "inputs": []
  },
  {
    "type": "error",
    "name": "WrongReveal",
    "inputs": []
  },
  {
    "type": "error",
    "name": "SameBlock",
    "inputs": []
  },
  {
    "type": "error",
    "name": "RevealPeriodOver",
    "inputs": []
  },
  {
    "type": "error",
    "name": "RevealPeriodOpen",
    "inputs": []
  },
  {
    "type": "error",
    "name": "MayBeRevealed",
    "inputs": []
  },
  {
    "type": "error",
    "name": "NotReceipts",
    "inputs": []
  },
  {
    "type": "error",
    "name": "NotDecided",
    "inputs": []
  },
  {
    "type": "error",
    "name": "SharePeriodOpen",
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
    "name": "CommittedTooLate",
    "inputs": [
      {
        "name": "cutoffHeight",
        "type": "uint64",
        "internalType": "uint64"
      }
    ]
  },
  {
    "type": "error",
    "name": "LeaseNotOpen",
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
    "name": "WindowClosed",
    "inputs": [
      {
        "name": "windowEnd",
        "type": "uint64",
        "internalType": "uint64"
      }
    ]
  },
  {
    "type": "error",
    "name": "OwnLease",
    "inputs": []
  },
  {
    "type": "error",
    "name": "NotSigned",
    "inputs": []
  },
  {
    "type": "error",
    "name": "NothingWrong",
    "inputs": []
  },
  {
    "type": "error",
    "name": "NoSuchBatch",
    "inputs": []
  },
  {
    "type": "error",
    "name": "LeafNotCommitted",
    "inputs": []
  },
  {
    "type": "error",
    "name": "WrongReceipt",
    "inputs": []
  },
  {
    "type": "error",
    "name": "WrongFault",
    "inputs": []
  },
  {
    "type": "error",
    "name": "UnknownAdjudicator",
    "inputs": [
      {
        "name": "adjudicator",
        "type": "uint32",
        "internalType": "uint32"
      }
    ]
  },
  {
    "type": "error",
    "name": "TooManyGames",
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
    "name": "NotYourTurn",
    "inputs": [
      {
        "name": "phase",
        "type": "uint8",
        "internalType": "uint8"
      }
    ]
  },
  {
    "type": "error",
    "name": "TooLate",
    "inputs": []
  },
  {
    "type": "error",
    "name": "TimeLeft",
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
    "name": "TooLong",
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
    "name": "BadWitness",
    "inputs": [
      {
        "name": "reason",
        "type": "string",
        "internalType": "string"
      }
    ]
  },
  {
    "type": "error",
    "name": "WrongNodes",
    "inputs": []
  },
  {
    "type": "error",
    "name": "NoSuchNode",
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
    "name": "AlreadyArbitrator",
    "inputs": []
  },
  {
    "type": "error",
    "name": "NotArbitrator",
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
    "name": "ArbitratorsFull",
    "inputs": [
      {
        "name": "weakest",
        "type": "uint128",
        "internalType": "uint128"
      }
    ]
  },
  {
    "type": "error",
    "name": "SeatsOpen",
    "inputs": [
      {
        "name": "locked",
        "type": "uint128",
        "internalType": "uint128"
      }
    ]
  },
  {
    "type": "error",
    "name": "WithdrawalNotDue",
    "inputs": [
      {
        "name": "due",
        "type": "uint64",
        "internalType": "uint64"
      }
    ]
  },
  {
    "type": "error",
    "name": "NotParty",
    "inputs": []
  },
  {
    "type": "error",
    "name": "NotArbitrable",
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
    "name": "AlreadyOpen",
    "inputs": [
      {
        "name": "arbitrationId",
        "type": "uint64",
        "internalType": "uint64"
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
    "name": "NoSeat",
    "inputs": []
  },
  {
    "type": "error",
    "name": "WrongPeriod",
    "inputs": []
  },
  {
    "type": "error",
    "name": "BadValue",
    "inputs": []
  },
  {
    "type": "error",
    "name": "GamesOpen",
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
    "name": "PanelEven",
    "inputs": []
  },
  {
    "type": "error",
    "name": "NotSampled",
    "inputs": []
  },
  {
    "type": "error",
    "name": "AlreadyAudited",
    "inputs": [
      {
        "name": "auditId",
        "type": "uint64",
        "internalType": "uint64"
      }
    ]
  },
  {
    "type": "error",
    "name": "NotClaimed",
    "inputs": []
  },
  {
    "type": "error",
    "name": "NotDrawn",
    "inputs": []
  },
  {
    "type": "error",
    "name": "NotFailed",
    "inputs": []
  },
  {
    "type": "error",
    "name": "NoAuditors",
    "inputs": []
  },
  {
    "type": "error",
    "name": "NotCanaryDesk",
    "inputs": []
  },
  {
    "type": "error",
    "name": "TooLateForCanary",
    "inputs": []
  },
  {
    "type": "error",
    "name": "BadQuorum",
    "inputs": []
  },
  {
    "type": "error",
    "name": "OrderTaken",
    "inputs": []
  },
  {
    "type": "error",
    "name": "NoQuorumMiners",
    "inputs": [
      {
        "name": "count",
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
