// The explorer: reads the node's JSON-RPC over HTTP, follows it over a WebSocket.
// Text from the chain only ever enters the page as text nodes.
"use strict";

const ROWS = 25;
const view = document.getElementById("view");
const live = document.getElementById("live");
let requestId = 0;
let onHead = () => {};
let epochOfView = 0;

// --- the node -------------------------------------------------------------------------------

async function ask(calls) {
  const batch = calls.map(([method, ...params]) => ({ jsonrpc: "2.0", id: ++requestId, method, params }));
  const response = await fetch("/", {
    method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify(batch),
  });
  const answers = new Map((await response.json()).map((answer) => [answer.id, answer]));
  return batch.map(({ id, method }) => {
    const answer = answers.get(id);
    if (!answer || answer.error) throw new Error(`${method}: ${answer ? answer.error.message : "no answer"}`);
    return answer.result;
  });
}

const one = async (...call) => (await ask([call]))[0];

function follow(delay = 500) {
  const socket = new WebSocket(`${location.protocol === "https:" ? "wss" : "ws"}://${location.host}/`);
  socket.onopen = () => {
    socket.send(JSON.stringify({ jsonrpc: "2.0", id: 1, method: "eth_subscribe", params: ["newHeads"] }));
    setLive("on", "live");
    delay = 500;
  };
  socket.onmessage = (event) => {
    const message = JSON.parse(event.data);
    if (message.method === "eth_subscription") onHead(message.params.result);
  };
  socket.onclose = () => {
    setLive("off", "disconnected, retrying");
    setTimeout(() => follow(Math.min(delay * 2, 15000)), delay);
  };
}

function setLive(state, text) {
  live.className = `live ${state}`;
  live.textContent = text;
}

// --- elements and formats -------------------------------------------------------------------

function element(name, attributes = {}, ...children) {
  const node = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (key === "class") node.className = value; else node.setAttribute(key, value);
  }
  for (const child of children) node.append(child instanceof Node ? child : document.createTextNode(String(child)));
  return node;
}

const number = (quantity) => BigInt(quantity ?? 0);
const integer = (quantity) => number(quantity).toLocaleString("en");
const short = (hex) => (hex && hex.length > 20 ? `${hex.slice(0, 10)}…${hex.slice(-6)}` : hex ?? "-");

function ait(wei) {
  const value = number(wei);
  const whole = value / 10n ** 18n;
  const fraction = (value % 10n ** 18n).toString().padStart(18, "0").slice(0, 6).replace(/0+$/, "");
  if (value > 0n && whole === 0n && !fraction) return "< 0.000001 AIT";
  return `${whole.toLocaleString("en")}${fraction ? "." + fraction : ""} AIT`;
}

function time(seconds) {
  const date = new Date(Number(number(seconds)) * 1000);
  return element("time", { datetime: date.toISOString() }, date.toISOString().replace("T", " ").slice(0, 19));
}

const link = (path, text) => element("a", { href: `#/${path}`, class: "mono" }, text);
const blockLink = (height) => link(`block/${number(height)}`, integer(height));
const hashLink = (hash) => link(`tx/${hash}`, short(hash));
const addressLink = (address) => (address ? link(`account/${address}`, short(address)) : "new contract");
const isZero = (hex) => /^0x0*$/.test(hex ?? "0x");

function status(word) {
  const good = ["settled", "success", "final", "opened", "active"];
  const bad = ["failed", "expired", "reverted", "cancelled", "reclaimed", "convicted", "closed"];
  return element("span", { class: good.includes(word) ? "good" : bad.includes(word) ? "bad" : "wait" }, word);
}

function table(columns, rows, empty) {
  if (!rows.length) return element("div", { class: "scroll empty" }, empty);
  const head = element("tr", {}, ...columns.map((column) => element("th", { scope: "col" }, column)));
  const body = element("tbody", {}, ...rows);
  return element("div", { class: "scroll" }, element("table", {}, element("thead", {}, head), body));
}

const row = (...cells) => element("tr", {}, ...cells.map((cell) => element("td", {}, cell)));

function facts(pairs) {
  const list = element("dl");
  for (const [term, value] of pairs) {
    list.append(element("dt", {}, term), element("dd", {}, value instanceof Node ? value : String(value)));
  }
  return list;
}

function card(title, value) {
  return element("div", { class: "card" }, element("b", {}, value), element("span", {}, title));
}

// --- pages ----------------------------------------------------------------------------------

