"""Pre-train a small DNA BERT on chloroplast genomes in minutes, save it, and embed sequences with it.

DNABERT's recipe in small: overlapping k-mers as tokens, 15 % of them masked in runs of k (a single masked k-mer could
be read off its neighbours), windows from both strands. The first tenth of each genome is held out; it lies in the
single-copy region, so that no inverted repeat carries it into the training part. The folder that it writes
(safetensors, vocabulary, configuration) is what ``LanguageModelEmbedder`` takes. Without files it runs on simulated
genomes.

    python examples/pretrain_dna_bert.py [--genomes genome.gb ...] [--out dna-bert] [--steps 1500]

Such a model has seen a few hundred thousand residues. It serves to try things out; for results take DNABERT itself.
"""

import argparse
import json
import time
from pathlib import Path

import numpy as np
import torch
import transformers
from transformers import BertConfig, BertForMaskedLM

from seqaug_sklearn.datasets import make_plastome, read_genbank
from seqaug_sklearn.embedding import LanguageModelEmbedder, kmer_tokens, kmer_vocabulary
from seqaug_sklearn.encoding import reverse_complement

HELD_OUT = 0.1
UNKNOWN, FIRST, LAST, MASK = 1, 2, 3, 4


def read_genomes(paths):
    if not paths:
        return [str(make_plastome(60, random_state=seed).seq) for seed in range(3)]
    found = [read_genbank(path) for path in paths]
    return [str(record.seq) for records in found for record in (records if isinstance(records, list) else [records])]


def token_numbers(genomes, k):
    """Token numbers of both strands of each genome."""
    number = {token: i for i, token in enumerate(kmer_vocabulary(k))}
    strands = [*genomes, *reverse_complement(genomes)]
    return [np.array([number.get(token, UNKNOWN) for token in text.split()]) for text in kmer_tokens(strands, k)]


def draw_windows(strands, n_windows, length, rng):
    chosen = rng.choice(len(strands), n_windows, p=[len(s) / sum(map(len, strands)) for s in strands])
    starts = [rng.integers(len(strands[i]) - length + 1) for i in chosen]
    inner = np.array([strands[i][start : start + length] for i, start in zip(chosen, starts, strict=True)])
    return np.pad(inner, ((0, 0), (1, 1)), constant_values=((0, 0), (FIRST, LAST)))


def mask_runs(tokens, k, rng, *, rate=0.15):
    """Return inputs and labels; of the chosen tokens 80 % are masked, 10 % are random k-mers and 10 % stay."""
    begins = rng.random(tokens.shape) < 1 - (1 - rate) ** (1 / k)
    chosen = begins.copy()
    for offset in range(1, k):
        chosen[:, offset:] |= begins[:, :-offset]
    chosen &= tokens > MASK
    action, inputs = rng.random(tokens.shape), tokens.copy()
    inputs[chosen & (action < 0.8)] = MASK
    random = chosen & (action >= 0.9)
    inputs[random] = rng.integers(MASK + 1, MASK + 1 + 4**k, random.sum())
    return torch.from_numpy(inputs), torch.from_numpy(np.where(chosen, tokens, -100))


def masked_accuracy(network, inputs, labels):
    network.eval()
    with torch.no_grad():
        predicted = network(inputs).logits.argmax(-1)
    network.train()
    return float((predicted == labels)[labels >= 0].float().mean())


