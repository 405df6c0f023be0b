"""Write a small Llama in GGUF, with weights from a seed: for servers that need a real model file.

Run by the Python that has ``gguf`` installed: ``python tiny_gguf.py FILE SEED``.
"""

import sys

import gguf
import numpy as np

WIDTH, HIDDEN, LAYERS, HEADS, CONTEXT = 64, 128, 2, 4, 512


def tokens():
    """Return (text, score, type) of a vocabulary of letters: what is generated reads back as is."""
    rows = [("<unk>", 0.0, 2), ("<s>", 0.0, 3), ("</s>", 0.0, 3)]
    letters = ["▁", *(chr(code) for code in range(33, 127))]
    return rows + [(letter, -100.0 - place, 1) for place, letter in enumerate(letters)]


def write(path, seed):
    generator = np.random.default_rng(seed)
    rows = tokens()
    writer = gguf.GGUFWriter(path, "llama")
    writer.add_name(f"tiny-{seed}")
    writer.add_context_length(CONTEXT)
    writer.add_embedding_length(WIDTH)
    writer.add_block_count(LAYERS)
    writer.add_feed_forward_length(HIDDEN)
    writer.add_head_count(HEADS)
    writer.add_head_count_kv(HEADS)
    writer.add_layer_norm_rms_eps(1e-5)
    writer.add_rope_dimension_count(WIDTH // HEADS)
    writer.add_vocab_size(len(rows))
    writer.add_tokenizer_model("llama")
    writer.add_token_list([text.encode() for text, _, _ in rows])
    writer.add_token_scores([score for _, score, _ in rows])
    writer.add_token_types([kind for _, _, kind in rows])
    writer.add_bos_token_id(1)
    writer.add_eos_token_id(2)
    writer.add_unk_token_id(0)

    def matrix(name, *shape, change=None):
        values = generator.normal(0.0, 1.5 / shape[-1] ** 0.5, shape).astype(np.float32)
        if change is not None:
            change(values)
        writer.add_tensor(name, values)

    # Coordinate 0 of the residual stream is constant, and speaks against the special tokens alone:
    # they have no text, so an answer that held one would not read back.
    def constant(values):
        values[:, 0] = 3.0

    def against_specials(values):
        values[:, 0] = 0.0
        values[:3] = 0.0
        values[:3, 0] = -50.0

    def silent(values):
        values[0] = 0.0

    matrix("token_embd.weight", len(rows), WIDTH, change=constant)
    matrix("output.weight", len(rows), WIDTH, change=against_specials)
    writer.add_tensor("output_norm.weight", np.ones(WIDTH, np.float32))
    for layer in range(LAYERS):
        head = f"blk.{layer}."
        for part in ("attn_q", "attn_k", "attn_v"):
            matrix(f"{head}{part}.weight", WIDTH, WIDTH)
        matrix(f"{head}attn_output.weight", WIDTH, WIDTH, change=silent)
        matrix(f"{head}ffn_gate.weight", HIDDEN, WIDTH)
        matrix(f"{head}ffn_up.weight", HIDDEN, WIDTH)
        matrix(f"{head}ffn_down.weight", WIDTH, HIDDEN, change=silent)
        for norm in ("attn_norm", "ffn_norm"):
            writer.add_tensor(f"{head}{norm}.weight", np.ones(WIDTH, np.float32))
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()


if __name__ == "__main__":
    write(sys.argv[1], int(sys.argv[2]))
