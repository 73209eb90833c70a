"use strict";
// A select that shows one of several panels. Without this script all of them are there.
for (const select of document.querySelectorAll("select[data-panels]")) {
  const panels = document.getElementById(select.dataset.panels);
  const show = () => {
    if (panels === null) return;
    for (const [number, panel] of [...panels.children].entries()) {
      panel.hidden = number !== Number(select.value);
    }
  };
  select.addEventListener("change", show);
  show();
}
