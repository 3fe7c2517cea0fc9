"""Tries again what was given up (cargo xtask redrive): every message in the three dead-letter queues of a stack.

The items in the table are the truth and the sweeps find what was missed, so trying again can only be early, never wrong:
- StreamDeadLetters hold where in the stream a record was, not the record: both sweeps run, once for all of them, which
  find the items by their due keys;
- ScheduleDeadLetters name the schedule's target: it runs;
- MailEventDeadLetters hold the mail service's own event: record-delivery gets it again.

A message is deleted when what it asks for has succeeded; one that fails again stays, and its reason is printed.
"""

import argparse
import json
import sys

import boto3
from botocore.config import Config

# A call waits for longer than any function runs, and is not made again meanwhile.
PATIENT = Config(read_timeout=120, retries={"total_max_attempts": 1})
SWEEPS = ("SweepImportsFunction", "SweepMailFunction")


class Stack:
    def __init__(self, name):
        self.name = name
        self.cloudformation = boto3.client("cloudformation")
        self.functions = boto3.client("lambda", config=PATIENT)
        self.queues = boto3.client("sqs")
        self.swept = False

    def resource(self, logical_id):
        found = self.cloudformation.describe_stack_resource(StackName=self.name, LogicalResourceId=logical_id)
        return found["StackResourceDetail"]["PhysicalResourceId"]

    def run(self, function, payload):
        answer = self.functions.invoke(FunctionName=function, Payload=payload)
        if "FunctionError" in answer:
            raise RuntimeError(f"{function}: {json.loads(answer['Payload'].read()).get('errorType', 'failed')}")

    def sweep(self, _message):
        if not self.swept:
            for function in SWEEPS:
                self.run(self.resource(function), b"{}")
        self.swept = True

    def run_target(self, message):
        attributes = message.get("MessageAttributes", {})
        target = attributes.get("TARGET_ARN", {}).get("StringValue")
        if not target:
            raise RuntimeError("the message does not name its schedule's target")
        self.run(target, message["Body"].encode())

    def record_delivery(self, message):
        self.run(self.resource("RecordDeliveryFunction"), message["Body"].encode())

    def redrive(self, queue, again):
        url = self.resource(queue)
        done, failed, seen = 0, 0, set()
        while True:
            # All servers of the queue are asked (waiting makes it so), not a few of them. One at a time, hidden for longer
            # than its functions run; what failed comes back after that, and is tried only once here.
            got = self.queues.receive_message(QueueUrl=url, WaitTimeSeconds=1, VisibilityTimeout=180,
                                              MessageAttributeNames=["All"]).get("Messages", [])
            if not got:
                return done, failed
            message = got[0]
            if message["MessageId"] in seen:
                continue
            seen.add(message["MessageId"])
            try:
                again(message)
            except Exception as error:  # noqa: BLE001
                failed += 1
                print(f"{queue}: {message['MessageId']}: {error}", file=sys.stderr)
            else:
                self.queues.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])
                done += 1


def main():
    parser = argparse.ArgumentParser(prog="cargo xtask redrive")
    parser.add_argument("--stack", default="rollcall-dev")
    stack = Stack(parser.parse_args().stack)
    all_well = True
    for queue, again in (("StreamDeadLetters", stack.sweep), ("ScheduleDeadLetters", stack.run_target),
                         ("MailEventDeadLetters", stack.record_delivery)):
        done, failed = stack.redrive(queue, again)
        print(f"{queue}: {done} done, {failed} failed again")
        all_well = all_well and failed == 0
    sys.exit(0 if all_well else 1)


if __name__ == "__main__":
    main()
