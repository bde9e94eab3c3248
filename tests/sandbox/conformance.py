"""What must hold of anything that calls itself the Revox API: each check raises AssertionError.

The checks see only HTTP and the documented facts, never the sandbox's own contract document, so
they judge the sandbox as a stranger would. ``test_sandbox_mutations.py`` shows that each can fail.
"""

from __future__ import annotations

from collections.abc import Callable
from types import MappingProxyType

import bounds
import httpx
from running import KEY, Api, data

Check = Callable[[Api], None]


def sdk(api: Api) -> None:
    """The official SDK of this environment gets what its types promise."""
    import drive_sdk  # the SDK takes 0.3 s to import, in every worker

    found = drive_sdk.drive(api.base_url, KEY, api.profile)
    assert not found, "\n".join(found)


def documented_bounds(api: Api) -> None:
    """Each documented bound refuses what is beyond it, by name, and takes what is at its edge."""
    facts, body = data("facts.json", api.profile), data("bodies.json", api.profile)
    url = f"/assistants/{api.create()['id']}"
    asked = {path: fact for path, fact in facts.items() if "request" in fact}
    breaking = [t for path, fact in asked.items() for t in bounds.refused(path, fact, body)]
    for trial in [*breaking, *bounds.unknown_members(facts, body)]:
        answer = api.client.patch(url, json={trial.field: trial.value})
        assert answer.status_code == 400, f"{trial.path}: {trial.why} was taken"
        assert trial.path in answer.json()["message"], f"{trial}: {answer.text}"
    for path, fact in asked.items():
        for trial in bounds.taken(path, fact, body):
            answer = api.client.patch(url, json={trial.field: trial.value})
            assert answer.status_code == 200, f"{trial.path}: {trial.why}: {answer.text}"


def required_on_create(api: Api) -> None:
    """POST needs name and prompt, PATCH nothing."""
    for missing in ("name", "prompt"):
        body = {"name": "n", "prompt": "p"}
        del body[missing]
        answer = api.client.post("/assistants", json=body)
        assert (answer.status_code, missing in answer.text) == (400, True), f"no {missing}"
    api.update(api.create()["id"])


def defaults(api: Api) -> None:
    """A new assistant has every documented member, the documented defaults, and else null."""
    facts = data("facts.json", api.profile)
    made = api.create()
    top = {path: fact for path, fact in facts.items() if path.isidentifier()}
    assert set(made) == set(top), f"members: {sorted(set(made) ^ set(top))}"
    for field, fact in top.items():
        if "default" in fact:
            assert made[field] == fact["default"], field
        elif fact.get("request") and fact["response"] == "always nullable":
            assert made[field] is None, field
    assert (made["faq_items"], made["pending_faq_count"]) == ([], 0)


def nested_defaults(api: Api) -> None:
    """Members left out of a voice or a retry config come back with their documented defaults."""
    facts, body = data("facts.json", api.profile), data("bodies.json", api.profile)
    config = {name: v for name, v in body["call_retry_config"].items() if name != "timezone"}
    voice = {"id": "v", "provider": "cartesia"}
    made = api.create(voice=voice, call_retry_config=config)
    members = {
        p[6:]: f["default"] for p, f in facts.items() if p[:6] == "voice." and "default" in f
    }
    assert made["voice"] == {**voice, **members}, f"voice: {made['voice']}"
    assert made["call_retry_config"]["timezone"] is None


def times_as_hh_mm(api: Api) -> None:
    """Both documented ways to write a time are stored as HH:mm."""
    config = data("bodies.json", api.profile)["call_retry_config"]
    spellings = {
        "09:05": "09:05",
        "6pm": "18:00",
        "6:30PM": "18:30",
        "12am": "00:00",
        "12pm": "12:00",
    }
    for sent, stored in spellings.items():
        window = {
            "calling_window_start_time": sent,
            "calling_window_end_time": sent,
            "retry_delay_seconds": 1,
        }
        made = api.create(call_retry_config={**config, "calling_windows": [window]})
        [back] = made["call_retry_config"]["calling_windows"]
        for end in ("calling_window_start_time", "calling_window_end_time"):
            assert back[end] == stored, f"{sent} stored as {back[end]}"


