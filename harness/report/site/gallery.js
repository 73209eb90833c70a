"use strict";
// The error gallery: trials as cards, walked by arrow keys; beside them what every method answered.
(() => {
  const controls = document.getElementById("gallery-controls");
  if (controls === null) return;
  const { gallery } = JSON.parse(document.getElementById("data").textContent);
  const section = document.getElementById("gallery");  // its style has each task's drawings
  const list = document.getElementById("trials");
  const detail = document.getElementById("trial");
  const THUMB = 64, FULL = 105;
  let task, answers;  // answers: a method's label → (query → place among its wrong answers)

  const element = (name, words = "", className = "") => {
    const made = document.createElement(name);
    made.textContent = words;
    if (className) made.className = className;
    return made;
  };

  // one drawing, cut from the sprite that the section's style lays behind it
  function drawing(number, width, words) {
    const { width: w, height: h, columns, rows } = task.sprite;
    const [row, column, height] = [Math.floor(number / columns), number % columns, (width / w) * h];
    const cut = element("span", "", "drawing");
    cut.setAttribute("role", "img");
    cut.setAttribute("aria-label", words);
    Object.assign(cut.style, {
      width: `${width}px`, height: `${height}px`,
      backgroundSize: `${columns * width}px ${rows * height}px`,
      backgroundPosition: `${-column * width}px ${-row * height}px`,
    });
    return cut;
  }

  function picture(number, words, className, width) {
    const made = element("figure", "", className);
    made.append(drawing(number, width, words), element("figcaption", words));
    return made;
  }

  const score = (value) => (value === null ? "" : ` ${value}`);

  // what a method answered to a query; undefined where it was right
  function wrongOf(label, query) {
    const { wrong, places } = answers.get(label);
    const place = places.get(query);
    return place === undefined ? undefined : {
      drawing: wrong.drawing[place], score: wrong.score[place],
      trueScore: wrong.true_score[place], tied: wrong.tied[place],
    };
  }

  function shot(label, query, words) {
    const wrong = wrongOf(label, query);
    return wrong === undefined
      ? picture(task.queries[query].true_drawing, `${words}: right`, "right", THUMB)
      : picture(wrong.drawing, `${words}${score(wrong.score)}`, "wrong", THUMB);
  }

  function chosen() {
    const { view, one, other } = Object.fromEntries(new FormData(controls));
    return { view, one, other };
  }

  function selected() {
    const { view, one, other } = chosen();
    const labels = [...answers.keys()];
    return [...task.queries.keys()].filter((query) => {
      if (view === "wrong") return wrongOf(one, query);
      if (view === "everyone") return labels.every((label) => wrongOf(label, query));
      return wrongOf(one, query)?.drawing !== wrongOf(other, query)?.drawing;
    });
  }

  function card(query) {
    const { view, one, other } = chosen();
    const { trial, cluster, drawing: image, true_drawing: truth } = task.queries[query];
    const item = element("li");
    item.setAttribute("role", "option");
    item.id = `trial-${query}`;
    item.dataset.query = query;
    const pictures = element("div", "", "pictures");
    pictures.append(picture(image, `trial ${trial}`, "", THUMB));
    let words = "";
    if (view === "wrong") {
      const wrong = wrongOf(one, query);
      pictures.append(shot(one, query, "answer"), picture(truth, `truth${score(wrong.trueScore)}`, "right", THUMB));
      words = `${one} answered another ${task.nouns.class_}`;
    } else if (view === "differ") {
      pictures.append(shot(one, query, one), shot(other, query, other), picture(truth, "truth", "right", THUMB));
      words = [one, other].map((label) => `${label} ${wrongOf(label, query) ? "wrong" : "right"}`).join(", ");
    } else {
      pictures.append(picture(truth, "truth", "right", THUMB));
      words = "every method wrong";
    }
    item.setAttribute("aria-label", `trial ${trial}, ${cluster}: ${words}`);
    item.append(pictures, element("span", cluster, "note"));
    return item;
  }

  function tell(query) {
    const { trial, cluster, drawing: image, true_drawing: truth } = task.queries[query];
    const head = element("div", "", "pictures");
    head.append(picture(image, "query", "", FULL), picture(truth, "truth", "right", FULL));
    const said = element("ul", "", "answers");
    for (const { label, seed } of task.methods) {
      const wrong = wrongOf(label, query);
      const item = element("li");
      const who = element("div", label, "who");
      const words = wrong === undefined ? "right" : "wrong";
      const scores = wrong === undefined ? "" : [["scored", wrong.score], ["the truth", wrong.trueScore]]
        .filter(([, value]) => value !== null).map(([what, value]) => `, ${what} ${value}`).join("");
      const tie = wrong !== undefined && wrong.tied > 1 ? `, a tie of ${wrong.tied}` : "";
      who.append(element("small", `seed ${seed}${tie}${scores}`), element("span", words, `verdict ${words}`));
      item.append(who, drawing(wrong === undefined ? truth : wrong.drawing, THUMB, `what ${label} answered`));
      said.append(item);
    }
    detail.replaceChildren(element("h3", `Trial ${trial}, ${cluster}`), head, said);
  }

  function select(item, focus) {
    for (const each of list.querySelectorAll('[aria-selected="true"]')) {
      each.setAttribute("aria-selected", "false");
      each.tabIndex = -1;
    }
    item.setAttribute("aria-selected", "true");
    item.tabIndex = 0;
    if (focus) item.focus();
    tell(Number(item.dataset.query));
  }

  function perRow() {
    const items = [...list.children];
    const next = items.findIndex((item) => item.offsetTop > items[0].offsetTop);
    return next < 0 ? items.length : next;
  }

  function walk(event) {
    const items = [...list.children];
    const here = items.indexOf(document.activeElement);
    const steps = { ArrowRight: 1, ArrowLeft: -1, ArrowDown: perRow(), ArrowUp: -perRow(), Home: -Infinity, End: Infinity };
    if (here < 0 || !(event.key in steps) || event.altKey || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    select(items[Math.min(Math.max(here + steps[event.key], 0), items.length - 1)], true);
  }

  function show() {
    const { view } = chosen();
    controls.elements.one.parentElement.hidden = view === "everyone";
    controls.elements.other.parentElement.hidden = view !== "differ";
    const found = selected();
    const all = task.n_queries < task.n_all ? `the first ${task.n_queries}` : task.n_all;
    const methods = `${task.n_left_out ? "best " : ""}${task.methods.length} methods`;
    document.getElementById("gallery-shown").textContent =
      `${found.length} of ${all} trials` +
      (view === "everyone" ? ` that each of the ${methods} got wrong` : "") +
      (task.n_shot > 1 ? `; of a ${task.nouns.class_}’s ${task.n_shot} support ${task.nouns.images} the first is shown` : "");
    list.replaceChildren(...found.map(card));
    detail.replaceChildren();
    if (list.firstChild) select(list.firstChild, false);
  }

  function take() {
    section.dataset.task = controls.elements.task.value;
    task = gallery[Number(controls.elements.task.value)];
    answers = new Map(task.methods.map(({ label, wrong }) =>
      [label, { wrong, places: new Map(wrong.query.map((query, place) => [query, place])) }]));
    const labels = [...answers.keys()];
    for (const [name, start] of [["one", 0], ["other", 1]]) {
      const select = controls.elements[name];
      const was = select.value;
      select.replaceChildren(...labels.map((label) => Object.assign(element("option", label), { value: label })));
      select.value = answers.has(was) ? was : labels[Math.min(start, labels.length - 1)];
    }
    show();
  }

  controls.addEventListener("change", (event) => (event.target.name === "task" ? take() : show()));
  controls.addEventListener("submit", (event) => event.preventDefault());
  list.addEventListener("keydown", walk);
  list.addEventListener("click", (event) => {
    const item = event.target.closest("li");
    if (item !== null) select(item, true);
  });
  take();
})();
