// marketplace 1.0.0: generated from the contract's declaration.

export type Hex = `0x${string}`;
export type Address = `0x${string}`;

export const marketplaceAddress: Address = "0x0000000000000000000000000000000000001005";

export interface CandidateInfo {
  offerId: bigint;
  miner: Address;
  bond: bigint;
  listedHeight: bigint;
}

export interface CapacityInfo {
  gpuClass: number;
  macsPerSecond: bigint;
  expiresAt: bigint;
  sealingKey: Hex;
}

export interface OrderTerms {
  kind: number;
  classes: number;
  unitKind: number;
  gpuClass: number;
  region: number;
  vramMib: number;
  latencyMs: number;
  macsPerSecond: bigint;
  modelRoot: Hex;
  clientKey: Hex;
  unitsMax: bigint;
  unitPriceMax: bigint;
  prepayUnits: bigint;
  deadlineSeconds: bigint;
  windowBlocks: number;
  responseSeconds: number;
  moveSeconds: number;
  gameSeconds: number;
  adjudicator: number;
  expirySeconds: number;
}

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

export interface LeaseInfo {
  leaseId: Hex;
  orderId: Hex;
  client: Address;
  miner: Address;
  kind: number;
  classes: number;
  modelRoot: Hex;
  unitKind: number;
  unitPrice: bigint;
  unitsMax: bigint;
  escrow: bigint;
  prepaid: bigint;
  lock: bigint;
  feeBps: number;
  status: number;
  holds: number;
  windowBlocks: number;
  responseSeconds: number;
  moveSeconds: number;
  gameSeconds: number;
  adjudicator: number;
  openedAt: bigint;
  openedHeight: bigint;
  deadline: bigint;
  clientKey: Hex;
  minerKey: Hex;
}

export interface LeaseOutcome {
  leaseId: Hex;
  status: number;
  reason: number;
  offerId: bigint;
  gpuClass: number;
  wasChallenged: boolean;
  reclaimAt: bigint;
  paid: bigint;
  burnt: bigint;
  weight: bigint;
}

export interface MinerInfo {
  operatorKey: Address;
  bond: bigint;
  locked: bigint;
  openLeases: number;
  leavingAt: bigint;
  endpoint: string;
}

export interface OfferTerms {
  unitKind: number;
  kinds: number;
  classes: number;
  gpuClass: number;
  gpuCount: number;
  region: number;
  vramMib: number;
  latencyMs: number;
  leasesMax: number;
  unitPrice: bigint;
  expirySeconds: number;
  modelRoots: readonly Hex[];
}

export interface OfferInfo {
  offerId: bigint;
  miner: Address;
  status: number;
  terms: OfferTerms;
  bond: bigint;
  openLeases: number;
  listedAt: bigint;
}

export interface OrderInfo {
  orderId: Hex;
  client: Address;
  status: number;
  terms: OrderTerms;
  escrow: bigint;
  postedAt: bigint;
  leaseId: Hex;
  bidSeconds: number;
  revealSeconds: number;
  bidBond: bigint;
  bidCount: number;
}

export interface ParameterInfo {
  key: string;
  value: bigint;
  defaultValue: bigint;
  minimum: bigint;
  maximum: bigint;
  stepMax: bigint;
}

export interface PriceInfo {
  price: bigint;
  median: bigint;
  protocolPrice: bigint;
  epoch: bigint;
  used: bigint;
  capacity: bigint;
}

export interface StandingInfo {
  convictedHeight: bigint;
  settled: bigint;
  missed: bigint;
  weight: bigint;
  trust: number;
}