const blockRow = (block) => row(
  blockLink(block.number), time(block.timestamp), String((block.transactions ?? []).length),
  integer(block.gasUsed), addressLink(block.miner), link(`block/${number(block.number)}`, short(block.hash)),
);

async function blocksPage(page) {
  const [latest, state, price, pool] = await ask([
    ["eth_getBlockByNumber", "latest", false], ["aitbc_consensusState"], ["eth_gasPrice"], ["txpool_status"],
  ]);
  const top = Number(number(latest.number));
  const heights = Array.from({ length: Math.min(ROWS, top + 1) }, (_, i) => `0x${(top - i).toString(16)}`);
  const blocks = await ask(heights.map((height) => ["eth_getBlockByNumber", height, false]));
  const cards = element("div", { class: "cards" });
  const fill = (block, consensus, waiting, gasPrice) => cards.replaceChildren(
    card("final height", integer(block.number)), card("epoch / view", `${integer(consensus.epoch)} / ${integer(consensus.view)}`),
    card("waiting transactions", integer(number(waiting.pending) + number(waiting.queued))),
    card("gas price", `${(Number(number(gasPrice)) / 1e9).toFixed(3)} gwei`),
  );
  fill(latest, state, pool, price);
  const list = table(["Height", "Time (UTC)", "Transactions", "Gas used", "Proposer's account", "Hash"], blocks.map(blockRow), "no blocks");
  page.append(cards, element("h2", {}, "Latest final blocks"), list);
  let shown = top;
  return async (head) => {
    if (Number(number(head.number)) <= shown) return;
    const [block, consensus, waiting, gasPrice] = await ask([
      ["eth_getBlockByHash", head.hash, false], ["aitbc_consensusState"], ["txpool_status"], ["eth_gasPrice"],
    ]);
    if (!block || Number(number(block.number)) <= shown) return;
    shown = Number(number(block.number));
    fill(block, consensus, waiting, gasPrice);
    const body = list.querySelector("tbody");
    const fresh = blockRow(block);
    fresh.className = "fresh";
    body.prepend(fresh);
    while (body.children.length > ROWS) body.lastChild.remove();
  };
}

async function blockPage(page, name) {
  const isHash = name.startsWith("0x") && name.length === 66;
  const block = await one(isHash ? "eth_getBlockByHash" : "eth_getBlockByNumber",
    isHash ? name : `0x${BigInt(name).toString(16)}`, true);
  if (!block) throw new Error(`there is no final block ${name}`);
  const height = number(block.number);
  const neighbours = element("span", {}, height > 0n ? blockLink(height - 1n) : "", "  ", blockLink(height + 1n));
  page.append(
    element("h1", {}, `Block ${integer(height)}`),
    facts([
      ["Hash", block.hash], ["Time (UTC)", time(block.timestamp)], ["Neighbours", neighbours],
      ["Parent", link(`block/${block.parentHash}`, block.parentHash)], ["Fee recipient", addressLink(block.miner)],
      ["Gas", `${integer(block.gasUsed)} of ${integer(block.gasLimit)}`], ["Base fee", `${integer(block.baseFeePerGas)} wei`],
      ["State root", block.stateRoot], ["Beacon", block.mixHash],
    ]),
    element("h2", {}, "Transactions"),
    table(["Hash", "From", "To", "Value"], block.transactions.map((t) => row(
      hashLink(t.hash), addressLink(t.from), addressLink(t.to), ait(t.value))), "This block has no transactions."),
  );
}

async function transactionPage(page, hash) {
  const [transaction, receipt] = await ask([["eth_getTransactionByHash", hash], ["eth_getTransactionReceipt", hash]]);
  if (!transaction) throw new Error("no such transaction, neither final nor waiting");
  const word = !receipt ? "waiting" : receipt.status === "0x1" ? "success" : "reverted";
  page.append(element("h1", {}, "Transaction"), facts([
    ["Hash", hash], ["Status", status(word)],
    ["Block", receipt ? blockLink(receipt.blockNumber) : "-"],
    ["From", addressLink(transaction.from)], ["To", addressLink(transaction.to)],
    ...(receipt?.contractAddress ? [["Created", addressLink(receipt.contractAddress)]] : []),
    ["Value", ait(transaction.value)], ["Nonce", integer(transaction.nonce)], ["Type", integer(transaction.type)],
    ["Gas used", receipt ? `${integer(receipt.gasUsed)} of ${integer(transaction.gas)}` : "-"],
    ["Fee", receipt ? ait(number(receipt.gasUsed) * number(receipt.effectiveGasPrice)) : "-"],
    ["Input", element("span", { class: "mono" }, transaction.input.length > 2000 ? `${transaction.input.slice(0, 2000)}… (${(transaction.input.length - 2) / 2} bytes)` : transaction.input)],
  ]));
  if (receipt?.logs.length) page.append(element("h2", {}, "Logs"), logTable(receipt.logs));
  return receipt ? null : async () => { if (await one("eth_getTransactionReceipt", hash)) show(); };
}

