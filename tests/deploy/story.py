"""The main job over a deployed stack: `sam deploy` of the real template with the real programs, then from the Root
Master's first sign-in to registered, expired and bounced people.

`cargo xtask deploy-test` starts the emulator, runs `sam build` and calls this:

    story.py --endpoint URL --emulator PID --log FILE --sam PROGRAM --rollcall PROGRAM --root FOLDER --build FOLDER
        --dist FOLDER

Whatever is done here, an operator or a client could do to a real deployment with the same calls; the two exceptions
are marked "in place of waiting". It prints one line per fact and `test result:` at the end.
"""

import argparse
import base64
import hashlib
import hmac
import json
import os
import platform
import re
import signal
import struct
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.parse
import urllib.request
from datetime import datetime, timedelta, timezone
from pathlib import Path

import boto3

STACK = "rollcall-dev"
SENDER_IDENTITY = "example.com"
PASSWORD = "correct horse battery staple"
# People of the import whose runner is killed.
CROWD = 400
# More mails than the sandbox takes at once.
SANDBOXED = ("one", "two", "three", "four")


class Story:
    def __init__(self, options):
        self.options = options
        self.started = time.monotonic()
        self.passed = self.failed = 0
        self.api = ""
        self.table = ""
        self.key = ""

    # Saying

    def say(self, line):
        print(f"[{time.monotonic() - self.started:6.1f} s] {line}", flush=True)

    def check(self, what, holds, seen=""):
        if holds:
            self.passed += 1
            self.say(f"ok      {what}")
        else:
            self.failed += 1
            self.say(f"FAILED  {what}: {seen}")

    def chapter(self, work):
        """A part that breaks off counts as one failure; the next one is tried all the same."""
        self.say(f"-- {work.__doc__}")
        try:
            work()
        except Exception as error:  # noqa: BLE001
            self.check(work.__doc__, False, f"{type(error).__name__}: {error}")

    def eventually(self, ask, seconds, pause=0.5):
        """The first true answer, or the last one."""
        end = time.monotonic() + seconds
        while True:
            answer = ask()
            if answer or time.monotonic() > end:
                return answer
            time.sleep(pause)

    # Calling

    def aws(self, service):
        return boto3.client(service)

    def request(self, method, path, body=None, media_type="application/json", key=None, cookie=None, headers=()):
        data = body if body is None or isinstance(body, bytes) else json.dumps(body).encode()
        request = urllib.request.Request(self.api + path, data=data, method=method)
        if data is not None:
            request.add_header("Content-Type", media_type)
        if key:
            request.add_header("Authorization", f"Bearer {key}")
        if cookie:
            request.add_header("Cookie", cookie)
        for name, value in headers:
            request.add_header(name, value)
        try:
            with urllib.request.urlopen(request, timeout=60) as response:
                return Answer(response.status, response.headers, response.read())
        except urllib.error.HTTPError as error:
            return Answer(error.code, error.headers, error.read())

    def get(self, path):
        return self.request("GET", path, key=self.key)

    def post(self, path, body=None, **more):
        return self.request("POST", path, {} if body is None else body, key=self.key, **more)

    def user(self, email):
        found = self.get(f"/v1/users?q={urllib.parse.quote(email)}").json.get("items", [])
        return next((user for user in found if user["email"] == email), None)

    def mails(self, to):
        with urllib.request.urlopen(f"{self.options.endpoint}/_ministack/ses/messages") as response:
            accounts = json.load(response)["messages"].values()
        return [mail for mails in accounts for mail in mails if to in mail["To"]]

    def invitation(self, to, seconds=100):
        """The path of the link in the newest mail to somebody, waited for."""
        mails = self.eventually(lambda: self.mails(to), seconds)
        if not mails:
            raise AssertionError(f"no mail came to {to}")
        return "/v1" + re.search(r"https://[^/\s]+(/invitations/[A-Za-z0-9._-]+)", mails[-1]["BodyText"]).group(1)

    def sam_deploy(self, parameters, template=None, stack=STACK):
        """`sam deploy` as samconfig.toml has it, of what was built or of a template that is packaged already."""
        options = self.options
        template = template or Path(options.build) / "template.yaml"
        call = [options.sam, "deploy", "--config-file", str(Path(options.root) / "samconfig.toml")]
        call += ["--template-file", str(template), "--stack-name", stack]
        call += ["--no-progressbar", "--region", os.environ["AWS_DEFAULT_REGION"]]
        call += ["--parameter-overrides", *(f"{name}={value}" for name, value in parameters.items())]
        done = subprocess.run(call, cwd=options.root, stdin=subprocess.DEVNULL, capture_output=True, text=True)
        return done.returncode, done.stdout + done.stderr

    # The chapters

    def refuses_without_a_parameter(self):
        """A missing parameter stops the deployment before anything is made"""
        parameters = {key: value for key, value in PARAMETERS.items() if key != "PublicUrl"}
        code, said = self.sam_deploy(parameters, self.packaged(), "half")
        self.check("sam deploy fails", code != 0, said[-2000:])
        self.check("and names the parameter", "PublicUrl" in said, said[-2000:])
        stacks = self.aws("cloudformation").describe_stacks()["Stacks"]
        made = [stack for stack in stacks if stack["StackName"] == "half"]
        left = [stack for stack in made if stack["StackStatus"] not in ("REVIEW_IN_PROGRESS", "DELETE_COMPLETE")]
        self.check("nothing was made", not left, left)

    def deploys(self):
        """sam deploy of infra/template.yaml"""
        before = time.monotonic()
        code, said = self.sam_deploy(PARAMETERS)
        outputs = said.rpartition("CloudFormation outputs")
        print((outputs[1] + outputs[2]).strip(), flush=True)
        self.check("sam deploy succeeds", code == 0, said[-4000:])
        self.say(f"sam deploy took {time.monotonic() - before:.0f} s")
        self.find_stack()
        functions = self.aws("lambda").get_paginator("list_functions").paginate()
        names = [function["FunctionName"] for page in functions for function in page["Functions"]]
        wanted = len([folder for folder in (Path(self.options.root) / "functions").iterdir() if folder.is_dir()])
        self.check(f"all {wanted} functions are there", len(names) == wanted, len(names))

    def packaged(self):
        """The template as it was deployed: what it names is in the bucket already."""
        body = self.aws("cloudformation").get_template(StackName=STACK, TemplateStage="Original")["TemplateBody"]
        file = Path(self.options.build) / "packaged.yaml"
        file.write_text(body if isinstance(body, str) else json.dumps(body))
        return file

    def find_stack(self):
        stack = self.aws("cloudformation").describe_stacks(StackName=STACK)["Stacks"][0]
        outputs = {output["OutputKey"]: output["OutputValue"] for output in stack["Outputs"]}
        self.table = outputs["TableName"]
        api, stage = re.match(r"https://([^.]+)\.execute-api\.[^/]+/(.+)", outputs["ApiUrl"]).groups()
        self.api = f"{self.options.endpoint}/restapis/{api}/{stage}/_user_request_"
        self.edge = outputs["ConsoleUrl"].removeprefix("https://")

    def through_edge(self, method, path, headers=(), body=None):
        """By way of the distribution, as a browser would."""
        request = urllib.request.Request(self.options.endpoint + path, data=body, method=method)
        for name, value in (("Host", self.edge), ("X-Forwarded-Proto", "https"), *headers):
            request.add_header(name, value)
        try:
            with urllib.request.urlopen(request, timeout=60) as response:
                return Answer(response.status, response.headers, response.read())
        except urllib.error.HTTPError as error:
            return Answer(error.code, error.headers, error.read())

    def operate(self, script, *arguments):
        """A command of an operator, as xtask calls it."""
        program = Path(self.options.root) / "infra" / script
        call = [str(Path(self.options.sam).with_name("python")), str(program), "--stack", STACK, *arguments]
        return subprocess.run(call, stdin=subprocess.DEVNULL, capture_output=True, text=True)

    def resource(self, logical_id):
        found = self.aws("cloudformation").describe_stack_resource(StackName=STACK, LogicalResourceId=logical_id)
        return found["StackResourceDetail"]["PhysicalResourceId"]

    def bootstraps(self):
        """rollcall bootstrap makes the Root Master, who signs in"""
        call = [self.options.rollcall, "bootstrap", "--table", self.table, "--email", "root@example.com"]
        call += ["--first-name", "Robin", "--last-name", "Root"]
        done = subprocess.run(call, capture_output=True, text=True, stdin=subprocess.DEVNULL)
        self.check("the command succeeds", done.returncode == 0, done.stderr)
        told = dict(re.findall(r"^\s+(email|password|TOTP|API key)\s+(\S+)$", done.stdout, re.MULTILINE))
        self.key = told["API key"]
        again = subprocess.run(call, capture_output=True, text=True, stdin=subprocess.DEVNULL)
        self.check("a second time it refuses", again.returncode != 0 and "already" in again.stderr, again.stderr)

        wrong = self.request("POST", "/v1/sessions", {"email": told["email"], "password": "not this one"})
        self.check("a wrong password is refused", (wrong.status, wrong.code) == (401, "credentials_not_valid"), wrong)
        first = self.request("POST", "/v1/sessions", {"email": told["email"], "password": told["password"]})
        self.check("the right one asks for the code", first.json.get("next") == "verify_mfa", first)
        code = totp(told["TOTP"])
        done = self.request("POST", "/v1/sessions/mfa", {"code": code}, cookie=first.session())
        self.check("the code signs in", done.status == 200 and done.json.get("next") is None, done)
        me = self.request("GET", "/v1/me", cookie=done.session())
        self.check("the session is theirs", me.json.get("user", {}).get("email") == told["email"], me)
        nobody = self.request("GET", "/v1/me")
        self.check("nobody else's", (nobody.status, nobody.code) == (401, "not_authenticated"), nobody)

    def refuses_an_unverified_sender(self):
        """With an unverified sender no mail goes out, and none is lost"""
        made = self.post("/v1/users", {"kind": "technician", "first_name": "Una", "last_name": "Verified",
                                       "email": "una@example.org", "invite": True})
        self.check("the user is made", made.status == 201, made)
        tried = self.eventually(lambda: self.tried("una@example.org"), 20)
        self.check("it was tried", bool(tried), "its mail is not in the outbox, or was never claimed")
        user = self.user("una@example.org")
        self.check("and is still queued", user["invitation"]["delivery"] == "queued", user["invitation"])
        self.check("its time has not begun", user["invitation"]["expires_at"] is None, user["invitation"])
        self.aws("sesv2").create_email_identity(EmailIdentity=SENDER_IDENTITY)

    def sends_what_waited(self):
        """Once the sender is verified, what waited is sent"""
        self.invitation("una@example.org", seconds=200)
        sent = self.eventually(lambda: (self.user("una@example.org") or {}).get("invitation", {}).get("sent_at"), 20)
        self.check("the mail went out and its time began", bool(sent), self.user("una@example.org"))
        for email in self.waiting:
            self.invitation(email, seconds=200)
            self.check("who waited for the sandbox's end was sent one mail", len(self.mails(email)) == 1, email)

    def waits_in_the_sandbox(self):
        """In the sandbox mail goes to verified addresses, one a second; what is for others, and what is more, waits"""
        ses = self.aws("sesv2")
        account = {"MailType": "TRANSACTIONAL", "WebsiteURL": "https://rollcall.example.com"}
        ses.put_account_details(ProductionAccessEnabled=False, **account)
        self.waiting = ["wes@example.org", *(f"success+{name}@simulator.amazonses.com" for name in SANDBOXED)]
        for number, email in enumerate(self.waiting):
            made = self.post("/v1/users", {"kind": "technician", "first_name": "Wes", "last_name": word(number),
                                           "email": email, "invite": True})
            self.check("a user is made", made.status == 201, made)
        stranger, others = self.waiting[0], self.waiting[1:]
        tried = self.eventually(lambda: self.tried(stranger), 20)
        self.check("the mail to a stranger was tried", bool(tried), "it is not in the outbox, or was never claimed")
        user = self.user(stranger)
        state = (user["invitation"]["delivery"], user["invitation"]["expires_at"])
        self.check("it is kept, and its time has not begun", state == ("queued", None), user["invitation"])
        sent = self.eventually(lambda: [email for email in others if self.mails(email)], 20)
        self.check("who is verified gets mail", bool(sent), sent)
        throttled = self.eventually(lambda: [email for email in others if self.tried(email)], 20)
        self.check("what is too much at once is kept", bool(throttled), throttled)
        ses.put_account_details(ProductionAccessEnabled=True, **account)

    def imports(self):
        """An import, from the sheet to everybody's mail, driven by the stream"""
        sheet = ("First Name\tLast Name\tEmail\nAna\tDiaz\tana@example.org\nBea\tLi\tbea@example.org\n"
                 "Cyd\tKaya\tbounce+cyd@simulator.amazonses.com\n")
        kind = "text/tab-separated-values"
        dry = self.post("/v1/imports?profile=technician&dry_run=true", sheet.encode(), media_type=kind)
        self.check("a dry run accepts it", dry.json.get("report", {}).get("verdict") == "accepted", dry)
        bad = self.post("/v1/imports?profile=technician", sheet.replace("ana@", "ana").encode(), media_type=kind)
        self.check("one bad cell refuses all", (bad.status, bad.code) == (422, "import_refused"), bad)
        import_key = [("Idempotency-Key", "deploy-test")]
        begun = self.post("/v1/imports?profile=technician", sheet.encode(), media_type=kind, headers=import_key)
        self.check("it is taken", begun.status == 202, begun)
        again = self.post("/v1/imports?profile=technician", sheet.encode(), media_type=kind, headers=import_key)
        self.check("repeated, it is the same import", again.json.get("id") == begun.json["id"], again)
        done = self.finished(begun.json["id"], 40)
        self.check("the stream ran it to its end", done["status"] == "finished", done)
        counts = {"rows": 3, "imported": 3, "skipped": 0, "failed": 0}
        self.check("three were imported", counts.items() <= done["counts"].items(), done["counts"])
        for email in ("ana@example.org", "bea@example.org", "bounce+cyd@simulator.amazonses.com"):
            self.invitation(email)
            self.check(f"{email} was sent one mail", len(self.mails(email)) == 1, len(self.mails(email)))

    def finished(self, identifier, seconds):
        over = ("finished", "rejected", "cancelled")

        def ask():
            read = self.get(f"/v1/imports/{identifier}").json
            return read if read.get("status") in over else None

        return self.eventually(ask, seconds) or self.get(f"/v1/imports/{identifier}").json

    def hosts_the_console(self):
        """The console and the API under one origin, by way of the distribution"""
        done = self.operate("console.py", "--dist", self.options.dist)
        self.check("the pages are put in place", done.returncode == 0, done.stderr)
        page = self.through_edge("GET", "/")
        policy = page.headers.get("Content-Security-Policy", "")
        self.check("the console is there", page.status == 200 and b"<html" in page.body, page)
        self.check("with its policy", "frame-ancestors 'none'" in policy and "unsafe-inline" not in policy, policy)
        self.check("by HTTPS only", "max-age=63072000" in page.headers.get("Strict-Transport-Security", ""), page.headers)
        view = self.through_edge("GET", "/users/u_1")
        self.check("its views are the same page", view.body == page.body, view)
        link = self.through_edge("GET", "/invitations/a.b")
        kept = (link.headers.get("Referrer-Policy"), link.headers.get("Cache-Control"))
        self.check("a mailed link's page tells nobody", kept == ("no-referrer", "no-store"), (kept, link))
        self.check("and is another page", link.status == 200 and link.body != page.body, link)
        asset = "/" + re.search(rb'src="/?(assets/[^"]+)"', page.body).group(1).decode()
        part = self.through_edge("GET", asset)
        self.check("parts are kept for ever", "immutable" in part.headers.get("Cache-Control", ""), part.headers)
        # 404 where S3 heeds the permission to list, which ministack does not.
        missing = self.through_edge("GET", "/assets/none.js")
        self.check("a part that is missing is missing", missing.status in (403, 404), missing)
        local = self.through_edge("GET", "/outbox.html")
        self.check("the page of local mails is not there", local.status in (403, 404), local)
        nobody = self.through_edge("GET", "/v1/me")
        self.check("the API answers there", (nobody.status, nobody.code) == (401, "not_authenticated"), nobody)
        for origin, expected in (("https://rollcall.example.com", 401), ("https://elsewhere.example", 403)):
            headers = (("Origin", origin), ("Cookie", "__Host-session=none"))
            kept = self.through_edge("POST", "/v1/sessions/current/keep", headers, b"")
            self.check(f"a request from {origin} is answered {expected}", kept.status == expected, kept)

    def redrives(self):
        """What was given up is tried again by one command"""
        user = self.user("una@example.org")
        item = self.user_item(user["id"])["invitation"]["M"]
        tags = {"user": [user["id"]], "invitation": [item["id"]["S"]], "generation": [item["generation"]["N"]]}
        event = {"source": "aws.ses", "detail-type": "Email Complaint Received",
                 "detail": {"mail": {"tags": tags}, "complaint": {"timestamp": stamp(now())}}}
        sqs = self.aws("sqs")
        sqs.send_message(QueueUrl=self.resource("MailEventDeadLetters"), MessageBody=json.dumps(event))
        sqs.send_message(QueueUrl=self.resource("StreamDeadLetters"), MessageBody="{}")
        done = self.operate("redrive.py")
        self.check("the command succeeds", done.returncode == 0, done.stderr)
        self.say(done.stdout.strip().replace("\n", "; "))
        user = self.user("una@example.org")
        self.check("the event was recorded", user["invitation"]["delivery"] == "complained", user["invitation"])

    def accepts(self):
        """Ana accepts: password, phone, second factor, registered"""
        path = self.invitation("ana@example.org")
        for _ in range(3):
            link = self.request("GET", path)
        self.check("looking at the link does not use it", link.json.get("state") == "open", link)
        begun = self.request("POST", path + "/accept", {"password": PASSWORD, "phone": "+49 1511 2345678"})
        self.check("a second factor is asked for", begun.json.get("next") == "enrol_mfa", begun)
        done = self.request("POST", path + "/verify", {"code": totp(begun.json["totp_secret"])})
        self.check("its code completes", done.status == 200 and done.json.get("next") is None, done)
        me = self.request("GET", "/v1/me", cookie=done.session())
        self.check("Ana is signed in", me.json.get("user", {}).get("email") == "ana@example.org", me)
        user = self.user("ana@example.org")
        state = (user["status"], user["mfa"], user["invitation"]["status"])
        self.check("and registered", state == ("active", "enrolled", "registered"), state)
        used = self.request("GET", path)
        self.check("the link says that it was used", used.json.get("state") == "used", used)

    def bounces(self):
        """Cyd's mail bounces, by way of the configuration set's destination and the rule on the event bus"""
        state = lambda: (self.user("bounce+cyd@simulator.amazonses.com") or {}).get("invitation", {}).get("delivery")  # noqa: E731
        self.eventually(lambda: state() == "bounced", 40)
        self.check("record-delivery recorded the bounce", state() == "bounced", state())
        others = self.eventually(lambda: self.user("bea@example.org")["invitation"]["delivery"] == "delivered", 30)
        self.check("and Bea's delivery", bool(others), self.user("bea@example.org")["invitation"])

    def suppresses(self):
        """Sid's address is on the stop list: it is said, a resent mail does not arrive either, another address does"""
        made = self.post("/v1/users", {"kind": "technician", "first_name": "Sid", "last_name": "Stop",
                                       "email": "suppressionlist+sid@simulator.amazonses.com", "invite": True})
        self.check("the user is made", made.status == 201, made)
        path = f"/v1/users/{made.json['id']}"

        def seen(generation, delivery):
            invitation = self.get(path).json["invitation"]
            return (invitation["generation"], invitation["delivery"]) == (generation, delivery)

        self.check("it is shown as suppressed", self.eventually(lambda: seen(1, "suppressed"), 40), self.get(path))
        resent = self.post(path + "/resend-invitation")
        self.check("it may be resent", resent.status == 200, resent)
        self.check("and is suppressed again", self.eventually(lambda: seen(2, "suppressed"), 40), self.get(path))
        match = [("If-Match", self.get(path).headers["ETag"])]
        moved = self.request("PATCH", path, {"email": "sid@example.org"}, key=self.key, headers=match)
        self.check("the address is corrected", moved.status == 200, moved)
        self.check("and the mail arrives", self.eventually(lambda: seen(3, "delivered"), 40), self.get(path))

    def expires(self):
        """Bea does not answer: the schedule expires the invitation, started twice at once it does so once"""
        path = self.invitation("bea@example.org")
        bea = self.user("bea@example.org")
        before = bea["invitation"]["expires_at"]
        self.check("it is good for 24 hours", 23.9 < (moment(before) - now()).total_seconds() / 3600 <= 24, before)
        self.make_overdue(bea["id"])
        link = self.request("GET", path)
        self.check("the link says at once that it expired", link.json.get("state") == "expired", link)
        # In place of waiting: the schedule's five minutes become one.
        scheduler = self.aws("scheduler")
        name = f"rollcall-{PARAMETERS['Stage']}-expire-invitations"
        schedule = scheduler.get_schedule(Name=name)
        fields = ("Name", "Target", "FlexibleTimeWindow")
        scheduler.update_schedule(ScheduleExpression="rate(1 minute)", **{field: schedule[field] for field in fields})
        expired = self.eventually(lambda: self.user("bea@example.org")["invitation"]["status"] == "expired", 90)
        self.check("the schedule made it a state", bool(expired), self.user("bea@example.org")["invitation"])

        una = self.user("una@example.org")
        if una["invitation"]["sent_at"]:
            self.make_overdue(una["id"])
            function = self.resource("ExpireInvitationsFunction")
            client = self.aws("lambda")
            run = lambda: client.invoke(FunctionName=function, Payload=b"{}")  # noqa: E731
            both = [threading.Thread(target=run) for _ in range(2)]
            [thread.start() for thread in both]
            [thread.join() for thread in both]
        for user in (bea, una):
            events = self.get(f"/v1/users/{user['id']}/audit-events").json.get("items", [])
            expiries = [event for event in events if event["action"] == "invitation.expired"]
            self.check(f"{user['first_name']}'s trail has it once", len(expiries) == 1, events)

    def make_overdue(self, user_id):
        """In place of waiting 24 hours: the end of an invitation is moved into the past."""
        dynamodb = self.aws("dynamodb")
        key = {"pk": {"S": f"USER#{user_id}"}, "sk": {"S": "USER"}}
        invitation = self.user_item(user_id)["invitation"]["M"]
        end = stamp(now() - timedelta(seconds=1))
        dynamodb.update_item(TableName=self.table, Key=key, UpdateExpression="SET invitation.expires_at = :end",
                             ExpressionAttributeValues={":end": {"S": end}})
        locator = {"pk": {"S": f"INVITATION#{invitation['id']['S']}"}, "sk": {"S": "LOCATOR"}}
        dynamodb.update_item(TableName=self.table, Key=locator, UpdateExpression="SET due_at = :end",
                             ExpressionAttributeValues={":end": {"S": end}})

    def kills_a_runner(self):
        """A function is killed in the middle of a slice"""
        people = [{"first_name": "Person", "last_name": word(number), "email": f"p{number}@crowd.example.org"}
                  for number in range(CROWD)]
        begun = self.post("/v1/imports?profile=technician", {"rows": people})
        self.check("a larger import is taken", begun.status == 202, begun)
        self.crowd = begun.json["id"]
        # It has begun when it has a guard for a name, and it is far from its end then.
        guard = {"pk": {"S": "LOGIN#p0@crowd.example.org"}, "sk": {"S": "GUARD"}}
        table = self.aws("dynamodb")
        reserved = lambda: table.get_item(TableName=self.table, Key=guard, ConsistentRead=True).get("Item")  # noqa: E731
        self.eventually(reserved, 20, pause=0.02)
        killed = self.kill_running(self.resource("RunImportFunction"))
        self.check("run-import was killed", bool(killed), "it was not running")
        state = self.get(f"/v1/imports/{self.crowd}").json
        self.check("before its end", state["status"] == "running", state)
        seen = self.get("/v1/users?q=crowd").json.get("items", [])
        self.check("of a half-done import nobody is seen", not seen, len(seen))

    def kill_running(self, name):
        """Ends a function's processes as Lambda would, at once: those that this test's own emulator has started."""
        parents, named = {}, []
        for process in Path("/proc").glob("[0-9]*"):
            try:
                parents[int(process.name)] = int((process / "stat").read_text().rpartition(")")[2].split()[1])
                if f"AWS_LAMBDA_FUNCTION_NAME={name}\0".encode() in (process / "environ").read_bytes():
                    named.append(int(process.name))
            except (OSError, ValueError, IndexError):
                continue
        killed = [process for process in named if self.options.emulator in ancestors(process, parents)]
        for process in killed:
            os.kill(process, signal.SIGKILL)
        return killed

    def recovers(self):
        """The import whose runner was killed is whole in the end"""
        done = self.finished(self.crowd, 240)
        self.check("it was carried on", done["status"] == "finished", done)
        seen = self.get("/v1/users?q=crowd&limit=100").json.get("items", [])
        self.check("and is seen", len(seen) == 100, len(seen))
        self.check(f"all {CROWD} are there", done["counts"]["imported"] == CROWD, done["counts"])

    def deploys_again(self):
        """Deploying twice changes nothing"""
        code, said = self.sam_deploy(PARAMETERS)
        self.check("sam deploy succeeds", code == 0, said[-2000:])
        self.check("and says that there is nothing to do", "No changes to deploy" in said, said[-2000:])

    def upgrades(self):
        """An upgrade with data in the table keeps it"""
        table, api = self.table, self.api
        before = {user["id"]: user["version"] for user in self.get("/v1/users?limit=100").json["items"]}
        code, said = self.sam_deploy({**PARAMETERS, "LogLevel": "warn", "LogRetentionDays": "7"}, self.packaged())
        self.check("sam deploy succeeds", code == 0, said[-2000:])
        self.find_stack()
        self.check("it is the same table and API", (self.table, self.api) == (table, api), (self.table, self.api))
        after = {user["id"]: user["version"] for user in self.get("/v1/users?limit=100").json["items"]}
        self.check(f"the same {len(before)} people answer", before == after, len(after))
        functions = self.aws("lambda")
        given = functions.get_function_configuration(FunctionName=self.resource("GetMeFunction"))
        level = given["Environment"]["Variables"]["ROLLCALL_LOG"]
        self.check("functions have the new parameter", level == "warn", level)
        made = self.post("/v1/users", {"kind": "technician", "first_name": "Dee", "last_name": "After",
                                       "email": "dee@example.org", "invite": True})
        self.check("new people are made", made.status == 201, made)
        self.check("and mailed", bool(self.invitation("dee@example.org", 40)))

    def leaves_nothing(self):
        """What was given up, and what was logged"""
        sqs = self.aws("sqs")
        for queue in ("StreamDeadLetters", "ScheduleDeadLetters", "MailEventDeadLetters"):
            name = "ApproximateNumberOfMessages"
            found = sqs.get_queue_attributes(QueueUrl=self.resource(queue), AttributeNames=[name])["Attributes"][name]
            self.check(f"{queue} is empty", found == "0", found)
        logs = "\n".join(self.function_logs())
        self.check("functions wrote logs", '"operation":"start-import"' in logs, logs[:400])
        told = [name for name in ("example.org", "simulator.amazonses.com", "Diaz", "Kaya", PASSWORD) if name in logs]
        # The route's template may be there, "/v1/invitations/{token}".
        told += re.findall(r"/(?:invitations|password-resets|email-changes)/[^{\"]+", logs)
        self.check("no address, name, password or link is in them", not told, told)
        by_request = {}
        for line in logs.splitlines():
            correlation = re.search(r'"correlation":"([^"]+)"', line)
            if correlation:
                by_request.setdefault(correlation[1], []).append(line)
        wanted = ('"operation":"start-import"', "ran a slice", "worked off a message", "the mail service reported")
        chains = [lines for lines in by_request.values() if all(any(word in line for line in lines) for word in wanted)]
        self.check("one identifier leads from an import's request over its slices and mails to the mail service's events",
                   bool(chains), {name: len(lines) for name, lines in by_request.items()})
        self.check("being throttled is no error", '"outcome":"Throttled"' in logs, "no mail was")
        counted = set(re.findall(r'"Name":"(\w+)"', logs))
        expected = {"ImportsStarted", "ImportsFinished", "UsersImported", "MailsSent", "InvitationsRegistered",
                    "InvitationsExpired", "InvitationsBounced", "InvitationsDelivered"}
        self.check("they count what the dashboard shows", expected <= counted, counted)

    # Looking

    def item(self, pk):
        key = {"pk": {"S": pk}, "sk": {"S": "MAIL"}}
        return self.aws("dynamodb").get_item(TableName=self.table, Key=key).get("Item")

    def user_item(self, user_id):
        key = {"pk": {"S": f"USER#{user_id}"}, "sk": {"S": "USER"}}
        return self.aws("dynamodb").get_item(TableName=self.table, Key=key, ConsistentRead=True)["Item"]

    def tried(self, email):
        invitation = self.user_item(self.user(email)["id"])["invitation"]["M"]
        mail = self.item(f"MAIL#{invitation['id']['S']}#{invitation['generation']['N']}")
        return mail if mail and mail.get("attempts", {"N": "0"})["N"] != "0" else None

    def function_logs(self):
        logs = self.aws("logs")
        lines = []
        for group in logs.describe_log_groups()["logGroups"]:
            for page in logs.get_paginator("filter_log_events").paginate(logGroupName=group["logGroupName"]):
                lines += [event["message"] for event in page["events"]]
        return lines