export interface MarketplaceCalls {
  /** nonpayable */
  acceptLease: { args: readonly [leaseId: Hex]; returns: void };
  /** payable */
  addBond: { args: readonly []; returns: void };
  /** view */
  bidHash: { args: readonly [orderId: Hex, bidder: Address, unitPrice: bigint, salt: Hex]; returns: Hex };
  /** view */
  bids: { args: readonly [orderId: Hex]; returns: readonly [readonly Address[], readonly boolean[], readonly bigint[]] };
  /** nonpayable */
  cancelJob: { args: readonly [jobId: Hex]; returns: bigint };
  /** nonpayable */
  cancelLease: { args: readonly [leaseId: Hex]; returns: bigint };
  /** nonpayable */
  cancelOrder: { args: readonly [orderId: Hex]; returns: bigint };
  /** view */
  candidates: { args: readonly [orderId: Hex, height: bigint]; returns: readonly CandidateInfo[] };
  /** view */
  capacity: { args: readonly [account: Address]; returns: CapacityInfo };
  /** view */
  checkParameters: { args: readonly []; returns: void };
  /** nonpayable */
  closeAuction: { args: readonly [orderId: Hex]; returns: Hex };
  /** nonpayable */
  closeOffer: { args: readonly [offerId: bigint]; returns: void };
  /** nonpayable */
  closeUnpaid: { args: readonly [leaseId: Hex]; returns: void };
  /** payable */
  commitBid: { args: readonly [orderId: Hex, commitment: Hex]; returns: number };
  /** nonpayable */
  convict: { args: readonly [leaseId: Hex, fault: number]; returns: bigint };
  /** nonpayable */
  declineLease: { args: readonly [leaseId: Hex]; returns: void };
  /** view */
  dryRun: { args: readonly [terms: OrderTerms, client: Address]; returns: readonly [bigint, number, number, readonly number[]] };
  /** view */
  endedAt: { args: readonly [leaseId: Hex]; returns: bigint };
  /** nonpayable */
  expireJob: { args: readonly [jobId: Hex]; returns: bigint };
  /** nonpayable */
  expireLease: { args: readonly [leaseId: Hex]; returns: bigint };
  /** nonpayable */
  expireOrder: { args: readonly [orderId: Hex]; returns: bigint };
  /** nonpayable */
  expireProposal: { args: readonly [leaseId: Hex]; returns: void };
  /** nonpayable */
  failLease: { args: readonly [leaseId: Hex, challenger: Address]; returns: bigint };
  /** nonpayable */
  finishReclaim: { args: readonly [leaseId: Hex]; returns: bigint };
  /** view */
  fits: { args: readonly [orderId: Hex, offerId: bigint]; returns: number };
  /** nonpayable */
  holdLease: { args: readonly [leaseId: Hex]; returns: void };
  /** view */
  job: { args: readonly [jobId: Hex]; returns: JobInfo };
  /** view */
  jobCount: { args: readonly []; returns: readonly [bigint, bigint] };
  /** view */
  jobOfLease: { args: readonly [leaseId: Hex]; returns: Hex };
  /** view */
  jobs: { args: readonly [status: number, cursor: bigint, limit: number]; returns: readonly [readonly JobInfo[], bigint] };
  /** view */
  lease: { args: readonly [leaseId: Hex]; returns: LeaseInfo };
  /** view */
  leaseCount: { args: readonly []; returns: bigint };
  /** view */
  leaseOutcome: { args: readonly [leaseId: Hex]; returns: LeaseOutcome };
  /** view */
  leases: { args: readonly [cursor: bigint, limit: number]; returns: readonly [readonly LeaseInfo[], bigint] };
  /** view */
  leasesOf: { args: readonly [party: Address, cursor: bigint, limit: number]; returns: readonly [readonly LeaseInfo[], bigint] };
  /** nonpayable */
  matchOrder: { args: readonly [orderId: Hex]; returns: Hex };
  /** view */
  miner: { args: readonly [account: Address]; returns: MinerInfo };
  /** view */
  nextOrderId: { args: readonly [client: Address]; returns: Hex };
  /** nonpayable */
  noteCapacity: { args: readonly [miner: Address, macsPerSecond: bigint, expiresAt: bigint]; returns: void };
  /** nonpayable */
  noteReceipt: { args: readonly [leaseId: Hex]; returns: void };
  /** view */
  offer: { args: readonly [offerId: bigint]; returns: OfferInfo };
  /** view */
  offerCount: { args: readonly []; returns: bigint };
  /** view */
  offers: { args: readonly [unitKind: number, cursor: bigint, limit: number]; returns: readonly [readonly OfferInfo[], bigint] };
  /** view */
  openJobs: { args: readonly [cursor: bigint, limit: number]; returns: readonly [readonly JobInfo[], bigint] };
  /** view */
  openOrders: { args: readonly [cursor: bigint, limit: number]; returns: readonly [readonly OrderInfo[], bigint] };
  /** view */
  operatorValid: { args: readonly [miner: Address, key: Address, height: bigint]; returns: boolean };
  /** view */
  order: { args: readonly [orderId: Hex]; returns: OrderInfo };
  /** view */
  orderCount: { args: readonly []; returns: readonly [bigint, bigint] };
  /** view */
  orders: { args: readonly [cursor: bigint, limit: number]; returns: readonly [readonly OrderInfo[], bigint] };
  /** view */
  parameter: { args: readonly [key: string]; returns: bigint };
  /** view */
  parameterList: { args: readonly []; returns: readonly ParameterInfo[] };
  /** nonpayable */
  payLease: { args: readonly [leaseId: Hex, units: bigint, amount: bigint]; returns: bigint };
  /** nonpayable */
  paySplit: { args: readonly [leaseId: Hex, minerAmount: bigint]; returns: void };
  /** payable */
  postAuction: { args: readonly [terms: OrderTerms, bidSeconds: number, revealSeconds: number]; returns: Hex };
  /** payable */
  postJob: { args: readonly [seed: Hex, m: number, n: number, k: number, deadlineSeconds: bigint, windowBlocks: bigint]; returns: Hex };
  /** payable */
  postOffer: { args: readonly [terms: OfferTerms]; returns: bigint };
  /** payable */
  postOrder: { args: readonly [terms: OrderTerms]; returns: Hex };
  /** view */
  priceIndex: { args: readonly [unitKind: number, gpuClass: number]; returns: PriceInfo };
  /** nonpayable */
  proposeTo: { args: readonly [orderId: Hex, offerId: bigint]; returns: Hex };
  /** payable */
  registerMiner: { args: readonly [operatorKey: Address, endpoint: string]; returns: void };
  /** nonpayable */
  releaseLease: { args: readonly [leaseId: Hex]; returns: void };
  /** nonpayable */
  repriceOffer: { args: readonly [offerId: bigint, unitPrice: bigint]; returns: void };
  /** nonpayable */
  requestReclaim: { args: readonly [leaseId: Hex]; returns: void };
  /** nonpayable */
  requestWithdrawal: { args: readonly []; returns: void };
  /** nonpayable */
  revealBid: { args: readonly [orderId: Hex, place: number, offerId: bigint, unitPrice: bigint, salt: Hex]; returns: boolean };
  /** nonpayable */
  setEndpoint: { args: readonly [endpoint: string]; returns: void };
  /** nonpayable */
  setOperator: { args: readonly [operatorKey: Address]; returns: void };
  /** nonpayable */
  setParameter: { args: readonly [key: string, value: bigint]; returns: void };
  /** nonpayable */
  setSealingKey: { args: readonly [sealingKey: Hex]; returns: void };
  /** nonpayable */
  settleLease: { args: readonly [leaseId: Hex, units: bigint]; returns: bigint };
  /** view */
  standing: { args: readonly [account: Address]; returns: StandingInfo };
  /** view */
  supportsInterface: { args: readonly [interfaceId: Hex]; returns: boolean };
  /** nonpayable */
  takeJob: { args: readonly [jobId: Hex]; returns: Hex };
  /** nonpayable */
  takeOffer: { args: readonly [orderId: Hex, offerId: bigint]; returns: Hex };
  /** nonpayable */
  updateIndex: { args: readonly [unitKind: number, gpuClass: number]; returns: bigint };
  /** view */
  wasOperator: { args: readonly [miner: Address, key: Address]; returns: boolean };
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
  SealingKeyChanged: { miner: Address; sealingKey: Hex };
  CapacityNoted: { miner: Address; macsPerSecond: bigint; expiresAt: bigint };
  OfferListed: { offerId: bigint; miner: Address; unitKind: number; gpuClass: number; unitPrice: bigint };
  OfferRepriced: { offerId: bigint; unitPrice: bigint };
  OfferClosed: { offerId: bigint; miner: Address; returned: bigint; forfeited: bigint };
  OrderPosted: { orderId: Hex; client: Address; kind: number; classes: number; modelRoot: Hex; escrow: bigint; isAuction: boolean };
  OrderClosed: { orderId: Hex; status: number; refund: bigint };
  OrderReopened: { orderId: Hex };
  BidCommitted: { orderId: Hex; miner: Address; commitment: Hex; bond: bigint };
  BidDisplaced: { orderId: Hex; miner: Address; bond: bigint };
  RentPaid: { leaseId: Hex; miner: Address; heldSeconds: bigint; net: bigint; fee: bigint };
  BidRevealed: { orderId: Hex; miner: Address; unitPrice: bigint; exclusion: number; isBest: boolean };
  BidsForfeited: { orderId: Hex; count: number; toClient: bigint; burnt: bigint };
  LeaseProposed: { leaseId: Hex; orderId: Hex; miner: Address; offerId: bigint; unitPrice: bigint; escrow: bigint; lock: bigint };
  LeaseOpened: { leaseId: Hex; client: Address; miner: Address; escrow: bigint; prepaid: bigint; refund: bigint };
  LeaseHeldChanged: { leaseId: Hex; holds: number };
  ReclaimRequested: { leaseId: Hex; finalAt: bigint };
  LeasePaid: { leaseId: Hex; miner: Address; client: Address; units: bigint; paid: bigint; fee: bigint; credit: bigint; refund: bigint };
  LeaseClosed: { leaseId: Hex; miner: Address; client: Address; status: number; reason: number; refund: bigint };
  MinerConvicted: { miner: Address; leaseId: Hex; fault: number; slashed: bigint; reward: bigint; compensation: bigint; burnt: bigint };
  IndexMoved: { unitKind: number; gpuClass: number; epoch: bigint; utilisationBps: number; price: bigint };
  ParameterChanged: { key: string; name: string; oldValue: bigint; newValue: bigint };
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
  ConvictedMiner: { account: Address };
  NoSealingKey: {};
  BadKind: { kind: number };
  BadUnitKind: { unitKind: number };
  UnsupportedClass: { classes: number };
  BadTerm: { term: string; minimum: bigint; maximum: bigint };
  NoAdjudicator: {};
  WrongClient: {};
  WrongMiner: {};
  NotDisputes: {};
  WrongOrderStatus: { status: number };
  WrongEscrow: { expected: bigint };
  WrongBidBond: { expected: bigint };
  OfferBondTooSmall: { minimum: bigint };
  TooManyOffers: { maximum: number };
  TooManyModels: { maximum: number };
  MixedClasses: { gpuClass: number };
  OffersListed: { count: number };
  OfferNotListed: { offerId: bigint };
  DoesNotFit: { exclusion: number };
  QuorumOrder: {};
  NothingFits: {};
  OrderExpired: {};
  NotExpired: {};
  AcceptanceOver: {};
  BiddingOver: {};
  RevealNotOpen: {};
  TooManyBids: { maximum: number; bond: bigint };
  AlreadyBid: {};
  UnknownBid: {};
  WrongReveal: {};
  BidsStand: { count: number };
  LeaseHeld: { holds: number };
  ClaimStands: { height: bigint };
  ReclaimNotDue: { dueAt: bigint };
  AmountTooLarge: { maximum: bigint };
  ParametersContradict: { key: string };
  UnknownParameter: { key: string };
  ParameterOutOfRange: { key: string; minimum: bigint; maximum: bigint; stepMax: bigint };
  OnlyGovernance: {};
  Reentered: {};
}

