import shutil
import sqlite3
import zlib
from base64 import b64decode
from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import orjson
import pytest
from selenium import webdriver
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.remote.webelement import WebElement
from selenium.webdriver.support.ui import Select, WebDriverWait

from agents.errors import UsageError
from agents.files import json_line as line
from graphs.campaign.parts import Progress
from graphs.campaign.progress import describe
from graphs.campaign.record.journal import TABLES
from graphs.report import page as report
from graphs.report.rows import PART

HOSTILE = "</script><script>window.broken=1</script><img src=x onerror=window.broken=1>"
ROWS = 120


def messages(slot: int) -> list[dict[str, Any]]:
    function = {"name": "find_order", "arguments": orjson.dumps({"id": f"A-{slot}"}).decode()}
    return [
        {"role": "user", "content": f"Where is order A-{slot}? {HOSTILE}"},
        {
            "role": "assistant",
            "content": "",
            "tool_calls": [{"id": "call_1", "type": "function", "function": function}],
        },
        {"role": "tool", "tool_call_id": "call_1", "content": '{"state":"lost"}'},
        {"role": "assistant", "content": f"It is lost: parcel {1000 + slot}."},
    ]


def row(slot: int) -> dict[str, Any]:
    """Every tenth is rejected for inventing a value; leaves and modes take turns."""
    scores = {"task_completion": 4, "grounding": 2 if slot % 10 == 3 else 5}
    accepted: dict[str, Any] = {
        "slot": slot,
        "directive": {"leaf": f"{slot % 4}.1", "mode": ("linear", "chained")[slot % 2], "steps": 1},
        "cluster": {"title": "parcels", "tools": {"find_order": "shop/find_order"}},
        "blueprint": {
            "goal": f"find order {slot} {HOSTILE}",
            "persona": "",
            "policy": "",
            "mode": "linear",
            "steps": [],
        },
        "messages": messages(slot),
        "origins": {"call_1": {"origin": "simulated", "ok": True, "lock_mismatch": ""}},
        "locks": {"find_order": {"required": ["state"]}},
        "verdict": {"scores": scores, "blame": "none", "reasons": "Fine."},
        "novelty": 0.5,
        "nearest": 0.25,
    }
    if slot % 10 != 3:
        return accepted
    blamed = {"scores": scores, "blame": "assistant", "reasons": f"Invented a parcel. {HOSTILE}"}
    fault = f"leak: call_1 state was never told {HOSTILE}"
    end = {"stop": "completed", "reason": "rules", "detail": "", "faults": [fault], "verdict": blamed}
    return {**accepted, **end, "cost": {"input": 9, "output": 1, "answers": 4}}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A run's files with a hostile name, and what a run that is still writing leaves behind."""
    folder = tmp_path_factory.mktemp("runs") / "<b>run"
    folder.mkdir()
    rows = [row(slot) for slot in range(ROWS)]
    (folder / "trajectories.jsonl").write_bytes(b"".join(line(entry) for entry in rows if "reason" not in entry))
    (folder / "rejected.jsonl").write_bytes(b"".join(line(entry) for entry in rows if "reason" in entry) + b'{"torn')
    bits = {
        "h_dom": 2.0,
        "h_mode": 1.5,
        "h_mode_coarse": 1.0,
        "log2_n": 5.0,
        "cac_mean": 3.0,
        "tools": 1,
        "services": 1,
    }
    (folder / "metrics.jsonl").write_bytes(b"".join(line({"slot": i, "n": i, **bits}) for i in range(ROWS)))
    with closing(sqlite3.connect(folder / "journal.sqlite")) as journal, journal:
        journal.executescript(TABLES)
        for values in (("user", "{}", 10, 2, 4, 0.25), ("assistant", "{}", None, None, None, None)):
            call = 0 if values[0] == "user" else 1
            journal.execute("insert into answers values (5, ?, '', ?, ?, ?, ?, ?, ?)", (call, *values))
    prompts = {"slot": 5, "prompts": [f"You are a person. {HOSTILE}", "You are an assistant."]}
    (folder / "prompts.jsonl").write_bytes(line(prompts))
    report.write(folder)
    return folder


