#!/usr/bin/env python3
"""Compares the conversations of a tenant folder with what a Matrix server holds, read as its users; prints one JSON object.

    read_matrix.py DIR URL AS_TOKEN SERVER_NAME [EVENTS_A_PAGE [thread|reply]]

It shares no code with the program: urllib on one side, the file system on the other. Rooms are found by what each user has joined, never by an alias.
"""
import datetime, hashlib, html, json, os, re, sys, unicodedata, urllib.error, urllib.parse, urllib.request

DIR, URL, TOKEN, SERVER = sys.argv[1:5]
PAGE = int(sys.argv[5]) if len(sys.argv) > 5 else 7
# What an answer is written as: part of a thread, or an answer alone.
THREADS = sys.argv[6:] != ["reply"]
SIGNS = {"like": "👍", "heart": "❤️", "laugh": "😆", "surprised": "😮", "sad": "😢", "angry": "😡"}
BOT = "@o365-exodus:" + SERVER


def sha(data):
    return hashlib.sha256(data).hexdigest()


def letters(text):
    """Letters and digits alone: what a text says, without its form."""
    return "".join(c for c in html.unescape(re.sub(r"<[^>]*>", " ", text)) if c.isalnum())


def marks(text):
    """What a text is made of besides letters."""
    return sorted(set(re.findall(r"<(table|pre|code|ul|ol)\b", text)))


def millis(text):
    return round(datetime.datetime.fromisoformat(text.replace("Z", "+00:00")).timestamp() * 1000)


# -- the tenant folder -----------------------------------------------------------------------------------------------------------

def person(told):
    """An account by its user id, somebody without one by the name, which the sandbox takes from the address."""
    if told is None:
        return None
    if isinstance(told, str):
        local, domain = told.split("@")
        return f"@{local}:{SERVER}" if domain == SERVER else local
    return next(one["displayName"] for one in told.values() if one)


def tenant_messages(folder):
    found = []

    def add(message, root):
        body = message["body"]["content"]
        hosted = [os.path.join(folder, "hosted", name) for name in re.findall(r"hostedContents/([^/]+)/", body)]
        found.append({
            "at": millis(message["createdDateTime"]), "author": person(message.get("from")), "root": root, "event": message.get("messageType") == "systemEventMessage",
            "text": "" if "deletedDateTime" in message else letters(message.get("subject", "") + " " + (html.escape(body) if message["body"]["contentType"] == "text" else body)),
            "reactions": sorted([SIGNS.get(r["reactionType"], r["reactionType"]), person(r["user"]), millis(r["createdDateTime"])] for r in message.get("reactions", [])),
            "media": sorted(sha(open(path, "rb").read()) for path in hosted),
            "mentions": sorted(person(m["mentioned"]) for m in message.get("mentions", [])), "marks": [] if "deletedDateTime" in message or message["body"]["contentType"] == "text" else marks(body),
        })
        for reply in message.get("replies", []):
            add(reply, millis(message["createdDateTime"]))

    with open(os.path.join(folder, "messages.jsonl"), encoding="utf8") as lines:
        for line in lines:
            if line.strip():
                add(json.loads(line), None)
    return sorted(found, key=lambda message: message["at"])


def members(told):
    entries = [one if isinstance(one, dict) else {"user": one} for one in told]
    return sorted(person(one["user"]) for one in entries), sorted(person(one["user"]) for one in entries if "owner" in one.get("roles", []))


def tenant():
    rooms = {}
    for team in sorted(os.listdir(os.path.join(DIR, "teams"))):
        base = os.path.join(DIR, "teams", team)
        card = json.load(open(os.path.join(base, "team.json"), encoding="utf8"))
        everybody, owners = members(card["members"])
        name, archived = card["displayName"], card.get("isArchived", False)
        rooms["space " + name] = {"members": everybody, "owners": owners, "messages": [], "topic": card.get("description", ""), "join": "invite", "level": 100 if archived else 0, "direct": False}
        for channel in sorted(os.listdir(base)):
            if not os.path.isdir(os.path.join(base, channel)):
                continue
            told = json.load(open(os.path.join(base, channel, "channel.json"), encoding="utf8"))
            people, own = members(told["members"]) if "members" in told else (everybody, owners)
            rooms[f"room {told['displayName']} in {name}"] = {
                "members": people, "owners": own, "messages": tenant_messages(os.path.join(base, channel)), "topic": told.get("description", ""), "direct": False,
                "join": "restricted" if told.get("membershipType", "standard") == "standard" else "invite", "level": 100 if archived or told.get("isArchived", False) else 0,
            }
    chats = os.path.join(DIR, "chats")
    for chat in sorted(os.listdir(chats) if os.path.isdir(chats) else []):
        told = json.load(open(os.path.join(DIR, "chats", chat, "chat.json"), encoding="utf8"))
        people, _ = members(told["members"])
        label = "direct " + " ".join(people) if told["chatType"] == "oneOnOne" else "room " + told["topic"]
        rooms[label] = {"members": people, "owners": people, "messages": tenant_messages(os.path.join(DIR, "chats", chat)), "pinned": sorted(int(at) for at in told.get("pinnedMessages", [])),
                        "topic": "", "join": "invite", "level": 0, "direct": told["chatType"] == "oneOnOne"}
    return rooms


