"""``aitbc selfcheck``: compile the kernels and check this machine's arithmetic once."""

import time

import click

from aitbc.output import console, fail


@click.command()
def selfcheck() -> None:
    """Compile the kernels into their cache and check hashes, signatures and products."""
    from primitives import matmul, matmul_kernel
    from primitives.keccak import keccak256
    from primitives.keys import public_key, recover_public_key, sign
    from primitives.types import ZERO_ADDRESS, ZERO_HASH, Hash32
    from state.trie.hashing import warm_up

    began = time.perf_counter()
    with console.status("compiling kernels (once) ..."):
        warm_up()
        spec = matmul.MatmulSpec(seed=Hash32(bytes(range(32))), m=64, n=64, k=80)
        if matmul_kernel.compute_tile(spec, 0) != matmul.compute_tile(spec, 0):
            fail("the product kernel disagrees with its definition", "report this machine, please")
        product = matmul_kernel.compute_product(spec)
        vector = matmul.check_vector(spec, ZERO_HASH, ZERO_HASH, ZERO_ADDRESS, ZERO_HASH, 0)
        if matmul_kernel.freivalds_wrong_row(spec, product, [vector]) is not None:
            fail("the check kernel refuses a right product", "report this machine, please")
        digest = keccak256(b"selfcheck")
        secret = bytes(31) + b"\x01"
        if recover_public_key(digest, sign(secret, digest))[1:33] != public_key(secret)[1:]:
            fail("signature recovery gives another key", "reinstall coincurve")
    console.print(f"selfcheck passed in {time.perf_counter() - began:.1f} s", style="dim")