const logTable = (logs) => table(["Block", "Transaction", "Contract", "Topic 0", "Data"], logs.map((log) => row(
  blockLink(log.blockNumber), hashLink(log.transactionHash), addressLink(log.address), element("span", { class: "mono" }, short(log.topics[0] ?? "-")),
  element("span", { class: "mono" }, `${(log.data.length - 2) / 2} bytes`))), "no logs");

async function accountPage(page, address) {
  const [balance, nonce, code, latest] = await ask([
    ["eth_getBalance", address, "latest"], ["eth_getTransactionCount", address, "latest"],
    ["eth_getCode", address, "latest"], ["eth_blockNumber"],
  ]);
  const from = number(latest) > 999n ? number(latest) - 999n : 0n;
  const [miner, logs] = await ask([
    ["compute_getMiner", address],
    ["eth_getLogs", { address, fromBlock: `0x${from.toString(16)}`, toBlock: "latest" }],
  ]);
  const words = code === "0x" ? "account" : code.startsWith("0xfe4149544243") ? "native contract" : "contract";
  page.append(element("h1", {}, "Account"), facts([
    ["Address", address], ["Kind", words], ["Balance", ait(balance)], ["Nonce", integer(nonce)],
    ["Code", code === "0x" ? "-" : `${(code.length - 2) / 2} bytes`],
    ...(miner ? [["Miner's bond", `${ait(miner.bond)}, ${ait(miner.locked)} of it locked`], ["Operator key", addressLink(miner.operatorKey)]] : []),
  ]));
  if (code !== "0x") page.append(element("h2", {}, "Events of the last 1,000 blocks"), logTable(logs.slice(-50).reverse()));
  return async () => show();
}

const jobRow = (job) => row(
  link(`job/${job.jobId}`, short(job.jobId)), status(job.status),
  `${number(job.m)} × ${number(job.n)} × ${number(job.k)}`, ait(job.escrow), addressLink(job.client),
  isZero(job.miner) ? "-" : addressLink(job.miner), blockLink(job.postedHeight),
);

async function jobsPage(page) {
  const draw = async () => {
    const answer = await one("compute_getJobs", "all", "0x0", "0x64");
    return table(["Job", "Status", "m × n × k", "Escrow", "Client", "Miner", "Posted at"],
      answer.jobs.slice().reverse().map(jobRow), "No jobs yet. Post one: aitbc job post");
  };
  let list = await draw();
  page.append(element("h1", {}, "Compute jobs"), list);
  return async () => { const next = await draw(); list.replaceWith(next); list = next; };
}

const KINDS = ["-", "product", "integer model", "language model", "embedding", "custom"];
const UNITS = ["units", "tokens", "MACs", "seconds"];
const unitsOf = (lease, count) => `${integer(count)} ${UNITS[Number(number(lease.unitKind))] ?? "units"}`;

function classesOf(mask) {
  const bits = number(mask);
  const names = [0, 1, 2, 3, 4, 5].filter((bit) => (bits >> BigInt(bit)) & 1n).map((bit) => `V${bit}`);
  return names.join(" and ") || "-";
}

const leaseRow = (lease) => row(
  link(`lease/${lease.leaseId}`, short(lease.leaseId)), status(lease.status), classesOf(lease.classes),
  KINDS[Number(number(lease.kind))] ?? "-", unitsOf(lease, lease.unitsMax), ait(lease.escrow),
  addressLink(lease.client), addressLink(lease.miner), blockLink(lease.openedHeight),
);

async function leasesPage(page) {
  const draw = async () => {
    const { count } = await one("compute_getLeases", "0x0", "0x1");
    const total = number(count);
    const offset = total > 100n ? total - 100n : 0n;
    const { leases } = await one("compute_getLeases", `0x${offset.toString(16)}`, "0x64");
    return table(["Lease", "Status", "Class", "Kind", "At most", "Escrow", "Client", "Miner", "Since"],
      leases.reverse().map(leaseRow), "No leases yet. Make one: aitbc job submit \"38+47=\" --model small --wait");
  };
  let list = await draw();
  page.append(element("h1", {}, "Leases"), list);
  return async () => { const next = await draw(); list.replaceWith(next); list = next; };
}

