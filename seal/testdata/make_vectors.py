#!/usr/bin/env python3
"""Writes the vectors of this directory. It implements the formats that
../doc.go describes a second time, with nothing but Python's library, so that
the two implementations check each other. Run it here: python3 make_vectors.py
"""
import hashlib
import hmac
import json
import os
import shutil

TOKEN = "test-token-0123456789"  # known to all: for tests only
IDENTITY = bytes(range(32))


def hkdf(secret, salt, info, length):
    prk = hmac.new(salt or bytes(32), secret, hashlib.sha256).digest()
    return hmac.new(prk, info.encode() + b"\x01", hashlib.sha256).digest()[:length]


CANONICAL = ["shard_id", "gpu_device", "gpu_uuid", "kind", "vram_bytes", "digest_alg", "digest", "sealed_at",
             "model_ref", "shard_index", "total_shards", "generation"]
JSON = ["shard_id", "gpu_device", "gpu_uuid", "kind", "vram_bytes", "digest", "digest_alg", "sealed", "sealed_at",
        "model_ref", "shard_index", "total_shards", "generation", "seal", "state"]

BASE = {
    "shard_id": "llama-7b-0", "gpu_device": 0, "gpu_uuid": "SIM-00000000-0000-0000-0000-000000000000",
    "kind": "simulated", "vram_bytes": 4097, "digest_alg": "fs-verity-sha256-4096",
    "digest": "31c5ee2858d46d8459c6e47a5d3430f8e5fc3adddad1856b923a6d7d8b8500ed",
    "sealed_at": "2026-01-02T03:04:05.000000006Z", "model_ref": "", "shard_index": 0, "total_shards": 1,
    "generation": "000102030405060708090a0b0c0d0e0f", "sealed": True, "state": "sealed",
}


def text(handle):
    return "vram-engine-seal/v1\n" + "".join(f"{n}={handle[n]}\n" for n in CANONICAL)


def sealed(token=TOKEN, hardware="", **changes):
    handle = {**BASE, **changes}
    key = hkdf(token.encode(), hardware.encode(), "llorch-seal-key-v1", 32)
    handle["seal"] = hmac.new(key, text(handle).encode("utf-8", "surrogateescape"), hashlib.sha256).hexdigest()
    return handle


def dump(handle, names=JSON):
    return json.dumps({n: handle[n] for n in names}, ensure_ascii=False, separators=(",", ":"))


def write(name, expect, body, comment, form="json", **header):
    with open(os.path.join(form, name + ".txt"), "wb") as f:
        lines = {"expect": expect, "comment": comment, "token": TOKEN, "hardware": "", **header}
        f.write("".join(f"{k}: {v}".rstrip() + "\n" for k, v in lines.items()).encode() + b"\n")
        f.write(body if isinstance(body, bytes) else body.encode("utf-8", "surrogateescape"))


