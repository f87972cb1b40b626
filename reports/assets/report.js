
// Draws the chart of every probe: its readings against its bounds, with the phases of the run shaded behind them.
(() => {
  "use strict";
  const charts = [];
  const color = name => getComputedStyle(document.body).getPropertyValue("--" + name).trim();
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

  // steps are the distances between ticks of the time axis that a reader can count in.
  const steps = [0.1, 0.2, 0.5, 1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 14400, 28800, 86400];

  // range leaves room above and below the readings and their bounds, and shows zero where nothing is below it.
  const range = (chart, low, high) => {
    const all = [low, high, chart.max, chart.min, chart.baseline].filter(v => v != null);
    const bottom = Math.min(0, ...all), top = Math.max(...all);
    const room = (top - bottom || (chart.unit === "%" ? 0.01 : 1)) * 0.12;
    return [bottom < 0 ? bottom - room : 0, (top === bottom ? top + room * 8 : top + room)];
  };

  const shade = (u, chart) => {
    const { ctx, bbox } = u;
    ctx.save();
    ctx.font = `${11 * devicePixelRatio}px system-ui, sans-serif`;
    ctx.textBaseline = "bottom";
    for (const phase of chart.phases) {
      const clamp = t => Math.min(Math.max(u.valToPos(t, "x", true), bbox.left), bbox.left + bbox.width);
      const from = clamp(phase.from), width = clamp(phase.to) - from;
      if (phase.name !== "baseline") {
        ctx.fillStyle = color(phase.name);
        ctx.fillRect(from, bbox.top, width, bbox.height);
      }
      if (width > ctx.measureText(phase.name).width + 8 * devicePixelRatio) {
        ctx.fillStyle = color("soft");
        ctx.fillText(phase.name, from, bbox.top - 3 * devicePixelRatio);
      }
    }
    ctx.restore();
  };

  const rule = (u, x0, y0, x1, y1, stroke, dash) => {
    u.ctx.beginPath();
    u.ctx.strokeStyle = stroke;
    u.ctx.lineWidth = 1.25 * devicePixelRatio;
    u.ctx.setLineDash(dash.map(d => d * devicePixelRatio));
    u.ctx.moveTo(x0, y0);
    u.ctx.lineTo(x1, y1);
    u.ctx.stroke();
  };

  const bounds = (u, chart) => {
    const { ctx, bbox } = u;
    ctx.save();
    ctx.beginPath();
    ctx.rect(bbox.left, bbox.top - 1, bbox.width, bbox.height + 2);
    ctx.clip();
    for (const mark of chart.marks) {
      const x = u.valToPos(mark.at, "x", true);
      rule(u, x, bbox.top, x, bbox.top + bbox.height, color("soft"), [2, 3]);
    }
    ctx.font = `${11 * devicePixelRatio}px system-ui, sans-serif`;
    ctx.textAlign = "right";
    const right = bbox.left + bbox.width, gap = 4 * devicePixelRatio;
    const lines = [["max", chart.max, "bad", -gap, "bottom"], ["min", chart.min, "bad", gap, "top"], ["baseline", chart.baseline, "soft", -gap, "bottom"]];
    for (const [name, value, tint, off, baseline] of lines) {
      if (value == null) continue;
      const y = u.valToPos(value, "y", true);
      rule(u, bbox.left, y, right, y, color(tint), [6, 4]);
      ctx.fillStyle = color(tint);
      const below = baseline === "bottom" ? y - bbox.top < 18 * devicePixelRatio : bbox.top + bbox.height - y >= 18 * devicePixelRatio;
      ctx.textBaseline = below ? "top" : "bottom";
      ctx.fillText(`${name} ${number(value, chart.unit)}`, right - gap, y + (below ? gap : -gap));
    }
    ctx.restore();
  };

  const draw = (box, chart) => {
    const axis = { stroke: () => color("soft"), grid: { stroke: () => color("rule"), width: 1 }, ticks: { show: false }, font: "11px system-ui, sans-serif" };
    return new uPlot({
      width: box.clientWidth, height: 240, padding: [20, 18, 0, 0],
      cursor: { y: false, drag: { x: true, y: false }, points: { size: 6 } },
      scales: {
        x: { time: false },
        y: { range: (u, low, high) => range(chart, low, high) },
      },
      axes: [
        { ...axis, size: 28, incrs: steps, splits: (u, i, low, high, step) => {
            const ticks = [];
            for (let k = Math.ceil((low - chart.origin) / step); chart.origin + k * step <= high; k++) ticks.push(chart.origin + k * step);
            return ticks;
          }, values: (u, ticks) => ticks.map(t => elapsed(Math.round((t - chart.origin) * 10) / 10)) },
        { ...axis, size: 64, values: (u, ticks) => ticks.map(v => number(v, chart.unit)) },
      ],
      series: [
        { label: "at", value: (u, t) => t == null ? "–" : `${new Date(t * 1000).toISOString().slice(11, 19)} UTC (${elapsed(Math.round((t - chart.origin) * 10) / 10)})` },
        { label: chart.label || "value", stroke: () => color("line"), width: 1.75, points: { show: chart.points, size: 4, fill: () => color("line") }, value: (u, v) => number(v, chart.unit) },
        { label: "out of bounds", stroke: () => color("bad"), width: 2.5, points: { show: true, size: 5, fill: () => color("bad") }, value: (u, v) => number(v, chart.unit) },
      ],
      hooks: { drawClear: [u => shade(u, chart)], draw: [u => bounds(u, chart)] },
    }, [chart.x, chart.y, chart.out], box);
  };

  for (const box of document.querySelectorAll(".chart")) {
    const chart = JSON.parse(box.querySelector("script").textContent);
    charts.push({ box, plot: draw(box, chart) });
  }
  addEventListener("resize", () => charts.forEach(({ box, plot }) => plot.setSize({ width: box.clientWidth, height: 240 })));
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => charts.forEach(({ plot }) => plot.redraw()));
})();