function claimFacts(lease, claim, height) {
  if (!claim) return element("p", {}, "Nothing is claimed yet.");
  const left = number(claim.windowEnd) - number(height);
  const state = claim.isSettled ? "settled" : left > 0n ? `may be challenged for ${left.toLocaleString("en")} more blocks` : "the window is over";
  return facts([
    ["State", state], ["Claimed", `${unitsOf(lease, claim.units)}, ${ait(claim.amount)}`],
    ["Receipts", integer(claim.seq)], ["Receipt's hash", element("span", { class: "mono" }, claim.receiptHash)],
    ["Client's voucher", claim.isUnacknowledged ? "none: the answer was published" : "signed"],
    ...(number(claim.batchId) ? [["Batch", integer(claim.batchId)]] : []),
    ["Claimed at", claim.height === "0x0" ? "-" : blockLink(claim.height)], ["Window ends at", integer(claim.windowEnd)],
  ]);
}

async function leasePage(page, id) {
  const [lease, claim, height] = await ask([["compute_getLease", id], ["compute_getClaim", id], ["eth_blockNumber"]]);
  if (!lease) throw new Error("there is no such lease");
  const outcome = lease.outcome;
  page.append(element("h1", {}, "Lease"), facts([
    ["Lease", element("span", { class: "mono" }, lease.leaseId)], ["Status", status(lease.status)],
    ...(outcome.reason === "none" ? [] : [["Why", outcome.reason.replaceAll("_", " ")]]),
    ["Verification class", classesOf(lease.classes)], ["Kind", KINDS[Number(number(lease.kind))] ?? "-"],
    ["Model", isZero(lease.modelRoot) ? "any" : element("span", { class: "mono" }, lease.modelRoot)],
    ["Offer", number(outcome.offerId) ? `number ${integer(outcome.offerId)}` : "by auction"],
    ["Client", addressLink(lease.client)], ["Miner", addressLink(lease.miner)],
    ["Price", `${ait(lease.unitPrice)} per ${(UNITS[Number(number(lease.unitKind))] ?? "units").replace(/s$/, "")}, at most ${unitsOf(lease, lease.unitsMax)}`],
    ["Escrow", `${ait(lease.escrow)}, ${ait(lease.prepaid)} of it paid in advance`], ["Miner's bond locked", ait(lease.lock)],
    ["Open challenges", integer(lease.holds)], ["Opened at", blockLink(lease.openedHeight)], ["Since (UTC)", time(lease.openedAt)],
    ["Challenge window", `${integer(lease.windowBlocks)} blocks`], ["Fee", `${Number(number(lease.feeBps)) / 100} %`],
    ...(lease.status === "settled" ? [["Paid to the miner", ait(outcome.paid)], ["Burnt", ait(outcome.burnt)]] : []),
  ]), element("h2", {}, "Claim"), claimFacts(lease, claim, height));
  if (claim) page.append(facts([["Check it yourself", `aitbc receipt verify ${lease.leaseId}`]]));
  return async () => show();
}

const receiptRow = (receipt) => row(
  link(`receipt/${receipt.receiptId}`, short(receipt.receiptId)), status(receipt.status),
  addressLink(receipt.miner), addressLink(receipt.client), `${integer(receipt.units)} MACs`,
  ait(number(receipt.units) * number(receipt.unitPrice)), integer(receipt.tilesOpened), blockLink(receipt.height),
);

async function receiptsPage(page) {
  const draw = async () => {
    const { count } = await one("compute_getReceipts", "0x0", "0x1");
    const total = number(count);
    const offset = total > 100n ? total - 100n : 0n;
    const { receipts } = await one("compute_getReceipts", `0x${offset.toString(16)}`, "0x64");
    return table(["Receipt", "Status", "Miner", "Client", "Work", "Price", "Tiles opened", "Submitted at"],
      receipts.reverse().map(receiptRow), "No receipts yet: a miner has to take a job first.");
  };
  let list = await draw();
  page.append(element("h1", {}, "Compute receipts"), list);
  return async () => { const next = await draw(); list.replaceWith(next); list = next; };
}