@pytest.fixture(scope="module")
def chromium() -> Iterator[webdriver.Chrome]:
    driver = shutil.which("chromedriver")
    if not driver:
        pytest.skip("no chromedriver: make browser")
    options = webdriver.ChromeOptions()
    options.add_argument("--headless=new")
    options.add_argument("--no-sandbox")  # Chromium's own sandbox refuses root, which containers run as
    options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
    browser = webdriver.Chrome(options, webdriver.ChromeService(driver))
    browser.implicitly_wait(30)  # what a click brings need not stand there at once
    yield browser
    browser.quit()


@pytest.fixture
def opened(chromium: webdriver.Chrome, folder: Path) -> Iterator[webdriver.Chrome]:
    """The report, opened from disk; whatever the test does must not leave a word on the console."""
    chromium.set_window_size(1300, 900)
    chromium.get("about:blank")
    chromium.get((folder / "report.html").as_uri())
    until(chromium, "120 of 120")
    yield chromium
    assert chromium.get_log("browser") == []


def until(browser: webdriver.Chrome, count: str) -> None:
    """Waits for the list to say that it holds so many."""
    WebDriverWait(browser, 30).until(lambda _: browser.find_element(By.ID, "count").text == count)


def listed(browser: webdriver.Chrome) -> list[WebElement]:
    return browser.find_elements(By.CSS_SELECTOR, "#list button")


def shown(browser: webdriver.Chrome, slot: int) -> str:
    """What is told of the slot, once it is."""
    article = browser.find_element(By.ID, "shown")
    WebDriverWait(browser, 30).until(lambda _: article.text.startswith(f"Slot {slot}:"))
    return article.text


def test_filters_narrow_the_list(opened: webdriver.Chrome) -> None:
    Select(opened.find_element(By.NAME, "leaf")).select_by_value("3.1")
    until(opened, "30 of 120")
    Select(opened.find_element(By.NAME, "outcome")).select_by_value("rejected")
    until(opened, "6 of 120")
    assert [button.text.split()[0] for button in listed(opened)] == ["#3", "#23", "#43", "#63", "#83", "#103"]
    opened.find_element(By.CSS_SELECTOR, "[type=reset]").click()
    until(opened, "120 of 120")


def test_search_finds_goals_and_on_request_conversations(opened: webdriver.Chrome) -> None:
    search = opened.find_element(By.NAME, "search")
    search.send_keys("Order 77")
    until(opened, "1 of 120")
    search.clear()
    search.send_keys("parcel 1077")
    until(opened, "0 of 120")
    opened.find_element(By.NAME, "deep").click()
    until(opened, "1 of 120")
    listed(opened)[0].click()
    assert "parcel 1077." in shown(opened, 77)


def test_a_rejected_trajectory_tells_its_cause(opened: webdriver.Chrome) -> None:
    opened.find_element(By.CSS_SELECTOR, '[data-key="outcome:rules"]').click()
    until(opened, "12 of 120")
    listed(opened)[1].click()
    text = shown(opened, 13)
    assert "Rejected: rules" in text
    assert "The judge blames: assistant. Invented a parcel." in text
    assert "from: simulated" in text
    assert opened.find_element(By.CSS_SELECTOR, ".turn.bad").get_attribute("data-call") == "call_1"


def test_a_long_list_has_pages_and_an_order(opened: webdriver.Chrome) -> None:
    assert len(listed(opened)) == 100
    opened.find_element(By.ID, "on").click()
    assert [listed(opened)[i].text.split()[0] for i in (0, -1)] == ["#100", "#119"]
    Select(opened.find_element(By.NAME, "sort")).select_by_value("score")
    WebDriverWait(opened, 30).until(lambda _: "score 3" in listed(opened)[11].text)
    assert "score 4.5" in listed(opened)[12].text


def test_a_point_of_the_map_opens_its_trajectory(opened: webdriver.Chrome) -> None:
    point = opened.find_element(By.CSS_SELECTOR, '[data-key="slot:42"]')
    opened.execute_script("arguments[0].dispatchEvent(new MouseEvent('click', {bubbles: true}))", point)
    assert "find order 42" in shown(opened, 42)
    assert opened.current_url.endswith("#slot=42")


