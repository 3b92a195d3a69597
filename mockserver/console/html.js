// Preact with htm templates: h`<p>${text}</p>` builds elements; what stands in ${} is always text, never markup.
import { h } from "./vendor/preact.js";
import htm from "./vendor/htm.js";

export { render, Fragment } from "./vendor/preact.js";
export { useEffect, useMemo, useRef, useState } from "./vendor/hooks.js";
export const html = htm.bind(h);
