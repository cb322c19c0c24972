#!/usr/bin/env python3
"""Opens the page of a report in Chromium as a reader does. page.py ACTION PAGE [ARGUMENT...]; prints what it found as JSON.

open PAGE            what the console said and what was requested, with every part of it unfolded
plan PAGE REQUESTS   the planner's rows for each of the requests in a file
form PAGE FILLINGS   what the planner's form shows after it was filled in, at last with each of the values in a file
samples PAGE         sorts, filters and saves the table of samples
plain PAGE           the text with scripts switched off
policy PAGE          the text under the policy that Jenkins sends with build artefacts
axe PAGE             what axe-core finds, light and wide, then dark and narrow
print PAGE           how many pages of A4 and of Letter it takes
"""

import http.server
import json
import pathlib
import sys
import threading

from playwright.sync_api import sync_playwright

POLICY = "sandbox; default-src 'none'; style-src 'self'"
UNFOLD = "document.querySelectorAll('details').forEach((one) => { one.open = true; })"


class Tab:
    """A page, with what its console said and what it asked for."""

    def __init__(self, browser, path, **options):
        self.context = browser.new_context(**options)
        self.page = self.context.new_page()
        self.console = []
        self.requests = []
        self.page.on("console", lambda said: self.console.append(f"{said.type}: {said.text}"))
        self.page.on("pageerror", lambda error: self.console.append(f"error: {error}"))
        self.page.on("request", lambda request: self.requests.append(request.url))
        self.address = path if path.startswith("http") else pathlib.Path(path).resolve().as_uri()
        self.page.goto(self.address)

    @property
    def others(self):
        return [url for url in self.requests if url != self.address and not url.startswith("blob:")]


def opened(browser, path):
    tab = Tab(browser, path)
    tab.page.evaluate(UNFOLD)
    tab.page.wait_for_timeout(200)
    wide = tab.page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    tab.page.set_viewport_size({"width": 400, "height": 800})
    narrow = tab.page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    return {"console": tab.console, "requests": tab.others, "title": tab.page.title(), "overflow": [wide, narrow]}


def plan(browser, path, requests):
    tab = Tab(browser, path)
    asked = json.loads(pathlib.Path(requests).read_text())
    rows = tab.page.evaluate(
        "(asked) => asked.map((one) => document.getElementById('planner').tarePlan(one))", asked)
    return {"console": tab.console, "rows": rows}


def form(browser, path, fillings):
    tab = Tab(browser, path)
    page = tab.page
    planner = page.locator("#planner")

    def shown():
        return {
            "answer": planner.locator(".answer").inner_text() if planner.locator(".answer").is_visible() else "",
            "rows": planner.locator("tbody tr").all_inner_texts() if planner.locator("table").is_visible() else [],
            "trouble": planner.locator(".trouble").inner_text(),
            "command": planner.locator("pre code").inner_text(),
        }

    found = {"first": shown()}
    # By keyboard alone, from the first field on.
    page.locator("#plan-memory").focus()
    page.keyboard.press("Control+A")
    page.keyboard.type("512GiB")
    page.keyboard.press("Tab")
    page.keyboard.press("Control+A")
    page.keyboard.type("64")
    page.locator("#plan-reserve").fill("8GiB")
    page.locator("#plan-instances").fill("20000")
    page.locator("#plan-most").fill("110")
    if page.locator("#plan-emulated").count():
        page.locator("#plan-emulated").check()
    found["filled"] = shown()
    page.locator("#plan-memory").fill("512")
    page.wait_for_function("document.getElementById('plan-trouble').textContent !== ''")
    found["wrong"] = shown()
    found["others"] = []
    for filling in json.loads(pathlib.Path(fillings).read_text()):
        page.reload()
        for name, value in filling.items():
            field = page.locator(f"#plan-{name}")
            field.select_option(value) if name == "limits" else field.fill(value)
        if page.locator("#plan-emulated").count():
            page.locator("#plan-emulated").check()
        found["others"].append(shown())
    page.locator("#plan-memory").fill("512")
    found["invalid"] = page.locator("#plan-memory").get_attribute("aria-invalid") or ""
    found["console"] = tab.console
    return found


