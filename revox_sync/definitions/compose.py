"""From the nodes of one file to plain data: includes, spliced lists and references in one walk.

A value that cannot be read is reported where it stands and goes on as None; ``broken`` names it,
so that nobody reports what only follows from it.
"""

from __future__ import annotations

from collections.abc import Mapping

from revox_sync.definitions.composed import Composed
from revox_sync.definitions.environments import Variables
from revox_sync.definitions.files import Files
from revox_sync.definitions.problem import Source, Unusable
from revox_sync.definitions.references import SECRET_PREFIX, Withheld
from revox_sync.definitions.suggest import hint_for
from revox_sync.definitions.walk import Walk
from revox_sync.definitions.yaml import MappingNode, Node, SequenceNode, compose, mark


class Composer:
    """Composes the files of one project; includes are parsed once.

    ``withheld`` says that secrets are not at hand, so that their values are stand-ins.
    """

    def __init__(
        self, files: Files, environ: Mapping[str, str], variables: Variables | None = None
    ) -> None:
        self._files = files
        self._environ = environ
        self._variables = variables or Variables()
        self.withheld = isinstance(environ, Withheld)
        self._lists: dict[str, Node | Unusable | None] = {}

    def file(self, source: Source) -> Composed:
        """Compose the whole of ``source``: a mapping at top level, or a problem."""
        try:
            root = _top(source)
            if root is None:
                raise Unusable("empty-file", "this file is empty", "state at least name and prompt")
        except Unusable as problem:
            return Composed.unread(source, problem)
        return self.mapping(source, root)

    def mapping(self, source: Source, node: Node) -> Composed:
        """Compose one mapping of ``source`` as if its members were the fields of a definition."""
        return Walk(self, source).fields(node)

    def settings(self, source: Source, apart: str) -> tuple[Composed, Node | None]:
        """Compose a file of settings, which takes no includes and references.

        The value of the key ``apart`` is not composed but returned as it is written.
        """
        try:
            root = _top(source)
        except Unusable as problem:
            return Composed.unread(source, problem), None
        return (Composed(), None) if root is None else Walk(self, source).settings(root, apart)

    def list_in(self, source: Source) -> Node:
        """Return the list that the included YAML file ``source`` holds; Unusable otherwise."""
        if source.file not in self._lists:
            try:
                self._lists[source.file] = compose(source.text)
            except Unusable as problem:
                self._lists[source.file] = problem
        root = self._lists[source.file]
        if isinstance(root, Unusable):
            raise root
        if type(root) is not SequenceNode:
            message = "an included YAML file holds a list, whose items are put in its place"
            index = mark(root) if root is not None else 0
            raise Unusable("include-kind", message, "write its items with a leading -", index)
        return root

    def included(self, base: str, target: str) -> Source:
        """Return the file that ``base`` includes as ``target``; Unusable if that is refused."""
        return self._files.included(base, target)

    def variable(self, name: str) -> str | int | float | None:
        """Return the value of ``${var.name}``; Unusable if it is not declared here.

        None stands for one that the project file may declare, as far as it could not be read.
        """
        known = self._variables
        if name in known.values or not known.certain:
            value: str | int | float | None = known.values.get(name)
            return value
        where = f"environment {known.environment}" if known.environment else "the project file"
        elsewhere = [other for other in known.elsewhere.get(name, ()) if other != known.environment]
        hint = hint_for(name, known.values) if known.values else None
        if elsewhere:
            verb = "declare" if len(elsewhere) > 1 else "declares"
            here = f"environments.{known.environment}.vars"
            hint = f"{', '.join(elsewhere)} {verb} it; add it to {here}, or to vars for all of them"
        raise Unusable(
            "undeclared-variable",
            f"{where} declares no variable {name}",
            hint or "declare it under vars: in revox-sync.yaml, or write $${ for a literal ${",
            environment=known.environment,
        )

    def secret(self, name: str) -> str | None:
        """Return the value of ``${secret.name}``, None if it is unset or empty."""
        return self._environ.get(SECRET_PREFIX + name) or None


def _top(source: Source) -> Node | None:
    """Return the mapping at the top level of a file, None if the file is empty."""
    root = compose(source.text)
    if root is not None and type(root) is not MappingNode:
        message = "the top level of this file must be a mapping of names to values"
        raise Unusable("not-a-mapping", message, "write `name: …`", mark(root))
    return root
