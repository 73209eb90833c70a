"use strict";

const KEYS = "1234567890abcdefghijklmnopqrstuvwxyz";
const MANY = 25;
const find = (id) => document.getElementById(id);
const main = document.querySelector("main");

let current = null; // the trial on the page, as the server sent it
let shownAt = null; // when it was first painted, on the page's clock; null while answers are refused
let onward = null; // the action of the button after a practice trial

// requests to the server

async function request(path, options = {}) {
  try {
    return await fetch(path, { cache: "no-store", ...options });
  } catch {
    stop("The server has stopped. Your answers before this trial are stored: run the same command "
      + "again, and open the address that it prints.");
    return null;
  }
}

async function sent(response) {
  if (response === null) return null;
  if (response.ok) return response.json();
  stop(await response.text());
  find("again").hidden = false;
  return null;
}

function post(path, body) {
  return request(path, {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify(body),
  });
}

// showing a trial

async function next() {
  const trial = await sent(await request("/trial"));
  if (trial === null) return;
  if (trial.over) location.replace("/");
  else await show(trial);
}

async function practise(number) {
  const trial = await sent(await request(`/practice/${number}`));
  if (trial !== null) await show(trial);
}

async function show(trial) {
  const sheet = new Image();
  sheet.src = trial.sprite.url;
  await sheet.decode();
  current = trial;
  const kind = "truth" in trial ? "Practice" : "Trial";
  find("progress").textContent = `${kind} ${trial.trial + 1} of ${trial.n_trials}`;
  document.title = find("progress").textContent;
  find("done").max = trial.n_trials;
  find("done").value = trial.trial;
  lay(trial);
  find("start").hidden = true;
  find("onward").hidden = true;
  find("asking").hidden = false;
  find("feedback").textContent = "";
  find("progress").focus({ preventScroll: true });
  window.scrollTo(0, 0);
  // the first frame paints this layout, so the second one begins after it was painted. A hidden
  // tab has no frames: its trial waits, and its time does not begin
  requestAnimationFrame(() => requestAnimationFrame(() => painted(trial)));
}

async function painted(trial) {
  const now = performance.now();
  const since = "truth" in trial ? 0 : await secondsSeen(trial);
  if (since === null) return;
  shownAt = now - 1000 * since;
  main.dataset.painted = find("progress").textContent;
}

// after a reload or in a second tab the server returns the time since the trial was first painted
async function secondsSeen({ trial }) {
  const response = await post("/painted", { trial });
  if (response !== null && response.status === 409) {
    await goOn();
    return null;
  }
  const seen = await sent(response);
  return seen === null ? null : seen.elapsed;
}

function lay(trial) {
  const { sprite, n_way, n_shot } = trial;
  main.style.setProperty("--sheet", `url("${sprite.url}")`);
  main.style.setProperty("--sheet-columns", sprite.columns);
  main.style.setProperty("--sheet-rows", sprite.rows);
  main.style.setProperty("--ratio", sprite.height / sprite.width);
  const candidates = find("candidates");
  candidates.style.setProperty("--abreast", Math.ceil(Math.sqrt(n_way)));
  candidates.style.setProperty("--shots-abreast", Math.ceil(Math.sqrt(n_shot)));
  candidates.classList.toggle("many", n_way > MANY);
  candidates.classList.toggle("shots", n_shot > 1);
  find("query").replaceChildren(drawing(sprite, 0));
  candidates.replaceChildren(...Array.from({ length: n_way }, (_, way) => candidate(trial, way)));
}

function candidate({ sprite, n_shot }, way) {
  const button = document.createElement("button");
  button.type = "button";
  button.className = "candidate";
  button.setAttribute("aria-label", `candidate ${way + 1}`);
  if (way < KEYS.length) {
    button.setAttribute("aria-keyshortcuts", KEYS[way]);
    const key = document.createElement("kbd");
    key.textContent = KEYS[way];
    button.append(key);
  }
  for (let shot = 0; shot < n_shot; shot++) button.append(drawing(sprite, 1 + way * n_shot + shot));
  button.addEventListener("click", () => answer(way));
  return button;
}

function drawing({ columns }, number) {
  const cut = document.createElement("span");
  cut.className = "drawing";
  cut.style.setProperty("--column", number % columns);
  cut.style.setProperty("--row", Math.floor(number / columns));
  return cut;
}

// answering

async function answer(way) {
  if (shownAt === null) return;
  const seconds = (performance.now() - shownAt) / 1000;
  shownAt = null;
  find("notice").hidden = true;
  if ("truth" in current) return explain(way);
  find("candidates").children[way].classList.add("chosen");
  const response = await post("/answers", { trial: current.trial, answer: way, seconds });
  if (response === null) return;
  if (response.status === 409) return goOn();
  if (response.status === 422) say(`${await response.text()} This trial is shown again.`);
  else if (await sent(response) === null) return;
  await next();
}

function goOn() {
  say("That trial was answered already, perhaps in another tab. This is the next one.");
  return next();
}

function explain(way) {
  const { truth, trial, n_trials } = current;
  const buttons = find("candidates").children;
  buttons[way].classList.add(way === truth ? "right" : "wrong");
  buttons[truth].classList.add("right");
  // the first nine keys are the candidates' own numbers
  const key = truth >= 9 && truth < KEYS.length ? `, key ${KEYS[truth]}` : "";
  find("feedback").textContent = way === truth ? "Right." : `No: it is candidate ${truth + 1}${key}.`;
  const isLast = trial + 1 === n_trials;
  onward = isLast ? next : () => practise(trial + 1);
  find("onward").textContent = isLast ? "Begin: from now on it counts" : "Next";
  find("onward").hidden = false;
  find("onward").focus();
}

// keys

function move(event) {
  const buttons = [...find("candidates").children];
  const abreast = buttons.filter((button) => button.offsetTop === buttons[0].offsetTop).length;
  const steps = { ArrowLeft: -1, ArrowRight: 1, ArrowUp: -abreast, ArrowDown: abreast };
  if (!(event.key in steps) || buttons.length === 0) return false;
  const from = buttons.indexOf(document.activeElement);
  const to = from < 0 ? 0 : from + steps[event.key];
  if (to >= 0 && to < buttons.length) buttons[to].focus();
  return true;
}

function wayOf(event) {
  const typed = KEYS.indexOf(event.key.toLowerCase());
  if (event.key.length === 1 && typed >= 0) return typed;
  // keyboards on which digits need Shift, or with letters of another script
  const key = /^(?:Digit|Numpad|Key)(.)$/.exec(event.code);
  return key === null ? -1 : KEYS.indexOf(key[1].toLowerCase());
}

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.altKey || event.metaKey || event.repeat || event.isComposing) return;
  if (shownAt === null) return;
  if (move(event)) return event.preventDefault();
  const way = wayOf(event);
  if (way < 0 || way >= current.n_way || !find("keys").checked) return;
  event.preventDefault();
  answer(way);
});

// messages

function say(text) {
  find("notice").textContent = text;
  find("notice").hidden = false;
}

function stop(text) {
  shownAt = null;
  find("start").hidden = true;
  find("asking").hidden = true;
  say(text);
}

find("again").addEventListener("click", () => location.reload());
find("onward").addEventListener("click", () => onward());
find("begin").addEventListener("click", next);
find("practise")?.addEventListener("click", () => practise(0));
if (Number(main.dataset.answered) > 0) next();
else find("start").hidden = false;
