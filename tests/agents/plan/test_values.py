import json
import math
from datetime import date
from pathlib import Path
from random import Random
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from agents.plan.values import Answer, lacks, read, says
from tests.bench.values import load, measure

PAIRS = Path(__file__).parent / "value_pairs.jsonl"
REAL = Path(__file__).parents[4] / "shared" / "data" / "real_model"
LATER = PAIRS.with_name("value_pairs_later.jsonl")
"""Written to find what the first do not hold: they tune."""
SPOKEN_PAIRS = PAIRS.with_name("value_pairs_spoken.jsonl")
"""Transcripts of calls, notes and messages, written before the rules were tried on them: they tune since."""
EVERYDAY = PAIRS.with_name("value_pairs_everyday.jsonl")
"""What people say to an assistant, each part written before the rules were tried on it: they tune since.

On the last five parts, 1,160 pairs, precision was 0.99, 0.96, 0.98, 0.96 and 0.98 and recall 0.88, 0.94, 0.91, 0.87
and 0.93 at first sight, each part before it was mended for; on the two before them, which others wrote, 0.96 and 0.88.
"""
UNSEEN = PAIRS.with_name("value_pairs_unseen.jsonl")
"""Precision was 0.97 and recall 0.88 before any rule was written for what it shows; they tune since."""
REPAIRED = PAIRS.with_name("value_pairs_repaired.jsonl")
"""Values set right by better ones, clocks of other countries, shares, negations behind the verb: they tune."""
SAYS, DOES_NOT, CANNOT_TELL = Answer.SAYS, Answer.DOES_NOT, Answer.CANNOT_TELL
JSON_VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text()
    | st.from_regex(r"[\dPTQW:.,€%+ -]{1,20}", fullmatch=True),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=6,
)
WORDS = (
    "the 31. mai february 2026 half past one halb zwei et demie quarter to 25:61 1,200.5 99999999999999999 € % in weeks"
    " ago tomorrow next monday not no, wait actually q3 week 54 P1M T10 +99:99 utc 年 月 日 午後 時 uhr a las y media"
    " last day of double row f seats twenty twenty-six year first friday minus dash r b four zero new year's eve midi"
    " point con letzter"
)
SPOKEN = st.lists(
    st.sampled_from(WORDS.split()),
    max_size=12,
).map(" ".join)


@pytest.mark.parametrize(("path", "least"), [(LATER, 0.98), (SPOKEN_PAIRS, 0.95), (EVERYDAY, 0.95), (REPAIRED, 0.95)])
def test_pairs_of_later_are_told_apart_too(path: Path, least: float) -> None:
    precision, recall, _ = measure(load(path))
    assert precision >= 0.99
    assert recall >= least


@pytest.mark.parametrize("path", [PAIRS, LATER, EVERYDAY])
def test_what_is_lacking_is_what_is_not_said(path: Path) -> None:
    lacking = 0
    for pair in load(path):
        today = date.fromisoformat(pair["today"]) if pair.get("today") else None
        words = pair["text"], pair["value"], pair.get("schema"), today
        assert lacks(*words) == (says(*words) is DOES_NOT)
        lacking += lacks(*words)
    assert lacking > 100


def test_most_pairs_that_nobody_tuned_to_are_told_apart() -> None:
    precision, recall, _ = measure(load(UNSEEN))
    assert precision >= 0.95
    assert recall >= 0.85


@pytest.mark.parametrize("half", ["odd", "even"])
def test_labelled_pairs_are_told_apart(half: str) -> None:
    precision, recall, table = measure(load(PAIRS, half))
    assert precision >= 0.99
    assert recall >= 0.95
    assert table[None, SAYS] == 0
    assert table[True, DOES_NOT] == 0


