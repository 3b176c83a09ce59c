"""Reads a tree of Maildir or mbox folders with Python's own mailbox module; prints one JSON line a message. Shares no code with the program."""
import hashlib, json, mailbox, os, re, sys
from calendar import timegm
from time import strptime

form, top = sys.argv[1], os.path.abspath(sys.argv[2])


def show(folder, flags, date, data, keywords):
    print(json.dumps({"folder": os.path.relpath(folder, top), "flags": "".join(sorted(flags)), "date": date, "sha256": hashlib.sha256(data).hexdigest(), "keywords": keywords}))


def original(data):
    """Undoes what an mbox file adds: our status headers at the top, and one ">" of quoted lines."""
    data = re.sub(rb"\AStatus: [^\n]*\nX-Status: [^\n]*\nX-Keywords: [^\n]*\n", b"", data)
    return re.sub(rb"^>(>*From )", rb"\1", data, flags=re.M)


for at, folders, files in os.walk(top):
    if form == "maildir" and {"cur", "new", "tmp"} <= set(folders):
        folders[:] = [name for name in folders if name not in ("cur", "new", "tmp")]
        box = mailbox.Maildir(at, create=False)
        for key, message in box.iteritems():
            show(at, message.get_flags(), int(message.get_date()), box.get_bytes(key), [])
    if form == "mbox" and "mbox" in files:
        box = mailbox.mbox(os.path.join(at, "mbox"), create=False)
        for key, message in box.iteritems():
            raw = box.get_bytes(key)
            date = timegm(strptime(message.get_from().split(" ", 1)[1], "%a %b %d %H:%M:%S %Y"))
            flags = message.get_flags()
            extra = "D" if "T" in (message.get_all("X-Status") or [""])[0] else ""
            show(at, flags.replace("R", "S").replace("O", "") + extra, date, original(raw).rstrip(b"\n"), ((message.get_all("X-Keywords") or [""])[0]).split())