# -- the server ------------------------------------------------------------------------------------------------------------------

def ask(path, user, **query):
    address = f"{URL}/_matrix/{path}?" + urllib.parse.urlencode({**query, **({"user_id": user} if user else {})})
    with urllib.request.urlopen(urllib.request.Request(address, headers={"Authorization": "Bearer " + TOKEN})) as answer:
        return answer.read()


def get(path, user, **query):
    return json.loads(ask(path, user, **query))


def quoted(text):
    return urllib.parse.quote(text, safe="")


def joined_rooms(users):
    seen = {}
    for user in users:
        try:
            for room in get("client/v3/joined_rooms", user)["joined_rooms"]:
                seen.setdefault(room, user)
        except urllib.error.HTTPError as refused:
            # Nobody of that name yet.
            if refused.code != 403:
                raise
    return seen


def timeline(room, user):
    start, events = None, []
    while True:
        page = get(f"client/v3/rooms/{quoted(room)}/messages", user, dir="f", limit=PAGE, **({"from": start} if start else {}))
        events += page["chunk"]
        if "end" not in page or page["end"] == start:
            return events
        start = page["end"]


def direct_rooms(users):
    """`m.direct` of each user who is there: other user to rooms."""
    found = {}
    for user in users:
        try:
            found[user] = get(f"client/v3/user/{quoted(user)}/account_data/m.direct", user)
        except urllib.error.HTTPError as refused:
            if refused.code not in (403, 404):
                raise
    return found


def server_room(room, user, names, direct):
    state = {(event["type"], event["state_key"]): event["content"] for event in get(f"client/v3/rooms/{quoted(room)}/state", user)}
    for (kind, key), content in state.items():
        if kind == "m.room.member" and content.get("displayname"):
            names[key] = content["displayname"]
    who = lambda someone: names.get(someone, someone) if someone.startswith("@m365_") else someone
    events = timeline(room, user)
    gone = {event.get("redacts") or event["content"].get("redacts") for event in events if event["type"] == "m.room.redaction"}
    for event in events:
        if event["type"] == "m.room.member" and event["content"].get("displayname"):
            names.setdefault(event["state_key"], event["content"]["displayname"])
    media, messages, reactions, edits = {}, [], {}, {}
    for event in events:
        content = event["content"]
        relation = content.get("m.relates_to", {})
        if event["event_id"] in gone or event["type"] not in ("m.room.message", "m.reaction"):
            continue
        if event["type"] == "m.reaction":
            reactions.setdefault(relation["event_id"], []).append([relation["key"], who(event["sender"]), event["origin_server_ts"]])
        elif relation.get("rel_type") == "m.replace":
            edits[relation["event_id"]] = content["m.new_content"]
        elif "url" in content:
            media[event["event_id"]] = sha(ask(f"client/v1/media/download/{content['url'][6:]}", user))
        else:
            messages.append(event)
    at = {event["event_id"]: event["origin_server_ts"] for event in messages}
    told = []
    for event in messages:
        content = edits.get(event["event_id"], event["content"])
        relation = event["content"].get("m.relates_to", {})
        root = relation.get("m.in_reply_to", {}).get("event_id")
        told.append({
            "at": event["origin_server_ts"], "author": who(event["sender"]), "root": at.get(root), "thread": at.get(relation.get("event_id")), "event": content["msgtype"] == "m.notice",
            "text": letters(content.get("formatted_body", content["body"])), "plain": letters(content["body"]), "reactions": sorted(reactions.get(event["event_id"], [])),
            "media": sorted(media.pop(part["event_id"], "?") for part in content.get("fr.o365exodus.parts", []) if "event_id" in part), "mentions": sorted(content.get("m.mentions", {}).get("user_ids", [])), "marks": marks(content.get("formatted_body", "")),
        })
    kind = "space" if state[("m.room.create", "")].get("type") == "m.space" else "room"
    people = [key for (event, key), content in state.items() if event == "m.room.member" and content["membership"] == "join" and key != BOT]
    # A room that is being made, whose maker was just killed, has none yet.
    levels = state.get(("m.room.power_levels", ""), {}).get("users", {})
    return {
        "topic": state.get(("m.room.topic", ""), {}).get("topic", ""), "join": state.get(("m.room.join_rules", ""), {}).get("join_rule"), "level": state.get(("m.room.power_levels", ""), {}).get("events_default", 0),
        "direct": [one for one in people if one in direct and room in sum(direct[one].values(), [])],
        "kind": kind, "name": state.get(("m.room.name", ""), {}).get("name"), "members": sorted(who(one) for one in people), "owners": sorted(who(one) for one in people if levels.get(one) == 100),
        "messages": told, "stray media": len(media), "parents": [key for (event, key) in state if event == "m.space.parent"], "children": [key for (event, key), content in state.items() if event == "m.space.child" and content.get("via")],
        "pinned": sorted(at[event] for event in state.get(("m.room.pinned_events", ""), {}).get("pinned", [])),
    }