def samples(browser, path):
    tab = Tab(browser, path, accept_downloads=True)
    page = tab.page
    page.locator("details.samples > summary").click()
    table = page.locator("#every-sample")

    def column(number):
        return page.evaluate(
            "(number) => [...document.querySelectorAll('#every-sample tbody tr')].filter((row) => !row.hidden)"
            ".map((row) => row.cells[number].textContent)", number)

    titles = [text.strip() for text in table.locator("thead th").all_inner_texts()]
    found = {"titles": titles, "all": column(0)}
    time = next(place for place, title in enumerate(titles) if "time" in title)
    button = table.locator("thead th").nth(time).locator("button")
    button.click()
    found["ascending"] = column(time)
    found["sort"] = table.locator("thead th").nth(time).get_attribute("aria-sort") or ""
    button.press("Enter")
    found["descending"] = column(time)
    def filter(words):
        before = page.locator("details.samples output").inner_text()
        page.get_by_label("Filter").fill(words)
        page.wait_for_function(
            "(before) => document.querySelector('details.samples output').textContent !== before", arg=before)

    filter("RUNC warm")
    found["filtered"] = column(1)
    found["count"] = page.locator("details.samples output").inner_text()
    with page.expect_download() as saving:
        page.get_by_role("button", name="Save as CSV").click()
    found["name"] = saving.value.suggested_filename
    found["csv"] = pathlib.Path(saving.value.path()).read_bytes().decode()
    filter("no such sample anywhere")
    found["none"] = column(1)
    found["console"] = tab.console
    found["requests"] = tab.others
    return found


def text_of(tab):
    return {
        "text": tab.page.locator("body").inner_text(), "console": tab.console, "requests": tab.others,
        "buttons": tab.page.locator("button, input, select").count(),
        # Drawings that nobody could see.
        "empty": [
            box for box in (one.bounding_box() for one in tab.page.locator("svg.drawing").all())
            if box is not None and (box["width"] < 100 or box["height"] < 20)
        ],
    }


def plain(browser, path):
    return text_of(Tab(browser, path, java_script_enabled=False))


def policy(browser, path):
    content = pathlib.Path(path).read_bytes()

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self):
            self.send_response(200)
            self.send_header("Content-Type", "text/html; charset=utf-8")
            self.send_header("Content-Security-Policy", POLICY)
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, *_):
            pass

    server = http.server.HTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        return text_of(Tab(browser, f"http://127.0.0.1:{server.server_port}/report.html"))
    finally:
        server.shutdown()


def axe(browser, path):
    from axe_playwright_python.sync_playwright import Axe

    found = []
    for scheme, width in [("light", 1440), ("dark", 400)]:
        tab = Tab(browser, path, color_scheme=scheme, viewport={"width": width, "height": 900})
        tab.page.evaluate(UNFOLD)
        for one in Axe().run(tab.page).response["violations"]:
            places = [f"{node['html'][:200]} {node.get('failureSummary', '')[:300]}" for node in one["nodes"][:3]]
            found.append(f"{scheme} {width}: {one['id']}: {one['help']}: {places}")
        tab.context.close()
    return {"violations": found}


def printed(browser, path):
    tab = Tab(browser, path)
    counts = {}
    for paper in ["A4", "Letter"]:
        content = tab.page.pdf(format=paper)
        counts[paper] = content.count(b"/Type /Page\n") or content.count(b"/Type /Page ")
    tab.page.emulate_media(media="print")
    forms = [one.is_visible() for one in tab.page.locator("form, nav, #every-sample").all()]
    return {"pages": counts, "console": tab.console, "visible": forms}


ACTIONS = {
    "open": opened, "plan": plan, "form": form, "samples": samples, "plain": plain, "policy": policy, "axe": axe,
    "print": printed,
}

if __name__ == "__main__":
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=["--no-sandbox"])
        try:
            print(json.dumps(ACTIONS[sys.argv[1]](chromium, *sys.argv[2:])))
        finally:
            chromium.close()