export const marketplaceAbi = [
  {
    "type": "function",
    "name": "acceptLease",
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
    "name": "addBond",
    "stateMutability": "payable",
    "inputs": [],
    "outputs": []
  },
  {
    "type": "function",
    "name": "bidHash",
    "stateMutability": "view",
    "inputs": [
      {
        "name": "orderId",
        "type": "bytes32",
        "internalType": "bytes32"
      },
      {
        "name": "bidder",
        "type": "address",
        "internalType": "address"
      },
      {
        "name": "unitPrice",
        "type": "uint128",
        "internalType": "uint128"
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
    "name": "bids",
    "stateMutability": "view",
    "inputs": [
      {
        "name": "orderId",
        "type": "bytes32",
        "internalType": "bytes32"
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
        "type": "bool[]",
        "internalType": "bool[]"
      },
      {
        "name": "",
        "type": "uint128[]",
        "internalType": "uint128[]"
      }
    ]
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
    "name": "cancelLease",
    "stateMutability": "nonpayable",
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
        "type": "uint256",
        "internalType": "uint256"
      }
    ]
  },
  {
    "type": "function",
    "name": "cancelOrder",
    "stateMutability": "nonpayable",
    "inputs": [
      {
        "name": "orderId",
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
    "name": "candidates",
    "stateMutability": "view",
    "inputs": [
      {
        "name": "orderId",
        "type": "bytes32",
        "internalType": "bytes32"
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
        "internalType": "struct CandidateInfo[]",
        "components": [
          {
            "name": "offerId",
            "type": "uint64",
            "internalType": "uint64"
          },
          {
            "name": "miner",
            "type": "address",
            "internalType": "address"
          },
          {
            "name": "bond",
            "type": "uint128",
            "internalType": "uint128"
          },
          {
            "name": "listedHeight",
            "type": "uint64",
            "internalType": "uint64"
          }
        ]
      }
    ]
  },
  {
    "type": "function",
    "name": "capacity",
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
        "internalType": "struct CapacityInfo",
        "components": [
          {
            "name": "gpuClass",
            "type": "uint16",
            "internalType": "uint16"
          },
          {
            "name": "macsPerSecond",
            "type": "uint64",
            "internalType": "uint64"
          },
          {
            "name": "expiresAt",
            "type": "uint64",
            "internalType": "uint64"
          },
          {
            "name": "sealingKey",
            "type": "bytes32",
            "internalType": "bytes32"
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
    "name": "closeAuction",
    "stateMutability": "nonpayable",
    "inputs": [
      {
        "name": "orderId",
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
    "name": "closeOffer",
    "stateMutability": "nonpayable",
    "inputs": [
      {
        "name": "offerId",
        "type": "uint64",
        "internalType": "uint64"
      }
    ],
    "outputs": []
  },
  {
    "type": "function",
    "name": "closeUnpaid",
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
    "name": "commitBid",
    "stateMutability": "payable",
    "inputs": [
      {
        "name": "orderId",
        "type": "bytes32",
        "internalType": "bytes32"
      },
      {
        "name": "commitment",
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
    "name": "convict",
    "stateMutability": "nonpayable",
    "inputs": [
      {
        "name": "leaseId",
        "type": "bytes32",
        "internalType": "bytes32"
      },
      {
        "name": "fault",
        "type": "uint8",
        "internalType": "uint8"
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
    "name": "declineLease",
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
    "name": "dryRun",
    "stateMutability": "view",
    "inputs": [
      {
        "name": "terms",
        "type": "tuple",
        "internalType": "struct OrderTerms",
        "components": [
          {
            "name": "kind",
            "type": "uint8",
            "internalType": "uint8"
          },
          {
            "name": "classes",
            "type": "uint8",
            "internalType": "uint8"
          },
          {
            "name": "unitKind",
            "type": "uint8",
            "internalType": "uint8"
          },
          {
            "name": "gpuClass",
            "type": "uint16",
            "internalType": "uint16"
          },
          {
            "name": "region",
            "type": "uint16",
            "internalType": "uint16"
          },
          {
            "name": "vramMib",
            "type": "uint32",
            "internalType": "uint32"
          },
          {
            "name": "latencyMs",
            "type": "uint32",
            "internalType": "uint32"
          },
          {
            "name": "macsPerSecond",
            "type": "uint64",
            "internalType": "uint64"
          },
          {
            "name": "modelRoot",
            "type": "bytes32",
            "internalType": "bytes32"
          },
          {
            "name": "clientKey",
            "type": "bytes32",
            "internalType": "bytes32"
          },
          {
            "name": "unitsMax",
            "type": "uint64",
            "internalType": "uint64"
          },
          {
            "name": "unitPriceMax",
            "type": "uint128",
            "internalType": "uint128"
          },
          {
            "name": "prepayUnits",
            "type": "uint64",
            "internalType": "uint64"
          },
          {
            "name": "deadlineSeconds",
            "type": "uint64",
            "internalType": "uint64"
          },
          {
            "name": "windowBlocks",
            "type": "uint32",
            "internalType": "uint32"
          },
          {
            "name": "responseSeconds",
            "type": "uint32",
            "internalType": "uint32"
          },
          {
            "name": "moveSeconds",
            "type": "uint32",
            "internalType": "uint32"
          },
          {
            "name": "gameSeconds",
            "type": "uint32",
            "internalType": "uint32"
          },
          {
            "name": "adjudicator",
            "type": "uint32",
            "internalType": "uint32"
          },
          {
            "name": "expirySeconds",
            "type": "uint32",
            "internalType": "uint32"
          }
        ]
      },
      {
        "name": "client",
        "type": "address",
        "internalType": "address"
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
        "type": "uint32",
        "internalType": "uint32"
      },
      {
        "name": "",
        "type": "uint32",
        "internalType": "uint32"
      },
      {
        "name": "",
        "type": "uint32[]",
        "internalType": "uint32[]"
      }
    ]
  },
  {
    "type": "function",
    "name": "endedAt",
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
    "name": "expireLease",
    "stateMutability": "nonpayable",
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
        "type": "uint256",
        "internalType": "uint256"
      }
    ]
  },
  {
    "type": "function",
    "name": "expireOrder",
    "stateMutability": "nonpayable",
    "inputs": [
      {
        "name": "orderId",
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
    "name": "expireProposal",
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
    "name": "finishReclaim",
    "stateMutability": "nonpayable",
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
        "type": "uint256",
        "internalType": "uint256"
      }
    ]
  },
  {
    "type": "function",
    "name": "fits",
    "stateMutability": "view",
    "inputs": [
      {
        "name": "orderId",
        "type": "bytes32",
        "internalType": "bytes32"
      },
      {
        "name": "offerId",
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
    "name": "holdLease",
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
    "name": "lease",
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
        "type": "tuple",
        "internalType": "struct LeaseInfo",
        "components": [
          {
            "name": "leaseId",
            "type": "bytes32",
            "internalType": "bytes32"
          },
          {
            "name": "orderId",
            "type": "bytes32",
            "internalType": "bytes32"
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
            "name": "kind",
            "type": "uint8",
            "internalType": "uint8"
          },
          {
            "name": "classes",
            "type": "uint8",
            "internalType": "uint8"
          },
          {
            "name": "modelRoot",
            "type": "bytes32",
            "internalType": "bytes32"
          },
          {
            "name": "unitKind",
            "type": "uint8",
            "internalType": "uint8"
          },
          {
            "name": "unitPrice",
            "type": "uint128",
            "internalType": "uint128"
          },
          {
            "name": "unitsMax",
            "type": "uint64",
            "internalType": "uint64"
          },
          {
            "name": "escrow",
            "type": "uint128",
            "internalType": "uint128"
          },
          {
            "name": "prepaid",
            "type": "uint128",
            "internalType": "uint128"
          },
          {
            "name": "lock",
            "type": "uint128",
            "internalType": "uint128"
          },
          {
            "name": "feeBps",
            "type": "uint16",
            "internalType": "uint16"
          },
          {
            "name": "status",
            "type": "uint8",
            "internalType": "uint8"
          },
          {
            "name": "holds",
            "type": "uint32",
            "internalType": "uint32"
          },
          {
            "name": "windowBlocks",
            "type": "uint32",
            "internalType": "uint32"
          },
          {
            "name": "responseSeconds",
            "type": "uint32",
            "internalType": "uint32"
          },
          {
            "name": "moveSeconds",
            "type": "uint32",
            "internalType": "uint32"
          },
          {
            "name": "gameSeconds",
            "type": "uint32",
            "internalType": "uint32"
          },
          {
            "name": "adjudicator",
            "type": "uint32",
            "internalType": "uint32"
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
            "name": "deadline",
            "type": "uint64",
            "internalType": "uint64"
          },
          {
            "name": "clientKey",
            "type": "bytes32",
            "internalType": "bytes32"
          },
          {
            "name": "minerKey",
            "type": "bytes32",
            "internalType": "bytes32"
          }
        ]
      }
    ]
  },
  {
    "type": "function",
    "name": "leaseCount",
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
    "name": "leaseOutcome",
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
        "type": "tuple",
        "internalType": "struct LeaseOutcome",
        "components": [
          {
            "name": "leaseId",
            "type": "bytes32",
            "internalType": "bytes32"
          },
          {
            "name": "status",
            "type": "uint8",
            "internalType": "uint8"
          },
          {
            "name": "reason",
            "type": "uint8",
            "internalType": "uint8"
          },
          {
            "name": "offerId",
            "type": "uint64",
            "internalType": "uint64"
          },
          {
            "name": "gpuClass",
            "type": "uint16",
            "internalType": "uint16"
          },
          {
            "name": "wasChallenged",
            "type": "bool",
            "internalType": "bool"
          },
          {
            "name": "reclaimAt",
            "type": "uint64",
            "internalType": "uint64"
          },
          {
            "name": "paid",
            "type": "uint128",
            "internalType": "uint128"
          },
          {
            "name": "burnt",
            "type": "uint128",
            "internalType": "uint128"
          },
          {
            "name": "weight",
            "type": "uint128",
            "internalType": "uint128"
          }
        ]
      }
    ]
  },
  {
    "type": "function",
    "name": "leases",
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
        "internalType": "struct LeaseInfo[]",
        "components": [
          {
            "name": "leaseId",
            "type": "bytes32",
            "internalType": "bytes32"
          },
          {
            "name": "orderId",
            "type": "bytes32",
            "internalType": "bytes32"
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
            "name": "kind",
            "type": "uint8",
            "internalType": "uint8"
          },
          {
            "name": "classes",
            "type": "uint8",
            "internalType": "uint8"
          },
          {
            "name": "modelRoot",
            "type": "bytes32",
            "internalType": "bytes32"
          },
          {
            "name": "unitKind",
            "type": "uint8",
            "internalType": "uint8"
          },
          {
            "name": "unitPrice",
            "type": "uint128",
            "internalType": "uint128"
          },
          {
            "name": "unitsMax",
            "type": "uint64",
            "internalType": "uint64"
          },
          {
            "name": "escrow",
            "type": "uint128",
            "internalType": "uint128"
          },
          {
            "name": "prepaid",
            "type": "uint128",
            "internalType": "uint128"
          },
          {
            "name": "lock",
            "type": "uint128",
            "internalType": "uint128"
          },
          {
            "name": "feeBps",
            "type": "uint16",
            "internalType": "uint16"
          },
          {
            "name": "status",
            "type": "uint8",
            "internalType": "uint8"
          },
          {
            "name": "holds",
            "type": "uint32",
            "internalType": "uint32"
          },
          {
            "name": "windowBlocks",
            "type": "uint32",
            "internalType": "uint32"
          },
          {
            "name": "responseSeconds",
            "type": "uint32",
            "internalType": "uint32"
          },
          {
            "name": "moveSeconds",
            "type": "uint32",
            "internalType": "uint32"
          },
          {
            "name": "gameSeconds",
            "type": "uint32",
            "internalType": "uint32"
          },
          {
            "name": "adjudicator",
            "type": "uint32",
            "internalType": "uint32"
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
            "name": "deadline",
            "type": "uint64",
            "internalType": "uint64"
          },
          {
            "name": "clientKey",
            "type": "bytes32",
            "internalType": "bytes32"
          },
          {
            "name": "minerKey",
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
    "name": "leasesOf",
    "stateMutability": "view",
    "inputs": [
      {
        "name": "party",
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
        "internalType": "struct LeaseInfo[]",
        "components": [
          {
            "name": "leaseId",
            "type": "bytes32",
            "internalType": "bytes32"
          },
          {
            "name": "orderId",
            "type": "bytes32",
            "internalType": "bytes32"
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
            "name": "kind",
            "type": "uint8",
            "internalType": "uint8"
          },
          {
            "name": "classes",
            "type": "uint8",
            "internalType": "uint8"
          },
          {
            "name": "modelRoot",
            "type": "bytes32",
            "internalType": "bytes32"
          },
          {
            "name": "unitKind",
            "type": "uint8",
            "internalType": "uint8"
          },
          {
            "name": "unitPrice",
            "type": "uint128",
            "internalType": "uint128"
          },
          {
            "name": "unitsMax",
            "type": "uint64",
            "internalType": "uint64"
          },
          {
            "name": "escrow",
            "type": "uint128",
            "internalType": "uint128"
          },
          {
            "name": "prepaid",
            "type": "uint128",
            "internalType": "uint128"
          },
          {
            "name": "lock",
            "type": "uint128",
            "internalType": "uint128"
          },
          {
            "name": "feeBps",
            "type": "uint16",
            "internalType": "uint16"
          },
          {
            "name": "status",
            "type": "uint8",
            "internalType": "uint8"
          },
          {
            "name": "holds",
            "type": "uint32",
            "internalType": "uint32"
          },
          {
            "name": "windowBlocks",
            "type": "uint32",
            "internalType": "uint32"
          },
          {
            "name": "responseSeconds",
            "type": "uint32",
            "internalType": "uint32"
          },
          {
            "name": "moveSeconds",
            "type": "uint32",
            "internalType": "uint32"
          },
          {
            "name": "gameSeconds",
            "type": "uint32",
            "internalType": "uint32"
          },
          {
            "name": "adjudicator",
            "type": "uint32",
            "internalType": "uint32"
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
            "name": "deadline",
            "type": "uint64",
            "internalType": "uint64"
          },
          {
            "name": "clientKey",
            "type": "bytes32",
            "internalType": "bytes32"
          },
          {
            "name": "minerKey",
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
    "name": "matchOrder",
    "stateMutability": "nonpayable",
    "inputs": [
      {
        "name": "orderId",
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
    "name": "nextOrderId",
    "stateMutability": "view",
    "inputs": [
      {
        "name": "client",
        "type": "address",
        "internalType": "address"
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
    "name": "noteCapacity",
    "stateMutability": "nonpayable",
    "inputs": [
      {
        "name": "miner",
        "type": "address",
        "internalType": "address"
      },
      {
        "name": "macsPerSecond",
        "type": "uint64",
        "internalType": "uint64"
      },
      {
        "name": "expiresAt",
        "type": "uint64",
        "internalType": "uint64"
      }
    ],
    "outputs": []
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
    "name": "offer",
    "stateMutability": "view",
    "inputs": [
      {
        "name": "offerId",
        "type": "uint64",
        "internalType": "uint64"
      }
    ],
    "outputs": [
      {
        "name": "",
        "type": "tuple",
        "internalType": "struct OfferInfo",
        "components": [
          {
            "name": "offerId",
            "type": "uint64",
            "internalType": "uint64"
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
            "name": "terms",
            "type": "tuple",
            "internalType": "struct OfferTerms",
            "components": [
              {
                "name": "unitKind",
                "type": "uint8",
                "internalType": "uint8"
              },
              {
                "name": "kinds",
                "type": "uint8",
                "internalType": "uint8"
              },
              {
                "name": "classes",
                "type": "uint8",
                "internalType": "uint8"
              },
              {
                "name": "gpuClass",
                "type": "uint16",
                "internalType": "uint16"
              },
              {
                "name": "gpuCount",
                "type": "uint16",
                "internalType": "uint16"
              },
              {
                "name": "region",
                "type": "uint16",
                "internalType": "uint16"
              },
              {
                "name": "vramMib",
                "type": "uint32",
                "internalType": "uint32"
              },
              {
                "name": "latencyMs",
                "type": "uint32",
                "internalType": "uint32"
              },
              {
                "name": "leasesMax",
                "type": "uint16",
                "internalType": "uint16"
              },
              {
                "name": "unitPrice",
                "type": "uint128",
                "internalType": "uint128"
              },
              {
                "name": "expirySeconds",
                "type": "uint32",
                "internalType": "uint32"
              },
              {
                "name": "modelRoots",
                "type": "bytes32[]",
                "internalType": "bytes32[]"
              }
            ]
          },
          {
            "name": "bond",
            "type": "uint128",
            "internalType": "uint128"
          },
          {
            "name": "openLeases",
            "type": "uint16",
            "internalType": "uint16"
          },
          {
            "name": "listedAt",
            "type": "uint64",
            "internalType": "uint64"
          }
        ]
      }
    ]
  },
  {
    "type": "function",
    "name": "offerCount",
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
    "name": "offers",
    "stateMutability": "view",
    "inputs": [
      {
        "name": "unitKind",
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
        "internalType": "struct OfferInfo[]",
        "components": [
          {
            "name": "offerId",
            "type": "uint64",
            "internalType": "uint64"
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
            "name": "terms",
            "type": "tuple",
            "internalType": "struct OfferTerms",
            "components": [
              {
                "name": "unitKind",
                "type": "uint8",
                "internalType": "uint8"
              },
              {
                "name": "kinds",
                "type": "uint8",
                "internalType": "uint8"
              },
              {
                "name": "classes",
                "type": "uint8",
                "internalType": "uint8"
              },
              {
                "name": "gpuClass",
                "type": "uint16",
                "internalType": "uint16"
              },
              {
                "name": "gpuCount",
                "type": "uint16",
                "internalType": "uint16"
              },
              {
                "name": "region",
                "type": "uint16",
                "internalType": "uint16"
              },
              {
                "name": "vramMib",
                "type": "uint32",
                "internalType": "uint32"
              },
              {
                "name": "latencyMs",
                "type": "uint32",
                "internalType": "uint32"
              },
              {
                "name": "leasesMax",
                "type": "uint16",
                "internalType": "uint16"
              },
              {
                "name": "unitPrice",
                "type": "uint128",
                "internalType": "uint128"
              },
              {
                "name": "expirySeconds",
                "type": "uint32",
                "internalType": "uint32"
              },
              {
                "name": "modelRoots",
                "type": "bytes32[]",
                "internalType": "bytes32[]"
              }
            ]
          },
          {
            "name": "bond",
            "type": "uint128",
            "internalType": "uint128"
          },
          {
            "name": "openLeases",
            "type": "uint16",
            "internalType": "uint16"
          },
          {
            "name": "listedAt",
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
    "name": "openOrders",
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
        "internalType": "struct OrderInfo[]",
        "components": [
          {
            "name": "orderId",
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
            "name": "terms",
            "type": "tuple",
            "internalType": "struct OrderTerms",
            "components": [
              {
                "name": "kind",
                "type": "uint8",
                "internalType": "uint8"
              },
              {
                "name": "classes",
                "type": "uint8",
                "internalType": "uint8"
              },
              {
                "name": "unitKind",
                "type": "uint8",
                "internalType": "uint8"
              },
              {
                "name": "gpuClass",
                "type": "uint16",
                "internalType": "uint16"
              },
              {
                "name": "region",
                "type": "uint16",
                "internalType": "uint16"
              },
              {
                "name": "vramMib",
                "type": "uint32",
                "internalType": "uint32"
              },
              {
                "name": "latencyMs",
                "type": "uint32",
                "internalType": "uint32"
              },
              {
                "name": "macsPerSecond",
                "type": "uint64",
                "internalType": "uint64"
              },
              {
                "name": "modelRoot",
                "type": "bytes32",
                "internalType": "bytes32"
              },
              {
                "name": "clientKey",
                "type": "bytes32",
                "internalType": "bytes32"
              },
              {
                "name": "unitsMax",
                "type": "uint64",
                "internalType": "uint64"
              },
              {
                "name": "unitPriceMax",
                "type": "uint128",
                "internalType": "uint128"
              },
              {
                "name": "prepayUnits",
                "type": "uint64",
                "internalType": "uint64"
              },
              {
                "name": "deadlineSeconds",
                "type": "uint64",
                "internalType": "uint64"
              },
              {
                "name": "windowBlocks",
                "type": "uint32",
                "internalType": "uint32"
              },
              {
                "name": "responseSeconds",
                "type": "uint32",
                "internalType": "uint32"
              },
              {
                "name": "moveSeconds",
                "type": "uint32",
                "internalType": "uint32"
              },
              {
                "name": "gameSeconds",
                "type": "uint32",
                "internalType": "uint32"
              },
              {
                "name": "adjudicator",
                "type": "uint32",
                "internalType": "uint32"
              },
              {
                "name": "expirySeconds",
                "type": "uint32",
                "internalType": "uint32"
              }
            ]
          },
          {
            "name": "escrow",
            "type": "uint128",
            "internalType": "uint128"
          },
          {
            "name": "postedAt",
            "type": "uint64",
            "internalType": "uint64"
          },
          {
            "name": "leaseId",
            "type": "bytes32",
            "internalType": "bytes32"
          },
          {
            "name": "bidSeconds",
            "type": "uint32",
            "internalType": "uint32"
          },
          {
            "name": "revealSeconds",
            "type": "uint32",
            "internalType": "uint32"
          },
          {
            "name": "bidBond",
            "type": "uint128",
            "internalType": "uint128"
          },
          {
            "name": "bidCount",
            "type": "uint32",
            "internalType": "uint32"
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
    "name": "operatorValid",
    "stateMutability": "view",
    "inputs": [
      {
        "name": "miner",
        "type": "address",
        "internalType": "address"
      },
      {
        "name": "key",
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
        "type": "bool",
        "internalType": "bool"
      }
    ]
  },
  {
    "type": "function",
    "name": "order",
    "stateMutability": "view",
    "inputs": [
      {
        "name": "orderId",
        "type": "bytes32",
        "internalType": "bytes32"
      }
    ],
    "outputs": [
      {
        "name": "",
        "type": "tuple",
        "internalType": "struct OrderInfo",
        "components": [
          {
            "name": "orderId",
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
            "name": "terms",
            "type": "tuple",
            "internalType": "struct OrderTerms",
            "components": [
              {
                "name": "kind",
                "type": "uint8",
                "internalType": "uint8"
              },
              {
                "name": "classes",
                "type": "uint8",
                "internalType": "uint8"
              },
              {
                "name": "unitKind",
                "type": "uint8",
                "internalType": "uint8"
              },
              {
                "name": "gpuClass",
                "type": "uint16",
                "internalType": "uint16"
              },
              {
                "name": "region",
                "type": "uint16",
                "internalType": "uint16"
              },
              {
                "name": "vramMib",
                "type": "uint32",
                "internalType": "uint32"
              },
              {
                "name": "latencyMs",
                "type": "uint32",
                "internalType": "uint32"
              },
              {
                "name": "macsPerSecond",
                "type": "uint64",
                "internalType": "uint64"
              },
              {
                "name": "modelRoot",
                "type": "bytes32",
                "internalType": "bytes32"
              },
              {
                "name": "clientKey",
                "type": "bytes32",
                "internalType": "bytes32"
              },
              {
                "name": "unitsMax",
                "type": "uint64",
                "internalType": "uint64"
              },
              {
                "name": "unitPriceMax",
                "type": "uint128",
                "internalType": "uint128"
              },
              {
                "name": "prepayUnits",
                "type": "uint64",
                "internalType": "uint64"
              },
              {
                "name": "deadlineSeconds",
                "type": "uint64",
                "internalType": "uint64"
              },
              {
                "name": "windowBlocks",
                "type": "uint32",
                "internalType": "uint32"
              },
              {
                "name": "responseSeconds",
                "type": "uint32",
                "internalType": "uint32"
              },
              {
                "name": "moveSeconds",
                "type": "uint32",
                "internalType": "uint32"
              },
              {
                "name": "gameSeconds",
                "type": "uint32",
                "internalType": "uint32"
              },
              {
                "name": "adjudicator",
                "type": "uint32",
                "internalType": "uint32"
              },
              {
                "name": "expirySeconds",
                "type": "uint32",
                "internalType": "uint32"
              }
            ]
          },
          {
            "name": "escrow",
            "type": "uint128",
            "internalType": "uint128"
          },
          {
            "name": "postedAt",
            "type": "uint64",
            "internalType": "uint64"
          },
          {
            "name": "leaseId",
            "type": "bytes32",
            "internalType": "bytes32"
          },
          {
            "name": "bidSeconds",
            "type": "uint32",
            "internalType": "uint32"
          },
          {
            "name": "revealSeconds",
            "type": "uint32",
            "internalType": "uint32"
          },
          {
            "name": "bidBond",
            "type": "uint128",
            "internalType": "uint128"
          },
          {
            "name": "bidCount",
            "type": "uint32",
            "internalType": "uint32"
          }
        ]
      }
    ]
  },
  {
    "type": "function",
    "name": "orderCount",
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
    "name": "orders",
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
        "internalType": "struct OrderInfo[]",
        "components": [
          {
            "name": "orderId",
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
            "name": "terms",
            "type": "tuple",
            "internalType": "struct OrderTerms",
            "components": [
              {
                "name": "kind",
                "type": "uint8",
                "internalType": "uint8"
              },
              {
                "name": "classes",
                "type": "uint8",
                "internalType": "uint8"
              },
              {
                "name": "unitKind",
                "type": "uint8",
                "internalType": "uint8"
              },
              {
                "name": "gpuClass",
                "type": "uint16",
                "internalType": "uint16"
              },
              {
                "name": "region",
                "type": "uint16",
                "internalType": "uint16"
              },
              {
                "name": "vramMib",
                "type": "uint32",
                "internalType": "uint32"
              },
              {
                "name": "latencyMs",
                "type": "uint32",
                "internalType": "uint32"
              },
              {
                "name": "macsPerSecond",
                "type": "uint64",
                "internalType": "uint64"
              },
              {
                "name": "modelRoot",
                "type": "bytes32",
                "internalType": "bytes32"
              },
              {
                "name": "clientKey",
                "type": "bytes32",
                "internalType": "bytes32"
              },
              {
                "name": "unitsMax",
                "type": "uint64",
                "internalType": "uint64"
              },
              {
                "name": "unitPriceMax",
                "type": "uint128",
                "internalType": "uint128"
              },
              {
                "name": "prepayUnits",
                "type": "uint64",
                "internalType": "uint64"
              },
              {
                "name": "deadlineSeconds",
                "type": "uint64",
                "internalType": "uint64"
              },
              {
                "name": "windowBlocks",
                "type": "uint32",
                "internalType": "uint32"
              },
              {
                "name": "responseSeconds",
                "type": "uint32",
                "internalType": "uint32"
              },
              {
                "name": "moveSeconds",
                "type": "uint32",
                "internalType": "uint32"
              },
              {
                "name": "gameSeconds",
                "type": "uint32",
                "internalType": "uint32"
              },
              {
                "name": "adjudicator",
                "type": "uint32",
                "internalType": "uint32"
              },
              {
                "name": "expirySeconds",
                "type": "uint32",
                "internalType": "uint32"
              }
            ]
          },
          {
            "name": "escrow",
            "type": "uint128",
            "internalType": "uint128"
          },
          {
            "name": "postedAt",
            "type": "uint64",
            "internalType": "uint64"
          },
          {
            "name": "leaseId",
            "type": "bytes32",
            "internalType": "bytes32"
          },
          {
            "name": "bidSeconds",
            "type": "uint32",
            "internalType": "uint32"
          },
          {
            "name": "revealSeconds",
            "type": "uint32",
            "internalType": "uint32"
          },
          {
            "name": "bidBond",
            "type": "uint128",
            "internalType": "uint128"
          },
          {
            "name": "bidCount",
            "type": "uint32",
            "internalType": "uint32"
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
    "name": "payLease",
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
    "name": "paySplit",
    "stateMutability": "nonpayable",
    "inputs": [
      {
        "name": "leaseId",
        "type": "bytes32",
        "internalType": "bytes32"
      },
      {
        "name": "minerAmount",
        "type": "uint256",
        "internalType": "uint256"
      }
    ],
    "outputs": []
  },
  {
    "type": "function",
    "name": "postAuction",
    "stateMutability": "payable",
    "inputs": [
      {
        "name": "terms",
        "type": "tuple",
        "internalType": "struct OrderTerms",
        "components": [
          {
            "name": "kind",
            "type": "uint8",
            "internalType": "uint8"
          },
          {
            "name": "classes",
            "type": "uint8",
            "internalType": "uint8"
          },
          {
            "name": "unitKind",
            "type": "uint8",
            "internalType": "uint8"
          },
          {
            "name": "gpuClass",
            "type": "uint16",
            "internalType": "uint16"
          },
          {
            "name": "region",
            "type": "uint16",
            "internalType": "uint16"
          },
          {
            "name": "vramMib",
            "type": "uint32",
            "internalType": "uint32"
          },
          {
            "name": "latencyMs",
            "type": "uint32",
            "internalType": "uint32"
          },
          {
            "name": "macsPerSecond",
            "type": "uint64",
            "internalType": "uint64"
          },
          {
            "name": "modelRoot",
            "type": "bytes32",
            "internalType": "bytes32"
          },
          {
            "name": "clientKey",
            "type": "bytes32",
            "internalType": "bytes32"
          },
          {
            "name": "unitsMax",
            "type": "uint64",
            "internalType": "uint64"
          },
          {
            "name": "unitPriceMax",
            "type": "uint128",
            "internalType": "uint128"
          },
          {
            "name": "prepayUnits",
            "type": "uint64",
            "internalType": "uint64"
          },
          {
            "name": "deadlineSeconds",
            "type": "uint64",
            "internalType": "uint64"
          },
          {
            "name": "windowBlocks",
            "type": "uint32",
            "internalType": "uint32"
          },
          {
            "name": "responseSeconds",
            "type": "uint32",
            "internalType": "uint32"
          },
          {
            "name": "moveSeconds",
            "type": "uint32",
            "internalType": "uint32"
          },
          {
            "name": "gameSeconds",
            "type": "uint32",
            "internalType": "uint32"
          },
          {
            "name": "adjudicator",
            "type": "uint32",
            "internalType": "uint32"
          },
          {
            "name": "expirySeconds",
            "type": "uint32",
            "internalType": "uint32"
          }
        ]
      },
      {
        "name": "bidSeconds",
        "type": "uint32",
        "internalType": "uint32"
      },
      {
        "name": "revealSeconds",
        "type": "uint32",
        "internalType": "uint32"
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
    "name": "postOffer",
    "stateMutability": "payable",
    "inputs": [
      {
        "name": "terms",
        "type": "tuple",
        "internalType": "struct OfferTerms",
        "components": [
          {
            "name": "unitKind",
            "type": "uint8",
            "internalType": "uint8"
          },
          {
            "name": "kinds",
            "type": "uint8",
            "internalType": "uint8"
          },
          {
            "name": "classes",
            "type": "uint8",
            "internalType": "uint8"
          },
          {
            "name": "gpuClass",
            "type": "uint16",
            "internalType": "uint16"
          },
          {
            "name": "gpuCount",
            "type": "uint16",
            "internalType": "uint16"
          },
          {
            "name": "region",
            "type": "uint16",
            "internalType": "uint16"
          },
          {
            "name": "vramMib",
            "type": "uint32",
            "internalType": "uint32"
          },
          {
            "name": "latencyMs",
            "type": "uint32",
            "internalType": "uint32"
          },
          {
            "name": "leasesMax",
            "type": "uint16",
            "internalType": "uint16"
          },
          {
            "name": "unitPrice",
            "type": "uint128",
            "internalType": "uint128"
          },
          {
            "name": "expirySeconds",
            "type": "uint32",
            "internalType": "uint32"
          },
          {
            "name": "modelRoots",
            "type": "bytes32[]",
            "internalType": "bytes32[]"
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
    "name": "postOrder",
    "stateMutability": "payable",
    "inputs": [
      {
        "name": "terms",
        "type": "tuple",
        "internalType": "struct OrderTerms",
        "components": [
          {
            "name": "kind",
            "type": "uint8",
            "internalType": "uint8"
          },
          {
            "name": "classes",
            "type": "uint8",
            "internalType": "uint8"
          },
          {
            "name": "unitKind",
            "type": "uint8",
            "internalType": "uint8"
          },
          {
            "name": "gpuClass",
            "type": "uint16",
            "internalType": "uint16"
          },
          {
            "name": "region",
            "type": "uint16",
            "internalType": "uint16"
          },
          {
            "name": "vramMib",
            "type": "uint32",
            "internalType": "uint32"
          },
          {
            "name": "latencyMs",
            "type": "uint32",
            "internalType": "uint32"
          },
          {
            "name": "macsPerSecond",
            "type": "uint64",
            "internalType": "uint64"
          },
          {
            "name": "modelRoot",
            "type": "bytes32",
            "internalType": "bytes32"
          },
          {
            "name": "clientKey",
            "type": "bytes32",
            "internalType": "bytes32"
          },
          {
            "name": "unitsMax",
            "type": "uint64",
            "internalType": "uint64"
          },
          {
            "name": "unitPriceMax",
            "type": "uint128",
            "internalType": "uint128"
          },
          {
            "name": "prepayUnits",
            "type": "uint64",
            "internalType": "uint64"
          },
          {
            "name": "deadlineSeconds",
            "type": "uint64",
            "internalType": "uint64"
          },
          {
            "name": "windowBlocks",
            "type": "uint32",
            "internalType": "uint32"
          },
          {
            "name": "responseSeconds",
            "type": "uint32",
            "internalType": "uint32"
          },
          {
            "name": "moveSeconds",
            "type": "uint32",
            "internalType": "uint32"
          },
          {
            "name": "gameSeconds",
            "type": "uint32",
            "internalType": "uint32"
          },
          {
            "name": "adjudicator",
            "type": "uint32",
            "internalType": "uint32"
          },
          {
            "name": "expirySeconds",
            "type": "uint32",
            "internalType": "uint32"
          }
        ]
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
    "name": "priceIndex",
    "stateMutability": "view",
    "inputs": [
      {
        "name": "unitKind",
        "type": "uint8",
        "internalType": "uint8"
      },
      {
        "name": "gpuClass",
        "type": "uint16",
        "internalType": "uint16"
      }
    ],
    "outputs": [
      {
        "name": "",
        "type": "tuple",
        "internalType": "struct PriceInfo",
        "components": [
          {
            "name": "price",
            "type": "uint128",
            "internalType": "uint128"
          },
          {
            "name": "median",
            "type": "uint128",
            "internalType": "uint128"
          },
          {
            "name": "protocolPrice",
            "type": "uint128",
            "internalType": "uint128"
          },
          {
            "name": "epoch",
            "type": "uint64",
            "internalType": "uint64"
          },
          {
            "name": "used",
            "type": "uint128",
            "internalType": "uint128"
          },
          {
            "name": "capacity",
            "type": "uint128",
            "internalType": "uint128"
          }
        ]
      }
    ]
  },
  {
    "type": "function",
    "name": "proposeTo",
    "stateMutability": "nonpayable",
    "inputs": [
      {
        "name": "orderId",
        "type": "bytes32",
        "internalType": "bytes32"
      },
      {
        "name": "offerId",
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
    "name": "releaseLease",
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
    "name": "repriceOffer",
    "stateMutability": "nonpayable",
    "inputs": [
      {
        "name": "offerId",
        "type": "uint64",
        "internalType": "uint64"
      },
      {
        "name": "unitPrice",
        "type": "uint128",
        "internalType": "uint128"
      }
    ],
    "outputs": []
  },
  {
    "type": "function",
    "name": "requestReclaim",
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
    "name": "requestWithdrawal",
    "stateMutability": "nonpayable",
    "inputs": [],
    "outputs": []
  },
  {
    "type": "function",
    "name": "revealBid",
    "stateMutability": "nonpayable",
    "inputs": [
      {
        "name": "orderId",
        "type": "bytes32",
        "internalType": "bytes32"
      },
      {
        "name": "place",
        "type": "uint32",
        "internalType": "uint32"
      },
      {
        "name": "offerId",
        "type": "uint64",
        "internalType": "uint64"
      },
      {
        "name": "unitPrice",
        "type": "uint128",
        "internalType": "uint128"
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
        "type": "bool",
        "internalType": "bool"
      }
    ]
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
    "name": "setSealingKey",
    "stateMutability": "nonpayable",
    "inputs": [
      {
        "name": "sealingKey",
        "type": "bytes32",
        "internalType": "bytes32"
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
    "name": "standing",
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
        "internalType": "struct StandingInfo",
        "components": [
          {
            "name": "convictedHeight",
            "type": "uint64",
            "internalType": "uint64"
          },
          {
            "name": "settled",
            "type": "uint64",
            "internalType": "uint64"
          },
          {
            "name": "missed",
            "type": "uint64",
            "internalType": "uint64"
          },
          {
            "name": "weight",
            "type": "uint128",
            "internalType": "uint128"
          },
          {
            "name": "trust",
            "type": "uint32",
            "internalType": "uint32"
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
    "name": "takeOffer",
    "stateMutability": "nonpayable",
    "inputs": [
      {
        "name": "orderId",
        "type": "bytes32",
        "internalType": "bytes32"
      },
      {
        "name": "offerId",
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
    "name": "updateIndex",
    "stateMutability": "nonpayable",
    "inputs": [
      {
        "name": "unitKind",
        "type": "uint8",
        "internalType": "uint8"
      },
      {
        "name": "gpuClass",
        "type": "uint16",
        "internalType": "uint16"
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
    "name": "wasOperator",
    "stateMutability": "view",
    "inputs": [
      {
        "name": "miner",
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
        "type": "bool",
        "internalType": "bool"
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
    "type": "event",
    "name": "SealingKeyChanged",
    "anonymous": false,
    "inputs": [
      {
        "name": "miner",
        "type": "address",
        "internalType": "address",
        "indexed": true
      },
      {
        "name": "sealingKey",
        "type": "bytes32",
        "internalType": "bytes32",
        "indexed": false
      }
    ]
  },
  {
    "type": "event",
    "name": "CapacityNoted",
    "anonymous": false,
    "inputs": [
      {
        "name": "miner",
        "type": "address",
        "internalType": "address",
        "indexed": true
      },
      {
        "name": "macsPerSecond",
        "type": "uint64",
        "internalType": "uint64",
        "indexed": false
      },
      {
        "name": "expiresAt",
        "type": "uint64",
        "internalType": "uint64",
        "indexed": false
      }
    ]
  },
  {
    "type": "event",
    "name": "OfferListed",
    "anonymous": false,
    "inputs": [
      {
        "name": "offerId",
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
        "name": "unitKind",
        "type": "uint8",
        "internalType": "uint8",
        "indexed": false
      },
      {
        "name": "gpuClass",
        "type": "uint16",
        "internalType": "uint16",
        "indexed": false
      },
      {
        "name": "unitPrice",
        "type": "uint256",
        "internalType": "uint256",
        "indexed": false
      }
    ]
  },
  {
    "type": "event",
    "name": "OfferRepriced",
    "anonymous": false,
    "inputs": [
      {
        "name": "offerId",
        "type": "uint64",
        "internalType": "uint64",
        "indexed": true
      },
      {
        "name": "unitPrice",
        "type": "uint256",
        "internalType": "uint256",
        "indexed": false
      }
    ]
  },
  {
    "type": "event",
    "name": "OfferClosed",
    "anonymous": false,
    "inputs": [
      {
        "name": "offerId",
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
        "name": "returned",
        "type": "uint256",
        "internalType": "uint256",
        "indexed": false
      },
      {
        "name": "forfeited",
        "type": "uint256",
        "internalType": "uint256",
        "indexed": false
      }
    ]
  },
  {
    "type": "event",
    "name": "OrderPosted",
    "anonymous": false,
    "inputs": [
      {
        "name": "orderId",
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
        "name": "kind",
        "type": "uint8",
        "internalType": "uint8",
        "indexed": false
      },
      {
        "name": "classes",
        "type": "uint8",
        "internalType": "uint8",
        "indexed": false
      },
      {
        "name": "modelRoot",
        "type": "bytes32",
        "internalType": "bytes32",
        "indexed": false
      },
      {
        "name": "escrow",
        "type": "uint256",
        "internalType": "uint256",
        "indexed": false
      },
      {
        "name": "isAuction",
        "type": "bool",
        "internalType": "bool",
        "indexed": false
      }
    ]
  },
  {
    "type": "event",
    "name": "OrderClosed",
    "anonymous": false,
    "inputs": [
      {
        "name": "orderId",
        "type": "bytes32",
        "internalType": "bytes32",
        "indexed": true
      },
      {
        "name": "status",
        "type": "uint8",
        "internalType": "uint8",
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
    "name": "OrderReopened",
    "anonymous": false,
    "inputs": [
      {
        "name": "orderId",
        "type": "bytes32",
        "internalType": "bytes32",
        "indexed": true
      }
    ]
  },
  {
    "type": "event",
    "name": "BidCommitted",
    "anonymous": false,
    "inputs": [
      {
        "name": "orderId",
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
    "name": "BidDisplaced",
    "anonymous": false,
    "inputs": [
      {
        "name": "orderId",
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
        "name": "bond",
        "type": "uint128",
        "internalType": "uint128",
        "indexed": false
      }
    ]
  },
  {
    "type": "event",
    "name": "RentPaid",
    "anonymous": false,
    "inputs": [
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
        "name": "heldSeconds",
        "type": "uint64",
        "internalType": "uint64",
        "indexed": false
      },
      {
        "name": "net",
        "type": "uint256",
        "internalType": "uint256",
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
    "name": "BidRevealed",
    "anonymous": false,
    "inputs": [
      {
        "name": "orderId",
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
        "name": "unitPrice",
        "type": "uint256",
        "internalType": "uint256",
        "indexed": false
      },
      {
        "name": "exclusion",
        "type": "uint8",
        "internalType": "uint8",
        "indexed": false
      },
      {
        "name": "isBest",
        "type": "bool",
        "internalType": "bool",
        "indexed": false
      }
    ]
  },
  {
    "type": "event",
    "name": "BidsForfeited",
    "anonymous": false,
    "inputs": [
      {
        "name": "orderId",
        "type": "bytes32",
        "internalType": "bytes32",
        "indexed": true
      },
      {
        "name": "count",
        "type": "uint32",
        "internalType": "uint32",
        "indexed": false
      },
      {
        "name": "toClient",
        "type": "uint256",
        "internalType": "uint256",
        "indexed": false
      },
      {
        "name": "burnt",
        "type": "uint256",
        "internalType": "uint256",
        "indexed": false
      }
    ]
  },
  {
    "type": "event",
    "name": "LeaseProposed",
    "anonymous": false,
    "inputs": [
      {
        "name": "leaseId",
        "type": "bytes32",
        "internalType": "bytes32",
        "indexed": true
      },
      {
        "name": "orderId",
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
        "name": "offerId",
        "type": "uint64",
        "internalType": "uint64",
        "indexed": false
      },
      {
        "name": "unitPrice",
        "type": "uint256",
        "internalType": "uint256",
        "indexed": false
      },
      {
        "name": "escrow",
        "type": "uint256",
        "internalType": "uint256",
        "indexed": false
      },
      {
        "name": "lock",
        "type": "uint256",
        "internalType": "uint256",
        "indexed": false
      }
    ]
  },
  {
    "type": "event",
    "name": "LeaseOpened",
    "anonymous": false,
    "inputs": [
      {
        "name": "leaseId",
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
        "name": "miner",
        "type": "address",
        "internalType": "address",
        "indexed": true
      },
      {
        "name": "escrow",
        "type": "uint256",
        "internalType": "uint256",
        "indexed": false
      },
      {
        "name": "prepaid",
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
    "name": "LeaseHeldChanged",
    "anonymous": false,
    "inputs": [
      {
        "name": "leaseId",
        "type": "bytes32",
        "internalType": "bytes32",
        "indexed": true
      },
      {
        "name": "holds",
        "type": "uint32",
        "internalType": "uint32",
        "indexed": false
      }
    ]
  },
  {
    "type": "event",
    "name": "ReclaimRequested",
    "anonymous": false,
    "inputs": [
      {
        "name": "leaseId",
        "type": "bytes32",
        "internalType": "bytes32",
        "indexed": true
      },
      {
        "name": "finalAt",
        "type": "uint64",
        "internalType": "uint64",
        "indexed": false
      }
    ]
  },
  {
    "type": "event",
    "name": "LeasePaid",
    "anonymous": false,
    "inputs": [
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
        "name": "client",
        "type": "address",
        "internalType": "address",
        "indexed": true
      },
      {
        "name": "units",
        "type": "uint64",
        "internalType": "uint64",
        "indexed": false
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
        "name": "credit",
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
    "name": "LeaseClosed",
    "anonymous": false,
    "inputs": [
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
        "name": "client",
        "type": "address",
        "internalType": "address",
        "indexed": true
      },
      {
        "name": "status",
        "type": "uint8",
        "internalType": "uint8",
        "indexed": false
      },
      {
        "name": "reason",
        "type": "uint8",
        "internalType": "uint8",
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
    "name": "MinerConvicted",
    "anonymous": false,
    "inputs": [
      {
        "name": "miner",
        "type": "address",
        "internalType": "address",
        "indexed": true
      },
      {
        "name": "leaseId",
        "type": "bytes32",
        "internalType": "bytes32",
        "indexed": true
      },
      {
        "name": "fault",
        "type": "uint8",
        "internalType": "uint8",
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
      },
      {
        "name": "compensation",
        "type": "uint256",
        "internalType": "uint256",
        "indexed": false
      },
      {
        "name": "burnt",
        "type": "uint256",
        "internalType": "uint256",
        "indexed": false
      }
    ]
  },
  {
    "type": "event",
    "name": "IndexMoved",
    "anonymous": false,
    "inputs": [
      {
        "name": "unitKind",
        "type": "uint8",
        "internalType": "uint8",
        "indexed": true
      },
      {
        "name": "gpuClass",
        "type": "uint16",
        "internalType": "uint16",
        "indexed": true
      },
      {
        "name": "epoch",
        "type": "uint64",
        "internalType": "uint64",
        "indexed": false
      },
      {
        "name": "utilisationBps",
        "type": "uint32",
        "internalType": "uint32",
        "indexed": false
      },
      {
        "name": "price",
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
    "name": "ConvictedMiner",
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
    "name": "NoSealingKey",
    "inputs": []
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
    "name": "BadUnitKind",
    "inputs": [
      {
        "name": "unitKind",
        "type": "uint8",
        "internalType": "uint8"
      }
    ]
  },
  {
    "type": "error",
    "name": "UnsupportedClass",
    "inputs": [
      {
        "name": "classes",
        "type": "uint8",
        "internalType": "uint8"
      }
    ]
  },
  {
    "type": "error",
    "name": "BadTerm",
    "inputs": [
      {
        "name": "term",
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
      }
    ]
  },
  {
    "type": "error",
    "name": "NoAdjudicator",
    "inputs": []
  },
  {
    "type": "error",
    "name": "WrongClient",
    "inputs": []
  },
  {
    "type": "error",
    "name": "WrongMiner",
    "inputs": []
  },
  {
    "type": "error",
    "name": "NotDisputes",
    "inputs": []
  },
  {
    "type": "error",
    "name": "WrongOrderStatus",
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
    "name": "WrongEscrow",
    "inputs": [
      {
        "name": "expected",
        "type": "uint256",
        "internalType": "uint256"
      }
    ]
  },
  {
    "type": "error",
    "name": "WrongBidBond",
    "inputs": [
      {
        "name": "expected",
        "type": "uint256",
        "internalType": "uint256"
      }
    ]
  },
  {
    "type": "error",
    "name": "OfferBondTooSmall",
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
    "name": "TooManyOffers",
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
    "name": "TooManyModels",
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
    "name": "MixedClasses",
    "inputs": [
      {
        "name": "gpuClass",
        "type": "uint32",
        "internalType": "uint32"
      }
    ]
  },
  {
    "type": "error",
    "name": "OffersListed",
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
    "name": "OfferNotListed",
    "inputs": [
      {
        "name": "offerId",
        "type": "uint64",
        "internalType": "uint64"
      }
    ]
  },
  {
    "type": "error",
    "name": "DoesNotFit",
    "inputs": [
      {
        "name": "exclusion",
        "type": "uint8",
        "internalType": "uint8"
      }
    ]
  },
  {
    "type": "error",
    "name": "QuorumOrder",
    "inputs": []
  },
  {
    "type": "error",
    "name": "NothingFits",
    "inputs": []
  },
  {
    "type": "error",
    "name": "OrderExpired",
    "inputs": []
  },
  {
    "type": "error",
    "name": "NotExpired",
    "inputs": []
  },
  {
    "type": "error",
    "name": "AcceptanceOver",
    "inputs": []
  },
  {
    "type": "error",
    "name": "BiddingOver",
    "inputs": []
  },
  {
    "type": "error",
    "name": "RevealNotOpen",
    "inputs": []
  },
  {
    "type": "error",
    "name": "TooManyBids",
    "inputs": [
      {
        "name": "maximum",
        "type": "uint32",
        "internalType": "uint32"
      },
      {
        "name": "bond",
        "type": "uint128",
        "internalType": "uint128"
      }
    ]
  },
  {
    "type": "error",
    "name": "AlreadyBid",
    "inputs": []
  },
  {
    "type": "error",
    "name": "UnknownBid",
    "inputs": []
  },
  {
    "type": "error",
    "name": "WrongReveal",
    "inputs": []
  },
  {
    "type": "error",
    "name": "BidsStand",
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
    "name": "LeaseHeld",
    "inputs": [
      {
        "name": "holds",
        "type": "uint32",
        "internalType": "uint32"
      }
    ]
  },
  {
    "type": "error",
    "name": "ClaimStands",
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
    "name": "ReclaimNotDue",
    "inputs": [
      {
        "name": "dueAt",
        "type": "uint64",
        "internalType": "uint64"
      }
    ]
  },
  {
    "type": "error",
    "name": "AmountTooLarge",
    "inputs": [
      {
        "name": "maximum",
        "type": "uint256",
        "internalType": "uint256"
      }
    ]
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
