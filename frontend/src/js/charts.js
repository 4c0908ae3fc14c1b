// Every [data-chart="kind"] draws the JSON in the <script> named by data-from; the JSON brings
// all words and addresses. Canvas, because the SVG renderer writes styles that the CSP refuses.
import * as echarts from "echarts/core";
import { BarChart, CustomChart, LineChart, ScatterChart } from "echarts/charts";
import { GridComponent, MarkAreaComponent, MarkLineComponent, TooltipComponent } from "echarts/components";
import { CanvasRenderer } from "echarts/renderers";
import { months } from "./charts/months.js";
import { rhythm } from "./charts/rhythm.js";
import { look } from "./charts/look.js";

echarts.use([
  BarChart, CustomChart, LineChart, ScatterChart,
  GridComponent, MarkAreaComponent, MarkLineComponent, TooltipComponent, CanvasRenderer,
]);

const kinds = { months, rhythm };
const REACH = 24;
const drawn = new Map();

const dataOf = (element) => JSON.parse(document.getElementById(element.dataset.from).textContent);

function paint({ chart, element, data }) {
  chart.setOption({ ...look().base, ...kinds[element.dataset.chart](data, look()) }, true);
}

const open = (url) => url && location.assign(url);

/** Points are small: a click close by means the nearest one. */
function nearest(chart, x, y) {
  let best = { distance: REACH };
  chart.getOption().series.forEach((series, seriesIndex) => {
    if (series.type !== "line") return;
    series.data.forEach((item, index) => {
      if (!item?.url) return;
      const [left, top] = chart.convertToPixel({ seriesIndex }, [index, item.value]);
      const distance = Math.hypot(left - x, top - y);
      if (distance < best.distance) best = { distance, url: item.url };
    });
  });
  return best.url;
}

function draw(element) {
  if (drawn.has(element)) return;
  const entry = { element, chart: echarts.init(element), data: dataOf(element) };
  drawn.set(element, entry);
  paint(entry);
  entry.chart.on("click", ({ data }) => open(data?.url));
  entry.chart.getZr().on("click", ({ target, offsetX, offsetY }) => {
    if (!target) open(nearest(entry.chart, offsetX, offsetY));
  });
  new ResizeObserver(() => entry.chart.resize()).observe(element);
}

function drawAll(root) {
  for (const [element, { chart }] of drawn) {
    if (element.isConnected) continue;
    chart.dispose();
    drawn.delete(element);
  }
  root.querySelectorAll("[data-chart]").forEach(draw);
}

const repaint = () => drawn.forEach(paint);
document.addEventListener("lk:theme", repaint);
matchMedia("(max-width: 760px)").addEventListener("change", repaint);

document.addEventListener("click", ({ target }) => {
  const asTable = target.closest("[data-chart-table]");
  if (asTable) {
    const element = document.getElementById(asTable.dataset.chartTable);
    const table = document.getElementById(`${element.id}-table`);
    table.hidden = !table.hidden;
    element.hidden = !table.hidden;
    asTable.setAttribute("aria-pressed", String(!table.hidden));
  }
  const download = target.closest("[data-chart-download]");
  if (download) {
    const element = document.getElementById(download.dataset.chartDownload);
    const link = document.createElement("a");
    link.download = `${download.dataset.name}.png`;
    link.href = drawn.get(element).chart.getDataURL({ type: "png", pixelRatio: 2, backgroundColor: look().token("raised") });
    link.click();
  }
});

document.addEventListener("htmx:load", ({ target }) => drawAll(target));
drawAll(document);