@pytest.mark.parametrize(
    ("text", "value", "answer"),
    [
        ("schedule it for Thursday, 2026-10-15 at 09:00 (+02:00)", "2026-10-15T09:00:00+02:00", SAYS),
        ("schedule it for Thursday, 2026-10-15 at 09:00 (+02:00)", "2026-10-15T07:00:00Z", SAYS),
        ("schedule it for Thursday, 2026-10-15 at 09:00 (+02:00)", "2026-10-15T09:00:00Z", DOES_NOT),
        ("We start at 13:30", "13:30:00", SAYS),
        ("We start at 3:30 pm", "13:30:00", DOES_NOT),
        ("The 19th of May 2026 would suit me well", "2026-05-19", SAYS),
        ("The 19th of May 2026 would suit me well", "2026-05-20", DOES_NOT),
        ("Friday the 17th of April 2026", "2026-04-17", SAYS),
        ("Thursday the 17th of April 2026", "2026-04-17", CANNOT_TELL),
        ("all since 2 march 2026", "2026-03-02T00:00:00Z", SAYS),
        ("auf 10 Replicas hoch, ach nee, gleich zwölf", 12, SAYS),
        ("auf 10 Replicas hoch, ach nee, gleich zwölf", 10, CANNOT_TELL),
        ("auf 10 Replicas hoch, ach nee, gleich zwölf", 20, DOES_NOT),
        ("It is listed as in transit", "in_transit", SAYS),
        ("the milestone starts 2026-07-06 and is due 10 weeks after that", "2026-09-14", CANNOT_TELL),
        ("the milestone starts 2026-07-06 and is due 10 weeks after that", "2026-09-15", DOES_NOT),
        ("pay €1,200.50", 1200.5, SAYS),
        ("pay €1,200", 12000, DOES_NOT),
        ("a quarter of the traffic", 0.25, SAYS),
        ("keep them for 90 days", 7776000, SAYS),
        ("booking RB-40817", "RB-40871", DOES_NOT),
        ("write to anna@example.org", "ben@example.org", DOES_NOT),
        ("3 May 2026 at 10:00 and 5 May 2026 at 14:00", "2026-05-03T10:00:00", SAYS),
        ("3 May 2026 at 10:00 and 5 May 2026 at 14:00", "2026-05-05T10:00:00", CANNOT_TELL),
        ("order 4821, 68,500 euros", 6850, DOES_NOT),
        ("order 4821, 68,500 euros", "4812", DOES_NOT),
        ("an hour and three quarters", "PT1H45M", SAYS),
        ("It leaves at 11:15 and gets in at 12:40", "11:15", SAYS),
        ("At three in the afternoon. Oh wait, two.", "15:00", CANNOT_TELL),
        ("noon Eastern on May 20, 2026", "2026-05-20T16:00:00Z", SAYS),
        ("noon Pacific on May 20, 2026", "2026-05-20T16:00:00Z", DOES_NOT),
        ("My date of birth is 4 July '85", "1985-07-04", SAYS),
        ("sometime in March '27", "2027-03", SAYS),
        ("Visa ending 4421, exp 11/28", "2028-11", SAYS),
        ("on the eve of Valentine's Day 2027", "2027-02-13", SAYS),
        ("on the eve of Valentine's Day 2027", "2027-02-14", CANNOT_TELL),
        ("two days before 5 May 2026", "2026-05-03", SAYS),
        ("at least two days before 5 May 2026", "2026-05-03", CANNOT_TELL),
        ("They offered 3 pm, but I want half past four.", "15:00", CANNOT_TELL),
        ("They offered 3 pm, but I want half past four.", "16:30", SAYS),
        ("Fifty guests, I mean, that's a lot, so book two rooms.", 50, SAYS),
        ("I'd take ten, I mean twelve.", 10, CANNOT_TELL),
        ("dwudziestego trzeciego maja 2026", "2026-05-23", SAYS),
        ("Zapłaciłem osiemdziesiąt pięć złotych.", 85, SAYS),
        ("Fly me to Rome, no wait, Milan.", "Rome", CANNOT_TELL),
        ("7월 12일 2026", "2026-12-07", DOES_NOT),
    ],
)
def test_a_value_is_its_meaning(text: str, value: Any, answer: Answer) -> None:
    assert says(text, value) is answer


def test_today_decides_what_relative_words_mean() -> None:
    assert says("next Tuesday", "2026-05-19", today=date(2026, 5, 13)) is SAYS
    assert says("next Tuesday", "2026-05-20", today=date(2026, 5, 13)) is DOES_NOT
    assert says("next Tuesday", "2026-05-19") is CANNOT_TELL


def test_a_schema_tells_the_unit() -> None:
    seconds = {"type": "integer", "description": "Delay in seconds"}
    cents = {"type": "integer", "description": "Amount in cents"}
    assert says("wait 15 minutes", 900, seconds) is SAYS
    assert says("wait 15 minutes", 15, seconds) is DOES_NOT
    assert says("the total is €12.50", 1250, cents) is SAYS


