"""ministack, and four things that Rollcall needs and ministack 1.5.33 lacks.

A secret that a template has generated contains punctuation although ExcludePunctuation says no. A distribution does not
find an API Gateway of the same emulator (and rightly does not ask the real one).

ministack takes a configuration set's EventBridge destination, and never sends anything there. Here every mail that was
accepted with a configuration set is reported to that set's enabled destinations, by what the mailbox simulator's
addresses stand for (bounce@, complaint@, suppressionlist@simulator.amazonses.com; everything else is delivered), with
the mail's own tags, as events of AWS's shape:
https://docs.aws.amazon.com/ses/latest/dg/monitoring-using-event-bridge.html

Its sandbox refuses recipients that are not verified, and has no rate: here it is one mail a second and 200 a day.
https://docs.aws.amazon.com/ses/latest/dg/request-production-access.html

hypercorn runs `emulator:app`. Nothing here knows of Rollcall.
"""

import contextvars
import http.client
import json
import os
import re
import string
import threading
import time
from datetime import datetime, timezone

from ministack.app import app  # noqa: F401  (what hypercorn serves)
from ministack.services import cloudfront, eventbridge, ses, ses_v2
from ministack.services.cloudformation import provisioners

# Not before the sender has heard that its mail was accepted.
DELAY_SECONDS = 1.0

KINDS = {
    "Delivery": ("DELIVERY", "Email Delivered"),
    "Bounce": ("BOUNCE", "Email Bounced"),
    "Complaint": ("COMPLAINT", "Email Complaint Received"),
}

SANDBOX = {"Max24HourSend": 200.0, "MaxSendRate": 1.0}

accept = ses_v2.handle_request
last_accepted = float("-inf")


async def handle_request(method, path, headers, body, query_params):
    global last_accepted
    sending = method == "POST" and path.rstrip("/").endswith("/outbound-emails")
    sandbox = not ses._production_access_enabled()
    if sending and sandbox and time.monotonic() - last_accepted < 1 / SANDBOX["MaxSendRate"]:
        return ses_v2._json_err("TooManyRequestsException", "Maximum sending rate exceeded.", 429)
    answer = await accept(method, path, headers, body, query_params)
    if sandbox and method == "GET" and path.rstrip("/").endswith("/email/account"):
        account = json.loads(answer[2])
        account["SendQuota"].update(SANDBOX)
        return ses_v2.json_response(account)
    if sending and answer[0] == 200:
        last_accepted = time.monotonic()
        mail = json.loads(body)
        if mail.get("ConfigurationSetName"):
            context = contextvars.copy_context()
            report = (context.run, publish, mail, json.loads(answer[2])["MessageId"])
            threading.Timer(DELAY_SECONDS, report[0], report[1:]).start()
    return answer


def publish(mail, message_id):
    name = mail["ConfigurationSetName"]
    destinations = (ses_v2._config_sets.get(name) or {}).get("EventDestinations") or {}
    tags = {"ses:configuration-set": [name]}
    for tag in mail.get("EmailTags") or []:
        tags.setdefault(tag["Name"], []).append(tag["Value"])
    now = datetime.now(timezone.utc).strftime("%Y-%m-%dT%H:%M:%S.000Z")
    recipients = mail["Destination"].get("ToAddresses", [])
    for recipient in recipients:
        local, _, domain = recipient.partition("@")
        outcomes = (("Delivery", None),)
        if domain == ses._SIMULATOR_DOMAIN:
            outcomes = ses._SIMULATOR_OUTCOMES.get(local.split("+")[0], outcomes)
        for kind, subtype in outcomes:
            matching, detail_type = KINDS[kind]
            detail = {
                "eventType": kind,
                "mail": {
                    "timestamp": now,
                    "source": mail["FromEmailAddress"],
                    "messageId": message_id,
                    "destination": recipients,
                    "tags": tags,
                },
                **ses._notification_detail(kind, recipient, now, subtype),
            }
            for destination in destinations.values():
                bus = (destination.get("EventBridgeDestination") or {}).get("EventBusArn")
                if bus and destination["Enabled"] and matching in destination["MatchingEventTypes"]:
                    event = {
                        "Source": "aws.ses",
                        "DetailType": detail_type,
                        "Detail": json.dumps(detail),
                        "EventBusName": bus,
                    }
                    eventbridge._put_events({"Entries": [event]}, allow_aws_source=True)


def secret_string(properties):
    wish = properties.get("GenerateSecretString")
    if wish and str(wish.get("ExcludePunctuation", False)).lower() == "true":
        wish = {**wish, "ExcludeCharacters": wish.get("ExcludeCharacters", "") + string.punctuation}
        properties = {**properties, "GenerateSecretString": wish}
    return generate(properties)


def forward_to_origin(origin, method, uri, query_string, headers, body, viewer_is_https, client_ip="127.0.0.1",
                      forwarded_for=""):
    api = re.match(r"([a-z0-9]+)\.execute-api\.", origin["domain_name"])
    if not api:
        return forward(origin, method, uri, query_string, headers, body, viewer_is_https, client_ip, forwarded_for)
    stage = origin["origin_path"]
    path = f"/restapis/{api[1]}{stage}/_user_request_{uri.removeprefix(stage)}"
    sent = cloudfront._origin_request_headers(origin, headers, client_ip, forwarded_for)
    sent = {name: value for name, value in dict(sent).items() if name.lower() != "host"}
    connection = http.client.HTTPConnection("127.0.0.1", int(os.environ["GATEWAY_PORT"]), timeout=30)
    try:
        connection.request(method, path + (f"?{query_string}" if query_string else ""), body or None, sent)
        answer = connection.getresponse()
        return answer.status, answer.reason, answer.getheaders(), answer.read()
    finally:
        connection.close()


ses_v2.handle_request = handle_request
forward = cloudfront._forward_to_origin
cloudfront._forward_to_origin = forward_to_origin
generate = provisioners._sm_secret_string
provisioners._sm_secret_string = secret_string