def test_hostile_text_is_shown_and_does_nothing(opened: webdriver.Chrome) -> None:
    listed(opened)[3].click()
    text = shown(opened, 3)
    assert text.count(HOSTILE) == 5  # goal, fault, reasons twice, user
    assert opened.execute_script("return [window.broken, document.images.length]") == [None, 0]
    assert opened.title == "Run <b>run"


def test_a_service_a_tool_and_an_origin_narrow_the_list(opened: webdriver.Chrome) -> None:
    opened.find_element(By.NAME, "tool").send_keys("find_ord")
    until(opened, "120 of 120")
    opened.find_element(By.NAME, "service").send_keys("shopping")
    until(opened, "0 of 120")
    opened.find_element(By.NAME, "service").clear()
    opened.find_element(By.NAME, "service").send_keys("shop")
    until(opened, "120 of 120")
    origins = Select(opened.find_element(By.NAME, "origin"))
    assert [option.text for option in origins.options] == ["all", "simulated (120)"]


def test_keys_go_from_one_trajectory_to_the_next(opened: webdriver.Chrome) -> None:
    Select(opened.find_element(By.NAME, "leaf")).select_by_value("3.1")
    until(opened, "30 of 120")
    body = opened.find_element(By.TAG_NAME, "body")
    for key, slot in (("j", 3), (Keys.ARROW_RIGHT, 7), ("j", 11), ("k", 7), (Keys.ARROW_LEFT, 3), ("k", 3)):
        body.send_keys(key)
        shown(opened, slot)
    body.send_keys("/")
    assert opened.switch_to.active_element.get_attribute("name") == "search"
    opened.switch_to.active_element.send_keys("jk")  # words in a field are no keys
    until(opened, "0 of 120")


def test_each_request_tells_its_tokens_seconds_and_prompt(opened: webdriver.Chrome) -> None:
    listed(opened)[5].click()
    text = shown(opened, 5)
    assert "1 user 10 4 2 0.25\n2 assistant – – – –" in text
    prompts = opened.find_elements(By.XPATH, "//summary[starts-with(text(), 'Prompt')]")
    assert [prompt.text for prompt in prompts] == ["Prompt 1, user", "Prompt 2, assistant"]
    prompts[0].click()
    assert "You are a person. " + HOSTILE in opened.find_element(By.CSS_SELECTOR, "details[open] pre").text
    listed(opened)[6].click()
    assert "Requests" not in shown(opened, 6)


def test_notes_are_kept_in_the_browser_and_saved(opened: webdriver.Chrome, tmp_path: Path) -> None:
    listed(opened)[2].click()
    shown(opened, 2)
    opened.find_element(By.CSS_SELECTOR, ".notes textarea").send_keys('Keep: "honest".')
    assert opened.find_element(By.ID, "noted").text == "1 noted"
    opened.refresh()
    until(opened, "120 of 120")
    shown(opened, 2)
    assert opened.find_element(By.CSS_SELECTOR, ".notes textarea").get_attribute("value") == 'Keep: "honest".'
    opened.execute_cdp_cmd("Browser.setDownloadBehavior", {"behavior": "allow", "downloadPath": str(tmp_path)})
    opened.find_element(By.ID, "notes").click()
    saved = tmp_path / "notes.jsonl"
    WebDriverWait(opened, 30).until(lambda _: saved.is_file())
    assert orjson.loads(saved.read_bytes()) == {"slot": 2, "note": 'Keep: "honest".'}
    opened.execute_script("localStorage.clear()")


def test_every_figure_of_the_summary_says_what_it_means(folder: Path) -> None:
    rows = (folder / "report.html").read_text().partition("<h2>Summary</h2>")[2].partition("</table>")[0]
    cells = [row.split("<td>")[1:] for row in rows.split("<tr>")[2:]]
    assert len(cells) >= 12
    assert [title for title, *_, meaning in cells if len(meaning.removesuffix("</td></tr>")) < 20] == []


