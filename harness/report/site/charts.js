"use strict";
// The charts, drawn by Plotly in the page's own colours, light or dark, of the methods switched on.
(() => {
  const { charts } = JSON.parse(document.getElementById("data").textContent);
  const looks = new Map(charts.methods.map((method) => [method.name, method]));
  const boxes = [...document.querySelectorAll("#methods input")];
  const EDGE = 20;  // methods that train nothing stand this many times left of the quickest

  const chosen = (id) => Number(document.getElementById(id)?.value ?? 0);
  const on = () => new Set(boxes.filter((box) => box.checked).map((box) => box.value));
  const colour = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();
  const range = (low, high) => (low === null ? "" : ` (${low.toFixed(1)} to ${high.toFixed(1)})`);
  const text = (words) => words.replace(/&/g, "&amp;").replace(/</g, "&lt;").replace(/>/g, "&gt;");

  function axis(title, more = {}) {
    return {
      title: { text: title }, gridcolor: colour("--line"), linecolor: colour("--muted"),
      zeroline: false, automargin: true, ...more,
    };
  }

  function draw(id, traces, layout) {
    const place = document.getElementById(id);
    if (place === null) return;
    const narrow = place.clientWidth < 600;
    Plotly.react(place, traces, {
      font: { color: colour("--ink"), family: getComputedStyle(document.body).fontFamily, size: narrow ? 12 : 13 },
      paper_bgcolor: "rgba(0,0,0,0)", plot_bgcolor: "rgba(0,0,0,0)", showlegend: false,
      hoverlabel: { bgcolor: colour("--panel"), font: { color: colour("--ink") } , align: "left" },
      margin: { l: 56, r: 16, t: 12, b: 48 }, hovermode: "closest", ...layout,
    }, { responsive: true, displaylogo: false, displayModeBar: false });
  }

  function marker(look, size = 7) {
    return { color: look.colour, symbol: look.symbol, size };
  }

  function lineOf(line) {
    const look = looks.get(line.method);
    const every = Math.ceil(line.ways.length / 12);
    return {
      x: line.ways, y: line.mean, mode: "lines+markers", name: text(line.label),
      line: { color: look.colour, width: 2, dash: line.dashed ? "dash" : "solid" },
      marker: { ...marker(look), size: line.ways.map((_, place) => (place % every ? 0 : 7)), line: { width: 0 } },
      text: line.ways.map((n, place) =>
        `<b>${text(line.label)}</b>${line.dashed ? ", background" : ""}<br>N = ${n}: ` +
        `${line.mean[place].toFixed(2)}${range(line.low[place], line.high[place])}`),
      hoverinfo: "text",
    };
  }

  function bandOf(line) {
    const known = line.ways.map((_, place) => place).filter((place) => line.low[place] !== null);
    const back = [...known].reverse();
    return {
      x: [...known, ...back].map((place) => line.ways[place]),
      y: [...known.map((place) => line.high[place]), ...back.map((place) => line.low[place])],
      fill: "toself", fillcolor: looks.get(line.method).colour, opacity: 0.15, mode: "none", hoverinfo: "skip",
    };
  }

  // the table beside the chart has a column for each line, after that of N
  function showColumns(chart) {
    const panel = document.getElementById("against-n-panels").children[chosen("against-n")];
    for (const row of panel.querySelectorAll("tr")) {
      for (const [place, line] of chart.lines.entries()) row.cells[place + 1].hidden = !on().has(line.method);
    }
  }

  function drawAgainstN() {
    const chart = charts.against_n[chosen("against-n")];
    if (chart === undefined) return;
    showColumns(chart);
    const shown = chart.lines.filter((line) => on().has(line.method));
    const longest = Math.max(...chart.lines.flatMap((line) => line.ways));
    const ways = Array.from({ length: longest - 1 }, (_, place) => place + 2);
    draw("against-n-chart", [
      ...shown.filter((line) => !line.dashed).map(bandOf),
      { x: ways, y: ways.map((n) => 100 / n), mode: "lines", line: { color: colour("--muted"), dash: "dot", width: 1.5 },
        text: ways.map((n) => `guessing, N = ${n}: ${(100 / n).toFixed(2)}`), hoverinfo: "text" },
      ...shown.map(lineOf),
      { x: chart.published.map((mark) => mark.n_way), y: chart.published.map((mark) => mark.accuracy), mode: "markers",
        marker: { symbol: "circle-open", size: 12, color: colour("--ink"), line: { width: 2 } },
        text: chart.published.map((mark) => text(mark.text)), hoverinfo: "text" },
    ], { xaxis: axis("N, classes in an episode", { range: [0, longest + 1] }), yaxis: axis("accuracy, %", { range: [0, 102] }) });
  }

  // of the cheaper ones, none is more accurate
  function front(points) {
    const kept = [];
    for (const point of [...points].sort((a, b) => a.x - b.x || b.y - a.y)) {
      if (kept.length === 0 || point.y > kept.at(-1).y) kept.push(point);
    }
    return kept;
  }

  function cost(id, title, points, more = {}) {
    const best = front(points);
    draw(id, [
      { x: best.map((point) => point.x), y: best.map((point) => point.y), mode: "lines",
        line: { color: colour("--muted"), width: 1.5, shape: "hv" }, hoverinfo: "skip", name: "front" },
      ...points.map((point) => ({
        x: [point.x], y: [point.y], mode: "markers", marker: marker(looks.get(point.method), 11), name: text(point.label),
        error_y: point.low === null ? {} : {
          type: "data", symmetric: false, array: [point.high - point.y], arrayminus: [point.y - point.low],
          color: looks.get(point.method).colour, thickness: 1.5, width: 4 },
        text: [`<b>${text(point.label)}</b><br>${point.y.toFixed(2)}${range(point.low, point.high)}<br>${point.words}`],
        hoverinfo: "text",
      })),
    ], { xaxis: axis(title, { type: "log", ...more }), yaxis: axis("accuracy, %") });
  }

  function drawAgainstCost() {
    const chart = charts.against_cost[chosen("against-cost")];
    if (chart === undefined) return;
    const shown = chart.points.filter((point) => on().has(point.method))
      .map((point) => ({ ...point, y: point.mean }));
    cost("against-score-chart", "milliseconds to score a query",
      shown.map((point) => ({ ...point, x: Math.max(point.score_ms, 1e-6), words: `${point.score_ms.toPrecision(3)} ms a query` })), { dtick: 1 });
    const trained = chart.points.filter((point) => point.fit_seconds !== null).map((point) => point.fit_seconds);
    document.getElementById("against-fit-chart").hidden = trained.length === 0;
    if (trained.length === 0) return;
    const edge = Math.min(...trained) / EDGE;
    const [low, high] = [Math.floor(Math.log10(Math.min(...trained))), Math.ceil(Math.log10(Math.max(...trained)))];
    const powers = Array.from({ length: high - low + 1 }, (_, place) => 10 ** (low + place));
    cost("against-fit-chart", "seconds to train", shown.map((point) => ({
      ...point, x: point.fit_seconds ?? edge,
      words: point.fit_seconds === null ? "nothing to train" : `${point.fit_seconds.toPrecision(3)} s of training`,
    })), { tickvals: [edge, ...powers], ticktext: ["no training", ...powers.map((power) => power.toLocaleString("en"))] });
  }

  function drawLearning() {
    const chart = charts.learning[chosen("learning")];
    if (chart === undefined) return;
    const shown = chart.lines.filter((line) => on().has(line.method));
    const trace = (line, values, unit, yaxis) => ({
      x: line.minutes, y: values, yaxis, mode: "lines+markers", name: text(line.label), connectgaps: true,
      line: { color: looks.get(line.method).colour, width: 1.5 }, marker: marker(looks.get(line.method), 5),
      text: values.map((value, place) =>
        `<b>${text(line.label)}</b><br>${line.minutes[place].toFixed(1)} min: ${unit} ${value === null ? "" : value.toPrecision(4)}`),
      hoverinfo: "text",
    });
    draw("learning-chart", [
      ...shown.map((line) => trace(line, line.accuracy, "validation accuracy", "y")),
      ...shown.map((line) => trace(line, line.loss, "loss", "y2")),
    ], {
      xaxis: axis("minutes of training", { rangemode: "tozero", anchor: "y2" }),
      yaxis: axis("validation accuracy, %", { domain: [0.42, 1] }),
      yaxis2: axis("loss", { domain: [0, 0.34], type: "log", dtick: 1 }),
    });
  }

  const SHAPES = {
    circle: "M8 3a5 5 0 100 10a5 5 0 100-10z", square: "M3 3h10v10h-10z", "triangle-up": "M8 2l6 11h-12z",
    "triangle-down": "M8 14l6-11h-12z", diamond: "M8 1l6 7l-6 7l-6-7z", pentagon: "M8 2l6 5l-2 7h-8l-2-7z",
    cross: "M6 2h4v4h4v4h-4v4h-4v-4h-4v-4h4z", x: "M4 2l4 4l4-4l2 2l-4 4l4 4l-2 2l-4-4l-4 4l-2-2l4-4l-4-4z",
    star: "M8 1l2 5h5l-4 3l2 6l-5-4l-5 4l2-6l-4-3h5z",
  };
  for (const swatch of document.querySelectorAll(".swatch")) {
    const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
    svg.setAttribute("viewBox", "0 0 16 16");
    const path = document.createElementNS("http://www.w3.org/2000/svg", "path");
    path.setAttribute("d", SHAPES[swatch.dataset.symbol]);
    path.setAttribute("fill", swatch.dataset.colour);
    svg.append(path);
    swatch.append(svg);
  }

  const drawAll = () => { drawAgainstN(); drawAgainstCost(); drawLearning(); };
  const onPaper = (paper) => { document.documentElement.classList.toggle("paper", paper); drawAll(); };
  document.getElementById("methods")?.addEventListener("change", drawAll);
  for (const button of document.querySelectorAll("#methods button")) {
    button.addEventListener("click", () => {
      for (const box of boxes) box.checked = button.dataset.all === "true";
      boxes[0].dispatchEvent(new Event("change", { bubbles: true }));
    });
  }
  for (const [id, redraw] of [["against-n", drawAgainstN], ["against-cost", drawAgainstCost], ["learning", drawLearning]]) {
    document.getElementById(id)?.addEventListener("change", redraw);
  }
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", drawAll);
  addEventListener("beforeprint", () => onPaper(true));
  addEventListener("afterprint", () => onPaper(false));
  drawAll();
})();
