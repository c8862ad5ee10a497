"""One step of prompt tuning in PyTorch, on one thread: what `main.ts` compares with.

Reads a safetensors file with the frozen weights and the inputs, then runs a step for every line on
standard input and answers each with a line of JSON: loss, norm of the gradient, and what it took.
"""
import json
import sys
import time

import torch
import torch.nn.functional as F

from read_safetensors import read

torch.set_num_threads(1)

w, settings = read(sys.argv[1])
base, windows, read_at = w["base"], w["windows"], w["read_at"].long()  # [A, P, D], [W, d], [A]
units, positions, width = base.shape
heads, tokens = settings["heads"], settings["contextTokens"]
mask = torch.full((positions, positions), float("-inf")).triu(1)
context = w["context"].clone().requires_grad_()
start = context.detach().clone()
optimizer = torch.optim.AdamW([context], lr=settings["rate"], weight_decay=settings["decay"])


def linear(x, name):
    return F.linear(x, w[name + ".weight"], w[name + ".bias"])


def norm(x, name):
    return F.layer_norm(x, (width,), w[name + ".weight"], w[name + ".bias"])


def block(x, name):
    y = norm(x, name + ".ln_1")
    qkv = F.linear(y, w[name + ".attn.in_proj_weight"], w[name + ".attn.in_proj_bias"])
    q, k, v = qkv.view(units, positions, 3, heads, -1).permute(2, 0, 3, 1, 4)
    p = torch.softmax(q @ k.transpose(-1, -2) * (width // heads) ** -0.5 + mask, -1)
    seen = (p @ v).transpose(1, 2).reshape(units, positions, width)
    x = x + linear(seen, name + ".attn.out_proj")
    hidden = linear(norm(x, name + ".ln_2"), name + ".mlp.c_fc")
    return x + linear(hidden * torch.sigmoid(1.702 * hidden), name + ".mlp.c_proj")


def head(x, name):
    return linear(F.relu(linear(x, name + ".0")), name + ".2")


def entropy(logits):
    log = F.log_softmax(logits, -1)
    return -(log.exp() * log).sum(-1)


def step():
    x = torch.cat([base[:, :1], base[:, 1 : 1 + tokens] + context, base[:, 1 + tokens :]], 1)
    for layer in range(settings["layers"]):
        x = block(x, f"transformer.resblocks.{layer}")
    texts = norm(x[torch.arange(units), read_at], "ln_final") @ w["text_projection"]
    if settings["normalizeTexts"]:
        texts = F.normalize(texts, dim=-1)
    adapted = F.normalize(head(texts, "text_adapter"), dim=-1)
    with torch.no_grad():
        scores = windows @ adapted.T
        if settings["chooseBy"] == "logits":
            scores = 5 * scores
        chosen = entropy(head(scores, "temporal_classifier")).argmin()
    logits = head(5 * windows[chosen : chosen + 1] @ adapted.T, "temporal_classifier")
    loss = entropy(logits).mean()
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    return loss.item(), context.grad.norm().item()


print(json.dumps({"version": torch.__version__}), flush=True)
for _ in sys.stdin:
    with torch.no_grad():
        context.copy_(start)
    wall, core = time.perf_counter(), time.process_time()
    loss, gradient = step()
    took = {"wall": time.perf_counter() - wall, "core": time.process_time() - core}
    print(json.dumps({"loss": loss, "gradient": gradient, **took}), flush=True)
