"use strict";
(() => {
  const byId = (id) => document.getElementById(id);
  const data = JSON.parse(byId("data").textContent);
  const STEP = 10; // of the coordinates, in units of the drawing
  const PLAY_MS = 400;
  const last = data.labels.length - 1;
  const state = { step: 0, show: "leakage", log: false, chosen: null, hovered: null, timer: 0 };
  const dark = matchMedia("(prefers-color-scheme: dark)");

  // ---- data ----------------------------------------------------------------------------------------------------

  const bytesOf = (text) => Uint8Array.from(atob(text), (c) => c.charCodeAt(0));
  const countsOf = (text, size) => {
    const raw = bytesOf(text).buffer;
    return size === 2 ? new Uint16Array(raw) : new Uint32Array(raw);
  };
  const bitOf = (bytes, row, width, k) => (bytes[row * width + (k >> 3)] >> (k & 7)) & 1;

  const panels = data.panels.map((p) => ({
    ...p,
    level2: countsOf(p.level_2, p.bytes),
    level3: countsOf(p.level_3, p.bytes),
    fired: countsOf(p.detections, p.bytes),
    leakedBits: bytesOf(p.leaked),
    threeBits: bytesOf(p.three),
    eventBits: bytesOf(p.events),
    qubitBytes: (p.qubits.length + 7) >> 3,
    checkBytes: (p.checks.length + 7) >> 3,
    placeOf: new Map(p.qubits.map((q, k) => [q[0], k])),
    checkOf: new Map(p.checks.map((c, k) => [c[0], k])),
  }));
  const snapshots = Math.max(...data.snapshots) + 1;

  const leakage = (p, k) => {
    const at = data.snapshots[state.step] * p.qubits.length + k;
    return [p.level2[at] / data.shots, p.level3[at] / data.shots];
  };
  const detection = (p, c) => {
    const round = data.events[state.step];
    const count = round ? p.fired[(round - 1) * p.checks.length + c] : p.silent;
    return count === p.silent ? null : count / data.shots;
  };
  const level = (p, k) => {
    const row = state.show * snapshots + data.snapshots[state.step];
    return bitOf(p.leakedBits, row, p.qubitBytes, k) ? 2 + bitOf(p.threeBits, row, p.qubitBytes, k) : 0;
  };
  const event = (p, c) => {
    const round = data.events[state.step];
    return round ? bitOf(p.eventBits, state.show * (data.rounds + 1) + round - 1, p.checkBytes, c) : 0;
  };
  const inShot = () => typeof state.show === "number";

  // The scale of colours is the same for all panels and steps.
  const range = (arrays, silent) => {
    let high = 0, low = Infinity;
    for (const array of arrays) {
      for (const count of array) {
        if (count !== silent && count > 0) { high = Math.max(high, count); low = Math.min(low, count); }
      }
    }
    return high ? [low / data.shots, high / data.shots] : [1 / data.shots, 1];
  };
  const both = panels.map((p) => p.level2.map((count, k) => count + p.level3[k]));
  const ranges = {
    leakage: range(both, -1),
    detection: range(panels.map((p) => p.fired), panels[0].silent),
  };

  // ---- colours ---------------------------------------------------------------------------------------------------

  const RAMPS = {
    leakage: {
      light: [[255, 255, 255], [254, 217, 118], [253, 141, 60], [227, 26, 28], [128, 0, 38]],
      dark: [[38, 38, 44], [104, 44, 34], [196, 72, 30], [250, 158, 60], [255, 243, 196]],
    },
    detection: {
      light: [[255, 255, 255], [198, 219, 239], [107, 174, 214], [33, 113, 181], [8, 48, 107]],
      dark: [[38, 38, 44], [32, 62, 104], [44, 110, 180], [112, 178, 232], [226, 240, 255]],
    },
  };
  const LEVELS = { light: [, , "#f5a623", "#a3005e"], dark: [, , "#ffb84d", "#ff6fc2"] };
  const theme = () => (dark.matches ? "dark" : "light");
  const ramp = (name, share) => {
    const stops = RAMPS[name][theme()];
    const at = Math.min(Math.max(share, 0), 1) * (stops.length - 1);
    const k = Math.min(Math.floor(at), stops.length - 2);
    return stops[k].map((v, i) => Math.round(v + (stops[k + 1][i] - v) * (at - k)));
  };
  const css = (rgb) => `rgb(${rgb.join(",")})`;
  const share = (name, value) => {
    const [low, high] = ranges[name];
    if (!state.log) return value / high;
    if (value <= 0) return 0;
    return low < high ? 0.12 + (0.88 * Math.log(value / low)) / Math.log(high / low) : 1;
  };
  const ink = (rgb) => (0.3 * rgb[0] + 0.59 * rgb[1] + 0.11 * rgb[2] > 140 ? "#000" : "#fff");
  const hex = (text) => [1, 3, 5].map((k) => parseInt(text.slice(k, k + 2), 16));

  const percent = (p) => {
    if (p === 0) return "0 %";
    const value = 100 * p;
    return `${value >= 0.1 ? value.toFixed(value >= 10 ? 1 : 2) : value.toPrecision(2)} %`;
  };

  // ---- drawing -----------------------------------------------------------------------------------------------------

  const position = (p, k) => [p.qubits[k][1] * STEP, p.qubits[k][2] * STEP];
  const distance = (p, a, b) => Math.hypot(...position(p, a).map((v, i) => v - position(p, b)[i]));

  const checkShape = (p, [measure, basis, support], k, flat) => {
    const corners = support.map((q) => position(p, q));
    if (flat) {
      const [[x, y], [u, v]] = [corners[0], corners[corners.length - 1]];
      return `<line class="check ${basis}" data-check="${k}" x1="${x}" y1="${y}" x2="${u}" y2="${v}" stroke-width="3"/>`;
    }
    if (corners.length === 2) corners.push(position(p, measure));
    const middle = [0, 1].map((i) => corners.reduce((sum, c) => sum + c[i], 0) / corners.length);
    corners.sort((a, b) => Math.atan2(a[1] - middle[1], a[0] - middle[0]) - Math.atan2(b[1] - middle[1], b[0] - middle[0]));
    return `<polygon class="check ${basis}" data-check="${k}" points="${corners.map((c) => c.join(",")).join(" ")}"/>`;
  };

  const qubitShape = (p, k, r) => {
    const [index, , , role, basis] = p.qubits[k];
    const [x, y] = position(p, k);
    const about = `class="qubit ${role} ${basis}" data-qubit="${index}"`;
    if (role === "data") return `<circle ${about} cx="${x}" cy="${y}" r="${r}"/>`;
    const half = 0.88 * r;
    const turn = role === "removal" ? ` transform="rotate(45 ${x} ${y})"` : "";
    return `<rect ${about} x="${x - half}" y="${y - half}" width="${2 * half}" height="${2 * half}" rx="0.6"${turn}/>`;
  };

  const draw = (p) => {
    const gaps = p.czs.map(([, a, b]) => distance(p, a, b));
    const r = 0.35 * Math.min(...gaps, 1.45 * STEP);
    const xs = p.qubits.map((q) => q[1] * STEP), ys = p.qubits.map((q) => q[2] * STEP);
    const [x, y] = [Math.min(...xs) - STEP, Math.min(...ys) - STEP];
    const [width, height] = [Math.max(...xs) - x + STEP, Math.max(...ys) - y + STEP];
    const flat = new Set(ys).size === 1;
    const figure = document.createElement("figure");
    figure.innerHTML =
      `<figcaption><b></b><span></span></figcaption><svg viewBox="${x} ${y} ${width} ${height}" tabindex="0" role="group">` +
      p.checks.map((check, k) => checkShape(p, check, k, flat)).join("") +       p.qubits.map((_, k) => qubitShape(p, k, r)).join("") +
      p.qubits.map((_, k) => {
        const [u, v] = position(p, k);
        return `<text x="${u}" y="${v}" font-size="${1.05 * r}"></text>`;
      }).join("") + '<g class="links"></g></svg>';
    figure.querySelector("b").textContent = p.name;
    const svg = figure.querySelector("svg");
    svg.setAttribute("aria-label", `Lattice of ${p.name}`);
    byId("panels").append(figure);
    Object.assign(p, {
      r,
      svg,
      caption: figure.querySelector("span"),
      links: svg.querySelector(".links"),
      shapes: [...svg.querySelectorAll(".qubit")],
      texts: [...svg.querySelectorAll("text")],
      checkShapes: [...svg.querySelectorAll(".check")],
      numbered: p.qubits.length <= 60,
    });
    listen(p);
  };

  const paint = (p) => {
    const blank = hex(getComputedStyle(document.documentElement).getPropertyValue("--blank").trim());
    const roles = { data: [0, 0], measure: [0, 0], removal: [0, 0] };
    let leaked = 0, events = 0, fired = 0, detectors = 0;
    p.qubits.forEach(([index, , , role], k) => {
      const check = p.checkOf.get(k);
      let color = blank, words = p.numbered ? String(index) : "", struck = false;
      if (inShot()) {
        const found = level(p, k);
        if (found) { color = hex(LEVELS[theme()][found]); words = String(found); leaked += 1; }
        struck = check !== undefined && event(p, check) === 1;
        events += struck;
      } else if (state.show === "leakage") {
        const value = leakage(p, k).reduce((a, b) => a + b);
        color = ramp("leakage", share("leakage", value));
        roles[role][0] += value;
        roles[role][1] += 1;
      } else if (check !== undefined) {
        const value = detection(p, check);
        if (value !== null) {
          color = ramp("detection", share("detection", value));
          fired += value;
          detectors += 1;
        }
      }
      p.shapes[k].style.fill = css(color);
      p.shapes[k].classList.toggle("fired", struck);
      p.shapes[k].classList.toggle("chosen", index === focus());
      if (check !== undefined) p.checkShapes[check].classList.toggle("fired", struck);
      p.texts[k].textContent = words;
      p.texts[k].setAttribute("fill", ink(color));
    });
    if (inShot()) {
      p.caption.textContent = `${leaked} leaked, ${events} detection ${events === 1 ? "event" : "events"}`;
    } else if (state.show === "leakage") {
      p.caption.textContent = Object.entries(roles).filter(([, [, n]]) => n)
        .map(([role, [sum, n]]) => `${role} ${percent(sum / n)}`).join(", ");
    } else {
      p.caption.textContent = detectors ? `mean ${percent(fired / detectors)}` : "no detectors here";
    }
    link(p);
  };

  const focus = () => state.hovered ?? state.chosen;

  const link = (p) => {
    const k = p.placeOf.get(focus());
    if (k === undefined) { p.links.innerHTML = ""; return; }
    const line = (a, b, name) => {
      const [[x, y], [u, v]] = [position(p, a), position(p, b)];
      const t = p.r / distance(p, a, b); // from edge to edge
      const [dx, dy] = [(u - x) * t, (v - y) * t];
      const aside = name === "iswap" ? 0.5 : 0; // beside the line of the CZ
      const [ax, ay] = [-dy * aside, dx * aside];
      return `<line class="${name}" x1="${x + dx + ax}" y1="${y + dy + ay}" x2="${u - dx + ax}" y2="${v - dy + ay}"/>`;
    };
    const dot = (high, low) => {
      const [[x, y], [u, v]] = [position(p, high), position(p, low)];
      const t = Math.min((1.2 * p.r) / distance(p, high, low), 0.48);
      return `<circle cx="${x + (u - x) * t}" cy="${y + (v - y) * t}" r="${0.24 * p.r}"/>`;
    };
    p.links.innerHTML =
      p.iswaps.filter((pair) => pair.includes(k)).map(([a, b]) => line(a, b, "iswap")).join("") +
      p.czs.filter((cz) => cz[1] === k || cz[2] === k).map(([, a, b]) => line(a, b, "cz") + dot(a, b)).join("");
  };

  // ---- words -------------------------------------------------------------------------------------------------------

  const paragraph = (text) => {
    const p = document.createElement("p");
    p.textContent = text;
    return p;
  };

  const describe = () => {
    const out = [];
    const index = focus();
    if (index === null) {
      out.push(paragraph("Point at a qubit, tap it, or tab to a lattice and use the arrows."));
    } else {
      const p = panels.find((one) => one.placeOf.has(index));
      const k = p.placeOf.get(index);
      const [, x, y, role, basis] = p.qubits[k];
      out.push(paragraph(`Qubit ${index}, ${role}${basis ? ` of ${basis}` : ""}, at (${x}, ${y})`));
      for (const one of panels) {
        const at = one.placeOf.get(index);
        if (at !== undefined) out.push(paragraph(`${one.name}: ${numbers(one, at)}`));
      }
      const check = p.checkOf.get(k);
      if (check !== undefined) {
        out.push(paragraph(`${basis} check of ${p.checks[check][2].map((q) => p.qubits[q][0]).join(", ")}`));
      }
      const czs = p.czs.filter((cz) => cz[1] === k || cz[2] === k).map(([layer, high, low]) => {
        const other = p.qubits[high === k ? low : high][0];
        return `layer ${layer + 1} with ${other} (${high === k ? index : other} is higher)`;
      });
      if (czs.length) out.push(paragraph(`CZs: ${czs.join("; ")}`));
      for (const one of panels) {
        const at = one.placeOf.get(index);
        const pair = one.iswaps.find((ends) => ends.includes(at));
        if (pair) out.push(paragraph(`${one.name}: Leakage iSWAP with ${one.qubits[pair[0] === at ? pair[1] : pair[0]][0]}`));
      }
    }
    byId("details").replaceChildren(...out);
  };

  const numbers = (p, k) => {
    const check = p.checkOf.get(k);
    if (inShot()) {
      const found = level(p, k);
      const words = found ? `level ${found}` : "computational";
      return check !== undefined && event(p, check) ? `${words}, detection event` : words;
    }
    const [two, three] = leakage(p, k);
    const words = `P(leaked) ${percent(two + three)} (level 2 ${percent(two)}, level 3 ${percent(three)})`;
    const fraction = check === undefined ? null : detection(p, check);
    return fraction === null ? words : `${words}, detection fraction ${percent(fraction)}`;
  };

  const legend = () => {
    const box = byId("legend");
    byId("log-label").hidden = inShot();
    if (inShot()) {
      const [, , two, three] = LEVELS[theme()];
      box.innerHTML =
        `<span><i class="chip" style="background:${two}"></i>level 2</span>` +
        `<span><i class="chip" style="background:${three}"></i>level 3</span>` +
        '<span><i class="chip" style="border:3px solid var(--event)"></i>detection event</span>';
      return;
    }
    const name = state.show;
    const [low, high] = ranges[name];
    const stops = [...Array(9).keys()].map((k) => css(ramp(name, (state.log ? 0.12 : 0) + (k / 8) * (state.log ? 0.88 : 1))));
    const what = name === "leakage" ? "P(leaked)" : "detection fraction";
    box.innerHTML = `<span>${what}</span><span>${state.log ? percent(low) : "0 %"} ` +
      `<i class="bar" style="background:linear-gradient(to right,${stops.join(",")})"></i> ${percent(high)}</span>`;
  };

  // ---- the page ----------------------------------------------------------------------------------------------------

  const hash = () => {
    const parts = [`step=${state.step}`, `show=${inShot() ? `shot${state.show}` : state.show}`];
    if (state.log) parts.push("log=1");
    if (state.chosen !== null) parts.push(`qubit=${state.chosen}`);
    return `#${parts.join("&")}`;
  };
  let writing = 0;
  const writeHash = () => {
    clearTimeout(writing);
    writing = setTimeout(() => {
      try { history.replaceState(null, "", hash()); } catch { /* a page inside a page has no address */ }
    }, 200);
  };

  const readHash = () => {
    const given = new URLSearchParams(location.hash.slice(1));
    const whole = (name) => (/^\d{1,9}$/.test(given.get(name) ?? "") ? Number(given.get(name)) : NaN);
    const step = whole("step");
    if (step >= 0) state.step = Math.min(step, last);
    const show = given.get("show") ?? "";
    const shot = /^shot(\d+)$/.exec(show);
    if (shot && Number(shot[1]) < data.shown) state.show = Number(shot[1]);
    else if (show === "leakage" || show === "detection") state.show = show;
    if (given.has("step")) state.log = given.get("log") === "1";
    const qubit = whole("qubit");
    if (panels.some((p) => p.placeOf.has(qubit))) state.chosen = qubit;
  };

  const render = () => {
    byId("step").value = state.step;
    byId("step").setAttribute("aria-valuetext", data.labels[state.step]);
    byId("moment").textContent = `${data.labels[state.step]} (step ${state.step + 1} of ${last + 1})`;
    byId("show").value = inShot() ? `shot${state.show}` : state.show;
    byId("log").checked = state.log;
    byId("back").disabled = state.step === 0;
    byId("next").disabled = state.step === last;
    legend();
    panels.forEach(paint);
    describe();
    writeHash();
  };

  const go = (step) => {
    state.step = Math.min(Math.max(step, 0), last);
    render();
  };
  const pause = () => {
    clearInterval(state.timer);
    state.timer = 0;
    byId("play").textContent = "Play";
    byId("play").setAttribute("aria-pressed", "false");
  };
  const play = () => {
    if (state.timer) { pause(); return; }
    if (state.step === last) go(0);
    state.timer = setInterval(() => {
      if (state.step === last) pause();
      else go(state.step + 1);
    }, PLAY_MS);
    byId("play").textContent = "Pause";
    byId("play").setAttribute("aria-pressed", "true");
  };

  const shows = ["leakage", "detection", ...Array(data.shown).keys()];
  const show = (what) => {
    state.show = what;
    render();
  };

  const copy = async () => {
    const address = location.href.split("#")[0] + hash();
    const field = byId("address");
    try {
      await navigator.clipboard.writeText(address);
      byId("link").textContent = "Copied";
      setTimeout(() => { byId("link").textContent = "Copy link"; }, 1500);
    } catch {
      field.hidden = false;
      field.value = address;
      field.focus();
      field.select();
    }
  };

  const nearest = (p, k, dx, dy) => {
    const [x, y] = position(p, k);
    let best = k, cost = Infinity;
    p.qubits.forEach((_, other) => {
      const [u, v] = position(p, other);
      const along = (u - x) * dx + (v - y) * dy, across = Math.abs((u - x) * dy) + Math.abs((v - y) * dx);
      if (along > 0 && along + 2.5 * across < cost) { best = other; cost = along + 2.5 * across; }
    });
    return best;
  };

  const ARROWS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };

  const listen = (p) => {
    const indexAt = (e) => {
      const found = e.target.closest?.("[data-qubit]");
      return found ? Number(found.dataset.qubit) : null;
    };
    const hover = (index) => {
      if (index === state.hovered) return;
      state.hovered = index;
      panels.forEach((one) => {
        one.shapes.forEach((shape, k) => shape.classList.toggle("chosen", one.qubits[k][0] === focus()));
        link(one);
      });
      describe();
    };
    p.svg.addEventListener("pointermove", (e) => { if (e.pointerType === "mouse") hover(indexAt(e)); });
    p.svg.addEventListener("pointerleave", () => hover(null));
    p.svg.addEventListener("click", (e) => {
      const index = indexAt(e);
      state.chosen = index === state.chosen ? null : index;
      render();
    });
    p.svg.addEventListener("keydown", (e) => {
      if (e.ctrlKey || e.metaKey || e.altKey) return;
      if (e.key === "Escape") state.chosen = null;
      else if (ARROWS[e.key]) {
        const from = p.placeOf.get(state.chosen);
        state.chosen = p.qubits[from === undefined ? 0 : nearest(p, from, ...ARROWS[e.key])][0];
      } else return;
      e.preventDefault();
      e.stopPropagation();
      render();
    });
  };

  document.addEventListener("keydown", (e) => {
    if (e.ctrlKey || e.metaKey || e.altKey) return;
    const on = e.target.tagName;
    const typing = on === "SELECT" || (on === "INPUT" && e.target.type === "text");
    const own = on === "BUTTON" || on === "SUMMARY" || (on === "INPUT" && e.target.type === "checkbox");
    if (typing || (e.key === " " && own)) return;
    if (on === "INPUT" && e.target.type === "range" && e.key !== " " && !"sSl,.".includes(e.key)) return;
    const turn = (by) => show(shows[(shows.indexOf(state.show) + by + shows.length) % shows.length]);
    const keys = {
      ArrowLeft: () => go(state.step - 1), ArrowRight: () => go(state.step + 1),
      ",": () => go(state.step - 1), ".": () => go(state.step + 1),
      Home: () => go(0), End: () => go(last), " ": play, s: () => turn(1), S: () => turn(-1), l: copy,
    };
    if (!keys[e.key]) return;
    e.preventDefault();
    keys[e.key]();
  });

  byId("about").textContent = data.about.join("; ");
  byId("step").max = last;
  for (const what of shows) {
    const number = typeof what === "number";
    const words = number ? `shot ${what}` : what === "leakage" ? "P(leaked), all shots" : "detection fraction, all shots";
    byId("show").append(new Option(words, number ? `shot${what}` : what));
  }
  byId("step").addEventListener("input", (e) => go(Number(e.target.value)));
  byId("show").addEventListener("change", (e) => {
    show(e.target.value.startsWith("shot") ? Number(e.target.value.slice(4)) : e.target.value);
  });
  byId("log").addEventListener("change", (e) => { state.log = e.target.checked; render(); });
  byId("back").addEventListener("click", () => go(state.step - 1));
  byId("next").addEventListener("click", () => go(state.step + 1));
  byId("play").addEventListener("click", play);
  byId("link").addEventListener("click", copy);
  addEventListener("hashchange", () => { readHash(); render(); });
  dark.addEventListener("change", render);

  panels.forEach(draw);
  readHash();
  render();
})();
