"use strict";
// The leaderboard: filters hide rows, sorting orders them within their task, and links open origins.
(() => {
  const table = document.getElementById("board");
  const filters = document.getElementById("filters");
  const bodies = [...table.tBodies];

  function matches(row, wanted) {
    return (!wanted.framework || row.dataset.framework === wanted.framework)
      && (!wanted.trained || row.dataset.trained === wanted.trained)
      && row.dataset.method.toLowerCase().includes(wanted.method.trim().toLowerCase());
  }

  function filter() {
    const wanted = Object.fromEntries(new FormData(filters));
    let shown = 0, all = 0;
    const allMethods = !wanted.framework && !wanted.trained && !wanted.method.trim();
    for (const body of bodies) {
      const here = (!wanted.dataset || body.dataset.dataset === wanted.dataset)
        && (!wanted.task || body.dataset.task === wanted.task);
      const rows = [...body.querySelectorAll("tr.row")];
      const found = rows.filter((row) => here && matches(row, wanted));
      for (const row of rows) row.hidden = !found.includes(row);
      // what others published has no framework; it stands beside all methods, or not at all
      body.hidden = !here || (rows.length === 0 ? !allMethods : found.length === 0);
      shown += found.length;
      all += rows.length;
    }
    document.getElementById("shown").textContent = shown
      ? `${shown} of ${all} rows` : `no row of ${all} matches: ask for less above`;
  }

  // of a failure nothing but the method is known, and not everything of a measured one
  function value(row, column) {
    return (row.classList.contains("failed") && column ? "" : row.cells[column].dataset.value) || null;
  }

  function compare(one, other, column, numeric, sign) {
    const [a, b] = [value(one, column), value(other, column)];
    if (a === null || b === null) return (a === null) - (b === null);  // the unknown stays at the end
    return sign * (numeric ? Number(a) - Number(b) : a.localeCompare(b, "en"));
  }

  function sort(head) {
    const column = head.cellIndex;
    const numeric = head.classList.contains("number");
    const was = head.getAttribute("aria-sort");
    // first the best: the highest accuracy, the least of a cost, the first letter
    const first = head.querySelector("button").dataset.sort === "accuracy" ? "descending" : "ascending";
    const second = first === "ascending" ? "descending" : "ascending";
    const direction = was === first ? second : first;
    for (const each of table.tHead.querySelectorAll("th")) each.removeAttribute("aria-sort");
    head.setAttribute("aria-sort", direction);
    for (const body of table.querySelectorAll("tbody.task")) {
      const rows = [...body.querySelectorAll("tr.row")];
      rows.sort((a, b) => compare(a, b, column, numeric, direction === "ascending" ? 1 : -1));
      body.append(...rows);
    }
  }

  function open(hash) {
    const origin = document.getElementById(hash.slice(1));
    if (origin?.matches("dialog:not([open])")) origin.showModal();
  }

  function follow(event) {
    const link = event.target.closest("a.details, a.close");
    if (link === null) return;
    event.preventDefault();
    if (link.matches(".close")) link.closest("dialog").close();
    else open(link.hash);
  }

  filters.addEventListener("input", filter);
  filters.addEventListener("submit", (event) => event.preventDefault());
  for (const button of table.tHead.querySelectorAll("button")) {
    button.addEventListener("click", () => sort(button.parentElement));
  }
  document.getElementById("leaderboard").addEventListener("click", follow);
  document.documentElement.classList.add("scripted");  // without scripts a link alone opens an origin
  filter();
  addEventListener("hashchange", () => open(location.hash));
  open(location.hash);
})();
