"""One training step of DSFDA in PyTorch, on one thread: what `main.ts` compares with.

Reads a safetensors file with the parameters and the batch, then takes a step from them for every line on
standard input and answers each with a line of JSON: losses, and what it took.
"""
import json
import resource
import sys
import time

import torch
import torch.nn.functional as F

from read_safetensors import read

torch.set_num_threads(1)

given, settings = read(sys.argv[1])
start = {name: x for name, x in given.items() if name.startswith(("Gen.", "Dis_"))}
f, e = given["identity"], given["expression"]
who, what = given["identities"].long(), given["expressions"].long()
noise = [given[f"noise.{i}"] for i in range(3)]
w = {name: x.clone().requires_grad_() for name, x in start.items()}


def normed(x, name):
    k = w[name + ".conv.weight"]
    y = F.conv2d(x, k, padding=k.shape[-1] // 2)
    return F.relu(
        F.instance_norm(y, weight=w[name + ".bn.weight"], bias=w[name + ".bn.bias"], eps=1e-3)
    )


def encode(x, name):
    def pool(x):
        return F.max_pool2d(x, 3, 2, ceil_mode=True)

    x = pool(normed(x, name + ".conv1.0"))
    x = pool(normed(x, name + ".conv2.0"))
    for i in range(4):
        block, parts = f"{name}.repeat.{i}", []
        for branch in range(3):
            y = x
            for layer in range(branch + 1):
                y = normed(y, f"{block}.branch{branch}.{layer}")
            parts.append(y)
        y = F.conv2d(torch.cat(parts, 1), w[block + ".conv2d.weight"], w[block + ".conv2d.bias"])
        x = F.relu(x + 0.17 * y)
    x = pool(normed(x, name + ".conv3.0"))
    return pool(normed(x, name + ".conv4.0"))


def classify(x, name):
    x = F.relu(F.linear(x.flatten(1), w[name + ".fc1.weight"], w[name + ".fc1.bias"]))
    x = F.relu(F.linear(x, w[name + ".fc2.weight"], w[name + ".fc2.bias"]))
    return F.linear(x, w[name + ".fc3.weight"], w[name + ".fc3.bias"])


def decode(expression, identity, noise):
    def convolved(x, name):
        return F.relu(F.conv2d(x, w[name + ".weight"], w[name + ".bias"], padding=1))

    x = convolved(torch.cat([expression, identity, noise], 1), "Gen.dec.emb1.0")
    for i in range(6):
        x = x + convolved(x, f"Gen.dec.emb2.{i}.infer.0")
    for i in range(1, 5):
        x = F.conv_transpose2d(x, w[f"Gen.dec.us{i}.0.weight"], stride=2, padding=1)
        x = F.relu(F.instance_norm(x))
    return torch.sigmoid(F.conv_transpose2d(x, w["Gen.dec.us5.0.weight"], padding=1))


def optimizer(*prefixes):
    return torch.optim.Adam(
        [x for name, x in w.items() if name.startswith(prefixes)], lr=settings["rate"]
    )


def step(fc, d_fr, d_er, joint):
    losses = {}

    def update(which, loss):
        which.zero_grad()
        loss.backward(retain_graph=True)
        return loss

    lat_r = encode(f, "Dis_FR.enc")
    real = F.cross_entropy(classify(lat_r, "Dis_FR.fc"), who)
    real_er = F.cross_entropy(classify(encode(e, "Dis_ER.enc"), "Dis_ER.fc"), what)
    lat_r = lat_r.detach()
    exp_e = encode(e, "Gen.enc_ER")
    g = decode(exp_e, encode(f, "Gen.enc_FR"), noise[0])
    losses["fc"] = update(fc, F.cross_entropy(classify(exp_e.detach(), "Gen.fc_ER"), what))
    fc.step()
    fake = torch.full_like(who, w["Dis_FR.fc.fc3.bias"].shape[0] - 1)
    judged = classify(encode(g.detach(), "Dis_FR.enc"), "Dis_FR.fc")
    losses["D_FR_total"] = update(d_fr, real + F.cross_entropy(judged, fake))
    d_fr.step()
    update(d_er, real_er)
    d_er.step()
    lat = encode(g, "Dis_FR.enc")
    g_fr = F.cross_entropy(classify(lat, "Dis_FR.fc"), who)
    g_er = F.cross_entropy(classify(encode(g, "Dis_ER.enc"), "Dis_ER.fc"), what)
    back_f = decode(encode(f, "Gen.enc_ER"), encode(g, "Gen.enc_FR"), noise[1])
    back_e = decode(encode(g, "Gen.enc_ER"), encode(e, "Gen.enc_FR"), noise[2])
    losses["G_total"] = (
        0.2 * g_fr
        + 0.8 * g_er
        + F.mse_loss(lat, lat_r)
        + 5 * F.l1_loss(back_f, f)
        + 5 * F.l1_loss(back_e, e)
    )
    update(joint, losses["G_total"])
    joint.step()
    return {name: loss.item() for name, loss in losses.items()}


print(json.dumps({"version": torch.__version__}), flush=True)
idle = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
for _ in sys.stdin:
    with torch.no_grad():
        for name, x in w.items():
            x.copy_(start[name])
    all_four = [
        optimizer("Gen.fc_ER."),
        optimizer("Dis_FR."),
        optimizer("Dis_ER."),
        optimizer("Gen.dec.", "Gen.enc_FR.", "Gen.enc_ER."),
    ]
    wall, core = time.perf_counter(), time.process_time()
    losses = step(*all_four)
    took = {"wall": time.perf_counter() - wall, "core": time.process_time() - core}
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    print(json.dumps({"losses": losses, "bytes": 1024 * (most - idle), **took}), flush=True)
