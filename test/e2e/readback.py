#!/usr/bin/env python3
"""Tells what a tenant folder holds, or what the real servers hold, as JSON lines of the same form, one an item.

    readback.py tenant DIR
    readback.py servers IMAP_PORT CALDAV_PORT WEBDAV_PORT WEBDAV_DATA ACCOUNT...
    readback.py files WEBDAV_PORT WEBDAV_DATA ACCOUNT...
    readback.py bytes IMAP_PORT ACCOUNT...

It shares no code with the program: imaplib, urllib and the file system on one side, the file system on the other, dateutil to expand recurrences.
A line is [owner, kind, place, content, state]; two sides agree when their multisets of lines are equal. `bytes` tells [owner, folder, SHA-256 of a message's bytes exactly as the server gives them].
"""
import base64, datetime, email.utils, hashlib, imaplib, json, os, re, sys, unicodedata, urllib.parse, urllib.request
import xml.etree.ElementTree as ET
from zoneinfo import ZoneInfo
from dateutil.rrule import rrulestr

UTC = datetime.timezone.utc
# Recurrences without an end are compared up to here.
HORIZON = datetime.datetime(2028, 1, 1, tzinfo=UTC)
INBOX = "Boîte de réception"


def say(*line):
    print(json.dumps(line, ensure_ascii=False))


def sha(data):
    return hashlib.sha256(data).hexdigest()


def message(owner, folder, data, state, received):
    # IMAP carries CRLF only; bytes that held nothing else are compared as they are.
    clean = re.sub(rb"\r\n|\r|\n", b"\r\n", data)
    say(owner, "mail", folder, sha(clean), [sorted(state), received])


def category(name):
    return "".join(c if re.match(r"[A-Za-z0-9.-]", c) else "".join("_%02x" % b for b in c.encode()) for c in name)


# -- calendars and cards --------------------------------------------------------------------------------------------------------

def components(text, kind):
    lines = re.sub(r"\r?\n[ \t]", "", text).replace("\r", "").split("\n")
    found, stack = [], []
    for line in lines:
        if line.startswith("BEGIN:"):
            stack.append(line[6:])
            if line[6:] == kind:
                found.append([])
        elif line.startswith("END:"):
            stack.pop()
        elif stack and stack[-1] == kind and ":" in line:
            match = re.match(r'((?:[^:"]|"[^"]*")*):(.*)$', line)
            name, *params = match.group(1).split(";")
            found[-1].append((name.split(".")[-1].upper(), dict(p.split("=", 1) for p in params if "=" in p), match.group(2)))
    return found