def main():
    for form in ("json", "canonical"):
        shutil.rmtree(form, ignore_errors=True)
        os.mkdir(form)
    good = sealed()
    plain = dump(good)

    ok, bad, malformed = "success", "bad mac", "malformed"
    write("plain", ok, plain, "the smallest")
    write("newline", ok, plain + "\n", "one newline behind")
    write("indented", ok, json.dumps({n: good[n] for n in JSON}, indent=2), "white space between tokens")
    everything = sealed(shard_id="x" * 256, gpu_device=2**31 - 1, gpu_uuid="GPU-" + "f" * 124, kind="cuda",
                        vram_bytes=2**64 - 1, sealed_at="9999-12-31T23:59:59.999999999Z",
                        model_ref="m" * 512, shard_index=2**31 - 2, total_shards=2**31 - 1, generation="f" * 32)
    write("largest", ok, dump(everything), "every field at its limit")
    write("oldest", ok, dump(sealed(sealed_at="1970-01-01T00:00:00.000000000Z")), "the first second")
    write("text", ok, dump(sealed(model_ref="a=b \"q\" \\ / é 模型 \U0001f600")), "characters that JSON or the lines might confuse")
    angle = dump(sealed(model_ref="<a&b>"))
    write("angle", ok, angle, "characters that encoders for HTML escape")
    write("angle-escaped", ok, angle.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026"),
          "the same, escaped")
    write("hardware", ok, dump(sealed(hardware="machine-1")), "key bound to a machine", hardware="machine-1")
    write("state", ok, dump({**good, "state": "quarantined"}), "the state is not covered")
    write("unknown-total", ok, dump(sealed(total_shards=0)), "the number of shards is not known")

    write("other-token", bad, plain, "sealed by another engine", token=TOKEN + "x")
    write("other-hardware", bad, plain, "sealed on another machine", hardware="machine-1")
    write("unsealed", bad, dump({**good, "sealed": False, "seal": ""}), "no seal at all")
    write("zero-seal", bad, dump({**good, "seal": "0" * 64}), "a seal of zeros")
    write("flipped-seal", bad, dump({**good, "seal": good["seal"][:-1] + "%x" % (int(good["seal"][-1], 16) ^ 1)}), "one bit")
    for name, value in {"shard_id": "llama-7b-1", "gpu_device": 1, "gpu_uuid": "SIM-1", "kind": "cuda", "vram_bytes": 4096,
                        "digest": "b" * 64, "sealed_at": "2026-01-02T03:04:05.000000007Z", "model_ref": "x",
                        "total_shards": 2, "generation": "a" * 32}.items():
        write("changed-" + name.replace("_", "-"), bad, dump({**good, name: value}), "covered: " + name)
    two = sealed(total_shards=2)
    write("changed-shard-index", bad, dump({**two, "shard_index": 1}), "covered: shard_index")

    for name, (old, new) in {
        "upper-case-name": ('"shard_id"', '"Shard_ID"'),
        "unknown-field": ('{', '{"extra":1,'),
        "duplicate-field": ('"gpu_device":0', '"gpu_device":0,"gpu_device":0'),
        "duplicate-other-value": ('"gpu_device":0', '"gpu_device":1,"gpu_device":0'),
        "duplicate-other-case": ('"gpu_device":0', '"GPU_device":1,"gpu_device":0'),
        "missing-field": ('"model_ref":"",', ''),
        "order": ('"gpu_device":0,"gpu_uuid":"SIM-00000000-0000-0000-0000-000000000000"',
                  '"gpu_uuid":"SIM-00000000-0000-0000-0000-000000000000","gpu_device":0'),
        "null": ('"model_ref":""', '"model_ref":null'),
        "number-as-text": ('"vram_bytes":4097', '"vram_bytes":"4097"'),
        "fraction": ('"vram_bytes":4097', '"vram_bytes":4097.0'),
        "exponent": ('"vram_bytes":4097', '"vram_bytes":4097e0'),
        "minus-zero": ('"gpu_device":0', '"gpu_device":-0'),
        "negative-device": ('"gpu_device":0', '"gpu_device":-1'),
        "large-device": ('"gpu_device":0', '"gpu_device":2147483648'),
        "huge-bytes": ('"vram_bytes":4097', '"vram_bytes":18446744073709551616'),
        "escaped-letter": ('"llama', '"\\u006clama'),
        "escaped-slash": ('"model_ref":""', '"model_ref":"\\/"'),
        "nul": ('"model_ref":""', '"model_ref":"\\u0000"'),
        "newline-in-text": ('"model_ref":""', '"model_ref":"x\\nshard_index=9"'),
        "next-line-in-text": ('"model_ref":""', '"model_ref":"\u0085"'),
        "line-separator": ('"model_ref":""', '"model_ref":"\u2028"'),
        "invalid-utf8": ('"model_ref":""', '"model_ref":"\udcff"'),
        "lone-surrogate": ('"model_ref":""', '"model_ref":"\\ud800"'),
        "empty-id": ('"llama-7b-0"', '""'),
        "long-id": ('"llama-7b-0"', '"' + "x" * 257 + '"'),
        "empty-uuid": ('"SIM-00000000-0000-0000-0000-000000000000"', '""'),
        "empty-kind": ('"simulated"', '""'),
        "long-ref": ('"model_ref":""', '"model_ref":"' + "m" * 513 + '"'),
        "short-digest": ('"digest":"3', '"digest":"'),
        "upper-digest": ('"digest":"31c5', '"digest":"31C5'),
        "prefix-digest": ('"digest":"', '"digest":"sha256:'),
        "empty-digest": (good["digest"], ''),
        "zero-digest": (good["digest"], '0' * 64),
        "other-algorithm": ('fs-verity-sha256-4096', 'sha256'),
        "short-seal": (good["seal"], good["seal"][1:]),
        "long-seal": (good["seal"], good["seal"] + "0"),
        "upper-seal": (good["seal"], good["seal"].upper()),
        "sealed-false": ('"sealed":true', '"sealed":false'),
        "sealed-number": ('"sealed":true', '"sealed":1'),
        "no-time": (good["sealed_at"], ''),
        "zero-time": (good["sealed_at"], '0001-01-01T00:00:00.000000000Z'),
        "early-time": (good["sealed_at"], '1969-12-31T23:59:59.999999999Z'),
        "short-fraction": ('05.000000006Z', '05Z'),
        "comma-fraction": ('05.000000006Z', '05,000000006Z'),
        "offset-time": ('05.000000006Z', '05.000000006+00:00'),
        "leap-second": ('04:05.', '04:60.'),
        "no-such-day": ('2026-01-02', '2026-02-30'),
        "no-generation": (good["generation"], ''),
        "zero-generation": (good["generation"], '0' * 32),
        "upper-generation": (good["generation"], good["generation"].upper()),
        "short-generation": (good["generation"], good["generation"][1:]),
        "index-not-below-total": ('"shard_index":0', '"shard_index":1'),
        "negative-total": ('"total_shards":1', '"total_shards":-1'),
        "unknown-state": ('"state":"sealed"', '"state":"fine"'),
        "empty-state": ('"state":"sealed"', '"state":""'),
    }.items():
        assert old in plain, name
        write(name, malformed, plain.replace(old, new, 1), name.replace("-", " "))
    write("empty", malformed, "", "no data")
    write("null-value", malformed, "null", "JSON, but no object")
    write("array", malformed, "[" + plain + "]", "a handle in an array")
    write("two", malformed, plain + plain, "two objects")
    write("garbage-behind", malformed, plain + "x", "data behind the object")
    write("truncated", malformed, plain[:-1], "the last byte is missing")
    write("byte-order-mark", malformed, "\ufeff" + plain, "a mark in front")
    write("too-long", malformed, plain + " " * (16 << 10), "white space beyond the limit")

    canonical = text(good)
    seal = good["seal"]
    write("plain", ok, canonical, "the smallest", "canonical", seal=seal)
    write("largest", ok, text(everything), "every field at its limit", "canonical", seal=everything["seal"])
    write("equals", ok, text(sealed(model_ref="a=b=c")), "more of the separator", "canonical", seal=sealed(model_ref="a=b=c")["seal"])
    for name, (old, new) in {
        "other-version": ("seal/v1", "seal/v2"),
        "no-last-newline": (good["generation"] + "\n", good["generation"]),
        "extra-newline": (good["generation"] + "\n", good["generation"] + "\n\n"),
        "carriage-return": ("kind=simulated\n", "kind=simulated\r\n"),
        "space": ("kind=simulated\n", "kind =simulated\n"),
        "trailing-space": ("gpu_device=0\n", "gpu_device=0 \n"),
        "leading-zero": ("vram_bytes=4097", "vram_bytes=04097"),
        "plus": ("vram_bytes=4097", "vram_bytes=+4097"),
        "minus-zero": ("gpu_device=0", "gpu_device=-0"),
        "underscore": ("vram_bytes=4097", "vram_bytes=4_097"),
        "hexadecimal": ("vram_bytes=4097", "vram_bytes=0x1001"),
        "missing-line": ("model_ref=\n", ""),
        "repeated-line": ("model_ref=\n", "model_ref=\nmodel_ref=\n"),
        "unknown-line": ("model_ref=\n", "model_ref=\nmodel=\n"),
        "order": ("kind=simulated\nvram_bytes=4097\n", "vram_bytes=4097\nkind=simulated\n"),
        "with-state": (good["generation"] + "\n", good["generation"] + "\nstate=sealed\n"),
        "prefix-digest": ("digest=3", "digest=sha256:3"),
        "short-fraction": ("05.000000006Z", "05.6Z"),
        "nul": ("model_ref=", "model_ref=\0"),
        "no-break": ("model_ref=", "model_ref=\u2029"),
        "invalid-utf8": ("model_ref=", "model_ref=\udcff"),
        "zero-generation": (good["generation"], "0" * 32),
        "too-long": ("model_ref=", "model_ref=" + "m" * 2048),
    }.items():
        assert old in canonical, name
        write(name, malformed, canonical.replace(old, new, 1), name.replace("-", " "), "canonical")
    write("empty", malformed, "", "no data", "canonical")
    write("version-only", malformed, "vram-engine-seal/v1\n", "no fields", "canonical")

    with open("keys.txt", "w") as f:
        f.write("# token, identity, hardware id (or -), fingerprint, seed of heads, seed of attestations\n")
        for token, identity, hardware in [(TOKEN, IDENTITY, ""), (TOKEN, IDENTITY, "machine-1"),
                                          (TOKEN, bytes(32), ""), ("0123456789abcdef", IDENTITY, ""),
                                          ("t" * 4096, b"\xff" * 32, "m")]:
            secret = token.encode()
            print(token, identity.hex(), hardware or "-",
                  hkdf(secret, hardware.encode(), "vram-engine-fingerprint-v1", 8).hex(),
                  hkdf(secret, identity, "vram-engine-head-key-v1", 32).hex(),
                  hkdf(secret, identity, "vram-engine-attestation-key-v1", 32).hex(), file=f)


main()
