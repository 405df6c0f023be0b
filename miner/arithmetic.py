"""Whether this machine computes as every other does: kernels against definitions, signatures."""

from primitives import matmul, matmul_kernel
from primitives.errors import ConfigError
from primitives.keccak import keccak256
from primitives.keys import public_key, recover_public_key, sign
from primitives.types import ZERO_ADDRESS, ZERO_HASH, Hash32


def check_arithmetic() -> None:
    """Compile the work kernels into their cache and compare them with their definitions.

    Raises:
        ConfigError: this machine, or a library on it, computes wrongly.
    """
    spec = matmul.MatmulSpec(seed=Hash32(bytes(range(32))), m=64, n=64, k=80)
    if matmul_kernel.compute_tile(spec, 0) != matmul.compute_tile(spec, 0):
        raise ConfigError(
            "the product kernel disagrees with its definition", "Report this machine, please"
        )
    product = matmul_kernel.compute_product(spec)
    vector = matmul.check_vector(spec, ZERO_HASH, ZERO_HASH, ZERO_ADDRESS, ZERO_HASH, 0)
    if matmul_kernel.freivalds_wrong_row(spec, product, [vector]) is not None:
        raise ConfigError("the check kernel refuses a right product", "Report this machine, please")
    digest = keccak256(b"selfcheck")
    secret = bytes(31) + b"\x01"
    if recover_public_key(digest, sign(secret, digest))[1:33] != public_key(secret)[1:]:
        raise ConfigError("signature recovery gives another key", "Reinstall coincurve")
