"""Hands one message to Cloakroom as a message relay does: signed as Standard Webhooks. Python 3, no packages.

    RELAY_WEBHOOK_SECRET=whsec_... python3 relay.py http://127.0.0.1:4000 +15551234567 "Hello"
"""

import base64
import hashlib
import hmac
import json
import os
import sys
import time
import urllib.error
import urllib.request
import uuid

MUTATION = """
mutation IngestMessage($input: IngestMessageInput!) {
  ingestMessage(input: $input) { messageId conversationId duplicate reply }
}
"""


def signing_key(secret: str) -> bytes:
    """`whsec_` and base64 is the Standard Webhooks form; any other string signs with its own bytes."""
    if secret.startswith("whsec_"):
        return base64.b64decode(secret.removeprefix("whsec_"))
    return secret.encode()


def signed_headers(secret: str, body: bytes, webhook_id: str) -> dict[str, str]:
    """A sender that tries again sends the same id and body, with a new timestamp and signature."""
    timestamp = str(int(time.time()))
    signed = f"{webhook_id}.{timestamp}.".encode() + body
    digest = hmac.new(signing_key(secret), signed, hashlib.sha256).digest()
    return {
        "content-type": "application/json",
        "webhook-id": webhook_id,
        "webhook-timestamp": timestamp,
        "webhook-signature": "v1," + base64.b64encode(digest).decode(),
    }


def ingest(url: str, secret: str, message: dict) -> dict:
    """Returns {messageId, conversationId, duplicate, reply}; raises SystemExit with the server's own words."""
    body = json.dumps({"query": MUTATION, "variables": {"input": message}}).encode()
    headers = signed_headers(secret, body, f"msg_{uuid.uuid4()}")
    request = urllib.request.Request(f"{url}/graphql", data=body, headers=headers)
    try:
        with urllib.request.urlopen(request, timeout=10) as response:
            answer = json.load(response)
    except urllib.error.HTTPError as error:
        sys.exit(f"The server answered {error.code}: {error.read().decode()}")
    if "errors" in answer:
        sys.exit(f"The server refused: {answer['errors'][0]['message']}")
    return answer["data"]["ingestMessage"]


def main() -> None:
    secret = os.environ.get("RELAY_WEBHOOK_SECRET")
    if len(sys.argv) != 4 or not secret:
        sys.exit(__doc__)
    url, sender, text = sys.argv[1:]
    message = {
        "messageId": str(uuid.uuid4()),
        "chatGuid": f"iMessage;-;{sender}",
        "mode": "DIRECT",
        "sender": sender,
        "text": text,
        "timestamp": time.time(),
        "participants": [sender],
    }
    print(json.dumps(ingest(url, secret.split(",")[0], message)))


if __name__ == "__main__":
    main()
