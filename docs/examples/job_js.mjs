// Post a seeded product with ethers and wait until a miner has computed it and was paid:
//   npm install ethers; node job_js.mjs ../contracts/marketplace-1.0.0/abi.json
import { readFileSync } from "node:fs";
import { Contract, JsonRpcProvider, NonceManager, Wallet, hexlify, parseEther, randomBytes } from "ethers";

const URL = process.env.AITBC_RPC_URL ?? "http://127.0.0.1:8545";
const KEY = "0xac0974bec39a17e36ba4a6b4d238ff944bacb478cbed5efcae784d7bf4f2ff80";
const MARKETPLACE = "0x0000000000000000000000000000000000001005";
const STATES = ["unknown", "open", "leased", "submitted", "settled", "failed", "cancelled", "expired"];

const abi = JSON.parse(readFileSync(process.argv[2]));
const provider = new JsonRpcProvider(URL);
const market = new Contract(MARKETPLACE, abi, new NonceManager(new Wallet(KEY, provider)));

// A (m x k) times B (k x n) in int8, from a seed; the escrow is the price, windowBlocks to check it.
const [m, n, k, deadlineSeconds, windowBlocks] = [128, 128, 64, 600, 20];
const sent = await market.postJob(hexlify(randomBytes(32)), m, n, k, deadlineSeconds, windowBlocks, {
  value: parseEther("1"),
});
const receipt = await sent.wait();
const { jobId } = receipt.logs.map((log) => market.interface.parseLog(log)).find((e) => e?.name === "JobPosted").args;
console.error(`job ${jobId} in block ${receipt.blockNumber}`);

let seen = "";
for (const end = Date.now() + 120_000; Date.now() < end; ) {
  const job = await market.job(jobId);
  const state = STATES[Number(job.status)];
  if (state !== seen) console.error((seen = state));
  if (["settled", "failed", "expired"].includes(state)) {
    const [settled] = await market.queryFilter(market.filters.LeaseSettled(jobId), receipt.blockNumber);
    console.log(JSON.stringify({ job: jobId, state, miner: job.miner, paid: settled?.args.paid.toString() }));
    break;
  }
  await new Promise((resume) => setTimeout(resume, 500));
}
provider.destroy();
