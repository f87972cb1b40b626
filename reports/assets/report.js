// Draws the charts of the page and has them move as one: where the cursor is in one of them, all say what was then.
(() => {
  "use strict";
  const read = element => JSON.parse(element.textContent);
  const axis = read(document.getElementById("axis"));
  const all = []; // of { plot, box, now, idle }

  const add = (box, plot) => {
    const now = box.closest(".lane").querySelector(".now");
    all.push({ box, plot, now, idle: now.textContent });
  };

  const probes = [...document.querySelectorAll(".lane.probe .plot")];
  probes.forEach((box, i) => add(box, charts.probe(box, axis, read(box.querySelector("script")), i === probes.length - 1)));
  for (const box of document.querySelectorAll(".plot.rate")) {
    const load = read(box.querySelector("script"));
    add(box, charts.rate(box, axis, load));
    const below = box.closest(".lanes").querySelector(".plot.latency");
    add(below, charts.latency(below, axis, load));
  }
  if (!all.length) return;

  // tell writes what every chart shows at the cursor, or what it said at first where there is none.
  const reads = document.querySelector(".reads");
  const tell = t => {
    reads.textContent = t == null ? "" : charts.moment(axis, t);
    for (const { plot, now, idle } of all) now.textContent = t == null ? idle : plot.reading(plot.valToIdx(t));
  };

  let shown = [axis.from, axis.to];
  const zoom = (from, to) => {
    if (from === shown[0] && to === shown[1]) return; // what one chart is told, all tell again
    shown = [from, to];
    all.forEach(({ plot }) => plot.setScale("x", { min: from, max: to }));
    document.body.style.setProperty("--low", (from - axis.from) / (axis.to - axis.from));
    document.body.style.setProperty("--high", (to - axis.from) / (axis.to - axis.from));
    document.getElementById("whole").hidden = from <= axis.from && to >= axis.to;
  };
  const whole = () => zoom(axis.from, axis.to);

  for (const { box, plot } of all) {
    plot.over.addEventListener("mousemove", () => tell(plot.cursor.left < 0 ? null : plot.posToVal(plot.cursor.left, "x")));
    plot.over.addEventListener("mouseleave", () => tell(null));
    plot.over.addEventListener("dblclick", whole);
    box.addEventListener("zoom", ({ detail }) => zoom(detail.min, detail.max));
  }
  document.getElementById("whole").addEventListener("click", whole);

  // The arrow keys go through the run in a hundred steps, or ten with Shift. Who cannot see the charts hears what they show.
  let at = null;
  const aloud = document.querySelector(".aloud");
  const go = t => {
    at = t;
    all.forEach(({ plot }) => plot.setCursor(t == null ? { left: -10, top: -10 } : { left: plot.valToPos(t, "x"), top: 10 }, false, false));
    tell(t);
    aloud.textContent = t == null ? "" : [reads, ...all.map(({ now }) => now)].map(e => e.textContent).join("; ");
  };
  for (const lanes of document.querySelectorAll(".plots")) {
    lanes.addEventListener("keydown", event => {
      const { min, max } = all[0].plot.scales.x, by = (max - min) / (event.shiftKey ? 10 : 100);
      if (event.key === "Escape") whole(), go(null);
      else if (event.key === "ArrowRight") go(Math.min(max, (at ?? min - by) + by));
      else if (event.key === "ArrowLeft") go(Math.max(min, (at ?? max + by) - by));
      else return;
      event.preventDefault();
    });
    lanes.addEventListener("blur", () => go(null));
  }

  const fit = () => all.forEach(({ box, plot }) => plot.setSize({ width: box.clientWidth, height: plot.height }));
  const redraw = () => all.forEach(({ plot }) => plot.redraw());
  addEventListener("resize", fit);
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", redraw);

  // On paper all is light and as wide as the page, and what is folded away on screen is there to be read.
  const folded = [...document.querySelectorAll("details.paper")];
  addEventListener("beforeprint", () => {
    document.body.classList.add("printing");
    folded.forEach(d => { d.dataset.open = d.open; d.open = true; });
    whole(), fit(), redraw();
  });
  addEventListener("afterprint", () => {
    document.body.classList.remove("printing");
    folded.forEach(d => { d.open = d.dataset.open === "true"; });
    fit(), redraw();
  });
})();