def train(network, strands, options, rng):
    optimizer = torch.optim.AdamW(network.parameters(), lr=options.lr, weight_decay=0.01)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, options.lr, total_steps=options.steps, pct_start=0.1)
    begin = time.perf_counter()
    for step in range(1, options.steps + 1):
        inputs, labels = mask_runs(draw_windows(strands, 32, options.length, rng), options.kmer, rng)
        loss = network(inputs, labels=labels).loss
        optimizer.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(network.parameters(), 1.0)
        optimizer.step()
        schedule.step()
        if step % max(1, options.steps // 10) == 0:
            print(f"step {step:>5}  loss {loss.item():.3f}  {time.perf_counter() - begin:.0f} s", flush=True)


def save(network, folder, k):
    transformers.utils.logging.disable_progress_bar()
    network.save_pretrained(folder)  # safetensors
    Path(folder, "vocab.txt").write_text("\n".join(kmer_vocabulary(k)) + "\n")
    Path(folder, "tokenizer_config.json").write_text(json.dumps({"do_lower_case": False}))


def checked_genomes(parser, options):
    """Read the genomes; wrong options end the program with a sentence."""
    for name, least in {"kmer": 1, "length": 2, "steps": 1, "hidden_size": 32, "layers": 1}.items():
        if getattr(options, name) < least:
            parser.error(f"--{name.replace('_', '-')} must be at least {least}, got {getattr(options, name)}")
    if options.kmer > 6:
        parser.error(f"--kmer must be at most 6, got {options.kmer}")
    if options.hidden_size % max(1, options.hidden_size // 32):
        parser.error(f"--hidden-size must be a multiple of 32, got {options.hidden_size}")
    for path in options.genomes or []:
        if not Path(path).is_file():
            parser.error(f"--genomes {path}: there is no such file")
    try:
        genomes = read_genomes(options.genomes)
    except ValueError as error:
        parser.error(f"--genomes: {error}")
    shortest = int(HELD_OUT * min(map(len, genomes))) - options.kmer + 1
    if options.length > shortest:
        parser.error(
            f"--length {options.length} is more than the {max(shortest, 0)} tokens of the held-out tenth of the "
            "shortest genome; give a smaller length, or longer genomes"
        )
    return genomes


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--genomes", nargs="*", help="GenBank files; simulated genomes by default")
    parser.add_argument("--out", default="dna-bert", help="folder of the model")
    parser.add_argument("--kmer", type=int, default=3)
    parser.add_argument("--length", type=int, default=62, help="tokens of a window")
    parser.add_argument("--steps", type=int, default=1500)
    parser.add_argument("--lr", type=float, default=2e-3)
    parser.add_argument("--hidden-size", type=int, default=64)
    parser.add_argument("--layers", type=int, default=2)
    options = parser.parse_args()
    genomes = checked_genomes(parser, options)
    cuts = [int(HELD_OUT * len(genome)) for genome in genomes]
    training = token_numbers([genome[cut:] for genome, cut in zip(genomes, cuts, strict=True)], options.kmer)
    held_out = token_numbers([genome[:cut] for genome, cut in zip(genomes, cuts, strict=True)], options.kmer)
    print(f"{len(genomes)} genomes, {sum(map(len, genomes)):,} residues; transformers {transformers.__version__}")

    torch.manual_seed(0)
    rng = np.random.default_rng(0)
    config = BertConfig(
        vocab_size=len(kmer_vocabulary(options.kmer)),
        hidden_size=options.hidden_size,
        num_hidden_layers=options.layers,
        num_attention_heads=max(1, options.hidden_size // 32),
        intermediate_size=4 * options.hidden_size,
        max_position_embeddings=options.length + 2,
        # each window is drawn anew, so nothing is learned by heart in so few steps
        hidden_dropout_prob=0.0,
        attention_probs_dropout_prob=0.0,
    )
    network = BertForMaskedLM(config)
    test = mask_runs(draw_windows(held_out, 200, options.length, rng), options.kmer, rng)
    known = test[1][test[1] >= 0]
    before = masked_accuracy(network, *test)
    train(network, training, options, rng)
    print(f"masked k-mers of the held-out tenth: {masked_accuracy(network, *test):.3f} right after training,")
    print(
        f"{before:.3f} before it, {float((known == known.mode().values).float().mean()):.3f} by the most frequent k-mer"
    )

    save(network, options.out, options.kmer)
    sequences = [genome[start : start + 300] for genome in genomes for start in range(0, 3000, 300)]
    embedder = LanguageModelEmbedder(options.out, kmer=options.kmer).fit(sequences)
    embeddings = embedder.transform(sequences)
    print(f"saved in {options.out}; {len(sequences)} sequences of 300 residues are embeddings {embeddings.shape}")
    print(f"the model's content: {embedder.revision_}")


if __name__ == "__main__":
    main()