def test_another_member_of_an_enumeration_is_said() -> None:
    states = {"enum": ["pending", "shipped"]}
    assert says("It has shipped.", "pending", states) is DOES_NOT
    assert says("It is still waiting.", "pending", states) is CANNOT_TELL


def test_a_list_is_said_where_every_item_is() -> None:
    assert says("anna@example.org and ben@example.org", ["anna@example.org", "ben@example.org"]) is SAYS
    assert says("anna@example.org", {"to": ["anna@example.org", "ben@example.org"]}) is DOES_NOT
    assert says("anna@example.org", []) is CANNOT_TELL


def test_a_path_put_together_from_what_was_told_is_not_refused() -> None:
    assert says("the open pulls of site, owner acme", "/repos/acme/site/pulls") is CANNOT_TELL
    assert says("the open pulls of site, owner acme", "/repos/acme/site/pulls/17") is DOES_NOT


@settings(max_examples=300, deadline=None)
@given(st.text() | SPOKEN, JSON_VALUES)
@example("on 30 February 2026 at 25:61", "2026-02-30")
@example("9999-12-31 in 3 years", "9999-12-31T23:59:59-14:00")
@example("0001-01-01 3 weeks ago", "0001-01-01")
@example("x", 10**400)
@example("x", math.nan)
def test_any_value_and_any_text_have_an_answer(text: str, value: Any) -> None:
    assert says(text, value) in Answer
    assert (
        says(text, value, {"type": "object", "properties": [], "enum": None, "description": text}, date(2026, 2, 28))
        in Answer
    )


@settings(max_examples=300, deadline=None)
@given(st.text(min_size=1).filter(str.strip) | SPOKEN.filter(str.strip))
def test_a_string_says_itself(value: str) -> None:
    assert says(value, value) is SAYS


def test_a_text_is_read_once() -> None:
    assert read("on 3 May 2026") is read("on 3 May 2026")
    assert says(read("on 3 May 2026"), "2026-05-03") is SAYS


@pytest.mark.skipif(not REAL.is_dir(), reason="no ../shared/data/real_model")
def test_values_that_real_rows_were_refused_for_are_said() -> None:
    rows = [json.loads(line) for file in sorted(REAL.glob("*.jsonl")) for line in file.read_text().splitlines()]
    for row in rows:
        talk = "\n".join(m["content"] for m in row["messages"] if m["role"] == "user")
        for fact in row["blueprint"]["facts"]:
            assert says(talk, fact["value"]) is not DOES_NOT, (fact, talk)


SYSTEM = "You are a helpful assistant. Today is Saturday, 9 May 2026 (2026-05-09).\n"


@pytest.mark.parametrize(
    ("text", "value", "answer"),
    [
        ("Monday the 11th at six in the morning, please", "2026-05-11T06:00:00Z", Answer.SAYS),
        ("this coming Friday", "2026-05-15", Answer.SAYS),
        ("on Monday", "2026-05-12", Answer.DOES_NOT),
        ("today", "2026-05-09", Answer.SAYS),
    ],
)
def test_todays_date_in_the_prompt_takes_nothing_from_a_weekday(text: str, value: str, answer: Answer) -> None:
    assert says(SYSTEM + text, value, None, date(2026, 5, 9)) is answer


def test_a_long_number_does_not_say_the_next_one() -> None:
    rng = Random(1)
    for digits in range(4, 25):
        number = str(rng.randrange(10 ** (digits - 1), 10**digits))
        other = number[:-1] + str((int(number[-1]) + 3) % 10)
        for text in (number, f"It's about card {number}."):
            assert says(text, number) is says(text, int(number)) is Answer.SAYS
            assert says(text, other) is says(text, int(other)) is Answer.DOES_NOT