class Answer:
    def __init__(self, status, headers, body):
        self.status, self.headers, self.body = status, headers, body
        try:
            self.json = json.loads(body)
        except ValueError:
            self.json = {}
        self.code = self.json.get("code", "") if isinstance(self.json, dict) else ""

    def __repr__(self):
        return f"{self.status} {self.body[:600]!r}"

    def session(self):
        cookies = self.headers.get_all("Set-Cookie") or []
        return next((cookie.split(";")[0] for cookie in cookies if cookie.startswith("__Host-session=")), None)


def ancestors(process, parents):
    while process in parents:
        process = parents[process]
        yield process


def totp(secret):
    key = base64.b32decode(secret + "=" * (-len(secret) % 8))
    mac = hmac.new(key, struct.pack(">Q", int(time.time()) // 30), hashlib.sha1).digest()
    at = mac[-1] & 15
    return f"{(struct.unpack('>I', mac[at:at + 4])[0] & 0x7FFFFFFF) % 1_000_000:06}"


def word(number):
    """A name of letters only."""
    return "".join(chr(ord("a") + int(digit)) for digit in f"{number:04}").capitalize()


def now():
    return datetime.now(timezone.utc)


def moment(text):
    return datetime.fromisoformat(text.replace("Z", "+00:00"))


def stamp(at):
    return at.strftime("%Y-%m-%dT%H:%M:%S.") + f"{at.microsecond // 1000:03}Z"


PARAMETERS = {
    "Stage": "dev",
    "PublicUrl": "https://rollcall.example.com",
    "Sender": '"Rollcall <no-reply@example.com>"',
    "SenderIdentity": SENDER_IDENTITY,
    "AlarmAddress": "operations@example.com",
    "Architecture": platform.machine().replace("aarch64", "arm64"),
}


def main():
    parser = argparse.ArgumentParser()
    for name in ("endpoint", "sam", "rollcall", "root", "build", "dist", "log"):
        parser.add_argument(f"--{name}", required=True)
    parser.add_argument("--emulator", type=int, required=True, help="its process id")
    story = Story(parser.parse_args())
    for work in (story.deploys, story.refuses_without_a_parameter, story.bootstraps,
                 story.refuses_an_unverified_sender, story.waits_in_the_sandbox, story.imports, story.kills_a_runner,
                 story.accepts, story.bounces, story.suppresses, story.hosts_the_console, story.sends_what_waited,
                 story.expires, story.redrives, story.deploys_again, story.recovers, story.upgrades, story.leaves_nothing):
        story.chapter(work)
    print(f"{story.passed} passed, {story.failed} failed")
    print(f"test result: deploy: {story.passed} passed; {story.failed} failed")
    sys.exit(0 if story.failed == 0 else 1)


if __name__ == "__main__":
    main()