def moments(params, value):
    """Instants of a DATE-TIME or DATE list: aware, or naive dates for whole days."""
    for one in value.split(","):
        if len(one) == 8:
            yield datetime.datetime.strptime(one, "%Y%m%d")
        elif one.endswith("Z"):
            yield datetime.datetime.strptime(one, "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC)
        else:
            yield datetime.datetime.strptime(one, "%Y%m%dT%H%M%S").replace(tzinfo=ZoneInfo(params["TZID"].strip('"')))


def text_of(value):
    return re.sub(r"\\(.)", lambda m: "\n" if m.group(1) in "nN" else m.group(1), value).strip()


def fields(component, name):
    return [(params, value) for field, params, value in component if field == name]


def only(component, name):
    found = fields(component, name)
    return found[0] if found else ({}, "")


def occurrence(at):
    return at.isoformat() if at.tzinfo is None else at.astimezone(UTC).isoformat()


def series(owner, place, text):
    events = components(text, "VEVENT")
    master = next((e for e in events if not fields(e, "RECURRENCE-ID")), events[0])
    start = next(moments(*only(master, "DTSTART")))
    rule = only(master, "RRULE")[1]
    zone = start.tzinfo
    moved = {occurrence(next(moments(*only(e, "RECURRENCE-ID")))): e for e in events if e is not master}
    gone = {occurrence(at) for params, value in fields(master, "EXDATE") for at in moments(params, value)}
    times = []
    if rule:
        # The rule runs on the wall clock of the series' own zone; UNTIL is an instant (RFC 5545 §3.3.10).
        until = re.search(r"UNTIL=(\d{8}T\d{6})Z", rule)
        end = datetime.datetime.strptime(until.group(1), "%Y%m%dT%H%M%S").replace(tzinfo=UTC) if until else HORIZON
        wall = rrulestr(re.sub(r";?UNTIL=[^;]*", "", rule), dtstart=start.replace(tzinfo=None))
        for at in wall:
            at = at.replace(tzinfo=zone)
            if at.replace(tzinfo=zone or UTC) > end or len(times) > 400:
                break
            times.append(occurrence(at))
    else:
        times.append(occurrence(start))
    occurrences = []
    for at in times:
        if at in gone:
            continue
        event = moved.pop(at, master)
        shown = at if event is master else occurrence(next(moments(*only(event, "DTSTART"))))
        occurrences.append([shown, text_of(only(event, "SUMMARY")[1])])
    if moved:
        occurrences.append(["exceptions outside the rule", sorted(moved)])
    people = sorted(value.lower() for _, value in fields(master, "ATTENDEE"))
    say(owner, "calendar", place, only(master, "UID")[1], [sha(json.dumps(occurrences).encode()), len(occurrences), occurrences[0], text_of(only(master, "LOCATION")[1]), people])


def card(owner, place, text):
    fields_ = components(text, "VCARD")[0]
    photo = only(fields_, "PHOTO")[1]
    data = base64.b64decode(photo.split("base64,")[-1]) if photo else b""
    values = lambda name: sorted(text_of(v).lower() for _, v in fields(fields_, name))
    tel = sorted(re.sub(r"^tel:|[^0-9+]", "", v) for v in values("TEL"))
    say(owner, "contact", place, text_of(only(fields_, "FN")[1]), [sha(data) if photo else None, values("EMAIL"), tel])


# -- the tenant folder -----------------------------------------------------------------------------------------------------------

def told(file):
    return json.load(open(file, encoding="utf-8")) if os.path.exists(file) else {}


def files_below(top):
    for at, _, names in os.walk(top):
        for name in sorted(names):
            yield os.path.join(at, name), os.path.relpath(os.path.join(at, name), top)


def folder_of(path):
    return "/".join(urllib.parse.unquote(part).replace("/", "／") for part in os.path.dirname(path).split("/"))


def received_of(file, data, sidecar):
    if "receivedDateTime" in sidecar:
        return int(datetime.datetime.fromisoformat(sidecar["receivedDateTime"].replace("Z", "+00:00")).timestamp())
    head = re.sub(r"\r?\n[ \t]+", " ", re.split(rb"\r?\n\r?\n", data)[0].decode("latin1"))
    for name, pick in (("received", lambda v: v.rsplit(";", 1)[-1]), ("date", lambda v: v)):
        match = re.search(rf"(?im)^{name}:(.*)$", head)
        if match:
            try:
                at = email.utils.parsedate_tz(pick(match.group(1)))
                if at:
                    return int(email.utils.mktime_tz(at))
            except (ValueError, OverflowError):
                pass
    return int(os.stat(file).st_mtime)


def clamped(seconds):
    """What the loss mail.received-range announces: servers keep 1970 to 2038."""
    return min(max(seconds, 1), 2**31 - 1)


def tenant(top):
    for owner in sorted(os.listdir(os.path.join(top, "users"))):
        home = os.path.join(top, "users", owner)
        for file, path in files_below(os.path.join(home, "mail")):
            if not file.endswith(".eml"):
                continue
            data, sidecar = open(file, "rb").read(), told(file[:-4] + ".json")
            flag = sidecar.get("flag")
            flag = flag.get("flagStatus") if isinstance(flag, dict) else flag
            state = [category(name) for name in sidecar.get("categories", [])]
            for wanted, name in ((sidecar.get("isRead", True), "\\Seen"), (flag == "flagged", "\\Flagged"), (flag == "complete", "Flag_complete"),
                                 (sidecar.get("importance") == "high", "$Important"), (sidecar.get("isDraft", False), "\\Draft")):
                if wanted:
                    state.append(name)
            folder = folder_of(path)
            folder = "INBOX" + folder[len(INBOX):] if folder.split("/")[0] == INBOX else folder
            message(owner, folder, data, state, clamped(received_of(file, data, sidecar)))
        for file, path in files_below(os.path.join(home, "calendars")):
            if file.endswith(".ics"):
                series(owner, folder_of(path), open(file, encoding="utf-8").read())
        for file, path in files_below(os.path.join(home, "contacts")):
            if file.endswith(".vcf"):
                card(owner, folder_of(path), open(file, encoding="utf-8").read())
        sheet = told(os.path.join(home, "drive.json"))
        for file, path in files_below(os.path.join(home, "drive")):
            # Older versions and rights are the archive's affair: WebDAV keeps the newest content alone.
            if ".versions" in path or path.endswith(".permissions.json") or sheet.get(path, {}).get("malware"):
                continue
            times = sheet.get("/".join(urllib.parse.unquote(part) for part in path.split("/")), {})
            at = times.get("lastModifiedDateTime")
            seconds = int(datetime.datetime.fromisoformat(at.replace("Z", "+00:00")).timestamp()) if at else int(os.stat(file).st_mtime)
            # The one character that no server on a POSIX file system keeps in a name.
            name = "/".join(urllib.parse.unquote(part).replace("/", "%2F") for part in path.split("/"))
            say(owner, "file", unicodedata.normalize("NFC", name), sha(open(file, "rb").read()), seconds)


# -- the servers -----------------------------------------------------------------------------------------------------------------

def utf7(name):
    return re.sub(r"&([^-]*)-", lambda m: base64.b64decode(m.group(1).replace(",", "/") + "===").decode("utf-16-be") if m.group(1) else "&", name)


def listed(client):
    for line in client.list()[1]:
        separator, name = re.match(rb'\([^)]*\) "(.)" "?(.*?)"?$', line).groups()
        yield separator.decode("ascii"), name.decode("ascii")


def fetched(port, owner):
    client = imaplib.IMAP4("127.0.0.1", port)
    client.login(owner, "secret")
    for separator, name in listed(client):
        status, count = client.select(f'"{name}"', readonly=True)
        if status != "OK" or int(count[0]) == 0:
            continue
        answer = client.fetch("1:*", "(UID FLAGS INTERNALDATE BODY.PEEK[])")[1]
        for at, part in enumerate(answer):
            if isinstance(part, tuple):
                # Servers tell the state before the bytes, or after them.
                rest = answer[at + 1] if isinstance(answer[at + 1], bytes) else b""
                place = utf7(name) if separator == "/" else utf7(name).replace("/", "／").replace(separator, "/")
                yield place, (part[0] + rest).decode("ascii"), part[1]
    client.logout()


def mailbox(port, owner):
    for folder, head, data in fetched(port, owner):
        flags = [flag for flag in re.search(r"FLAGS \(([^)]*)\)", head).group(1).split() if flag != "\\Recent"]
        date = re.search(r'INTERNALDATE "([^"]*)"', head).group(1)
        seconds = int(datetime.datetime.strptime(date.strip(), "%d-%b-%Y %H:%M:%S %z").timestamp())
        message(owner, folder, data, flags, seconds)


def exact(port, *owners):
    for owner in owners:
        for folder, _, data in fetched(int(port), owner):
            say(owner, folder, sha(data))


def dav(port, owner, method, path, body=None, headers=None):
    request = urllib.request.Request(f"http://127.0.0.1:{port}{path}", method=method, data=body, headers={
        "Authorization": "Basic " + base64.b64encode(f"{owner}:secret".encode()).decode(), "Content-Type": "application/xml", **(headers or {})})
    with urllib.request.urlopen(request) as answer:
        return answer.read()


def collections(port, owner, home):
    tree = ET.fromstring(dav(port, owner, "PROPFIND", home, b'<propfind xmlns="DAV:"><prop><displayname/><resourcetype/></prop></propfind>', {"Depth": "1"}))
    for response in tree.iter("{DAV:}response"):
        path = response.find("{DAV:}href").text
        kinds = {child.tag.split("}")[-1] for found in response.iter("{DAV:}resourcetype") for child in found}
        name = next((found.text for found in response.iter("{DAV:}displayname")), None)
        if path.rstrip("/") == home.rstrip("/") or not kinds & {"calendar", "addressbook"}:
            continue
        items = ET.fromstring(dav(port, owner, "PROPFIND", path, b'<propfind xmlns="DAV:"><prop><getetag/></prop></propfind>', {"Depth": "1"}))
        for item in items.iter("{DAV:}href"):
            if item.text.rstrip("/") != path.rstrip("/"):
                text = dav(port, owner, "GET", item.text).decode("utf-8")
                (series if "calendar" in kinds else card)(owner, name, text)


def drive(port, data, owner):
    for file, path in files_below(os.path.join(data, owner)):
        if "/.DAV/" in f"/{path}":
            continue
        say(owner, "file", unicodedata.normalize("NFC", path), *webdav_file(port, owner, path))


def webdav_file(port, owner, path):
    address = "/dav/" + urllib.parse.quote(f"{owner}/{path}")
    content = dav(port, owner, "GET", address)
    tree = ET.fromstring(dav(port, owner, "PROPFIND", address, b"<propfind xmlns='DAV:'><allprop/></propfind>", {"Depth": "0"}))
    properties = {found.tag.split("}")[-1]: found.text for prop in tree.iter("{DAV:}prop") for found in prop}
    # A run killed between the content and its properties leaves a file without date, until the next one.
    date = properties.get("Win32LastModifiedTime")
    return sha(content), None if date is None else int(email.utils.parsedate_to_datetime(date).timestamp())


def servers(imap, caldav, webdav, data, *owners):
    for owner in owners:
        mailbox(int(imap), owner)
        collections(int(caldav), owner, f"/{urllib.parse.quote(owner)}/")
        drive(int(webdav), data, owner)


def files(webdav, data, *owners):
    for owner in owners:
        drive(int(webdav), data, owner)


def mail_and_dav(imap, dav_port, *owners):
    for owner in owners:
        mailbox(int(imap), owner)
        for kind in ("calendars", "addressbooks"):
            collections(int(dav_port), owner, f"/{kind}/{urllib.parse.quote(owner)}/")


def marks(imap, *owners):
    """What every mailbox says of its own history: nothing can be written into it without changing one of these."""
    for owner in owners:
        client = imaplib.IMAP4("127.0.0.1", int(imap))
        client.login(owner, "secret")
        for separator, name in listed(client):
            say(owner, name, client.status(f'"{name}"', "(MESSAGES UIDNEXT UIDVALIDITY HIGHESTMODSEQ)")[1][0].decode("ascii"))
        client.logout()


if __name__ == "__main__":
    {"tenant": tenant, "servers": servers, "files": files, "bytes": exact, "mail-and-dav": mail_and_dav, "marks": marks}[sys.argv[1]](*sys.argv[2:])
