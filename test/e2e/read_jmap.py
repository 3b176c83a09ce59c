#!/usr/bin/env python3
"""Tells the mail of a tenant folder, or what Apache James holds, as JSON lines of the same form, one a message.

    read_jmap.py tenant DIR
    read_jmap.py james IMAP_PORT OWNER=ACCOUNT...

James is read by IMAP, whatever wrote to it. It may have rewritten a message, so that content is compared as Python's own parser reads it: addresses, subject,
date and identifier, and type, name and decoded bytes of each part. A line is [owner, "mail", folder, content, state, SHA-256 of the bytes].
"""
import email, imaplib, re, sys, time
import readback

# Mailboxes that James makes for itself, by the role of the tenant's folder.
ROLES = {"Éléments envoyés": "Sent", "Brouillons": "Drafts", "Courrier indésirable": "Spam", "Éléments supprimés": "Trash", "Archives": "Archive"}
HEADERS = ("message-id", "from", "to", "cc", "subject", "date")


def content(data):
    parsed = email.message_from_bytes(data)
    heads = [re.sub(r"\s+", " ", str(parsed.get(name, ""))).strip() for name in HEADERS]
    parts = []
    for part in parsed.walk():
        if part.is_multipart():
            continue
        body = re.sub(rb"\r\n|\r|\n", b"\n", part.get_payload(decode=True) or b"").rstrip()
        parts.append([part.get_content_type(), part.get_filename(), readback.sha(body)])
    return readback.sha(repr([heads, parts]).encode("utf-8", "surrogateescape"))


def message(owner, folder, data, state, received):
    readback.say(owner, "mail", folder, content(data), [sorted(flag.lower() for flag in state), received], readback.sha(data))


def folder_of(path):
    """James' separator is the dot, and it refuses %; a slash is an ordinary character."""
    parts = [readback.urllib.parse.unquote(part) for part in readback.os.path.dirname(path).split("/")]
    parts[0] = "INBOX" if parts[0] == readback.INBOX else ROLES.get(parts[0], parts[0])
    return "\t".join(part.replace(".", "．").replace("%", "％") for part in parts)


def category(name):
    return "".join(c if re.match(r"[A-Za-z0-9-]", c) else "".join("_%02x" % b for b in c.encode()) for c in name)


def connected(port, account):
    client = imaplib.IMAP4("127.0.0.1", int(port))
    client.login(account, "secret")
    return client


def fetched(port, account, name):
    """What a mailbox holds. James works on when a client was killed, and tells of a message that comes in just then in the middle of its answer to FETCH."""
    for left in reversed(range(20)):
        client = connected(port, account)
        try:
            status, count = client.select(f'"{name}"', readonly=True)
            parts = client.fetch("1:*", "(UID FLAGS INTERNALDATE BODY.PEEK[])")[1] if status == "OK" and int(count[0]) > 0 else []
            client.logout()
            return parts
        except imaplib.IMAP4.abort:
            if left == 0:
                raise
            time.sleep(0.5)


def james(port, *pairs):
    for pair in pairs:
        owner, account = pair.split("=")
        client = connected(port, account)
        for line in client.list()[1]:
            name = re.match(rb'\([^)]*\) "\." "?(.*?)"?$', line).group(1).decode("ascii")
            for part in fetched(port, account, name):
                if isinstance(part, tuple):
                    head = part[0].decode("ascii")
                    flags = [flag for flag in re.search(r"FLAGS \(([^)]*)\)", head).group(1).split() if flag not in ("\\Recent", "o365-exodus")]
                    date = re.search(r'INTERNALDATE "([^"]*)"', head).group(1)
                    seconds = int(readback.datetime.datetime.strptime(date.strip(), "%d-%b-%Y %H:%M:%S %z").timestamp())
                    message(owner, readback.utf7(name).replace(".", "\t"), part[1], flags, seconds)
        client.logout()


if __name__ == "__main__":
    readback.message, readback.category, readback.folder_of = message, category, folder_of
    {"tenant": readback.tenant, "james": james}[sys.argv[1]](*sys.argv[2:])
