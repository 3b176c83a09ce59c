#!/usr/bin/env python3
"""Tells what a calendar and address book server holds, in the lines of readback.py, and what scheduling brought to an account. Shares no code with the program.

    read_dav.py items URL USER PASSWORD      a home: each of its collections that holds something, with the events and cards in it
    read_dav.py arrived URL USER PASSWORD    a home: addresses of all objects in it, those of its schedule-inbox included
"""
import base64
import sys
import urllib.parse
import urllib.request
import xml.etree.ElementTree as ET

import readback

D, CAL, CARD = "{DAV:}", "{urn:ietf:params:xml:ns:caldav}", "{urn:ietf:params:xml:ns:carddav}"
mode, address, user, password = sys.argv[1:]
origin = "{0.scheme}://{0.netloc}".format(urllib.parse.urlsplit(address))


def ask(method, path, body=None, depth="0"):
    request = urllib.request.Request(urllib.parse.urljoin(origin, path), method=method, data=body, headers={
        "Authorization": "Basic " + base64.b64encode(f"{user}:{password}".encode()).decode(), "Content-Type": "application/xml", "Depth": depth})
    with urllib.request.urlopen(request) as answer:
        return answer.read()


def members(path, prop):
    tree = ET.fromstring(ask("PROPFIND", path, f'<propfind xmlns="DAV:"><prop>{prop}</prop></propfind>'.encode(), "1"))
    for response in tree.iter(f"{D}response"):
        if urllib.parse.unquote(response.find(f"{D}href").text).rstrip("/") != urllib.parse.unquote(path).rstrip("/"):
            yield response.find(f"{D}href").text, response


def home():
    for path, response in members(urllib.parse.urlsplit(address).path, "<displayname/><resourcetype/>"):
        kinds = {kind.tag for found in response.iter(f"{D}resourcetype") for kind in found}
        yield path, next((found.text for found in response.iter(f"{D}displayname")), None), kinds


# The owner is left out of the lines, since an address may not name it.
for collection, name, kinds in home():
    if not kinds & {f"{CAL}calendar", f"{CAL}schedule-inbox", f"{CARD}addressbook"}:
        continue
    for path, _ in members(collection, "<getetag/>"):
        if mode == "arrived":
            readback.say(path)
        else:
            text = ask("GET", path).decode("utf-8")
            (readback.card if f"{CARD}addressbook" in kinds else readback.series)("", name, text)
