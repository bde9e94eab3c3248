"""No file of a fork keeps ``validate`` busy: the time grows with the file, not with its square."""

from __future__ import annotations

import time
from collections.abc import Iterable

import pytest
from support import cli
from support.project import Project

START = "name: A\nprompt: p\n"
#: Seconds of the processor. What grows with the square takes ten times as long at least.
BOUND = 6.0


def listed(items: Iterable[str], around: str = "[]") -> str:
    return around[0] + ", ".join(items) + around[1]


FILES = {
    "a long scheme": START + f'webhook_url: "{"x" * 80_000}://"\n',
    "a long scheme in a line with a mistake": START + f'wobhook_url: "{"x" * 80_000}://"\n',
    "a long address": START + f'wrong: "https://{"a" * 80_000}"\n',
    "many queries": START + f'wrong: "https://a?{"a=&" * 20_000}"\n',
    "unknown keys in one line": "{name: A, prompt: p, "
    + ", ".join(f"wrong{n}: a value of some words" for n in range(1_000))
    + "}\n",
    "wrong values in one line": START
    + "faq_items: "
    + listed("{question: 1, answer: 2, x: 'https://a?b=c'}" for _ in range(1_000))
    + "\n",
    "headers of another form in one line": START
    + "custom_tools: [{headers: "
    + listed(f"{{X{n}: c}}" for n in range(4_000))
    + "}]\n",
    "headers of another form": START
    + "custom_tools:\n  - headers:\n"
    + "".join(f"      - X{n}: c\n" for n in range(4_000)),
    "unknown members": START
    + "call_retry_config: "
    + listed((f"allowed_dayz{n}: [monday]" for n in range(1_000)), "{}")
    + "\n",
    "references in one line": f'name: A\nprompt: "{"${var.X} " * 10_000}"\n',
    "half references": f'name: A\nprompt: "{"${" * 20_000}"\n',
    "many addresses": START
    + f'email_notification_address: "{"," * 80_000}"\nemail_notification_outcomes: [interested]\n',
    "a time of spaces": START
    + "call_retry_config: {max_retry_attempts: 1, calling_windows: [{calling_window_start_time: "
    + f'"9{" " * 80_000}x", calling_window_end_time: 9am, retry_delay_seconds: 1}}]}}\n',
    "a key of dots": START
    + f'wrong: {{api_key: "{"." * 80_000}!"}}\nlogo_url: "{"." * 80_000}!"\n'
    + f'llm_model: {{type: custom, api_key: "{"." * 80_000}!"}}\n',
    "escapes in a line with mistakes": "{name: A, prompt: "
    + f'"{"%25" * 30_000}", '
    + ", ".join(f"wrong{n}: 1" for n in range(1_000))
    + "}\n",
    "labels": START
    + "transfer_destinations: "
    + listed(f'{{label: "l{n}", phone_number: "+3312345678"}}' for n in range(2_000))
    + "\n",
    "deep lists": START + f"faq_items: {'[' * 3_000}{']' * 3_000}\n",
    "deep lists that stay open": START + f"faq_items: {'[' * 100_000}\n",
    "deep objects": START + f"faq_items: {'{a: ' * 3_000}{'}' * 3_000}\n",
    "anchors": START + "".join(f"x{n}: &a{n} v\n" for n in range(3_000)),
    "marks of tokens": f'name: A\nprompt: "{"eyJ" * 30_000}"\nwrong: "{"sk-" * 30_000}"\n',
    "names of credentials": START + f'wrong: "{"token: ${" * 8_000}"\n',
    "conflicts": f"name: A\nprompt: |\n{'  <<<<<<< x' + chr(10)}" * 2_000,
}


@pytest.mark.parametrize("text", FILES.values(), ids=FILES)
def test_the_time_grows_with_the_file(project: Project, text: str) -> None:
    project.write("assistants/a.yaml", text)
    began = time.process_time()
    assert cli.invoke("validate", env={}, cwd=project.root).code in (0, 1)
    assert time.process_time() - began < BOUND
