// The same with stock viem: typed transactions, fees, deployment, multicall3, watching heads.
import { readFileSync } from "node:fs";
import { createPublicClient, createWalletClient, defineChain, http, webSocket, parseEther } from "viem";
import { privateKeyToAccount } from "viem/accounts";

const [url, secret, recipient, artifactFile] = process.argv.slice(2);
const artifact = JSON.parse(readFileSync(artifactFile));
const probe = createPublicClient({ transport: http(url) });
const chain = defineChain({
  id: await probe.getChainId(), name: "AITBC", nativeCurrency: { name: "AIT", symbol: "AIT", decimals: 18 },
  rpcUrls: { default: { http: [url] } },
  contracts: { multicall3: { address: "0xcA11bde05977b3631167028862bE2a173976CA11" } },
});
const client = createPublicClient({ chain, transport: http(url), pollingInterval: 100 });
const account = privateKeyToAccount(secret);
const wallet = createWalletClient({ account, chain, transport: http(url) });
const result = { chainId: chain.id };

const hash = await wallet.sendTransaction({ to: recipient, value: parseEther("0.5") });
result.transferStatus = (await client.waitForTransactionReceipt({ hash })).status;

const deployed = await client.waitForTransactionReceipt({
  hash: await wallet.deployContract({ abi: artifact.abi, bytecode: artifact.bytecode, args: ["Viem", "VIM", 1000n] }),
});
const token = { address: deployed.contractAddress, abi: artifact.abi };
const moved = await client.waitForTransactionReceipt({
  hash: await wallet.writeContract({ ...token, functionName: "transfer", args: [recipient, 9n] }),
});
const [balance, symbol] = await client.multicall({
  contracts: [{ ...token, functionName: "balanceOf", args: [recipient] }, { ...token, functionName: "symbol" }],
});
result.tokenBalance = balance.result.toString();
result.symbol = symbol.result;
result.logs = (await client.getContractEvents({ ...token, eventName: "Transfer", fromBlock: moved.blockNumber, toBlock: moved.blockNumber })).length;
result.fees = (await client.estimateFeesPerGas()).maxFeePerGas > 0n;

const live = createPublicClient({ chain, transport: webSocket(url.replace("http", "ws")) });
result.head = await new Promise((resolve, reject) => {
  setTimeout(() => reject(new Error("no head in 20 s")), 20000);
  live.watchBlockNumber({ onBlockNumber: (height) => resolve(Number(height)), onError: reject });
});
console.log(JSON.stringify(result));
process.exit(0);
