// Sorts, filters and saves the table of samples. Without it the page holds the same rows.
(() => {
  "use strict";
  const part = document.querySelector("details.samples");
  const table = document.getElementById("every-sample");
  const box = table?.closest(".scroll");
  if (!part || !box) return;

  const start = () => {
    const make = (name, properties, ...children) => {
      const element = Object.assign(document.createElement(name), properties);
      element.append(...children);
      return element;
    };
    const body = table.tBodies[0];
    const heads = [...table.tHead.rows[0].cells];
    const titles = heads.map((head) => head.textContent);
    const isNumber = heads.map((head) => head.classList.contains("numeric"));
    const outcome = titles.indexOf("outcome");
    // Notes stand beside the outcome.
    const read = (row) => {
      const texts = Array.from(row.cells, (cell) => cell.textContent);
      const notes = row.cells[outcome].querySelector("small");
      if (notes) texts[outcome] = row.cells[outcome].firstChild.data.trim();
      return [...texts, notes ? notes.textContent : ""];
    };
    // Read once, for a page takes its time to answer for each cell. What they are looked for in is made when it is asked for.
    let samples = Array.from(body.rows, (row) => ({
      row,
      texts: read(row),
      words: null,
      isFound: true,
      isHidden: false,
    }));

    // Showing. A browser takes seconds to lay out ten thousand rows: the next ones come when the last one is scrolled to.

    const step = 500;
    const end = document.createElement("div");
    box.append(end);
    let room = step;
    let found = 0;
    const lay = () => {
      found = 0;
      for (const sample of samples) {
        if (sample.isFound) found += 1;
        const isHidden = !sample.isFound || found > room;
        if (isHidden !== sample.isHidden) sample.row.hidden = isHidden;
        sample.isHidden = isHidden;
      }
      table.setAttribute("aria-rowcount", String(found + 1));
    };
    const layFromTop = () => {
      room = step;
      lay();
      // Asked of what is folded in, a browser would lay out all of it.
      if (part.open) box.scrollTop = 0;
    };
    const observer = new IntersectionObserver((entries) => {
      if (!entries.some((entry) => entry.isIntersecting) || room >= found) return;
      room += step;
      lay();
      // It may still be in sight, which is no change.
      observer.unobserve(end);
      observer.observe(end);
    }, { root: box, rootMargin: "1000px 0px" });
    observer.observe(end);

    // Filtering.

    const filter = make("input", { type: "search", id: "samples-filter", autocomplete: "off", spellcheck: false });
    const select = make("select", { id: "samples-outcome", autocomplete: "off" }, make("option", { value: "" }, "all"));
    for (const text of [...new Set(samples.map((sample) => sample.texts[outcome]))].sort()) {
      select.append(make("option", { value: text }, text));
    }
    const count = document.createElement("output");
    count.setAttribute("for", "samples-filter samples-outcome");
    count.setAttribute("aria-live", "polite");

    const show = () => {
      const wanted = filter.value.toLowerCase().split(/\s+/).filter((word) => word !== "");
      const only = select.value;
      for (const sample of samples) {
        // No word holds a line end, so none is found in two cells at once.
        if (wanted.length > 0 && sample.words === null) sample.words = sample.texts.join("\n").toLowerCase();
        sample.isFound = (only === "" || sample.texts[outcome] === only)
          && wanted.every((word) => sample.words.includes(word));
      }
      layFromTop();
      const digits = (number) => number.toLocaleString("en-US");
      count.textContent = `${digits(found)} of ${digits(samples.length)} sample${samples.length === 1 ? "" : "s"}`;
    };
    let timer = 0;
    filter.addEventListener("input", () => {
      clearTimeout(timer);
      timer = setTimeout(show, 100);
    });
    select.addEventListener("change", show);

    // Sorting. Cells without anything come last either way; what is equal keeps its order.

    const sort = (column, direction) => {
      const keyed = samples.map((sample) => {
        const text = sample.texts[column];
        const number = Number(text);
        const isEmpty = text === "" || (isNumber[column] && Number.isNaN(number));
        return { sample, isEmpty, key: isNumber[column] ? number : text };
      });
      keyed.sort((one, other) => {
        if (one.isEmpty || other.isEmpty) return Number(one.isEmpty) - Number(other.isEmpty);
        if (one.key === other.key) return 0;
        return one.key < other.key ? -direction : direction;
      });
      samples = keyed.map((each) => each.sample);
      const rows = document.createDocumentFragment();
      for (const sample of samples) rows.appendChild(sample.row);
      body.appendChild(rows);
      layFromTop();
    };
    heads.forEach((head, column) => {
      const button = make("button", { type: "button" }, titles[column]);
      button.addEventListener("click", () => {
        const isDescending = head.getAttribute("aria-sort") === "ascending";
        for (const each of heads) each.removeAttribute("aria-sort");
        head.setAttribute("aria-sort", isDescending ? "descending" : "ascending");
        sort(column, isDescending ? -1 : 1);
      });
      head.replaceChildren(button);
    });
    // As the page is written.
    heads[titles.indexOf("number")]?.setAttribute("aria-sort", "ascending");

    // Saving: RFC 4180, with the precautions of `tare export`.

    const control = /[\0-\x08\x0B\x0C\x0E-\x1F\x7F-\x9F\u061C\u200E\u200F\u2028-\u202E\u2066-\u2069\uFFFE\uFFFF]/g;
    const field = (text) => {
      if (/^-?\d+(\.\d+)?$/.test(text)) return text;
      let safe = text.replace(control, (one) => `\\u{${one.charCodeAt(0).toString(16).toUpperCase()}}`);
      // A spreadsheet would run it.
      if (/^(\s|[=+\-@\uFF1D\uFF0B\uFF0D\uFF20])/.test(safe)) safe = `'${safe}`;
      return /[",\r\n]|^ | $/.test(safe) ? `"${safe.replace(/"/g, '""')}"` : safe;
    };
    const save = make("button", { type: "button" }, "Save as CSV");
    save.addEventListener("click", () => {
      // A word may have been written this moment.
      clearTimeout(timer);
      show();
      const rows = [[...titles, "notes"], ...samples.filter((sample) => sample.isFound).map((sample) => sample.texts)];
      const text = rows.map((row) => row.map(field).join(",") + "\r\n").join("");
      const run = document.querySelector('meta[name="tare-run"]')?.content ?? "";
      const name = run.replace(/[^A-Za-z0-9._-]+/g, "-").slice(0, 100);
      const address = URL.createObjectURL(new Blob([text], { type: "text/csv;charset=utf-8" }));
      const link = make("a", { href: address, download: `tare-samples${name === "" ? "" : `-${name}`}.csv`, hidden: true });
      document.body.append(link);
      link.click();
      link.remove();
      // Not before the browser has read it.
      setTimeout(() => URL.revokeObjectURL(address), 60000);
    });

    show();
    box.before(make("div", { className: "tools" },
      make("span", {}, make("label", { htmlFor: filter.id }, "Filter"), filter),
      make("span", {}, make("label", { htmlFor: select.id }, "Outcome"), select),
      save, count));
  };

  // Not before anybody asks. A click comes before the part is unfolded, so that no more is laid out than is seen first; a search
  // of the browser unfolds it without one.
  let isStarted = false;
  const once = () => {
    if (isStarted) return;
    isStarted = true;
    start();
  };
  if (part.open) once();
  part.querySelector("summary").addEventListener("click", once);
  part.addEventListener("toggle", once);
})();