def test_another_run_stands_beside_at_equal_rows(folder: Path, tmp_path: Path) -> None:
    other = tmp_path / "other"
    other.mkdir()
    (other / "trajectories.jsonl").write_bytes(b"")
    measures = [{"slot": n, "n": n, "h_dom": 3.25, "tools": n} for n in range(1, 51)]
    (other / "metrics.jsonl").write_bytes(b"".join(line(entry) for entry in measures))
    page = report.write(shutil.copytree(folder, tmp_path / "run"), other).read_text()
    part = page.partition("<h2>Beside another run</h2>")[2].partition("</section>")[0]
    assert "Both at their first 50 accepted rows" in part
    assert "<tr><td>H_dom, bits</td><td>2.000</td><td>–</td><td>3.250</td><td>–</td><td>50</td>" in part
    (other / "metrics.jsonl").write_bytes(b"")
    with pytest.raises(UsageError, match="no number of rows in common"):
        report.write(tmp_path / "run", other)


def test_nothing_is_wider_than_a_telephone(opened: webdriver.Chrome) -> None:
    opened.set_window_size(500, 900)  # as narrow as Chromium's window gets
    listed(opened)[3].click()
    shown(opened, 3)
    script = "return document.documentElement.scrollWidth <= document.documentElement.clientWidth"
    assert opened.execute_script(script)


def test_the_page_holds_every_row_byte_for_byte(folder: Path) -> None:
    page = (folder / "report.html").read_text()
    parts = [page.partition(f'id="rows-{i}">')[2].partition("<")[0] for i in range(-(-ROWS // PART))]
    assert b"".join(zlib.decompress(b64decode(part)) for part in parts) == b"".join(line(row(i)) for i in range(ROWS))
    assert f'id="rows-{len(parts)}"' not in page


def test_the_page_may_load_nothing(folder: Path) -> None:
    page = (folder / "report.html").read_text()
    assert "default-src 'none'; base-uri 'none'; form-action 'none'; style-src 'sha256-" in page
    assert "unsafe" not in page.partition("<title>")[0]
    assert "<img" not in page


def test_a_run_without_an_accepted_row_has_a_report(tmp_path: Path) -> None:
    (tmp_path / "trajectories.jsonl").write_bytes(b"")
    assert "0 of 0 slots" in report.write(tmp_path).read_text()


def test_costs_are_told_by_role_and_unknown_ones_not_guessed(tmp_path: Path) -> None:
    (tmp_path / "trajectories.jsonl").write_bytes(b"")
    spent = {"answers": 2, "input": None, "output": None, "cached": None}
    cost = {"by_role": {"user": spent}, "dollars": {"by_role": {"user": None, "quality": 0.25}}}
    (tmp_path / "cost.json").write_bytes(line(cost))
    page = report.write(tmp_path).read_text()
    assert "<td>user</td><td>2</td><td>–</td><td>–</td><td>–</td>" in page
    assert "<title>quality: 0.25</title>" in page
    assert "<title>user: 0</title>" not in page.partition("Dollars by role")[2]


def test_what_was_mended_early_is_told(tmp_path: Path) -> None:
    (tmp_path / "trajectories.jsonl").write_bytes(b"")
    asked, saved = ({"answers": n, "input": 900 * n, "output": 100 * n} for n in (3, 40))
    early = {"by_role": {"user": 1, "assistant": 2}, "asked": asked, "slots_kept": 2, "saved": saved}
    (tmp_path / "cost.json").write_bytes(line({"mended_early": early}))
    page = report.write(tmp_path).read_text()
    assert "<td>faults shown to the assistant at once</td><td>2</td>" in page
    assert "<td>tokens for the answers to them</td><td>3,000</td>" in page
    assert "<td>accepted slots in which one was shown</td><td>2</td>" in page


def test_the_same_files_give_the_same_report(folder: Path) -> None:
    before = (folder / "report.html").read_bytes()
    assert report.write(folder).read_bytes() == before


def test_progress_line_says_rate_and_time_left() -> None:
    progress = Progress(count=40, done=10, accepted=8, reasons=Counter(quality=2), tokens=12345)
    text = describe(progress, Progress(count=40), seconds=5.0)
    assert text == "10/40 slots, 8 accepted, rejected: quality 2, 12,345 tokens, 2.0 slots/s, 15 s left"


def test_progress_line_says_how_many_rows_are_wanted() -> None:
    first, now = Progress(40, done=2, wanted=16), Progress(40, done=12, accepted=8, wanted=16)
    text = describe(now, first, seconds=9.0)
    assert text == "12/40 slots, 8 of 16 accepted, rejected: none, 0 tokens, 1.1 slots/s, 10 s left"
