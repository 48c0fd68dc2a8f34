"""An operator that is a program: it starts greenroom, reads what it is told, and answers; it imports nothing of it.

As "clumsy" it also says what makes no sense, which must change nothing.
"""

import json
import subprocess
import sys

WRONG = (
    "no", "[1, 2]", '{"do": "dance"}', '{"do": "advance", "by": "5"}', '{"do": "advance", "to": "1s", "by": "2m"}',
    '{"do": "command", "kind": "fly away"}', '{"do": "command", "kind": "divert", "arguments": {"sigment": "eu"}}',
    '{"do": "look", "metrics": ["errors.raet"]}',
)


def main(clumsy: bool, command: list[str]) -> int:
    program = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    assert program.stdin is not None
    assert program.stdout is not None

    def read() -> dict:
        line = program.stdout.readline()
        sys.stdout.write(line)
        return json.loads(line)

    def ask(**asked: object) -> dict:
        program.stdin.write(json.dumps(asked) + "\n")
        program.stdin.flush()
        return read()

    assert read()["greenroom"] == 1
    told = ask(id=1, do="advance", to="20m", until="told")
    assert told["id"] == 1
    for line in WRONG if clumsy else ():
        program.stdin.write(line + "\n")
        program.stdin.flush()
        assert read()["now"] == told["now"]
    ask(do="command", kind="acknowledge")
    rates = {one["arm"]: one["value"] for one in ask(do="look", metrics=["errors.rate"], over="2m")["shown"]}
    if rates["candidate"] > 3 * rates["incumbent"] and ask(do="may", kind="roll back")["granted"]:
        ask(do="command", kind="roll back")
        said = {"cause": "errors", "model": "candidate", "confidence": "90%"}
        ask(do="command", kind="diagnose", arguments=said)
    ask(do="standing")
    assert ask(do="end")["over"]
    read()
    return program.wait()


sys.exit(main(sys.argv[1] == "clumsy", sys.argv[2:]))