def server():
    users = [f"@{name.split('@')[0]}:{SERVER}" for name in os.listdir(os.path.join(DIR, "users"))]
    names, labelled, direct = {}, {}, direct_rooms(users)
    read = {room: server_room(room, user, names, direct) for room, user in joined_rooms(users).items()}
    for room, found in read.items():
        parent = next(iter(found["parents"]), None)
        label = found["kind"] + " " + found["name"] if found["name"] else "direct " + " ".join(found["members"])
        if parent:
            label += " in " + read[parent]["name"]
            found["listed"] = room in read[parent]["children"]
        if label in labelled:
            labelled[label]["double"] = True
        else:
            labelled[label] = found
    return labelled


# -- compared --------------------------------------------------------------------------------------------------------------------

def differences(wanted, found):
    said = []
    for label in sorted(set(wanted) | set(found)):
        if label not in found or label not in wanted:
            said.append([label, "missing" if label in wanted else "extra"])
            continue
        want, have = wanted[label], found[label]
        for field in ("members", "owners"):
            if want[field] != have[field]:
                said.append([label, field, want[field], have[field]])
        if want.get("pinned", []) != have["pinned"]:
            said.append([label, "pinned", want.get("pinned", []), have["pinned"]])
        for field in ("join", "level"):
            if want[field] != have[field]:
                said.append([label, field, want[field], have[field]])
        if not have["topic"].startswith(want["topic"]) or (want["topic"] == "" and have["topic"] != "" and have["kind"] == "space"):
            said.append([label, "topic", want["topic"], have["topic"]])
        if have["direct"] != (have["members"] if want["direct"] else []):
            said.append([label, "direct", want["direct"], have["direct"]])
        if have.get("double") or have["stray media"] or have.get("listed") is False:
            said.append([label, "double, stray media or unlisted"])
        # In the order of the room itself: the author of an event of the service is nobody's.
        order = [message["at"] for message in have["messages"]]
        if order != [message["at"] for message in want["messages"]]:
            said.append([label, "order", [message["at"] for message in want["messages"]], order])
            continue
        for one, other in zip(want["messages"], have["messages"]):
            for field in ("author", "root", "event", "reactions", "media", "mentions"):
                if one[field] != other[field] and not (field == "author" and one["author"] is None):
                    said.append([label, one["at"], field, one[field], other[field]])
            thread = one["root"] if THREADS else None
            if thread != other["thread"]:
                said.append([label, one["at"], "thread", thread, other["thread"]])
            if not set(one["marks"]) <= set(other["marks"]):
                said.append([label, one["at"], "marks", one["marks"], other["marks"]])
            for field in ("text", "plain"):
                if one["text"] not in other[field]:
                    said.append([label, one["at"], field, one["text"], other[field]])
    return said


wanted, found = tenant(), server()
print(json.dumps({
    "rooms": len(found), "messages": sum(len(room["messages"]) for room in found.values()), "reactions": sum(len(message["reactions"]) for room in found.values() for message in room["messages"]),
    "media": sum(len(message["media"]) for room in found.values() for message in room["messages"]), "replies": sum(1 for room in found.values() for message in room["messages"] if message["root"]),
    "differences": differences(wanted, found),
}, ensure_ascii=False))