def faq_replaced_whole(api: Api) -> None:
    """faq_items sent replaces every item, with new ids; not sent leaves them alone."""
    both = [{"question": "a", "answer": "1"}, {"question": "b", "answer": "2"}]
    first = api.create(faq_items=both)
    assert api.update(first["id"], name="other")["faq_items"] == first["faq_items"], "not sent"
    [item, *more] = api.update(first["id"], faq_items=both[:1])["faq_items"]
    assert not more, f"kept: {[item['question'] for item in more]}"
    assert item == {**both[0], "id": item["id"], "source": "human", "needs_human_answer": False}
    assert item["id"] not in {old["id"] for old in first["faq_items"]}
    assert api.update(first["id"], faq_items=[])["faq_items"] == []


def only_sent_fields_change(api: Api) -> None:
    """A PATCH with one field leaves every other as it was, and only updated_at moves."""
    body = data("bodies.json", api.profile)
    made = api.create(**body)
    changed = api.update(made["id"], name="Another name")
    moved = {field for field in made if made[field] != changed[field]}
    assert moved == {"name", "updated_at"}, f"moved: {sorted(moved)}"
    assert api.retrieve(made["id"]) == changed


def nested_objects_replaced_whole(api: Api) -> None:
    """A nested object sent loses the members that are not sent with it."""
    body = data("bodies.json", api.profile)
    made = api.create(**body)
    voice = {"id": "other", "provider": "elevenlabs"}
    replaced = api.update(made["id"], voice=voice)["voice"]
    assert replaced == {**voice, "speed": 1.0}, f"voice: {replaced}"
    config = {name: v for name, v in body["call_retry_config"].items() if name != "timezone"}
    assert api.update(made["id"], call_retry_config=config)["call_retry_config"]["timezone"] is None


def list_is_complete(api: Api) -> None:
    """The list holds what retrieve gives, whole, oldest first."""
    made = [api.create(**data("bodies.json", api.profile))["id"], api.create()["id"]]
    listed = {a["id"]: a for a in api.listed()}
    assert [i for i in listed if i in made] == made, "order"
    for identity in made:
        alone = api.retrieve(identity)
        lost = {field for field in alone if listed[identity].get(field) != alone[field]}
        assert listed[identity] == alone, f"not in the list: {sorted(lost)}"


def sub_assistants_hidden(api: Api) -> None:
    """A sub-assistant is in no list, and is read by its id."""
    if api.profile == "current":
        made = api.create(type="sub-assistant")
        assert made["id"] not in {a["id"] for a in api.listed()}, "listed"
        assert api.retrieve(made["id"]) == made
        api.update(made["id"], type="standalone")
        assert made["id"] in {a["id"] for a in api.listed()}


def delete_is_final(api: Api) -> None:
    """A deleted assistant is gone."""
    url = f"/assistants/{api.create()['id']}"
    assert api.client.delete(url).json() == {"success": True}
    for method, body in {"GET": None, "PATCH": {"name": "x"}, "DELETE": None}.items():
        answer = api.client.request(method, url, json=body)
        assert answer.status_code == 404, f"{method} after delete: {answer.status_code}"


def numbers_follow_their_assistant(api: Api) -> None:
    """A number has the assistant that answers it, as it is now, and none after its delete."""
    if api.profile == "seed":
        return  # it has no numbers
    made = api.create()
    number = f"/phone-numbers/{api.client.get('/phone-numbers').json()['phone_numbers'][0]['id']}"
    linked = api.client.patch(number, json={"inbound_assistant_id": made["id"]})
    assert linked.json()["phone_number"]["inbound_assistant"] == made
    changed = api.update(made["id"], name="Another name")
    relabelled = api.client.patch(number, json={"label": "Desk"}).json()["phone_number"]
    assert relabelled["inbound_assistant"] == changed, "not as it is now"
    api.client.delete(f"/assistants/{made['id']}")
    numbers = api.client.get("/phone-numbers").json()["phone_numbers"]
    assert [n["inbound_assistant"] for n in numbers] == [None, None], "after delete"
    assert numbers[0]["label"] == "Desk"


