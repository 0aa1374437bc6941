"""Which source could make the number of a build: whatever can reach `upheld.builds.numbers.new`, by any import."""

import ast
from collections.abc import Iterator
from pathlib import Path, PurePath
from typing import NamedTuple

import upheld

ROOT = Path(upheld.__file__).parent
PROGRAM, ROOM, NAME, MAKER = "upheld", "upheld.builds", "numbers", "new"
NUMBERS = ".".join((ROOM, NAME))


class Import(NamedTuple):
    """`from module import name as known`; of a plain `import module` the name is empty."""

    module: str
    name: str
    known: str


def can_make(source: str, where: PurePath) -> bool:
    """`where`: the file's path within the program, by which its relative imports are understood.

    A file may know the module by `from … import numbers`, as long as it asks it each time for something else, and by
    that thing's name. To hand the module on, or to come to it by another way, counts as making numbers.
    """
    if NAME not in source:
        return False
    tree = ast.parse(source)
    imports = list(_imports(tree, PurePath(PROGRAM, where)))
    if any(_is_maker(each) for each in imports):
        return True
    known = {each.known for each in imports if each.name == NAME and _is_ours(each.module)}
    ours = {each.known for each in imports if _is_within(each.module, PROGRAM)}
    return _hands_on(tree, known) or _goes_through(tree, ours) or _asks_by_text(tree)


def _imports(tree: ast.AST, path: PurePath) -> Iterator[Import]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (Import(each.name, "", each.asname or each.name.partition(".")[0]) for each in node.names)
        elif isinstance(node, ast.ImportFrom):
            folder = path.parts[: -node.level] if node.level else ()
            module = ".".join([*folder, *([node.module] if node.module else [])])
            yield from (Import(module, each.name, each.asname or each.name) for each in node.names)


def _is_maker(each: Import) -> bool:
    """Whether it takes `new`, or what that is made of, or everything, or the module in full."""
    if each.module == NUMBERS:
        return not each.name or _is_wanted(each.name)
    if each.name == "*":
        return _is_within(each.module, PROGRAM)
    return each.name == MAKER and _is_within(each.module, ROOM)


def _is_wanted(name: str) -> bool:
    return name in (MAKER, "*") or name.startswith("_")


def _is_within(module: str, folder: str) -> bool:
    return module == folder or module.startswith(f"{folder}.")


def _is_ours(module: str) -> bool:
    """Whether its `numbers` are those of builds: other rooms have a module of that name too, and it is another."""
    own = ROOT.joinpath(*module.split(".")[1:], f"{NAME}.py")
    return module == ROOM or (_is_within(module, PROGRAM) and not own.exists())


def _hands_on(tree: ast.AST, known: set[str]) -> bool:
    """Whether the module is named otherwise than to ask it for something that makes no number."""
    attributes = [node for node in ast.walk(tree) if isinstance(node, ast.Attribute)]
    asked = {id(node.value) for node in attributes if not _is_wanted(node.attr)}
    return any(isinstance(node, ast.Name) and node.id in known and id(node) not in asked for node in ast.walk(tree))


def _goes_through(tree: ast.AST, ours: set[str]) -> bool:
    """Whether it is reached as a part of another module of the program, such as `issuing.numbers`."""
    return any(
        isinstance(node, ast.Attribute) and node.attr == NAME and _first(node) in ours for node in ast.walk(tree)
    )


def _first(node: ast.expr) -> str:
    while isinstance(node, ast.Attribute):
        node = node.value
    return node.id if isinstance(node, ast.Name) else ""


def _asks_by_text(tree: ast.AST) -> bool:
    """Whether a text names the module, for `import_module` or `sys.modules`, or `getattr` is asked for it."""
    nodes = list(ast.walk(tree))
    calls = [node for node in nodes if isinstance(node, ast.Call) and _first(node.func) == getattr.__name__]
    asked = [node.value for call in calls for node in call.args if isinstance(node, ast.Constant)]
    texts = [node.value for node in nodes if isinstance(node, ast.Constant)]
    return NAME in asked or NUMBERS in texts or f".{NAME}" in texts
