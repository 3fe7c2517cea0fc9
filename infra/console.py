"""Puts the built pages (web/dist) where CloudFront finds them (cargo xtask console).

First what is named after its content and may be kept for ever, then the pages that name it, so that nobody meets a page
whose parts are not there yet. Parts of earlier versions stay for a week, for who has a page open.
"""

import argparse
import time
from datetime import datetime, timedelta, timezone
from pathlib import Path

import boto3

TYPES = {
    ".html": "text/html; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".json": "application/json",
    ".wasm": "application/wasm",
    ".svg": "image/svg+xml",
    ".png": "image/png",
    ".ico": "image/x-icon",
    ".woff2": "font/woff2",
    ".txt": "text/plain; charset=utf-8",
}
# The dev server's page of mails: deployed there is nothing behind it.
LOCAL_ONLY = {"outbox.html"}
OLD = timedelta(days=7)


def is_part(name):
    return name.startswith("assets/")


def kept(name):
    if is_part(name):
        return "public, max-age=31536000, immutable"
    # Behind this page stands a token in the path.
    return "no-store" if name == "accept.html" else "no-cache"


def main():
    parser = argparse.ArgumentParser(prog="cargo xtask console")
    parser.add_argument("--stack", default="rollcall-dev")
    parser.add_argument("--dist", type=Path, required=True)
    options = parser.parse_args()
    stack = boto3.client("cloudformation").describe_stacks(StackName=options.stack)["Stacks"][0]
    outputs = {output["OutputKey"]: output["OutputValue"] for output in stack["Outputs"]}
    bucket, s3 = outputs["ConsoleBucketName"], boto3.client("s3")
    names = [file.relative_to(options.dist).as_posix() for file in options.dist.rglob("*") if file.is_file()]
    names = sorted((name for name in names if name not in LOCAL_ONLY), key=lambda name: (not is_part(name), name))
    for name in names:
        file = options.dist / name
        media_type = TYPES.get(file.suffix, "application/octet-stream")
        s3.put_object(Bucket=bucket, Key=name, Body=file.read_bytes(), ContentType=media_type, CacheControl=kept(name))
    before = datetime.now(timezone.utc) - OLD
    pages = s3.get_paginator("list_objects_v2").paginate(Bucket=bucket)
    there = [item for page in pages for item in page.get("Contents", [])]
    gone = [item["Key"] for item in there if item["Key"] not in names and item["LastModified"] < before]
    for name in gone:
        s3.delete_object(Bucket=bucket, Key=name)
    paths = ["/index.html", "/accept.html", "/icon.svg"]
    batch = {"Paths": {"Quantity": len(paths), "Items": paths}, "CallerReference": str(time.time_ns())}
    boto3.client("cloudfront").create_invalidation(DistributionId=outputs["ConsoleDistribution"], InvalidationBatch=batch)
    print(f"{len(names)} files are at {outputs['ConsoleUrl']}, {len(gone)} old ones are gone")


if __name__ == "__main__":
    main()
