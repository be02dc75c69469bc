"""No call that could run what is read stands in the source: pickles, other people's code, `eval`."""

import ast
from pathlib import Path

import pytest

import medassay

SOURCE = Path(medassay.__file__).parent
SAFE = {"trust_remote_code": "False", "weights_only": "True", "allow_pickle": "False"}
STATED = {
    "torch.load": "weights_only",
    "np.load": "allow_pickle",
}  # whose own choice would depend on a version
NEVER = {"eval", "exec", "os.system", "os.popen", "yaml.load", "yaml.full_load", "yaml.unsafe_load"}
ENDS = ("pickle.load", "pickle.loads", ".Unpickler", ".read_pickle", ".extractall")
STATED_TO_BE = {
    "workflows/adapting/launching.py",  # pickles of jobs that it wrote itself, for its own processes
    "models/foreign.py",  # code of a checkpoint that the user named, to the byte
}


def unsafe(tree):
    """The calls of a module that must not be, by line."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            name = ast.unparse(node.func)
            given = {word.arg: ast.unparse(word.value) for word in node.keywords if word.arg}
            loose = [word for word in SAFE if given.get(word, SAFE[word]) != SAFE[word]]
            if loose or name in NEVER or name.endswith(ENDS) or STATED.get(name, name) not in {name, *given}:
                yield f"line {node.lineno}: {ast.unparse(node)[:100]}"
        if isinstance(node, ast.Dict):  # handed on as arguments
            held = {
                ast.literal_eval(k): ast.unparse(v)
                for k, v in zip(node.keys, node.values, strict=True)
                if isinstance(k, ast.Constant)
            }
            if any(held.get(word, SAFE[word]) != SAFE[word] for word in SAFE):
                yield f"line {node.lineno}: {ast.unparse(node)[:100]}"


def test_the_source_reads_nothing_that_could_run():
    found = {
        str(path.relative_to(SOURCE)): list(unsafe(ast.parse(path.read_text("utf-8"))))
        for path in SOURCE.rglob("*.py")
    }
    assert {name for name, calls in found.items() if calls} == STATED_TO_BE, found


@pytest.mark.parametrize(
    "call",
    [
        "pickle.load(f)",
        "torch.load(p)",
        "torch.load(p, weights_only=False)",
        "np.load(p, allow_pickle=True)",
        "AutoModel.from_pretrained(p, trust_remote_code=True)",
        "AutoModel.from_pretrained(p, trust_remote_code=chosen)",
        "AutoModel.from_pretrained(p, **{'trust_remote_code': chosen})",
        "yaml.load(t)",
        "archive.extractall()",
        "eval(text)",
    ],
)
def test_each_of_them_would_be_found(call):
    assert list(unsafe(ast.parse(call)))
