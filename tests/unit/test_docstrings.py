"""Docstrings of public names have the sections that their signatures ask for.

Args name every argument, Attributes every field of a dataclass. Returns is there where arguments give a result, Raises
where the body raises or checks. Functions have an example that runs as a doctest, and classes that are no interface.
"""

import ast
import dataclasses
import importlib
import inspect
import re
import textwrap
import types

import pytest

PACKAGES = (
    "qec_leak",
    "qec_leak.analysis",
    "qec_leak.channels",
    "qec_leak.circuits",
    "qec_leak.decoding",
    "qec_leak.device",
    "qec_leak.engine",
    "qec_leak.figures",
    "qec_leak.records",
    "qec_leak.sweep",
    "qec_leak.viewer",
)
"""Packages whose public names are checked, all of them."""

SECTION = re.compile(r"^(Args|Attributes|Returns|Yields|Raises|Examples):\n((?: .*\n|\n)+)", re.MULTILINE)
ENTRY = re.compile(r"^    (\*{0,2}\w+): ", re.MULTILINE)


def sections(text):
    """Text of each section of a docstring."""
    return dict(SECTION.findall(inspect.cleandoc(text or "") + "\n"))


def entries(text):
    """What a section lists."""
    return ENTRY.findall(text)


def raises(function):
    """True if the body raises, or checks an argument with one of ``_checks``."""
    try:
        tree = ast.parse(textwrap.dedent(inspect.getsource(function)))
    except OSError:
        return False
    called = {n.func for n in ast.walk(tree) if isinstance(n, ast.Call)}
    names = {f.id if isinstance(f, ast.Name) else f.attr for f in called if isinstance(f, ast.Name | ast.Attribute)}
    return any(isinstance(n, ast.Raise) for n in ast.walk(tree)) or any(n.startswith("check_") for n in names)


def missing_from_function(function, *, example):
    """What the docstring of a function or method lacks."""
    found = sections(function.__doc__)
    signature = inspect.signature(function)
    stars = {inspect.Parameter.VAR_POSITIONAL: "*", inspect.Parameter.VAR_KEYWORD: "**"}
    wanted = [stars.get(p.kind, "") + p.name for p in signature.parameters.values() if p.name not in ("self", "cls")]
    if not function.__doc__:
        yield "a docstring"
        return
    if entries(found.get("Args", "")) != wanted:
        yield f"Args {', '.join(wanted)}, but has {', '.join(entries(found.get('Args', ''))) or 'none'}"
    gives = wanted and signature.return_annotation not in (None, "None", inspect.Signature.empty)
    if gives and not {"Returns", "Yields"} & {*found}:  # without arguments the first line says what is given
        yield "Returns"
    if raises(function) and "Raises" not in found:
        yield "Raises"
    if example and ">>> " not in found.get("Examples", ""):
        yield "Examples"


def missing_from_class(kind):
    """What the docstrings of a class and of its public methods lack, as (where, what)."""
    found = sections(kind.__doc__)
    if not kind.__doc__:
        yield "", "a docstring"
    if dataclasses.is_dataclass(kind):
        fields = [field.name for field in dataclasses.fields(kind) if field.init and field.name[0] != "_"]
        if entries(found.get("Attributes", "")) != fields:
            yield "", f"Attributes {', '.join(fields)}"
    elif (
        "__init__" in vars(kind)
        and not getattr(kind, "_is_protocol", False)
        and len(inspect.signature(kind).parameters)
    ):
        wanted = [*inspect.signature(kind).parameters]
        if wanted not in (entries(sections(doc).get("Args", "")) for doc in (kind.__doc__, kind.__init__.__doc__)):
            yield "", f"Args {', '.join(wanted)}"
    is_used = not (issubclass(kind, BaseException) or inspect.isabstract(kind) or getattr(kind, "_is_protocol", False))
    if is_used and ">>> " not in found.get("Examples", ""):
        yield "", "Examples"
    ours = [base for base in kind.__mro__ if base.__module__.startswith("qec_leak")]
    for name, member in {name: member for base in reversed(ours) for name, member in vars(base).items()}.items():
        if name.startswith("_"):
            continue
        if isinstance(member, property):
            if not member.__doc__:
                yield name, "a docstring"
            elif raises(member.fget) and "Raises" not in sections(member.__doc__):
                yield name, "Raises"
        elif isinstance(member, classmethod | staticmethod | types.FunctionType):
            function = member if isinstance(member, types.FunctionType) else member.__func__
            for what in missing_from_function(function, example=False):
                yield name, what


def missing(package):
    """ "name: what" for all that public names of a package lack."""
    module = importlib.import_module(package)
    out = []
    for name in module.__all__:
        value = getattr(module, name)
        if inspect.isclass(value):
            out += [f"{name}.{where}: {what}".replace(".:", ":") for where, what in missing_from_class(value)]
        elif callable(value):
            out += [f"{name}: {what}" for what in missing_from_function(inspect.unwrap(value), example=True)]
    return out


@pytest.mark.parametrize("package", PACKAGES)
def test_public_names_say_what_they_take_and_give(package):
    assert missing(package) == []


def test_what_is_missing_is_found():
    def undocumented(a, *b):
        """Does things.

        Args:
            a: one.
            c: another.
        """
        if a:
            raise ValueError

    undocumented.__annotations__["return"] = int
    assert [what.split()[0] for what in missing_from_function(undocumented, example=True)] == [
        "Args", "Returns", "Raises", "Examples",
    ]  # fmt: skip

    @dataclasses.dataclass
    class Pair:
        """Two.

        Attributes:
            left: one.
        """

        left: int
        right: int

    assert list(missing_from_class(Pair)) == [("", "Attributes left, right"), ("", "Examples")]
