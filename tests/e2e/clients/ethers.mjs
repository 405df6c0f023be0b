// Connect, read, estimate, send, deploy, call, logs, revert and subscriptions with stock ethers.
import { readFileSync } from "node:fs";
import { JsonRpcProvider, WebSocketProvider, Wallet, ContractFactory, Interface, parseEther } from "ethers";

const [url, secret, recipient, artifactFile, stakingFile] = process.argv.slice(2);
const provider = new JsonRpcProvider(url);
const wallet = new Wallet(secret, provider);
const artifact = JSON.parse(readFileSync(artifactFile));
const result = {};

result.chainId = Number((await provider.getNetwork()).chainId);
const before = await provider.getBalance(recipient);
const receipt = await (await wallet.sendTransaction({ to: recipient, value: parseEther("0.25") })).wait();
result.transferStatus = receipt.status;
result.moved = ((await provider.getBalance(recipient)) - before).toString();

const token = await new ContractFactory(artifact.abi, artifact.bytecode, wallet).deploy("Ethers", "ETS", 1000n);
await token.waitForDeployment();
const moved = await (await token.transfer(recipient, 7n)).wait();
result.tokenBalance = (await token.balanceOf(recipient)).toString();
result.logs = (await token.queryFilter("Transfer", moved.blockNumber, moved.blockNumber)).length;
try { await token.transfer.staticCall(recipient, 10n ** 30n); result.revert = "no"; } catch (error) { result.revert = error.code; }

const staking = new Interface(JSON.parse(readFileSync(stakingFile)));
const data = staking.encodeFunctionData("validatorCount");
const output = await provider.call({ to: "0x0000000000000000000000000000000000001001", data });
result.validators = Number(staking.decodeFunctionResult("validatorCount", output)[0]);

const socket = new WebSocketProvider(url.replace("http", "ws"));
result.head = await new Promise((resolve, reject) => {
  setTimeout(() => reject(new Error("no head in 20 s")), 20000);
  socket.once("block", resolve);
});
await socket.destroy();
provider.destroy();
console.log(JSON.stringify(result));