@pytest.mark.parametrize(
    ("text", "value", "description", "answer"),
    [
        ("It leaves at 11:15 and gets in at 12:40.", "12:40", "Arrival time", SAYS),
        ("It leaves at 11:15 and gets in at 12:40.", "11:15", "Arrival time", CANNOT_TELL),
        ("five boxes of ten pens", 10, "Number of boxes", CANNOT_TELL),
        ("five boxes of ten pens", 5, "Number of boxes", SAYS),
        ("from Lima to Rio de Janeiro", "Rio de Janeiro", "Destination", SAYS),
        ("from Rio de Janeiro to Lima", "Rio de Janeiro", "Destination", CANNOT_TELL),
        ("rename draft.txt to final.txt", "draft.txt", "Target file", CANNOT_TELL),
        ("First name Grace, last name Hopkins.", "Hopkins", "First name", CANNOT_TELL),
        ("participants aged 18 to 65", 65, "Minimum age", CANNOT_TELL),
        ("participants aged 18 to 65", 18, "Minimum age", SAYS),
        ("from Heathrow to Munich", "MUC", "Destination airport (IATA)", SAYS),
        ("from Munich to Heathrow", "MUC", "Destination airport (IATA)", CANNOT_TELL),
        ("Marc reported the bug; assign the task to Dana.", "Marc", "Assignee", CANNOT_TELL),
        ("Marc reported the bug; assign the task to Dana.", "Dana", "Assignee", SAYS),
        ("no peanuts, please", "peanuts", "Allergen to avoid", SAYS),
    ],
)
def test_what_is_said_of_something_else_is_no_says(text: str, value: Any, description: str, answer: Answer) -> None:
    assert says(text, value, {"description": description}) is answer


@pytest.mark.parametrize(
    ("value", "schema", "text", "answer"),
    [
        ("12/03/1990", {"description": "Date, MM/DD/YYYY"}, "the third of December 1990", SAYS),
        ("12/03/1990", {"description": "Date, MM/DD/YYYY"}, "the twelfth of March 1990", DOES_NOT),
        ("P1", {"enum": ["P1", "P2"], "description": "P1 is critical, P2 normal"}, "It's critical.", SAYS),
        ("P1", {"enum": ["P1", "P2"], "description": "P1 is critical, P2 normal"}, "It's normal.", DOES_NOT),
        (3, {"description": "1 = low, 2 = medium, 3 = high"}, "high, please", SAYS),
        ("rating:desc", {"description": "Sort field:direction"}, "by rating, highest first", SAYS),
        ([1, 2, 3], {"items": {"type": "integer"}}, "pages 1 to 3", SAYS),
        (["mon", "fri"], {"description": "Days"}, "Mondays and Thursdays", DOES_NOT),
        (1200, {"description": "Distance in metres"}, "1.2 km", SAYS),
        (True, {"description": "Skip the confirmation"}, "no confirmation, please", SAYS),
        (False, {"description": "Whether the repository is private"}, "Make the repo public.", SAYS),
        (True, {"description": "true = on, false = off"}, "turn the heater off before you go", CANNOT_TELL),
        ("cash", {"enum": ["cash", "credit_card"]}, "De klant betaalt contant.", SAYS),
        ("credit_card", {"enum": ["cash", "credit_card"]}, "mit Kreditkarte", SAYS),
        ("L", {"enum": ["S", "M", "L"]}, "medium. oh hang on, large", SAYS),
        ("M", {"enum": ["S", "M", "L"]}, "medium. oh hang on, large", CANNOT_TELL),
        ("CA", {"description": "State, two letters"}, "in Sacramento, California", SAYS),
        (90, {"description": "Length in minutes"}, "from 10 to half past eleven", SAYS),
        (60, {"description": "Length in minutes"}, "from 10 to half past eleven", DOES_NOT),
        ("16:30", {"description": "End of the working hours"}, "I work from 8 to 4:30.", SAYS),
        ("unread", {"enum": ["all", "unread"]}, "the ones I haven't read yet", SAYS),
        ("unread", {"enum": ["all", "unread"]}, "the ones I have read", CANNOT_TELL),
        ("arm64", {"enum": ["amd64", "arm64"]}, "Build it for ARM.", SAYS),
        ("MXN", {"description": "Target currency"}, "200 dollars in Mexican pesos", SAYS),
        ("USD", {"description": "Target currency"}, "200 dollars in Mexican pesos", DOES_NOT),
        ([60, 40, 30], {"description": "Length, width, height"}, "60 by 40 by 30", SAYS),
        ([60, 40, 30], {"description": "Length, width, height"}, "60 by 30 by 40", CANNOT_TELL),
        (7, {"description": "Number of days"}, "the weather for the coming week", SAYS),
        (66.67, {"description": "Share in percent"}, "two thirds", SAYS),
        ("04:00", {"description": "Start of the window"}, "between 4 and 6 this morning", SAYS),
        ("16:00", {"description": "Start of the window"}, "between 4 and 6 this morning", DOES_NOT),
        (2700, {"description": "Colour temperature in kelvin"}, "warm white, 2700 K", SAYS),
        ("credit_card", {"enum": ["credit_card", "paypal"]}, "I'll pay by card", SAYS),
        ("credit_card", {"enum": ["credit_card", "debit_card"]}, "I'll pay by card", CANNOT_TELL),
        (3, {"description": "Number of guests"}, "it's me, my wife and our son", SAYS),
        (2, {"description": "Number of guests"}, "it's me, my wife and our son", CANNOT_TELL),
        (48.8566, {"description": "Latitude"}, "48.8566 N, 2.3522 E", SAYS),
        (48.8566, {"description": "Latitude"}, "2.3522 N, 48.8566 E", DOES_NOT),
        ("2026-10-12", {"description": "Check-out date"}, "from the 12th of October 2026 for 3 nights", CANNOT_TELL),
        ("2026-10-12", {"description": "Check-in date"}, "from the 12th of October 2026 for 3 nights", SAYS),
        ("128/84", {"description": "Blood pressure"}, "128 over 84 this morning", SAYS),
        ("INV-2026-0093", {"description": "Invoice number"}, "It's about invoice 2026-0093.", SAYS),
        ("INV-2026-0093", {"description": "Invoice number"}, "It's about order 2026-0093.", DOES_NOT),
    ],
)
def test_a_schema_tells_how_a_value_is_written(value: Any, schema: dict[str, Any], text: str, answer: Answer) -> None:
    assert says(text, value, schema) is answer