def clone_is_a_full_copy(api: Api) -> None:
    """A clone has every value of its source but its ids and times, and (Copy) after the name."""
    if api.profile == "seed":
        return  # it has no clone
    made = api.create(**data("bodies.json", api.profile))
    copied = api.client.post(f"/assistants/{made['id']}/clone").json()["assistant"]
    assert copied["name"] == f"{made['name']} (Copy)"
    moved = {field for field in made if made[field] != copied[field]}
    assert moved == {"id", "name", "created_at", "updated_at", "faq_items"}, f"moved: {moved}"
    both = zip(made["faq_items"], copied["faq_items"], strict=False)
    assert [{**new, "id": old["id"]} for old, new in both] == made["faq_items"], "FAQ"
    assert api.retrieve(copied["id"]) == copied
    assert api.retrieve(made["id"]) == made, "the source"
    assert api.client.post("/assistants/unknown/clone").status_code == 404


def context_keeps_every_entry(api: Api) -> None:
    """What the prompt adds to stt_context comes behind what was sent, and replaces nothing."""
    if api.profile == "seed":
        return  # it has no stt_context
    sent = {"general": [{"key": "topic", "value": "mine"}], "terms": ["Lumière", "Paris"]}
    prompt = "You work for Lumière in Lyon."
    made = api.create(prompt=prompt, stt_context=sent)
    assert made["stt_context"] == {**sent, "terms": ["Lumière", "Paris", "Lyon"]}, "on create"
    assert api.update(made["id"], name="n")["stt_context"] == made["stt_context"], "not sent"
    empty = {"general": [], "terms": []}
    derived = api.update(made["id"], stt_context=empty)["stt_context"]
    assert derived == {
        "general": [{"key": "topic", "value": prompt}],
        "terms": ["Lumière", "Lyon"],
    }, f"derived: {derived}"
    moved = api.update(made["id"], prompt="We are in Nice.")["stt_context"]
    assert moved == {**derived, "terms": ["Lumière", "Lyon", "Nice"]}, "with a new prompt"
    assert api.update(made["id"], stt_context=None)["stt_context"] is None
    assert api.create(prompt=prompt)["stt_context"] is None, "made up"


def endpoints_of_the_generation(api: Api) -> None:
    """What came after SDK 0.1.1 is a 404 in profile seed, with a known key too."""
    made = api.create()["id"]
    later = {
        ("GET", "/phone-numbers"),
        ("PATCH", "/phone-numbers/c2b6f6d0-2f0e-4a7e-8a53-5f5f5f0b7a11"),
        ("GET", "/auth-status"),
        ("POST", f"/assistants/{made}/clone"),
    }
    always = {("GET", path) for path in ("/assistants", "/voices", "/campaigns", "/users/me")}
    for method, path in later | always:
        expected = 404 if api.profile == "seed" and (method, path) in later else 200
        answer = api.client.request(method, path, json={})
        assert answer.status_code == expected, f"{method} {path}: {answer.status_code}"


def authentication(api: Api) -> None:
    """Nothing is answered, and nothing done, without a known key."""
    for headers in ({}, {"Authorization": "Bearer other"}, {"Authorization": KEY}):
        for method, path in (("GET", "/assistants"), ("POST", "/assistants"), ("GET", "/users/me")):
            answer = httpx.request(method, api.base_url + path, headers=headers)
            assert answer.status_code == 401, f"{method} {path} {headers}"
            assert answer.json()["message"]


CHECKS: MappingProxyType[str, Check] = MappingProxyType(
    {
        check.__name__: check
        for check in (
            sdk,
            documented_bounds,
            required_on_create,
            defaults,
            nested_defaults,
            times_as_hh_mm,
            faq_replaced_whole,
            only_sent_fields_change,
            nested_objects_replaced_whole,
            list_is_complete,
            sub_assistants_hidden,
            delete_is_final,
            numbers_follow_their_assistant,
            clone_is_a_full_copy,
            context_keeps_every_entry,
            endpoints_of_the_generation,
            authentication,
        )
    }
)
