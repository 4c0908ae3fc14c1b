// ECharts is large: it comes only when the first chart does.
import htmx from "htmx.org";

let wanted = false;

htmx.onLoad((root) => {
  if (wanted || !(root.matches?.("[data-chart]") || root.querySelector("[data-chart]"))) return;
  wanted = true;
  const script = document.createElement("script");
  script.src = document.querySelector("meta[name=lk-charts]").content;
  document.head.append(script);
});
