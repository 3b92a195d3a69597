// On a narrow page: the headings of what is shown, to get around in it.
import { html, useRef, useState } from "./html.js";
import { texts } from "./texts.js";

const headings = () => [document.getElementById("main"), ...document.querySelectorAll("main :is(h2, h3)")].filter((each) => each.checkVisibility());

export function Sections() {
  const [targets, setTargets] = useState([]);
  const box = useRef(null);
  const look = (event) => { if (event.target.open) setTargets(headings()); };
  const go = (target) => {
    box.current.open = false;
    target.tabIndex = -1;
    target.focus({ preventScroll: true });
    target.scrollIntoView();
  };
  return html`<details class="sections" ref=${box} onToggle=${look}><summary>${texts.sections}</summary>
    <nav aria-label=${texts.sections}>${targets.map((target, at) => html`<button type="button" class="plain" onClick=${() => go(target)}>${at ? target.textContent : texts.top}</button>`)}</nav></details>`;
}
