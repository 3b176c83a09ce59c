#!/usr/bin/env python3
"""Tells what instances of a cozy-stack hold, as JSON lines, one a file: [domain, path, SHA-256, created, modified, older versions [[tags, SHA-256, date] …]].

    read_cozy.py STACK ADMIN PASSPHRASE DOMAIN...

It shares no code with the program: urllib and the documented API (docs/files.md) alone. The trash is left out.
"""
import base64, datetime, hashlib, json, sys, urllib.parse, urllib.request

ROOT = "io.cozy.files.root-dir"


class Instance:
    def __init__(self, stack, admin, passphrase, domain):
        self.stack, self.domain = stack, domain
        query = urllib.parse.urlencode({"Domain": domain, "Audience": "cli", "Scope": "io.cozy.files:GET", "Subject": "reader"})
        basic = base64.b64encode(f"reader:{passphrase}".encode()).decode()
        with urllib.request.urlopen(urllib.request.Request(f"{admin}/instances/token?{query}", b"", {"Authorization": f"Basic {basic}"})) as answer:
            self.token = answer.read().decode().strip()

    def get(self, path):
        headers = {"Host": self.domain, "Authorization": f"Bearer {self.token}", "Accept": "application/vnd.api+json"}
        with urllib.request.urlopen(urllib.request.Request(self.stack + path, None, headers)) as answer:
            return answer.read()

    def children(self, folder):
        page = f"/files/{folder}/relationships/contents"
        while page:
            told = json.loads(self.get(page))
            yield from told["data"] or []
            page = (told.get("links") or {}).get("next")

    def walk(self, folder, path):
        for one in self.children(folder):
            told = one["attributes"]
            where = f"{path}/{told['name']}"
            if told["type"] == "directory":
                if told["path"] != where:
                    sys.exit(f"{where} calls itself {told['path']}")
                self.walk(one["id"], where)
            else:
                self.file(one["id"], where)

    def file(self, file, where):
        told = json.loads(self.get(f"/files/{file}"))
        attributes = told["data"]["attributes"]
        content = self.get(f"/files/download/{file}")
        if base64.b64encode(hashlib.md5(content).digest()).decode() != attributes["md5sum"] or len(content) != int(attributes["size"]):
            sys.exit(f"{where}: size or MD5 are not those of the content")
        old = [[version["attributes"]["tags"], sha(self.get(f"/files/download/{version['id']}")), instant(version["attributes"]["updated_at"])]
               for version in told.get("included") or [] if version["type"] == "io.cozy.files.versions"]
        line = [self.domain.split(".")[0], where, sha(content), instant(attributes["created_at"]), instant(attributes["updated_at"]), sorted(old, key=lambda one: one[2])]
        print(json.dumps(line, ensure_ascii=False))


def sha(data):
    return hashlib.sha256(data).hexdigest()


def instant(at):
    """The stack tells up to nanoseconds, and its own zone."""
    return datetime.datetime.fromisoformat(at.replace("Z", "+00:00")).astimezone(datetime.timezone.utc).strftime("%Y-%m-%dT%H:%M:%S")


if __name__ == "__main__":
    for domain in sys.argv[4:]:
        Instance(*sys.argv[1:4], domain).walk(ROOT, "")
