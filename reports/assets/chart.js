// Charts of a run: probes against their bounds, what a load asked for and got, how long it took. All share one time axis
// with the phases of the run shaded behind them, one cursor and one zoom.
const charts = (() => {
  "use strict";
  const style = getComputedStyle(document.body); // which follows the page from light to dark
  const color = name => style.getPropertyValue("--" + name).trim();
  const digits = v => String(+v.toPrecision(4));

  // number writes a value as the report does: "3.2s", "20ms", "0.1%", "12".
  const number = (v, unit) => {
    if (v == null) return "–";
    if (unit === "%") return digits(v * 100) + "%";
    if (unit !== "s" || v === 0) return digits(v) + unit;
    return Math.abs(v) >= 1 ? digits(v) + "s" : Math.abs(v) >= 1e-3 ? digits(v * 1e3) + "ms" : digits(v * 1e6) + "µs";
  };

  // elapsed writes a distance in time: "−30s", "1:30".
  const elapsed = s => {
    const sign = s < 0 ? "−" : "", a = Math.abs(s), pad = n => String(n).padStart(2, "0");
    if (a < 60) return sign + digits(a) + "s";
    const h = Math.floor(a / 3600), m = Math.floor(a % 3600 / 60), rest = pad(Math.round(a % 60));
    return sign + (h ? h + ":" + pad(m) : m) + ":" + rest;
  };

  // moment writes a time both ways: "06:20:58.4 UTC (+5.2s)".
  const moment = (axis, t) => {
    const since = Math.round((t - axis.origin) * 10) / 10;
    return `${new Date(t * 1000).toISOString().slice(11, 21)} UTC (${since < 0 ? "" : "+"}${elapsed(since)})`;
  };

  // times undoes how points are packed: each as so many milliseconds since the one before.
  const times = (axis, steps) => {
    let at = 0;
    return steps.map(step => axis.from + (at += step) / 1000);
  };

  // steps are the distances between ticks of the time axis that a reader can count in.
  const steps = [0.1, 0.2, 0.5, 1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 14400, 28800, 86400];

  const font = () => `${11 * uPlot.pxRatio}px system-ui, sans-serif`;

  const rule = (u, x0, y0, x1, y1, stroke, dash) => {
    u.ctx.beginPath();
    u.ctx.strokeStyle = stroke;
    u.ctx.lineWidth = 1.25 * uPlot.pxRatio;
    u.ctx.setLineDash(dash.map(d => d * uPlot.pxRatio));
    u.ctx.moveTo(x0, y0);
    u.ctx.lineTo(x1, y1);
    u.ctx.stroke();
  };

  const shade = (u, axis) => {
    const { ctx, bbox } = u;
    const clamp = t => Math.min(Math.max(u.valToPos(t, "x", true), bbox.left), bbox.left + bbox.width);
    ctx.save();
    for (const phase of axis.phases.filter(p => p.name !== "baseline")) {
      const from = clamp(phase.from);
      ctx.fillStyle = color(phase.name);
      ctx.fillRect(from, bbox.top, clamp(phase.to) - from, bbox.height);
    }
    ctx.restore();
  };

  const within = (u, draw) => {
    const { ctx, bbox } = u;
    ctx.save();
    ctx.beginPath();
    ctx.rect(bbox.left, bbox.top - 1, bbox.width, bbox.height + 2);
    ctx.clip();
    draw(ctx, bbox);
    ctx.restore();
  };

  const marks = (u, axis) => within(u, (ctx, bbox) => {
    for (const mark of axis.marks) {
      const x = u.valToPos(mark.at, "x", true);
      rule(u, x, bbox.top, x, bbox.top + bbox.height, color("ink"), [2, 3]);
    }
  });

  const bounds = (u, chart) => within(u, (ctx, bbox) => {
    ctx.font = font();
    ctx.textAlign = "right";
    const right = bbox.left + bbox.width, gap = 3 * uPlot.pxRatio, room = 16 * uPlot.pxRatio;
    const lines = [["max", chart.max, "bad", "above"], ["min", chart.min, "bad", "below"], ["baseline", chart.baseline, "soft", "above"]];
    for (const [name, value, tint, side] of lines) {
      if (value == null) continue;
      const y = u.valToPos(value, "y", true);
      rule(u, bbox.left, y, right, y, color(tint), [6, 4]);
      const below = side === "above" ? y - bbox.top < room : bbox.top + bbox.height - y >= room;
      ctx.textBaseline = below ? "top" : "bottom";
      ctx.fillStyle = color(tint);
      ctx.fillText(`${name} ${number(value, chart.unit)}`, right - gap, y + (below ? gap : -gap));
    }
  });

  // frame is what all charts have in common. They share a cursor, and tell their box of a zoom, for the page to share it.
  const frame = (box, axis, height, last) => {
    const line = { stroke: () => color("soft"), grid: { stroke: () => color("rule"), width: 1 }, ticks: { show: false }, font: "11px system-ui, sans-serif" };
    return {
      width: box.clientWidth, height: height + (last ? 22 : 0), padding: [8, 18, last ? 0 : 6, 0], legend: { show: false },
      cursor: { y: false, drag: { x: true, y: false, setScale: true }, points: { size: 6 }, sync: { key: "run" }, bind: { dblclick: () => null } },
      scales: { x: { time: false, min: axis.from, max: axis.to } },
      axes: [
        { ...line, show: true, size: last ? 24 : 0, incrs: steps, splits: (u, i, low, high, step) => {
            const ticks = [];
            for (let k = Math.ceil((low - axis.origin) / step); axis.origin + k * step <= high; k++) ticks.push(axis.origin + k * step);
            return ticks;
          }, values: (u, ticks) => ticks.map(t => last ? elapsed(Math.round((t - axis.origin) * 10) / 10) : "") },
        { ...line, size: 58, space: 24 },
      ],
      hooks: {
        drawClear: [u => shade(u, axis)], draw: [u => marks(u, axis)],
        setScale: [(u, key) => { if (key === "x") box.dispatchEvent(new CustomEvent("zoom", { detail: u.scales.x })); }],
      },
    };
  };

  // range leaves room above and below the readings and their bounds, and shows zero where nothing is below it.
  const range = (chart, low, high) => {
    const all = [low, high, chart.max, chart.min, chart.baseline].filter(v => v != null);
    const bottom = Math.min(0, ...all), top = Math.max(...all);
    const room = (top - bottom || (chart.unit === "%" ? 0.01 : 1)) * 0.12;
    return [bottom < 0 ? bottom - room : 0, top === bottom ? top + room * 8 : top + room];
  };

  const probe = (box, axis, chart, last) => {
    const options = frame(box, axis, 104, last);
    options.scales.y = { range: (u, low, high) => range(chart, low, high) };
    options.axes[1].values = (u, ticks) => ticks.map(v => number(v, chart.unit));
    options.hooks.draw.push(u => bounds(u, chart));
    const point = name => ({ show: chart.points, size: 4, fill: () => color(name) });
    options.series = [
      {},
      { stroke: () => color("line"), width: 1.75, points: point("line") },
      { stroke: () => color("bad"), width: 2.5, points: { ...point("bad"), show: true } },
    ];
    const out = chart.y.map(() => null);
    for (const [from, to] of chart.out) for (let i = from; i < to; i++) out[i] = chart.y[i];
    const plot = new uPlot(options, [times(axis, chart.x), chart.y, out], box);
    plot.reading = i => number(plot.data[1][i], chart.unit) + (plot.data[2][i] == null ? "" : ", out of bounds");
    return plot;
  };

  const rate = (box, axis, load) => {
    const options = frame(box, axis, 110, false);
    options.scales.y = { range: (u, low, high) => [0, (high || 1) * 1.15] };
    options.axes[1].values = (u, ticks) => ticks.map(digits);
    options.series = [
      {},
      { stroke: () => color("soft"), width: 1.5, dash: [5, 4], points: { show: false } },
      { stroke: () => color("line"), width: 1.75, points: { show: false } },
      { stroke: () => color("bad"), width: 2, fill: () => color("bad-area"), points: { show: false } },
    ];
    const each = counts => counts.map(n => n / load.per);
    const plot = new uPlot(options, [times(axis, load.x), each(load.scheduled), each(load.sent), each(load.errors)], box);
    plot.reading = i => `${digits(plot.data[1][i])} scheduled, ${digits(plot.data[2][i])} sent, ${digits(plot.data[3][i])} errors`;
    return plot;
  };

  // heat paints how many requests took how long: the more of them, the denser, by orders of magnitude.
  const heat = (u, axis, load) => within(u, ctx => {
    const most = Math.log1p(Math.max(...load.heat.map(c => Math.max(...c.counts))));
    const edge = n => u.valToPos(2 ** (n / load.perDoubling) / 1e6, "y", true);
    ctx.fillStyle = color("heat");
    for (const column of load.heat) {
      const from = Math.floor(u.valToPos(axis.from + column.from / 1000, "x", true)), to = Math.ceil(u.valToPos(axis.from + column.to / 1000, "x", true));
      column.counts.forEach((n, i) => {
        if (!n) return;
        ctx.globalAlpha = 0.12 + 0.88 * Math.log1p(n) / most;
        const top = Math.floor(edge(column.first + i + 1));
        ctx.fillRect(from, top, to - from, Math.ceil(edge(column.first + i)) - top);
      });
    }
  });

  const decades = (low, high) => {
    const ticks = [], fine = Math.log10(high / low) < 2.5 ? [1, 2, 5] : [1];
    for (let e = Math.floor(Math.log10(low)); 10 ** e <= high; e++) for (const m of fine) ticks.push(m * 10 ** e);
    return ticks.filter(v => v >= low && v <= high);
  };

  const latency = (box, axis, load) => {
    const options = frame(box, axis, 190, true);
    const shortest = Math.min(...load.heat.map(c => 2 ** (c.first / load.perDoubling) / 1e6), ...load.p50.filter(v => v > 0));
    const bottom = Number.isFinite(shortest) ? shortest * 0.9 : 1e-3, top = Math.max(bottom * 10, ...load.max) * 1.3;
    options.scales.y = { distr: 3, range: [bottom, top] };
    options.axes[1] = { ...options.axes[1], splits: () => decades(bottom, top), values: (u, ticks) => ticks.map(v => number(v, "s")) };
    if (load.heat.length) options.hooks.drawClear.push(u => heat(u, axis, load));
    const line = (name, width, dash) => ({ stroke: () => color(name), width, dash, points: { show: false } });
    options.series = [{}, line("p50", 1.5), line("p99", 2), line("max", 1.25, [2, 3])];
    const seen = values => values.map(v => v > 0 ? v : null);
    const plot = new uPlot(options, [times(axis, load.x), seen(load.p50), seen(load.p99), seen(load.max)], box);
    plot.reading = i => `p50 ${number(plot.data[1][i], "s")}, p99 ${number(plot.data[2][i], "s")}, max ${number(plot.data[3][i], "s")}`;
    return plot;
  };

  return { probe, rate, latency, moment };
})();