def test_the_end_of_a_month_is_its_last_day() -> None:
    today = date(2026, 6, 12)
    assert says("by the end of this month", "2026-06-30", today=today) is SAYS
    assert says("by the end of next month", "2026-06-30", today=today) is not SAYS
    assert says("by the end of February 2028", "2028-02-29") is SAYS


@pytest.mark.parametrize(
    ("text", "value", "answer"),
    [
        ("帮我查下46986414这张卡", "46986414", Answer.SAYS),
        ("订单AB-123456的状态", "AB-123456", Answer.SAYS),
        ("カード46986414を見せて", "46986414", Answer.SAYS),
        ("请打开report.pdf吧", "report.pdf", Answer.SAYS),
        ("订单AB-1234567的状态", "AB-123456", Answer.DOES_NOT),
        ("给user421发", "user42", Answer.DOES_NOT),
    ],
)
def test_an_id_ends_where_a_script_without_blanks_goes_on(text: str, value: str, answer: Answer) -> None:
    assert says(text, value) is answer


@pytest.mark.parametrize(
    ("text", "items", "answer"),
    [
        ("Invite Ann, Bea and Carl to the quiz.", ["Ann", "Bea", "Carl"], SAYS),
        ("Invite Ann, Bea and Carl to the quiz.", ["Ann", "Bea"], CANNOT_TELL),
        ("Invite Ann, Bea and Carl to the quiz.", ["Bea", "Carl"], CANNOT_TELL),
        ("Label it bug and urgent and assign it to me.", ["bug", "urgent"], SAYS),
        ("Setz Milch, Brot und Butter auf die Liste.", ["Milch", "Brot"], CANNOT_TELL),
        ("Print pages 2, 4 and 6.", [2, 4], CANNOT_TELL),
        ("Send it to a@x.org, b@x.org and c@x.org.", ["a@x.org", "b@x.org"], CANNOT_TELL),
    ],
)
def test_a_list_is_said_whole(text: str, items: list[Any], answer: Answer) -> None:
    assert says(text, items, {"type": "array", "description": "What it is for"}) is answer


@pytest.mark.parametrize(
    ("description", "said", "unsaid"),
    [
        ("Smoking room", "A smoking room, please.", "I want a room for two."),
        ("Delete the branch after merging", "and delete the branch afterwards", "Merge the branch, please."),
        ("Repeat the playlist", "Please repeat the playlist.", "Please play the playlist."),
        ("All-day event", "It's an all-day event.", "Please add an event on Monday."),
        ("Prévenir les participants", "Préviens tout le monde.", "Ajoute Ana aux participants."),
    ],
)
def test_a_flag_is_not_said_by_its_things_noun(description: str, said: str, unsaid: str) -> None:
    schema = {"type": "boolean", "description": description}
    assert (says(said, True, schema), says(unsaid, True, schema)) == (SAYS, CANNOT_TELL)


