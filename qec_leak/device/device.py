"""Device: default parameters, overrides by role, qubit and pair, and the files they come from."""

from __future__ import annotations

import dataclasses
import functools
import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from importlib import resources
from typing import Any

from qec_leak._checks import broken_rule, check_choice, check_int, check_non_negative
from qec_leak.device import coherence, tables, toml_io
from qec_leak.device.frozen import FrozenMapping
from qec_leak.device.tables import PAIR_SECTIONS, QUBIT_SECTIONS, SECTIONS
from qec_leak.device.transmon import (
    CzParameters,
    DqlrParameters,
    GateParameters,
    IdleParameters,
    PairParameters,
    QubitParameters,
    ReadoutParameters,
    ResetParameters,
)

Override = Mapping[str, Mapping[str, Any]]
"""Values that replace defaults: {section: {key: value}}."""

_NO_LEAKAGE = {"gate": "leakage", "idle": "heating_per_us", "readout": "leakage", "cz": "leakage"}


@dataclass(frozen=True, kw_only=True)
class Device:
    """What the hardware is. Immutable, hashable, picklable, equal by value.

    A qubit's parameters are the sections ``gate``, ``idle``, ``readout``, ``reset``, replaced by ``roles[role]``, then
    by ``qubits[index]``; a pair's are ``cz``, ``dqlr``, replaced by ``pairs[(a, b)]`` with a < b. Overrides are
    {section: {key: value}}.

    Attributes:
        name: what results call it.
        description: free text.
        gate: one-qubit gates.
        idle: what time does.
        readout: measurements.
        reset: multi-level resets.
        cz: CZs.
        dqlr: Leakage iSWAPs.
        roles: overrides by role: "data", "measure" or "removal".
        qubits: overrides by qubit.
        pairs: overrides by pair (a, b) with a < b.
        cycle_ns: how long a round of a memory lasts on this device: one number, or one for each strategy by name.
            Rounds whose operations take less time wait at their end; others are as long as their operations. None or 0:
            no waiting.

    Examples:
        >>> device = Device.preset("sycamore")
        >>> device.replace({"cz.leakage": 1e-3, "roles.data.idle.t1_ns": 25e3}).qubit(4, "data").idle.t1_ns
        25000.0
    """

    name: str
    description: str = ""
    gate: GateParameters
    idle: IdleParameters
    readout: ReadoutParameters
    reset: ResetParameters
    cz: CzParameters
    dqlr: DqlrParameters
    roles: Mapping[str, Override] = field(default_factory=dict)
    qubits: Mapping[int, Override] = field(default_factory=dict)
    pairs: Mapping[tuple[int, int], Override] = field(default_factory=dict)
    cycle_ns: float | Mapping[str, float] | None = None

    def __post_init__(self) -> None:
        for key in ("name", "description"):
            if not isinstance(getattr(self, key), str):
                raise TypeError(broken_rule(key, "be a string", getattr(self, key), "write it in quotes"))
        for section, kind in SECTIONS.items():
            if not isinstance(getattr(self, section), kind):
                raise TypeError(broken_rule(section, f"be {kind.__name__}", getattr(self, section), "make one"))
        for role in tables.check_table("[roles]", self.roles):
            check_choice("roles", role, tables.ROLES)
        for index in tables.check_table("[qubits]", self.qubits):
            tables.parse_qubit(index)
        for pair in tables.check_table("[pairs]", self.pairs):
            tables.parse_pair(pair)
        object.__setattr__(self, "roles", _frozen({r: ("roles", r, o) for r, o in self.roles.items()}))
        object.__setattr__(self, "qubits", _frozen({int(q): ("qubits", str(q), o) for q, o in self.qubits.items()}))
        pairs = {
            tables.parse_pair(p): ("pairs", "{}-{}".format(*tables.parse_pair(p)), o) for p, o in self.pairs.items()
        }
        object.__setattr__(self, "pairs", _frozen(pairs))
        object.__setattr__(self, "cycle_ns", _cycle_ns(self.cycle_ns))
        self._check_overrides()

    def _check_overrides(self) -> None:
        """Every override must give valid parameters. A qubit's must do so in one role at least, since its role is not
        known here."""
        for role in tables.ROLES:
            self._qubit(None, role)
        for index in self.qubits:
            errors = []
            for role in tables.ROLES:
                try:
                    self._qubit(index, role)
                except (TypeError, ValueError) as error:
                    errors.append(error)
            if len(errors) == len(tables.ROLES):
                raise errors[0]
        for a, b in self.pairs:
            self.pair(a, b)

    def cycle_ns_of(self, strategy: str) -> float:
        """The least time that a round lasts.

        Args:
            strategy: name of the strategy.

        Returns:
            Nanoseconds; 0: as long as the strategy's operations take.
        """
        if isinstance(self.cycle_ns, Mapping):
            return self.cycle_ns.get(strategy, 0.0)
        return self.cycle_ns or 0.0

    @property
    def label(self) -> str:
        """The name; with "(edited)" behind it if it is the name of a preset whose values have been changed."""
        if self.name not in self.presets():
            return self.name
        preset = self.preset(self.name)
        same = dataclasses.replace(self, description=preset.description) == preset
        return self.name if same else f"{self.name} (edited)"

    def _repr_html_(self) -> str:
        from qec_leak._html import card  # only where a notebook shows it

        cz, roles = self.cz, {role: self._qubit(None, role) for role in ("data", "measure")}

        def both(value: Callable[[QubitParameters], str]) -> str:
            found = {role: value(of) for role, of in roles.items()}
            same = len(set(found.values())) == 1
            return found["data"] if same else ", ".join(f"{text} ({role})" for role, text in found.items())

        rows = {
            "T1, T2": both(lambda q: f"{q.idle.t1_ns / 1e3:g} us, {q.idle.t2_ns / 1e3:g} us"),
            "heating |1> to |2>": both(lambda q: f"{q.idle.heating_per_us:.3g} per us"),
            "gate": both(lambda q: f"{q.gate.duration_ns:g} ns, error {q.gate.error:.3g}"),
            "readout": both(lambda q: f"{q.readout.duration_ns:g} ns"),
            "CZ": f"{cz.duration_ns:g} ns, error {cz.error:.3g}, leakage {cz.leakage:.3g}, higher: {cz.high}",
        }
        counts = {"roles": len(self.roles), "qubits": len(self.qubits), "pairs": len(self.pairs)}
        rows["overrides"] = ", ".join(f"{count} {of}" for of, count in counts.items() if count) or "none"
        return card(f"Device {self.label}", rows)

    def qubit(self, index: int, role: str) -> QubitParameters:
        """Parameters of a qubit in a role: the default, replaced by the role's, then by the qubit's.

        Args:
            index: the qubit, >= 0.
            role: "data", "measure" or "removal".

        Returns:
            Its parameters.

        Raises:
            ValueError: there is no such role, or the qubit's overrides do not fit the role's.
            TypeError: an argument is of the wrong type.
        """
        return self._qubit(check_int("index", index, minimum=0), check_choice("role", role, tables.ROLES))

    def _qubit(self, index: int | None, role: str) -> QubitParameters:
        by_role = self.roles.get(role, {})
        by_qubit = {} if index is None else self.qubits.get(index, {})
        out: dict[str, Any] = {}
        where = f"roles.{role}"
        for section in QUBIT_SECTIONS:
            out[section] = getattr(self, section)
            if section in by_role:
                out[section] = tables.override_section(
                    out[section], section, by_role[section], where=f"{where}.{section}"
                )
            if section in by_qubit:
                label = f"qubits.{index}.{section}"
                out[section] = tables.override_section(out[section], section, by_qubit[section], where=label)
        try:
            return QubitParameters(**out)
        except ValueError as error:
            label = f"[qubits.{index}] " if by_qubit else f"[{where}] " if by_role else ""
            raise ValueError(f"{label}{error}") from None

    def pair(self, a: int, b: int) -> PairParameters:
        """Parameters of the coupled qubits ``a`` and ``b``, in either order.

        Args:
            a: a qubit, >= 0.
            b: another qubit.

        Returns:
            Their parameters.

        Raises:
            ValueError: the two are one qubit, or one is negative.
            TypeError: an argument is of the wrong type.
        """
        first, second = sorted((check_int("a", a, minimum=0), check_int("b", b, minimum=0)))
        if first == second:
            raise ValueError(broken_rule("b", "be another qubit than `a`", b, "name two qubits"))
        override = self.pairs.get((first, second), {})
        out: dict[str, Any] = {section: getattr(self, section) for section in PAIR_SECTIONS}
        for section in override:
            label = f'pairs."{first}-{second}".{section}'
            out[section] = tables.override_section(out[section], section, override[section], where=label)
        return PairParameters(**out)

    @classmethod
    def presets(cls) -> tuple[str, ...]:
        """Names that ``Device.preset`` takes."""
        files = resources.files("qec_leak.device").joinpath("presets").iterdir()
        return tuple(sorted(file.name.removesuffix(".toml") for file in files if file.name.endswith(".toml")))

    @classmethod
    def preset(cls, name: str) -> Device:
        """A device that comes with the package; device/presets/NAME.toml has the source of every value.

        Args:
            name: one of ``Device.presets()``.

        Returns:
            The device.

        Raises:
            ValueError: there is no such preset.
            TypeError: the name is no string.
        """
        return _preset(check_choice("name", name, cls.presets()))

    @classmethod
    def from_toml(cls, path: str | os.PathLike[str]) -> Device:
        """Read a device file.

        Args:
            path: the file.

        Returns:
            The device.

        Raises:
            ValueError: the file cannot be read, or a value breaks its rule; one line names file, key, rule and fix.
            TypeError: a value is of the wrong type; the line names the same.
        """
        return cls.from_toml_text(toml_io.read_text(path), source=os.fspath(path))

    @classmethod
    def from_toml_text(cls, text: str, source: str = "device text") -> Device:
        """Read a device from TOML text.

        Args:
            text: the TOML text.
            source: what errors call it.

        Returns:
            The device.

        Raises:
            ValueError: a value breaks its rule.
            TypeError: a value is of the wrong type.
        """
        try:
            return cls._from_table(toml_io.parse(text))
        except ValueError as error:
            raise ValueError(f"{source}: {error}") from None
        except TypeError as error:
            raise TypeError(f"{source}: {error}") from None

    def to_toml(self) -> str:
        """TOML text from which ``from_toml_text`` makes an equal device."""
        return toml_io.format_table(self._table())

    def replace(self, values: Mapping[str, Any] | None = None, /, **more: Any) -> Device:
        """A device with some values replaced, by dotted key.

        Keys are "cz.leakage", "roles.data.idle.t1_ns", "qubits.5.idle.t1_ns", "pairs.3-12.cz.leakage",
        "cycle_ns", "cycle_ns.DQLR", "name". None removes an override or an optional value. "idle.t2_over_t1", also of a
        role or qubit, gives T2 as a part of T1.

        A default that a role, qubit or pair overrides stays overridden there. Whole sections can be given as keywords:
        ``device.replace(gate=GateParameters(...))``.

        Args:
            values: values by dotted key.
            **more: values by keys without a dot.

        Returns:
            The new device.

        Raises:
            ValueError: there is no such key, or the value breaks its rule.
            TypeError: a value is of the wrong type.
        """
        table = self._table()
        for key, value in coherence.without_ratios(table, {**(values or {}), **more}).items():
            section = SECTIONS.get(key)
            if section is not None and isinstance(value, section):
                table[key] = tables.section_values(value)
            else:
                tables.set_dotted(table, key, value)
        return self._from_table(table)

    def without_leakage(self) -> Device:
        """A device whose operations excite nothing.

        L1 of gates and measurements and heating are zero everywhere, overrides included. Leaked qubits that a circuit
        injects behave as before. The Leakage iSWAP still leaks where a reset left |1> on the measure qubit
        (``reset.error``); that is how DQLR works.
        """
        table = self._table()
        overrides = [override for group in tables.GROUPS for override in table.get(group, {}).values()]
        for sections in (table, *overrides):
            for section, key in _NO_LEAKAGE.items():
                if key in sections.get(section, {}):
                    sections[section][key] = 0.0
        return self._from_table(table)

    def scale_coherence(self, factor: float) -> Device:
        """A device whose T1 and T2 are ``factor`` times as long, those of roles and qubits too.

        Args:
            factor: above 0.

        Returns:
            The new device.

        Raises:
            ValueError: the factor is not positive, or makes a T1 shorter than an operation.
        """
        return self.replace(coherence.scaled(self._table(), factor))

    def _table(self) -> tables.Table:
        """Plain nested dicts, as a TOML file holds them."""
        table: tables.Table = {"name": self.name, "description": self.description}
        if self.cycle_ns is not None:
            table["cycle_ns"] = dict(self.cycle_ns) if isinstance(self.cycle_ns, Mapping) else self.cycle_ns
        for section in SECTIONS:
            table[section] = tables.section_values(getattr(self, section))
        groups = {
            "roles": self.roles,
            "qubits": {str(index): override for index, override in self.qubits.items()},
            "pairs": {f"{a}-{b}": override for (a, b), override in self.pairs.items()},
        }
        for group, members in groups.items():
            if members:
                table[group] = {
                    name: {section: dict(values) for section, values in override.items()}
                    for name, override in members.items()
                }
        return table

    @classmethod
    def _from_table(cls, table: Mapping[str, Any]) -> Device:
        tables.check_keys("device", table, tables.TOP_KEYS)
        for key in ("name", *SECTIONS):
            if key not in table:
                what = f"section [{key}]" if key in SECTIONS else f"`{key}`"
                raise ValueError(
                    f"{what} must be given, but is missing; add it (Device.preset(...).to_toml() shows all)"
                )
        sections: dict[str, Any] = {
            section: tables.make_section(section, tables.check_table(f"[{section}]", table[section]))
            for section in SECTIONS
        }
        roles, qubits, pairs = (tables.check_table(f"[{group}]", table.get(group, {})) for group in tables.GROUPS)
        return cls(
            name=table["name"],
            description=table.get("description", ""),
            cycle_ns=table.get("cycle_ns"),
            roles=roles,
            qubits={tables.parse_qubit(name): override for name, override in qubits.items()},
            pairs={tables.parse_pair(name): override for name, override in pairs.items()},
            **sections,
        )


def _frozen(overrides: Mapping[Any, tuple[str, str, Override]]) -> FrozenMapping[Any, Any]:
    """Checked, immutable overrides. Overrides that replace nothing are left out. Numbers become floats."""
    out = {}
    for key, (group, name, override) in overrides.items():
        sections = tables.check_overrides(group, name, override)
        if sections:
            out[key] = FrozenMapping({s: FrozenMapping(_floats(values)) for s, values in sections.items()})
    return FrozenMapping(out)


def _cycle_ns(value: object) -> float | FrozenMapping[str, float] | None:
    if value is None:
        return None
    if isinstance(value, Mapping):
        by_strategy = {str(name): check_non_negative(f"cycle_ns.{name}", one) for name, one in value.items()}
        return FrozenMapping(by_strategy) if by_strategy else None
    return check_non_negative("cycle_ns", value)


def _floats(values: Mapping[str, Any]) -> dict[str, Any]:
    return {k: float(v) if isinstance(v, int) and not isinstance(v, bool) else v for k, v in values.items()}


@functools.cache
def _preset(name: str) -> Device:
    file = resources.files("qec_leak.device").joinpath("presets", f"{name}.toml")
    return Device.from_toml_text(file.read_text(encoding="utf-8"), source=f"{name}.toml")