async function jobPage(page, id) {
  const job = await one("compute_getJob", id);
  if (!job) throw new Error("there is no such job");
  page.append(element("h1", {}, "Compute job"), facts([
    ["Job", element("span", { class: "mono" }, job.jobId)], ["Status", status(job.status)],
    ["Product", `A (${number(job.m)} × ${number(job.k)}) times B (${number(job.k)} × ${number(job.n)})`],
    ["Seed", element("span", { class: "mono" }, job.seed)], ["Escrow", ait(job.escrow)],
    ["Client", addressLink(job.client)], ["Miner", isZero(job.miner) ? "-" : addressLink(job.miner)],
    ["Lease", isZero(job.leaseId) ? "-" : element("span", { class: "mono" }, job.leaseId)],
    ["Bond locked", ait(job.bondLocked)], ["Posted at", blockLink(job.postedHeight)],
    ["Challenge window", `${integer(job.windowBlocks)} blocks`],
  ]));
  return async () => show();
}

async function receiptPage(page, id) {
  const receipt = await one("compute_getReceipt", id);
  if (!receipt) throw new Error("there is no such receipt");
  page.append(element("h1", {}, "Compute receipt"), facts([
    ["Receipt", element("span", { class: "mono" }, receipt.receiptId)], ["Status", status(receipt.status)],
    ["Job", link(`job/${receipt.jobId}`, receipt.jobId)],
    ["Miner", addressLink(receipt.miner)], ["Client", addressLink(receipt.client)],
    ["Work", `${integer(receipt.units)} multiply-accumulates`],
    ["Price", ait(number(receipt.units) * number(receipt.unitPrice))],
    ["Tile root", element("span", { class: "mono" }, receipt.tileRoot)],
    ["Tiles opened", integer(receipt.tilesOpened)], ["Submitted at", blockLink(receipt.height)],
    ["Window ends at", integer(receipt.windowEnd)], ["Check it yourself", `aitbc receipt verify ${receipt.receiptId}`],
  ]));
  return async () => show();
}

async function validatorsPage(page) {
  const [set, state] = await ask([["aitbc_getValidators"], ["aitbc_consensusState"]]);
  const total = set.validators.reduce((sum, v) => sum + number(v.power), 0n);
  page.append(
    element("h1", {}, `Validators of epoch ${number(set.epoch)}`),
    element("p", {}, `View ${integer(state.view)}; a quorum is more than two thirds of ${integer(total)} votes.`),
    table(["Validator", "Power", "Share", "Public key"], set.validators.map((v) => row(
      addressLink(v.address), integer(v.power), `${(Number(number(v.power) * 10000n / total) / 100).toFixed(2)} %`,
      element("span", { class: "mono" }, short(v.publicKey)))), "no validators"),
  );
}

// --- routing --------------------------------------------------------------------------------

const pages = {
  "": blocksPage, block: blockPage, tx: transactionPage, account: accountPage,
  address: accountPage, jobs: jobsPage, job: jobPage, leases: leasesPage, lease: leasePage, receipts: receiptsPage, receipt: receiptPage,
  validators: validatorsPage,
};

async function show() {
  const turn = ++epochOfView;
  const [name, argument] = location.hash.replace(/^#\//, "").split("/");
  const page = element("div");
  let next = null;
  try {
    if (!pages[name]) throw new Error("there is no such page");
    next = await pages[name](page, argument);
  } catch (error) {
    page.replaceChildren(element("div", { class: "scroll error" }, error.message));
  }
  if (turn !== epochOfView) return;
  view.replaceChildren(page);
  let isBusy = false;
  onHead = async (head) => {
    if (!next || isBusy) return;
    isBusy = true;
    try { await next(head); } catch (error) { setLive("off", error.message); } finally { isBusy = false; }
  };
}

document.getElementById("search").addEventListener("submit", async (event) => {
  event.preventDefault();
  const text = document.getElementById("query").value.trim();
  if (/^0x[0-9a-fA-F]{40}$/.test(text)) location.hash = `#/account/${text}`;
  else if (/^0x[0-9a-fA-F]{64}$/.test(text)) {
    const block = await one("eth_getBlockByHash", text, false);
    if (block) location.hash = `#/block/${text}`;
    else location.hash = (await one("compute_getLease", text)) ? `#/lease/${text}` : `#/tx/${text}`;
  } else if (/^[0-9,]+$/.test(text)) location.hash = `#/block/${text.replaceAll(",", "")}`;
  else view.replaceChildren(element("div", { class: "scroll error" }, "Search for a height, a 32-byte hash or an address."));
});

window.addEventListener("hashchange", () => { show(); view.focus(); });
one("aitbc_nodeInfo").then((info) => {
  document.getElementById("footer").textContent = `${info.clientVersion ?? "AITBC"} · chain ${number(info.chainId ?? 0)}`;
}).catch(() => {});
show();
follow();