@pytest.mark.parametrize(
    ("value", "text", "answer"),
    [
        ("15 * * * *", "Poll it every 15 minutes.", CANNOT_TELL),
        ("15 * * * *", "Run it at a quarter past every hour.", SAYS),
        ("0 3 * * *", "Clean up nightly at three.", SAYS),
        ("RRULE:FREQ=WEEKLY;BYDAY=TH", "Practice is every Thursday.", SAYS),
        ("RRULE:FREQ=WEEKLY;BYDAY=TU", "Practice is every Thursday.", CANNOT_TELL),
        ("RRULE:FREQ=MONTHLY;BYMONTHDAY=1", "Pay the rent on the first of every month.", SAYS),
        ("RRULE:FREQ=YEARLY;BYMONTH=05;BYMONTHDAY=04", "It is on the 4th of May every year.", SAYS),
        ("RRULE:FREQ=YEARLY;BYMONTH=05;BYMONTHDAY=04", "It is on the 5th of April every year.", CANNOT_TELL),
        ("4929123412344471", "Charge the card ending in 4471.", SAYS),
        ("4929123412344471", "Charge the card ending in 4417.", DOES_NOT),
        ("A-", "My blood type is A positive.", CANNOT_TELL),
        (45, "Druck das fünfundvierzigmal aus.", SAYS),
        (1500000, "Le budget est d'un million et demi d'euros.", SAYS),
        ("2026-06-20", "Festen är den tjugonde juni 2026.", SAYS),
        (240, "Tvåhundrafyrtio kronor.", SAYS),
    ],
)
def test_schedules_ends_of_ids_and_numbers_in_one_word(value: Any, text: str, answer: Answer) -> None:
    assert says(text, value) is answer


@pytest.mark.parametrize(
    ("value", "description", "text", "answer"),
    [
        (16.09, "Distance in kilometres", "ten miles", SAYS),
        (16.9, "Distance in kilometres", "ten miles", DOES_NOT),
        (30, "Avstånd i kilometer", "Jag sprang tre mil i går.", SAYS),
        (-350, "Balance adjustment in EUR, negative for a deduction", "Deduct 350 euros.", SAYS),
        (350, "Balance adjustment in EUR, negative for a deduction", "Deduct 350 euros.", CANNOT_TELL),
        ("2026-07-21", "Check-out date", "From 17 July 2026 for four nights.", SAYS),
        ("2026-07-21", "Check-in date", "From 17 July 2026 for four nights.", CANNOT_TELL),
        ("2026-03-07", "Day of the sale", "The sale is on Sat 7 March.", SAYS),
        ("2026-03-07", "Day of the sale", "The sale is on 7 March.", CANNOT_TELL),
        ("2026-06-03", "Due date", "Today is the 2nd of June 2026, remind me tomorrow.", SAYS),
        ("2025-10-01", "First day of the period", "Show me sales for Q4 2025.", SAYS),
        (3, "Number of nights", "We arrive on 11 May 2026 and check out on 14 May.", SAYS),
        (2, "Number of nights", "From 27 February to 29 February.", DOES_NOT),
        ("13:00", "End of the call", "I have time this morning from 11 to 1.", SAYS),
        (285, "Target pace, seconds per kilometre", "I want to hold 4:45/km on Sunday.", SAYS),
        (3500, "Kwota w PLN", "Odłóż trzy i pół tysiąca złotych.", SAYS),
        ([1, 4, 5, 6], "Chapters", "Send me chapter 1 and chapters 4 to 6.", SAYS),
        ([1, 4, 6], "Chapters", "Send me chapter 1 and chapters 4 to 6.", CANNOT_TELL),
        ([47.37, 8.54], "[latitude, longitude]", "The air at latitude 8.54, longitude 47.37?", CANNOT_TELL),
    ],
)
def test_what_follows_by_a_plain_rule_is_said(value: Any, description: str, text: str, answer: Answer) -> None:
    assert says(text, value, {"description": description}) is answer


@pytest.mark.parametrize(
    ("text", "old", "better"),
    [
        ("Scale to 10 replicas. Or rather go straight to fifteen.", 10, 15),
        ("Geh auf acht Replicas, Moment, nein, sechs reichen.", 8, 6),
        ("Tuesday June 9th 2026... hang on, that's taken, Wednesday the 10th instead.", "2026-06-09", "2026-06-10"),
    ],
)
def test_a_value_that_a_better_one_follows_is_not_sure(text: str, old: str | int, better: str | int) -> None:
    assert says(text, old) is CANNOT_TELL
    assert says(text, better) is SAYS
